//! Each customer's forecast and worth, with intervals from the uncertainty of the parameters.

use chalandise_analytics::fit::Fit;
use chalandise_analytics::gamma_gamma::GammaGamma;
use chalandise_analytics::numeric::Symmetric;
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase_fit::Fittable;
use chalandise_analytics::repeat_order::{CalibratedScore, with_p_order};
use chalandise_analytics::rfm::Weighted;

use super::quality::Window;

/// Days of the forecast of orders.
pub(super) const FORECAST_DAYS: f64 = 365.0;
/// Months of the CLV.
pub(super) const CLV_MONTHS: u32 = 36;
/// Discount of margin a year from now.
pub(super) const ANNUAL_DISCOUNT: f64 = 0.08;

const MONTH_DAYS: f64 = 365.25 / 12.0;
/// Of a normal distribution, within which 95 % lie.
const NINETY_FIVE: f64 = 1.959_963_984_540_054;
/// Step of the parameters' logarithms in numerical derivatives.
const STEP: f64 = 1e-4;

/// The forecast of all customers.
pub(super) struct Valued {
    pub(super) model: &'static str,
    /// Gross margin as a share of net revenue, where orders state it.
    pub(super) margin_rate: Option<f64>,
    pub(super) customers: Vec<CustomerForecast>,
    /// Sum of the CLVs and its 95 % interval; none without a spend model.
    pub(super) total: Option<(f64, f64, f64)>,
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
    /// CLV and its 95 % interval.
    pub(super) clv: Option<(f64, f64, f64)>,
}

/// What all customers of one history share.
struct Shared {
    p_alive: f64,
    expected: f64,
    at_least: [f64; 3],
    /// Discounted purchases of the CLV's months, and the derivatives of their logarithm by the logarithms of the parameters.
    discounted: f64,
    slopes: [f64; 4],
}

pub(super) fn of<M: Fittable>(
    name: &'static str,
    window: &Window<'_>,
    fit: &Fit<M>,
    spend: Option<&Fit<GammaGamma>>,
    score: Option<&CalibratedScore>,
) -> Valued {
    let shared: Vec<Shared> = window.rows.iter().map(|row| shared(fit, row)).collect();
    let margin_rate = window.known.margin_rate();
    let mut customers = Vec::with_capacity(window.known.len());
    let mut sum = Total::default();
    for index in 0..window.known.len() {
        let shared = &shared[window.places[index] as usize];
        let mut exactly = [
            1.0 - shared.at_least[0],
            shared.at_least[0] - shared.at_least[1],
            shared.at_least[1] - shared.at_least[2],
        ];
        let factor = score.map_or(1.0, |score| {
            with_p_order(&mut exactly, score.p_order(&window.features(index, shared.at_least[0])))
        });
        let history = &window.known.histories[index];
        let mean = window.known.repeat_values[index];
        let expected_value = spend.and_then(|spend| spend.model.expected_value(history.x, mean));
        let purchases = shared.discounted * factor;
        let clv = spend.zip(expected_value).map(|(spend, value)| {
            let clv = purchases * value * margin_rate.unwrap_or(1.0);
            let slopes = sum.add(clv, &shared.slopes, &value_slopes(&spend.model, history.x, mean, value));
            let spread = NINETY_FIVE
                * deviation(
                    fit.log_covariance.as_ref(),
                    &slopes.0,
                    spend.log_covariance.as_ref(),
                    &slopes.1,
                );
            (clv, clv * (-spread).exp(), clv * spread.exp())
        });
        customers.push(CustomerForecast {
            p_alive: shared.p_alive,
            expected_orders: shared.expected * factor,
            at_least: shared.at_least.map(|chance| (chance * factor).min(1.0)),
            calibration: factor,
            expected_value,
            clv,
        });
    }
    let total = spend.map(|spend| {
        let (by_purchases, by_value) = sum.slopes();
        let spread = NINETY_FIVE
            * deviation(
                fit.log_covariance.as_ref(),
                &by_purchases,
                spend.log_covariance.as_ref(),
                &by_value,
            );
        (sum.value, sum.value - spread, sum.value + spread)
    });
    Valued {
        model: name,
        margin_rate,
        customers,
        total,
    }
}

fn discounted(model: &impl PurchaseModel, row: &Weighted) -> f64 {
    let monthly = (1.0 + ANNUAL_DISCOUNT).powf(1.0 / 12.0) - 1.0;
    model.discounted(&row.history, CLV_MONTHS, MONTH_DAYS, monthly)
}

fn shared<M: Fittable>(fit: &Fit<M>, row: &Weighted) -> Shared {
    let mut at_least = [0.0; 3];
    fit.model.at_least(&row.history, FORECAST_DAYS, &mut at_least);
    let mut slopes = [0.0; 4];
    for (index, slope) in slopes.iter_mut().enumerate() {
        let moved = |step: f64| {
            let mut parameters = [
                fit.parameters[0],
                fit.parameters[1],
                fit.parameters[2],
                fit.parameters[3],
            ];
            parameters[index] *= f64::exp(step);
            discounted(&M::with(parameters), row).max(f64::MIN_POSITIVE).ln()
        };
        *slope = (moved(STEP) - moved(-STEP)) / (2.0 * STEP);
    }
    Shared {
        p_alive: fit.model.p_alive(&row.history),
        expected: fit.model.expected(&row.history, FORECAST_DAYS),
        at_least,
        discounted: discounted(&fit.model, row),
        slopes,
    }
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

/// Standard deviation from slopes by two independent sets of parameters.
fn deviation(first: Option<&Symmetric>, by_first: &[f64], second: Option<&Symmetric>, by_second: &[f64]) -> f64 {
    let variance = |covariance: Option<&Symmetric>, slopes: &[f64]| {
        let Some(covariance) = covariance else { return 0.0 };
        let mut sum = 0.0;
        for (i, left) in slopes.iter().enumerate() {
            for (j, right) in slopes.iter().enumerate() {
                sum += left * covariance.get(i, j) * right;
            }
        }
        sum
    };
    (variance(first, by_first) + variance(second, by_second))
        .max(0.0)
        .sqrt()
}

/// The sum of CLVs and of their derivatives.
#[derive(Default)]
struct Total {
    value: f64,
    by_purchases: [f64; 4],
    by_value: [f64; 3],
}

impl Total {
    /// Adds a customer; gives back the slopes of his own logarithm.
    fn add(&mut self, clv: f64, by_purchases: &[f64; 4], by_value: &[f64; 3]) -> ([f64; 4], [f64; 3]) {
        self.value += clv;
        for (sum, slope) in self.by_purchases.iter_mut().zip(by_purchases) {
            *sum += clv * slope;
        }
        for (sum, slope) in self.by_value.iter_mut().zip(by_value) {
            *sum += clv * slope;
        }
        (*by_purchases, *by_value)
    }

    fn slopes(&self) -> ([f64; 4], [f64; 3]) {
        (self.by_purchases, self.by_value)
    }
}
