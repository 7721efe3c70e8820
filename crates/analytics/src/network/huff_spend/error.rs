//! What can be wrong with what a spend model is given.

use thiserror::Error;

use crate::network::huff::Decay;

/// Why a spend model cannot be calibrated.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SpendError {
    /// Store numbers have 16 bits.
    #[error("{found} stores are too many; at most 65,535 can be told apart")]
    TooManyStores {
        /// Stores given.
        found: usize,
    },
    /// So have those of rivals.
    #[error("{found} rivals are too many; at most 65,535 can be told apart")]
    TooManyRivals {
        /// Rivals given.
        found: usize,
    },
    /// Places of pairs have 32 bits.
    #[error("more than 4,294,967,295 pairs of cell and store, or cell and rival; shorten their reach")]
    TooManyPairs,
    /// Rows of one cell do not stand together.
    #[error("cell {cell} comes after cell {before}; give the rows in the order of their cells")]
    CellOrder {
        /// The cell out of order.
        cell: u32,
        /// The one before it.
        before: u32,
    },
    /// A potential is no number.
    #[error("the potential of cell {cell} is {potential}; give a number, 0 where nobody spends")]
    Potential {
        /// The cell.
        cell: u32,
        /// What was given.
        potential: f64,
    },
    /// A pair names a store that is not there.
    #[error("cell {cell} names store {store}, but there are only {stores} stores, numbered from 0")]
    UnknownStore {
        /// The cell.
        cell: u32,
        /// The store named.
        store: u16,
        /// Stores there are.
        stores: usize,
    },
    /// A row names a store twice.
    #[error("cell {cell} names store {store} twice in one row; add its flows up")]
    StoreTwice {
        /// The cell.
        cell: u32,
        /// The store.
        store: u16,
    },
    /// A distance is no distance.
    #[error("the distance from cell {cell} to store {store} is {distance}; give a number from 0")]
    Distance {
        /// The cell.
        cell: u32,
        /// The store.
        store: u16,
        /// What was given.
        distance: f32,
    },
    /// A flow is no number.
    #[error("the flow from cell {cell} to store {store} is {flow}; give a number")]
    Flow {
        /// The cell.
        cell: u32,
        /// The store.
        store: u16,
        /// What was given.
        flow: f64,
    },
    /// A row names a rival that is not there.
    #[error("cell {cell} names rival {rival}, but there are only {rivals} rivals, numbered from 0")]
    UnknownRival {
        /// The cell.
        cell: u32,
        /// The rival named.
        rival: u16,
        /// Rivals there are.
        rivals: usize,
    },
    /// A row names a rival twice.
    #[error("cell {cell} names rival {rival} twice in one row; name it once")]
    RivalTwice {
        /// The cell.
        cell: u32,
        /// The rival.
        rival: u16,
    },
    /// A rival's distance is no distance.
    #[error("the distance from cell {cell} to rival {rival} is {distance}; give a number from 0")]
    RivalDistance {
        /// The cell.
        cell: u32,
        /// The rival.
        rival: u16,
        /// What was given.
        distance: f32,
    },
    /// The decay form has no value at a distance.
    #[error("{} decay has no value at distance {distance}; raise distances to a smallest one above 0 first", .decay.name())]
    Decay {
        /// The form.
        decay: Decay,
        /// The distance.
        distance: f32,
    },
    /// A column has not one value for each store.
    #[error("column {column} has {found} values for {stores} stores")]
    ColumnLength {
        /// Name of the column.
        column: String,
        /// Its values.
        found: usize,
        /// Stores there are.
        stores: usize,
    },
    /// A value of a column is no number.
    #[error("the logarithm of {column} of store {store} is {value}; the column must be above 0 for every store")]
    ColumnValue {
        /// Name of the column.
        column: String,
        /// The store.
        store: usize,
        /// What was given.
        value: f64,
    },
    /// Rivals are measured by other columns than stores.
    #[error(
        "rivals have the columns ({}) and stores ({}); give both the same, in the same order", .found.join(", "), .needed.join(", ")
    )]
    RivalColumns {
        /// Columns of the rivals.
        found: Vec<String>,
        /// Columns of the stores.
        needed: Vec<String>,
    },
    /// A column has not one value for each rival.
    #[error("column {column} has {found} values for {rivals} rivals")]
    RivalColumnLength {
        /// Name of the column.
        column: String,
        /// Its values.
        found: usize,
        /// Rivals there are.
        rivals: usize,
    },
    /// A rival's value of a column is no number.
    #[error("the logarithm of {column} of rival {rival} is {value}; the column must be above 0 for every rival")]
    RivalColumnValue {
        /// Name of the column.
        column: String,
        /// The rival.
        rival: usize,
        /// What was given.
        value: f64,
    },
    /// Rivals without columns, or columns without rivals.
    #[error("columns are given for {found} rivals, but there are {rivals}; give the same rivals to both")]
    RivalCount {
        /// Rivals of the columns.
        found: usize,
        /// Rivals of the rows.
        rivals: usize,
    },
    /// A column is the same for every store within reach.
    #[error(
        "column {column} is the same for all stores that cells can reach: nothing tells what it does; leave it out"
    )]
    ConstantColumn {
        /// Name of the column.
        column: String,
    },
    /// A column says what others say together.
    #[error("column {column} follows from the columns before it ({}): leave one of them out", .before.join(", "))]
    CollinearColumn {
        /// Name of the column.
        column: String,
        /// Those before it.
        before: Vec<String>,
    },
    /// All distances are equal.
    #[error("all distances are equal: nothing tells how attraction falls with distance")]
    ConstantDistance,
    /// Nobody can spend anything.
    #[error("no row has a potential above 0 and a store within reach ({rows} rows had a potential of 0 or less)")]
    NoPotential {
        /// Rows left out for their potential.
        rows: usize,
    },
    /// Refunds ate a store's revenue up: no attraction gives that.
    #[error(
        "the flows of store {store} add up to {revenue:.2}, less than 0; leave the store out, or the time before its first sale"
    )]
    StoreBelowZero {
        /// The store.
        store: usize,
        /// The sum.
        revenue: f64,
    },
    /// Customers spend more than they can.
    #[error(
        "revenue of {revenue:.2} is not below the potential of {potential:.2}; check the unit and the period of the potential"
    )]
    RevenueAbovePotential {
        /// Sum of the flows.
        revenue: f64,
        /// Sum of the potentials.
        potential: f64,
    },
    /// Too few stores sell anything to a known cell.
    #[error("{found} stores with revenue from known cells are too few; at least {needed} are needed")]
    TooFewStores {
        /// Stores with a total above 0.
        found: usize,
        /// Stores needed.
        needed: usize,
    },
    /// Too few cells buy anything.
    #[error("{found} cells with a flow are too few; at least {needed} are needed")]
    TooFewCells {
        /// Cells with a flow other than 0.
        found: usize,
        /// Cells needed.
        needed: usize,
    },
    /// A site has not one value for each column.
    #[error("a site with {found} columns does not fit a model with {needed}")]
    SiteColumns {
        /// Values given.
        found: usize,
        /// Columns of the model.
        needed: usize,
    },
    /// The fit to go on from is none.
    #[error("the fit has no maximum, so nothing can be built on it; look at its status")]
    NotConverged,
    /// A store that is to keep its own level is not there.
    #[error("store {store} is to have a free level, but there are only {stores} stores, numbered from 0")]
    UnknownFreeStore {
        /// The store named.
        store: u16,
        /// Stores there are.
        stores: usize,
    },
    /// The fit is of other data.
    #[error("the fit is one of {found} stores, the model has {stores}; use the model that it was fitted with")]
    OtherModel {
        /// Stores of the fit.
        found: usize,
        /// Stores of the model.
        stores: usize,
    },
}
