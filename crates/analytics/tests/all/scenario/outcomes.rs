//! What scenarios do, whatever the network.

use std::collections::HashMap;

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::scenario::{
    Cell, Change, Distances, Network, Outcome, Party, Place, Role, Rule, Site,
};
use proptest::prelude::*;

use super::{at, case, changed, close, naive, site, small, store, total};

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn totals_are_the_plain_sums_and_nothing_is_lost(case in case()) {
        let network = Network::new(&case.cells, case.sites.clone(), case.rule).unwrap();
        let known = naive(&case.cells, &case.sites, &case.rule);
        let all = total(&case.cells);
        for (site, found) in case.sites.iter().zip(&network.totals().sites) {
            let known = known.sites[&site.id];
            prop_assert!(close(*found, known, 0.0), "{found} is not {known}");
        }
        let sum = network.totals().sites.iter().sum::<f64>() + network.totals().outside;
        prop_assert!((sum - all).abs() <= 1e-12 * all, "{sum} is not {all}");
        for (found, known) in network.own_by_cell().iter().zip(&known.own_by_cell) {
            prop_assert!(close(*found, *known, 0.0), "{found} is not {known}");
        }
        prop_assert_eq!(network.totals(), &network.recompute());
    }

    #[test]
    fn a_scenario_is_the_network_built_anew(case in case()) {
        let network = Network::new(&case.cells, case.sites.clone(), case.rule).unwrap();
        let outcome = network.evaluate(&case.changes).unwrap();
        let after = naive(&case.cells, &changed(&case.sites, &case.changes), &case.rule);
        let before = naive(&case.cells, &case.sites, &case.rule);
        let all = total(&case.cells);
        let found: HashMap<&str, _> = outcome.sites.iter().map(|site| (site.id.as_str(), site)).collect();
        for (id, known) in &after.sites {
            let was = before.sites.get(id).copied().unwrap_or(0.0);
            match found.get(id.as_str()) {
                Some(site) => {
                    prop_assert!(close(site.amount.after, *known, all), "{id}: {} is not {known}", site.amount.after);
                    prop_assert!(close(site.amount.before, was, all));
                }
                None => prop_assert!(close(was, *known, 0.0), "{id} changes from {was} to {known} and is left out"),
            }
        }
        prop_assert!(close(outcome.outside.after, after.outside, all));
        let own: f64 = after.own_by_cell.iter().sum();
        prop_assert!(close(outcome.own.after, own, all));
        let sum = outcome.own.after + outcome.competitors.after + outcome.outside.after;
        prop_assert!((sum - all).abs() <= 1e-12 * all, "{sum} is not {all}");
        let mut cells: HashMap<u32, _> = outcome.cells.iter().map(|cell| (cell.cell, *cell)).collect();
        for (number, (was, is)) in before.own_by_cell.iter().zip(&after.own_by_cell).enumerate() {
            match cells.remove(&(number as u32)) {
                Some(cell) => {
                    let potential = case.cells[number].potential;
                    prop_assert!(close(cell.before, *was, potential) && close(cell.after, *is, potential));
                }
                None => prop_assert!(close(*was, *is, 0.0)),
            }
        }
        prop_assert!(cells.is_empty());
        transfers_add_up(&outcome, all)?;
    }

    #[test]
    fn the_order_of_changes_and_saying_them_twice_mean_nothing(case in case(), turn in 0_usize..10) {
        let network = Network::new(&case.cells, case.sites.clone(), case.rule).unwrap();
        let mut other = case.changes.clone();
        other.reverse();
        if !other.is_empty() {
            let by = turn % other.len();
            other.rotate_left(by);
            other.push(other[0].clone());
        }
        prop_assert_eq!(network.evaluate(&case.changes).unwrap(), network.evaluate(&other).unwrap());
    }

    #[test]
    fn open_then_close_is_nothing(case in case()) {
        let network = Network::new(&case.cells, case.sites.clone(), case.rule).unwrap();
        let mut changes: Vec<Change> = case.changes.iter().filter(|it| matches!(it, Change::Open(_))).cloned().collect();
        changes.extend(changes.clone().iter().map(|change| Change::Close { id: change.id().to_owned() }));
        let outcome = network.evaluate(&changes).unwrap();
        prop_assert!(outcome.sites.is_empty() && outcome.cells.is_empty() && outcome.transfers.is_empty());
        prop_assert_eq!(outcome.outside.change, 0.0);
        // Closed in the network that has it, what was opened is undone.
        let opened: Vec<Change> = case.changes.iter().filter(|it| matches!(it, Change::Open(_))).cloned().collect();
        let larger = Network::new(&case.cells, changed(&case.sites, &opened), case.rule).unwrap();
        let closed: Vec<Change> = opened.iter().map(|change| Change::Close { id: change.id().to_owned() }).collect();
        let there = network.evaluate(&opened).unwrap();
        let back = larger.evaluate(&closed).unwrap();
        prop_assert!(close(there.outside.change, -back.outside.change, total(&case.cells)));
        prop_assert!(close(back.own.after, there.own.before, total(&case.cells)));
    }

    #[test]
    fn two_stores_in_one_place_add(case in case(), mut twin in site(), part in 0.05..0.95_f64) {
        twin.distances = case.sites.first().map_or(Distances::GreatCircle, |site| site.distances.clone());
        let network = Network::new(&case.cells, case.sites.clone(), case.rule).unwrap();
        let opened = |id: &str, share: f64| {
            let attraction = share * twin.attraction;
            Change::Open(Site { id: id.to_owned(), attraction, ..twin.clone() })
        };
        let one = network.evaluate(&[opened("one", 1.0)]).unwrap();
        let two = network.evaluate(&[opened("left", part), opened("right", 1.0 - part)]).unwrap();
        let all = total(&case.cells);
        let new = |outcome: &Outcome| -> f64 {
            outcome.sites.iter().filter(|site| site.role == Role::Opened).map(|site| site.amount.after).sum()
        };
        prop_assert!(close(new(&one), new(&two), all));
        prop_assert!(close(one.outside.after, two.outside.after, all));
        let left = two.sites.iter().find(|site| site.id == "left").expect("it was opened");
        prop_assert!(close(left.amount.after, part * new(&one), all));
        let old = |outcome: &Outcome| -> Vec<f64> {
            outcome.sites.iter().filter(|site| site.role != Role::Opened).map(|site| site.amount.after).collect()
        };
        prop_assert!(old(&one).iter().zip(old(&two)).all(|(one, two)| close(*one, two, all)));
    }

    #[test]
    fn a_store_with_no_area_or_out_of_reach_changes_nothing(case in case(), mut idle in site()) {
        let network = Network::new(&case.cells, case.sites.clone(), case.rule).unwrap();
        let listed = matches!(case.sites.first().map(|site| &site.distances), Some(Distances::Listed(_)));
        let near = case.sites.first().map_or(Distances::GreatCircle, |site| site.distances.clone());
        let far = if listed { Distances::Listed(vec![(0, 1e6)]) } else { Distances::GreatCircle };
        idle.id = "idle".to_owned();
        let empty = Site { attraction: 0.0, distances: near, ..idle.clone() };
        let remote = Site { place: Place { latitude: -40.0, longitude: 179.9 }, attraction: 1e6, distances: far, ..idle };
        for site in [empty, remote] {
            let outcome = network.evaluate(&[Change::Open(site)]).unwrap();
            prop_assert_eq!(outcome.sites.len(), 1);
            prop_assert_eq!(outcome.sites[0].amount.after, 0.0);
            prop_assert!(outcome.cells.is_empty() && outcome.transfers.is_empty());
            prop_assert_eq!(outcome.outside.change, 0.0);
        }
    }
}

