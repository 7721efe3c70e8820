//! Scenarios of the network on one lake version: what an opening, a closing, a move or a resize does to every store, to the web shop and
//! to the margin, with intervals.
//!
//! A [`Planner`] reads the calibrated model back from its tables and keeps the network in memory; [`Planner::evaluate`] answers a plan in
//! milliseconds. Its answer is the tables `scenario_*` of the contract, which pages, SQL and scripts read alike; [`Scenarios`] gives a session
//! its functions and the tables of saved scenarios.

mod amount;
mod answer;
mod contract;
mod fault;
mod load;
mod money;
mod plan;
mod saved;
mod session;
mod sites;
mod tables;

pub use answer::Answer;
pub(crate) use contract::tables as scenario_tables;
pub use fault::{Notice, PlannerFault};
pub use saved::Saved;
pub use session::Scenarios;
pub use sites::{BestSites, ClosableStore, SiteCandidate, SitesWanted};

use std::collections::HashMap;

use chalandise_analytics::network::scenario::{BaseGradients, Network};
use chalandise_analytics::numeric::median;

use super::columns::Attraction;
use super::distances::Meter;
use super::in_use::InUse;
use super::read::{Cell, Site};
use super::settings::{DistanceMeasure, USUAL_AREA_M2};

/// The network of a lake version, ready for scenarios. Cheap to share, read only.
#[derive(Debug)]
pub struct Planner {
    model: InUse,
    attraction: Attraction,
    /// Cells of the market.
    cells: Vec<Cell>,
    /// Stores and competitors, open or not.
    sites: Vec<Site>,
    names: HashMap<String, String>,
    meter: Meter,
    /// What each store sold in the last 12 months, as the model saw it.
    observed: HashMap<String, f64>,
    network: Network,
    base: BaseGradients,
    facts: Facts,
}

/// A store that can be changed.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenStore {
    /// Its id.
    pub store_id: String,
    /// Its name.
    pub name: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// Its sales area, where it is known.
    pub sales_area_m2: Option<f64>,
}

impl Planner {
    /// The stores of the network that are open, by name.
    pub fn open_stores(&self) -> Vec<OpenStore> {
        let open = self
            .sites
            .iter()
            .filter(|site| !site.competitor && self.network.number_of(&site.id).is_some());
        let mut stores: Vec<OpenStore> = open
            .map(|site| OpenStore {
                store_id: site.id.clone(),
                name: self.store_name(&site.id).to_owned(),
                latitude: site.place.lat(),
                longitude: site.place.lng(),
                sales_area_m2: site.column("sales_area_m2"),
            })
            .collect();
        stores.sort_by(|left, right| left.name.cmp(&right.name).then(left.store_id.cmp(&right.store_id)));
        stores
    }

    /// A store's name; its id when it has none.
    pub fn store_name<'a>(&'a self, store_id: &'a str) -> &'a str {
        self.names.get(store_id).map_or(store_id, String::as_str)
    }

    /// How the way from a cell to a store is measured.
    pub fn distance(&self) -> DistanceMeasure {
        self.model.distance
    }

    /// Imported minutes for one approximate minute: what stretches the approximate times of new places. Only with imported travel times.
    pub fn travel_time_ratio(&self) -> Option<f64> {
        (self.model.distance == DistanceMeasure::TravelTimes)
            .then(|| self.meter.times().map_or(1.0, |(ratio, _)| ratio))
    }

    /// What is assumed where the user says nothing, by the assumption's name, and where it is from: data or default. None where it follows
    /// from the plan.
    pub fn usual_assumption(&self, name: &str) -> Option<(f64, &'static str)> {
        let known = |value: Option<f64>| value.map(|value| (value, "data"));
        let facts = &self.facts;
        match name {
            "margin_rate" => known(facts.margin_rate),
            "web_effect" => Some(known(facts.web_effect.map(|it| it.0)).unwrap_or((0.0, "default"))),
            "web_kept" => Some(known(facts.web_kept.map(|it| it.0)).unwrap_or((0.0, "default"))),
            "first_year_ramp" => Some(known(facts.first_year_ramp).unwrap_or((1.0, "default"))),
            _ => None,
        }
    }

    /// Median sales area of the stores that are open, in m2; 1,000 when none is known.
    pub fn usual_area_m2(&self) -> f64 {
        let areas = self.open_stores().into_iter().filter_map(|store| store.sales_area_m2);
        median(areas.collect()).unwrap_or(USUAL_AREA_M2)
    }
}

/// What the data say for the money of a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Facts {
    /// Gross margin over net revenue of the stores, weighted by their sales.
    margin_rate: Option<f64>,
    /// Median fixed cost of a square metre a year.
    fixed_cost_per_m2: Option<f64>,
    /// Web revenue won for each unit of money that stores win, with its standard error; when the data show enough changes.
    web_effect: Option<(f64, f64)>,
    /// Share of a closed store's sales that the web shop keeps, with its standard error; when the data show enough closings.
    web_kept: Option<(f64, f64)>,
    /// First year's sales of openings over those once settled.
    first_year_ramp: Option<f64>,
}
