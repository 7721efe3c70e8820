//! Each customer's forecast and worth, with intervals from the uncertainty of the parameters.

use chalandise_analytics::forecast::repeat_order::{CalibratedScore, with_p_order};
use chalandise_analytics::numeric::side_by_side;
use chalandise_analytics::numeric::special::Z_95;
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::fit::Fit;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::{Spend, SpendModel};
use chalandise_analytics::purchase::limit::ModelOrLimit;
use chalandise_analytics::purchase::resampling::bias_corrected;
use chalandise_analytics::purchase::rfm::Weighted;

use super::interval::{Estimate, Models, Slopes, Uncertainty, log_slopes, variance};
use super::quality::Window;

/// Days of the forecast of orders: a year, which is as long on every clock.
pub(super) const FORECAST_DAYS: f64 = 365.0;
/// Months of the CLV.
pub(super) const CLV_MONTHS: u32 = 36;
/// Discount of margin a year from now.
pub(super) const ANNUAL_DISCOUNT: f64 = 0.08;

pub(super) const MONTH_DAYS: f64 = 365.25 / 12.0;

/// The models in use, with how far their parameters might be off.
pub(super) struct Basis<M> {
    pub(super) fit: Fit<ModelOrLimit<M>>,
    pub(super) spend: Option<Fit<SpendModel>>,
    /// Calibration of P(order), when the chosen forecast has one.
    pub(super) score: Option<CalibratedScore>,
    /// Gross margin as a share of net revenue, where orders state it.
    pub(super) margin_rate: Option<f64>,
    pub(super) uncertainty: Uncertainty<M>,
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

impl Valued {
    /// Whether whatever has a value has an interval.
    pub(super) fn has_intervals(&self) -> bool {
        let of_customers = self.customers.iter().filter_map(|customer| customer.clv);
        of_customers.chain(self.total).all(|estimate| estimate.bounds.is_some())
    }
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

/// What all customers of one history share.
struct Shared {
    p_alive: f64,
    expected: f64,
    at_least: [f64; 3],
    /// Discounted purchases of the CLV's months.
    discounted: f64,
    spread: Spread,
}

/// How far their purchases may be off.
enum Spread {
    /// Derivatives of the logarithm of the discounted purchases by the logarithms of the parameters.
    Slopes(Slopes),
    /// P(at least 1) and discounted purchases under the model of each resample.
    Resampled(Vec<(f64, f64)>),
    Unknown,
}

impl<M: Fittable + Sync + Send> Basis<M> {
    /// The models in use.
    pub(super) fn new(
        window: &Window<'_>,
        fit: Fit<ModelOrLimit<M>>,
        spend: Option<(Fit<SpendModel>, &[Spend])>,
        score: Option<CalibratedScore>,
    ) -> Basis<M> {
        let uncertainty = Uncertainty::of(window, &fit, spend.as_ref().map(|(fit, rows)| (fit, *rows)));
        Basis {
            fit,
            spend: spend.map(|(fit, _)| fit),
            score,
            margin_rate: window.known.margin_rate(),
            uncertainty,
        }
    }

    /// Forecasts each customer of a window.
    pub(super) fn forecast(&self, window: &Window<'_>) -> Valued {
        let shared: Vec<Shared> = side_by_side(window.rows.len() as u64, |row| self.shared(&window.rows[row as usize]));
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
            let clv = worth.map(|worth| self.estimate(window, index, worth.clv(), &shared.spread, &mut sum));
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
        Valued {
            model: self.fit.model.name(),
            margin_rate: self.margin_rate,
            customers,
            total: self.spend.as_ref().map(|_| self.total(sum.cents / 100.0, &mut sum)),
            purchases: sum.purchases,
        }
    }

