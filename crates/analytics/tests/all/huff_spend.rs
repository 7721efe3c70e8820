//! Spend models on chains drawn from known ones: parameters come back, intervals hold what they say, stores left out are predicted as well
//! as is claimed, and bad input is refused by name.

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::huff_spend::{
    EffectsFit, Estimate, FEWEST_CELLS, Pair, Refit, Situations, SpendError, SpendFit, SpendModel, StoreColumns,
    compare,
};
use chalandise_analytics::numeric::side_by_side;

use crate::support::close;
use crate::support::spend::{Chain, Drawn, draw};

const SIMULATIONS: u64 = 100;
const Z_95: f64 = 1.959_964;

/// Of one simulation: which intervals held exponent, coefficient, outside and outside share, and what else is looked at.
struct Trial {
    held: [bool; 4],
    sigma: f64,
    /// Stores predicted without their level, and how many of them within 80 and 95 %.
    left_out: [f64; 3],
    /// Stores whose 95 % interval holds their effect.
    effects: f64,
}

pub fn holds(found: f64, error: f64, truth: f64) -> bool {
    (found - truth).abs() <= Z_95 * error
}

fn held(chain: &Chain, drawn: &Drawn, parameters: &[f64], errors: &[f64], share: &Estimate) -> [bool; 4] {
    let of = |index: usize| holds(parameters[index], errors[index], chain.truth[index]);
    let share_error = share.standard_error.expect("a curved likelihood");
    [
        of(0),
        of(1),
        of(2),
        holds(share.value, share_error, drawn.outside_share),
    ]
}

pub fn fitted(model: &SpendModel<'_>) -> SpendFit {
    let fit = model.fit();
    assert!(fit.converged(), "{:?}", fit.status);
    fit
}

pub fn with_effects(model: &SpendModel<'_>) -> EffectsFit {
    let fit = model.fit_effects(&fitted(model)).expect("enough stores");
    assert!(fit.converged(), "{:?} after {} rounds", fit.status, fit.rounds);
    fit
}

pub fn model<'a>(drawn: &'a Drawn, chain: &Chain) -> SpendModel<'a> {
    SpendModel::new(&drawn.situations, &drawn.columns, chain.decay).expect("enough data")
}

fn count(trials: &[Trial], index: usize) -> usize {
    trials.iter().filter(|trial| trial.held[index]).count()
}

#[test]
fn without_effects_the_intervals_hold_the_truth() {
    let chain = Chain::small();
    let trials = side_by_side(SIMULATIONS, |seed| {
        let drawn = draw(&chain, seed);
        let fit = fitted(&model(&drawn, &chain));
        let errors = fit.standard_errors().expect("a curved likelihood");
        Trial {
            held: held(&chain, &drawn, &fit.parameters, &errors, &fit.outside_share),
            sigma: 0.0,
            left_out: [0.0; 3],
            effects: 0.0,
        }
    });
    for index in 0..4 {
        let held = count(&trials, index);
        assert!((88..=100).contains(&held), "parameter {index}: {held}");
    }
}

/// Simulations with store effects of so much spread.
fn trials_with_effects(sigma: f64) -> Vec<Trial> {
    let chain = Chain {
        sigma,
        ..Chain::small()
    };
    side_by_side(SIMULATIONS, |seed| {
        let drawn = draw(&chain, 1_000 + seed);
        let model = model(&drawn, &chain);
        let fit = with_effects(&model);
        let left_out = model.leave_one_out(&fit, Refit::OneStep).expect("a fit");
        let errors = left_out.errors.expect("stores with revenue");
        let stores = errors.stores as f64;
        let effects = fit.effects.iter().zip(fit.effect_errors()).zip(&drawn.effects);
        Trial {
            held: held(
                &chain,
                &drawn,
                &fit.parameters,
                &fit.standard_errors(),
                &fit.outside_share,
            ),
            sigma: fit.sigma,
            left_out: [stores, stores * errors.coverage_80, stores * errors.coverage_95],
            effects: effects
                .filter(|((found, error), truth)| holds(**found, *error, **truth))
                .count() as f64,
        }
    })
}

