//! The plan of an address. A form without script names a place by a commune or by coordinates in one field; here it becomes two. A link
//! of another page hands over several changes in one value, one a line.

use super::words::Fault;
use crate::notebook::scenario::assumption::ASSUMED;
use crate::notebook::scenario::{Address, Part, Plan, text};
use chalandise_analytics::record_linkage::normalise::city;
use chalandise_chart::map::{Commune, communes};

/// Keys that this room reads beside those of the plan.
pub(super) const OWN_KEYS: [&str; 3] = ["add_place", "drop", "changes"];

/// Reads the plan of an address.
///
/// # Errors
/// All that is wrong with it.
pub(super) fn plan(pairs: &[(String, String)]) -> Result<Address, Vec<Fault>> {
    let mut read = spread(pairs);
    let place = value(pairs, "add_place");
    let adds = value(pairs, "add").is_some();
    let mut faults = Vec::new();
    if let (Some(place), true) = (place, adds) {
        let found = locate(place).unwrap_or_else(|| {
            faults.push(Fault::NoSuchPlace(place.chars().take(60).collect()));
            // Any place, so that what else is wrong is found as well.
            Located {
                latitude: 0.0,
                longitude: 0.0,
                name: place.chars().take(60).collect(),
            }
        });
        read.retain(|(key, _)| key != "add_latitude" && key != "add_longitude");
        read.push(("add_latitude".into(), format!("{:.6}", found.latitude)));
        read.push(("add_longitude".into(), format!("{:.6}", found.longitude)));
        if value(pairs, "add_name").is_none() {
            read.retain(|(key, _)| key != "add_name");
            read.push(("add_name".into(), name(&read, &found.name)));
        }
    }
    let address = Plan::read(read.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let address = address.map_err(|error| faults.extend(error.faults.into_iter().map(Fault::Plan)));
    let (Ok(mut address), true) = (address, faults.is_empty()) else {
        return Err(faults);
    };
    if let Some(dropped) = value(pairs, "drop").and_then(|text| text.parse::<usize>().ok()) {
        address.plan = address.plan.without(dropped.saturating_sub(1));
        address.canonical = false;
    }
    let own = pairs.iter().any(|(key, _)| OWN_KEYS.contains(&key.as_str()));
    address.canonical &= !own;
    Ok(address)
}

/// The pairs, with each line of several changes in one value as a change of its own behind them.
fn spread(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let mut read: Vec<(String, String)> = pairs.to_vec();
    let several = pairs.iter().filter(|(key, _)| key == "changes");
    let lines = several.flat_map(|(_, text)| text.lines());
    read.extend(lines.map(|line| (text::CHANGE.to_owned(), line.to_owned())));
    read
}

/// The number that the change of a form has: it comes behind those of the address.
pub(super) fn added(pairs: &[(String, String)]) -> usize {
    let changes = spread(pairs);
    let given = |(key, value): &&(String, String)| key == text::CHANGE && !value.trim().is_empty();
    changes.iter().filter(given).count() + 1
}

/// What is sound in an address that has faults, without the form that adds a change: nothing else that a reader has put together is lost.
pub(super) fn sound(pairs: &[(String, String)], faults: &[Fault]) -> Plan {
    let is_faulty = |part: &Part| {
        let wrong = |fault: &Fault| matches!(fault, Fault::Plan(fault) if is_part(&fault.part, part));
        faults.iter().any(wrong)
    };
    let mut number = 0;
    let mut kept = Vec::new();
    for (key, value) in spread(pairs) {
        if key == text::CHANGE && !value.trim().is_empty() {
            number += 1;
            if !is_faulty(&Part::Change { number, field: None }) {
                kept.push((key, value));
            }
        } else if let Some(assumed) = ASSUMED.iter().find(|assumed| assumed.key == key)
            && !is_faulty(&Part::Assumption(assumed.key))
        {
            kept.push((key, value));
        }
    }
    let read = Plan::read(kept.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    read.map(|address| address.plan).unwrap_or_default()
}

/// Whether a fault's part lies in another: any field of a change is in the change.
fn is_part(fault: &Part, of: &Part) -> bool {
    match (fault, of) {
        (Part::Change { number, .. }, Part::Change { number: other, .. }) => number == other,
        (fault, of) => fault == of,
    }
}

fn value<'p>(pairs: &'p [(String, String)], wanted: &str) -> Option<&'p str> {
    let mut found = pairs.iter().filter(|(key, _)| key == wanted);
    found
        .next_back()
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}

/// A name that no other new site of the address has.
fn name(pairs: &[(String, String)], wanted: &str) -> String {
    let taken = |name: &str| {
        let ends = format!(":{name}");
        pairs
            .iter()
            .any(|(key, value)| key == "change" && value.ends_with(&ends))
    };
    let numbered = (2..).map(|number| format!("{wanted} {number}"));
    std::iter::once(wanted.to_owned())
        .chain(numbered)
        .find(|name| !taken(name))
        .unwrap_or_else(|| wanted.to_owned())
}

struct Located {
    latitude: f64,
    longitude: f64,
    name: String,
}

