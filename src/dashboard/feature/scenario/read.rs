//! The plan of an address. A form without script names a place by a commune or by coordinates in one field; here it becomes two. A link
//! of another page hands over several changes in one value, one a line. The list of changes is a form too: `edit.2.sales_area_m2=1800`
//! changes the second one.

use super::EDIT;
use super::words::Fault;
use chalandise_analytics::customers::record_linkage::normalise::city;
use chalandise_locale::geography::{Commune, communes_by_size};
use chalandise_notebook::scenario::assumption::ASSUMED;
use chalandise_notebook::scenario::{Address, Change, Part, Plan, PlanFault, text};
use std::collections::BTreeMap;

/// Keys that this room reads beside those of the plan.
const OWN_KEYS: [&str; 3] = ["add_place", "drop", "changes"];

/// Whether this room reads a key beside those of the plan.
pub fn is_own(key: &str) -> bool {
    OWN_KEYS.contains(&key) || key.starts_with(EDIT)
}

/// Whether the form adds a site and does not say how large it is.
pub(super) fn lacks_area(pairs: &[(String, String)]) -> bool {
    matches!(value(pairs, "add"), Some("open" | "competitor")) && value(pairs, "add_sales_area_m2").is_none()
}

/// Reads the plan of an address.
///
/// # Errors
/// All that is wrong with it.
pub fn plan(pairs: &[(String, String)]) -> Result<Address, Vec<Fault>> {
    let mut read = spread(pairs);
    let respelled = pairs.iter().zip(&read).any(|(given, read)| given != read);
    let mut faults = edit(&mut read).err().unwrap_or_default();
    let place = value(pairs, "add_place");
    let adds = value(pairs, "add").is_some();
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
    let own = pairs.iter().any(|(key, _)| is_own(key));
    address.canonical &= !own && !respelled;
    Ok(address)
}

/// The pairs, with numbers spelled as plans spell them, and each line of several changes in one value as a change of its own behind them.
fn spread(pairs: &[(String, String)]) -> Vec<(String, String)> {
    let mut read: Vec<(String, String)> = pairs.to_vec();
    for (key, value) in &mut read {
        if is_number(key)
            && let Some(plain) = plain_number(value, is_share(key))
        {
            *value = plain;
        }
    }
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
    let keep = |with_edited: bool| kept(pairs, &is_faulty, with_edited);
    // A field of the list that cannot be read leaves its change as it was.
    keep(true).or_else(|| keep(false)).unwrap_or_default()
}

