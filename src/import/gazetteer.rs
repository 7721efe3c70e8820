//! From post code and city name to a place: the points of French communes.
//!
//! The file has the first post code of each commune only. So a place is found by its city's name within the departement of the
//! post code (which also resolves 75002 or 69003), and by the post code alone only where the name says nothing.

use std::collections::HashMap;
use std::path::Path;

use chalandise_analytics::record_linkage::normalise;
use serde::Deserialize;

use super::error::{ImportError, io_reason};

/// Regions by INSEE code, with the names that pages show.
const REGIONS: [(&str, &str); 18] = [
    ("01", "Guadeloupe"),
    ("02", "Martinique"),
    ("03", "Guyane"),
    ("04", "La Réunion"),
    ("06", "Mayotte"),
    ("11", "Île-de-France"),
    ("24", "Centre-Val de Loire"),
    ("27", "Bourgogne-Franche-Comté"),
    ("28", "Normandie"),
    ("32", "Hauts-de-France"),
    ("44", "Grand Est"),
    ("52", "Pays de la Loire"),
    ("53", "Bretagne"),
    ("75", "Nouvelle-Aquitaine"),
    ("76", "Occitanie"),
    ("84", "Auvergne-Rhône-Alpes"),
    ("93", "Provence-Alpes-Côte d’Azur"),
    ("94", "Corse"),
];

/// Cities with arrondissements of their own post codes: first and last post code, INSEE code.
const ARRONDISSEMENTS: [(u32, u32, &str); 3] = [
    (75_000, 75_116, "75056"),
    (69_001, 69_009, "69123"),
    (13_001, 13_016, "13055"),
];

/// A commune as a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Commune {
    /// INSEE code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Code of its departement.
    pub departement: String,
    /// Name of its region.
    pub region: &'static str,
    /// Latitude, WGS 84, in degrees.
    pub latitude: f64,
    /// Longitude, WGS 84, in degrees.
    pub longitude: f64,
    /// Residents.
    pub population: f64,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    nom: String,
    dep: String,
    region: String,
    lat: f64,
    lon: f64,
    population: f64,
    cp: String,
}

/// Communes by name and by post code.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    communes: Vec<Commune>,
    by_code: HashMap<String, usize>,
    by_name: HashMap<String, HashMap<String, usize>>,
    by_postcode: HashMap<String, usize>,
    regions: HashMap<String, &'static str>,
}

impl Gazetteer {
    /// A gazetteer that knows no place.
    pub fn empty() -> Gazetteer {
        Gazetteer::default()
    }

    /// Reads `communes_fr.csv` (code, nom, dep, region, lat, lon, population, cp).
    ///
    /// # Errors
    /// [`ImportError::Lookup`] when the file is absent or is not what it should be.
    pub fn load(path: &Path) -> Result<Gazetteer, ImportError> {
        let fault = |what: String| ImportError::Lookup {
            path: path.to_path_buf(),
            what,
            remedy: "Put back the file of communes that comes with the program".to_owned(),
        };
        let file = std::fs::File::open(path).map_err(|error| fault(io_reason(&error)))?;
        let mut reader = csv::Reader::from_reader(file);
        let mut gazetteer = Gazetteer::default();
        for (index, row) in reader.deserialize::<Row>().enumerate() {
            let line = index + 2;
            let row = row.map_err(|_| fault(format!("line {line} is not a commune")))?;
            let region = REGIONS
                .iter()
                .find(|(code, _)| *code == row.region)
                .map(|(_, name)| *name)
                .ok_or_else(|| fault(format!("line {line} names an unknown region code")))?;
            gazetteer.add(row, region);
        }
        Ok(gazetteer)
    }

    fn add(&mut self, row: Row, region: &'static str) {
        let index = self.communes.len();
        self.regions.insert(row.dep.clone(), region);
        let city = normalise::city(&row.nom);
        let names = self.by_name.entry(row.dep.clone()).or_default();
        let larger = |communes: &[Commune], at: usize| communes[at].population >= row.population;
        if !names.get(&city).is_some_and(|&at| larger(&self.communes, at)) {
            names.insert(city, index);
        }
        if !self
            .by_postcode
            .get(&row.cp)
            .is_some_and(|&at| larger(&self.communes, at))
        {
            self.by_postcode.insert(row.cp, index);
        }
        self.by_code.insert(row.code.clone(), index);
        self.communes.push(Commune {
            code: row.code,
            name: row.nom,
            departement: row.dep,
            region,
            latitude: row.lat,
            longitude: row.lon,
            population: row.population,
        });
    }

    /// The commune of an INSEE code.
    pub fn commune(&self, code: &str) -> Option<&Commune> {
        self.by_code.get(code).and_then(|index| self.communes.get(*index))
    }

