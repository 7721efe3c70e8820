//! Why choices cannot be used for a calibration.

use thiserror::Error;

/// What is wrong with observed choices. Rows, origins, destinations and covariates count from 0, in the order given.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ChoiceError {
    /// A slice is not as long as the others say.
    #[error("{what}: {found} given, {needed} needed")]
    Length {
        /// Which slice.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that fits.
        needed: usize,
    },
    /// The rows of the origins do not follow one another.
    #[error("origin {origin}: its rows must begin where those of the origin before end, from 0 to the number of pairs")]
    Starts {
        /// The origin.
        origin: usize,
    },
    /// There is no covariate.
    #[error("no covariate is given: a choice needs at least one, such as the distance")]
    NoCovariate,
    /// A destination that does not exist.
    #[error("row {row}: destination {destination} is unknown; there are {destinations}, counted from 0")]
    Destination {
        /// The row.
        row: usize,
        /// The destination.
        destination: u32,
        /// Number of destinations.
        destinations: usize,
    },
    /// An origin has the same destination twice.
    #[error("row {row}: destination {destination} stands twice for origin {origin}; add the two rows up, or drop one")]
    Twice {
        /// The second of the two rows.
        row: usize,
        /// The origin.
        origin: usize,
        /// The destination.
        destination: u32,
    },
    /// A covariate is no number that can be computed with.
    #[error("row {row}: covariate {covariate} is {value}; it must be a number between -1e100 and 1e100")]
    Covariate {
        /// The row.
        row: usize,
        /// The covariate.
        covariate: usize,
        /// Its value.
        value: f64,
    },
    /// A flow is no amount.
    #[error("row {row}: the flow is {value}; it must be a number from 0 to 1e100")]
    Flow {
        /// The row.
        row: usize,
        /// The flow.
        value: f64,
    },
    /// Nothing flows.
    #[error("all flows are 0: nothing tells how customers choose")]
    NoFlow,
    /// A flow of 0 has no logarithm.
    #[error(
        "row {row}: the flow from origin {origin} to destination {destination} is 0 and has no logarithm; \
         leave the pair out, add a small constant to all flows, or fit by multinomial likelihood, which takes zeros"
    )]
    ZeroFlow {
        /// The row.
        row: usize,
        /// The origin.
        origin: usize,
        /// The destination.
        destination: u32,
    },
    /// The market of an origin is no amount.
    #[error("origin {origin}: its market is {value}; it must be a number from 0 to 1e100")]
    Market {
        /// The origin.
        origin: usize,
        /// Its market.
        value: f64,
    },
    /// No origin has a market.
    #[error("all markets are 0: nobody could choose")]
    NoMarket,
    /// The total of a destination is no amount.
    #[error("destination {destination}: its total is {value}; it must be a number from 0 to 1e100")]
    Total {
        /// The destination.
        destination: usize,
        /// Its total.
        value: f64,
    },
    /// A destination sells, but no origin with a market can choose it.
    #[error(
        "destination {destination}: its total is {value}, but no origin with a market can choose it; add its pairs, or leave it out"
    )]
    Unreached {
        /// The destination.
        destination: usize,
        /// Its total.
        value: f64,
    },
    /// Totals of so few destinations do not tell so many coefficients.
    #[error(
        "{found} destinations are too few for {coefficients} coefficients; at least {needed} are needed, better twice as many"
    )]
    TooFewDestinations {
        /// Destinations that can be chosen.
        found: usize,
        /// Coefficients asked for.
        coefficients: usize,
        /// Destinations needed.
        needed: usize,
    },
}

impl ChoiceError {
    /// The same about rows that stood in another order: row `r` was row `order[r]`.
    pub(super) fn in_order(mut self, order: &[usize]) -> ChoiceError {
        match &mut self {
            ChoiceError::Destination { row, .. }
            | ChoiceError::Twice { row, .. }
            | ChoiceError::Covariate { row, .. }
            | ChoiceError::Flow { row, .. }
            | ChoiceError::ZeroFlow { row, .. } => {
                if let Some(place) = order.get(*row) {
                    *row = *place;
                }
            }
            _ => {}
        }
        self
    }
}
