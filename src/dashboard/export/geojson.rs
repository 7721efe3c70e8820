//! Cells and outlines as polygons: RFC 7946, longitude first, WGS 84.

use super::json::cell as json_cell;
use crate::dashboard::cells::Table;
use crate::dashboard::network::{cell_name, index};
use chalandise_chart::map;
use serde_json::{Map, Value, json};

/// Every cell of a table with a column `h3_cell` as a polygon with its figures; suppressed ones have none to show.
pub fn cells(table: &Table) -> Vec<Value> {
    (0..table.len())
        .filter_map(|row| {
            let cell = index(table.cell(row, "h3_cell"))?;
            let mut properties: Map<String, Value> = table
                .columns()
                .iter()
                .filter(|column| column.name != "h3_cell")
                .map(|column| (column.name.clone(), json_cell(&column.cells[row])))
                .collect();
            properties.insert("h3_cell".to_owned(), Value::String(format!("{cell:x}")));
            properties.insert("communes".to_owned(), Value::String(cell_name(cell)));
            let polygon = json!({ "type": "Polygon", "coordinates": [map::boundary(cell)?] });
            Some(json!({ "type": "Feature", "id": format!("{cell:x}"), "geometry": polygon, "properties": properties }))
        })
        .collect()
}

/// A file of cells, and behind them outlines: a share in percent and its polygons.
pub fn geojson(mut features: Vec<Value>, outlines: Vec<(u8, map::Polygons)>) -> Vec<u8> {
    features.extend(outlines.into_iter().map(|(share, polygons)| {
        let shape = json!({ "type": "MultiPolygon", "coordinates": polygons });
        json!({ "type": "Feature", "id": format!("ring-{share}"), "geometry": shape, "properties": { "ring": share } })
    }));
    json!({ "type": "FeatureCollection", "features": features })
        .to_string()
        .into_bytes()
}
