//! The shipped geography: departements with their regions, and the communes to name on a map.
//!
//! Both files of `data/geo` are compiled in, so that a drawing depends on nothing but its input.

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, OnceLock};

use h3o::{CellIndex, LatLng, Resolution};

use super::projection::{Point, project};

const DEPARTEMENTS: &str = include_str!("../../../../data/geo/departements_fr.geojson");
const COMMUNES: &str = include_str!("../../../../data/geo/communes_fr.csv");

/// The box round a set of points, in Lambert-93 metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Extent {
    pub(crate) west_m: f64,
    pub(crate) south_m: f64,
    pub(crate) east_m: f64,
    pub(crate) north_m: f64,
}

impl Extent {
    pub(crate) const EMPTY: Self = Self {
        west_m: f64::INFINITY,
        south_m: f64::INFINITY,
        east_m: f64::NEG_INFINITY,
        north_m: f64::NEG_INFINITY,
    };

    pub(crate) fn include(&mut self, point: Point) {
        self.west_m = self.west_m.min(point.east_m);
        self.east_m = self.east_m.max(point.east_m);
        self.south_m = self.south_m.min(point.north_m);
        self.north_m = self.north_m.max(point.north_m);
    }
}

/// A departement: its names and its rings.
pub(crate) struct Departement {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) region: String,
    /// Outer and inner rings alike, without the repeated last corner.
    pub(crate) rings: Vec<Vec<Point>>,
}

/// A commune of the shipped list.
#[derive(Clone, Debug, PartialEq)]
pub struct Commune {
    /// INSEE code, such as `44109`.
    pub code: &'static str,
    /// Name, such as `Nantes`.
    pub name: &'static str,
    /// Code of its departement, such as `44` or `2A`.
    pub departement: &'static str,
    /// Latitude of its point, in degrees.
    pub latitude: f64,
    /// Longitude of its point, in degrees.
    pub longitude: f64,
    /// Residents.
    pub population: u32,
    /// Where the point falls on the map.
    pub(crate) point: Point,
}

static LOADED: LazyLock<Vec<Departement>> = LazyLock::new(|| read_departements(DEPARTEMENTS));
static NAMED: LazyLock<Vec<Commune>> = LazyLock::new(|| read_communes(COMMUNES));

/// The departements of metropolitan France.
pub(crate) fn departements() -> &'static [Departement] {
    &LOADED
}

/// The communes of the shipped list, the most populous first.
#[must_use]
pub fn communes() -> &'static [Commune] {
    &NAMED
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

/// The communes whose point lies in an H3 cell, the most populous first; empty for an invalid cell.
///
/// The first call at a resolution indexes all communes at it.
///
/// ```
/// use chalandise_chart::map::communes_in_cell;
/// let nantes = h3o::LatLng::new(47.2173, -1.5534)?.to_cell(h3o::Resolution::Five);
/// assert_eq!(communes_in_cell(nantes.into())[0].name, "Nantes");
/// # Ok::<(), h3o::error::InvalidLatLng>(())
/// ```
#[must_use]
pub fn communes_in_cell(cell: u64) -> Vec<&'static Commune> {
    let Ok(cell) = CellIndex::try_from(cell) else {
        return Vec::new();
    };
    let index = BY_CELL[usize::from(u8::from(cell.resolution()))].get_or_init(|| index_communes(cell.resolution()));
    index
        .get(&cell)
        .into_iter()
        .flatten()
        .map(|&rank| &communes()[rank])
        .collect()
}

/// Ranks of the communes by cell.
type CommuneIndex = HashMap<CellIndex, Vec<usize>>;

/// One index for each of the sixteen resolutions, made when asked for.
static BY_CELL: [OnceLock<CommuneIndex>; 16] = [const { OnceLock::new() }; 16];

fn index_communes(resolution: Resolution) -> CommuneIndex {
    let mut index = CommuneIndex::new();
    for (rank, commune) in communes().iter().enumerate() {
        if let Ok(point) = LatLng::new(commune.latitude, commune.longitude) {
            index.entry(point.to_cell(resolution)).or_default().push(rank);
        }
    }
    index
}

/// The box round the departements that pass the filter; `None` when none does.
pub(crate) fn extent_of(keep: impl Fn(&Departement) -> bool) -> Option<Extent> {
    let mut extent = Extent::EMPTY;
    departements()
        .iter()
        .filter(|departement| keep(departement))
        .flat_map(|departement| departement.rings.iter().flatten())
        .for_each(|&point| extent.include(point));
    (extent.west_m <= extent.east_m).then_some(extent)
}

/// Reads the shipped departements; what does not have the expected form is left out, and a test counts what is left.
fn read_departements(geojson: &str) -> Vec<Departement> {
    let Ok(root) = serde_json::from_str::<serde_json::Value>(geojson) else {
        return Vec::new();
    };
    let features = root["features"].as_array().map(Vec::as_slice).unwrap_or_default();
    features
        .iter()
        .filter_map(|feature| {
            let property = |name: &str| feature["properties"][name].as_str().map(str::to_owned);
            let shape = &feature["geometry"];
            let rings = match shape["type"].as_str()? {
                "Polygon" => read_rings(&shape["coordinates"]),
                "MultiPolygon" => shape["coordinates"].as_array()?.iter().flat_map(read_rings).collect(),
                _ => return None,
            };
            Some(Departement {
                code: property("code")?,
                name: property("nom")?,
                region: property("region")?,
                rings,
            })
        })
        .collect()
}

fn read_rings(polygon: &serde_json::Value) -> Vec<Vec<Point>> {
    let rings = polygon.as_array().map(Vec::as_slice).unwrap_or_default();
    rings
        .iter()
        .map(|ring| {
            let corners = ring.as_array().map(Vec::as_slice).unwrap_or_default();
            let mut points: Vec<Point> = corners
                .iter()
                .filter_map(|corner| Some(project(corner[1].as_f64()?, corner[0].as_f64()?)))
                .collect();
            points.pop();
            points
        })
        .collect()
}

/// Reads the shipped communes. Only the name is quoted in that file, and no name holds a comma or a quote.
fn read_communes(csv: &'static str) -> Vec<Commune> {
    let mut communes: Vec<Commune> = csv
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split(',');
            let mut next = || fields.next().map(|field| field.trim_matches('"'));
            let (code, name, departement, _region) = (next()?, next()?, next()?, next()?);
            let (latitude, longitude) = (next()?.parse().ok()?, next()?.parse().ok()?);
            let population = next()?.parse().ok()?;
            let point = project(latitude, longitude);
            Some(Commune {
                code,
                name,
                departement,
                latitude,
                longitude,
                population,
                point,
            })
        })
        .collect();
    communes.sort_by(|a, b| b.population.cmp(&a.population).then_with(|| a.code.cmp(b.code)));
    communes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_files_are_read_whole() {
        assert_eq!(departements().len(), 96);
        assert_eq!(departement_names().len(), 96);
        assert_eq!(region_names().len(), 13);
        assert_eq!(communes().len(), COMMUNES.lines().count() - 1);
        assert!(
            departements()
                .iter()
                .all(|d| d.rings.iter().all(|ring| ring.len() >= 3))
        );
    }

    #[test]
    fn the_largest_communes_come_first() {
        let first: Vec<&str> = communes().iter().take(3).map(|c| c.name).collect();
        assert_eq!(first, ["Paris", "Marseille", "Lyon"]);
    }

    #[test]
    fn an_invalid_cell_holds_no_commune() {
        assert!(communes_in_cell(0).is_empty());
        assert!(communes_in_cell(u64::MAX).is_empty());
    }
}
