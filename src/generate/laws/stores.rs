//! Law "stores": where the points of sale stand, their formats, sizes, openings and closings.
//!
//! Sites are taken greedily by population with a smallest spacing, large cities getting several; openings and closings
//! inside the window touch medium sites, never the largest.

use std::collections::BTreeMap;

use chalandise_locale::geography::{Commune, communes};
use chrono::{Datelike, Days, NaiveDate};
use h3o::LatLng;
use serde_json::{Value, json};

use crate::outline::boundary;
use crate::stream::{Stream, key};

const STORES: u64 = key("stores");

/// Openings inside a window of 36 months.
const OPENINGS: u32 = 20;
/// Closings inside a window of 36 months.
const CLOSINGS: u32 = 6;
/// A further store in one commune counts its population divided by (rank + 1) to this power.
const REPEAT_EXPONENT: f64 = 1.25;
/// Sites kept out of openings and closings: the largest ones.
const STABLE_SITES: usize = 90;

/// Kind of store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// In a town centre, small.
    City,
    /// At the edge of a town.
    RetailPark,
    /// Large, in a large city.
    Flagship,
}

impl Format {
    /// Word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::RetailPark => "retail_park",
            Self::Flagship => "flagship",
        }
    }

    /// Smallest and largest sales area, in m2.
    fn areas_m2(self) -> (f64, f64) {
        match self {
            Self::City => (450.0, 1_100.0),
            Self::RetailPark => (1_300.0, 2_900.0),
            Self::Flagship => (3_400.0, 5_600.0),
        }
    }

    /// Fixed cost of a square metre against that of a retail park.
    fn cost_factor(self) -> f64 {
        match self {
            Self::City => 2.1,
            Self::RetailPark => 1.0,
            Self::Flagship => 1.25,
        }
    }
}

/// A point of sale.
#[derive(Debug, Clone)]
pub struct Store {
    /// Id such as `S042`.
    pub id: String,
    /// Name, unique.
    pub name: String,
    /// Kind.
    pub format: Format,
    /// Place.
    pub point: LatLng,
    /// Region.
    pub region: String,
    /// Sales area in m2.
    pub sales_area_m2: u32,
    /// First day of sale.
    pub opened_on: NaiveDate,
    /// Last day of sale, when closed inside the window.
    pub closed_on: Option<NaiveDate>,
    /// Fixed cost against the network's mean, before it is brought to money.
    pub cost_weight: f64,
    /// Gross margin in thousandths of net revenue.
    pub gross_margin_permille: u32,
}

struct Site {
    commune: usize,
    rank: u32,
    point: LatLng,
    format: Format,
}

/// Places `count` stores and dates them; the window begins on `window_start`. Between the days of `changes`, the first and the last,
/// some open and some close; without, all stand throughout.
pub fn place(seed: u64, count: u32, window_start: NaiveDate, changes: Option<(NaiveDate, NaiveDate)>) -> Vec<Store> {
    let sites = choose_sites(seed, count as usize);
    let names = names(&sites);
    let mut stores: Vec<Store> = sites
        .iter()
        .zip(names)
        .enumerate()
        .map(|(index, (site, name))| furnish(seed, index, site, name, window_start))
        .collect();
    if let Some((first, last)) = changes {
        date_changes(seed, &mut stores, first, last);
    }
    stores
}

fn choose_sites(seed: u64, count: usize) -> Vec<Site> {
    let mut candidates: Vec<(f64, usize, u32)> = Vec::new();
    for (index, commune) in communes().iter().enumerate() {
        let mut stream = Stream::new(seed, STORES, index as u64);
        let taste = (0.18 * stream.normal()).exp();
        let most = 1 + commune.residents / 90_000;
        for rank in 0..most {
            let share = f64::from(rank + 1).powf(REPEAT_EXPONENT);
            candidates.push((f64::from(commune.residents) * taste / share, index, rank));
        }
    }
    candidates.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
    let mut sites: Vec<Site> = Vec::with_capacity(count);
    // A second round with a smaller spacing only matters when more stores are asked for than the first one finds room for.
    for spacing in [1.0, 0.5, 0.0] {
        for (_, index, rank) in &candidates {
            if sites.len() == count {
                return sites;
            }
            let taken = sites.iter().any(|site| site.commune == *index && site.rank == *rank);
            if taken {
                continue;
            }
            let site = settle(seed, *index, *rank);
            if has_room(&sites, &site, &communes()[*index], spacing) {
                sites.push(site);
            }
        }
    }
    sites
}

