//! Networks under scenarios, against sums that do nothing clever.

mod bootstrap;
mod gradients;
mod input;
mod outcomes;

use std::collections::HashMap;

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::scenario::{Cell, Change, Distances, Kind, Place, Rule, Site};
use h3o::LatLng;
use proptest::prelude::*;

/// What the model says, pair by pair.
pub(super) struct Naive {
    pub(super) sites: HashMap<String, f64>,
    outside: f64,
    own_by_cell: Vec<f64>,
}

pub(super) fn naive(cells: &[Cell], sites: &[Site], rule: &Rule) -> Naive {
    let mut found = Naive {
        sites: sites.iter().map(|site| (site.id.clone(), 0.0)).collect(),
        outside: 0.0,
        own_by_cell: Vec::new(),
    };
    for (number, cell) in cells.iter().enumerate() {
        let draws: Vec<f64> = sites
            .iter()
            .map(|site| site.attraction * rule.weight(distance(site, number, cell)))
            .collect();
        let sum: f64 = draws.iter().sum();
        let mut ours = 0.0;
        for (site, draw) in sites.iter().zip(&draws).filter(|(_, draw)| **draw > 0.0) {
            let amount = cell.potential * draw / (rule.outside + sum);
            *found.sites.get_mut(&site.id).expect("listed above") += amount;
            ours += if site.kind == Kind::Own { amount } else { 0.0 };
        }
        found.outside += if sum > 0.0 {
            cell.potential * rule.outside / (rule.outside + sum)
        } else {
            cell.potential
        };
        found.own_by_cell.push(ours);
    }
    found
}

pub(super) fn distance(site: &Site, number: usize, cell: &Cell) -> f64 {
    match &site.distances {
        Distances::GreatCircle => {
            let point = |place: Place| LatLng::new(place.latitude, place.longitude).expect("finite degrees");
            point(site.place).distance_km(point(cell.place))
        }
        Distances::Listed(list) => {
            let found = list.iter().find(|(cell, _)| *cell as usize == number);
            found.map_or(f64::INFINITY, |(_, distance)| *distance)
        }
    }
}

/// What is left when the changes are made.
pub(super) fn changed(sites: &[Site], changes: &[Change]) -> Vec<Site> {
    let mut sites = sites.to_vec();
    for change in changes {
        match change {
            Change::Open(site) => sites.push(site.clone()),
            Change::Close { .. } => {}
            Change::Move { id, to, distances } => {
                let site = sites.iter_mut().find(|site| site.id == *id).expect("a present site");
                site.place = *to;
                site.distances = distances.clone();
            }
            Change::Resize {
                id,
                attraction,
                covariates,
            } => {
                let site = sites.iter_mut().find(|site| site.id == *id).expect("a present site");
                site.attraction = *attraction;
                site.covariates.clone_from(covariates);
            }
        }
    }
    let closed = |site: &Site| {
        changes
            .iter()
            .any(|it| matches!(it, Change::Close { id } if *id == site.id))
    };
    sites.retain(|site| !closed(site));
    sites
}

/// Rounding of a sum of so much.
pub(super) fn close(found: f64, known: f64, scale: f64) -> bool {
    (found - known).abs() <= 1e-9 * known.abs() + 1e-12 * scale
}

pub(super) fn place() -> impl Strategy<Value = Place> {
    // On a coarse grid, so that points coincide, and beyond the reach of some.
    (0_i32..12, 0_i32..12).prop_map(|(row, column)| Place {
        latitude: 46.0 + 0.15 * f64::from(row),
        longitude: 2.0 + 0.2 * f64::from(column),
    })
}

pub(super) fn potential() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 6 => 1.0..5_000.0_f64]
}

pub(super) fn rule() -> impl Strategy<Value = Rule> {
    let decay = prop_oneof![
        (-4.0..-0.2_f64).prop_map(|b| (Decay::Power, b)),
        (-0.5..-0.01_f64).prop_map(|b| (Decay::Exponential, b)),
        (-2.0..-0.1_f64).prop_map(|b| (Decay::SqrtExponential, b)),
        (-0.01..-0.0001_f64).prop_map(|b| (Decay::Gaussian, b)),
    ];
    let outside = prop_oneof![1 => Just(0.0), 3 => 0.001..2.0_f64];
    (decay, 0.1..3.0_f64, 10.0..120.0_f64, outside).prop_map(|((decay, coefficient), smallest, largest, outside)| {
        Rule {
            decay,
            coefficient,
            smallest_distance: smallest,
            largest_distance: largest,
            outside,
        }
    })
}

/// The exponents that made the attractions.
pub(super) const EXPONENTS: [f64; 2] = [0.8, -0.4];

