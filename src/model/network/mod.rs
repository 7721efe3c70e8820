//! The network: catchments, the calibrated Huff model, what openings did, where to open next.
//!
//! Order of work: (1) `read`: cells, sites and sales of the last 12 months; (2) `catchments`: whence stores sell, whatever any model says;
//! (3) `calibration`: how customers choose among stores, with what they spend elsewhere, on the sites of `reach`; (4) `changes`: what the
//! model says of stores that opened, against what they sold, and what changes did to the web shop; (5) `white_space`: what a store would
//! do in each place. What cannot be computed is a row of `network_status`, never an error.

mod calibration;
mod catchments;
mod changes;
mod columns;
mod flows;
mod in_use;
mod outlook;
mod planner;
mod read;
mod settings;
mod white_space;
mod write;
mod write_catchments;

pub use planner::{
    Answer, BestSites, ClosableStore, Notice, OpenStore, Planner, PlannerFault, SiteCandidate, SitesWanted,
};
pub use settings::{DistanceMeasure, NetworkSettings};

use std::collections::{BTreeMap, HashMap};

use chalandise_analytics::huff_spend::SpendError;
use chalandise_analytics::reach::Reach;
use chalandise_analytics::scenario::{Distances, ScenarioError};
use chrono::NaiveDate;

use crate::lake::{Engine, SessionContext, Snapshot, Writer};
use crate::query::Library;

use super::read::{NONE, days_of_orders, integers, run, texts};
use super::status::{Notes, Status};
use super::{Built, ModelError};
use calibration::{Calibrated, Observed, calibrate, settled};
use catchments::{Catchments, Sold, catchments};
use changes::{Daily, Opening, Past, WebEffect};
use columns::Attraction;
use flows::{CellFlows, Flow, flows};
use in_use::InUse;
use outlook::Outlook;
use read::{Input, dates, money};
use white_space::Candidate;

