//! What can go wrong between a specification, its data and a drawing.

/// A chart that cannot be drawn, with the name to look for and what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChartError {
    /// Columns of one frame differ in length.
    #[error(
        "column '{column}' has {rows} rows where the first column has {expected}; give every column one value per row"
    )]
    UnequalColumns {
        /// The column that differs.
        column: String,
        /// Its rows.
        rows: usize,
        /// Rows of the first column.
        expected: usize,
    },
    /// Two columns share a name.
    #[error("column '{column}' is given twice; rename one of the two")]
    DuplicateColumn {
        /// The name.
        column: String,
    },
    /// The specification names what the data lack or contradicts itself; every fault is listed.
    #[error("the chart cannot be drawn: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Spec(Vec<SpecFault>),
    /// The drawing surface refused, which only happens when an id or a size is unusable.
    #[error("the drawing surface failed: {0}")]
    Surface(String),
}

/// One fault of a specification: where, what, and what is allowed instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {what}; {remedy}")]
pub struct SpecFault {
    /// Path of the key, such as `panels[1].marks[0].x`.
    pub key: String,
    /// What is wrong with its value.
    pub what: String,
    /// What is allowed, or what to do.
    pub remedy: String,
}