    /// The commune of a post code and a city name.
    ///
    /// The name decides within the departement. Without a name, or with one that the departement does not have, the post code
    /// decides: an arrondissement's city, else the most populous commune of which it is the first post code.
    pub fn find(&self, postcode: &str, city: &str) -> Option<&Commune> {
        let postcode = normalise::postcode(postcode)?;
        let departement = departement(&postcode);
        let name = normalise::city(city);
        let by_name = self.by_name.get(departement).and_then(|names| names.get(&name));
        let index = by_name.or_else(|| self.by_postcode.get(&postcode));
        match index {
            Some(&index) => self.communes.get(index),
            None => {
                let number: u32 = postcode.parse().ok()?;
                let (_, _, code) = ARRONDISSEMENTS
                    .iter()
                    .find(|(first, last, _)| (*first..=*last).contains(&number))?;
                self.communes.iter().find(|commune| commune.code == *code)
            }
        }
    }

    /// The region of a post code and a city name; that of the departement where the commune is not known.
    pub fn region(&self, postcode: &str, city: &str) -> Option<&'static str> {
        if let Some(commune) = self.find(postcode, city) {
            return Some(commune.region);
        }
        let postcode = normalise::postcode(postcode)?;
        let departement = departement(&postcode);
        self.regions.get(departement).copied().or_else(|| overseas(departement))
    }

    /// The region of the commune nearest to a point, within about 60 km; for sources that give coordinates only.
    pub fn region_at(&self, latitude: f64, longitude: f64) -> Option<&'static str> {
        let shrink = latitude.to_radians().cos();
        let nearest = self
            .communes
            .iter()
            .map(|commune| {
                let north = commune.latitude - latitude;
                let east = (commune.longitude - longitude) * shrink;
                (north * north + east * east, commune.region)
            })
            .min_by(|a, b| a.0.total_cmp(&b.0))?;
        // 0.55 degrees of latitude are about 60 km.
        (nearest.0 <= 0.55 * 0.55).then_some(nearest.1)
    }
}

/// A region's name as pages show it, from any spelling; none when it is no French region.
pub fn region_name(text: &str) -> Option<&'static str> {
    let plain = normalise::plain(text);
    REGIONS
        .iter()
        .find(|(_, name)| normalise::plain(name) == plain)
        .map(|(_, name)| *name)
}

/// The departement of a five-digit post code: the two digits, Corsica's halves by the third, three digits overseas.
fn departement(postcode: &str) -> &str {
    match &postcode[..2] {
        "20" if matches!(&postcode[..3], "200" | "201") => "2A",
        "20" => "2B",
        "97" => &postcode[..3],
        two => two,
    }
}

fn overseas(departement: &str) -> Option<&'static str> {
    match departement {
        "971" => Some("Guadeloupe"),
        "972" => Some("Martinique"),
        "973" => Some("Guyane"),
        "974" => Some("La Réunion"),
        "976" => Some("Mayotte"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn france() -> Gazetteer {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/geo/communes_fr.csv");
        Gazetteer::load(&path).expect("the communes come with the program")
    }

    #[test]
    fn cities_are_found_by_name_and_departement() {
        let france = france();
        for (postcode, city, code) in [
            ("75002", "Paris", "75056"),
            ("75002", "PARIS 02", "75056"),
            ("69003", "Lyon 3e", "69123"),
            ("13013", "MARSEILLE CEDEX 13", "13055"),
            ("75011", "", "75056"),
            ("1500", "Amberieu en Bugey", "01004"),
            ("20000", "AJACCIO", "2A004"),
        ] {
            let found = france.find(postcode, city).map(|it| it.code.as_str());
            assert_eq!(found, Some(code), "{postcode} {city}");
        }
        assert_eq!(france.find("", "Paris"), None);
        assert_eq!(france.find("99999", "Nowhere"), None);
    }

    #[test]
    fn regions_come_from_commune_or_departement() {
        let france = france();
        assert_eq!(france.region("69003", "Lyon"), Some("Auvergne-Rhône-Alpes"));
        assert_eq!(france.region("29999", "Nowhere"), Some("Bretagne"));
        assert_eq!(france.region("97400", "Saint-Denis"), Some("La Réunion"));
        assert_eq!(france.region("", ""), None);
        assert_eq!(region_name("ILE DE FRANCE"), Some("Île-de-France"));
        assert_eq!(
            region_name("Provence-Alpes-Côte d'Azur"),
            Some("Provence-Alpes-Côte d’Azur")
        );
        assert_eq!(region_name("Wallonie"), None);
        assert_eq!(france.region_at(48.86, 2.35), Some("Île-de-France"));
        assert_eq!(france.region_at(40.4, -3.7), None);
    }
}
