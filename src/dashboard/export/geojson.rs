//! Cells and outlines as polygons, sites as points: RFC 7946, longitude first, WGS 84.

use super::json::cell as json_cell;
use crate::network::{cell_name, index};
use chalandise_chart::map;
use chalandise_serving::Table;
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

/// The columns of a place.
pub const PLACE: [&str; 2] = ["longitude", "latitude"];

/// Every row that has a place as a point with its figures.
pub fn points(table: &Table) -> Vec<Value> {
    (0..table.len())
        .filter_map(|row| {
            let [longitude, latitude] = PLACE.map(|name| table.cell(row, name).as_f64());
            let point = json!({ "type": "Point", "coordinates": [longitude?, latitude?] });
            let id = table.cell(row, "store_id").exact();
            let id = if id.is_empty() { (row + 1).to_string() } else { id };
            Some(feature(table, row, id, point))
        })
        .collect()
}

/// A row as a feature: every column that is no place is a property.
pub fn feature(table: &Table, row: usize, id: String, geometry: Value) -> Value {
    let columns = table.columns().iter();
    let properties: Map<String, Value> = columns
        .filter(|column| !PLACE.contains(&column.name.as_str()))
        .map(|column| (column.name.clone(), json_cell(&column.cells[row])))
        .collect();
    json!({ "type": "Feature", "id": id, "geometry": geometry, "properties": properties })
}

/// A file of features.
pub fn collection(features: Vec<Value>) -> Vec<u8> {
    json!({ "type": "FeatureCollection", "features": features })
        .to_string()
        .into_bytes()
}

/// A file of cells, and behind them outlines: a share in percent and its polygons.
pub fn geojson(mut features: Vec<Value>, outlines: Vec<(u8, map::Polygons)>) -> Vec<u8> {
    features.extend(outlines.into_iter().map(|(share, polygons)| {
        let shape = json!({ "type": "MultiPolygon", "coordinates": polygons });
        json!({ "type": "Feature", "id": format!("ring-{share}"), "geometry": shape, "properties": { "ring": share } })
    }));
    collection(features)
}
