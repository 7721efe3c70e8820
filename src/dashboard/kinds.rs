//! What a query's columns hold, by the units in its header: enough to check a chart before any row is read.

use chalandise_chart::ColumnKind;
use chalandise_chart::format::Style;
use chalandise_query::Query;

/// Names and kinds of columns.
pub type Kinds = Vec<(String, ColumnKind)>;

/// The kinds of a query's declared columns.
#[must_use]
pub fn column_kinds(query: &Query) -> Kinds {
    query
        .columns
        .iter()
        .map(|column| (column.name.clone(), kind(&column.unit)))
        .collect()
}

/// Units of words and of days; every other unit is a number's.
fn kind(unit: &str) -> ColumnKind {
    match unit {
        "text" | "boolean" => ColumnKind::Text,
        "date" | "month" => ColumnKind::Date,
        _ => ColumnKind::Number,
    }
}

/// How a column is written where no page says it otherwise, by its unit.
#[must_use]
pub fn style_of(unit: &str) -> Style {
    match unit {
        "date" => Style::Date,
        "month" => Style::MonthYear,
        "money" | "money change" => Style::Money,
        "count" | "count change" => Style::Count,
        "ratio" => Style::Percent,
        "change" => Style::SignedPercent,
        "points" => Style::SignedPoints,
        _ => Style::Text,
    }
}
