//! What every maximum-likelihood fit has in common: positive parameters, their errors, how the search ended.

use thiserror::Error;

use crate::numeric::{Evaluation, Status, Symmetric, maximise};
use crate::purchase::rfm::{HistoryError, Weighted};

/// Why a model cannot be fitted at all.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FitError {
    /// A row is no observation of this model.
    #[error("{0}")]
    History(#[from] HistoryError),
    /// A row of another kind of model.
    #[error("row {row}: {what}")]
    Row {
        /// Place of the row, from 0.
        row: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// There are fewer customers than parameters can be told from.
    #[error("{found} customers are too few for {parameters} parameters; at least {needed} are needed")]
    TooFew {
        /// Customers given.
        found: usize,
        /// Customers needed.
        needed: usize,
        /// Parameters of the model.
        parameters: usize,
    },
    /// Nobody bought again, so nothing tells how often customers buy.
    #[error("no customer bought again: nothing tells how often customers buy")]
    NoRepeat,
    /// A starting value is not positive.
    #[error("a starting value must be above 0")]
    Start,
}

/// Customers who are enough for a fit.
pub(crate) struct Enough {
    pub(crate) customers: f64,
    pub(crate) mean_t: f64,
    /// Mean of their repeat purchases.
    pub(crate) mean_x: f64,
}

/// Customers with their means, when they are enough for a fit of so many parameters.
pub(crate) fn enough<'a>(rows: impl Iterator<Item = &'a Weighted>, parameters: usize) -> Result<Enough, FitError> {
    let (mut customers, mut time, mut repeats) = (0.0, 0.0, 0.0);
    for row in rows {
        customers += row.weight;
        time += row.weight * row.history.t;
        repeats += row.weight * f64::from(row.history.x);
    }
    if customers < FEWEST_CUSTOMERS as f64 {
        return Err(FitError::TooFew {
            found: customers as usize,
            needed: FEWEST_CUSTOMERS,
            parameters,
        });
    }
    if repeats == 0.0 {
        return Err(FitError::NoRepeat);
    }
    Ok(Enough {
        customers,
        mean_t: time / customers,
        mean_x: repeats / customers,
    })
}

/// Fewest customers with which a fit is tried.
pub const FEWEST_CUSTOMERS: usize = 10;

/// A model at its maximum likelihood.
#[derive(Clone, Debug)]
pub struct Fit<M> {
    /// The model with its parameters.
    pub model: M,
    /// The parameters in the model's order.
    pub parameters: Vec<f64>,
    /// Standard errors from the observed information, in the same order; none when the likelihood is not curved everywhere.
    pub standard_errors: Option<Vec<f64>>,
    /// Covariance of the logarithms of the parameters, for intervals; none as above.
    pub log_covariance: Option<Symmetric>,
    /// Logarithm of the likelihood; not a number of what has none.
    pub log_likelihood: f64,
    /// Customers, the sum of the weights.
    pub customers: f64,
    /// Distinct rows.
    pub distinct_rows: usize,
    /// Newton steps.
    pub iterations: usize,
    /// How the search ended; only a converged fit is to be used.
    pub status: Status,
}

impl<M> Fit<M> {
    /// Whether the fit is at a maximum.
    pub fn converged(&self) -> bool {
        self.status == Status::Converged
    }
}

/// Parameters further than this from their starts, as a factor, or less certain, as a standard error of the logarithm, may have run off.
/// Nothing is decided by it but whether the limits are looked at.
const FAR: f64 = 1e4;
const UNCERTAIN: f64 = 100.0;

/// Where a maximum is as little higher than a limit's, its distance from the limit is a seventh of a standard error. A search that could not
/// reach it, since the last digits hide the slope, may as well end at the limit.
pub(crate) const INDISTINCT: f64 = 0.01;

/// Whether a fit may have run off from where the search began.
pub(crate) fn is_far<M>(fit: &Fit<M>, start: &[f64]) -> bool {
    let certain = |errors: &Symmetric| (0..errors.size()).all(|index| errors.get(index, index).sqrt() <= UNCERTAIN);
    let near = |(found, start): (&f64, &f64)| (1.0 / FAR..=FAR).contains(&(found / start));
    !fit.log_covariance.as_ref().is_some_and(certain) || !fit.parameters.iter().zip(start).all(near)
}

/// The maximum of a likelihood over positive parameters, searched for in their logarithms; `likelihood` gives value and
/// derivatives by the parameters themselves.
pub(crate) fn fit_positive<M>(
    start: &[f64],
    customers: f64,
    distinct_rows: usize,
    likelihood: impl Fn(&[f64]) -> Evaluation,
    model: impl Fn(&[f64]) -> M,
) -> Result<Fit<M>, FitError> {
    if start.iter().any(|it| !it.is_finite() || *it <= 0.0) {
        return Err(FitError::Start);
    }
    let start: Vec<f64> = start.iter().map(|it| it.ln()).collect();
    let natural = |logs: &[f64]| logs.iter().map(|it| it.exp()).collect::<Vec<f64>>();
    let found = maximise(
        |logs| by_logarithms(&likelihood(&natural(logs)), &natural(logs)),
        &start,
    );
    let parameters = natural(&found.at);
    let log_covariance = information(&found.evaluation).inverse();
    let standard_errors = log_covariance.as_ref().map(|covariance| {
        let errors = parameters.iter().enumerate();
        errors
            .map(|(i, parameter)| parameter * covariance.get(i, i).sqrt())
            .collect()
    });
    Ok(Fit {
        model: model(&parameters),
        parameters,
        standard_errors,
        log_covariance,
        log_likelihood: found.evaluation.value,
        customers,
        distinct_rows,
        iterations: found.iterations,
        status: found.status,
    })
}

/// Derivatives by the logarithms of the parameters from those by the parameters.
pub(crate) fn by_logarithms(natural: &Evaluation, parameters: &[f64]) -> Evaluation {
    let size = parameters.len();
    let mut logs = Evaluation::zero(size);
    logs.value = natural.value;
    for row in 0..size {
        logs.gradient[row] = parameters[row] * natural.gradient[row];
        for column in 0..=row {
            let curved = parameters[row] * parameters[column] * natural.hessian.get(row, column);
            logs.hessian.add(row, column, curved);
        }
        logs.hessian.add(row, row, logs.gradient[row]);
    }
    logs
}

/// The observed information: the Hessian, negative.
pub(crate) fn information(evaluation: &Evaluation) -> Symmetric {
    let size = evaluation.gradient.len();
    let mut information = Symmetric::zeros(size);
    for row in 0..size {
        for column in 0..=row {
            information.add(row, column, -evaluation.hessian.get(row, column));
        }
    }
    information
}
