//! Forecasts held against what happened: every model fitted on the days before a holdout, plain and calibrated.

use std::collections::HashMap;

use chalandise_analytics::forecast::repeat_order::{CalibratedScore, Features, with_p_order};
use chalandise_analytics::forecast::{auc, bias, brier, mean_absolute_error, mean_log_score};
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::fit::{Fit, FitError};
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::limit::{ModelOrLimit, best_limit, fit_or_limit_distinct};
use chalandise_analytics::purchase::rfm::{History, Weighted, distinct};
use chalandise_analytics::purchase::season::SeasonClock;

use super::histories::{Known, days_since_epoch};

/// A forecast for every customer, as far as the outcome needs it.
pub(super) struct Forecast {
    /// Expected purchase days.
    pub(super) expected: Vec<f64>,
    /// P(at least one).
    pub(super) p_order: Vec<f64>,
    /// Probability that was given to what happened.
    pub(super) of_what_happened: Vec<f64>,
}

/// How good a forecast was.
#[derive(Clone, Debug)]
pub(super) struct Quality {
    pub(super) model: &'static str,
    /// Whether time ran by the season.
    pub(super) seasonal: bool,
    pub(super) calibrated: bool,
    pub(super) expected_orders: Option<f64>,
    pub(super) bias: Option<f64>,
    pub(super) mean_absolute_error: Option<f64>,
    pub(super) mean_log_score: Option<f64>,
    pub(super) auc: Option<f64>,
    pub(super) brier: Option<f64>,
}

/// What happened to customers within the horizon.
pub(super) struct Outcome {
    /// Purchase days.
    pub(super) counts: Vec<u32>,
    /// Whether there was one.
    pub(super) ordered: Vec<bool>,
    /// The same counts as numbers.
    pub(super) happened: Vec<f64>,
}

impl Outcome {
    pub(super) fn of(known: &Known, later: &HashMap<u64, u32>) -> Outcome {
        let counts: Vec<u32> = known
            .keys
            .iter()
            .map(|key| later.get(key).copied().unwrap_or(0))
            .collect();
        Outcome {
            ordered: counts.iter().map(|count| *count > 0).collect(),
            happened: counts.iter().copied().map(f64::from).collect(),
            counts,
        }
    }
}

/// Customers on a day, with their histories as a clock counts them.
pub(super) struct Window<'a> {
    pub(super) known: &'a Known,
    pub(super) clock: &'a SeasonClock,
    /// For each customer his history, in days of the clock.
    pub(super) histories: Vec<History>,
    /// Distinct histories.
    pub(super) rows: Vec<Weighted>,
    /// Those that models are fitted on: of customers whose whole history is known, since a customer whose first purchases are missing
    /// looks new and buys like an old one.
    pub(super) fitted_on: Vec<Weighted>,
    /// For each customer the place of his history among them.
    pub(super) places: Vec<u32>,
}

