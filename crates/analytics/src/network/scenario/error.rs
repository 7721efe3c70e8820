//! What can be wrong with a network or a scenario.

use thiserror::Error;

use super::change::MOST_CHANGES;

/// Why a network cannot be built or a scenario not be evaluated.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ScenarioError {
    /// A number that the rule cannot work with.
    #[error("{name} is {value}: it must be {allowed}")]
    Rule {
        /// Which number.
        name: &'static str,
        /// What was given.
        value: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// A cell lies nowhere.
    #[error(
        "cell {cell}: {latitude}, {longitude} is no place; latitudes go from -90 to 90, longitudes from -180 to 180"
    )]
    CellPlace {
        /// Its number in the slice, from 0.
        cell: usize,
        /// What was given.
        latitude: f64,
        /// What was given.
        longitude: f64,
    },
    /// A cell's potential is no amount.
    #[error("cell {cell}: the potential is {potential}; it must be a number from 0 to 1e150")]
    Potential {
        /// Its number in the slice, from 0.
        cell: usize,
        /// What was given.
        potential: f64,
    },
    /// More cells than are counted.
    #[error("{cells} cells are too many; take larger cells, at most 4294967295")]
    TooManyCells {
        /// How many.
        cells: usize,
    },
    /// A site lies nowhere.
    #[error(
        "site {site}: {latitude}, {longitude} is no place; latitudes go from -90 to 90, longitudes from -180 to 180"
    )]
    SitePlace {
        /// Its id.
        site: String,
        /// What was given.
        latitude: f64,
        /// What was given.
        longitude: f64,
    },
    /// A site's attraction is none.
    #[error("site {site}: the attraction is {attraction}; it must be a number from 0 to 1e150")]
    Attraction {
        /// Its id.
        site: String,
        /// What was given.
        attraction: f64,
    },
    /// A site has more or fewer covariates than the others.
    #[error("site {site} has {given} covariates and the others have {needed}; give ln of each, in the same order")]
    Covariates {
        /// Its id.
        site: String,
        /// How many it has.
        given: usize,
        /// How many the first site has.
        needed: usize,
    },
    /// A covariate is no number.
    #[error("site {site}: a covariate is {value}; give ln of a number above 0")]
    Covariate {
        /// Its id.
        site: String,
        /// What was given.
        value: f64,
    },
    /// Some sites are measured in kilometres, others by lists.
    #[error("site {site} is measured in another way than the network; give {needed} for every site")]
    OtherDistances {
        /// Its id.
        site: String,
        /// What the network has.
        needed: &'static str,
    },
    /// A listed distance is none, or of a cell that does not exist or was listed before.
    #[error(
        "site {site}, cell {cell}: {distance} is no distance of it; list each of the {cells} cells at most once, from 0"
    )]
    Distance {
        /// The site's id.
        site: String,
        /// The cell's number.
        cell: u32,
        /// What was given.
        distance: f64,
        /// Number of cells in the market.
        cells: usize,
    },
    /// Two sites of the network have one id, or one is opened that is there.
    #[error("site {site} is there already; give a new one another name")]
    Present {
        /// The id.
        site: String,
    },
    /// No site has this id.
    #[error("site {site} is not in the network, so it cannot be changed; open it, or look at its name")]
    Unknown {
        /// The id.
        site: String,
    },
    /// Two changes of one site cannot both be.
    #[error("site {site} cannot both {first} and {second}; keep one of the two")]
    Contradiction {
        /// The id.
        site: String,
        /// What is asked of it.
        first: &'static str,
        /// What is also asked of it.
        second: &'static str,
    },
    /// More changes than a scenario takes.
    #[error("{given} changes are too many for one scenario; at most {MOST_CHANGES} are evaluated together")]
    TooManyChanges {
        /// How many.
        given: usize,
    },
    /// A covariance has more or fewer rows than there are parameters.
    #[error(
        "the covariance has {given} rows and {needed} are needed: one an exponent, the distance coefficient, ln outside"
    )]
    Covariance {
        /// Its rows.
        given: usize,
        /// The parameters.
        needed: usize,
    },
}
