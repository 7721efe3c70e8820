//! Spend models on chains among competitors whose sales nobody sees: parameters and shares come back, leaving the competitors out does
//! harm, and bad input is refused by name.

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::huff_spend::{
    EffectsFit, Estimate, Pair, Refit, Rival, Situations, SpendError, SpendModel, StoreColumns, compare,
};
use chalandise_analytics::numeric::side_by_side;

use crate::huff_spend::{fitted, holds, model, with_effects};
use crate::support::close;
use crate::support::spend::{Chain, Drawn, draw};

const SIMULATIONS: u64 = 100;

/// Rivals take about 45 % of all that is spent, the rest of the outside some 30 %.
fn chain(sigma: f64) -> Chain {
    Chain {
        rivals: 60,
        truth: [0.85, -1.7, 3.6],
        sigma,
        ..Chain::small()
    }
}

/// Which intervals held exponent, coefficient, outside, outside share and the rivals' share.
fn held(chain: &Chain, drawn: &Drawn, found: &[f64], errors: &[f64], shares: [Estimate; 2]) -> [bool; 5] {
    let of = |index: usize| holds(found[index], errors[index], chain.truth[index]);
    let share = |share: Estimate, truth| holds(share.value, share.standard_error.expect("a curved likelihood"), truth);
    let [outside, rivals] = shares;
    [
        of(0),
        of(1),
        of(2),
        share(outside, drawn.outside_share),
        share(rivals, drawn.rival_share),
    ]
}

fn check_counts(trials: &[[bool; 5]]) {
    for index in 0..5 {
        let held = trials.iter().filter(|trial| trial[index]).count();
        assert!((88..=100).contains(&held), "parameter {index}: {held}");
    }
}

#[test]
fn without_effects_the_intervals_hold_the_truth() {
    let chain = chain(0.0);
    let trials = side_by_side(SIMULATIONS, |seed| {
        let drawn = draw(&chain, seed);
        let fit = fitted(&model(&drawn, &chain));
        let errors = fit.standard_errors().expect("a curved likelihood");
        let shares = [fit.outside_share, fit.rival_share.expect("rivals")];
        held(&chain, &drawn, &fit.parameters, &errors, shares)
    });
    check_counts(&trials);
}

#[test]
fn with_effects_the_intervals_hold_the_truth_and_stores_left_out_are_predicted() {
    let chain = chain(0.3);
    let trials = side_by_side(SIMULATIONS, |seed| {
        let drawn = draw(&chain, 1_000 + seed);
        let model = model(&drawn, &chain);
        let fit = with_effects(&model);
        let left_out = model.leave_one_out(&fit, Refit::OneStep).expect("a fit");
        let errors = left_out.errors.expect("stores with revenue");
        let shares = [fit.outside_share, fit.rival_share.expect("rivals")];
        let held = held(&chain, &drawn, &fit.parameters, &fit.standard_errors(), shares);
        (held, [fit.sigma, errors.coverage_80, errors.coverage_95])
    });
    check_counts(&trials.iter().map(|trial| trial.0).collect::<Vec<[bool; 5]>>());
    let mean = |index: usize| trials.iter().map(|trial| trial.1[index]).sum::<f64>() / trials.len() as f64;
    assert!((0.28..0.32).contains(&mean(0)), "{}", mean(0));
    assert!((0.76..0.84).contains(&mean(1)), "{}", mean(1));
    assert!((0.93..0.97).contains(&mean(2)), "{}", mean(2));
}

/// The same rows and columns as if nobody knew of rivals.
fn blind(chain: &Chain, drawn: &Drawn) -> (Situations, StoreColumns) {
    let mut situations = Situations::new(chain.stores).expect("few stores");
    for (cell, potential, pairs) in &drawn.rows {
        situations.push(*cell, *potential, pairs).expect("good rows");
    }
    let none = vec![("sales_area_m2".to_owned(), Vec::new())];
    let columns = drawn.columns.clone().with_rivals(0, none).expect("no rivals");
    (situations, columns)
}

