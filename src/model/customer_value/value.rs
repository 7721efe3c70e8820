//! Each customer's forecast and worth, with intervals from the uncertainty of the parameters.

use chalandise_analytics::forecast::repeat_order::{CalibratedScore, with_p_order};
use chalandise_analytics::numeric::Symmetric;
use chalandise_analytics::numeric::special::Z_95;
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::fit::Fit;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::{GammaGamma, Spend};
use chalandise_analytics::purchase::limit::ModelOrLimit;
use chalandise_analytics::purchase::resampling::spend_log_covariance;
use chalandise_analytics::purchase::rfm::Weighted;

use super::quality::Window;

/// Days of the forecast of orders: a year, which is as long on every clock.
pub(super) const FORECAST_DAYS: f64 = 365.0;
/// Months of the CLV.
pub(super) const CLV_MONTHS: u32 = 36;
/// Discount of margin a year from now.
pub(super) const ANNUAL_DISCOUNT: f64 = 0.08;

pub(super) const MONTH_DAYS: f64 = 365.25 / 12.0;
/// Step of the parameters' logarithms in numerical derivatives.
const STEP: f64 = 1e-4;
/// Resamples of the customers behind the intervals, and where their chance begins.
const RESAMPLES: u64 = 200;
const SEED: u64 = 20_261_031;

/// The models in use, with how far their parameters might be off.
pub(super) struct Basis<M> {
    pub(super) fit: Fit<ModelOrLimit<M>>,
    pub(super) spend: Option<Fit<GammaGamma>>,
    /// Calibration of P(order), when the chosen forecast has one.
    pub(super) score: Option<CalibratedScore>,
    /// Gross margin as a share of net revenue, where orders state it.
    pub(super) margin_rate: Option<f64>,
    covariance: Option<Symmetric>,
    spend_covariance: Option<Symmetric>,
}

/// The forecast of all customers.
pub(super) struct Valued {
    pub(super) model: &'static str,
    pub(super) margin_rate: Option<f64>,
    pub(super) customers: Vec<CustomerForecast>,
    /// Sum of the CLVs and its 95 % interval; none without a spend model.
    pub(super) total: Option<Estimate>,
    /// Discounted purchases of the CLV's months, of all customers.
    pub(super) purchases: f64,
}

/// A value with its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// The forecast of one customer.
#[derive(Clone, Copy, Debug)]
pub(super) struct CustomerForecast {
    pub(super) p_alive: f64,
    pub(super) expected_orders: f64,
    /// P(at least 1, 2, 3).
    pub(super) at_least: [f64; 3],
    /// Factor by which the calibrated P(order) changed the forecast.
    pub(super) calibration: f64,
    pub(super) expected_value: Option<f64>,
    /// What the CLV is made of.
    pub(super) worth: Option<Worth>,
    pub(super) clv: Option<Estimate>,
}

/// What a customer is worth, in its two parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Worth {
    /// Discounted purchases of the CLV's months.
    pub(super) purchases: f64,
    /// Margin of each, in money.
    pub(super) margin: f64,
}

impl Worth {
    pub(super) fn clv(self) -> f64 {
        self.purchases * self.margin
    }
}

/// Derivatives by the logarithms of the purchase model's parameters; 0 where a limit has fewer.
pub(super) type Slopes = [f64; 4];

/// What all customers of one history share.
struct Shared {
    p_alive: f64,
    expected: f64,
    at_least: [f64; 3],
    /// Discounted purchases of the CLV's months, and the derivatives of their logarithm by the logarithms of the parameters.
    discounted: f64,
    slopes: Slopes,
}

