//! Cells of which no catchment can be made.

use h3o::error::DissolutionError;
use thiserror::Error;

/// Rows that are no catchment, or no market.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum CatchmentError {
    /// A number that is no H3 cell.
    #[error("row {row}: {cell} is no H3 cell; cells stand as h3_cell in the lake")]
    NotACell {
        /// Place of the row, from 0.
        row: usize,
        /// The number.
        cell: u64,
    },
    /// A cell finer or coarser than the first one.
    #[error("row {row}: cell {cell} has not the resolution of the first one; bring all cells to one by their parents")]
    MixedResolutions {
        /// Place of the row, from 0.
        row: usize,
        /// The cell.
        cell: u64,
    },
    /// A cell in two rows.
    #[error("cell {cell} comes twice; add up its rows first")]
    Twice {
        /// The cell.
        cell: u64,
    },
    /// A distance that cannot be.
    #[error("row {row}: the distance is {distance}; give a number from 0, and leave out cells that cannot be reached")]
    Distance {
        /// Place of the row, from 0.
        row: usize,
        /// The distance.
        distance: f64,
    },
    /// More money than a 64-bit number of cents holds.
    #[error("row {row}: the revenue up to here is beyond 64 bits; is it in cents?")]
    Revenue {
        /// Place of the row, from 0.
        row: usize,
    },
    /// Households or a potential that cannot be.
    #[error("row {row}: {what} is {value}; give a number from 0")]
    Market {
        /// Place of the row, from 0.
        row: usize,
        /// `households` or `potential`.
        what: &'static str,
        /// Its value.
        value: f64,
    },
    /// Limits of bands that do not rise.
    #[error(
        "limit {number} of the distance bands is {limit}; limits must be numbers above 0, each larger than the one before"
    )]
    Limits {
        /// Place of the limit, from 0.
        number: usize,
        /// The limit.
        limit: f64,
    },
    /// Catchments whose cells cannot be the same.
    #[error(
        "catchment {catchment} has cells of another resolution than the first one; make all of them from cells of one"
    )]
    MixedCatchments {
        /// Place of the catchment, from 0.
        catchment: usize,
    },
}

/// Cells that have no outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OutlineError {
    /// A number that is no H3 cell.
    #[error("{cell} is no H3 cell; cells stand as h3_cell in the lake")]
    NotACell {
        /// The number.
        cell: u64,
    },
    /// A cell twice, or cells of several resolutions.
    #[error("the cells have no outline ({0}); give each cell once, all of one resolution")]
    Cells(#[source] DissolutionError),
}
