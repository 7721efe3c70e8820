//! The limits of Gamma-Gamma: that they are limits, that their parameters come back, that they are used where they should be, and that
//! nobody who bought again leaves the rest without values.

use chalandise_analytics::purchase::fit::{Fit, FitError};
use chalandise_analytics::purchase::gamma_gamma::{
    GammaGamma, Spend, SpendKind, SpendModel, Without, fit_or_limit, mean_spend, settle,
};
use chalandise_analytics::purchase::resampling::{bias_corrected, spend_model_log_covariance, spend_models};
use rand::RngExt;
use rand_distr::{Distribution, Gamma};

use crate::support::close;
use crate::support::simulate::{seeded, spend};

const SIMULATIONS: u64 = 200;

/// What stands where a parameter is large.
const LARGE: f64 = 1e8;

fn row(x: u32, mean_value: f64) -> Spend {
    Spend {
        x,
        mean_value,
        weight: 1.0,
    }
}

fn model(kind: SpendKind, parameters: &[f64]) -> SpendModel {
    kind.with(parameters).expect("good parameters")
}

/// Customers of a limit: what each spends, drawn from the story.
fn simulated(limit: &SpendModel, count: u32, seed: u64) -> Vec<Spend> {
    let mut rng = seeded(seed);
    let (first, second) = (limit.parameters()[0], limit.parameters()[1]);
    (0..count)
        .map(|_| {
            let x = 1 + rng.random_range(0..6);
            let mean_value = match limit.kind() {
                SpendKind::Gamma => {
                    let total = Gamma::new(first * f64::from(x), second).expect("positive parameters");
                    total.sample(&mut rng) / f64::from(x)
                }
                _ => {
                    1.0 / Gamma::new(first, 1.0 / second)
                        .expect("positive parameters")
                        .sample(&mut rng)
                }
            };
            row(x, mean_value)
        })
        .collect()
}

fn limits() -> [(SpendModel, GammaGamma); 2] {
    let (p, v, q, c) = (2.6, 14.0, 3.7, 95.0);
    [
        (
            model(SpendKind::Gamma, &[p, v]),
            GammaGamma {
                p,
                q: LARGE,
                gamma: LARGE * v,
            },
        ),
        (
            model(SpendKind::InverseGamma, &[q, c]),
            GammaGamma {
                p: LARGE,
                q,
                gamma: c / LARGE,
            },
        ),
    ]
}

/// Near a limit Gamma-Gamma says the same of a customer and of all.
#[test]
fn gamma_gamma_becomes_its_limits() {
    for (limit, near) in limits() {
        close(limit.mean().expect("a mean"), near.mean().expect("a mean"), 1e-5);
        for (x, mean) in [(0, 0.0), (1, 12.0), (2, 55.0), (40, 31.0)] {
            let (found, expected) = (limit.expected_value(x, mean), near.expected_value(x, mean));
            close(found.expect("a mean"), expected.expect("a mean"), 1e-5);
        }
        let kind = limit.kind();
        assert_eq!(SpendKind::named(kind.name()), Some(kind));
        assert_eq!(kind.with(&[1.0]), None);
        assert_eq!(kind.with(&[1.0, -1.0]), None);
    }
    assert_eq!(model(SpendKind::InverseGamma, &[0.9, 40.0]).mean(), None);
    assert_eq!(
        model(SpendKind::InverseGamma, &[0.9, 40.0]).expected_value(2, 33.0),
        Some(33.0)
    );
}

/// Of 200 seeded simulations the 95 % interval holds the truth in 90 to 99 %, as of every model.
#[test]
fn parameters_come_back() {
    for (limit, _) in limits() {
        let mut held = [0; 2];
        for seed in 0..SIMULATIONS {
            let fit = limit
                .kind()
                .fit(&simulated(&limit, 400, seed), None)
                .expect("good rows");
            assert!(fit.converged(), "seed {seed}");
            let covariance = fit.log_covariance.expect("a curved likelihood");
            for (place, (found, truth)) in fit.parameters.iter().zip(limit.parameters()).enumerate() {
                let error = covariance.get(place, place).sqrt();
                held[place] += u64::from((found / truth).ln().abs() <= 1.959_964 * error);
            }
        }
        for held in held {
            let share = held as f64 / SIMULATIONS as f64;
            assert!((0.90..=0.99).contains(&share), "{held:?} of {SIMULATIONS}");
        }
    }
}

