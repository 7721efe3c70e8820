//! A purchase model, or the limit that its likelihood rises towards.
//!
//! A maximum that is well inside is the model's own, and nothing else is tried. Elsewhere the search gave up, or came to rest far out where
//! the likelihood is flat but for the last digits: then all limits are fitted too, those of fewer parameters first, and the model anew from
//! other starts. In use is the likeliest of those with a maximum; one with more parameters has to be likelier by more than the digits of the
//! sum can tell, and so has the model itself. Where the model's search found a finite maximum higher than every limit's, it stays as it is.

use super::{LimitKind, LimitModel};
use crate::numeric::Symmetric;
use crate::purchase::PurchaseModel;
use crate::purchase::fit::{Fit, FitError, INDISTINCT, enough, is_far};
use crate::purchase::fittable::{CovariateFit, Effect, Fittable, Group, fit_with_covariates, four};
use crate::purchase::resampling;
use crate::purchase::rfm::{History, Weighted, check, distinct};

/// A purchase model with its four parameters, or one of its limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ModelOrLimit<M> {
    /// The model itself.
    Model(M, [f64; 4]),
    /// A limit of it.
    Limit(LimitModel),
}

/// Other starts of the two parameters of leaving, as factors of the model's own.
const STARTS_OF_LEAVING: [[f64; 2]; 4] = [[0.01, 1.0], [0.1, 0.1], [0.1, 10.0], [5.0, 50.0]];

/// How far off a log-likelihood may be by rounding alone, given the terms that cancel in that of a customer.
fn digits<M>(fit: &Fit<M>, cancelling: f64) -> f64 {
    1e-12 * fit.log_likelihood.abs() + 1e-14 * fit.customers * cancelling
}

impl<M: Fittable> ModelOrLimit<M> {
    /// Its name in results: the model's, or the limit's.
    pub fn name(&self) -> &'static str {
        match self {
            ModelOrLimit::Model(..) => M::NAME,
            ModelOrLimit::Limit(limit) => limit.kind().name(),
        }
    }

    /// The limit's kind; none of the model itself.
    pub fn limit(&self) -> Option<LimitKind> {
        match self {
            ModelOrLimit::Model(..) => None,
            ModelOrLimit::Limit(limit) => Some(limit.kind()),
        }
    }

    /// Names of its parameters.
    pub fn names(&self) -> &'static [&'static str] {
        match self {
            ModelOrLimit::Model(..) => const { &M::NAMES },
            ModelOrLimit::Limit(limit) => limit.kind().names(),
        }
    }

    /// Its parameters, in the order of [`ModelOrLimit::names`].
    pub fn parameters(&self) -> &[f64] {
        match self {
            ModelOrLimit::Model(_, parameters) => parameters,
            ModelOrLimit::Limit(limit) => limit.parameters(),
        }
    }

    /// The same with one parameter multiplied by e^`step`, for derivatives by its logarithm. A probability stays one; a place beyond the
    /// parameters changes nothing.
    pub fn moved(&self, place: usize, step: f64) -> ModelOrLimit<M> {
        match self {
            ModelOrLimit::Model(_, parameters) => {
                let mut parameters = *parameters;
                if let Some(parameter) = parameters.get_mut(place) {
                    *parameter *= f64::exp(step);
                }
                ModelOrLimit::Model(M::with(parameters), parameters)
            }
            ModelOrLimit::Limit(limit) => ModelOrLimit::Limit(limit.moved(place, step)),
        }
    }

    /// What covariates act on.
    pub fn effects(&self) -> Vec<Effect> {
        match self {
            ModelOrLimit::Model(..) => M::EFFECTS.to_vec(),
            ModelOrLimit::Limit(limit) => limit.kind().effects(),
        }
    }

    /// Fits the same model, or the same limit, to groups of customers who differ in their covariates.
    ///
    /// # Errors
    /// As [`fit_with_covariates`].
    pub fn fit_with_covariates(&self, groups: &[Group]) -> Result<CovariateFit<ModelOrLimit<M>, Vec<f64>>, FitError> {
        match self {
            ModelOrLimit::Model(..) => {
                let fit = fit_with_covariates::<M>(groups)?;
                let models = fit.models.into_iter().zip(&fit.group_parameters);
                Ok(CovariateFit {
                    models: models.map(|(model, it)| ModelOrLimit::Model(model, *it)).collect(),
                    group_parameters: fit.group_parameters.iter().map(|it| it.to_vec()).collect(),
                    parameters: fit.parameters.to_vec(),
                    coefficients: fit.coefficients,
                    standard_errors: fit.standard_errors,
                    log_likelihood: fit.log_likelihood,
                    iterations: fit.iterations,
                    status: fit.status,
                })
            }
            ModelOrLimit::Limit(limit) => {
                let fit = limit.kind().fit_with_covariates(groups)?;
                Ok(CovariateFit {
                    models: fit.models.into_iter().map(ModelOrLimit::Limit).collect(),
                    group_parameters: fit.group_parameters,
                    parameters: fit.parameters,
                    coefficients: fit.coefficients,
                    standard_errors: fit.standard_errors,
                    log_likelihood: fit.log_likelihood,
                    iterations: fit.iterations,
                    status: fit.status,
                })
            }
        }
    }
}

