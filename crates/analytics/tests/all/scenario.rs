//! Networks under scenarios, against sums that do nothing clever.

use std::collections::HashMap;

use chalandise_analytics::huff::Decay;
use chalandise_analytics::numeric::Symmetric;
use chalandise_analytics::scenario::{
    Cell, Change, Distances, Gradient, Kind, Network, Outcome, Party, Place, QuantityGradients, Role, Rule,
    ScenarioError, Site, Uncertainty,
};
use h3o::LatLng;
use proptest::prelude::*;

/// What the model says, pair by pair.
struct Naive {
    sites: HashMap<String, f64>,
    outside: f64,
    own_by_cell: Vec<f64>,
}

fn naive(cells: &[Cell], sites: &[Site], rule: &Rule) -> Naive {
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

fn distance(site: &Site, number: usize, cell: &Cell) -> f64 {
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
fn changed(sites: &[Site], changes: &[Change]) -> Vec<Site> {
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
fn close(found: f64, known: f64, scale: f64) -> bool {
    (found - known).abs() <= 1e-9 * known.abs() + 1e-12 * scale
}

fn place() -> impl Strategy<Value = Place> {
    // On a coarse grid, so that points coincide, and beyond the reach of some.
    (0_i32..12, 0_i32..12).prop_map(|(row, column)| Place {
        latitude: 46.0 + 0.15 * f64::from(row),
        longitude: 2.0 + 0.2 * f64::from(column),
    })
}

fn potential() -> impl Strategy<Value = f64> {
    prop_oneof![1 => Just(0.0), 6 => 1.0..5_000.0_f64]
}

fn rule() -> impl Strategy<Value = Rule> {
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
const EXPONENTS: [f64; 2] = [0.8, -0.4];

fn attraction(covariates: &[f64], effect: f64) -> f64 {
    let sum: f64 = EXPONENTS
        .iter()
        .zip(covariates)
        .map(|(exponent, covariate)| exponent * covariate)
        .sum();
    (sum + effect).exp()
}

/// A site that is named later.
fn site() -> impl Strategy<Value = Site> {
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
struct Case {
    cells: Vec<Cell>,
    sites: Vec<Site>,
    rule: Rule,
    changes: Vec<Change>,
}

/// Up to 12 sites, the first ones of which are closed, moved and resized, and up to 3 new ones.
fn case() -> impl Strategy<Value = Case> {
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
fn list(case: &mut Case) {
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

fn total(cells: &[Cell]) -> f64 {
    cells.iter().map(|cell| cell.potential).sum()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, ..ProptestConfig::default() })]

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

    #[test]
    fn gradients_are_those_of_small_differences(case in case()) {
        let network = Network::new(&case.cells, case.sites.clone(), case.rule).unwrap();
        if case.sites.is_empty() {
            // Nobody has said how many covariates there are.
            return Ok(());
        }
        let base = network.base_gradients();
        let (outcome, gradients) = network.evaluate_with_gradients(&base, &case.changes).unwrap();
        prop_assert_eq!(&outcome, &network.evaluate(&case.changes).unwrap());
        let all = total(&case.cells);
        for parameter in 0..network.parameters() {
            // The coefficient is multiplied by what may be thousands; its steps and derivatives are in that unit.
            let unit = if parameter == 2 { case.rule.decay.transform(200.0) } else { 1.0 };
            let step = 1e-5 / unit;
            let [low, high] = [-step, step].map(|step| moved(&case, parameter, step));
            check(&gradients_of(&outcome, &gradients), &low, &high, 1e-5, all, |gradient| gradient.parameters[parameter] / unit)?;
        }
        for (number, effect) in gradients.effects.iter().enumerate() {
            let step = 1e-5;
            let [low, high] = [-step, step].map(|step| with_effect(&case, &effect.site, step));
            check(&gradients_of(&outcome, &gradients), &low, &high, step, all, |gradient| gradient.effects[number])?;
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

/// Amounts of a scenario: sites concerned by id, then own, competitors and outside.
type Amounts = HashMap<String, (f64, f64)>;

fn amounts(cells: &[Cell], sites: &[Site], after: &[Site], rules: (&Rule, &Rule)) -> Amounts {
    let (was, is) = (naive(cells, sites, rules.0), naive(cells, after, rules.1));
    let mut found: Amounts = was
        .sites
        .iter()
        .map(|(id, amount)| (id.clone(), (*amount, 0.0)))
        .collect();
    for (id, amount) in &is.sites {
        found.entry(id.clone()).or_default().1 = *amount;
    }
    let own = |it: &Naive| it.own_by_cell.iter().sum::<f64>();
    found.insert("own".to_owned(), (own(&was), own(&is)));
    found.insert("outside".to_owned(), (was.outside, is.outside));
    found
}

/// The case with one parameter moved.
fn moved(case: &Case, parameter: usize, step: f64) -> Amounts {
    let mut rule = case.rule;
    let turn = |site: &mut Site| {
        if let Some(covariate) = site.covariates.get(parameter) {
            site.attraction *= (step * covariate).exp();
        }
    };
    let exponents = case.sites.first().map_or(0, |site| site.covariates.len());
    if parameter == exponents {
        rule.coefficient += step;
    } else if parameter == exponents + 1 {
        rule.outside *= step.exp();
    }
    let (mut before, mut after) = (case.sites.clone(), changed(&case.sites, &case.changes));
    before.iter_mut().chain(&mut after).for_each(turn);
    amounts(&case.cells, &before, &after, (&rule, &rule))
}

/// The case with the effect of a changed site moved: of a closed one before, of another one after.
fn with_effect(case: &Case, id: &str, step: f64) -> Amounts {
    let (mut before, mut after) = (case.sites.clone(), changed(&case.sites, &case.changes));
    let closed = case
        .changes
        .iter()
        .any(|it| matches!(it, Change::Close { id: it } if it == id));
    let sites = if closed { &mut before } else { &mut after };
    sites
        .iter_mut()
        .filter(|site| site.id == id)
        .for_each(|site| site.attraction *= step.exp());
    amounts(&case.cells, &before, &after, (&case.rule, &case.rule))
}

fn gradients_of<'g>(
    outcome: &Outcome,
    gradients: &'g chalandise_analytics::scenario::Gradients,
) -> Vec<(String, &'g QuantityGradients)> {
    assert!(
        outcome
            .sites
            .iter()
            .map(|site| &site.id)
            .eq(gradients.sites.iter().map(|site| &site.id))
    );
    let sites = gradients.sites.iter().map(|site| (site.id.clone(), &site.amount));
    sites
        .chain([
            ("own".to_owned(), &gradients.own),
            ("outside".to_owned(), &gradients.outside),
        ])
        .collect()
}

fn check(
    found: &[(String, &QuantityGradients)],
    low: &Amounts,
    high: &Amounts,
    step: f64,
    all: f64,
    of: impl Fn(&Gradient) -> f64,
) -> Result<(), TestCaseError> {
    for (id, gradients) in found {
        let (low, high) = (low[id], high[id]);
        let known = [
            (high.0 - low.0) / (2.0 * step),
            (high.1 - low.1) / (2.0 * step),
            ((high.1 - high.0) - (low.1 - low.0)) / (2.0 * step),
        ];
        for (gradient, known) in [&gradients.before, &gradients.after, &gradients.change]
            .into_iter()
            .zip(known)
        {
            let found = of(gradient);
            let near = (found - known).abs() <= 1e-6 * known.abs() + 1e-7 * all;
            prop_assert!(near, "{id}: {found} is not {known}");
        }
    }
    Ok(())
}

fn at(latitude: f64, longitude: f64) -> Place {
    Place { latitude, longitude }
}

fn store(id: &str, place: Place) -> Site {
    Site {
        id: id.to_owned(),
        place,
        attraction: 1.5,
        kind: Kind::Own,
        covariates: vec![0.4],
        distances: Distances::GreatCircle,
    }
}

fn small() -> (Vec<Cell>, Rule) {
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

#[test]
fn what_cannot_be_is_named() {
    let (cells, rule) = small();
    let sites = vec![store("A", at(47.0, 2.0)), store("B", at(47.1, 2.2))];
    let network = Network::new(&cells, sites.clone(), rule).unwrap();
    let close = |id: &str| Change::Close { id: id.to_owned() };
    let to = |id: &str, place| Change::Move {
        id: id.to_owned(),
        to: place,
        distances: Distances::GreatCircle,
    };
    let resize = |id: &str, attraction| Change::Resize {
        id: id.to_owned(),
        attraction,
        covariates: vec![0.0],
    };
    let said = |changes: &[Change]| network.evaluate(changes).expect_err("a fault").to_string();
    assert!(said(&[close("C")]).starts_with("site C is not in the network"));
    assert!(said(&[Change::Open(store("A", at(47.0, 2.0)))]).starts_with("site A is there already"));
    assert_eq!(
        said(&[to("A", at(47.2, 2.0)), close("A")]),
        "site A cannot both close and move; keep one of the two"
    );
    assert!(said(&[to("A", at(47.2, 2.0)), to("A", at(47.3, 2.0))]).contains("move and move elsewhere"));
    assert!(said(&[resize("B", 2.0), resize("B", 3.0)]).contains("resize otherwise"));
    assert!(said(&[resize("B", -2.0)]).starts_with("site B: the attraction is -2"));
    assert!(said(&[resize("B", f64::NAN)]).contains("NaN"));
    let open = |place, attraction, covariates| {
        Change::Open(Site {
            attraction,
            covariates,
            ..store("N", place)
        })
    };
    assert!(said(&[open(at(91.0, 0.0), 1.0, vec![0.0])]).starts_with("site N: 91, 0 is no place"));
    assert!(said(&[open(at(47.0, 2.0), 1.0, vec![])]).contains("has 0 covariates and the others have 1"));
    assert!(said(&[open(at(47.0, 2.0), 1.0, vec![f64::NEG_INFINITY])]).contains("a covariate is -inf"));
    let listed = Site {
        distances: Distances::Listed(vec![(0, 1.0)]),
        ..store("N", at(47.0, 2.0))
    };
    assert!(said(&[Change::Open(listed.clone())]).contains("give no distances for every site"));
    let many: Vec<Change> = (0..10_000).map(|number| close(&number.to_string())).collect();
    assert!(said(&many).starts_with("10000 changes are too many"));

    let fault =
        |cells: &[Cell], sites: Vec<Site>, rule| Network::new(cells, sites, rule).expect_err("a fault").to_string();
    assert!(fault(&cells, vec![sites[0].clone(); 2], rule).starts_with("site A is there already"));
    assert!(
        fault(
            &cells,
            sites.clone(),
            Rule {
                coefficient: 0.3,
                ..rule
            }
        )
        .contains("must be below 0")
    );
    assert!(
        fault(
            &cells,
            sites.clone(),
            Rule {
                smallest_distance: 0.0,
                ..rule
            }
        )
        .contains("above 0 for a power")
    );
    assert!(
        fault(
            &cells,
            sites.clone(),
            Rule {
                outside: f64::INFINITY,
                ..rule
            }
        )
        .contains("outside weight")
    );
    assert!(
        fault(
            &cells,
            sites.clone(),
            Rule {
                smallest_distance: 1e-200,
                ..rule
            }
        )
        .contains("at most 1e150")
    );
    let bad = [Cell {
        place: at(47.0, f64::NAN),
        potential: 1.0,
    }];
    assert!(fault(&bad, sites.clone(), rule).starts_with("cell 0: 47, NaN is no place"));
    let bad = [Cell {
        place: at(47.0, 2.0),
        potential: -1.0,
    }];
    assert!(fault(&bad, sites.clone(), rule).starts_with("cell 0: the potential is -1"));
    assert!(fault(&cells, vec![listed.clone(), sites[0].clone()], rule).contains("give listed distances"));
    for list in [
        vec![(40, 1.0)],
        vec![(3, -1.0)],
        vec![(3, f64::NAN)],
        vec![(3, 1.0), (4, 1.0), (3, 2.0)],
    ] {
        let site = Site {
            distances: Distances::Listed(list),
            ..listed.clone()
        };
        assert!(fault(&cells, vec![site], rule).contains("list each of the 40 cells at most once"));
    }
    assert!(matches!(Network::new(&cells, vec![], rule).unwrap().totals().outside, outside if outside > 0.0));
    assert!(
        Network::new(&[], sites, rule)
            .unwrap()
            .evaluate(&[close("A")])
            .unwrap()
            .cells
            .is_empty()
    );
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
    assert_eq!(effects, ["A", "B", "C", "E"]);
}

#[test]
fn the_delta_method_is_the_spread_of_many_draws() {
    use rand::SeedableRng;
    use rand_distr::{Distribution, StandardNormal};

    let (cells, rule) = small();
    let sites = vec![
        store("A", at(47.0, 2.0)),
        store("B", at(47.1, 2.2)),
        store("C", at(47.15, 2.4)),
    ];
    let new = store("N", at(47.06, 2.1));
    let network = Network::new(&cells, sites.clone(), rule).unwrap();
    let changes = [Change::Open(new.clone())];
    let (outcome, gradients) = network
        .evaluate_with_gradients(&network.base_gradients(), &changes)
        .unwrap();
    // Deviations of an exponent, the distance coefficient and ln outside, with a correlation, and of the new store's effect.
    let (deviations, correlation, sigma) = ([0.02, 0.03, 0.05], 0.5, 0.1);
    let mut covariance = Symmetric::zeros(3);
    for (place, deviation) in deviations.iter().enumerate() {
        covariance.add(place, place, deviation * deviation);
    }
    covariance.add(1, 2, correlation * deviations[1] * deviations[2]);
    let uncertainty = Uncertainty {
        covariance,
        effect_variance: sigma * sigma,
        resized_effect_variance: 0.0,
        closed_effect_variance: 0.0,
    };
    let spread = |estimate, gradient| uncertainty.spread(estimate, gradient, &gradients.effects).unwrap();
    let own = spread(outcome.own.change, &gradients.own.change);
    let neighbour = spread(outcome.sites[0].amount.change, &gradients.sites[0].amount.change);

    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let (mut owns, mut neighbours) = (Vec::new(), Vec::new());
    for _ in 0..4_000 {
        let [a, b, c, u]: [f64; 4] = std::array::from_fn(|_| StandardNormal.sample(&mut random));
        let exponent = deviations[0] * a;
        let mut other = rule;
        other.coefficient += deviations[1] * b;
        other.outside *= (deviations[2] * (correlation * b + (1.0 - correlation * correlation).sqrt() * c)).exp();
        let turned = |site: &Site, effect: f64| Site {
            attraction: site.attraction * (exponent * site.covariates[0] + effect).exp(),
            ..site.clone()
        };
        let sites: Vec<Site> = sites.iter().map(|site| turned(site, 0.0)).collect();
        let drawn = Network::new(&cells, sites, other).unwrap();
        let outcome = drawn.evaluate(&[Change::Open(turned(&new, sigma * u))]).unwrap();
        owns.push(outcome.own.change);
        neighbours.push(outcome.sites[0].amount.change);
    }
    for (spread, draws) in [(own, owns), (neighbour, neighbours)] {
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        assert!(
            (spread.standard_error / variance.sqrt() - 1.0).abs() < 0.05,
            "{spread:?} against {}",
            variance.sqrt()
        );
        let inside = draws
            .iter()
            .filter(|draw| (spread.interval_80.low..=spread.interval_80.high).contains(*draw))
            .count();
        assert!((0.77..0.83).contains(&(inside as f64 / draws.len() as f64)), "{inside}");
        assert!(spread.from_model > 0.0 && spread.from_parameters > 0.0);
    }
    let wrong = Uncertainty {
        covariance: Symmetric::zeros(2),
        ..uncertainty.clone()
    };
    let fault = wrong.spread(1.0, &gradients.own.change, &gradients.effects);
    assert_eq!(fault, Err(ScenarioError::Covariance { given: 2, needed: 3 }));
}

/// Wieland's example: four areas, eight stores, attraction m2^0.9, distance^-2.2, distances as listed there.
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