/// A place written as "47.1683, -1.4712", as "Vertou", as "Vertou (44)" or "44215", the INSEE code.
fn locate(text: &str) -> Option<Located> {
    if let Some((latitude, longitude)) = coordinates(text) {
        return Some(Located {
            latitude,
            longitude,
            name: nearest(latitude, longitude).map_or_else(|| text.to_owned(), |commune| commune.name.to_owned()),
        });
    }
    let (name, departement) = match text.split_once('(') {
        Some((name, rest)) => (name, Some(rest.trim_end_matches(')').trim())),
        None => (text, None),
    };
    let wanted = city(name);
    let fits = |commune: &&Commune| {
        (city(commune.name) == wanted || commune.code == name.trim())
            && departement.is_none_or(|code| {
                code.eq_ignore_ascii_case(commune.departement)
                    || (code.len() == 5 && code.starts_with(commune.departement))
            })
    };
    let found = communes()
        .iter()
        .filter(fits)
        .max_by(|left, right| left.population.cmp(&right.population).then(right.code.cmp(left.code)))?;
    Some(Located {
        latitude: found.latitude,
        longitude: found.longitude,
        name: found.name.to_owned(),
    })
}

fn coordinates(text: &str) -> Option<(f64, f64)> {
    let (latitude, longitude) = text.split_once([',', ';', ' '])?;
    let number = |part: &str| part.trim_matches([',', ';', ' ']).parse::<f64>().ok();
    number(latitude)
        .zip(number(longitude))
        .filter(|(latitude, longitude)| latitude.abs() <= 90.0 && longitude.abs() <= 180.0)
}

/// The commune whose point is nearest.
pub(super) fn nearest(latitude: f64, longitude: f64) -> Option<&'static Commune> {
    let scale = latitude.to_radians().cos();
    let apart = |commune: &Commune| {
        let (north, east) = (commune.latitude - latitude, (commune.longitude - longitude) * scale);
        north * north + east * east
    };
    communes()
        .iter()
        .min_by(|left, right| apart(left).total_cmp(&apart(right)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn a_place_is_a_commune_or_two_numbers() {
        for text in ["Vertou", "vertou (44)", "Vertou (44120)", "44215", "47.1683, -1.4712"] {
            let place = locate(text).unwrap();
            assert!((place.latitude - 47.16).abs() < 0.03, "{text}: {}", place.latitude);
            assert_eq!(place.name, "Vertou", "{text}");
        }
        assert_eq!(locate("saint etienne").unwrap().name, "Saint-Étienne");
        assert!(locate("Atlantis").is_none());
    }

    #[test]
    fn a_form_that_names_a_commune_becomes_a_change() {
        let read = plan(&[
            pair("add", "open"),
            pair("add_place", "Vertou"),
            pair("add_sales_area_m2", "2400"),
        ])
        .unwrap();
        assert!(!read.canonical);
        assert_eq!(read.plan.changes().len(), 1);
        assert!(
            read.plan.changes_text().ends_with(":Vertou"),
            "{}",
            read.plan.changes_text()
        );
        let again: Vec<(String, String)> = read
            .plan
            .pairs()
            .into_iter()
            .map(|(key, value)| pair(key, &value))
            .collect();
        assert!(plan(&again).unwrap().canonical);
    }

    #[test]
    fn a_second_site_of_a_commune_has_a_name_of_its_own() {
        let first = pair("change", "open:47.16,-1.47,2400:Vertou");
        let read = plan(&[
            first,
            pair("add", "open"),
            pair("add_place", "Vertou"),
            pair("add_sales_area_m2", "900"),
        ])
        .unwrap();
        assert!(read.plan.changes_text().ends_with(":Vertou 2"));
    }

    #[test]
    fn several_changes_of_one_value_become_changes_of_their_own() {
        let read = plan(&[pair(
            "changes",
            "open:47.16,-1.47,2400:Vertou\nopen:47.25,-1.6,1800:Orvault",
        )])
        .unwrap();
        assert!(!read.canonical);
        assert_eq!(read.plan.changes().len(), 2);
        let again: Vec<(String, String)> = read
            .plan
            .pairs()
            .into_iter()
            .map(|(key, value)| pair(key, &value))
            .collect();
        assert!(plan(&again).unwrap().canonical);
    }

    #[test]
    fn what_is_sound_beside_a_fault_is_kept() {
        let pairs = [
            pair("change", "close:S004"),
            pair("change", ""),
            pair("change", "open:47.16,-1.47,many:Vertou"),
            pair("change", "close:S005"),
            pair("margin", "52"),
            pair("kept", "lots"),
            pair("add", "open"),
            pair("add_place", "Vertou"),
            pair("add_sales_area_m2", "-5"),
        ];
        let faults = plan(&pairs).unwrap_err();
        assert_eq!(added(&pairs), 4);
        let fields: Vec<_> = faults.iter().map(|fault| fault.field(added(&pairs))).collect();
        assert_eq!(fields, [None, Some("add_sales_area_m2"), Some("kept")]);
        let sound = sound(&pairs, &faults);
        assert_eq!(sound.changes_text(), "close:S004\nclose:S005");
        assert_eq!(sound.assumptions_text(), "margin=52");
    }

    #[test]
    fn an_unknown_place_is_said() {
        let wrong = plan(&[pair("add", "open"), pair("add_place", "Atlantis")]).unwrap_err();
        assert!(matches!(&wrong[..], [Fault::NoSuchPlace(name), ..] if name == "Atlantis"));
    }
}
