//! Where a store would pay: a standard store in the middle of every cell with residents, net of what it takes from the network.

use std::collections::HashMap;

use chalandise_analytics::network::scenario::{Change, Interval, Kind, Place, ScenarioError, Site as Outlet};
use chalandise_analytics::network::site_search::Search;
use chalandise_analytics::numeric::{median, side_by_side};
use h3o::{CellIndex, LatLng};

use super::columns::Attraction;
use super::distances::Meter;
use super::flows::CellFlows;
use super::in_use::{InUse, place};
use super::outlook::Outlook;
use super::read::{Input, Site};
use super::settings::USUAL_AREA_M2;

/// Candidates, the best first, that get intervals, beside those that are the best of their surroundings.
const WITH_INTERVALS: usize = 500;
/// Of candidates nearer to each other than this, lists show the best.
const APART_KM: f64 = 10.0;
/// Steps between cells of resolution 7 that hold all cells so near, and more.
const APART_STEPS: u32 = 5;

/// A place for a store.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    /// Place among the cells of the tables.
    pub(super) cell: usize,
    pub(super) sales_area_m2: f64,
    pub(super) sales: f64,
    pub(super) taken: f64,
    pub(super) net_gain: f64,
    /// 80 % intervals of sales and of the net gain.
    pub(super) intervals: Option<(Interval, Interval)>,
    pub(super) margin: Option<f64>,
    /// Nearest store of the network, and its distance in the unit of the measure.
    pub(super) nearest: Option<(usize, f64)>,
}

/// The network's median store: what is opened everywhere, and what it costs a year.
struct Standard {
    sales_area_m2: f64,
    attraction: f64,
    logs: Vec<f64>,
    margin_rate: Option<f64>,
    fixed_cost: Option<f64>,
}

/// All candidates, those that add most to the network first.
///
/// # Errors
/// A sentence, when the model's numbers make no search.
pub(super) fn candidates(
    input: &Input,
    model: &InUse,
    attraction: &Attraction,
    outlook: &Outlook,
    cells: &[CellFlows],
    meter: &Meter,
) -> Result<Vec<Candidate>, String> {
    let own: Vec<usize> = (0..input.stores())
        .filter(|site| outlook.standing[*site].is_some())
        .collect();
    let standard = standard(input, model, attraction, outlook, &own);
    let populated: Vec<usize> = (0..cells.len()).filter(|cell| cells[*cell].residents > 0.0).collect();
    let places: Vec<Place> = populated
        .iter()
        .map(|cell| place(LatLng::from(cells[*cell].cell)))
        .collect();
    let middles: Vec<LatLng> = populated.iter().map(|cell| LatLng::from(cells[*cell].cell)).collect();
    let lists = |candidates: &[usize]| -> Vec<_> {
        let places: Vec<LatLng> = candidates.iter().map(|candidate| middles[*candidate]).collect();
        meter.lists(&places)
    };
    let mut search = Search::new(&outlook.network, &places, standard.attraction).map_err(|error| error.to_string())?;
    if meter.is_listed() {
        search = search.with_lists(&lists);
    }
    let ranking = search.rank(&[], |_, _| {}).map_err(|error| error.to_string())?;
    let mut found: Vec<Candidate> = populated
        .iter()
        .zip(&ranking.rated)
        .map(|(cell, rated)| Candidate {
            cell: *cell,
            sales_area_m2: standard.sales_area_m2,
            sales: rated.sales,
            taken: rated.transferred,
            net_gain: rated.net_gain,
            intervals: None,
            margin: standard.margin(rated.net_gain),
            nearest: nearest(input, &own, cells[*cell].cell, meter),
        })
        .collect();
    found.sort_by(|left, right| {
        right
            .net_gain
            .total_cmp(&left.net_gain)
            .then(left.cell.cmp(&right.cell))
    });
    let best = best_of_surroundings(&found, cells);
    let shown: Vec<usize> = (0..found.len())
        .zip(best)
        .filter(|(place, best)| *place < WITH_INTERVALS || *best)
        .map(|(place, _)| place)
        .collect();
    let all = side_by_side(shown.len() as u64, |number| {
        let at = LatLng::from(cells[found[shown[number as usize]].cell].cell);
        intervals(model, outlook, &standard, at, meter)
    });
    for (place, intervals) in shown.into_iter().zip(all) {
        found[place].intervals = Some(intervals.map_err(|error| error.to_string())?);
    }
    Ok(found)
}