#[test]
fn to_leave_rivals_out_biases_what_to_count_them_does_not() {
    let chain = chain(0.3);
    let trials = side_by_side(40, |seed| {
        let drawn = draw(&chain, seed);
        let (situations, columns) = blind(&chain, &drawn);
        let seeing = with_effects(&model(&drawn, &chain));
        let blind = SpendModel::new(&situations, &columns, chain.decay).expect("enough data");
        let blind = with_effects(&blind);
        assert_eq!(blind.rival_share, None);
        let off = |fit: &EffectsFit| {
            let errors = fit.standard_errors();
            [0, 1, 2].map(|index| (fit.parameters[index] - chain.truth[index]) / errors[index])
        };
        (off(&seeing), off(&blind), seeing.sigma, blind.sigma)
    });
    let count = trials.len() as f64;
    let seeing = [0, 1, 2].map(|index| trials.iter().map(|trial| trial.0[index]).sum::<f64>() / count);
    let blind = [0, 1, 2].map(|index| trials.iter().map(|trial| trial.1[index]).sum::<f64>() / count);
    // Means of 40 standardised errors.
    assert!(seeing.iter().all(|mean| mean.abs() < 3.0 / count.sqrt()), "{seeing:?}");
    // Distance seems to matter less than it does, the outside takes up what rivals weigh, and stores seem to differ more.
    assert!(blind[1] > 6.0, "{blind:?}");
    assert!(blind[2] > 1.0, "{blind:?}");
    let sigmas = trials
        .iter()
        .fold([0.0, 0.0], |sum, trial| [sum[0] + trial.2, sum[1] + trial.3]);
    assert!(sigmas[1] > 1.1 * sigmas[0], "{sigmas:?}");
}

/// Rivals that no row names change no digit, nor do columns of theirs.
#[test]
fn an_empty_list_of_rivals_changes_no_digit() {
    let chain = Chain {
        sigma: 0.3,
        ..Chain::small()
    };
    let drawn = draw(&chain, 4);
    let mut named = Situations::with_rivals(chain.stores, 3).expect("few stores");
    for (cell, potential, pairs) in &drawn.rows {
        named
            .push_with_rivals(*cell, *potential, pairs, &[])
            .expect("good rows");
    }
    assert_eq!((named.rivals(), named.rival_pairs()), (3, 0));
    let (without, bare) = blind(&chain, &drawn);
    let columns = bare
        .clone()
        .with_rivals(3, vec![("sales_area_m2".to_owned(), vec![7.0; 3])]);
    let all = |situations: &Situations, columns: &StoreColumns| {
        let model = SpendModel::new(situations, columns, chain.decay).expect("enough data");
        let shared = fitted(&model);
        let fit = with_effects(&model);
        let left_out = model.leave_one_out(&fit, Refit::OneStep).expect("a fit");
        let shared_out = model.leave_one_out_without_effects(&shared, Refit::Full);
        (
            (
                shared.parameters,
                shared.covariance,
                shared.quasi_log_likelihood,
                shared.totals,
            ),
            (
                fit.parameters,
                fit.effects,
                fit.joint_covariance,
                fit.outside_share,
                fit.rival_share,
            ),
            (left_out, shared_out.expect("a fit")),
        )
    };
    assert_eq!(all(&named, &columns.expect("three rivals")), all(&without, &bare));
}

