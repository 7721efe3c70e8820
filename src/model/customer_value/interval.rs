//! How far an estimate may be off, from the uncertainty of the parameters.
//!
//! Of many customers whose parameters are told well, the logarithm of an estimate is all but linear in those of the parameters: their
//! covariance over resamples of the customers gives its interval (the delta method). Of few customers, or where a parameter may as well be
//! twice as large, it is not: the likelihood is nearly flat along some direction, the covariance along it is huge, and the exponential of it
//! absurd, although what the models forecast is much the same all along. There the whole procedure is repeated on each resample, the choice of
//! a limit included, and an interval is the bias-corrected percentiles of what it forecasts (Efron 1987). What resamples cannot tell either
//! has no interval: better none than one that nobody can believe.

use chalandise_analytics::numeric::Symmetric;
use chalandise_analytics::numeric::special::Z_95;
use chalandise_analytics::purchase::fit::Fit;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::{Spend, SpendModel};
use chalandise_analytics::purchase::limit::ModelOrLimit;
use chalandise_analytics::purchase::resampling::{
    bias_corrected, purchase_models, spend_model_log_covariance, spend_models,
};

use super::quality::Window;

/// Step of the parameters' logarithms in numerical derivatives.
const STEP: f64 = 1e-4;
/// Resamples of the customers behind the intervals, and where their chance begins.
const RESAMPLES: u64 = 200;
const SEED: u64 = 20_261_031;
/// Customers up to whom the models are repeated on each resample.
const FEW: f64 = 500.0;
/// A standard error of a parameter's logarithm above which they are, too: the interval spans a factor of 7.
const WEAK: f64 = 0.5;
/// Distinct histories above which that would take too long. So many customers leave no parameter weak that forecasts hang on.
const MOST_ROWS: usize = 5_000;
/// Share of the resamples on which there must be models.
const LEAST_RESAMPLES: f64 = 0.9;

/// A value with its 95 % interval; none where it is not determined.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) bounds: Option<(f64, f64)>,
}

impl Estimate {
    /// A value whose logarithm has this standard deviation.
    pub(super) fn log_normal(value: f64, deviation: Option<f64>) -> Estimate {
        let bounds = deviation.map(|deviation| {
            let spread = Z_95 * deviation;
            (value * (-spread).exp(), value * spread.exp())
        });
        Estimate { value, bounds }
    }
}

/// Derivatives by the logarithms of the purchase model's parameters; 0 where a limit has fewer.
pub(super) type Slopes = [f64; 4];

/// A purchase model and a spend model of one resample.
pub(super) type Models<M> = (ModelOrLimit<M>, Option<SpendModel>);

/// What is known of how far the parameters may be off.
pub(super) enum Uncertainty<M> {
    /// Covariances of the logarithms of the parameters: purchases, spend.
    Covariance(Symmetric, Option<Symmetric>),
    /// The models on the resamples that have them.
    Resampled(Vec<Models<M>>),
    /// Nothing.
    Unknown,
}

impl<M: Fittable + Sync + Send> Uncertainty<M> {
    /// Of the models in use; `spends` are the rows of the spend model.
    pub(super) fn of(
        window: &Window<'_>,
        fit: &Fit<ModelOrLimit<M>>,
        spend: Option<(&Fit<SpendModel>, &[Spend])>,
    ) -> Uncertainty<M> {
        let buyers = spend.map_or(f64::INFINITY, |(fit, _)| fit.customers);
        let too_many = window.rows.len() > MOST_ROWS;
        let are_few = fit.customers.min(buyers) <= FEW && !too_many;
        let covariance = || {
            let purchases = fit.model.log_covariance(&window.fitted_on, SEED, RESAMPLES)?;
            let spend = match spend {
                Some((fit, rows)) => Some(spend_model_log_covariance(rows, &fit.model, SEED, RESAMPLES)?),
                None => None,
            };
            Some((purchases, spend))
        };
        let covariance = if are_few { None } else { covariance() };
        match covariance {
            Some((purchases, spend)) if too_many || !(is_weak(&purchases) || spend.as_ref().is_some_and(is_weak)) => {
                Uncertainty::Covariance(purchases, spend)
            }
            None if too_many => Uncertainty::Unknown,
            _ => resampled(window, spend.map(|(_, rows)| rows)),
        }
    }

    /// Standard deviation of the logarithm of something that the purchase model says.
    pub(super) fn log_deviation(&self, model: &ModelOrLimit<M>, of: impl Fn(&ModelOrLimit<M>) -> f64) -> Option<f64> {
        match self {
            Uncertainty::Covariance(purchases, _) => Some(deviation(purchases, &log_slopes(model, of))),
            Uncertainty::Resampled(models) => {
                let mut values: Vec<f64> = models.iter().map(|(model, _)| of(model)).collect();
                let (low, high) = bias_corrected(&mut values, of(model))?;
                let deviation = (high / low).ln() / (2.0 * Z_95);
                deviation.is_finite().then_some(deviation)
            }
            Uncertainty::Unknown => None,
        }
    }
}

fn is_weak(covariance: &Symmetric) -> bool {
    (0..covariance.size()).any(|place| covariance.get(place, place).sqrt() > WEAK)
}

fn resampled<M: Fittable + Sync + Send>(window: &Window<'_>, spends: Option<&[Spend]>) -> Uncertainty<M> {
    let purchases = purchase_models::<M>(&window.fitted_on, SEED, RESAMPLES);
    let models: Vec<Models<M>> = match spends {
        Some(rows) => {
            let spends = spend_models(rows, SEED, RESAMPLES);
            let both = purchases.into_iter().zip(spends);
            both.filter_map(|(purchases, spend)| Some((purchases?, Some(spend?))))
                .collect()
        }
        None => purchases.into_iter().flatten().map(|model| (model, None)).collect(),
    };
    if (models.len() as f64) < LEAST_RESAMPLES * RESAMPLES as f64 {
        return Uncertainty::Unknown;
    }
    Uncertainty::Resampled(models)
}

/// Derivatives of the logarithm of something by the logarithms of the purchase model's parameters.
pub(super) fn log_slopes<M: Fittable>(model: &ModelOrLimit<M>, of: impl Fn(&ModelOrLimit<M>) -> f64) -> Slopes {
    let mut slopes = [0.0; 4];
    for (place, slope) in slopes.iter_mut().enumerate().take(model.names().len()) {
        let moved = |step: f64| of(&model.moved(place, step)).max(f64::MIN_POSITIVE).ln();
        *slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
    }
    slopes
}

/// Standard deviation of what has these derivatives.
fn deviation(covariance: &Symmetric, slopes: &[f64]) -> f64 {
    variance(covariance, slopes).max(0.0).sqrt()
}

/// Its variance; slopes beyond the parameters that the covariance has are none.
pub(super) fn variance(covariance: &Symmetric, slopes: &[f64]) -> f64 {
    let slopes = &slopes[..covariance.size().min(slopes.len())];
    let mut sum = 0.0;
    for (i, left) in slopes.iter().enumerate() {
        for (j, right) in slopes.iter().enumerate() {
            sum += left * covariance.get(i, j) * right;
        }
    }
    sum
}
