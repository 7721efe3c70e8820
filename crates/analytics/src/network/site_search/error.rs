//! What can be wrong with a search.

use thiserror::Error;

use crate::network::scenario::ScenarioError;

/// Why sites cannot be searched.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SearchError {
    /// A candidate or a change is none.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// The ranking is of other candidates.
    #[error("the ranking has {ranked} candidates and the search {candidates}; rank those of the search")]
    OtherCandidates {
        /// Candidates of the ranking.
        ranked: usize,
        /// Candidates of the search.
        candidates: usize,
    },
    /// No candidate has this number.
    #[error("candidate {candidate} does not exist; there are {candidates}, counted from 0")]
    UnknownCandidate {
        /// The number given.
        candidate: usize,
        /// How many there are.
        candidates: usize,
    },
    /// An option is out of its range.
    #[error("{option} is {value}: it must be {allowed}")]
    Option {
        /// Which.
        option: &'static str,
        /// What was given.
        value: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// There are not as many costs as candidates.
    #[error("{given} {option} for {candidates} candidates; give one for each, or none")]
    Lengths {
        /// Which.
        option: &'static str,
        /// How many were given.
        given: usize,
        /// How many candidates there are.
        candidates: usize,
    },
    /// A site that is not an own one may not be closed.
    #[error("site {site} is no store of our own, so it is not ours to close; take it off the list")]
    NotOurs {
        /// Its id.
        site: String,
    },
}