/// Data of a limit: the likelihood runs off in about half of them, since the limit is the end of the parameters. There the limit is found with
/// the same likelihood; elsewhere Gamma-Gamma is as near to it as the data are.
#[test]
fn data_of_a_limit_are_recognised() {
    for (limit, _) in limits() {
        let mut recognised = 0;
        for seed in 0..40 {
            let rows = simulated(&limit, 400, seed);
            let used = fit_or_limit(&rows).expect("good rows");
            assert!(used.converged(), "{} seed {seed}", limit.name());
            let alone = limit.kind().fit(&rows, None).expect("good rows");
            if used.model.kind() == limit.kind() {
                recognised += 1;
                assert_eq!(used.parameters, alone.parameters);
                // Where Gamma-Gamma's own search ended is no likelier than the digits can tell: far out, logarithms of gamma functions of
                // large shapes cancel in the sum.
                let own = GammaGamma::fit(&rows, None).expect("good rows");
                let large: f64 = own.parameters[..2]
                    .iter()
                    .map(|shape| shape * (1.0 + shape.ln().abs()))
                    .sum();
                let least = used.log_likelihood + 0.01 + 1e-14 * own.customers * large;
                assert!(
                    own.log_likelihood <= least,
                    "{} seed {seed}: {} against {} at {:?}",
                    limit.name(),
                    own.log_likelihood,
                    used.log_likelihood,
                    own.parameters
                );
            } else {
                assert_eq!(used.model.kind(), SpendKind::GammaGamma);
                let gained = used.log_likelihood - alone.log_likelihood;
                assert!((0.0..8.0).contains(&gained), "{} seed {seed}: {gained}", limit.name());
                let apart = used.model.mean().expect("a mean") / alone.model.mean().expect("a mean");
                assert!(apart.ln().abs() < 0.1, "{} seed {seed}: {apart}", limit.name());
            }
        }
        assert!((10..=34).contains(&recognised), "{}: {recognised} of 40", limit.name());
    }
}

#[test]
fn a_maximum_inside_stays_as_it_is() {
    for seed in 0..10 {
        let rows = spend(1_500, 6.0, 3.7, 15.0, seed);
        let own = GammaGamma::fit(&rows, None).expect("good rows");
        let used = settle(&rows).expect("good rows");
        assert_eq!((used.without, used.fit.model.kind()), (None, SpendKind::GammaGamma));
        assert_eq!(used.fit.parameters, own.parameters);
        assert_eq!(used.fit.log_likelihood.to_bits(), own.log_likelihood.to_bits());
    }
}

/// Why there is the mean observed, and what it says.
#[test]
fn without_a_model_there_is_the_mean_observed() {
    let used = |rows: &[Spend]| settle(rows).expect("somebody bought again");
    let of_mean = |fit: &Fit<SpendModel>, rows: &[Spend]| {
        assert_eq!(fit.parameters, mean_spend(rows).expect("repeats").parameters);
        assert_eq!(fit.model.name(), "mean-spend");
    };
    let few = [row(1, 20.0), row(4, 35.0), row(2, 12.0), row(0, 0.0)];
    let found = used(&few);
    assert_eq!(found.without, Some(Without::TooFew));
    of_mean(&found.fit, &few);
    // A subscription: all spend alike, so that there is nothing to fit.
    let alike: Vec<Spend> = (0..60).map(|number| row(1 + number % 9, 19.9)).collect();
    let found = used(&alike);
    assert_eq!(found.without, Some(Without::Maximum));
    of_mean(&found.fit, &alike);
    close(found.fit.model.expected_value(0, 0.0).expect("a mean"), 19.9, 1e-12);
    close(found.fit.model.expected_value(7, 19.9).expect("a mean"), 19.9, 1e-12);
    // Customers of six powers of ten.
    let dispersed: Vec<Spend> = (0..60)
        .map(|number| row(3, 10_f64.powf(f64::from(number) / 10.0)))
        .collect();
    let found = used(&dispersed);
    assert_eq!(found.without, Some(Without::Mean));
    of_mean(&found.fit, &dispersed);
    assert_eq!(settle(&[row(0, 0.0)]).err(), Some(FitError::NoRepeat));
    // A wrong row is named by its place among those given.
    let wrong = [row(0, 0.0), row(1, 5.0), row(2, -1.0)];
    assert_eq!(
        settle(&wrong).expect_err("a negative value").to_string(),
        "row 2: the mean value of a customer with repeats must be above 0"
    );
}