/// Builds the tables of the network over a snapshot; nothing when the lake has no orders.
///
/// # Errors
/// [`ModelError`] when a query fails or the lake cannot be written. What cannot be computed is no error: `network_status` says so.
pub async fn network(
    engine: &Engine,
    library: &Library,
    snapshot: &Snapshot,
    writer: &mut Writer,
    settings: &NetworkSettings,
    began: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Built>, ModelError> {
    let context = engine.session(snapshot).await?;
    let Some((first_on, as_of)) = days_of_orders(&context).await? else {
        return Ok(Vec::new());
    };
    began("network: catchments");
    let input = Input::read(&context, library, first_on, as_of).await?;
    let history = History {
        sold: catchments::sold(&context, library, &input).await?,
        daily: daily(&context, library).await?,
        web: web(&context, library).await?,
    };
    began("network: Huff model");
    let settings = settings.clone();
    let computed = tokio::task::spawn_blocking(move || compute(input, &history, &settings))
        .await
        .map_err(|_| ModelError::Stopped { name: "the network" })?;
    began("network: tables");
    let mut built = write_catchments::tables(writer, &computed).await?;
    built.extend(write::tables(writer, &computed).await?);
    Ok(built)
}

/// Web sales by month and cell, resolution 7.
type Web = BTreeMap<NaiveDate, HashMap<u64, f64>>;

/// What was sold where and when, beside the flows.
struct History {
    sold: BTreeMap<String, Sold>,
    daily: Daily,
    web: Web,
}

async fn daily(context: &SessionContext, library: &Library) -> Result<Daily, ModelError> {
    let mut daily = Daily::new();
    for batch in run(context, library, "model/store_sales_by_day", &NONE).await? {
        let (stores, days) = (texts(&batch, "store_id")?, dates(&batch, "ordered_on")?);
        let revenue = money(&batch, "net_revenue")?;
        for (row, store) in stores.into_iter().enumerate() {
            if let Some(day) = days[row] {
                daily.entry(store).or_default().push((day, revenue[row]));
            }
        }
    }
    Ok(daily)
}

async fn web(context: &SessionContext, library: &Library) -> Result<Web, ModelError> {
    let mut web = Web::new();
    for batch in run(context, library, "model/web_sales_by_month", &NONE).await? {
        let (months, cells) = (dates(&batch, "ordered_in")?, integers(&batch, "h3_cell")?);
        let revenue = money(&batch, "net_revenue")?;
        for (row, month) in months.into_iter().enumerate() {
            if let Some(month) = month {
                web.entry(month)
                    .or_default()
                    .insert(cells[row].cast_unsigned(), revenue[row]);
            }
        }
    }
    Ok(web)
}

/// What the models found.
struct Computed {
    input: Input,
    settings: NetworkSettings,
    notes: Notes,
    settled: Vec<bool>,
    catchments: Catchments,
    model: Option<Model>,
}

/// The calibrated model and all that follows from it.
struct Model {
    observed: Observed,
    attraction: Attraction,
    calibrated: Calibrated,
    in_use: InUse,
    outlook: Outlook,
    cells: Vec<CellFlows>,
    flows: Vec<Flow>,
    openings: Vec<Opening>,
    web_effects: Vec<WebEffect>,
    candidates: Vec<Candidate>,
}

/// Why there is no result: subject, status, what was found and what is needed.
type Reason = (&'static str, Status, String);

fn compute(input: Input, history: &History, settings: &NetworkSettings) -> Computed {
    let mut notes = Notes::default();
    let distance = |middle: h3o::LatLng, site: usize| Some(middle.distance_km(input.sites[site].place));
    let found = catchments(&input, &history.sold, &distance);
    let catchments = found.unwrap_or_else(|error| {
        notes.note("catchments", Status::Unusable, error.to_string());
        Catchments::default()
    });
    let settled = settled(&input);
    let model = match model(&input, history, settings, &settled) {
        Ok(model) => {
            notes.ok("huff");
            Some(model)
        }
        Err((subject, status, reason)) => {
            notes.note(subject, status, reason);
            None
        }
    };
    Computed {
        settings: settings.clone(),
        settled,
        notes,
        catchments,
        model,
        input,
    }
}

fn model(input: &Input, history: &History, settings: &NetworkSettings, settled: &[bool]) -> Result<Model, Reason> {
    let potential = input
        .cells
        .iter()
        .any(|cell| cell.spend_potential.is_some_and(|it| it > 0.0));
    if !potential {
        let reason = "no cell of market_cells has a spend_potential: build with --spend-per-household, or import a market with one";
        return Err(("market", Status::NoData, reason.to_owned()));
    }
    if input.sites.iter().all(|site| site.competitor) {
        let reason = "no store has latitude and longitude";
        return Err(("stores", Status::NoData, reason.to_owned()));
    }
    let few = |error: SpendError| ("huff", Status::TooFew, error.to_string());
    let unusable = |error: ScenarioError| ("huff", Status::Unusable, error.to_string());
    let centres: Vec<_> = input.cells.iter().map(|cell| cell.centre).collect();
    let places: Vec<_> = input.sites.iter().map(|site| site.place).collect();
    let (smallest, largest) = settings.range();
    let reach = Reach::great_circle(&centres, &places, smallest, largest);
    let attraction = Attraction::new(&settings.attraction, &input.sites).map_err(few)?;
    let observed = Observed::new(input, settings, reach).map_err(few)?;
    let young: Vec<u16> = (0..input.stores())
        .filter(|site| !settled[*site])
        .map(|site| site as u16)
        .collect();
    let calibrated = calibrate(&observed, &attraction, settings, &young).map_err(few)?;
    if !calibrated.effects.converged() {
        let reason = "the likelihood of the flows has no maximum that was found";
        return Err(("huff", Status::NoMaximum, reason.to_owned()));
    }
    let in_use = InUse::of(&calibrated, &observed, input, settings);
    let distances = |_: usize| Distances::GreatCircle;
    let outlook = Outlook::new(input, &in_use, &attraction, &distances).map_err(unusable)?;
    let weights: Vec<f64> = (0..input.sites.len())
        .map(|site| {
            let logs = attraction.logs(&input.sites[site]);
            in_use.attraction(&logs, in_use.effect(&input.sites[site].id))
        })
        .collect();
    let (cells, flows) = flows(input, &observed, &weights, &in_use.rule());
    let past = Past {
        input,
        model: &in_use,
        attraction: &attraction,
        network: &outlook.network,
        base: &outlook.base,
        distances: &distances,
    };
    let openings = past.openings(&history.daily).map_err(unusable)?;
    let web_effects = past.web_effects(&history.web).map_err(unusable)?;
    let candidates = white_space::candidates(input, &in_use, &attraction, &outlook, &cells)
        .map_err(|reason| ("white_space", Status::Unusable, reason))?;
    Ok(Model {
        observed,
        attraction,
        calibrated,
        in_use,
        outlook,
        cells,
        flows,
        openings,
        web_effects,
        candidates,
    })
}
