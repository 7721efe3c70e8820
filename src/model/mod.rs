//! The joiners: read tables, call analytics, write tables. One file per model.

mod error;
mod market_cells;
mod observations;
mod rollups;

pub use error::ModelError;
pub use market_cells::market_cells;
pub use observations::{Observations, ObservationsError};
pub use rollups::{Built, rollups};
