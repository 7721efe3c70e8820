//! Invented persons: names, addresses, telephones and e-mails, drawn again whenever a file needs them.

use std::sync::LazyLock;

use h3o::{CellIndex, LatLng, Resolution};

use crate::laws::stores::shifted;
use crate::stream::{Stream, key};
use crate::world::World;
use crate::write::text::{push_ascii_lower, push_int, push_padded};
use chalandise_locale::geography::Commune;

const PERSON: u64 = key("identity/person");
const HOUSEHOLD: u64 = key("identity/household");
const PLACE: u64 = key("identity/place");

fn lines(text: &'static str) -> Vec<&'static str> {
    text.lines().filter(|line| !line.is_empty()).collect()
}

static WOMEN: LazyLock<Vec<&str>> = LazyLock::new(|| lines(include_str!("../../../data/demo/first_names_f.txt")));
static MEN: LazyLock<Vec<&str>> = LazyLock::new(|| lines(include_str!("../../../data/demo/first_names_m.txt")));
static SURNAMES: LazyLock<Vec<&str>> = LazyLock::new(|| lines(include_str!("../../../data/demo/surnames.txt")));
static STREETS: LazyLock<Vec<&str>> = LazyLock::new(|| lines(include_str!("../../../data/demo/streets.txt")));

/// Street types as customers write them, and as the postal norm and the ERP abbreviate them; frequent first.
const STREET_TYPES: [(&str, &str); 12] = [
    ("rue", "RUE"),
    ("rue", "RUE"),
    ("avenue", "AV"),
    ("rue", "RUE"),
    ("chemin", "CHE"),
    ("allée", "ALL"),
    ("boulevard", "BD"),
    ("route", "RTE"),
    ("impasse", "IMP"),
    ("place", "PL"),
    ("résidence", "RES"),
    ("lotissement", "LOT"),
];

/// Invented e-mail providers under the reserved top-level domain.
const DOMAINS: [&str; 6] = [
    "courriel.example",
    "boite.example",
    "messagerie.example",
    "webmail.example",
    "lettres.example",
    "poste-e.example",
];

/// A person, apart from where he lives.
#[derive(Debug, Clone)]
pub struct Person {
    /// First name with accents.
    pub first_name: &'static str,
    /// Surname with accents.
    pub last_name: &'static str,
    /// A woman.
    pub woman: bool,
    /// Year of birth.
    pub birth_year: i32,
    /// Day of birth as day of the year, 1 to 365.
    pub birth_day: u32,
    /// E-mail.
    pub email: String,
    /// Mobile, nine national digits.
    pub mobile: u32,
    /// Agreed to e-mail.
    pub opt_in: bool,
}

/// The person of a customer number, living in a household.
pub fn person(seed: u64, customer: u32, household: u32, end_year: i32) -> Person {
    let mut stream = Stream::new(seed, PERSON, u64::from(customer));
    let woman = stream.chance(0.62);
    let names = if woman { &*WOMEN } else { &*MEN };
    let first_name = *stream.frequent_first(names);
    let shares_surname = stream.chance(0.86);
    let own = *stream.frequent_first(&SURNAMES);
    let last_name = if shares_surname {
        *Stream::new(seed, HOUSEHOLD, u64::from(household)).frequent_first(&SURNAMES)
    } else {
        own
    };
    let age = 20 + (stream.unit() * 32.0 + stream.unit() * 32.0) as i32;
    let birth_day = 1 + stream.below(365) as u32;
    let mobile = 711_000_000 + stream.below(19_000_000) as u32;
    let opt_in = stream.chance(0.58);
    Person {
        first_name,
        last_name,
        woman,
        birth_year: end_year - age,
        birth_day,
        email: email(&mut stream, first_name, last_name, end_year - age),
        mobile,
        opt_in,
    }
}

fn email(stream: &mut Stream, first_name: &str, last_name: &str, birth_year: i32) -> String {
    let style = stream.below(10);
    let number = stream.below(9_000) as u64;
    let mut email = String::with_capacity(40);
    match style {
        0..=5 => {
            push_ascii_lower(&mut email, first_name);
            email.push('.');
            push_ascii_lower(&mut email, last_name);
        }
        6..=7 => {
            email.extend(
                first_name
                    .chars()
                    .next()
                    .map(|first| first.to_ascii_lowercase())
                    .filter(char::is_ascii),
            );
            push_ascii_lower(&mut email, last_name);
        }
        _ => {
            push_ascii_lower(&mut email, last_name);
            push_int(&mut email, (birth_year % 100).unsigned_abs().into());
            email.push('.');
            push_ascii_lower(&mut email, first_name);
        }
    }
    // A number keeps namesakes apart, as providers make people do.
    push_int(&mut email, 10 + number);
    email.push('@');
    let domain: &str = stream.frequent_first::<&str>(&DOMAINS);
    email.push_str(domain);
    email
}

/// Where a household lives.
#[derive(Debug, Clone)]
pub struct Home<'a> {
    /// The commune.
    pub commune: &'a Commune,
    /// Post code, five digits (a district's in Paris, Lyon and Marseille).
    pub postcode: String,
    /// House number.
    pub number: u32,
    /// "bis" or nothing.
    pub suffix: &'static str,
    /// Street type in full and abbreviated.
    pub street_type: (&'static str, &'static str),
    /// Rest of the street's name.
    pub street: &'static str,
    /// Flat or building, often empty.
    pub complement: String,
    /// Its place, as a geocoder would find it.
    pub point: LatLng,
    /// Landline, nine national digits; 0 when there is none.
    pub landline: u32,
}

