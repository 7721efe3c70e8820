//! Chains in which each tenth store is young and draws 40 % of what it will: with its level left free, the rest is as if it were not there.

use chalandise_analytics::network::huff_spend::{
    EffectsFit, EffectsOptions, OutOfSample, Refit, SpendError, SpendModel,
};
use chalandise_analytics::numeric::side_by_side;

use crate::huff_spend::{fitted, holds, model, with_effects};
use crate::support::close;
use crate::support::spend::{Chain, Drawn, draw};

const SIMULATIONS: u64 = 60;

fn chain(sigma: f64) -> Chain {
    Chain {
        sigma,
        young_level: 0.4,
        ..Chain::small()
    }
}

fn with_free(model: &SpendModel<'_>, free: &[u16]) -> EffectsFit {
    let fit = model.fit_effects_with(&fitted(model), &EffectsOptions { free });
    let fit = fit.expect("enough stores");
    assert!(fit.converged(), "{:?} after {} rounds", fit.status, fit.rounds);
    fit
}

fn errors(model: &SpendModel<'_>, fit: &EffectsFit) -> OutOfSample {
    let left_out = model.leave_one_out(fit, Refit::OneStep).expect("a fit");
    left_out.errors.expect("stores with revenue")
}

/// A fit and its errors.
struct Seen {
    sigma: f64,
    held: [bool; 3],
    errors: OutOfSample,
}

impl Seen {
    fn new(chain: &Chain, model: &SpendModel<'_>, fit: &EffectsFit) -> Seen {
        let found = fit.standard_errors();
        Seen {
            sigma: fit.sigma,
            held: [0, 1, 2].map(|index| holds(fit.parameters[index], found[index], chain.truth[index])),
            errors: errors(model, fit),
        }
    }
}

/// What the grown-up stores' effects spread, by what was drawn.
fn spread(chain: &Chain, drawn: &Drawn) -> f64 {
    let young = chain.young();
    let grown = (0..chain.stores).filter(|store| !young.contains(&(*store as u16)));
    let squares: Vec<f64> = grown.map(|store| drawn.effects[store].powi(2)).collect();
    squares.iter().sum::<f64>() / squares.len() as f64
}

#[test]
fn free_levels_leave_the_spread_of_the_others_and_their_errors_as_they_are() {
    let chain = chain(0.2);
    let trials = side_by_side(SIMULATIONS, |seed| {
        let drawn = draw(&chain, seed);
        let model = model(&drawn, &chain);
        let free = Seen::new(&chain, &model, &with_free(&model, &chain.young()));
        let bound = Seen::new(&chain, &model, &with_effects(&model));
        (free, bound, spread(&chain, &drawn))
    });
    let mean = |of: &dyn Fn(&(Seen, Seen, f64)) -> f64| trials.iter().map(of).sum::<f64>() / trials.len() as f64;
    let truth = mean(&|trial| trial.2).sqrt();
    let sigmas = [mean(&|trial| trial.0.sigma), mean(&|trial| trial.1.sigma)];
    assert!((sigmas[0] - truth).abs() < 0.01, "{sigmas:?} {truth}");
    assert!(sigmas[1] > 1.5 * truth, "{sigmas:?} {truth}");
    let errors = [
        mean(&|trial| trial.0.errors.rmse_log),
        mean(&|trial| trial.1.errors.rmse_log),
    ];
    assert!((errors[0] - truth).abs() < 0.02, "{errors:?}");
    assert!(errors[1] > 1.4 * truth, "{errors:?}");
    let bias = [mean(&|trial| trial.0.errors.bias), mean(&|trial| trial.1.errors.bias)];
    assert!(bias[0].abs() < 0.02, "{bias:?}");
    let covered = mean(&|trial| trial.0.errors.coverage_95);
    assert!((0.92..0.98).contains(&covered), "{covered}");
    for index in 0..3 {
        let held = trials.iter().filter(|trial| trial.0.held[index]).count();
        assert!(held >= 53, "parameter {index}: {held}");
    }
    let [free, bound] = [&trials[0].0.errors, &trials[0].1.errors];
    assert_eq!((free.stores, free.without_revenue, free.free), (36, 0, 4));
    assert_eq!((bound.stores, bound.without_revenue, bound.free), (40, 0, 0));
}

