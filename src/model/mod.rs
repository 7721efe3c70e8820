//! The joiners: read tables, call analytics, write tables. One file per model.

mod error;
mod rollups;

pub use error::ModelError;
pub use rollups::{Built, rollups};
