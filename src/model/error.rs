//! What can go wrong in a build.

use crate::lake::LakeError;
use crate::lake::geography::GeographyError;
use crate::query::QueryError;

/// An error of a build; nothing of the build is visible then.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The lake cannot be read or written.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// The geography is damaged.
    #[error(transparent)]
    Geography(#[from] GeographyError),
    /// A query of the build failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The engine failed while a query's rows were read.
    #[error("the roll-up `{name}` failed while running; the log says why")]
    Rows {
        /// Roll-up.
        name: String,
        /// The engine's own error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
