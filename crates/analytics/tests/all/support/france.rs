//! France as the data files of the repository know it: communes, their residents on cells, the land.

use std::collections::BTreeMap;
use std::path::Path;

use chalandise_analytics::network::market::{Boundary, spread_commune};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use h3o::LatLng;
use serde_json::Value;

/// A commune.
#[derive(Clone, Debug)]
pub struct Commune {
    pub name: String,
    pub departement: String,
    pub point: LatLng,
    pub residents: f64,
}

/// Communes in the order of the file, departements by code.
#[derive(Clone, Debug)]
pub struct France {
    pub communes: Vec<Commune>,
    pub departements: BTreeMap<String, Boundary>,
}

impl France {
    pub fn load() -> France {
        let root: Value = serde_json::from_str(&text("departements_fr.geojson")).expect("JSON");
        let features = root["features"].as_array().expect("features");
        let departements = features.iter().map(|feature| {
            let code = feature["properties"]["code"].as_str().expect("a code").to_owned();
            (code, Boundary::new(shape(&feature["geometry"])))
        });
        let communes = text("communes_fr.csv").lines().skip(1).map(commune).collect();
        France {
            communes,
            departements: departements.collect(),
        }
    }

    /// Residents by cell of the market.
    pub fn residents(&self) -> Vec<(u64, f64)> {
        let mut cells: BTreeMap<u64, f64> = BTreeMap::new();
        for commune in &self.communes {
            let boundary = self.departements.get(&commune.departement);
            for part in spread_commune(commune.point, commune.residents, boundary) {
                *cells.entry(part.cell.into()).or_default() += part.residents;
            }
        }
        cells.into_iter().collect()
    }

    pub fn shapes(&self) -> impl Iterator<Item = &MultiPolygon<f64>> {
        self.departements.values().map(Boundary::shape)
    }

    /// The point of a commune.
    pub fn point(&self, name: &str, departement: &str) -> (f64, f64) {
        let mut found = self
            .communes
            .iter()
            .filter(|commune| commune.name == name && commune.departement == departement);
        let commune = found
            .next()
            .unwrap_or_else(|| panic!("no commune {name} ({departement})"));
        (commune.point.lat(), commune.point.lng())
    }

    /// Points of the largest communes, the largest first, as places of stores.
    pub fn largest(&self, count: usize) -> Vec<(f64, f64)> {
        let mut communes: Vec<_> = self.communes.iter().collect();
        communes.sort_by(|left, right| right.residents.total_cmp(&left.residents));
        communes
            .iter()
            .take(count)
            .map(|commune| (commune.point.lat(), commune.point.lng()))
            .collect()
    }
}

fn text(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/geo").join(name);
    std::fs::read_to_string(path).expect("a data file of the repository")
}

/// `code,"name",dep,region,lat,lon,population,cp`; no name has a comma.
fn commune(line: &str) -> Commune {
    let cells: Vec<&str> = line.split(',').collect();
    let number = |index: usize| cells[index].parse::<f64>().expect("a number");
    Commune {
        name: cells[1].trim_matches('"').to_owned(),
        departement: cells[2].to_owned(),
        point: LatLng::new(number(4), number(5)).expect("degrees"),
        residents: number(6),
    }
}

fn shape(geometry: &Value) -> MultiPolygon<f64> {
    let coordinates = geometry["coordinates"].as_array().expect("coordinates");
    match geometry["type"].as_str() {
        Some("Polygon") => MultiPolygon::new(vec![polygon(coordinates)]),
        _ => coordinates
            .iter()
            .map(|part| polygon(part.as_array().expect("rings")))
            .collect(),
    }
}

fn polygon(rings: &[Value]) -> Polygon<f64> {
    let mut rings = rings.iter().map(|ring| {
        let points = ring.as_array().expect("points").iter();
        let points = points.map(|point| Coord {
            x: point[0].as_f64().expect("a longitude"),
            y: point[1].as_f64().expect("a latitude"),
        });
        points.collect::<LineString<f64>>()
    });
    let outside = rings.next().expect("an outside");
    Polygon::new(outside, rings.collect())
}