/// Where the others do not differ at all, sigma is 0 and the young ones still have their levels.
#[test]
fn levels_are_found_free_where_the_others_are_all_alike() {
    let chain = chain(0.0);
    let young = chain.young();
    let trials = side_by_side(SIMULATIONS, |seed| {
        let drawn = draw(&chain, 500 + seed);
        let model = model(&drawn, &chain);
        let fit = with_free(&model, &young);
        let errors = fit.effect_errors();
        let held = young.iter().map(|store| usize::from(*store));
        let held = held.filter(|store| holds(fit.effects[*store], errors[*store], drawn.effects[*store]));
        let found = Seen::new(&chain, &model, &fit);
        assert!(found.errors.rmse_log < 0.12, "{}", found.errors.rmse_log);
        (fit.sigma, held.count(), with_effects(&model).sigma)
    });
    let mut spreads: Vec<f64> = trials.iter().map(|trial| trial.0).collect();
    spreads.sort_by(f64::total_cmp);
    let last = spreads.len() - 1;
    assert_eq!(spreads[last / 2], 0.0);
    assert!(spreads[last] < 0.06, "{}", spreads[last]);
    assert!(trials.iter().all(|trial| trial.2 > 0.15));
    let held = trials.iter().map(|trial| trial.1).sum::<usize>() as f64;
    let share = held / (trials.len() * young.len()) as f64;
    assert!((0.9..0.99).contains(&share), "{share}");
}

#[test]
fn one_step_comes_close_to_a_search_for_free_stores_too() {
    for sigma in [0.2, 0.0] {
        let chain = Chain {
            cells: 500,
            stores: 24,
            ..chain(sigma)
        };
        let drawn = draw(&chain, 3);
        let model = model(&drawn, &chain);
        let fit = with_free(&model, &chain.young());
        let with = |refit| model.leave_one_out(&fit, refit).expect("a fit").stores;
        let (step, full) = (with(Refit::OneStep), with(Refit::Full));
        for (step, full) in step.iter().zip(&full) {
            let apart = (step.predicted / full.predicted).ln().abs();
            assert!(apart < 2e-3, "sigma {sigma}, store {}: {apart}", step.store);
            assert_eq!(step.free, chain.young().contains(&(step.store as u16)));
        }
        // They are predicted as what they may grow to.
        for store in full.iter().filter(|store| store.free) {
            let log = store.log_error.expect("revenue");
            assert!(
                (-1.6..-0.2).contains(&log),
                "sigma {sigma}, store {}: {log}",
                store.store
            );
        }
    }
}

#[test]
fn a_free_store_without_flows_or_reach_breaks_nothing() {
    let chain = chain(0.2);
    let drawn = draw(&chain, 6);
    let situations = drawn.situations.without(&[6]);
    let model = SpendModel::new(&situations, &drawn.columns, chain.decay).expect("enough data");
    let fit = with_free(&model, &[6, 3, 3]);
    assert_eq!(fit.effects[6], 0.0);
    close(fit.effect_errors()[6], 5.0, 1e-9);
    assert_eq!(fit.free.iter().filter(|free| **free).count(), 2);
    let found = errors(&model, &fit);
    assert_eq!((found.stores, found.free), (38, 1));
}

#[test]
fn without_free_stores_nothing_changes() {
    let chain = chain(0.2);
    let drawn = draw(&chain, 9);
    let model = model(&drawn, &chain);
    let (plain, none) = (with_effects(&model), with_free(&model, &[]));
    assert_eq!((plain.sigma, &plain.effects), (none.sigma, &none.effects));
    assert_eq!(plain.joint_covariance, none.joint_covariance);
    let left_out = |fit| model.leave_one_out(fit, Refit::OneStep).expect("a fit");
    assert_eq!(left_out(&plain), left_out(&none));
}

#[test]
fn too_many_or_unknown_free_stores_are_refused() {
    let chain = chain(0.2);
    let drawn = draw(&chain, 1);
    let model = model(&drawn, &chain);
    let fit = fitted(&model);
    let refused = |free: &[u16]| {
        let options = EffectsOptions { free };
        model.fit_effects_with(&fit, &options).expect_err("nothing to fit")
    };
    assert_eq!(
        refused(&[2, 40]).to_string(),
        "store 40 is to have a free level, but there are only 40 stores, numbered from 0"
    );
    let most: Vec<u16> = (5..40).collect();
    assert_eq!(refused(&most), SpendError::TooFewStores { found: 5, needed: 6 });
}
