//! The joiners: read tables, call analytics, write tables. One file per model.

mod customer_value;
mod error;
mod market_cells;
mod network;
mod observations;
mod read;
mod rollups;
mod status;
mod store;

pub use customer_value::customer_value;
pub use error::ModelError;
pub use market_cells::market_cells;
pub use network::{
    Answer, BestSites, ClosableStore, DistanceMeasure, NetworkSettings, Notice, OpenStore, Planner, PlannerFault,
    Saved, Scenarios, SiteCandidate, SitesWanted, network,
};
pub use observations::{Ids, Observations, ObservationsError};
pub use rollups::{Built, rollups};
