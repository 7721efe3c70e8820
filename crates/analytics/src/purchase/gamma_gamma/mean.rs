//! `mean-spend`: the mean of what was observed, for want of a model.
//!
//! Credibility (Bühlmann & Straub 1970, "Glaubwürdigkeit für Schadensätze"): a customer's expected value is his own mean and that of all,
//! weighted x to k, where k is the variance within customers over that between them; Gamma-Gamma does the same with k = (q - 1) / p. Where
//! the rows cannot tell the two variances apart they are taken for equal: the mean of all counts as one purchase of the customer (the unit
//! information of Kass & Wasserman 1995). The mean of all is that of the customers' means with the weights x / (x + 1) that belong to it,
//! and its error that of their spread around it.

use super::{Spend, customers, distinct};
use crate::numeric::{Status, Symmetric};
use crate::purchase::fit::{Fit, FitError};
use crate::purchase::gamma_gamma::{SpendKind, SpendModel};

/// The mean observed of those who bought again. It has no likelihood, and of one customer no error.
///
/// # Errors
/// [`FitError`] when a mean value is not positive, or nobody bought again.
pub fn mean_spend(rows: &[Spend]) -> Result<Fit<SpendModel>, FitError> {
    of_distinct(&distinct(rows)?)
}

pub(super) fn of_distinct(rows: &[Spend]) -> Result<Fit<SpendModel>, FitError> {
    let customers = customers(rows);
    let credibility = |row: &Spend| f64::from(row.x) / (f64::from(row.x) + 1.0);
    let weights: f64 = rows.iter().map(|row| row.weight * credibility(row)).sum();
    if weights <= 0.0 {
        return Err(FitError::NoRepeat);
    }
    let values = rows.iter().map(|row| row.weight * credibility(row) * row.mean_value);
    let mean = values.sum::<f64>() / weights;
    let squares = rows
        .iter()
        .map(|row| row.weight * (credibility(row) * (row.mean_value - mean)).powi(2));
    let error = (customers > 1.0).then(|| (squares.sum::<f64>() * customers / (customers - 1.0)).sqrt() / weights);
    Ok(Fit {
        model: SpendKind::Mean.with_checked(&[mean]),
        parameters: vec![mean],
        standard_errors: error.map(|error| vec![error]),
        log_covariance: error.map(|error| {
            let mut covariance = Symmetric::zeros(1);
            covariance.add(0, 0, (error / mean).powi(2));
            covariance
        }),
        log_likelihood: f64::NAN,
        customers,
        distinct_rows: rows.len(),
        iterations: 0,
        status: Status::Converged,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calculated_by_hand() {
        let row = |x, mean_value, weight| Spend { x, mean_value, weight };
        // Weights 1/2 twice and 3/4: (10 + 10 + 0.75 * 40) / 1.75.
        let fit = mean_spend(&[row(1, 20.0, 2.0), row(3, 40.0, 1.0), row(0, 0.0, 5.0)]).expect("repeats");
        let mean: f64 = (10.0 + 10.0 + 30.0) / 1.75;
        assert!((fit.parameters[0] - mean).abs() < 1e-12);
        let squares = 2.0 * (0.5 * (20.0 - mean)).powi(2) + (0.75 * (40.0 - mean)).powi(2);
        let error = (squares * 3.0 / 2.0).sqrt() / 1.75;
        assert!((fit.standard_errors.expect("three customers")[0] - error).abs() < 1e-12);
        let value = fit.model.expected_value(3, 40.0).expect("a mean");
        assert!((value - (mean + 120.0) / 4.0).abs() < 1e-12);
        assert_eq!(fit.model.expected_value(0, 0.0), fit.model.mean());

        let one = mean_spend(&[row(2, 30.0, 1.0)]).expect("a repeat");
        assert_eq!((one.parameters, one.standard_errors), (vec![30.0], None));
        assert_eq!(mean_spend(&[row(0, 0.0, 1.0)]).err(), Some(FitError::NoRepeat));
    }
}
