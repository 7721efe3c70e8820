//! Why a scenario cannot be computed: what, where, what to do. Who shows it finds the words in the reader's language.

use chalandise_analytics::network::scenario::ScenarioError;
use chalandise_analytics::network::site_search::SearchError;

/// What is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlannerFault {
    /// The build could not calibrate the model.
    #[error("there is no calibrated model: {}", if .reason.is_empty() { "run `chalandise build` after the import" } else { .reason })]
    NoModel {
        /// What the build found and needs; "" when the lake was not built.
        reason: String,
    },
    /// The network has no such store.
    #[error("there is no store {store_id} in the network; `stores` lists them")]
    UnknownStore {
        /// The id given.
        store_id: String,
    },
    /// The store is closed already, or has not opened yet.
    #[error("the store {store_id} is not open at the end of the data: it cannot be changed")]
    NotOpen {
        /// The id given.
        store_id: String,
    },
    /// A site lies where nobody lives near: in the sea, or outside the market.
    #[error(
        "nobody of the market lives within {within_km:.0} km of {name}: it lies in the sea or outside the market; choose a place on land"
    )]
    NobodyNear {
        /// The site.
        name: String,
        /// How near somebody would have to live.
        within_km: f64,
    },
    /// Closings are weighed in margin, and the data do not say it.
    #[error("{missing}: closings cannot be weighed against openings; import it, or allow no closings")]
    NoMargin {
        /// What the data lack.
        missing: &'static str,
    },
    /// Something else that the engine refuses.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The search of sites refuses its candidates.
    #[error(transparent)]
    Search(#[from] SearchError),
}

/// What a reader should know of a scenario that was computed all the same.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A site stands on top of a store of the network.
    OnTop {
        /// The site.
        name: String,
        /// The store.
        store: String,
        /// Metres between them.
        distance_m: f64,
    },
    /// No way by car leads to a site: it draws nobody.
    NoWay {
        /// The site.
        name: String,
    },
    /// A site without sales area draws nobody.
    NoArea {
        /// The site.
        name: String,
    },
    /// A sales area far from those that the model has seen.
    UnusualArea {
        /// The site.
        name: String,
        /// Smallest area of the network.
        smallest_m2: f64,
        /// Largest area of the network.
        largest_m2: f64,
    },
}
