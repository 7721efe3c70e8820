//! The communes of metropolitan France that people live in, by their points.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use h3o::{CellIndex, LatLng, Resolution};

use super::departements::{Departement, departements};
use super::regions::region_by_code;

const COMMUNES: &str = include_str!("../../../../data/geo/communes_fr.csv");

/// A commune of the shipped list.
#[derive(Clone, Debug, PartialEq)]
pub struct Commune {
    /// INSEE code, such as `44109`.
    pub code: String,
    /// Name with accents, such as `Nantes`.
    pub name: String,
    /// Its departement, as its place in [`departements`].
    pub departement: usize,
    /// Name of its region, as pages show it.
    pub region: &'static str,
    /// Its point.
    pub point: LatLng,
    /// Latitude of its point as written in the list, in degrees.
    pub latitude: f64,
    /// Longitude of its point as written in the list, in degrees.
    pub longitude: f64,
    /// Residents.
    pub residents: u32,
    /// Its first post code, five digits.
    pub postcode: String,
}

impl Commune {
    /// Its departement.
    pub fn departement(&self) -> &'static Departement {
        &departements()[self.departement]
    }
}

static LOADED: LazyLock<Vec<Commune>> = LazyLock::new(|| read(COMMUNES));
static BY_SIZE: LazyLock<Vec<&Commune>> = LazyLock::new(|| {
    let mut communes: Vec<&Commune> = LOADED.iter().collect();
    communes.sort_by(|a, b| b.residents.cmp(&a.residents).then_with(|| a.code.cmp(&b.code)));
    communes
});
static BY_CODE: LazyLock<HashMap<&str, &Commune>> =
    LazyLock::new(|| LOADED.iter().map(|commune| (commune.code.as_str(), commune)).collect());

/// The communes in the order of the list: by INSEE code.
pub fn communes() -> &'static [Commune] {
    &LOADED
}

/// The communes, the most populous first.
pub fn communes_by_size() -> &'static [&'static Commune] {
    &BY_SIZE
}

/// The commune of an INSEE code.
pub fn commune(code: &str) -> Option<&'static Commune> {
    BY_CODE.get(code).copied()
}

/// The communes whose point lies in an H3 cell, the most populous first; empty for an invalid cell.
///
/// The first call at a resolution indexes all communes at it.
///
/// ```
/// use chalandise_locale::geography::communes_in_cell;
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
        .map(|&rank| communes_by_size()[rank])
        .collect()
}

/// Ranks of the communes by cell.
type CommuneIndex = HashMap<CellIndex, Vec<usize>>;

/// One index for each of the sixteen resolutions, made when asked for.
static BY_CELL: [OnceLock<CommuneIndex>; 16] = [const { OnceLock::new() }; 16];

fn index_communes(resolution: Resolution) -> CommuneIndex {
    let mut index = CommuneIndex::new();
    for (rank, commune) in communes_by_size().iter().enumerate() {
        index.entry(commune.point.to_cell(resolution)).or_default().push(rank);
    }
    index
}

/// Columns: code, nom, dep, region, lat, lon, population, cp.
fn read(text: &str) -> Vec<Commune> {
    let places: HashMap<&str, usize> = departements()
        .iter()
        .enumerate()
        .map(|(place, departement)| (departement.code.as_str(), place))
        .collect();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let one = |record: csv::StringRecord| {
        let (latitude, longitude) = (record.get(4)?.parse().ok()?, record.get(5)?.parse().ok()?);
        Some(Commune {
            code: record.get(0)?.to_owned(),
            name: record.get(1)?.to_owned(),
            departement: *places.get(record.get(2)?)?,
            region: region_by_code(record.get(3)?)?,
            point: LatLng::new(latitude, longitude).ok()?,
            latitude,
            longitude,
            residents: record.get(6)?.parse().ok()?,
            postcode: record.get(7)?.to_owned(),
        })
    };
    reader.records().flatten().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_list_is_read_whole() {
        assert_eq!(communes().len(), COMMUNES.lines().count() - 1);
        assert_eq!(communes().len(), 14_650);
        let residents: u64 = communes().iter().map(|commune| u64::from(commune.residents)).sum();
        assert_eq!(residents, 60_023_178);
        assert_eq!(communes()[0].departement().region, "Auvergne-Rhône-Alpes");
        assert_eq!(commune("44109").map(|commune| commune.region), Some("Pays de la Loire"));
    }

    #[test]
    fn the_largest_communes_come_first() {
        let first: Vec<&str> = communes_by_size().iter().take(3).map(|c| c.name.as_str()).collect();
        assert_eq!(first, ["Paris", "Marseille", "Lyon"]);
    }

    #[test]
    fn an_invalid_cell_holds_no_commune() {
        assert!(communes_in_cell(0).is_empty());
        assert!(communes_in_cell(u64::MAX).is_empty());
    }
}