#[test]
fn a_predictor_gives_the_totals_and_the_shares() {
    let chain = chain(0.3);
    let drawn = draw(&chain, 4);
    let fit = with_effects(&model(&drawn, &chain));
    let predictor = fit.predictor();
    let attraction = |logs: Option<&[f64]>, effect: f64| {
        let logs = logs.expect("a place");
        predictor.attraction(logs, effect).expect("as many columns")
    };
    let mut totals = vec![0.0; chain.stores];
    let (mut taken, mut potentials) = (0.0, 0.0);
    for ((_, potential, pairs), near) in drawn.rows.iter().zip(&drawn.rival_rows) {
        let weight = |pair: &Pair| {
            let store = usize::from(pair.store);
            attraction(drawn.columns.of(store), fit.effects[store]) * predictor.weight(f64::from(pair.distance))
        };
        let rivals = near.iter().map(|rival| {
            let logs = drawn.columns.of_rival(usize::from(rival.rival));
            attraction(logs, 0.0) * predictor.weight(f64::from(rival.distance))
        });
        let rivals: f64 = rivals.sum();
        let all: f64 = predictor.outside() + rivals + pairs.iter().map(weight).sum::<f64>();
        for pair in pairs {
            totals[usize::from(pair.store)] += potential * weight(pair) / all;
        }
        taken += potential * rivals / all;
        potentials += potential;
    }
    for (found, total) in totals.iter().zip(&fit.totals) {
        close(*found, total.predicted, 1e-9);
    }
    close(taken / potentials, fit.rival_share.expect("rivals").value, 1e-9);
    close(
        1.0 - totals.iter().sum::<f64>() / potentials,
        fit.outside_share.value,
        1e-9,
    );
}

#[test]
fn one_step_comes_close_to_a_search_for_each_store() {
    let chain = Chain {
        cells: 500,
        stores: 16,
        rivals: 20,
        ..chain(0.3)
    };
    let drawn = draw(&chain, 3);
    let model = model(&drawn, &chain);
    let shared = fitted(&model);
    let effects = model.fit_effects(&shared).expect("enough stores");
    assert!(effects.sigma > 0.1);
    let with = |refit| model.leave_one_out(&effects, refit).expect("a fit");
    let without = |refit| model.leave_one_out_without_effects(&shared, refit).expect("a fit");
    for (step, full, within) in [
        (with(Refit::OneStep), with(Refit::Full), 2e-3),
        (without(Refit::OneStep), without(Refit::Full), 2e-2),
    ] {
        for (step, full) in step.stores.iter().zip(&full.stores) {
            let apart = (step.predicted / full.predicted).ln().abs();
            assert!(apart < within, "store {}: {apart}", step.store);
        }
    }
}

/// A chain's rows anew, with each pair's and rival's distance and each sum of money times a factor, and the rivals in reverse.
fn changed(chain: &Chain, drawn: &Drawn, distance: f32, money: f64) -> Situations {
    let mut situations = Situations::with_rivals(chain.stores, chain.rivals).expect("few stores");
    for ((cell, potential, pairs), near) in drawn.rows.iter().zip(&drawn.rival_rows) {
        let pair = |pair: &Pair| Pair {
            distance: distance * pair.distance,
            flow: money * pair.flow,
            ..*pair
        };
        let rival = |rival: &Rival| Rival {
            distance: distance * rival.distance,
            ..*rival
        };
        let pairs: Vec<Pair> = pairs.iter().map(pair).collect();
        let near: Vec<Rival> = near.iter().rev().map(rival).collect();
        situations
            .push_with_rivals(*cell, money * potential, &pairs, &near)
            .expect("good rows");
    }
    situations
}

#[test]
fn units_and_the_order_of_the_rivals_change_nothing() {
    let chain = Chain {
        decay: Decay::Exponential,
        truth: [0.85, -0.2, 3.6],
        ..chain(0.2)
    };
    let drawn = draw(&chain, 8);
    let reversed = changed(&chain, &drawn, 1.0, 1.0);
    let left = with_effects(&model(&drawn, &chain));
    let again = SpendModel::new(&reversed, &drawn.columns, chain.decay).expect("enough data");
    let again = with_effects(&again);
    assert_eq!((&again.parameters, &again.effects), (&left.parameters, &left.effects));
    let cents_and_metres = changed(&chain, &drawn, 1_024.0, 100.0);
    let right = SpendModel::new(&cents_and_metres, &drawn.columns, chain.decay).expect("enough data");
    let right = with_effects(&right);
    close(right.parameters[0], left.parameters[0], 1e-6);
    close(1_024.0 * right.parameters[1], left.parameters[1], 1e-6);
    close(right.parameters[2], left.parameters[2], 1e-6);
    close(right.sigma, left.sigma, 1e-6);
    let share = |fit: &EffectsFit| fit.rival_share.expect("rivals");
    close(share(&right).value, share(&left).value, 1e-6);
    let errors = [share(&right), share(&left)].map(|share| share.standard_error.expect("curved"));
    close(errors[0], errors[1], 1e-6);
}

