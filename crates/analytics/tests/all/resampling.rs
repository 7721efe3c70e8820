//! Covariances of resampled parameters agree with the information where the model is true, and follow from the seed alone.

use chalandise_analytics::numeric::Symmetric;
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fit::Fit;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::GammaGamma;
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase::resampling::{log_covariance, spend_log_covariance};
use chalandise_analytics::purchase::rfm::distinct;

use crate::support::simulate::{Leaving, histories, in_days, spend};

/// Standard deviations within a quarter of each other, and signs of the clear correlations.
fn agree<M>(resampled: &Symmetric, fit: &Fit<M>) {
    let informed = fit.log_covariance.as_ref().expect("a curved likelihood");
    assert_eq!(resampled.size(), informed.size());
    let correlation = |matrix: &Symmetric, row: usize, column: usize| {
        matrix.get(row, column) / (matrix.get(row, row) * matrix.get(column, column)).sqrt()
    };
    for row in 0..informed.size() {
        let ratio = (resampled.get(row, row) / informed.get(row, row)).sqrt();
        assert!((0.75..=1.25).contains(&ratio), "parameter {row}: {ratio}");
        for column in 0..row {
            let (found, expected) = (correlation(resampled, row, column), correlation(informed, row, column));
            assert!(
                (found - expected).abs() < 0.25,
                "{row}, {column}: {found} is not {expected}"
            );
        }
    }
}

fn purchases<M: Fittable>(leaving: Leaving, resamples: u64) {
    let mut rows = histories(8_000, 0.9, 60.0, leaving, 700.0, 5);
    in_days(&mut rows);
    let rows = distinct(rows);
    let fit = M::fit_distinct(&rows, None).expect("good rows");
    let parameters = fit.parameters.clone().try_into().expect("four parameters");
    let covariance = log_covariance::<M>(&rows, parameters, 1, resamples).expect("maxima");
    agree(&covariance, &fit);
    let few = |seed| log_covariance::<M>(&rows, parameters, seed, 4);
    assert_eq!(few(7), few(7));
    assert_ne!(few(7), few(8));
}

#[test]
fn bg_nbd() {
    purchases::<BgNbd>(Leaving::AfterRepeats(0.8, 2.5), 200);
}

#[test]
fn mbg_nbd() {
    purchases::<MbgNbd>(Leaving::AfterPurchases(0.8, 2.5), 200);
}

#[test]
fn pareto_nbd() {
    purchases::<ParetoNbd>(Leaving::AtARate(0.8, 120.0), 100);
}

#[test]
fn gamma_gamma() {
    let mut rows = spend(3_000, 6.0, 3.7, 15.0, 2);
    let fit = GammaGamma::fit(&rows, None).expect("good rows");
    let parameters = fit.parameters.clone().try_into().expect("three parameters");
    let covariance = spend_log_covariance(&rows, parameters, 1, 200).expect("maxima");
    agree(&covariance, &fit);
    // The customers' order tells nothing, so it changes nothing.
    rows.reverse();
    assert_eq!(spend_log_covariance(&rows, parameters, 1, 200), Some(covariance));
}
