//! What cannot be driven.

use thiserror::Error;

/// Input from which no travel time follows.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum TravelTimeError {
    /// A number that is no cell of the market's resolution.
    #[error("{cell} is no H3 cell of resolution 8; give the cells of market_cells")]
    NotACell {
        /// The number.
        cell: u64,
    },
    /// Residents that cannot be.
    #[error("cell {cell} has {residents} residents; give a number from 0")]
    Residents {
        /// The cell.
        cell: u64,
        /// The residents.
        residents: f64,
    },
    /// An assumption outside its range.
    #[error("the driving assumption {name} is {value}; it must be from {least} to {most}")]
    Driving {
        /// The field of [`super::Driving`].
        name: &'static str,
        /// Its value.
        value: f64,
        /// The least that it may be.
        least: f64,
        /// The most.
        most: f64,
    },
    /// No point on earth.
    #[error("latitude {latitude}, longitude {longitude} is no point; give degrees, latitudes from -90 to 90")]
    Point {
        /// Latitude as given.
        latitude: f64,
        /// Longitude as given.
        longitude: f64,
    },
    /// A point in the sea or abroad.
    #[error(
        "the point at latitude {latitude}, longitude {longitude} is not within 2 km of the land; are latitude and longitude swapped?"
    )]
    OffLand {
        /// Latitude in degrees.
        latitude: f64,
        /// Longitude in degrees.
        longitude: f64,
    },
    /// Minutes that are no limit.
    #[error("{minutes} minutes are no limit of a search; give a number from 0 to 1440")]
    Minutes {
        /// The minutes.
        minutes: f64,
    },
    /// An outline of the land that is no shape on earth.
    #[error(
        "outline {shape} of the land has coordinates that are no degrees; give longitude and latitude, in this order"
    )]
    Outline {
        /// Place of the outline, from 0.
        shape: usize,
    },
    /// Two cells that no straight line joins.
    #[error("no line of cells leads from cell {from} to cell {to}; cross in shorter parts")]
    Crossing {
        /// First cell.
        from: u64,
        /// Last cell.
        to: u64,
    },
}