impl<M: Fittable + Sync> Basis<M> {
    /// The models in use, their covariances found by resampling the customers; from the observed information where resamples have
    /// no maximum.
    pub(super) fn new(
        window: &Window<'_>,
        fit: Fit<ModelOrLimit<M>>,
        spend: Option<(Fit<GammaGamma>, &[Spend])>,
        score: Option<CalibratedScore>,
    ) -> Basis<M> {
        let resampled = fit.model.log_covariance(&window.fitted_on, SEED, RESAMPLES);
        let covariance = resampled.or_else(|| fit.log_covariance.clone());
        let spend_covariance = spend.as_ref().and_then(|(fit, rows)| {
            let parameters = [fit.parameters[0], fit.parameters[1], fit.parameters[2]];
            spend_log_covariance(rows, parameters, SEED, RESAMPLES).or_else(|| fit.log_covariance.clone())
        });
        Basis {
            fit,
            spend: spend.map(|(fit, _)| fit),
            score,
            margin_rate: window.known.margin_rate(),
            covariance,
            spend_covariance,
        }
    }

    /// Forecasts each customer of a window.
    pub(super) fn forecast(&self, window: &Window<'_>) -> Valued {
        let shared: Vec<Shared> = window.rows.iter().map(|row| self.shared(row)).collect();
        let mut customers = Vec::with_capacity(window.known.len());
        let mut sum = Total::default();
        for index in 0..window.known.len() {
            let shared = &shared[window.places[index] as usize];
            let factor = self.factor(window, index, &shared.at_least);
            let purchases = shared.discounted * factor;
            sum.purchases += purchases;
            let expected_value = self.expected_value(window, index);
            let worth = expected_value.map(|value| Worth {
                purchases,
                margin: value * self.margin_rate.unwrap_or(1.0),
            });
            let clv = expected_value.zip(worth).map(|(value, worth)| {
                let clv = worth.clv();
                let by_value = self.value_slopes(window, index, value);
                sum.add(clv, &shared.slopes, &by_value);
                let spread = Z_95 * self.deviation(&shared.slopes, &by_value);
                Estimate {
                    value: clv,
                    low: clv * (-spread).exp(),
                    high: clv * spread.exp(),
                }
            });
            customers.push(CustomerForecast {
                p_alive: shared.p_alive,
                expected_orders: shared.expected * factor,
                at_least: shared.at_least.map(|chance| (chance * factor).min(1.0)),
                calibration: factor,
                expected_value,
                worth,
                clv,
            });
        }
        let total = self.spend.as_ref().map(|_| {
            let spread = Z_95 * self.deviation(&sum.by_purchases, &sum.by_value);
            let value = sum.cents / 100.0;
            Estimate {
                value,
                low: value - spread,
                high: value + spread,
            }
        });
        Valued {
            model: self.fit.model.name(),
            margin_rate: self.margin_rate,
            customers,
            total,
            purchases: sum.purchases,
        }
    }

    /// What each customer of a window is worth; none where the spend model has no mean.
    pub(super) fn worths(&self, window: &Window<'_>) -> Vec<Option<Worth>> {
        let of = |row: &Weighted| {
            let mut at_least = [0.0];
            self.fit.model.at_least(&row.history, FORECAST_DAYS, &mut at_least);
            (at_least, discounted(&self.fit.model, row))
        };
        let shared: Vec<([f64; 1], f64)> = window.rows.iter().map(of).collect();
        (0..window.known.len())
            .map(|index| {
                let (at_least, discounted) = &shared[window.places[index] as usize];
                let margin = self.expected_value(window, index)? * self.margin_rate.unwrap_or(1.0);
                Some(Worth {
                    purchases: discounted * self.factor(window, index, at_least),
                    margin,
                })
            })
            .collect()
    }

    /// Factor by which the calibration changes a customer's forecast, given P(at least 1, ...) of the model.
    fn factor(&self, window: &Window<'_>, index: usize, at_least: &[f64]) -> f64 {
        self.score.as_ref().map_or(1.0, |score| {
            let mut exactly = [1.0 - at_least[0], at_least[0]];
            with_p_order(&mut exactly, score.p_order(&window.features(index, at_least[0])))
        })
    }

    /// Expected net revenue of a purchase of a customer; none where the spend model has no mean.
    pub(super) fn expected_value(&self, window: &Window<'_>, index: usize) -> Option<f64> {
        let (x, mean) = (window.histories[index].x, window.known.repeat_values[index]);
        self.spend.as_ref()?.model.expected_value(x, mean)
    }

