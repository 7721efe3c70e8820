//! The multiplicative competitive interaction model by least squares.
//!
//! The logarithm of a share, less its mean over the destinations of the origin, is linear in the covariates less theirs: the
//! common denominator of an origin's shares drops out (Nakanishi & Cooper, *Parameter estimation for a multiplicative competitive
//! interaction model - least squares approach*, Journal of Marketing Research, 1974). So only the proportions among an origin's
//! destinations count, and shares that do not add up to 1, or flows, give the same coefficients.

use super::calibration::{Calibration, Ending, ending, r2};
use super::choices::ChoiceSets;
use super::design::{Design, centre, dot};
use super::error::ChoiceError;

/// Coefficients by ordinary least squares on log-centred shares, from the share or flow of each row.
///
/// - R2: of the log-centred shares.
/// - Log likelihood: that of the regression with normal errors, -n/2 (ln(2 pi RSS / n) + 1) with n pairs; in Akaike's criterion
///   the variance counts as a parameter. Not to be compared with that of a multinomial model.
/// - Standard errors: from pairs - origins - coefficients degrees of freedom, since centring takes one from each origin. A
///   regression program that is given the centred columns does not know, and divides by pairs - coefficients: its errors are
///   smaller by the square root of the ratio of the two.
///
/// # Errors
/// [`ChoiceError::Length`], [`ChoiceError::Flow`], [`ChoiceError::NoFlow`], [`ChoiceError::ZeroFlow`].
pub fn fit_mci(sets: &ChoiceSets, flows: &[f64]) -> Result<Calibration, ChoiceError> {
    sets.check_flows(flows)?;
    let mut logs = Vec::with_capacity(flows.len());
    for origin in 0..sets.origins() {
        for row in sets.rows(origin) {
            if flows[row] == 0.0 {
                return Err(ChoiceError::ZeroFlow {
                    row,
                    origin,
                    destination: sets.destination(row) as u32,
                });
            }
            logs.push(flows[row].ln());
        }
        centre(&mut logs[sets.rows(origin)]);
    }
    let design = Design::new(sets);
    let pairs = sets.pairs() as f64;
    // The ready columns are at right angles and of mean square 1.
    let mut at = vec![0.0; design.rank];
    for (row, log) in logs.iter().enumerate() {
        for (at, x) in at.iter_mut().zip(design.row(row)) {
            *at += x * log / pairs;
        }
    }
    let predicted: Vec<f64> = (0..sets.pairs()).map(|row| dot(design.row(row), &at)).collect();
    let errors = logs.iter().zip(&predicted);
    let squares: f64 = errors.map(|(log, predicted)| (log - predicted).powi(2)).sum();
    let choosing = (0..sets.origins())
        .filter(|origin| !sets.rows(*origin).is_empty())
        .count();
    let freedom = (sets.pairs() - choosing).saturating_sub(design.rank);
    let error = (squares / freedom as f64 / pairs).sqrt();
    let spread = |column: usize| {
        (0..design.rank)
            .map(|it| if it == column { error } else { 0.0 })
            .collect()
    };
    let spread: Vec<Vec<f64>> = (0..design.rank).map(spread).collect();
    let likelihood = Some(-0.5 * pairs * ((std::f64::consts::TAU * squares / pairs).ln() + 1.0));
    let log_likelihood = likelihood.filter(|it| it.is_finite());
    Ok(Calibration {
        coefficients: design.coefficients(&at),
        covariance: (freedom > 0).then(|| design.covariance(&spread)).flatten(),
        log_likelihood,
        aic: log_likelihood.map(|it| 2.0 * (design.rank + 1) as f64 - 2.0 * it),
        r2: r2(&logs, &predicted),
        degrees_of_freedom: Some(freedom),
        iterations: 1,
        ending: ending(Ending::Converged, &design),
    })
}