/// Stores keep 3.5 km apart near large cities, 9 km elsewhere, times `spacing`.
fn has_room(sites: &[Site], site: &Site, commune: &Commune, spacing: f64) -> bool {
    let apart_km = spacing
        * match commune.residents {
            0..50_000 => 9.0,
            50_000..150_000 => 4.5,
            150_000..1_000_000 => 3.0,
            _ => 1.4,
        };
    sites
        .iter()
        .all(|other| other.point.distance_km(site.point) >= apart_km)
}

fn settle(seed: u64, index: usize, rank: u32) -> Site {
    let commune = &communes()[index];
    let mut stream = Stream::new(seed, STORES, (u64::from(rank) + 1) << 32 | index as u64);
    let draw = stream.unit();
    let large = commune.residents > 140_000;
    let format = match (large, rank) {
        (true, 0) => Format::Flagship,
        (true, _) if draw < 0.10 => Format::Flagship,
        (true, _) if draw < 0.55 || commune.residents > 1_000_000 => Format::City,
        (false, _) if draw < 0.24 => Format::City,
        _ => Format::RetailPark,
    };
    let spread_km = match format {
        Format::City => 0.4 + 1.6 * f64::from(rank.min(3)),
        Format::RetailPark => 2.2 + 0.5 * f64::from(rank),
        Format::Flagship => 1.5,
    } * (f64::from(commune.residents) / 60_000.0).clamp(0.5, 1.8);
    let mut point = commune.point;
    // Look round the commune for a place on land and in its departement; its own point otherwise.
    for _ in 0..12 {
        let bearing = stream.unit() * std::f64::consts::TAU;
        let distance_km = spread_km * (0.5 + stream.unit());
        let moved = shifted(commune.point, bearing, distance_km);
        if boundary(commune).contains(moved) {
            point = moved;
            break;
        }
    }
    Site {
        commune: index,
        rank,
        point: rounded(point),
        format,
    }
}

/// The point at a bearing (from north) and distance, good for a few km.
pub fn shifted(point: LatLng, bearing: f64, distance_km: f64) -> LatLng {
    let north = distance_km * bearing.cos() / 111.195;
    let east = distance_km * bearing.sin() / (111.195 * point.lat_radians().cos());
    LatLng::new(point.lat() + north, point.lng() + east).unwrap_or(point)
}

/// The point as the files write it (5 decimals, about a metre), so that files and laws agree.
fn rounded(point: LatLng) -> LatLng {
    let round = |degrees: f64| (degrees * 1e5).round() / 1e5;
    LatLng::new(round(point.lat()), round(point.lng())).unwrap_or(point)
}

fn bearing_word(from: LatLng, to: LatLng) -> &'static str {
    let north = to.lat() - from.lat();
    let east = (to.lng() - from.lng()) * from.lat_radians().cos();
    const WORDS: [&str; 8] = [
        "Nord",
        "Nord-Est",
        "Est",
        "Sud-Est",
        "Sud",
        "Sud-Ouest",
        "Ouest",
        "Nord-Ouest",
    ];
    let eighths = (east.atan2(north) / std::f64::consts::FRAC_PI_4).round() as i32;
    WORDS[eighths.rem_euclid(8) as usize]
}

/// Names: the commune, with its departement when two communes share a name, with a direction when a commune has
/// several stores, with a number when even that is taken.
fn names(sites: &[Site]) -> Vec<String> {
    let mut namesakes: BTreeMap<&str, std::collections::BTreeSet<usize>> = BTreeMap::new();
    let mut stores: BTreeMap<usize, usize> = BTreeMap::new();
    for site in sites {
        let commune = &communes()[site.commune];
        namesakes.entry(&commune.name).or_default().insert(site.commune);
        *stores.entry(site.commune).or_default() += 1;
    }
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    sites
        .iter()
        .map(|site| {
            let commune = &communes()[site.commune];
            let mut name = commune.name.clone();
            if namesakes[commune.name.as_str()].len() > 1 {
                name = format!("{name} ({})", commune.departement().name);
            }
            if stores[&site.commune] > 1 {
                let word = if site.format == Format::City && site.rank < 2 {
                    "Centre"
                } else {
                    bearing_word(commune.point, site.point)
                };
                name = format!("{name} {word}");
            }
            let times = taken.entry(name.clone()).or_default();
            *times += 1;
            if *times > 1 {
                name = format!("{name} {times}");
            }
            name
        })
        .collect()
}

