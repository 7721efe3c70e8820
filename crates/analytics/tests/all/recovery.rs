//! Known parameters come back: of 200 seeded simulations the 95 % interval holds the truth in 90 to 99 %.

use chalandise_analytics::numeric::Status;
use chalandise_analytics::purchase::bg_bb::BgBb;
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fit::Fit;
use chalandise_analytics::purchase::fittable::{Fittable, Group, fit_with_covariates};
use chalandise_analytics::purchase::gamma_gamma::GammaGamma;
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase::rfm::distinct;

use crate::support;
use crate::support::simulate::{Leaving, histories, opportunities, spend};

const SIMULATIONS: u64 = 200;

/// Fits `SIMULATIONS` times and counts how often each parameter's interval, symmetric in its logarithm, holds the truth.
fn covered<M>(truth: &[f64], fit: impl Fn(u64) -> Fit<M>) {
    let mut held = vec![0; truth.len()];
    for seed in 0..SIMULATIONS {
        let fit = fit(seed);
        assert!(fit.converged(), "seed {seed}: {:?}", fit.status);
        let covariance = fit.log_covariance.expect("a curved likelihood");
        for (index, (found, truth)) in fit.parameters.iter().zip(truth).enumerate() {
            let error = covariance.get(index, index).sqrt();
            held[index] += u64::from((found / truth).ln().abs() <= 1.959_964 * error);
        }
    }
    for held in &held {
        let share = *held as f64 / SIMULATIONS as f64;
        assert!((0.90..=0.99).contains(&share), "{held:?} of {SIMULATIONS}");
    }
}

#[test]
fn bg_nbd() {
    let truth = [0.6, 10.0, 0.8, 2.5];
    covered(&truth, |seed| {
        BgNbd::fit(&histories(
            3_000,
            truth[0],
            truth[1],
            Leaving::AfterRepeats(truth[2], truth[3]),
            80.0,
            seed,
        ))
        .expect("good rows")
    });
}

#[test]
fn mbg_nbd() {
    let truth = [0.6, 10.0, 0.8, 2.5];
    covered(&truth, |seed| {
        MbgNbd::fit(&histories(
            3_000,
            truth[0],
            truth[1],
            Leaving::AfterPurchases(truth[2], truth[3]),
            80.0,
            seed,
        ))
        .expect("good rows")
    });
}

#[test]
fn pareto_nbd() {
    let truth = [0.9, 8.0, 0.8, 12.0];
    covered(&truth, |seed| {
        ParetoNbd::fit(&histories(
            3_000,
            truth[0],
            truth[1],
            Leaving::AtARate(truth[2], truth[3]),
            80.0,
            seed,
        ))
        .expect("good rows")
    });
}

#[test]
fn gamma_gamma() {
    let truth = [6.0, 3.7, 15.0];
    covered(&truth, |seed| {
        GammaGamma::fit(&spend(1_500, truth[0], truth[1], truth[2], seed), None).expect("good rows")
    });
}

#[test]
fn bg_bb() {
    let truth = [1.2, 0.75, 0.66, 2.8];
    covered(&truth, |seed| {
        BgBb::fit(&opportunities(4_000, truth, 8, seed), None).expect("good rows")
    });
}

/// Two kinds of customers, the second buying twice as often and leaving half as readily: the coefficients come back, and a
/// covariate that tells nothing has none.
#[test]
fn covariates() {
    let (r, alpha, a, b) = (0.6, 10.0, 0.8, 2.5);
    let group = |alpha: f64, a: f64, covariates: [f64; 2], seed: u64| Group {
        rows: distinct(histories(8_000, r, alpha, Leaving::AfterRepeats(a, b), 80.0, seed)),
        covariates: covariates.to_vec(),
    };
    let groups = [
        group(alpha, a, [0.0, 0.0], 1),
        group(alpha, a, [0.0, 1.0], 2),
        group(alpha / 2.0, a / 2.0, [1.0, 0.0], 3),
        group(alpha / 2.0, a / 2.0, [1.0, 1.0], 4),
    ];
    let fit = fit_with_covariates::<BgNbd>(&groups).expect("good rows");
    assert_eq!(fit.status, Status::Converged);
    let errors = fit.standard_errors.expect("a curved likelihood");
    let ln_2 = std::f64::consts::LN_2;
    let truth = [r.ln(), alpha.ln(), a.ln(), b.ln(), ln_2, 0.0, -ln_2, 0.0, 0.0, 0.0];
    let found = fit
        .parameters
        .iter()
        .map(|it: &f64| it.ln())
        .chain(fit.coefficients.concat());
    for ((found, truth), error) in found.zip(truth).zip(&errors) {
        assert!(
            (found - truth).abs() <= 3.0 * error,
            "{found} is not {truth} within three times {error}"
        );
    }
    // One group without covariates is the plain fit.
    let plain = BgNbd::fit_distinct(&groups[0].rows, None).expect("good rows");
    let alone = Group {
        rows: groups[0].rows.clone(),
        covariates: Vec::new(),
    };
    let alone = fit_with_covariates::<BgNbd>(&[alone]).expect("good rows");
    for (found, expected) in alone.parameters.iter().zip(&plain.parameters) {
        support::close(*found, *expected, 1e-9);
    }
}