#[test]
fn the_form_of_decay_that_drew_the_flows_is_chosen_among_rivals() {
    for (decay, coefficient, outside) in [
        (Decay::Power, -1.7, 3.6),
        (Decay::Exponential, -0.2, 3.6),
        (Decay::SqrtExponential, -1.4, 1.5),
        (Decay::Gaussian, -0.01, 4.5),
    ] {
        let chain = Chain {
            decay,
            truth: [0.85, coefficient, outside],
            ..chain(0.0)
        };
        let drawn = draw(&chain, 5);
        let comparison = compare(&drawn.situations, &drawn.columns, &Decay::ALL);
        let best = &comparison.forms[comparison.best.expect("a maximum")];
        assert_eq!(best.decay, decay);
        let fit = best.fit.as_ref().expect("a fit");
        let errors = fit.standard_errors().expect("a curved likelihood");
        assert!((fit.parameters[1] - coefficient).abs() < 3.5 * errors[1], "{decay:?}");
    }
}

/// Rivals whose areas count for more than they are, or who leave nothing to the rest of the outside: every search ends at a maximum.
#[test]
fn rivals_who_account_for_all_that_is_spent_elsewhere_break_nothing() {
    for (outside, factor) in [(-20.0, 1.0_f64), (0.0, 1.3), (3.6, 3.0)] {
        for seed in 0..4 {
            let chain = Chain {
                truth: [0.85, -1.7, outside],
                ..chain(0.2)
            };
            let drawn = draw(&chain, seed);
            let logs = (0..chain.rivals).filter_map(|rival| drawn.columns.of_rival(rival));
            let areas = logs.map(|logs| logs[0] + factor.ln()).collect();
            let columns = drawn.columns.clone();
            let columns = columns.with_rivals(chain.rivals, vec![("sales_area_m2".to_owned(), areas)]);
            let columns = columns.expect("good columns");
            let model = SpendModel::new(&drawn.situations, &columns, chain.decay).expect("enough data");
            let fit = with_effects(&model);
            assert!((fit.outside_share.value - drawn.outside_share).abs() < 0.02);
            assert!(fit.standard_errors().iter().all(|error| error.is_finite()));
            assert!(fit.rival_share.expect("rivals").value <= fit.outside_share.value);
            model.leave_one_out(&fit, Refit::OneStep).expect("a fit");
        }
    }
}

/// Where a square metre of rivals draws less than an own one, a column of the stores alone says by how much.
#[test]
fn how_much_more_the_own_stores_draw_comes_back() {
    let (chain, more) = (chain(0.0), 0.5);
    let trials = side_by_side(20, |seed| {
        // Own stores that draw more at the areas they have are own stores at larger areas.
        let drawn = draw(&chain, seed);
        let logs = |of: &dyn Fn(usize) -> f64, own: f64, count: usize| {
            let areas = (0..count).map(of).collect();
            vec![
                ("sales_area_m2".to_owned(), areas),
                ("own".to_owned(), vec![own; count]),
            ]
        };
        let area = |store: usize| drawn.columns.of(store).expect("a store")[0] - more / chain.truth[0];
        let rival_area = |rival: usize| drawn.columns.of_rival(rival).expect("a rival")[0];
        let columns = StoreColumns::new(chain.stores, logs(&area, 1.0, chain.stores)).expect("good columns");
        let columns = columns.with_rivals(chain.rivals, logs(&rival_area, 0.0, chain.rivals));
        let columns = columns.expect("good columns");
        let model = SpendModel::new(&drawn.situations, &columns, chain.decay).expect("enough data");
        let fit = fitted(&model);
        let errors = fit.standard_errors().expect("a curved likelihood");
        (fit.parameters[1] - more) / errors[1]
    });
    let mean = trials.iter().sum::<f64>() / trials.len() as f64;
    assert!(mean.abs() < 3.0 / (trials.len() as f64).sqrt(), "{mean}");
    let largest = trials.iter().fold(0.0_f64, |largest, off| largest.max(off.abs()));
    assert!(largest < 3.5, "{largest}");
}

