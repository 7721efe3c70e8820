//! The network: catchments, the calibrated Huff model, what openings did, where to open next.
//!
//! Order of work: (1) `read`: cells, sites and sales of the last 12 months; (2) `catchments`: whence stores sell, whatever any model says;
//! (3) `calibration`: how customers choose among stores, with what they spend elsewhere, on the sites of `reach`; (4) `changes`: what the
//! model says of stores that opened, against what they sold, and what changes did to the web shop; (5) `white_space`: what a store would
//! do in each place. What cannot be computed is a row of `network_status`, never an error.

mod calibration;
mod columns;
mod in_use;
mod planner;
mod read;
mod settings;
mod write;

pub use planner::{Answer, Notice, OpenStore, Planner, PlannerFault};
pub use settings::{DistanceMeasure, NetworkSettings};

use chalandise_analytics::reach::Reach;

use crate::lake::{Engine, Snapshot, Writer};
use crate::query::Library;

use super::read::days_of_orders;
use super::status::{Notes, Status};
use super::{Built, ModelError};
use calibration::{Calibrated, Observed, calibrate, settled};
use columns::Attraction;
use read::Input;

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
    let mut built = Vec::new();
    began("network: Huff model");
    let settings = settings.clone();
    let computed = tokio::task::spawn_blocking(move || compute(input, &settings))
        .await
        .map_err(|_| ModelError::Stopped { name: "the network" })?;
    built.extend(write::tables(writer, &computed).await?);
    Ok(built)
}

/// What the models found.
struct Computed {
    input: Input,
    settings: NetworkSettings,
    notes: Notes,
    settled: Vec<bool>,
    observed: Option<Observed>,
    attraction: Option<Attraction>,
    calibrated: Option<Calibrated>,
}

fn compute(input: Input, settings: &NetworkSettings) -> Computed {
    let mut computed = Computed {
        settings: settings.clone(),
        notes: Notes::default(),
        settled: settled(&input),
        observed: None,
        attraction: None,
        calibrated: None,
        input,
    };
    if let Err((subject, status, reason)) = computed.calibrate() {
        computed.notes.note(subject, status, reason);
    }
    computed
}

type Reason = (&'static str, Status, String);

impl Computed {
    fn calibrate(&mut self) -> Result<(), Reason> {
        let input = &self.input;
        let potential = input
            .cells
            .iter()
            .filter(|cell| cell.spend_potential.is_some_and(|it| it > 0.0))
            .count();
        if potential == 0 {
            let reason = "no cell of market_cells has a spend_potential: build with --spend-per-household, or import a market with one";
            return Err(("market", Status::NoData, reason.to_owned()));
        }
        if input.sites.iter().all(|site| site.competitor) {
            let reason = "no store has latitude and longitude";
            return Err(("stores", Status::NoData, reason.to_owned()));
        }
        let unusable =
            |error: chalandise_analytics::huff_spend::SpendError| ("huff", Status::TooFew, error.to_string());
        let centres: Vec<_> = input.cells.iter().map(|cell| cell.centre).collect();
        let places: Vec<_> = input.sites.iter().map(|site| site.place).collect();
        let (smallest, largest) = self.settings.range();
        let reach = Reach::great_circle(&centres, &places, smallest, largest);
        let attraction = Attraction::new(&self.settings.attraction, &input.sites).map_err(unusable)?;
        let observed = Observed::new(input, &self.settings, reach).map_err(unusable)?;
        let calibrated = calibrate(&observed, &attraction, &self.settings).map_err(unusable)?;
        self.notes.ok("huff");
        (self.observed, self.attraction, self.calibrated) = (Some(observed), Some(attraction), Some(calibrated));
        Ok(())
    }
}