    fn value_slopes(&self, window: &Window<'_>, index: usize, value: f64) -> [f64; 3] {
        let (x, mean) = (window.histories[index].x, window.known.repeat_values[index]);
        self.spend
            .as_ref()
            .map_or([0.0; 3], |spend| value_slopes(&spend.model, x, mean, value))
    }

    /// Standard deviation of something with these derivatives by the logarithms of the parameters.
    pub(super) fn deviation(&self, by_purchases: &Slopes, by_value: &[f64; 3]) -> f64 {
        let (first, second) = (self.covariance.as_ref(), self.spend_covariance.as_ref());
        (variance(first, by_purchases) + variance(second, by_value))
            .max(0.0)
            .sqrt()
    }

    fn shared(&self, row: &Weighted) -> Shared {
        let model = &self.fit.model;
        let mut at_least = [0.0; 3];
        model.at_least(&row.history, FORECAST_DAYS, &mut at_least);
        Shared {
            p_alive: model.p_alive(&row.history),
            expected: model.expected(&row.history, FORECAST_DAYS),
            at_least,
            discounted: discounted(model, row),
            slopes: self.log_slopes(|model| discounted(model, row)),
        }
    }

    /// Derivatives of the logarithm of something by the logarithms of the purchase model's parameters.
    pub(super) fn log_slopes(&self, of: impl Fn(&ModelOrLimit<M>) -> f64) -> Slopes {
        let model = &self.fit.model;
        let mut slopes = [0.0; 4];
        for (place, slope) in slopes.iter_mut().enumerate().take(model.names().len()) {
            let moved = |step: f64| of(&model.moved(place, step)).max(f64::MIN_POSITIVE).ln();
            *slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
        }
        slopes
    }
}

/// Discount of a month.
pub(super) fn monthly_discount() -> f64 {
    (1.0 + ANNUAL_DISCOUNT).powf(1.0 / 12.0) - 1.0
}

/// Discounted purchases of the CLV's months. They are whole years, which are as long on every clock.
fn discounted(model: &impl PurchaseModel, row: &Weighted) -> f64 {
    model.discounted(&row.history, CLV_MONTHS, MONTH_DAYS, monthly_discount())
}

/// Derivatives of the logarithm of the expected value by the logarithms of p, q, gamma: of p (gamma + x m) / (p x + q - 1).
fn value_slopes(model: &GammaGamma, x: u32, mean: f64, value: f64) -> [f64; 3] {
    let x = f64::from(x);
    let below = model.p * x + model.q - 1.0;
    let own = model.gamma + x * mean;
    if value <= 0.0 || below <= 0.0 {
        return [0.0; 3];
    }
    [1.0 - model.p * x / below, -model.q / below, model.gamma / own]
}

/// Slopes beyond the parameters that the covariance has are none.
fn variance(covariance: Option<&Symmetric>, slopes: &[f64]) -> f64 {
    let Some(covariance) = covariance else { return 0.0 };
    let slopes = &slopes[..covariance.size().min(slopes.len())];
    let mut sum = 0.0;
    for (i, left) in slopes.iter().enumerate() {
        for (j, right) in slopes.iter().enumerate() {
            sum += left * covariance.get(i, j) * right;
        }
    }
    sum
}

/// The sum of CLVs and of their derivatives.
#[derive(Default)]
struct Total {
    cents: f64,
    purchases: f64,
    by_purchases: Slopes,
    by_value: [f64; 3],
}

impl Total {
    /// Adds a customer with the derivatives of the logarithm of his CLV. The value adds up cents, as sums over the table do.
    fn add(&mut self, clv: f64, by_purchases: &Slopes, by_value: &[f64; 3]) {
        self.cents += (clv * 100.0).round();
        for (sum, slope) in self.by_purchases.iter_mut().zip(by_purchases) {
            *sum += clv * slope;
        }
        for (sum, slope) in self.by_value.iter_mut().zip(by_value) {
            *sum += clv * slope;
        }
    }
}