/// The home of a household in a cell; `second` is the home after a move.
pub fn home(world: &World, household: u32, cell: u32, second: bool) -> Home<'_> {
    let entity = u64::from(household) | u64::from(second) << 40;
    let mut stream = Stream::new(world.plan.seed, PLACE, entity);
    let commune = world.commune_of(cell);
    let index = world.cells[cell as usize].index;
    let point = place_in(index, &mut stream);
    let number = 1 + (stream.unit() * stream.unit() * 140.0) as u32;
    let suffix = if stream.chance(0.05) { " bis" } else { "" };
    let street_type = *stream.frequent_first(&STREET_TYPES);
    let street = *stream.one_of(&STREETS);
    let urban = if commune.residents > 30_000 { 0.35 } else { 0.06 };
    let complement = if stream.chance(urban) {
        complement(&mut stream)
    } else {
        String::new()
    };
    let area = area_code(&commune.departement().region);
    let landline = if stream.chance(0.55) {
        area * 100_000_000 + stream.below(10_000_000) as u32
    } else {
        0
    };
    Home {
        commune,
        postcode: postcode(commune, index),
        number,
        suffix,
        street_type,
        street,
        complement,
        point,
        landline,
    }
}

/// First digit of the landlines of a region: Île-de-France 1, north-west 2, north-east 3, south-east 4, south-west 5.
/// The block that starts with 0 after it is given to nobody.
fn area_code(region: &str) -> u32 {
    match region {
        "Île-de-France" => 1,
        "Normandie" | "Bretagne" | "Pays de la Loire" | "Centre-Val de Loire" => 2,
        "Hauts-de-France" | "Grand Est" | "Bourgogne-Franche-Comté" => 3,
        "Nouvelle-Aquitaine" | "Occitanie" => 5,
        _ => 4,
    }
}

fn complement(stream: &mut Stream) -> String {
    let letter = char::from(b'A' + stream.below(6) as u8);
    match stream.below(4) {
        0 => format!("Bât. {letter}"),
        1 => format!("Appt {}", 1 + stream.below(60)),
        2 => format!("Bât. {letter}, {}e étage", 2 + stream.below(6)),
        _ => format!(
            "Résidence les {}",
            ["Pins", "Tilleuls", "Érables", "Mouettes"][stream.below(4)]
        ),
    }
}

/// The commune's post code; in the three cities with districts, one of them by cell, so that neighbours agree.
fn postcode(commune: &Commune, cell: CellIndex) -> String {
    let (base, districts) = match commune.code.as_str() {
        "75056" => (75_001, 20),
        "69123" => (69_001, 9),
        "13055" => (13_001, 16),
        _ => return commune.postcode.clone(),
    };
    let district = Stream::new(0, PLACE, u64::from(cell)).below(districts) as u64;
    let mut text = String::with_capacity(5);
    push_padded(&mut text, base + district, 5);
    text
}

/// Radius (km) within which a point belongs to a res-9 cell's centre, everywhere in France, whatever the rounding.
const SAFE_RADIUS_KM: f64 = 0.125;

/// A point in one of the res-9 children of a market cell: its res-9 cell is that child, so that its parent is the
/// cell itself, exactly (a point of the cell's outline may have a res-9 cell of another parent).
fn place_in(cell: CellIndex, stream: &mut Stream) -> LatLng {
    let children = cell.children_count(Resolution::Nine);
    let position = stream.below(children as usize) as u64;
    let child = cell.child_at(position, Resolution::Nine).unwrap_or(cell);
    let distance_km = SAFE_RADIUS_KM * stream.unit().sqrt();
    let bearing = stream.unit() * std::f64::consts::TAU;
    shifted(LatLng::from(child), bearing, distance_km)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_fall_in_their_cell_by_its_children() {
        for (latitude, longitude) in [(51.0, 2.5), (42.0, 9.2), (48.4, -4.5), (48.9, 8.1), (42.5, 1.9)] {
            let start = LatLng::new(latitude, longitude).expect("finite degrees");
            for cell in start.to_cell(Resolution::Eight).grid_disk::<Vec<_>>(3) {
                for entity in 0..40 {
                    let mut stream = Stream::new(1, PLACE, entity);
                    let point = place_in(cell, &mut stream);
                    let round = |degrees: f64| (degrees * 1e5).round() / 1e5;
                    let point = LatLng::new(round(point.lat()), round(point.lng())).expect("finite");
                    let parent = point.to_cell(Resolution::Nine).parent(Resolution::Eight);
                    assert_eq!(parent, Some(cell));
                }
            }
        }
    }

    #[test]
    fn persons_repeat_and_their_data_are_invented() {
        let first = person(3, 17, 9, 2026);
        let again = person(3, 17, 9, 2026);
        assert_eq!(first.email, again.email);
        assert!(first.email.ends_with(".example") && first.email.is_ascii());
        assert!((711_000_000..730_000_000).contains(&first.mobile));
        assert!(first.birth_year > 1930 && first.birth_year < 2010);
    }
}
