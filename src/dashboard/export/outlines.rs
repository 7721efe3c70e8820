//! Outlines as files for maps: each row of a query with the outline of its cells, as GeoJSON or GeoParquet.

use super::geojson::feature;
use super::parquet::{GEOMETRY, Shapes, parquet};
use super::{Format, file};
use crate::error::FigureError;
use crate::export::File;
use crate::page::{OutlineFiles, Page};
use crate::view::View;
use chalandise_analytics::network::catchment::dissolve;
use chalandise_analytics::network::geo_parquet::{GeometryType, Metadata, bounds, multi_polygon_wkb};
use chalandise_serving::Table;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The name under which a page's outlines are asked for, as if they were a figure.
pub const OUTLINES: &str = "outlines";
/// What tells whose outline a row is, and how much of it.
pub const COLUMNS: [&str; 2] = ["store_id", "ring"];

/// The outlines of a page as a file; none for other kinds of file.
///
/// # Errors
/// [`FigureError`] when a query fails or cells make no outline.
pub async fn outlines(
    view: &View<'_>,
    page: &Page,
    of: &OutlineFiles,
    format: Format,
) -> Result<Option<File>, FigureError> {
    if !matches!(format, Format::GeoJson | Format::Parquet) {
        return Ok(None);
    }
    let parameters = view.parameters();
    let (rows, cells) = futures::try_join!(
        view.data.rows(&of.rows, &parameters),
        view.data.rows(&of.cells, &parameters)
    )?;
    let shapes = shapes(&rows, &cells)?;
    let bytes = match format {
        Format::Parquet => parquet(&rows, Some(&geo_parquet(&shapes))).map_err(|source| FigureError::Parquet {
            figure: OUTLINES.to_owned(),
            source,
        })?,
        _ => geojson(&rows, &shapes),
    };
    Ok(Some(file(page, OUTLINES, view, format, bytes)))
}

/// One outline: its polygons as GeoJSON has them, as well-known binary, and the box round them.
struct Shape {
    coordinates: Value,
    wkb: Vec<u8>,
    bounds: Option<[f64; 4]>,
}

/// The outline of each row: its store's cells of the row's ring and of all narrower ones.
fn shapes(rows: &Table, cells: &Table) -> Result<Vec<Shape>, FigureError> {
    let mut by_store: HashMap<String, Vec<(i64, u64)>> = HashMap::new();
    for row in 0..cells.len() {
        let ring = cells.cell(row, COLUMNS[1]).as_i64();
        let cell = cells.cell(row, "h3_cell").as_i64().map(i64::cast_unsigned);
        if let (Some(ring), Some(cell)) = (ring, cell) {
            let store = cells.cell(row, COLUMNS[0]).exact();
            by_store.entry(store).or_default().push((ring, cell));
        }
    }
    (0..rows.len())
        .map(|row| {
            let of = by_store.get(&rows.cell(row, COLUMNS[0]).exact());
            let widest = rows.cell(row, COLUMNS[1]).as_i64().unwrap_or(0);
            let within = of.into_iter().flatten().filter(|(ring, _)| *ring <= widest);
            shape(within.map(|(_, cell)| *cell))
        })
        .collect()
}

fn shape(cells: impl Iterator<Item = u64>) -> Result<Shape, FigureError> {
    let shape = dissolve(cells).map_err(|source| FigureError::Outline { source })?;
    let ring = |ring: &mut dyn Iterator<Item = (f64, f64)>| -> Value { ring.map(|(x, y)| json!([x, y])).collect() };
    let polygons: Vec<Value> = shape
        .iter()
        .map(|polygon| {
            let outer = ring(&mut polygon.exterior().coords().map(|point| (point.x, point.y)));
            let holes = polygon.interiors().iter();
            let holes = holes.map(|hole| ring(&mut hole.coords().map(|point| (point.x, point.y))));
            std::iter::once(outer).chain(holes).collect()
        })
        .collect();
    Ok(Shape {
        coordinates: polygons.into(),
        wkb: multi_polygon_wkb(&shape),
        bounds: bounds([&shape]),
    })
}

fn geo_parquet(shapes: &[Shape]) -> Shapes {
    let all = shapes.iter().filter_map(|shape| shape.bounds);
    let metadata = Metadata {
        column: GEOMETRY,
        types: &[GeometryType::MultiPolygon],
        bounds: all
            .reduce(|[west, south, east, north], [w, s, e, n]| [west.min(w), south.min(s), east.max(e), north.max(n)]),
    };
    Shapes {
        metadata: metadata.json(),
        wkb: shapes.iter().map(|shape| shape.wkb.clone()).collect(),
    }
}

fn geojson(rows: &Table, shapes: &[Shape]) -> Vec<u8> {
    let features = shapes.iter().enumerate().map(|(row, shape)| {
        let id = COLUMNS.map(|name| rows.cell(row, name).exact()).join("-");
        let polygons = json!({ "type": "MultiPolygon", "coordinates": shape.coordinates });
        feature(rows, row, id, polygons)
    });
    super::geojson::collection(features.collect())
}