#[test]
fn with_effects_the_intervals_hold_the_truth_and_their_spread_comes_back() {
    let trials = trials_with_effects(0.3);
    for index in 0..4 {
        let held = count(&trials, index);
        assert!((88..=100).contains(&held), "parameter {index}: {held}");
    }
    let mean = trials.iter().map(|trial| trial.sigma).sum::<f64>() / trials.len() as f64;
    assert!((0.28..0.32).contains(&mean), "{mean}");
    let sum = |index: usize| trials.iter().map(|trial| trial.left_out[index]).sum::<f64>();
    let (in_80, in_95) = (sum(1) / sum(0), sum(2) / sum(0));
    assert!((0.76..0.84).contains(&in_80), "{in_80}");
    assert!((0.93..0.97).contains(&in_95), "{in_95}");
    let effects = trials.iter().map(|trial| trial.effects).sum::<f64>() / sum(0);
    assert!((0.92..0.97).contains(&effects), "{effects}");
}

#[test]
fn effects_that_are_not_there_are_not_found() {
    let trials = trials_with_effects(0.0);
    for index in 0..4 {
        let held = count(&trials, index);
        assert!((88..=100).contains(&held), "parameter {index}: {held}");
    }
    let mut spreads: Vec<f64> = trials.iter().map(|trial| trial.sigma).collect();
    spreads.sort_by(f64::total_cmp);
    assert_eq!(spreads[50], 0.0);
    assert!(spreads[99] < 0.05, "{}", spreads[99]);
}

#[test]
fn the_form_of_decay_that_drew_the_flows_is_chosen() {
    for (decay, coefficient, outside) in [
        (Decay::Power, -1.7, 4.2),
        (Decay::Exponential, -0.2, 4.2),
        (Decay::SqrtExponential, -1.4, 2.0),
        (Decay::Gaussian, -0.01, 5.0),
    ] {
        let chain = Chain {
            decay,
            truth: [0.85, coefficient, outside],
            ..Chain::small()
        };
        let drawn = draw(&chain, 5);
        let comparison = compare(&drawn.situations, &drawn.columns, &Decay::ALL);
        let best = &comparison.forms[comparison.best.expect("a maximum")];
        assert_eq!(best.decay, decay);
        let fit = best.fit.as_ref().expect("a fit");
        let errors = fit.standard_errors().expect("a curved likelihood");
        assert!((fit.parameters[1] - coefficient).abs() < 3.5 * errors[1], "{decay:?}");
        close(best.quasi_aic.expect("a maximum"), fit.quasi_aic, 1e-12);
        for other in comparison.forms.iter().filter(|form| form.decay != decay) {
            assert!(other.quasi_aic.is_none_or(|other| Some(other) > best.quasi_aic));
        }
    }
}

#[test]
fn one_step_comes_close_to_a_search_for_each_store() {
    let chain = Chain {
        cells: 500,
        stores: 16,
        sigma: 0.3,
        ..Chain::small()
    };
    let drawn = draw(&chain, 3);
    let model = model(&drawn, &chain);
    let shared = fitted(&model);
    let effects = model.fit_effects(&shared).expect("enough stores");
    assert!(effects.sigma > 0.1);
    let with = |refit| model.leave_one_out(&effects, refit).expect("a fit");
    let without = |refit| model.leave_one_out_without_effects(&shared, refit).expect("a fit");
    for (step, full, within) in [
        (with(Refit::OneStep), with(Refit::Full), 5e-4),
        (without(Refit::OneStep), without(Refit::Full), 5e-3),
    ] {
        for (step, full) in step.stores.iter().zip(&full.stores) {
            let apart = (step.predicted / full.predicted).ln().abs();
            assert!(apart < within, "store {}: {apart}", step.store);
        }
        let (step, full) = (step.errors.expect("stores"), full.errors.expect("stores"));
        close(step.rmse_log, full.rmse_log, 5e-3);
    }
}

/// A chain's rows anew, with each pair and potential changed.
fn changed(chain: &Chain, seed: u64, potential: f64, change: impl Fn(u32, Pair) -> Pair) -> Situations {
    let drawn = draw(chain, seed);
    let mut situations = Situations::new(chain.stores).expect("few stores");
    for (cell, own, pairs) in &drawn.rows {
        let pairs: Vec<Pair> = pairs.iter().map(|pair| change(*cell, *pair)).collect();
        situations.push(*cell, potential * own, &pairs).expect("good rows");
    }
    situations
}