impl<M: Fittable + Sync> ModelOrLimit<M> {
    /// Covariance of the logarithms of the parameters over the resamples on which it has a maximum; none when fewer than half have one.
    /// `rows` are [`distinct`]. Of a limit it is the covariance given that the limit is the model.
    pub fn log_covariance(&self, rows: &[Weighted], seed: u64, resamples: u64) -> Option<Symmetric> {
        match self {
            ModelOrLimit::Model(_, parameters) => resampling::log_covariance::<M>(rows, *parameters, seed, resamples),
            ModelOrLimit::Limit(limit) => resampling::limit_log_covariance(rows, limit, seed, resamples),
        }
    }
}

impl<M: PurchaseModel> PurchaseModel for ModelOrLimit<M> {
    fn p_alive(&self, history: &History) -> f64 {
        match self {
            ModelOrLimit::Model(model, _) => model.p_alive(history),
            ModelOrLimit::Limit(limit) => limit.p_alive(history),
        }
    }

    fn expected(&self, history: &History, t: f64) -> f64 {
        match self {
            ModelOrLimit::Model(model, _) => model.expected(history, t),
            ModelOrLimit::Limit(limit) => limit.expected(history, t),
        }
    }

    fn at_least(&self, history: &History, t: f64, at_least: &mut [f64]) {
        match self {
            ModelOrLimit::Model(model, _) => model.at_least(history, t, at_least),
            ModelOrLimit::Limit(limit) => limit.at_least(history, t, at_least),
        }
    }

    fn expected_of_new(&self, t: f64) -> f64 {
        match self {
            ModelOrLimit::Model(model, _) => model.expected_of_new(t),
            ModelOrLimit::Limit(limit) => limit.expected_of_new(t),
        }
    }

    fn dert(&self, history: &History, delta: f64) -> f64 {
        match self {
            ModelOrLimit::Model(model, _) => model.dert(history, delta),
            ModelOrLimit::Limit(limit) => limit.dert(history, delta),
        }
    }

    fn exactly(&self, history: &History, t: f64, exactly: &mut [f64]) {
        match self {
            ModelOrLimit::Model(model, _) => model.exactly(history, t, exactly),
            ModelOrLimit::Limit(limit) => limit.exactly(history, t, exactly),
        }
    }

    fn discounted(&self, history: &History, periods: u32, period: f64, discount: f64) -> f64 {
        match self {
            ModelOrLimit::Model(model, _) => model.discounted(history, periods, period, discount),
            ModelOrLimit::Limit(limit) => limit.discounted(history, periods, period, discount),
        }
    }
}

impl LimitModel {
    /// The same with one parameter multiplied by e^`step`; a probability stays one.
    pub(super) fn moved(&self, place: usize, step: f64) -> LimitModel {
        let mut parameters = self.parameters().to_vec();
        if let Some(parameter) = parameters.get_mut(place) {
            *parameter *= f64::exp(step);
            if self.kind().probability() == Some(place) {
                *parameter = parameter.min(1.0);
            }
        }
        self.kind().with_checked(&parameters)
    }
}

/// Maximum likelihood of a model, or of the limit that its likelihood rises towards; `rows` as the customers come.
///
/// With a maximum of the model's own the fit is that of [`Fittable::fit`] to the last bit.
///
/// # Errors
/// As [`Fittable::fit`]. Where no maximum is found, or the model's search failed at a point clearly likelier than every limit, the fit is the
/// model's with its status; [`best_limit`] is a way out even then.
pub fn fit_or_limit<M: Fittable>(rows: &[Weighted]) -> Result<Fit<ModelOrLimit<M>>, FitError> {
    check(rows)?;
    fit_or_limit_distinct(&distinct(rows.to_vec()))
}