fn transfers_add_up(outcome: &Outcome, all: f64) -> Result<(), TestCaseError> {
    let mut sums = vec![0.0; outcome.sites.len() + 1];
    let place = |party: Party| match party {
        Party::Site(place) => place,
        Party::Outside => outcome.sites.len(),
    };
    for transfer in &outcome.transfers {
        prop_assert!(transfer.amount > 0.0 && transfer.from != transfer.to);
        sums[place(transfer.from)] -= transfer.amount;
        sums[place(transfer.to)] += transfer.amount;
    }
    let changes = outcome
        .sites
        .iter()
        .map(|site| site.amount.change)
        .chain([outcome.outside.change]);
    for (sum, change) in sums.iter().zip(changes) {
        prop_assert!(close(*sum, change, all), "{sum} is not {change}");
    }
    let pairs: Vec<_> = outcome
        .transfers
        .iter()
        .map(|it| (place(it.from), place(it.to)))
        .collect();
    prop_assert!(pairs.is_sorted() && pairs.windows(2).all(|pair| pair[0] != pair[1]));
    Ok(())
}

#[test]
fn a_network_is_read_by_many_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Network>();
}

#[test]
fn roles_and_cells_in_reach_are_told() {
    let (cells, rule) = small();
    let sites = ["A", "B", "C", "D"]
        .iter()
        .zip(0..)
        .map(|(id, number)| store(id, at(47.0 + 0.04 * f64::from(number), 2.2)));
    let network = Network::new(&cells, sites.collect(), rule).unwrap();
    let changes = [
        Change::Close { id: "A".to_owned() },
        Change::Move {
            id: "B".to_owned(),
            to: at(47.1, 2.4),
            distances: Distances::GreatCircle,
        },
        Change::Resize {
            id: "C".to_owned(),
            attraction: 3.0,
            covariates: vec![0.9],
        },
        Change::Open(store("E", at(60.0, -30.0))),
    ];
    let (outcome, gradients) = network
        .evaluate_with_gradients(&network.base_gradients(), &changes)
        .unwrap();
    let told: Vec<_> = outcome
        .sites
        .iter()
        .map(|site| (site.id.as_str(), site.role, site.cells_in_reach))
        .collect();
    assert_eq!(
        told,
        [
            ("A", Role::Closed, None),
            ("B", Role::Moved, Some(40)),
            ("C", Role::Resized, None),
            ("D", Role::Neighbour, None),
            ("E", Role::Opened, Some(0)),
        ]
    );
    assert_eq!(outcome.sites[0].amount.after, 0.0);
    let effects: Vec<&str> = gradients.effects.iter().map(|effect| effect.site.as_str()).collect();
    // What moves or is resized has an effect that it leaves and one that it will have.
    assert_eq!(effects, ["A", "B", "B", "C", "C", "E"]);
}