impl<'a> Window<'a> {
    pub(super) fn new(known: &'a Known, clock: &'a SeasonClock) -> Window<'a> {
        let as_of = days_since_epoch(known.as_of);
        let days = known.first_on.iter().zip(&known.last_on);
        let on_clock = days.zip(&known.histories).map(|((first, last), history)| History {
            x: history.x,
            t_x: clock.elapsed(*first, *last),
            t: clock.elapsed(*first, as_of),
        });
        let histories: Vec<History> = on_clock.collect();
        let one = |history: &History| Weighted {
            history: *history,
            weight: 1.0,
        };
        let rows = distinct(histories.iter().map(one).collect());
        let fitted_on = if known.whole_only() {
            let whole = histories.iter().zip(&known.whole).filter(|(_, whole)| **whole);
            distinct(whole.map(|(history, _)| one(history)).collect())
        } else {
            rows.clone()
        };
        let order = |history: &History| (history.x, history.t_x.to_bits(), history.t.to_bits());
        let place = |history| rows.partition_point(|row| order(&row.history) < order(history));
        let places = histories
            .iter()
            .map(|history| u32::try_from(place(history)).unwrap_or(u32::MAX));
        let places = places.collect();
        Window {
            known,
            clock,
            histories,
            rows,
            fitted_on,
            places,
        }
    }

    /// So many days from this window's day, as its clock counts them.
    pub(super) fn ahead(&self, days: f64) -> f64 {
        let as_of = days_since_epoch(self.known.as_of);
        self.clock.elapsed(as_of, as_of.saturating_add(days as i32))
    }

    /// A model fitted, or the limit that its likelihood rises towards.
    pub(super) fn fit<M: Fittable>(&self) -> Result<Fit<ModelOrLimit<M>>, FitError> {
        fit_or_limit_distinct::<M>(&self.fitted_on)
    }

    /// The likeliest limit of a model, whatever became of the model itself; none when none of them has a maximum.
    pub(super) fn fit_limit<M: Fittable>(&self) -> Result<Option<Fit<ModelOrLimit<M>>>, FitError> {
        best_limit::<M>(&self.fitted_on)
    }

    /// What the calibration knows of customer `index`, given the model's P(order).
    pub(super) fn features(&self, index: usize, p_order: f64) -> Features {
        let history = &self.known.histories[index];
        Features {
            p_order,
            frequency: history.x,
            gap_days: history.t - history.t_x,
            mean_value: self.known.mean_values[index],
        }
    }

    /// Learns the calibration from what happened within `horizon_days` of this window's day.
    pub(super) fn learn(
        &self,
        model: &impl PurchaseModel,
        horizon_days: f64,
        outcome: &Outcome,
    ) -> Option<CalibratedScore> {
        let p_orders = self.p_orders(model, self.ahead(horizon_days));
        let whole_only = self.known.whole_only();
        let learnt: Vec<_> = (0..self.known.len())
            .filter(|index| self.known.whole[*index] || !whole_only)
            .map(|index| {
                let p_order = p_orders[self.places[index] as usize];
                (self.features(index, p_order), outcome.ordered[index], 1.0)
            })
            .collect();
        CalibratedScore::learn(&learnt)
    }

    /// P(at least one purchase within the horizon, in days of the clock) of each distinct history.
    fn p_orders(&self, model: &impl PurchaseModel, horizon: f64) -> Vec<f64> {
        let p_order = |row: &Weighted| {
            let mut at_least = [0.0];
            model.at_least(&row.history, horizon, &mut at_least);
            at_least[0]
        };
        self.rows.iter().map(p_order).collect()
    }

    /// Forecasts each customer from this window's day.
    pub(super) fn forecast(
        &self,
        model: &impl PurchaseModel,
        horizon_days: f64,
        score: Option<&CalibratedScore>,
        outcome: &Outcome,
    ) -> Forecast {
        let horizon = self.ahead(horizon_days);
        // As many places as the most that anyone of a history bought, once for all who share it.
        let mut most = vec![0_u32; self.rows.len()];
        for (place, count) in self.places.iter().zip(&outcome.counts) {
            let most = &mut most[*place as usize];
            *most = (*most).max(*count);
        }
        let shared: Vec<(f64, Vec<f64>)> = self
            .rows
            .iter()
            .zip(&most)
            .map(|(row, most)| {
                let mut exactly = vec![0.0; *most as usize + 2];
                model.exactly(&row.history, horizon, &mut exactly);
                (model.expected(&row.history, horizon), exactly)
            })
            .collect();
        let mut forecast = Forecast {
            expected: Vec::with_capacity(self.known.len()),
            p_order: Vec::with_capacity(self.known.len()),
            of_what_happened: Vec::with_capacity(self.known.len()),
        };
        for index in 0..self.known.len() {
            let (mut expected, mut exactly) = shared[self.places[index] as usize].clone();
            if let Some(score) = score {
                let p_order = score.p_order(&self.features(index, 1.0 - exactly[0]));
                expected *= with_p_order(&mut exactly, p_order);
            }
            forecast.expected.push(expected);
            forecast.p_order.push(1.0 - exactly[0]);
            forecast.of_what_happened.push(exactly[outcome.counts[index] as usize]);
        }
        forecast
    }
}

impl Forecast {
    /// How good it was.
    pub(super) fn quality(&self, model: &'static str, seasonal: bool, calibrated: bool, outcome: &Outcome) -> Quality {
        Quality {
            model,
            seasonal,
            calibrated,
            expected_orders: Some(self.expected.iter().sum()),
            bias: bias(&self.expected, &outcome.happened),
            mean_absolute_error: Some(mean_absolute_error(&self.expected, &outcome.happened)),
            mean_log_score: Some(mean_log_score(&self.of_what_happened)),
            auc: auc(&self.p_order, &outcome.ordered),
            brier: Some(brier(&self.p_order, &outcome.ordered)),
        }
    }
}

/// The yardstick of ranking: who bought lately orders again.
pub(super) fn recency_alone(known: &Known, outcome: &Outcome) -> Quality {
    let scores: Vec<f64> = known.last_on.iter().copied().map(f64::from).collect();
    Quality {
        auc: auc(&scores, &outcome.ordered),
        ..yardstick("recency")
    }
}

/// The yardstick of counting: as many purchase days as in the same days a year before.
pub(super) fn same_days_a_year_before(known: &Known, year_before: &HashMap<u64, u32>, outcome: &Outcome) -> Quality {
    let expected: Vec<f64> = known
        .keys
        .iter()
        .map(|key| f64::from(year_before.get(key).copied().unwrap_or(0)))
        .collect();
    Quality {
        expected_orders: Some(expected.iter().sum()),
        bias: bias(&expected, &outcome.happened),
        mean_absolute_error: Some(mean_absolute_error(&expected, &outcome.happened)),
        auc: auc(&expected, &outcome.ordered),
        ..yardstick("year-before")
    }
}

fn yardstick(model: &'static str) -> Quality {
    Quality {
        model,
        seasonal: false,
        calibrated: false,
        expected_orders: None,
        bias: None,
        mean_absolute_error: None,
        mean_log_score: None,
        auc: None,
        brier: None,
    }
}