/// The plan of what is not faulty; with what the list of changes edits as it was, or without.
fn kept(pairs: &[(String, String)], is_faulty: &dyn Fn(&Part) -> bool, with_edited: bool) -> Option<Plan> {
    let is_edited = |number: usize| {
        pairs
            .iter()
            .any(|(key, _)| key.starts_with(&format!("{EDIT}{number}.")))
    };
    let mut number = 0;
    let mut kept = Vec::new();
    for (key, value) in spread(pairs) {
        if key == text::CHANGE && !value.trim().is_empty() {
            number += 1;
            if (with_edited && is_edited(number)) || !is_faulty(&Part::Change { number, field: None }) {
                kept.push((key, value));
            }
        } else if let Some(assumed) = ASSUMED.iter().find(|assumed| assumed.key == key)
            && !is_faulty(&Part::Assumption(assumed.key))
        {
            kept.push((key, value));
        }
    }
    let read = Plan::read(kept.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    read.ok().map(|address| address.plan)
}

/// Whether a fault's part lies in another: any field of a change is in the change.
fn is_part(fault: &Part, of: &Part) -> bool {
    match (fault, of) {
        (Part::Change { number, .. }, Part::Change { number: other, .. }) => number == other,
        (fault, of) => fault == of,
    }
}

/// Whether a form's field of this key holds a number.
fn is_number(key: &str) -> bool {
    const NUMBERS: [&str; 3] = ["sales_area_m2", "fixed_cost", "investment"];
    let typed = key
        .strip_prefix("add_")
        .or_else(|| key.strip_prefix(EDIT)?.split_once('.').map(|(_, field)| field));
    ASSUMED.iter().any(|assumed| assumed.key == key) || typed.is_some_and(|field| NUMBERS.contains(&field))
}

/// Whether a form's field of this key holds a percentage.
fn is_share(key: &str) -> bool {
    ASSUMED.iter().any(|assumed| assumed.key == key && assumed.percent)
}

/// A number as people write it, `1 740`, `2,400` or `51,8`, as plans spell it; none of what is not written so. Commas before groups of three
/// digits part thousands, as the page itself writes them in English, but not in a percentage, where nobody has thousands.
fn plain_number(text: &str, share: bool) -> Option<String> {
    let spaced = |letter: char| matches!(letter, ' ' | '\u{a0}' | '\u{202f}');
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default().trim_start_matches(['-', '\u{2212}']);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = (1..=3).contains(&first.len())
        && digits(first)
        && !first.starts_with('0')
        && groups.all(|group| group.len() == 3 && digits(group));
    let thousands = grouped && !share && digits(fraction) && whole.contains(',');
    let plain: String = text
        .trim()
        .chars()
        .filter(|letter| !(spaced(*letter) || thousands && *letter == ','))
        .map(|letter| match letter {
            ',' => '.',
            '\u{2212}' => '-',
            other => other,
        })
        .collect();
    (plain != text && plain.parse::<f64>().is_ok()).then_some(plain)
}

/// Writes the fields of the list of changes into the changes that they are of.
fn edit(pairs: &mut [(String, String)]) -> Result<(), Vec<Fault>> {
    let mut fields: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
    for (key, value) in pairs.iter() {
        let named = key.strip_prefix(EDIT).and_then(|rest| rest.split_once('.'));
        let Some((number, field)) = named.and_then(|(number, field)| Some((number.parse::<usize>().ok()?, field)))
        else {
            continue;
        };
        fields
            .entry(number)
            .or_default()
            .insert(field.to_owned(), value.trim().to_owned());
    }
    let places: Vec<usize> = (0..pairs.len())
        .filter(|place| pairs[*place].0 == "change" && !pairs[*place].1.trim().is_empty())
        .collect();
    for (number, fields) in fields {
        let Some(place) = number.checked_sub(1).and_then(|index| places.get(index)) else {
            continue;
        };
        // What cannot be read at all is said of the whole plan.
        let known = Plan::read([("change", pairs[*place].1.as_str())]).ok();
        if let Some(change) = known.as_ref().and_then(|known| known.plan.changes().first()) {
            pairs[*place].1 = edited(change, &fields, number, pairs)?;
        }
    }
    Ok(())
}

/// A change with the fields that somebody typed, as an address spells it.
fn edited(
    change: &Change,
    typed: &BTreeMap<String, String>,
    number: usize,
    pairs: &[(String, String)],
) -> Result<String, Vec<Fault>> {
    let mut fields = form_fields(change);
    let typed_place = typed.get("place").filter(|place| !place.is_empty());
    if let Some(place) = typed_place {
        let found = locate(place).ok_or_else(|| vec![Fault::NoSuchPlace(place.chars().take(60).collect())])?;
        fields.insert("add_latitude", format!("{:.6}", found.latitude));
        fields.insert("add_longitude", format!("{:.6}", found.longitude));
        // A name that only said where the site was follows it.
        if let Change::Open {
            name: old,
            latitude,
            longitude,
            ..
        }
        | Change::Competitor {
            name: old,
            latitude,
            longitude,
            ..
        } = change
            && nearest(*latitude, *longitude).is_some_and(|commune| old.starts_with(&commune.name))
        {
            fields.insert("add_name", name(pairs, &found.name));
        }
    }
    for (field, key) in [
        ("sales_area_m2", "add_sales_area_m2"),
        ("fixed_cost", "add_fixed_cost"),
        ("investment", "add_investment"),
    ] {
        if let Some(value) = typed.get(field) {
            fields.insert(key, value.clone());
        }
    }
    let read = Plan::read(fields.iter().map(|(key, value)| (*key, value.as_str())));
    let of_this = |mut fault: PlanFault| {
        if let Part::Change { number: place, .. } = &mut fault.part {
            *place = number;
        }
        Fault::Plan(fault)
    };
    let read = read.map_err(|error| error.faults.into_iter().map(of_this).collect::<Vec<_>>())?;
    Ok(read.plan.changes_text())
}

/// A change as the fields of the form that adds it.
fn form_fields(change: &Change) -> BTreeMap<&'static str, String> {
    let mut fields = BTreeMap::from([("add", change.kind().to_owned())]);
    let mut number = |key, value: f64| fields.insert(key, value.to_string());
    match change {
        Change::Open {
            latitude,
            longitude,
            sales_area_m2,
            fixed_cost,
            investment,
            ..
        } => {
            number("add_latitude", *latitude);
            number("add_longitude", *longitude);
            number("add_sales_area_m2", *sales_area_m2);
            if let Some(cost) = fixed_cost {
                number("add_fixed_cost", *cost);
            }
            if let Some(cost) = investment {
                number("add_investment", *cost);
            }
        }
        Change::Competitor {
            latitude,
            longitude,
            sales_area_m2,
            ..
        } => {
            number("add_latitude", *latitude);
            number("add_longitude", *longitude);
            number("add_sales_area_m2", *sales_area_m2);
        }
        Change::Move {
            latitude, longitude, ..
        } => {
            number("add_latitude", *latitude);
            number("add_longitude", *longitude);
        }
        Change::Resize { sales_area_m2, .. } => {
            number("add_sales_area_m2", *sales_area_m2);
        }
        Change::Close { .. } => {}
    }
    if let Change::Open { name, .. } | Change::Competitor { name, .. } = change {
        fields.insert("add_name", name.clone());
    }
    if let Change::Open {
        format: Some(format), ..
    } = change
    {
        fields.insert("add_format", format.clone());
    }
    if let Some(store_id) = change.store_id() {
        fields.insert("add_store_id", store_id.to_owned());
    }
    fields
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
    let fits = |commune: &&&Commune| {
        let own = commune.departement().code.as_str();
        (city(&commune.name) == wanted || commune.code == name.trim())
            && departement
                .is_none_or(|code| code.eq_ignore_ascii_case(own) || (code.len() == 5 && code.starts_with(own)))
    };
    let found = communes_by_size()
        .iter()
        .filter(fits)
        .max_by(|left, right| left.residents.cmp(&right.residents).then(right.code.cmp(&left.code)))?;
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
    communes_by_size()
        .iter()
        .copied()
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
    fn the_fields_of_the_list_change_the_changes_that_they_are_of() {
        let pairs = [
            pair("change", "close:S7"),
            pair(
                "change",
                "open:47.1683,-1.4712,2400,format=retail park,investment=900000:Vertou",
            ),
            pair("change", "resize:S9:800"),
            pair("edit.2.sales_area_m2", "1800"),
            pair("edit.2.place", "Orvault"),
            pair("edit.2.investment", ""),
            pair("edit.3.sales_area_m2", "950"),
            pair("edit.9.sales_area_m2", "1"),
        ];
        let read = plan(&pairs).unwrap();
        assert!(!read.canonical, "the address is spelled anew");
        let changes = read.plan.changes_text();
        let [closed, opened, resized] = changes.lines().collect::<Vec<_>>()[..] else {
            panic!("three changes, not {changes}");
        };
        assert_eq!((closed, resized), ("close:S7", "resize:S9:950"));
        assert!(
            opened.starts_with("open:47.2") && opened.ends_with(",1800,format=retail park:Orvault"),
            "{opened}"
        );
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = plan(&[
            pair("change", "resize:S9:800"),
            pair("margin", "51,8"),
            pair("edit.1.sales_area_m2", "1\u{202f}740,5"),
        ])
        .unwrap();
        assert!(!read.canonical, "the address is spelled anew");
        assert_eq!(read.plan.assumptions_text(), "margin=51.8");
        assert_eq!(read.plan.changes_text(), "resize:S9:1740.5");
        assert!(plan(&[pair("margin", "51;8")]).is_err());
        for (typed, area) in [
            ("2,400", "2400"),
            ("125,000.5", "125000.5"),
            ("2,4", "2.4"),
            ("0,400", "0.4"),
        ] {
            let read = plan(&[pair("change", "resize:S9:800"), pair("edit.1.sales_area_m2", typed)]).unwrap();
            assert_eq!(read.plan.changes_text(), format!("resize:S9:{area}"), "{typed}");
        }
        let read = plan(&[pair("change", "close:S9"), pair("margin", "5,500")]).unwrap();
        assert_eq!(read.plan.assumptions_text(), "margin=5.5");
    }

    #[test]
    fn a_name_of_the_users_own_stays_where_the_site_moves() {
        let read = plan(&[
            pair("change", "open:47.1683,-1.4712,2400:Sud"),
            pair("edit.1.place", "Orvault"),
        ])
        .unwrap();
        assert!(read.plan.changes_text().ends_with(",2400:Sud"));
    }

    #[test]
    fn a_field_that_cannot_be_read_names_its_change_and_leaves_the_others() {
        let pairs = [
            pair("change", "close:S7"),
            pair("change", "resize:S9:800"),
            pair("edit.2.sales_area_m2", "wide"),
        ];
        let wrong = plan(&pairs).unwrap_err();
        let [Fault::Plan(fault)] = &wrong[..] else {
            panic!("one fault, not {wrong:?}");
        };
        assert!(
            matches!(
                fault.part,
                Part::Change {
                    number: 2,
                    field: Some("sales_area_m2")
                }
            ),
            "{fault:?}"
        );
        assert_eq!(sound(&pairs, &wrong).changes_text(), "close:S7\nresize:S9:800");
    }

    #[test]
    fn an_unknown_place_is_said() {
        let wrong = plan(&[pair("add", "open"), pair("add_place", "Atlantis")]).unwrap_err();
        assert!(matches!(&wrong[..], [Fault::NoSuchPlace(name), ..] if name == "Atlantis"));
    }
}