/// The same on rows that are checked and [`distinct`] already.
///
/// # Errors
/// As [`fit_or_limit`].
pub fn fit_or_limit_distinct<M: Fittable>(rows: &[Weighted]) -> Result<Fit<ModelOrLimit<M>>, FitError> {
    let start = M::start(enough(rows.iter(), 4)?.mean_t);
    let own = M::fit_distinct(rows, None)?;
    if own.converged() && !is_far(&own, &start) {
        return Ok(as_model(own));
    }
    let limit = likeliest(M::LIMITS, rows);
    let above = |fit: &Fit<M>, likelihood: f64| {
        let cancelling = M::cancelling(&four(&fit.parameters));
        fit.log_likelihood > likelihood + digits(fit, cancelling)
    };
    let least = limit.as_ref().map_or(f64::NEG_INFINITY, |limit| limit.log_likelihood);
    if own.converged() && above(&own, least) {
        return Ok(as_model(own));
    }
    let mut found: Option<Fit<M>> = None;
    for start in other_starts(limit.as_ref(), &start) {
        let Ok(fit) = M::fit_distinct(rows, Some(start)) else {
            continue;
        };
        let least = found.as_ref().map_or(least, |found| found.log_likelihood);
        if fit.converged() && above(&fit, least) {
            found = Some(fit);
        }
    }
    if let Some(found) = found {
        return Ok(as_model(found));
    }
    match limit {
        // A search that ended clearly above every limit did not run off to one: it failed.
        Some(limit) if own.converged() || !above(&own, least + INDISTINCT) => Ok(as_limit(limit)),
        _ => Ok(as_model(own)),
    }
}

/// The likeliest limit of a model, on rows that are checked and [`distinct`]: a way out where [`fit_or_limit`] finds none. None when no
/// limit has a maximum that is found.
///
/// # Errors
/// As [`fit_or_limit`].
pub fn best_limit<M: Fittable>(rows: &[Weighted]) -> Result<Option<Fit<ModelOrLimit<M>>>, FitError> {
    enough(rows.iter(), 4)?;
    Ok(likeliest(M::LIMITS, rows).map(as_limit))
}

fn likeliest(kinds: &[LimitKind], rows: &[Weighted]) -> Option<Fit<LimitModel>> {
    let mut best: Option<Fit<LimitModel>> = None;
    for kind in kinds {
        let Ok(fit) = kind.fit_distinct(rows, None) else {
            continue;
        };
        let least = best.as_ref().map_or(f64::NEG_INFINITY, |best| best.log_likelihood);
        if fit.converged() && fit.log_likelihood > least + digits(&fit, fit.model.cancelling()) {
            best = Some(fit);
        }
    }
    best
}

/// Whether the maximum of a limit is its own and not on the way to a further limit.
pub(crate) fn is_inside(fit: &Fit<LimitModel>, rows: &[Weighted]) -> bool {
    let kind = fit.model.kind();
    let Ok(enough) = enough(rows.iter(), kind.names().len()) else {
        return false;
    };
    fit.converged() && !is_far(fit, &kind.natural(&kind.start(&enough)))
}

/// Starts with the limit's rates and other ways of leaving.
fn other_starts(limit: Option<&Fit<LimitModel>>, start: &[f64; 4]) -> Vec<[f64; 4]> {
    let [r, alpha] = match limit.map(|limit| (limit.model.kind().names()[0], &limit.parameters)) {
        Some(("r", parameters)) => [parameters[0], parameters[1]],
        // Rates that hardly differ.
        Some((_, parameters)) => [10.0, 10.0 / parameters[0]],
        None => [start[0], start[1]],
    };
    let of = |[first, second]: [f64; 2]| [r, alpha, first * start[2], second * start[3]];
    STARTS_OF_LEAVING.into_iter().map(of).collect()
}

fn as_model<M: Fittable>(fit: Fit<M>) -> Fit<ModelOrLimit<M>> {
    let parameters = four(&fit.parameters);
    with_model(fit, |model| ModelOrLimit::Model(model, parameters))
}

fn as_limit<M>(fit: Fit<LimitModel>) -> Fit<ModelOrLimit<M>> {
    with_model(fit, ModelOrLimit::Limit)
}

fn with_model<M, N>(fit: Fit<M>, model: impl FnOnce(M) -> N) -> Fit<N> {
    Fit {
        model: model(fit.model),
        parameters: fit.parameters,
        standard_errors: fit.standard_errors,
        log_covariance: fit.log_covariance,
        log_likelihood: fit.log_likelihood,
        customers: fit.customers,
        distinct_rows: fit.distinct_rows,
        iterations: fit.iterations,
        status: fit.status,
    }
}
