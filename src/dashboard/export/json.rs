//! Rows as JSON, with what they are. Amounts are texts: a JSON number would pass through a float.

use crate::view::View;
use chalandise_serving::{Cell, Table};
use serde_json::{Map, Value, json};

/// A figure's rows with title, filters, lake version, query and units.
#[must_use]
pub fn json(view: &View<'_>, query: &str, title: &str, subtitle: &str, table: &Table) -> Vec<u8> {
    let declared = view.data.library().get(query);
    let columns: Vec<Value> = table
        .columns()
        .iter()
        .map(|column| {
            let known = declared.and_then(|query| query.column(&column.name));
            json!({
                "name": column.name,
                "unit": known.map(|column| column.unit.as_str()),
                "doc": known.map(|column| column.doc.as_str()),
            })
        })
        .collect();
    let rows: Vec<Value> = (0..table.len())
        .map(|row| {
            let fields: Map<String, Value> = table
                .columns()
                .iter()
                .map(|column| (column.name.clone(), cell(&column.cells[row])))
                .collect();
            Value::Object(fields)
        })
        .collect();
    let filters: Map<String, Value> = view
        .parameters()
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect();
    let version = view.data.version();
    let whole = json!({
        "title": title,
        "subtitle": subtitle,
        "language": view.language.code(),
        "query": query,
        "filters": filters,
        "currency": view.data.currency(),
        "generated_retailer": version.generated,
        "lake_version": version.number,
        "lake_version_created_at": version.created_at.to_rfc3339(),
        "columns": columns,
        "rows": rows,
    });
    let mut text = whole.to_string().into_bytes();
    text.push(b'\n');
    text
}

/// One value: decimals, days and instants as exact texts.
#[must_use]
pub fn cell(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(value) => Value::from(*value),
        Cell::Float(value) => serde_json::Number::from_f64(*value).map_or(Value::Null, Value::Number),
        Cell::Bool(value) => Value::Bool(*value),
        Cell::Text(_) | Cell::Decimal { .. } | Cell::Date(_) | Cell::Instant(_) => Value::String(cell.exact()),
    }
}