/// Whether no better candidate lies within [`APART_KM`]; `found` has the best first.
fn best_of_surroundings(found: &[Candidate], cells: &[CellFlows]) -> Vec<bool> {
    let index = |candidate: &Candidate| cells[candidate.cell].cell;
    let places: HashMap<CellIndex, usize> = found
        .iter()
        .enumerate()
        .map(|(place, candidate)| (index(candidate), place))
        .collect();
    found
        .iter()
        .enumerate()
        .map(|(place, candidate)| {
            let at = LatLng::from(index(candidate));
            let beats = |other: CellIndex| {
                places.get(&other).is_some_and(|better| *better < place)
                    && LatLng::from(other).distance_km(at) < APART_KM
            };
            !index(candidate).grid_disk::<Vec<_>>(APART_STEPS).into_iter().any(beats)
        })
        .collect()
}

impl Standard {
    fn margin(&self, net_gain: f64) -> Option<f64> {
        Some(self.margin_rate? * net_gain - self.fixed_cost?)
    }
}

fn standard(input: &Input, model: &InUse, attraction: &Attraction, outlook: &Outlook, own: &[usize]) -> Standard {
    let areas = own.iter().filter_map(|site| input.sites[*site].column("sales_area_m2"));
    let sales_area_m2 = median(areas.collect()).unwrap_or(USUAL_AREA_M2);
    let site = Site {
        id: String::new(),
        competitor: false,
        place: input.cells[0].centre,
        format: String::new(),
        columns: [("sales_area_m2".to_owned(), sales_area_m2)].into(),
        opened_on: None,
        closed_on: None,
    };
    let logs = attraction.logs(&site);
    // As in queries/model/scenario_facts.sql: a large store's rate counts for more.
    let (mut margin, mut revenue) = (0.0, 0.0);
    for site in own {
        let standing = outlook.standing[*site].map_or(0.0, |it| it.annual_revenue);
        if let Some(rate) = input.sites[*site].column("gross_margin_rate") {
            margin += rate * standing;
            revenue += standing;
        }
    }
    let costs = own.iter().filter_map(|site| {
        let site = &input.sites[*site];
        Some(site.column("annual_fixed_cost")? / site.column("sales_area_m2").filter(|area| *area > 0.0)?)
    });
    Standard {
        sales_area_m2,
        attraction: model.attraction(&logs, 0.0),
        logs,
        margin_rate: (revenue > 0.0).then(|| margin / revenue),
        fixed_cost: median(costs.collect()).map(|cost| cost * sales_area_m2),
    }
}

fn nearest(input: &Input, own: &[usize], cell: CellIndex, meter: &Meter) -> Option<(usize, f64)> {
    let middle = meter.middle(cell);
    own.iter()
        .filter_map(|site| Some((*site, meter.to_middle(middle, *site, &input.sites[*site])?)))
        .min_by(|left, right| left.1.total_cmp(&right.1))
}

fn intervals(
    model: &InUse,
    outlook: &Outlook,
    standard: &Standard,
    at: LatLng,
    meter: &Meter,
) -> Result<(Interval, Interval), ScenarioError> {
    const NEW: &str = "standard store";
    let store = Outlet {
        id: NEW.to_owned(),
        place: place(at),
        attraction: standard.attraction,
        kind: Kind::Own,
        covariates: standard.logs.clone(),
        distances: meter.of_place(at),
    };
    let (outcome, gradients) = outlook
        .network
        .evaluate_with_gradients(&outlook.base, &[Change::Open(store)])?;
    let uncertainty = model.uncertainty();
    let site = outcome
        .sites
        .iter()
        .zip(&gradients.sites)
        .find(|(site, _)| site.id == NEW);
    let zero = Interval { low: 0.0, high: 0.0 };
    let sales = match site {
        Some((site, gradient)) => {
            uncertainty
                .spread(site.amount.change, &gradient.amount.change, &gradients.effects)?
                .interval_80
        }
        None => zero,
    };
    let gain = uncertainty.spread(outcome.own.change, &gradients.own.change, &gradients.effects)?;
    Ok((sales, gain.interval_80))
}