/// Cells that only rivals reach say nothing of the parameters, and count in the shares.
#[test]
fn cells_that_only_rivals_reach_count_in_the_shares_alone() {
    let chain = chain(0.2);
    let drawn = draw(&chain, 2);
    let mut situations = drawn.situations.clone();
    let last = drawn.rows.iter().map(|row| row.0).max().expect("rows");
    let only = Rival {
        rival: 3,
        distance: 4.0,
    };
    situations
        .push_with_rivals(last + 1, drawn.situations.potential(), &[], &[only])
        .expect("a good row");
    let more = SpendModel::new(&situations, &drawn.columns, chain.decay).expect("enough data");
    let (more, fit) = (with_effects(&more), with_effects(&model(&drawn, &chain)));
    for (more, fit) in more.parameters.iter().zip(&fit.parameters) {
        // The middle of the outside's prior has moved.
        close(*more, *fit, 2e-2);
    }
    close(
        1.0 - more.outside_share.value,
        0.5 * (1.0 - fit.outside_share.value),
        1e-3,
    );
    let share = |fit: &EffectsFit| fit.rival_share.expect("rivals").value;
    assert!(share(&more) > share(&fit));
}

mod refusals {
    use super::*;

    #[test]
    fn rows_with_rivals_that_are_none_are_refused_and_not_added() {
        let mut situations = Situations::with_rivals(2, 3).expect("few stores");
        let own = Pair {
            store: 1,
            distance: 2.0,
            flow: 3.0,
        };
        let near = |rival| Rival { rival, distance: 2.0 };
        situations
            .push_with_rivals(5, 10.0, &[own], &[near(2), near(0)])
            .expect("a good row");
        let mut refused = |rivals: &[Rival]| {
            let error = situations.push_with_rivals(6, 10.0, &[own], rivals);
            error.expect_err("a bad row").to_string()
        };
        assert_eq!(
            refused(&[near(3)]),
            "cell 6 names rival 3, but there are only 3 rivals, numbered from 0"
        );
        assert_eq!(
            refused(&[near(1), near(0), near(1)]),
            "cell 6 names rival 1 twice in one row; name it once"
        );
        let far = Rival {
            distance: f32::NAN,
            ..near(1)
        };
        assert_eq!(
            refused(&[far]),
            "the distance from cell 6 to rival 1 is NaN; give a number from 0"
        );
        let twice = situations.push_with_rivals(6, 10.0, &[own, own], &[near(1)]);
        assert!(matches!(twice, Err(SpendError::StoreTwice { .. })));
        situations
            .push_with_rivals(6, -1.0, &[own], &[near(1)])
            .expect("left out");
        let counts = (situations.rows(), situations.pairs(), situations.rival_pairs());
        assert_eq!(counts, (1, 1, 2));
        let many = Situations::with_rivals(2, 65_536).expect_err("16 bits").to_string();
        assert_eq!(many, "65536 rivals are too many; at most 65,535 can be told apart");
        let mut none = Situations::new(2).expect("few stores");
        let unknown = none
            .push_with_rivals(5, 10.0, &[own], &[near(0)])
            .expect_err("no rival");
        assert_eq!(
            unknown.to_string(),
            "cell 5 names rival 0, but there are only 0 rivals, numbered from 0"
        );
    }