#[test]
fn units_change_nothing() {
    let chain = Chain {
        decay: Decay::Exponential,
        truth: [0.85, -0.2, 4.2],
        sigma: 0.2,
        ..Chain::small()
    };
    let drawn = draw(&chain, 8);
    let in_euro = model(&drawn, &chain);
    let cents_and_metres = changed(&chain, 8, 100.0, |_, pair| Pair {
        distance: 1_024.0 * pair.distance,
        flow: 100.0 * pair.flow,
        ..pair
    });
    let in_cents = SpendModel::new(&cents_and_metres, &drawn.columns, chain.decay).expect("enough data");
    let (left, right) = (fitted(&in_euro), fitted(&in_cents));
    close(right.parameters[0], left.parameters[0], 1e-9);
    close(1_024.0 * right.parameters[1], left.parameters[1], 1e-9);
    close(right.parameters[2], left.parameters[2], 1e-9);
    close(right.quasi_log_likelihood, left.quasi_log_likelihood, 1e-9);
    close(right.dispersion, 100.0 * left.dispersion, 1e-9);
    let (left, right) = (
        in_euro.fit_effects(&left).expect("a fit"),
        in_cents.fit_effects(&right).expect("a fit"),
    );
    close(right.sigma, left.sigma, 1e-6);
    close(right.effects[3], left.effects[3], 1e-6);
    let both = [(&in_euro, &left), (&in_cents, &right)];
    let [left, right] = both.map(|(model, fit)| model.leave_one_out(fit, Refit::OneStep).expect("a fit"));
    close(
        right.stores[5].interval_95.0,
        100.0 * left.stores[5].interval_95.0,
        1e-6,
    );
}

#[test]
fn a_second_run_gives_the_same_digits() {
    let chain = Chain {
        sigma: 0.3,
        ..Chain::small()
    };
    let drawn = draw(&chain, 2);
    let run = || {
        let model = model(&drawn, &chain);
        let fit = with_effects(&model);
        let left_out = model.leave_one_out(&fit, Refit::OneStep).expect("a fit");
        (fit.parameters, fit.effects, left_out)
    };
    assert_eq!(run(), run());
}

#[test]
fn refunds_that_exceed_sales_bias_nothing() {
    let chain = Chain::small();
    let mut sums = [0.0; 3];
    for seed in 0..20 {
        // Each second cell's flows are half refunded, with a purchase in the other half: one in three pairs is below 0.
        let mut refunded = 0;
        let drawn = draw(&chain, seed);
        let mut situations = Situations::new(chain.stores).expect("few stores");
        for (cell, own, pairs) in &drawn.rows {
            let shift = |pair: &Pair| {
                let sign = if (cell + u32::from(pair.store)) % 2 == 0 {
                    -1.0
                } else {
                    1.0
                };
                Pair {
                    flow: pair.flow + 40.0 * sign,
                    ..*pair
                }
            };
            let pairs: Vec<Pair> = pairs.iter().map(shift).collect();
            refunded += pairs.iter().filter(|pair| pair.flow < 0.0).count();
            situations.push(*cell, *own, &pairs).expect("good rows");
        }
        assert!(refunded > 1_000, "{refunded}");
        let model = SpendModel::new(&situations, &drawn.columns, chain.decay).expect("enough data");
        let fit = fitted(&model);
        let errors = fit.standard_errors().expect("a curved likelihood");
        for index in 0..3 {
            sums[index] += (fit.parameters[index] - chain.truth[index]) / errors[index];
        }
        assert!(with_effects(&model).sigma < 0.1);
    }
    // Means of 20 standardised errors.
    for sum in sums {
        assert!((sum / 20.0).abs() < 3.0 / 20.0_f64.sqrt(), "{sum}");
    }
}

