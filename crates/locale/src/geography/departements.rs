//! The 96 departements of metropolitan France, with their outlines.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde_json::Value;

const DEPARTEMENTS: &str = include_str!("../../../../data/geo/departements_fr.geojson");

/// A departement.
#[derive(Debug, Clone)]
pub struct Departement {
    /// Code such as `44` or `2A`.
    pub code: String,
    /// Name.
    pub name: String,
    /// Name of its region, as the file of outlines writes it.
    pub region: String,
    /// Its outline in degrees (x = longitude, y = latitude).
    pub outline: MultiPolygon<f64>,
}

static LOADED: LazyLock<Vec<Departement>> = LazyLock::new(|| read(DEPARTEMENTS));

/// The departements of metropolitan France, in the order of the file.
pub fn departements() -> &'static [Departement] {
    &LOADED
}

/// The names of the 13 metropolitan regions, sorted by code point.
#[must_use]
pub fn region_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = departements().iter().map(|d| d.region.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Codes and names of the 96 metropolitan departements, sorted by code.
#[must_use]
pub fn departement_names() -> Vec<(&'static str, &'static str)> {
    let names: BTreeMap<&str, &str> = departements()
        .iter()
        .map(|d| (d.code.as_str(), d.name.as_str()))
        .collect();
    names.into_iter().collect()
}

fn read(geojson: &str) -> Vec<Departement> {
    let Ok(root) = serde_json::from_str::<Value>(geojson) else {
        return Vec::new();
    };
    let features = root["features"].as_array().map(Vec::as_slice).unwrap_or_default();
    features
        .iter()
        .filter_map(|feature| {
            let property = |name: &str| feature["properties"][name].as_str().map(str::to_owned);
            Some(Departement {
                code: property("code")?,
                name: property("nom")?,
                region: property("region")?,
                outline: multi_polygon(&feature["geometry"])?,
            })
        })
        .collect()
}

fn multi_polygon(geometry: &Value) -> Option<MultiPolygon<f64>> {
    let coordinates = geometry["coordinates"].as_array()?;
    match geometry["type"].as_str()? {
        "Polygon" => Some(MultiPolygon::new(vec![polygon(coordinates)?])),
        "MultiPolygon" => coordinates
            .iter()
            .map(|part| polygon(part.as_array()?))
            .collect::<Option<Vec<_>>>()
            .map(MultiPolygon::new),
        _ => None,
    }
}

fn polygon(rings: &[Value]) -> Option<Polygon<f64>> {
    let mut rings = rings.iter().map(ring);
    let outside = rings.next()??;
    Some(Polygon::new(outside, rings.collect::<Option<Vec<_>>>()?))
}

fn ring(points: &Value) -> Option<LineString<f64>> {
    let points = points.as_array()?.iter();
    points
        .map(|point| {
            Some(Coord {
                x: point[0].as_f64()?,
                y: point[1].as_f64()?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_outlines_are_read_whole() {
        assert_eq!(departements().len(), 96);
        assert_eq!(departement_names().len(), 96);
        assert_eq!(region_names().len(), 13);
        let rings = departements()
            .iter()
            .flat_map(|d| &d.outline)
            .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
        // The last corner repeats the first.
        assert!(rings.into_iter().all(|ring| ring.0.len() >= 4 && ring.is_closed()));
    }
}
