//! Communes and departements of metropolitan France, from data/geo.

use std::collections::BTreeMap;

use chalandise_analytics::market::Boundary;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use h3o::LatLng;
use serde_json::Value;

const COMMUNES_FILE: &str = "data/geo/communes_fr.csv";
const DEPARTEMENTS_FILE: &str = "data/geo/departements_fr.geojson";
const COMMUNES: &str = include_str!("../../data/geo/communes_fr.csv");
const DEPARTEMENTS: &str = include_str!("../../data/geo/departements_fr.geojson");

/// A data file of the geography that does not have the expected form.
#[derive(Debug, thiserror::Error)]
#[error("{file}, line {line}: {what}; restore the file from the source distribution")]
pub struct GeographyError {
    /// The file, relative to the checkout.
    pub file: &'static str,
    /// Line, from 1 (0 when it does not apply).
    pub line: u64,
    /// What is wrong.
    pub what: &'static str,
}

/// A commune.
#[derive(Debug, Clone)]
pub struct Commune {
    /// INSEE code.
    pub code: String,
    /// Name with accents.
    pub name: String,
    /// Index into [`Geography::departements`].
    pub departement: usize,
    /// Its point.
    pub point: LatLng,
    /// Residents.
    pub residents: u32,
    /// Its first post code, five digits.
    pub postcode: String,
}

/// A departement.
#[derive(Debug, Clone)]
pub struct Departement {
    /// Code such as `2A`.
    pub code: String,
    /// Name.
    pub name: String,
    /// Name of its region.
    pub region: String,
    /// Its outline.
    pub boundary: Boundary,
}

/// All communes and departements.
#[derive(Debug, Clone)]
pub struct Geography {
    /// Communes in the order of the file (by INSEE code).
    pub communes: Vec<Commune>,
    /// Departements in the order of the file.
    pub departements: Vec<Departement>,
}

impl Geography {
    /// Reads the geography that is compiled in.
    ///
    /// # Errors
    /// When a data file is damaged.
    pub fn load() -> Result<Self, GeographyError> {
        let departements = read_departements()?;
        let communes = read_communes(&departements)?;
        Ok(Self { communes, departements })
    }

    /// Name of the region of a commune.
    pub fn region(&self, commune: usize) -> &str {
        &self.departements[self.communes[commune].departement].region
    }
}

fn read_communes(departements: &[Departement]) -> Result<Vec<Commune>, GeographyError> {
    let by_code: BTreeMap<&str, usize> = departements
        .iter()
        .enumerate()
        .map(|(index, departement)| (departement.code.as_str(), index))
        .collect();
    let mut reader = csv::Reader::from_reader(COMMUNES.as_bytes());
    let mut communes = Vec::with_capacity(15_000);
    for record in reader.records() {
        let fault = |line, what| GeographyError {
            file: COMMUNES_FILE,
            line,
            what,
        };
        let record =
            record.map_err(|error| fault(error.position().map_or(0, csv::Position::line), "not a row of text"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |index: usize| record.get(index).unwrap_or_default();
        let number = |index: usize| cell(index).parse::<f64>().ok();
        let point = number(4)
            .zip(number(5))
            .and_then(|(latitude, longitude)| LatLng::new(latitude, longitude).ok())
            .ok_or_else(|| fault(line, "lat or lon is not a number"))?;
        communes.push(Commune {
            code: cell(0).to_owned(),
            name: cell(1).to_owned(),
            departement: *by_code
                .get(cell(2))
                .ok_or_else(|| fault(line, "the departement is not in the outlines"))?,
            point,
            residents: cell(6)
                .parse()
                .map_err(|_| fault(line, "population is not a whole number"))?,
            postcode: cell(7).to_owned(),
        });
    }
    Ok(communes)
}

fn read_departements() -> Result<Vec<Departement>, GeographyError> {
    let fault = |what| GeographyError {
        file: DEPARTEMENTS_FILE,
        line: 0,
        what,
    };
    let root: Value = serde_json::from_str(DEPARTEMENTS).map_err(|_| fault("not JSON"))?;
    let features = root["features"]
        .as_array()
        .ok_or_else(|| fault("no list of features"))?;
    features
        .iter()
        .map(|feature| {
            let property = |name: &str| {
                feature["properties"][name]
                    .as_str()
                    .map(str::to_owned)
                    .ok_or_else(|| fault("a feature lacks code, nom or region"))
            };
            let shape = multi_polygon(&feature["geometry"]).ok_or_else(|| fault("a feature lacks an outline"))?;
            Ok(Departement {
                code: property("code")?,
                name: property("nom")?,
                region: property("region")?,
                boundary: Boundary::new(shape),
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
    points
        .as_array()?
        .iter()
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
    fn the_shipped_geography_is_whole() {
        let geography = Geography::load().expect("data files as shipped");
        assert_eq!(geography.communes.len(), 14_650);
        assert_eq!(geography.departements.len(), 96);
        let residents: u64 = geography
            .communes
            .iter()
            .map(|commune| u64::from(commune.residents))
            .sum();
        assert_eq!(residents, 60_023_178);
        assert_eq!(geography.region(0), "Auvergne-Rhône-Alpes");
    }
}