    #[test]
    fn columns_of_rivals_that_are_not_those_of_stores_are_named() {
        let columns = |name: &str, logs: Vec<f64>| vec![(name.to_owned(), logs)];
        let own = StoreColumns::new(2, columns("area", vec![6.0, 7.0])).expect("good columns");
        let refused = |given| own.clone().with_rivals(2, given).expect_err("bad columns").to_string();
        assert_eq!(
            refused(columns("age", vec![1.0, 2.0])),
            "rivals have the columns (age) and stores (area); give both the same, in the same order"
        );
        assert_eq!(
            refused(columns("area", vec![1.0])),
            "column area has 1 values for 2 rivals"
        );
        assert_eq!(
            refused(columns("area", vec![1.0, 0.0_f64.ln()])),
            "the logarithm of area of rival 1 is -inf; the column must be above 0 for every rival"
        );
        let both = own.clone().with_rivals(2, columns("area", vec![8.0, 9.0]));
        let both = both.expect("good columns");
        assert_eq!((both.of(1), both.of_rival(1)), (Some(&[7.0][..]), Some(&[9.0][..])));
        assert_eq!((both.of(2), both.of_rival(2)), (None, None));
        let less = both.with_rivals(0, columns("area", Vec::new()));
        assert_eq!(less.expect("no rivals"), own);
    }

    #[test]
    fn rivals_of_rows_and_columns_must_be_the_same() {
        let chain = chain(0.0);
        let drawn = draw(&chain, 1);
        let (_, bare) = blind(&chain, &drawn);
        let error = SpendModel::new(&drawn.situations, &bare, chain.decay).expect_err("no columns");
        assert_eq!(
            error.to_string(),
            "columns are given for 0 rivals, but there are 60; give the same rivals to both"
        );
    }

    /// What is the same for all stores tells something as soon as rivals differ, if they stand beside one.
    #[test]
    fn rivals_count_in_what_can_be_told() {
        let own = vec![("area".to_owned(), vec![6.0; 4])];
        let areas = vec![("area".to_owned(), vec![6.0, 7.5])];
        let columns = StoreColumns::new(4, own).expect("good columns").with_rivals(2, areas);
        let columns = columns.expect("good columns");
        let rows = |beside: bool, first: f32, further: f32| {
            let mut situations = Situations::with_rivals(4, 2).expect("few stores");
            for cell in 0..60_u32 {
                let pair = |store| Pair {
                    store,
                    distance: 2.0,
                    flow: f64::from(3 + cell % 5),
                };
                let pairs: Vec<Pair> = (0..4).map(pair).collect();
                let distance = first + further * (cell % 7) as f32;
                let near = [0, 1].map(|rival| Rival { rival, distance });
                let near = &near[..1 + cell as usize % 2];
                let (with, alone): (&[Rival], &[Rival]) = if beside { (near, &[]) } else { (&[], near) };
                situations
                    .push_with_rivals(cell, 100.0, &pairs, with)
                    .expect("good rows");
                situations.push_with_rivals(cell, 100.0, &[], alone).expect("good rows");
            }
            situations
        };
        let refused = |situations: &Situations, decay| SpendModel::new(situations, &columns, decay).map(|_| ());
        let constant = refused(&rows(false, 3.0, 1.0), Decay::Exponential);
        assert!(matches!(constant, Err(SpendError::ConstantColumn { .. })));
        assert_eq!(
            refused(&rows(true, 2.0, 0.0), Decay::Exponential),
            Err(SpendError::ConstantDistance)
        );
        assert_eq!(refused(&rows(true, 3.0, 1.0), Decay::Exponential), Ok(()));
        let at_0 = refused(&rows(true, 0.0, 1.0), Decay::Power);
        assert!(matches!(at_0, Err(SpendError::Decay { .. })), "{at_0:?}");
    }
}
