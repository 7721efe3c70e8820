//! The joiners: read tables, call analytics, write tables. One file or folder per model, and one list of them.

mod customer_value;
mod error;
mod inputs;
mod list;
mod market_cells;
mod model;
mod network;
mod observations;
mod program;
mod read;
mod rollups;
mod status;
mod steps;
mod store;

pub use error::ModelError;
pub use inputs::Inputs;
pub use list::{contract, models};
pub use market_cells::market_cells;
pub use model::{Built, Model, Run};
pub use network::{
    Answer, BestSites, ClosableStore, DistanceMeasure, NetworkSettings, Notice, OpenStore, Planner, PlannerFault,
    Saved, Scenarios, SiteCandidate, SitesWanted,
};
pub use observations::{Ids, Observations, ObservationsError};
pub use steps::{Failed, Outcome, Step, Wanted, build, has_rollups};