    /// A customer's CLV with its interval, added to the sum.
    fn estimate(&self, window: &Window<'_>, index: usize, clv: f64, spread: &Spread, sum: &mut Total) -> Estimate {
        // Cents, as sums over the table have them.
        sum.cents += (clv * 100.0).round();
        match (spread, &self.uncertainty) {
            (Spread::Slopes(by_purchases), Uncertainty::Covariance(..)) => {
                let by_value = self.value_slopes(window, index);
                sum.add(clv, by_purchases, &by_value);
                Estimate::log_normal(clv, self.deviation(by_purchases, &by_value))
            }
            (Spread::Resampled(chances), Uncertainty::Resampled(models)) => {
                let (x, mean) = (window.histories[index].x, window.known.repeat_values[index]);
                let of_resample = |((chance, discounted), (_, spend)): (&(f64, f64), &Models<M>)| {
                    let value = spend.as_ref().and_then(|spend| spend.expected_value(x, mean));
                    discounted
                        * self.factor(window, index, &[*chance])
                        * value.unwrap_or(f64::NAN)
                        * self.margin_rate.unwrap_or(1.0)
                };
                let mut values: Vec<f64> = chances.iter().zip(models).map(of_resample).collect();
                sum.resampled.resize(values.len(), 0.0);
                for (sum, value) in sum.resampled.iter_mut().zip(&values) {
                    *sum += value;
                }
                Estimate {
                    value: clv,
                    bounds: bias_corrected(&mut values, clv),
                }
            }
            _ => Estimate {
                value: clv,
                bounds: None,
            },
        }
    }

    /// The sum of the CLVs with its interval.
    fn total(&self, value: f64, sum: &mut Total) -> Estimate {
        let bounds = match &self.uncertainty {
            Uncertainty::Covariance(..) => {
                let deviation = self.deviation(&sum.by_purchases, &sum.by_value);
                deviation.map(|deviation| (value - Z_95 * deviation, value + Z_95 * deviation))
            }
            Uncertainty::Resampled(_) => bias_corrected(&mut sum.resampled, value),
            Uncertainty::Unknown => None,
        };
        Estimate { value, bounds }
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

    fn value_slopes(&self, window: &Window<'_>, index: usize) -> [f64; 3] {
        let (x, mean) = (window.histories[index].x, window.known.repeat_values[index]);
        self.spend
            .as_ref()
            .map_or([0.0; 3], |spend| spend.model.log_slopes(x, mean))
    }

    /// Standard deviation of something with these derivatives by the logarithms of the parameters.
    fn deviation(&self, by_purchases: &Slopes, by_value: &[f64; 3]) -> Option<f64> {
        let Uncertainty::Covariance(purchases, spend) = &self.uncertainty else {
            return None;
        };
        let of_spend = spend.as_ref().map_or(0.0, |spend| variance(spend, by_value));
        Some((variance(purchases, by_purchases) + of_spend).max(0.0).sqrt())
    }

    fn shared(&self, row: &Weighted) -> Shared {
        let model = &self.fit.model;
        let mut at_least = [0.0; 3];
        model.at_least(&row.history, FORECAST_DAYS, &mut at_least);
        let spread = match &self.uncertainty {
            Uncertainty::Covariance(..) => Spread::Slopes(log_slopes(model, |model| discounted(model, row))),
            Uncertainty::Resampled(models) => {
                let of = |(model, _): &Models<M>| {
                    let mut at_least = [0.0];
                    model.at_least(&row.history, FORECAST_DAYS, &mut at_least);
                    (at_least[0], discounted(model, row))
                };
                Spread::Resampled(models.iter().map(of).collect())
            }
            Uncertainty::Unknown => Spread::Unknown,
        };
        Shared {
            p_alive: model.p_alive(&row.history),
            expected: model.expected(&row.history, FORECAST_DAYS),
            at_least,
            discounted: discounted(model, row),
            spread,
        }
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

/// The sum of CLVs, and of their derivatives or of what each resample makes of them.
#[derive(Default)]
struct Total {
    cents: f64,
    purchases: f64,
    by_purchases: Slopes,
    by_value: [f64; 3],
    resampled: Vec<f64>,
}

impl Total {
    /// Adds a customer with the derivatives of the logarithm of his CLV.
    fn add(&mut self, clv: f64, by_purchases: &Slopes, by_value: &[f64; 3]) {
        for (sum, slope) in self.by_purchases.iter_mut().zip(by_purchases) {
            *sum += clv * slope;
        }
        for (sum, slope) in self.by_value.iter_mut().zip(by_value) {
            *sum += clv * slope;
        }
    }
}
