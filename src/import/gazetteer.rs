//! From post code and city name to a place: the points of French communes.
//!
//! The file has the first post code of each commune only. So a place is found by its city's name within the departement of the
//! post code (which also resolves 75002 or 69003), and by the post code alone only where the name says nothing.

use std::collections::HashMap;

use chalandise_analytics::customers::record_linkage::normalise;
use chalandise_locale::geography::{Commune, REGIONS, communes};

/// Cities with arrondissements of their own post codes: first and last post code, INSEE code.
const ARRONDISSEMENTS: [(u32, u32, &str); 3] = [
    (75_000, 75_116, "75056"),
    (69_001, 69_009, "69123"),
    (13_001, 13_016, "13055"),
];

/// Communes by name and by post code.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    communes: Vec<&'static Commune>,
    by_code: HashMap<&'static str, &'static Commune>,
    by_name: HashMap<&'static str, HashMap<String, &'static Commune>>,
    by_postcode: HashMap<&'static str, &'static Commune>,
    regions: HashMap<&'static str, &'static str>,
}

impl Gazetteer {
    /// A gazetteer that knows no place.
    pub fn empty() -> Gazetteer {
        Gazetteer::default()
    }

    /// The communes of metropolitan France.
    pub fn france() -> Gazetteer {
        let mut gazetteer = Gazetteer::default();
        for commune in communes() {
            gazetteer.add(commune);
        }
        gazetteer
    }

    fn add(&mut self, commune: &'static Commune) {
        let departement = commune.departement().code.as_str();
        self.regions.insert(departement, commune.region);
        let larger = |known: Option<&&Commune>| known.is_some_and(|known| known.residents >= commune.residents);
        let names = self.by_name.entry(departement).or_default();
        let city = normalise::city(&commune.name);
        if !larger(names.get(&city)) {
            names.insert(city, commune);
        }
        if !larger(self.by_postcode.get(commune.postcode.as_str())) {
            self.by_postcode.insert(&commune.postcode, commune);
        }
        self.by_code.insert(&commune.code, commune);
        self.communes.push(commune);
    }

    /// The commune of an INSEE code.
    pub fn commune(&self, code: &str) -> Option<&'static Commune> {
        self.by_code.get(code).copied()
    }

    /// The commune of a post code and a city name.
    ///
    /// The name decides within the departement. Without a name, or with one that the departement does not have, the post code
    /// decides: an arrondissement's city, else the most populous commune of which it is the first post code.
    pub fn find(&self, postcode: &str, city: &str) -> Option<&'static Commune> {
        let postcode = normalise::postcode(postcode)?;
        let departement = departement(&postcode);
        let name = normalise::city(city);
        let by_name = self.by_name.get(departement).and_then(|names| names.get(&name));
        match by_name.or_else(|| self.by_postcode.get(postcode.as_str())) {
            Some(commune) => Some(commune),
            None => {
                let number: u32 = postcode.parse().ok()?;
                let (_, _, code) = ARRONDISSEMENTS
                    .iter()
                    .find(|(first, last, _)| (*first..=*last).contains(&number))?;
                self.commune(code)
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

    #[test]
    fn cities_are_found_by_name_and_departement() {
        let france = Gazetteer::france();
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
        let france = Gazetteer::france();
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
