//! What a query's columns hold, by the units in its header: enough to check a chart before any row is read.

use crate::query::Query;
use chalandise_chart::ColumnKind;

/// Names and kinds of columns.
pub type Kinds = Vec<(String, ColumnKind)>;

/// The kinds of a query's declared columns.
#[must_use]
pub fn column_kinds(query: &Query) -> Kinds {
    query.columns.iter().map(|column| (column.name.clone(), kind(&column.unit))).collect()
}

/// Units of words and of days; every other unit is a number's.
fn kind(unit: &str) -> ColumnKind {
    match unit {
        "text" | "code" | "name" | "id" | "list" => ColumnKind::Text,
        "date" | "day" | "month" => ColumnKind::Date,
        _ => ColumnKind::Number,
    }
}
