//! The network: catchments, the calibrated Huff model, what openings did, where to open next.
//!
//! Order of work: (1) `read`: cells, sites and sales of the last 12 months, and `distances`: the ways between them, by the one measure that all
//! that follows uses; (2) `catchments`: whence stores sell, whatever any model says;
//! (3) `calibration`: how customers choose among stores, with what they spend elsewhere, from flows or else from `totals`; (4) `changes`: what the
//! model says of stores that opened, against what they sold, and what changes did to the web shop; (5) `white_space`: what a store would
//! do in each place. What cannot be computed is a row of `network_status`, never an error.

mod calibration;
mod catchments;
mod changes;
mod columns;
mod distances;
mod flows;
mod in_use;
mod outlook;
mod planner;
mod read;
mod settings;
mod tables;
mod totals;
mod travel_times;
mod white_space;
mod write;
mod write_catchments;

pub(super) use planner::scenario_tables;
pub use planner::{
    Answer, BestSites, ClosableStore, Notice, OpenStore, Planner, PlannerFault, Saved, Scenarios, SiteCandidate,
    SitesWanted,
};
pub use settings::{DistanceMeasure, NetworkSettings};

use async_trait::async_trait;
use chalandise_analytics::network::huff_spend::SpendError;
use chalandise_analytics::network::scenario::ScenarioError;

use chalandise_lake::contract::Table;

use super::inputs::{Inputs, NONE};
use super::read::{days_of_orders, integers, texts};
use super::status::{Notes, Status};
use super::{Built, ModelError, Run};
use calibration::{Calibrated, Observed, calibrate, settled};
use catchments::{Catchments, Year, catchments};
use changes::{Daily, Opening, Past, Web, WebEffect};
use columns::Attraction;
use distances::{Lacks, Measured, Meter, middles};
use flows::{CellFlows, Flow, flows};
use in_use::InUse;
use outlook::Outlook;
use read::{Input, dates, money};
use totals::of_totals;
use travel_times::TravelTimes;
use white_space::Candidate;

/// The network of stores: catchments, Huff model, past openings, white space. No tables when the lake has no orders.
#[derive(Debug)]
pub(super) struct Network {
    settings: NetworkSettings,
}

impl Network {
    pub(super) fn new(settings: NetworkSettings) -> Network {
        Network { settings }
    }
}

#[async_trait]
impl crate::Model for Network {
    fn name(&self) -> &'static str {
        "network"
    }

    fn queries(&self) -> &'static [&'static str] {
        &[
            "base/as_of",
            "model/catchment_cells",
            "model/network_attributes",
            "model/network_flows",
            "model/network_market",
            "model/network_sites",
            "model/store_sales_by_day",
            "model/travel_times",
            "model/web_sales_by_month",
        ]
    }

    fn tables(&self) -> Vec<Table> {
        tables::tables()
    }

    fn settings(&self) -> String {
        format!("{:?}", self.settings)
    }

    async fn build(&self, run: &mut Run<'_>) -> Result<Vec<Built>, ModelError> {
        build(run, &self.settings).await
    }
}

async fn build(run: &mut Run<'_>, settings: &NetworkSettings) -> Result<Vec<Built>, ModelError> {
    let Run { inputs, writer, began } = run;
    let inputs = &*inputs;
    let Some((first_on, as_of)) = days_of_orders(inputs).await? else {
        return Ok(Vec::new());
    };
    began("network: catchments");
    let input = Input::read(inputs, first_on, as_of).await?;
    let history = History {
        years: catchments::years(inputs, &input).await?,
        daily: daily(inputs).await?,
        web: web(inputs).await?,
        travel_times: match settings.distance {
            DistanceMeasure::TravelTimes => TravelTimes::read(inputs, &input.cells, &input.sites).await?,
            DistanceMeasure::GreatCircle | DistanceMeasure::ApproximateTime => TravelTimes::default(),
        },
    };
    began("network: Huff model");
    let settings = settings.clone();
    let computed = tokio::task::spawn_blocking(move || compute(input, history, &settings))
        .await
        .map_err(|_| ModelError::Stopped { name: "the network" })?;
    began("network: tables");
    let mut built = write_catchments::tables(writer, &computed).await?;
    built.extend(write::tables(writer, &computed).await?);
    Ok(built)
}

/// What was sold where and when, beside the flows.
struct History {
    years: Vec<Year>,
    daily: Daily,
    web: Web,
    travel_times: TravelTimes,
}