/// Small sets of any kind have a value for everybody, not far from what was observed, and an interval around it.
#[test]
fn small_sets_have_values_with_intervals() {
    let stories: [(f64, f64, f64); 4] = [
        (6.25, 3.74, 15.44),
        (2.6, 4.2, 275.0),
        (2.0, 1.7, 20.0),
        (40.0, 400.0, 300.0),
    ];
    for (story, (p, q, gamma)) in stories.into_iter().enumerate() {
        for count in [2, 5, 10, 20, 30] {
            for seed in 0..10 {
                let rows = spend(count, p, q, gamma, seed);
                let found = settle(&rows).expect("repeats").fit;
                let mean = found.model.mean().expect("a mean");
                let values = rows.iter().map(|row| row.mean_value);
                let (least, most) = values.fold((f64::INFINITY, 0.0_f64), |(least, most), it| {
                    (least.min(it), most.max(it))
                });
                let label = format!("story {story}, {count}, seed {seed}, {}: {mean}", found.model.name());
                assert!((least..=1.5 * most).contains(&mean), "{label} of {least} to {most}");
                let mut means: Vec<f64> = spend_models(&rows, 1, 100)
                    .iter()
                    .flatten()
                    .map(|model| model.mean().expect("a mean"))
                    .collect();
                if let Some((low, high)) = bias_corrected(&mut means, mean) {
                    assert!(low <= mean && mean <= high, "{label}: {low}, {high}");
                    assert!(high <= 3.0 * most, "{label}: {high} of {most}");
                }
            }
        }
    }
}

/// Of 50 households, the interval of the mean holds the truth about as often as it says; with a likelihood as flat as this one.
#[test]
fn percentiles_hold_the_truth() {
    let (p, q, gamma) = (6.25, 3.74, 15.44);
    let truth = p * gamma / (q - 1.0);
    let (mut held, mut said) = (0, 0);
    for seed in 0..60 {
        let rows = spend(50, p, q, gamma, seed);
        let mean = settle(&rows).expect("repeats").fit.model.mean().expect("a mean");
        let models = spend_models(&rows, 1, 200);
        let mut means: Vec<f64> = models.iter().flatten().filter_map(SpendModel::mean).collect();
        if let Some((low, high)) = bias_corrected(&mut means, mean) {
            said += 1;
            held += u32::from(low <= truth && truth <= high);
        }
    }
    assert!(said >= 57 && held >= 50, "{held} of {said}");
}

#[test]
fn resamples_agree_with_the_information() {
    for (limit, _) in limits() {
        let rows = simulated(&limit, 3_000, 4);
        let fit = limit.kind().fit(&rows, None).expect("good rows");
        let informed = fit.log_covariance.as_ref().expect("a curved likelihood");
        let resampled = spend_model_log_covariance(&rows, &fit.model, 1, 200).expect("maxima");
        for place in 0..2 {
            let ratio = (resampled.get(place, place) / informed.get(place, place)).sqrt();
            assert!((0.75..=1.25).contains(&ratio), "{}, {place}: {ratio}", limit.name());
        }
    }
    let rows = spend(400, 2.0, 3.0, 60.0, 1);
    let fit = mean_spend(&rows).expect("repeats");
    let informed = fit.log_covariance.as_ref().expect("customers").get(0, 0);
    let resampled = spend_model_log_covariance(&rows, &fit.model, 1, 400)
        .expect("means")
        .get(0, 0);
    assert!(
        (0.75..=1.25).contains(&(resampled / informed).sqrt()),
        "{resampled}, {informed}"
    );
}
