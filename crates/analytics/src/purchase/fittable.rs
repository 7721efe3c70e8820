//! Fitting the purchase models: the same steps for all of them, without covariates and with.

use crate::numeric::Evaluation;
use crate::purchase::PurchaseModel;
use crate::purchase::covariates::search;
use crate::purchase::fit::{Enough, Fit, FitError, enough, fit_positive};
use crate::purchase::limit::LimitKind;
use crate::purchase::rfm::{Weighted, check, distinct};

pub use crate::purchase::covariates::{CovariateFit, Effect, Group};

/// A purchase model of four positive parameters that can be fitted.
pub trait Fittable: PurchaseModel + Sized {
    /// Name in results.
    const NAME: &'static str;

    /// Models that its likelihood may rise towards for ever, those of fewer parameters first.
    const LIMITS: &'static [LimitKind];

    /// Names of the parameters, in the paper's order.
    const NAMES: [&'static str; 4];

    /// What covariates act on.
    const EFFECTS: &'static [Effect];

    /// The model with these parameters.
    fn with(parameters: [f64; 4]) -> Self;

    /// Where a search begins, given the mean time observed.
    fn start(mean_t: f64) -> [f64; 4];

    /// Log-likelihood of rows in the order of x, with its derivatives by the parameters.
    fn log_likelihood(rows: &[Weighted], parameters: &[f64; 4]) -> Evaluation;

    /// How large the terms are that cancel in the logarithm of a customer's likelihood: by so many times the last digit rounding may move it.
    fn cancelling(parameters: &[f64; 4]) -> f64;

    /// Maximum likelihood from a start of its own.
    ///
    /// # Errors
    /// [`FitError`] when the rows are no histories or too few; a search that finds no maximum is a result with its status.
    fn fit(rows: &[Weighted]) -> Result<Fit<Self>, FitError> {
        Self::fit_from(rows, None)
    }

    /// Maximum likelihood from a given start, in the order of [`Fittable::NAMES`].
    ///
    /// # Errors
    /// As [`Fittable::fit`], and when a starting value is not positive.
    fn fit_from(rows: &[Weighted], start: Option<[f64; 4]>) -> Result<Fit<Self>, FitError> {
        check(rows)?;
        Self::fit_distinct(&distinct(rows.to_vec()), start)
    }

    /// The same on rows that are checked and [`distinct`] already.
    ///
    /// # Errors
    /// As [`Fittable::fit_from`].
    fn fit_distinct(rows: &[Weighted], start: Option<[f64; 4]>) -> Result<Fit<Self>, FitError> {
        let Enough { customers, mean_t, .. } = enough(rows.iter(), 4)?;
        fit_positive(
            &start.unwrap_or_else(|| Self::start(mean_t)),
            customers,
            rows.len(),
            |parameters| Self::log_likelihood(rows, &four(parameters)),
            |parameters| Self::with(four(parameters)),
        )
    }
}

/// Fits one model to groups of customers who differ in their covariates.
///
/// # Errors
/// [`FitError`] when the customers are too few, nobody bought again, or groups have different numbers of covariates.
pub fn fit_with_covariates<M: Fittable>(groups: &[Group]) -> Result<CovariateFit<M>, FitError> {
    let Enough { mean_t, .. } = enough(groups.iter().flat_map(|group| &group.rows), 4)?;
    let likelihood = |rows: &[Weighted], parameters: &[f64]| M::log_likelihood(rows, &four(parameters));
    let found = search(groups, M::EFFECTS, &M::start(mean_t), likelihood)?;
    let group_parameters: Vec<[f64; 4]> = found.of_groups.iter().map(|it| four(it)).collect();
    Ok(CovariateFit {
        models: group_parameters.iter().map(|parameters| M::with(*parameters)).collect(),
        group_parameters,
        parameters: four(&found.parameters),
        coefficients: found.coefficients,
        standard_errors: found.standard_errors,
        log_likelihood: found.log_likelihood,
        iterations: found.iterations,
        status: found.status,
    })
}

pub(crate) fn four(parameters: &[f64]) -> [f64; 4] {
    [parameters[0], parameters[1], parameters[2], parameters[3]]
}