#[test]
fn a_predictor_gives_the_totals_of_the_fit() {
    let chain = Chain {
        sigma: 0.3,
        ..Chain::small()
    };
    let drawn = draw(&chain, 4);
    let fit = with_effects(&model(&drawn, &chain));
    let predictor = fit.predictor();
    let attraction = |store: u16| {
        let logs = drawn.columns.of(usize::from(store)).expect("a store");
        let effect = fit.effects[usize::from(store)];
        predictor.attraction(logs, effect).expect("as many columns")
    };
    let mut totals = vec![0.0; chain.stores];
    for (_, potential, pairs) in &drawn.rows {
        let weight = |pair: &Pair| attraction(pair.store) * predictor.weight(f64::from(pair.distance));
        let all: f64 = predictor.outside() + pairs.iter().map(weight).sum::<f64>();
        for pair in pairs {
            totals[usize::from(pair.store)] += potential * weight(pair) / all;
        }
    }
    for (found, total) in totals.iter().zip(&fit.totals) {
        close(*found, total.predicted, 1e-9);
    }
    assert_eq!(
        predictor.attraction(&[], 0.0).expect_err("no columns"),
        SpendError::SiteColumns { found: 0, needed: 1 }
    );
    assert_eq!(fit.effect_errors().len(), chain.stores);
    close(fit.joint_covariance.get(2, 1), fit.covariance.get(2, 1), 1e-15);
}

#[test]
fn stores_without_flows_or_reach_break_nothing() {
    let chain = Chain {
        sigma: 0.2,
        ..Chain::small()
    };
    // Store 4 sells nothing, and no cell reaches store 6.
    let drawn = draw(&chain, 6);
    let mut situations = Situations::new(chain.stores).expect("few stores");
    situations.push(0, 5_000.0, &[]).expect("a cell that no store reaches");
    situations.push(0, -3.0, &[]).expect("left out");
    for (cell, own, pairs) in &drawn.rows {
        let kept = pairs.iter().filter(|pair| pair.store != 6).map(|pair| Pair {
            flow: if pair.store == 4 { 0.0 } else { pair.flow },
            ..*pair
        });
        let mut kept: Vec<Pair> = kept.collect();
        kept.reverse();
        situations.push(*cell, *own, &kept).expect("good rows");
    }
    assert_eq!(situations.left_out().rows, 1);
    let model = SpendModel::new(&situations, &drawn.columns, chain.decay).expect("enough data");
    let fit = with_effects(&model);
    assert!(fit.effects[4] < -1.0, "{}", fit.effects[4]);
    assert_eq!(fit.effects[6], 0.0);
    assert!(fit.sigma < 1.0, "{}", fit.sigma);
    close(fit.effect_errors()[6], fit.sigma, 1e-9);
    let left_out = model.leave_one_out(&fit, Refit::OneStep).expect("a fit");
    assert_eq!(left_out.stores.len(), chain.stores - 1);
    let errors = left_out.errors.expect("stores with revenue");
    assert_eq!((errors.stores, errors.without_revenue), (chain.stores - 2, 1));
    assert!(errors.rmse_log.is_finite() && errors.weighted_error.is_finite());
}

#[test]
fn potentials_of_the_wrong_size_end_in_an_answer() {
    let chain = Chain::small();
    let drawn = draw(&chain, 7);
    for factor in [0.36, 0.5, 2.0, 1e3, 1e9] {
        let situations = changed(&chain, 7, factor, |_, pair| pair);
        match SpendModel::new(&situations, &drawn.columns, chain.decay) {
            Ok(model) => {
                let fit = model.fit();
                assert!(fit.parameters.iter().all(|it| it.is_finite()), "{factor}");
                if factor > 1.0 {
                    assert!(fit.converged(), "{factor}: {:?}", fit.status);
                }
            }
            Err(error) => assert!(matches!(error, SpendError::RevenueAbovePotential { .. }), "{error}"),
        }
    }
}

mod refusals {
    use super::*;

    fn columns(stores: usize) -> StoreColumns {
        let area = (0..stores).map(|store| 6.0 + 0.1 * store as f64).collect();
        StoreColumns::new(stores, vec![("area".to_owned(), area)]).expect("good columns")
    }