pub(super) fn attraction(covariates: &[f64], effect: f64) -> f64 {
    let sum: f64 = EXPONENTS
        .iter()
        .zip(covariates)
        .map(|(exponent, covariate)| exponent * covariate)
        .sum();
    (sum + effect).exp()
}

/// A site that is named later.
pub(super) fn site() -> impl Strategy<Value = Site> {
    let covariates = prop::collection::vec(-2.0..2.0_f64, 2);
    (
        place(),
        covariates,
        -1.0..1.0_f64,
        any::<bool>(),
        prop::bool::weighted(0.1),
    )
        .prop_map(|(place, covariates, effect, own, empty)| Site {
            id: String::new(),
            place,
            attraction: if empty { 0.0 } else { attraction(&covariates, effect) },
            kind: if own { Kind::Own } else { Kind::Competitor },
            covariates,
            distances: Distances::GreatCircle,
        })
}

#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) cells: Vec<Cell>,
    sites: Vec<Site>,
    rule: Rule,
    changes: Vec<Change>,
}

/// Up to 12 sites, the first ones of which are closed, moved and resized, and up to 3 new ones.
pub(super) fn case() -> impl Strategy<Value = Case> {
    let cells = prop::collection::vec((place(), potential()), 1..60);
    let sites = prop::collection::vec(site(), 0..12);
    let news = prop::collection::vec(site(), 0..4);
    let deeds = prop::collection::vec((0_usize..4, place(), site()), 0..6);
    (cells, sites, news, deeds, rule(), any::<bool>()).prop_map(|(cells, mut sites, mut news, deeds, rule, listed)| {
        let cells: Vec<Cell> = cells
            .into_iter()
            .map(|(place, potential)| Cell { place, potential })
            .collect();
        for (number, site) in sites.iter_mut().enumerate() {
            site.id = format!("old {number}");
        }
        for (number, site) in news.iter_mut().enumerate() {
            site.id = format!("new {number}");
        }
        let mut changes = Vec::new();
        for ((deed, to, other), old) in deeds.into_iter().zip(&sites) {
            let id = old.id.clone();
            let to_there = Change::Move {
                id: id.clone(),
                to,
                distances: Distances::GreatCircle,
            };
            let resized = Change::Resize {
                id: id.clone(),
                attraction: other.attraction,
                covariates: other.covariates,
            };
            match deed {
                0 => changes.push(Change::Close { id }),
                1 => changes.push(to_there),
                2 => changes.push(resized),
                _ => changes.extend([resized, to_there]),
            }
        }
        changes.extend(news.into_iter().map(Change::Open));
        let mut case = Case {
            cells,
            sites,
            rule,
            changes,
        };
        if listed {
            list(&mut case);
        }
        case
    })
}

/// The same with distances by list, in other units and not those of the map.
pub(super) fn list(case: &mut Case) {
    let cells = case.cells.clone();
    let listed = |place: Place| {
        let site = Site {
            id: String::new(),
            place,
            attraction: 1.0,
            kind: Kind::Own,
            covariates: Vec::new(),
            distances: Distances::GreatCircle,
        };
        let mut list: Vec<(u32, f64)> = Vec::new();
        for (number, cell) in cells.iter().enumerate().rev().filter(|(number, _)| number % 5 != 3) {
            list.push((
                number as u32,
                1.3 * distance(&site, number, cell) + 0.01 * number as f64,
            ));
        }
        Distances::Listed(list)
    };
    for site in &mut case.sites {
        site.distances = listed(site.place);
    }
    for change in &mut case.changes {
        match change {
            Change::Open(site) => site.distances = listed(site.place),
            Change::Move { to, distances, .. } => *distances = listed(*to),
            _ => {}
        }
    }
}

pub(super) fn total(cells: &[Cell]) -> f64 {
    cells.iter().map(|cell| cell.potential).sum()
}

pub(super) fn at(latitude: f64, longitude: f64) -> Place {
    Place { latitude, longitude }
}

pub(super) fn store(id: &str, place: Place) -> Site {
    Site {
        id: id.to_owned(),
        place,
        attraction: 1.5,
        kind: Kind::Own,
        covariates: vec![0.4],
        distances: Distances::GreatCircle,
    }
}

pub(super) fn small() -> (Vec<Cell>, Rule) {
    let cells = (0..40).map(|number| Cell {
        place: at(47.0 + 0.05 * f64::from(number / 8), 2.0 + 0.07 * f64::from(number % 8)),
        potential: 100.0 + f64::from(number),
    });
    let rule = Rule {
        decay: Decay::Power,
        coefficient: -1.8,
        smallest_distance: 0.5,
        largest_distance: 80.0,
        outside: 0.05,
    };
    (cells.collect(), rule)
}