async fn daily(inputs: &Inputs<'_>) -> Result<Daily, ModelError> {
    let mut daily = Daily::new();
    for batch in inputs.run("model/store_sales_by_day", &NONE).await? {
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

async fn web(inputs: &Inputs<'_>) -> Result<Web, ModelError> {
    let mut web = Web::new();
    for batch in inputs.run("model/web_sales_by_month", &NONE).await? {
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
    /// Imported minutes for one approximate minute; only with imported travel times.
    ratio: Option<f64>,
    model: Option<Model>,
}

/// The calibrated model and all that follows from it.
struct Model {
    observed: Observed,
    attraction: Attraction,
    calibrated: Calibrated,
    /// Why it is calibrated on totals; none where flows are observed.
    without_flows: Option<String>,
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

fn compute(input: Input, mut history: History, settings: &NetworkSettings) -> Computed {
    let mut notes = Notes::default();
    let travel_times = std::mem::take(&mut history.travel_times);
    let mut computed = Computed {
        settings: settings.clone(),
        settled: settled(&input),
        notes: Notes::default(),
        catchments: Catchments::default(),
        ratio: None,
        model: None,
        input,
    };
    let input = &computed.input;
    let measured = Measured {
        measure: settings.distance,
        range: settings.range(),
        cells: &input.cells,
        sites: &input.sites,
        imported: travel_times,
        middles: middles(&input.cells)
            .into_iter()
            .chain(catchments::sold_in(&history.years))
            .collect(),
        ratio: None,
    };
    let meter = match Meter::new(measured) {
        Ok(meter) => meter,
        Err(reason) => {
            notes.note("distances", Status::Unusable, reason);
            computed.notes = notes;
            return computed;
        }
    };
    if let Some((ratio, lacks)) = meter.times() {
        told(&mut notes, settings.distance, ratio, lacks);
        computed.ratio = (settings.distance == DistanceMeasure::TravelTimes).then_some(ratio);
    }
    let found = catchments(input, &history.years, &meter);
    computed.catchments = found.unwrap_or_else(|error| {
        notes.note("catchments", Status::Unusable, error.to_string());
        Catchments::default()
    });
    computed.model = match model(input, &history, settings, &computed.settled, &meter) {
        Ok(model) => {
            notes.ok("huff");
            if let Some(reason) = &model.without_flows {
                notes.note(
                    "flows",
                    Status::TooFew,
                    format!("{reason}; calibrated on the totals of the stores"),
                );
            }
            Some(model)
        }
        Err((subject, status, reason)) => {
            notes.note(subject, status, reason);
            None
        }
    };
    computed.notes = notes;
    computed
}

/// Says what there are no minutes of, and what was done.
fn told(notes: &mut Notes, measure: DistanceMeasure, ratio: f64, lacks: Lacks) {
    let Lacks {
        sites,
        pairs,
        found,
        unknown,
        compared,
    } = lacks;
    let reason = if measure == DistanceMeasure::TravelTimes {
        let stretched = if compared {
            format!(
                "places that the table does not list take approximate minutes x {ratio:.2}, the median over the pairs that have both"
            )
        } else {
            "no pair has both kinds of minutes: places that the table does not list take approximate minutes as they are".to_owned()
        };
        format!(
            "{found} pairs of a cell and a store are within reach; {pairs} more would be by approximate minutes, but travel_times does not \
             have them: they count as out of reach; {sites} sites have no cell in reach; {unknown} rows name a store that is unknown or has \
             no place and are not used; {stretched}"
        )
    } else {
        format!(
            "minutes are approximate; {found} pairs of a cell and a store are within reach; {sites} sites have no cell in reach"
        )
    };
    let status = if found > 0 { Status::Ok } else { Status::NoData };
    notes.tell("distances", status, reason);
}

fn model(
    input: &Input,
    history: &History,
    settings: &NetworkSettings,
    settled: &[bool],
    meter: &Meter,
) -> Result<Model, Reason> {
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
    if let Some(reason) = Attraction::lacking(&settings.attraction, &input.sites) {
        return Err(("huff", Status::NoData, reason));
    }
    let attraction = Attraction::new(&settings.attraction, &input.sites).map_err(few)?;
    let reach = meter.reach(&input.cells, &input.sites);
    let observed = Observed::new(input, &input.sales.flows, settings, reach).map_err(few)?;
    let young: Vec<u16> = (0..input.stores())
        .filter(|site| !settled[*site])
        .map(|site| site as u16)
        .collect();
    let calibrated = calibrate(&observed, &attraction, settings, &young);
    let (observed, calibrated, instead) = match calibrated {
        Err(error @ (SpendError::TooFewCells { .. } | SpendError::TooFewStores { .. })) => {
            let (observed, calibrated) = on_totals(input, settings, &attraction, observed, &young)
                .map_err(|reason| ("huff", Status::TooFew, format!("{error}; {reason}")))?;
            (observed, calibrated, Some(error.to_string()))
        }
        calibrated => (observed, calibrated.map_err(few)?, None),
    };
    if !calibrated.effects.converged() {
        let reason = "the likelihood of the flows has no maximum that was found";
        return Err(("huff", Status::NoMaximum, reason.to_owned()));
    }
    let in_use = InUse::of(&calibrated, &observed, input, settings);
    let distances = |site: usize| meter.of_site(site);
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
    let candidates = white_space::candidates(input, &in_use, &attraction, &outlook, &cells, meter)
        .map_err(|reason| ("white_space", Status::Unusable, reason))?;
    Ok(Model {
        observed,
        attraction,
        calibrated,
        without_flows: instead,
        in_use,
        outlook,
        cells,
        flows,
        openings,
        web_effects,
        candidates,
    })
}

/// Calibrates on what stores sold in all.
fn on_totals(
    input: &Input,
    settings: &NetworkSettings,
    attraction: &Attraction,
    observed: Observed,
    young: &[u16],
) -> Result<(Observed, Calibrated), String> {
    let totals = of_totals(input, settings, attraction, &observed.reach, observed.store_share)?;
    let settings = NetworkSettings {
        decay: Some(totals.decay),
        ..settings.clone()
    };
    let stated = |error: SpendError| error.to_string();
    let observed = Observed::new(input, &totals.flows, &settings, observed.reach).map_err(stated)?;
    let mut calibrated = calibrate(&observed, attraction, &settings, young).map_err(stated)?;
    calibrated.effects.covariance = totals.covariance;
    // The flows of the fit are expected ones: what they say of the outside's error is nothing.
    calibrated.effects.outside_share.standard_error = None;
    Ok((observed, calibrated))
}