    /// So many cells, of which the first have a flow to each store.
    fn situations(cells: u32, with_flow: u32, stores: u16, flow: f64) -> Situations {
        let mut situations = Situations::new(usize::from(stores)).expect("few stores");
        for cell in 0..cells {
            let pair = |store: u16| Pair {
                store,
                distance: 1.0 + (f32::from(store) + cell as f32) % 7.0,
                flow: if cell < with_flow { flow } else { 0.0 },
            };
            let pairs: Vec<Pair> = (0..stores).map(pair).collect();
            situations.push(cell, 1_000.0, &pairs).expect("good rows");
        }
        situations
    }

    #[track_caller]
    fn refused(situations: &Situations, columns: &StoreColumns, decay: Decay) -> String {
        SpendModel::new(situations, columns, decay)
            .expect_err("nothing to fit")
            .to_string()
    }

    #[test]
    fn too_little_to_calibrate_is_counted() {
        let columns = columns(6);
        let few = refused(&situations(60, 49, 6, 10.0), &columns, Decay::Power);
        assert_eq!(few, "49 cells with a flow are too few; at least 50 are needed");
        assert_eq!(FEWEST_CELLS, 50);
        let mut two = Situations::new(6).expect("few stores");
        for cell in 0..60 {
            let pair = |store| Pair {
                store,
                distance: 2.0,
                flow: if store < 2 { 5.0 } else { 0.0 },
            };
            two.push(cell, 100.0, &[pair(0), pair(1), pair(2)]).expect("good rows");
        }
        let few = refused(&two, &columns, Decay::Power);
        assert_eq!(
            few,
            "2 stores with revenue from known cells are too few; at least 3 are needed"
        );
        let flows = situations(60, 60, 6, 10.0);
        let model = SpendModel::new(&flows, &columns, Decay::Exponential).expect("enough data");
        model.fit_effects(&fitted(&model)).expect("enough stores");
        let fewer = super::refusals::columns(5);
        let flows = situations(60, 60, 5, 10.0);
        let model = SpendModel::new(&flows, &fewer, Decay::Exponential).expect("enough data");
        let error = model.fit_effects(&model.fit()).expect_err("few stores");
        assert_eq!(error, SpendError::TooFewStores { found: 5, needed: 6 });
    }

    #[test]
    fn potential_and_revenue_must_make_sense() {
        let columns = columns(4);
        let above = refused(&situations(60, 60, 4, 300.0), &columns, Decay::Power);
        assert_eq!(
            above,
            "revenue of 72000.00 is not below the potential of 60000.00; check the unit and the period of the potential"
        );
        let mut none = Situations::new(4).expect("few stores");
        let pair = Pair {
            store: 0,
            distance: 1.0,
            flow: 12.0,
        };
        (0..60).for_each(|cell| none.push(cell, 0.0, &[pair]).expect("left out"));
        assert_eq!(none.left_out().revenue, 720.0);
        assert_eq!(
            refused(&none, &columns, Decay::Power),
            "no row has a potential above 0 and a store within reach (60 rows had a potential of 0 or less)"
        );
        let mut refunds = Situations::new(5).expect("few stores");
        for cell in 0..60 {
            let pair = |store| Pair {
                store,
                distance: 1.0 + f32::from(store),
                flow: if store == 3 { -9.0 } else { 2.0 },
            };
            let pairs: Vec<Pair> = (0..5).map(pair).collect();
            refunds.push(cell, 100.0, &pairs).expect("good rows");
        }
        assert_eq!(
            refused(&refunds, &super::refusals::columns(5), Decay::Power),
            "the flows of store 3 add up to -540.00, less than 0; leave the store out, or the time before its first sale"
        );
        let without = refunds.without(&[3]);
        assert_eq!((without.rows(), without.pairs()), (60, 240));
        assert_eq!(without.store_revenues(), [120.0, 120.0, 120.0, 0.0, 120.0]);
        assert_eq!(without.revenue(), 480.0);
        fitted(&SpendModel::new(&without, &super::refusals::columns(5), Decay::Power).expect("enough data"));
    }

