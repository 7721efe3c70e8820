//! SQL functions.

/// All functions.
pub fn all() -> Vec<datafusion::logical_expr::ScalarUDF> {
    Vec::new()
}
