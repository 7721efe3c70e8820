//! Searches for sites, against trying everything.

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::scenario::{
    Cell, Change, Distances, Kind, Network, Place, Rule, ScenarioError, Site,
};
use chalandise_analytics::network::site_search::{
    Budget, Closable, Filter, Ranking, Search, SearchError, Selection, closings,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A small country with own stores, competitors and candidate places.
struct Case {
    network: Network,
    sites: Vec<Site>,
    places: Vec<Place>,
    /// For each candidate the cells that it reaches; only with listed distances.
    lists: Option<Vec<Vec<(u32, f64)>>>,
    random: ChaCha8Rng,
}

const ATTRACTION: f64 = 1.3;

fn case(seed: u64, stores: usize, candidates: usize, listed: bool) -> Case {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let place = |random: &mut ChaCha8Rng| Place {
        latitude: 46.0 + 1.5 * random.random::<f64>(),
        longitude: 2.0 + 2.0 * random.random::<f64>(),
    };
    let cells: Vec<Cell> = (0..60)
        .map(|_| Cell {
            place: place(&mut random),
            potential: 1_000.0 * random.random::<f64>().powi(3),
        })
        .collect();
    let decay = [
        (Decay::Power, -1.0 - 2.0 * random.random::<f64>()),
        (Decay::Exponential, -0.02 - 0.2 * random.random::<f64>()),
    ];
    let (decay, coefficient) = decay[usize::from(random.random::<bool>())];
    let rule = Rule {
        decay,
        coefficient,
        smallest_distance: 1.0,
        largest_distance: 30.0 + 60.0 * random.random::<f64>(),
        outside: if random.random::<f64>() < 0.2 {
            0.0
        } else {
            0.05 * random.random::<f64>()
        },
    };
    let list = |from: Place, random: &mut ChaCha8Rng| -> Vec<(u32, f64)> {
        let near = cells.iter().enumerate().filter_map(|(number, cell)| {
            let far = 75.0 * (cell.place.latitude - from.latitude).hypot(cell.place.longitude - from.longitude);
            (far < 90.0).then(|| (number as u32, far * (0.8 + 0.6 * random.random::<f64>())))
        });
        near.collect()
    };
    let sites: Vec<Site> = (0..stores)
        .map(|number| {
            let place = place(&mut random);
            Site {
                id: format!("S{number}"),
                place,
                attraction: 0.5 + 2.0 * random.random::<f64>(),
                kind: if number % 4 == 3 { Kind::Competitor } else { Kind::Own },
                covariates: Vec::new(),
                distances: if listed {
                    Distances::Listed(list(place, &mut random))
                } else {
                    Distances::GreatCircle
                },
            }
        })
        .collect();
    let places: Vec<Place> = (0..candidates).map(|_| place(&mut random)).collect();
    let lists = listed.then(|| places.iter().map(|place| list(*place, &mut random)).collect());
    Case {
        network: Network::new(&cells, sites.clone(), rule).expect("good inputs"),
        sites,
        places,
        lists,
        random,
    }
}

impl Case {
    /// Runs with a search among the candidates.
    fn with<T>(&self, run: impl FnOnce(&Search) -> T) -> T {
        let search = Search::new(&self.network, &self.places, ATTRACTION).expect("places");
        match &self.lists {
            None => run(&search),
            Some(lists) => run(&search
                .with_lists(&|candidates| candidates.iter().map(|candidate| lists[*candidate].clone()).collect())),
        }
    }

    fn opened(&self, candidate: usize) -> Change {
        Change::Open(Site {
            id: format!("candidate {candidate}"),
            place: self.places[candidate],
            attraction: ATTRACTION,
            kind: Kind::Own,
            covariates: Vec::new(),
            distances: match &self.lists {
                None => Distances::GreatCircle,
                Some(lists) => Distances::Listed(lists[candidate].clone()),
            },
        })
    }
}

fn close(id: &str) -> Change {
    Change::Close { id: id.to_owned() }
}

fn near(found: f64, known: f64, scale: f64) -> bool {
    (found - known).abs() <= 1e-9 * scale
}

#[test]
fn a_candidate_is_rated_as_a_scenario_would() {
    for seed in 0..40 {
        let case = case(seed, 12, 30, seed % 3 == 0);
        // In a network that is changed already.
        let changes = [
            close("S0"),
            Change::Open(Site {
                id: "new".to_owned(),
                ..case.sites[1].clone()
            }),
            Change::Resize {
                id: "S2".to_owned(),
                attraction: 3.0,
                covariates: vec![],
            },
        ];
        for changes in [&[][..], &changes] {
            let mut reports = Vec::new();
            let ranking = case.with(|search| search.rank(changes, |done, all| reports.push((done, all))).unwrap());
            assert_eq!(reports.last(), Some(&(30, 30)));
            let before = case.network.evaluate(changes).unwrap();
            for (candidate, rated) in ranking.rated.iter().enumerate() {
                let with = [changes, &[case.opened(candidate)]].concat();
                let after = case.network.evaluate(&with).unwrap();
                let new = after
                    .sites
                    .iter()
                    .find(|site| site.id.starts_with("candidate"))
                    .unwrap();
                assert!(near(rated.sales, new.amount.after, before.own.after));
                assert!(near(
                    rated.net_gain,
                    after.own.after - before.own.after,
                    before.own.after
                ));
                assert!(near(rated.transferred, rated.sales - rated.net_gain, before.own.after));
                assert_eq!(new.cells_in_reach, Some(rated.cells));
                assert!((0.0..=1.0 + 1e-12).contains(&rated.transfer_share()));
            }
        }
    }
}

#[test]
fn a_ranking_after_a_change_is_a_new_one_and_computes_less() {
    let mut computed = 0;
    for seed in 0..40 {
        let case = case(seed, 12, 60, seed % 3 == 0);
        case.with(|search| {
            let ranking = search.rank(&[], |_, _| {}).unwrap();
            assert_eq!(search.rerank(&ranking, &[], |_, _| {}).unwrap().computed, 0);
            let changes = [close("S1"), case.opened(0)];
            let changes = &changes[usize::from(seed % 2 == 0)..];
            let again = search.rerank(&ranking, changes, |_, _| {}).unwrap();
            assert_eq!(again.rated, search.rank(changes, |_, _| {}).unwrap().rated);
            computed += again.computed;
            // And back.
            let back = search.rerank(&again, &[], |_, _| {}).unwrap();
            assert_eq!(back.rated, ranking.rated);
        });
    }
    assert!(computed < 40 * 60 * 9 / 10, "{computed}");
}

#[test]
fn closings_are_those_of_scenarios() {
    for seed in 0..40 {
        let case = case(seed, 12, 1, seed % 3 == 0);
        let changes = [
            Change::Open(Site {
                id: "new".to_owned(),
                ..case.sites[1].clone()
            }),
            close("S4"),
        ];
        for changes in [&[][..], &changes] {
            let before = case.network.evaluate(changes).unwrap();
            let found = closings(&case.network, changes, 0.4, |id| if id == "S0" { 70.0 } else { 50.0 }).unwrap();
            assert_eq!(found.len(), if changes.is_empty() { 9 } else { 8 });
            assert!(found.is_sorted_by_key(|closing| closing.loss));
            for closing in &found {
                let after = case
                    .network
                    .evaluate(&[changes, &[close(&closing.id)]].concat())
                    .unwrap();
                assert!(near(closing.loss, before.own.after - after.own.after, before.own.after));
                let number = case.network.number_of(&closing.id).unwrap();
                if changes.is_empty() {
                    assert!(near(
                        closing.sales,
                        case.network.totals().sites[number],
                        before.own.after
                    ));
                }
                assert!(near(closing.kept, closing.sales - closing.loss, closing.sales.max(1.0)));
                let cost = if closing.id == "S0" { 70.0 } else { 50.0 };
                assert!(near(
                    closing.saving,
                    cost - 0.4 * closing.loss,
                    closing.sales.max(100.0)
                ));
            }
        }
    }
}

/// Value of a choice by scenarios, without costs and savings.
fn revenue(case: &Case, opened: &[usize], closed: &[&str]) -> f64 {
    let openings = opened.iter().map(|candidate| case.opened(*candidate));
    let changes: Vec<Change> = openings.chain(closed.iter().map(|id| close(id))).collect();
    case.network.evaluate(&changes).expect("known stores").own.change
}

/// The best value of all choices.
fn brute_force(case: &Case, eligible: &[usize], selection: &Selection) -> f64 {
    let stores = selection.closable.len();
    let mut best = 0.0_f64;
    for closed in 0..1_u32 << stores {
        if closed.count_ones() as usize > selection.most_closings {
            continue;
        }
        let closed: Vec<&Closable> = (0..stores)
            .filter(|it| closed >> it & 1 == 1)
            .map(|it| &selection.closable[it])
            .collect();
        let ids: Vec<&str> = closed.iter().map(|store| store.id.as_str()).collect();
        let saved: f64 = closed.iter().map(|store| store.saving).sum();
        for opened in 0..1_u32 << eligible.len() {
            if opened.count_ones() as usize > selection.count {
                continue;
            }
            let opened: Vec<usize> = (0..eligible.len())
                .filter(|it| opened >> it & 1 == 1)
                .map(|it| eligible[it])
                .collect();
            let spent = |budget: &Budget| opened.iter().map(|it| budget.investments[*it]).sum::<f64>();
            if selection
                .budget
                .as_ref()
                .is_some_and(|budget| spent(budget) > budget.most)
            {
                continue;
            }
            let costs: f64 = opened
                .iter()
                .map(|it| selection.yearly_costs.get(*it).copied().unwrap_or(0.0))
                .sum();
            best = best.max(selection.margin * revenue(case, &opened, &ids) - costs + saved);
        }
    }
    best
}

/// What is asked of a case, of every kind in turn.
fn selection(case: &mut Case, ranking: &Ranking, seed: u64) -> Selection {
    let count = 1 + (seed % 4) as usize;
    let mut selection = Selection::of(count);
    let typical = ranking.rated.iter().map(|rated| rated.net_gain).sum::<f64>() / ranking.rated.len() as f64;
    let random = &mut case.random;
    if seed % 5 == 1 || seed % 5 == 3 {
        selection.margin = 0.4;
        selection.yearly_costs = ranking
            .rated
            .iter()
            .map(|_| 0.5 * typical * random.random::<f64>())
            .collect();
    }
    if seed % 5 == 2 {
        let investments: Vec<f64> = ranking.rated.iter().map(|_| 1.0 + random.random::<f64>()).collect();
        selection.budget = Some(Budget {
            investments,
            most: 1.6 * count as f64,
        });
    }
    if seed % 5 >= 3 {
        let own = case.sites.iter().filter(|site| site.kind == Kind::Own).take(3);
        selection.closable = own
            .map(|site| Closable {
                id: site.id.clone(),
                saving: selection.margin * typical * 2.0 * random.random::<f64>(),
            })
            .collect();
        selection.most_closings = 2;
    }
    selection
}

/// Choices that are held against all others.
const CASES: u64 = 200;

#[test]
fn the_choice_is_nearly_the_best_and_never_under_its_bound() {
    let (mut worst, mut exact, mut guarantees) = (1.0_f64, 0, 0.0);
    for seed in 0..CASES {
        // With closings there are more choices, so fewer candidates.
        let candidates = if seed % 5 >= 3 { 9 } else { 12 };
        let mut case = case(1_000 + seed, 6, candidates, seed % 7 == 0);
        let ranking = case.with(|search| search.rank(&[], |_, _| {}).unwrap());
        let selection = selection(&mut case, &ranking, seed);
        let eligible = ranking.best(&Filter::default());
        let chosen = case.with(|search| search.choose(&ranking, &eligible, &selection, |_, _| {}).unwrap());
        let best = brute_force(&case, &eligible, &selection);
        let scale = case.network.own_by_cell().iter().sum::<f64>() + best;
        let told: f64 = chosen.sites.iter().map(|site| site.value).sum::<f64>()
            + chosen.closings.iter().map(|store| store.value).sum::<f64>();
        assert!(
            near(told, chosen.value, scale),
            "seed {seed}: {told} is not {}",
            chosen.value
        );
        let opened: Vec<usize> = chosen.sites.iter().map(|site| site.candidate).collect();
        let closed: Vec<&str> = chosen.closings.iter().map(|store| store.id.as_str()).collect();
        let gained: f64 = chosen.sites.iter().map(|site| site.gain).sum::<f64>()
            - chosen.closings.iter().map(|store| store.loss).sum::<f64>();
        assert!(near(gained, revenue(&case, &opened, &closed), scale));
        assert!(opened.len() <= selection.count && closed.len() <= selection.most_closings);
        assert!(
            chosen.value <= best + 1e-9 * scale,
            "seed {seed}: {} is above {best}",
            chosen.value
        );
        assert!(
            chosen.value >= 0.99 * best - 1e-9 * scale,
            "seed {seed}: {} of {best}",
            chosen.value
        );
        assert!(
            best <= chosen.upper_bound + 1e-9 * scale,
            "seed {seed}: {best} is above {}",
            chosen.upper_bound
        );
        assert!(chosen.value >= chosen.guarantee * best - 1e-9 * scale);
        assert!((0.0..=1.0).contains(&chosen.guarantee));
        if selection == Selection::of(selection.count) {
            let least = 1.0 - (1.0 - 1.0 / selection.count as f64).powi(selection.count as i32);
            assert!(chosen.guarantee >= least - 1e-9);
        }
        if best > 0.0 {
            worst = worst.min(chosen.value / best);
            exact += usize::from(chosen.value > best * (1.0 - 1e-9));
            guarantees += chosen.guarantee;
        } else {
            exact += 1;
            guarantees += 1.0;
        }
    }
    println!(
        "worst {worst:.5} of the best, {exact} of {CASES} the best, mean guarantee {:.3}",
        guarantees / CASES as f64
    );
    assert!(exact as u64 >= CASES * 95 / 100);
}

#[test]
fn filters_shut_out() {
    let case = case(3, 8, 40, false);
    let ranking = case.with(|search| search.rank(&[], |_, _| {}).unwrap());
    let all = ranking.best(&Filter::default());
    assert_eq!(all.len(), 40);
    assert!(all.is_sorted_by(|a, b| ranking.rated[*a].net_gain >= ranking.rated[*b].net_gain));
    let mut transfers: Vec<f64> = ranking.rated.iter().map(|rated| rated.transfer_share()).collect();
    transfers.sort_by(f64::total_cmp);
    let (least, most) = (ranking.rated[all[30]].sales, transfers[30]);
    let filter = Filter {
        least_sales: least,
        most_transfer: most,
        excluded: vec![all[0], 77],
    };
    let few = ranking.best(&filter);
    assert!(!few.is_empty() && few.len() < 40 && !few.contains(&all[0]));
    for candidate in &few {
        assert!(ranking.rated[*candidate].sales >= least && ranking.rated[*candidate].transfer_share() <= most);
    }
    let chosen = case.with(|search| search.choose(&ranking, &few, &Selection::of(3), |_, _| {}).unwrap());
    assert!(chosen.sites.iter().all(|site| few.contains(&site.candidate)));
    let none = case.with(|search| search.choose(&ranking, &[], &Selection::of(3), |_, _| {}).unwrap());
    assert_eq!((none.sites.len(), none.value, none.guarantee), (0, 0.0, 1.0));
    let zero = case.with(|search| search.choose(&ranking, &all, &Selection::of(0), |_, _| {}).unwrap());
    assert_eq!((zero.sites.len(), zero.value), (0, 0.0));
}

#[test]
fn what_cannot_be_searched_is_named() {
    let case = case(4, 8, 5, false);
    let nowhere = [Place {
        latitude: 47.0,
        longitude: 200.0,
    }];
    let fault = Search::new(&case.network, &nowhere, 1.0).err().unwrap();
    assert!(fault.to_string().starts_with("site candidate 0: 47, 200 is no place"));
    assert!(Search::new(&case.network, &case.places, f64::NAN).is_err());
    let listed = Search::new(&case.network, &case.places, 1.0)
        .unwrap()
        .with_lists(&|_| vec![vec![(0, 1.0)]]);
    let fault = listed.rank(&[], |_, _| {}).unwrap_err();
    assert!(matches!(
        fault,
        SearchError::Scenario(ScenarioError::OtherDistances { .. })
    ));

    let search = Search::new(&case.network, &case.places, 1.0).unwrap();
    let ranking = search.rank(&[], |_, _| {}).unwrap();
    let said = |eligible: &[usize], selection: Selection| {
        search
            .choose(&ranking, eligible, &selection, |_, _| {})
            .unwrap_err()
            .to_string()
    };
    let closing = |id: &str, saving| Selection {
        closable: vec![Closable {
            id: id.to_owned(),
            saving,
        }],
        most_closings: 1,
        ..Selection::of(1)
    };
    assert!(said(&[5], Selection::of(1)).starts_with("candidate 5 does not exist; there are 5"));
    assert!(said(&[0], closing("X", 1.0)).starts_with("site X is not in the network"));
    assert!(said(&[0], closing("S3", 1.0)).starts_with("site S3 is no store of our own"));
    assert!(said(&[0], closing("S1", f64::NAN)).starts_with("the saving of a closing is NaN"));
    assert!(
        said(
            &[0],
            Selection {
                margin: 0.0,
                ..Selection::of(1)
            }
        )
        .starts_with("the margin is 0")
    );
    assert!(
        said(
            &[0],
            Selection {
                yearly_costs: vec![1.0],
                ..Selection::of(1)
            }
        )
        .starts_with("1 yearly costs for 5")
    );
    let budget = |investments: Vec<f64>, most| Selection {
        budget: Some(Budget { investments, most }),
        ..Selection::of(1)
    };
    assert!(said(&[0], budget(vec![1.0; 4], 1.0)).starts_with("4 investments for 5 candidates"));
    assert!(said(&[0], budget(vec![-1.0; 5], 1.0)).starts_with("an investment is -1"));
    assert!(said(&[0], budget(vec![1.0; 5], f64::NAN)).starts_with("the budget is NaN"));
    let other = Search::new(&case.network, &case.places[1..], 1.0).unwrap();
    let fault = other.rerank(&ranking, &[], |_, _| {}).unwrap_err();
    assert_eq!(
        fault,
        SearchError::OtherCandidates {
            ranked: 5,
            candidates: 4
        }
    );
    assert!(
        closings(&case.network, &[], 1.5, |_| 0.0)
            .unwrap_err()
            .to_string()
            .starts_with("the margin is 1.5")
    );

    let closed = search.rank(&[close("S1")], |_, _| {}).unwrap();
    let fault = search
        .choose(&closed, &[0], &closing("S1", 1.0), |_, _| {})
        .unwrap_err();
    assert!(
        fault
            .to_string()
            .starts_with("site S1 cannot both be changed by the scenario and be chosen")
    );
    assert!(search.rank(&[close("S77")], |_, _| {}).is_err());
}
