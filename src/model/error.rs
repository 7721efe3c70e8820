//! What can go wrong in a build.

use chalandise_lake::LakeError;
use chalandise_query::QueryError;

/// An error of a build; nothing of the build is visible then.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The lake cannot be read or written.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A query of the build failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// A query that a model reads is missing or has other parameters.
    #[error(
        "the query `{name}` is missing or was changed so that the model cannot use it; `chalandise check` lists what is wrong"
    )]
    NoQuery {
        /// Query.
        name: String,
    },
    /// A model runs a query that it does not list, so that nobody would know when to compute it again.
    #[error("a model runs the query `{name}`, which is not in its list")]
    Unlisted {
        /// Query.
        name: String,
    },
    /// Models or roll-ups read each other's tables in a circle.
    #[error("{} need each other's tables in a circle; none of them can be computed first", .names.join(", "))]
    Circle {
        /// Their names.
        names: Vec<String>,
    },
    /// No model of this name.
    #[error("there is no model `{name}`; {remedy}")]
    NoModel {
        /// The name given.
        name: String,
        /// What to give instead.
        remedy: String,
    },
    /// A computation ended before its result.
    #[error("the computation of {name} stopped; the log says why")]
    Stopped {
        /// What was computed.
        name: &'static str,
    },
    /// A spend is given for a market that has its own.
    #[error(
        "market_cells was imported and has a spend_potential of its own; leave --spend-per-household out, or correct \
         the file and import it again"
    )]
    OwnMarket,
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