fn furnish(seed: u64, index: usize, site: &Site, name: String, window_start: NaiveDate) -> Store {
    let mut stream = Stream::new(seed, STORES, 1 << 40 | index as u64);
    let (smallest, largest) = site.format.areas_m2();
    let area = smallest + (largest - smallest) * stream.unit().powf(1.3);
    let sales_area_m2 = (area / 10.0).round() as u32 * 10;
    let years = 3 + stream.below(32) as i32;
    // At least six years before the window: the whole simulated history sees these stores.
    let opened_on = NaiveDate::from_ymd_opt(
        window_start.year() - 3 - years,
        1 + stream.below(12) as u32,
        1 + stream.below(28) as u32,
    )
    .unwrap_or(window_start);
    let cost_weight = f64::from(sales_area_m2) * site.format.cost_factor() * (0.22 * stream.normal() - 0.024).exp();
    let gross_margin_permille = (545.0 + 16.0 * stream.normal()).round().clamp(450.0, 640.0) as u32;
    Store {
        id: format!("S{:03}", index + 1),
        name,
        format: site.format,
        point: site.point,
        region: communes()[site.commune].departement().region.clone(),
        sales_area_m2,
        opened_on,
        closed_on: None,
        cost_weight,
        gross_margin_permille,
    }
}

fn date_changes(seed: u64, stores: &mut [Store], start: NaiveDate, end: NaiveDate) {
    let days = (end - start).num_days() + 1;
    let stable = STABLE_SITES.min(stores.len() / 2);
    let mut movable: Vec<(u64, usize)> = (stable..stores.len())
        .map(|index| {
            let mut stream = Stream::new(seed, STORES, 1 << 41 | index as u64);
            (stream.bits(), index)
        })
        .collect();
    movable.sort_unstable();
    let wanted = |count: u32| {
        let by_time = f64::from(count) * days as f64 / 1_096.0;
        let by_size = by_time * stores.len() as f64 / 340.0;
        (by_size.round() as usize).min(movable.len() / 2)
    };
    let (openings, closings) = (wanted(OPENINGS), wanted(CLOSINGS));
    for (turn, (bits, index)) in movable.iter().take(openings + closings).enumerate() {
        let mut stream = Stream::new(seed, STORES, *bits);
        let opens = turn < openings;
        let (place, places) = if opens {
            (turn, openings)
        } else {
            (turn - openings, closings)
        };
        // Spread over the window, away from its two ends.
        let share = (place as f64 + 0.2 + 0.6 * stream.unit()) / places as f64;
        let offset = (days as f64 * (0.04 + 0.90 * share)) as u64;
        let day = start + Days::new(offset);
        // Openings fall on a Wednesday, the last day of sale on a Saturday.
        let weekday = i64::from(day.weekday().num_days_from_monday());
        let shift = if opens { 2 - weekday } else { 5 - weekday };
        let day = day
            .checked_add_signed(chrono::TimeDelta::days(shift))
            .unwrap_or(day)
            .clamp(start, end);
        let store = &mut stores[*index];
        if opens {
            store.opened_on = day;
        } else {
            store.closed_on = Some(day);
        }
    }
}

/// Parameters, for truth.json.
pub fn parameters(on: bool, stores: &[Store], start: NaiveDate, fixed_cost_share: f64) -> Value {
    let openings: Vec<Value> = stores
        .iter()
        .filter(|store| store.opened_on >= start)
        .map(|store| json!({"store_id": store.id, "opened_on": store.opened_on.to_string()}))
        .collect();
    let closings: Vec<Value> = stores
        .iter()
        .filter_map(|store| {
            let last = store.closed_on?;
            Some(json!({"store_id": store.id, "closed_on": last.to_string()}))
        })
        .collect();
    json!({
        "on": on,
        "count": stores.len(),
        "openings": openings,
        "closings": closings,
        "closed_on": "the last day of sale",
        "fixed_cost_share_of_expected_store_revenue": fixed_cost_share,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo(count: u32) -> Vec<Store> {
        let start = NaiveDate::from_ymd_opt(2023, 11, 1).expect("a date");
        let end = NaiveDate::from_ymd_opt(2026, 10, 31).expect("a date");
        place(11, count, start, Some((start, end)))
    }

    #[test]
    fn the_network_has_its_size_changes_and_unique_names() {
        let stores = demo(340);
        assert_eq!(stores.len(), 340);
        let names: std::collections::BTreeSet<&str> = stores.iter().map(|store| store.name.as_str()).collect();
        assert_eq!(names.len(), 340);
        let start = NaiveDate::from_ymd_opt(2023, 11, 1).expect("a date");
        assert_eq!(stores.iter().filter(|s| s.opened_on >= start).count(), 20);
        assert_eq!(stores.iter().filter(|s| s.closed_on.is_some()).count(), 6);
        let regions: std::collections::BTreeSet<&str> = stores.iter().map(|store| store.region.as_str()).collect();
        assert!(regions.len() >= 12, "{regions:?}");
    }

    #[test]
    fn any_number_of_stores_can_be_placed() {
        assert_eq!(demo(3).len(), 3);
        assert_eq!(demo(900).len(), 900);
    }
}