    #[test]
    fn columns_that_tell_nothing_are_named() {
        let flows = situations(60, 60, 6, 10.0);
        let named = |name: &str, value: &dyn Fn(f64) -> f64| {
            let logs = (0..6).map(|store| value(f64::from(store))).collect();
            (name.to_owned(), logs)
        };
        let constant = StoreColumns::new(6, vec![named("area", &|it| it), named("parking", &|_| 3.0)]);
        assert_eq!(
            refused(&flows, &constant.expect("good columns"), Decay::Power),
            "column parking is the same for all stores that cells can reach: nothing tells what it does; leave it out"
        );
        let twice = vec![
            named("area", &|it| it),
            named("age", &|it| it * it),
            named("staff", &|it| 2.0 * it - 0.5 * it * it + 1.0),
        ];
        assert_eq!(
            refused(
                &flows,
                &StoreColumns::new(6, twice).expect("good columns"),
                Decay::Power
            ),
            "column staff follows from the columns before it (area, age): leave one of them out"
        );
        let short = StoreColumns::new(6, vec![("area".to_owned(), vec![1.0])]).expect_err("one value");
        assert_eq!(short.to_string(), "column area has 1 values for 6 stores");
        let zero = StoreColumns::new(2, vec![("area".to_owned(), vec![1.0, 0.0_f64.ln()])]).expect_err("no area");
        assert_eq!(
            zero.to_string(),
            "the logarithm of area of store 1 is -inf; the column must be above 0 for every store"
        );
    }

    #[test]
    fn distances_that_tell_nothing_are_refused() {
        let columns = columns(4);
        let at = |distance: f32| {
            let mut situations = Situations::new(4).expect("few stores");
            for cell in 0..60 {
                let pair = |store| Pair {
                    store,
                    distance,
                    flow: 1.0,
                };
                let pairs: Vec<Pair> = (0..4).map(pair).collect();
                situations.push(cell, 100.0, &pairs).expect("good rows");
            }
            situations
        };
        assert_eq!(
            refused(&at(0.0), &columns, Decay::Power),
            "power decay has no value at distance 0; raise distances to a smallest one above 0 first"
        );
        for (distance, decay) in [(5.0, Decay::Power), (1.0, Decay::Power), (0.0, Decay::Gaussian)] {
            assert_eq!(
                refused(&at(distance), &columns, decay),
                "all distances are equal: nothing tells how attraction falls with distance"
            );
        }
    }

    #[test]
    fn rows_that_are_no_rows_are_refused_and_not_added() {
        let mut situations = Situations::new(2).expect("few stores");
        let good = Pair {
            store: 1,
            distance: 2.0,
            flow: 3.0,
        };
        situations.push(5, 10.0, &[good]).expect("a good row");
        let mut refused = |cell, potential, pairs: &[Pair]| {
            situations
                .push(cell, potential, pairs)
                .expect_err("a bad row")
                .to_string()
        };
        assert_eq!(
            refused(4, 10.0, &[]),
            "cell 4 comes after cell 5; give the rows in the order of their cells"
        );
        assert_eq!(
            refused(6, f64::NAN, &[]),
            "the potential of cell 6 is NaN; give a number, 0 where nobody spends"
        );
        assert_eq!(
            refused(6, 1.0, &[Pair { store: 2, ..good }]),
            "cell 6 names store 2, but there are only 2 stores, numbered from 0"
        );
        assert_eq!(
            refused(6, 1.0, &[good, good]),
            "cell 6 names store 1 twice in one row; add its flows up"
        );
        assert_eq!(
            refused(6, 1.0, &[Pair { distance: -1.0, ..good }]),
            "the distance from cell 6 to store 1 is -1; give a number from 0"
        );
        assert_eq!(
            refused(
                6,
                1.0,
                &[Pair {
                    flow: f64::INFINITY,
                    ..good
                }]
            ),
            "the flow from cell 6 to store 1 is inf; give a number"
        );
        assert_eq!((situations.rows(), situations.pairs()), (1, 1));
        close(situations.revenue(), 3.0, 0.0);
        let many = Situations::new(65_536).expect_err("16 bits").to_string();
        assert_eq!(many, "65536 stores are too many; at most 65,535 can be told apart");
    }

    #[test]
    fn a_fit_of_another_model_is_refused() {
        let chain = Chain::small();
        let drawn = draw(&chain, 1);
        let fit = model(&drawn, &chain).fit();
        let other = SpendModel::new(&drawn.situations, &drawn.columns, Decay::Gaussian).expect("enough data");
        assert!(matches!(other.fit_effects(&fit), Err(SpendError::OtherModel { .. })));
    }
}