/// Distances as a matrix gives them, from places that are all the same, without a reach and without an outside.
#[test]
fn listed_distances_keep_twelve_digits() {
    let areas = [1_000.0, 2_500.0, 400.0];
    let cells = areas.map(|potential| Cell {
        place: at(48.0, 8.0),
        potential,
    });
    let rule = Rule {
        decay: Decay::Power,
        coefficient: -2.2,
        smallest_distance: 1e-3,
        largest_distance: f64::INFINITY,
        outside: 0.0,
    };
    let sites: Vec<Site> = (0..8)
        .map(|number| Site {
            attraction: (300.0 + 170.0 * f64::from(number)).powf(0.9),
            distances: Distances::Listed(
                (0..3)
                    .map(|cell| (cell, 0.7 + 0.31 * f64::from(number) + f64::from(cell)))
                    .collect(),
            ),
            ..store(&number.to_string(), at(48.0, 8.0))
        })
        .collect();
    let network = Network::new(&cells, sites.clone(), rule).unwrap();
    let known = naive(&cells, &sites, &rule);
    for (site, found) in sites.iter().zip(&network.totals().sites) {
        assert!((found / known.sites[&site.id] - 1.0).abs() < 1e-13);
    }
    assert_eq!(network.totals().outside, 0.0);
}
