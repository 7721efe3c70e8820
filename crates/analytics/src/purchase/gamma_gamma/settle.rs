//! Which spend model is used.
//!
//! Gamma-Gamma at a maximum that is well inside is never touched. Where its search gave up or ended far out, its limits are fitted too, and
//! the likeliest is used unless the model itself is likelier by more than the digits of the sum can tell. Where too few bought again, there
//! is no maximum, or it does not tell that there is a mean, the mean observed takes its place.

use super::{GammaGamma, Spend, SpendKind, SpendModel, distinct, mean};
use crate::numeric::special::Z_95;
use crate::purchase::fit::{Fit, FitError, INDISTINCT, is_far};

/// Why there is no model of spend but the mean observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// Too few customers bought again.
    TooFew,
    /// No maximum was found, of the model or of its limits: all spend alike, say.
    Maximum,
    /// The shape of the customers is not above 1 for certain, and up to 1 there is no mean.
    Mean,
}

/// The spend model to be used.
#[derive(Clone, Debug)]
pub struct Settled {
    /// Gamma-Gamma, a limit of it or the mean observed, always at its maximum.
    pub fit: Fit<SpendModel>,
    /// Why it is the mean observed.
    pub without: Option<Without>,
}

/// The spend model to be used, of rows as the customers come.
///
/// # Errors
/// [`FitError`] when a mean value is not positive, or nobody bought again.
pub fn settle(rows: &[Spend]) -> Result<Settled, FitError> {
    settle_distinct(&distinct(rows)?)
}

/// The same on rows that are [`distinct`] already.
///
/// # Errors
/// As [`settle`].
pub fn settle_distinct(rows: &[Spend]) -> Result<Settled, FitError> {
    let without = match fit_or_limit_distinct(rows) {
        Ok(fit) if !fit.converged() => Without::Maximum,
        Ok(fit) if !has_mean(&fit) => Without::Mean,
        Ok(fit) => return Ok(Settled { fit, without: None }),
        Err(FitError::TooFew { .. }) => Without::TooFew,
        Err(error) => return Err(error),
    };
    Ok(Settled {
        fit: mean::of_distinct(rows)?,
        without: Some(without),
    })
}

/// Whether the lower end of the 95 % interval of the customers' shape q is above 1. The mean is in proportion to 1 / (q - 1): without that
/// it may as well be infinite.
fn has_mean(fit: &Fit<SpendModel>) -> bool {
    let Some(place) = fit.model.kind().names().iter().position(|name| *name == "q") else {
        return true;
    };
    let error = fit
        .log_covariance
        .as_ref()
        .map(|errors| errors.get(place, place).sqrt());
    error.is_some_and(|error| fit.parameters[place].ln() > Z_95 * error)
}

/// Maximum likelihood of Gamma-Gamma, or of the limit that its likelihood rises towards. With a maximum of its own the fit is that of
/// [`GammaGamma::fit`] to the last bit.
///
/// # Errors
/// As [`GammaGamma::fit`]. Where neither has a maximum, the fit is Gamma-Gamma's with its status.
pub fn fit_or_limit(rows: &[Spend]) -> Result<Fit<SpendModel>, FitError> {
    fit_or_limit_distinct(&distinct(rows)?)
}

/// The same on rows that are [`distinct`] already.
///
/// # Errors
/// As [`fit_or_limit`].
pub fn fit_or_limit_distinct(rows: &[Spend]) -> Result<Fit<SpendModel>, FitError> {
    let own: Fit<SpendModel> = GammaGamma::fit_distinct(rows, None)?.into();
    if own.converged() && !is_far(&own, &GammaGamma::start(rows)) {
        return Ok(own);
    }
    let mut best: Option<Fit<SpendModel>> = None;
    for kind in SpendKind::LIMITS {
        let fit = kind.fit_distinct(rows, None)?;
        let least = best.as_ref().map_or(f64::NEG_INFINITY, |best| best.log_likelihood);
        if is_inside(&fit, rows) && fit.log_likelihood > least {
            best = Some(fit);
        }
    }
    let Some(limit) = best else {
        return Ok(Fit {
            status: crate::numeric::Status::NoMaximum,
            ..own
        });
    };
    let above = own.log_likelihood - limit.log_likelihood - digits(&own);
    let stands = if own.converged() {
        above > 0.0
    } else {
        above > INDISTINCT
    };
    Ok(if stands { own } else { limit })
}

/// Whether the maximum of a limit is its own, and not on the way to one value for all. The mean observed runs nowhere.
pub(crate) fn is_inside(fit: &Fit<SpendModel>, rows: &[Spend]) -> bool {
    let kind = fit.model.kind();
    fit.converged() && (kind == SpendKind::Mean || !is_far(fit, &kind.start(rows)))
}

/// How far off the log-likelihood may be by rounding alone: the logarithms of gamma functions of p x and q cancel.
fn digits(fit: &Fit<SpendModel>) -> f64 {
    let large = fit.parameters[..2].iter().map(|shape| shape * (1.0 + shape.ln().abs()));
    1e-12 * fit.log_likelihood.abs() + 1e-14 * fit.customers * large.sum::<f64>()
}
