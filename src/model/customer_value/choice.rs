//! Which forecast to use: every purchase model tried on a holdout, the best of them also on a clock that runs by the season.
//!
//! Each is tried plain and with P(no order) calibrated on a window before the holdout. A model whose likelihood rises towards a limit is
//! tried as that limit, under its own name. Chosen is the one with the highest mean log score of what happened in the holdout; without
//! a holdout BG/NBD, plain. Where it has no maximum on all days, the next is used that has one.

use std::collections::HashMap;

use chalandise_analytics::forecast::repeat_order::CalibratedScore;
use chalandise_analytics::forecast::tracking::{expected_cumulative, observed_cumulative};
use chalandise_analytics::forecast::{Bin, by_frequency};
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::fit::Fit;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::season::SeasonClock;
use chrono::NaiveDate;

use super::histories::{Day, Known, days_since_epoch};
use super::quality::{self, Forecast, Outcome, Quality, Window};
use super::season;
use super::{Fitted, YEAR_DAYS, add, settled};
use crate::status::{Models, Status, Statuses};

/// Frequencies of more repeats are one bin.
const MOST_REPEATS: u32 = 7;
/// Days between the points of a tracking curve.
const WEEK_DAYS: i32 = 7;

/// The purchase models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model {
    BetaGeometric,
    ModifiedBetaGeometric,
    Pareto,
}

impl Model {
    pub(super) const ALL: [Model; 3] = [Model::BetaGeometric, Model::ModifiedBetaGeometric, Model::Pareto];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Model::BetaGeometric => "bg-nbd",
            Model::ModifiedBetaGeometric => "mbg-nbd",
            Model::Pareto => "pareto-nbd",
        }
    }
}

/// Calls a function that is generic over the purchase model with the model at hand.
macro_rules! with_model {
    ($model:expr, $function:ident($($argument:expr),* $(,)?)) => {
        match $model {
            $crate::customer_value::choice::Model::BetaGeometric => {
                $function::<chalandise_analytics::purchase::bg_nbd::BgNbd>($($argument),*)
            }
            $crate::customer_value::choice::Model::ModifiedBetaGeometric => {
                $function::<chalandise_analytics::purchase::mbg_nbd::MbgNbd>($($argument),*)
            }
            $crate::customer_value::choice::Model::Pareto => {
                $function::<chalandise_analytics::purchase::pareto_nbd::ParetoNbd>($($argument),*)
            }
        }
    };
}
pub(super) use with_model;

/// A holdout: what was known before it and what happened in it.
pub(super) struct Holdout {
    pub(super) begins_after: NaiveDate,
    pub(super) horizon_days: f64,
    pub(super) known: Known,
    pub(super) outcome: Outcome,
    /// Purchase days of each customer in the same days a year before, by the hash of his id.
    pub(super) year_before: HashMap<u64, u32>,
    /// Purchases by day, of the customers known before the holdout.
    pub(super) days: Vec<Day>,
    /// The same as it was known before the holdout.
    pub(super) days_before: Vec<Day>,
    /// The window before it on which forecasts are calibrated.
    pub(super) earlier: Option<Earlier>,
}

/// A window whose outcome was known before the holdout.
pub(super) struct Earlier {
    pub(super) horizon_days: f64,
    pub(super) known: Known,
    pub(super) outcome: Outcome,
}

/// A forecast of the holdout.
pub(super) struct Candidate {
    pub(super) quality: Quality,
    /// By the number of repeats known.
    pub(super) bins: Vec<Bin>,
    /// The model that was fitted, itself or as a limit of it; none of a yardstick.
    model: Option<Model>,
    tracking: Vec<Tracked>,
}

/// A point of the tracking curve.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tracked {
    /// Days since 1970-01-01.
    pub(super) day: i32,
    /// Repeat purchase days up to it.
    pub(super) expected: f64,
    pub(super) observed: f64,
}

/// The forecasts that were tried.
#[derive(Default)]
pub(super) struct Choice {
    pub(super) candidates: Vec<Candidate>,
    /// Place of the best.
    pub(super) chosen: Option<usize>,
    /// Place of the one in use: the best, unless that has no maximum on all days.
    pub(super) in_use: Option<usize>,
}

/// What is to be fitted on all days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) model: Model,
    pub(super) seasonal: bool,
    pub(super) calibrated: bool,
    /// Place of the candidate that it repeats; none when it was not tried.
    pub(super) candidate: Option<usize>,
}

impl Choice {
    /// What to fit on all days, in the order in which to try: the candidates from the best on, then the models that are none, plain; of
    /// what is fitted alike the better one. Without candidates the first is the model that most people know.
    pub(super) fn rules(&self) -> Vec<Rule> {
        let tried = self.best_first().into_iter().filter_map(|place| {
            let Candidate { model, quality, .. } = &self.candidates[place];
            Some(Rule {
                model: (*model)?,
                seasonal: quality.seasonal,
                calibrated: quality.calibrated,
                candidate: Some(place),
            })
        });
        let untried = Model::ALL.map(|model| Rule {
            model,
            seasonal: false,
            calibrated: false,
            candidate: None,
        });
        let mut rules: Vec<Rule> = Vec::new();
        for rule in tried.chain(untried) {
            if !rules
                .iter()
                .any(|known| (known.model, known.seasonal) == (rule.model, rule.seasonal))
            {
                rules.push(rule);
            }
        }
        rules
    }

    /// The tracking curve of the model in use; empty without one.
    pub(super) fn tracking(&self) -> &[Tracked] {
        self.in_use.map_or(&[], |place| &self.candidates[place].tracking)
    }

    /// Places of the forecasts with a mean log score, the highest first.
    fn best_first(&self) -> Vec<usize> {
        let scored = self.candidates.iter().enumerate();
        let mut scored: Vec<(usize, f64)> = scored
            .filter_map(|(place, candidate)| Some((place, candidate.quality.mean_log_score?)))
            .collect();
        // Equals stay in order: plain before calibrated, flat before seasonal.
        scored.sort_by(|left, right| right.1.total_cmp(&left.1));
        scored.into_iter().map(|(place, _)| place).collect()
    }

    fn settle(&mut self) {
        self.chosen = self.best_first().first().copied();
        self.in_use = self.chosen;
    }
}

/// Tries every model on the holdout.
pub(super) fn choose(holdout: &Holdout, fits: &mut Vec<Fitted>, statuses: &mut Statuses) -> Choice {
    let flat = SeasonClock::flat();
    let trial = Trial::new(holdout, &flat, false);
    let mut choice = Choice::default();
    // Side by side, since each takes its time; in one order afterwards.
    let tried = std::thread::scope(|scope| {
        let trial = &trial;
        let threads = Model::ALL.map(|model| scope.spawn(move || with_model!(model, try_model(model, trial))));
        threads.map(|thread| thread.join().ok())
    });
    for tried in tried.into_iter().flatten() {
        tried.into(&mut choice, fits, statuses);
    }
    choice.settle();
    if let Some(model) = choice.chosen.and_then(|place| choice.candidates[place].model)
        && let Some(clock) = with_model!(model, season_before(&trial, statuses))
    {
        let trial = Trial::new(holdout, &clock, true);
        with_model!(model, try_model(model, &trial)).into(&mut choice, fits, statuses);
        choice.settle();
    }
    let yardstick = |quality| Candidate {
        quality,
        bins: Vec::new(),
        model: None,
        tracking: Vec::new(),
    };
    let (known, outcome) = (&holdout.known, &holdout.outcome);
    choice
        .candidates
        .push(yardstick(quality::recency_alone(known, outcome)));
    if holdout.horizon_days == YEAR_DAYS {
        let a_year_before = quality::same_days_a_year_before(known, &holdout.year_before, outcome);
        choice.candidates.push(yardstick(a_year_before));
    }
    choice
}

/// The holdout on a clock.
struct Trial<'a> {
    holdout: &'a Holdout,
    window: Window<'a>,
    earlier: Option<(&'a Earlier, Window<'a>)>,
    seasonal: bool,
}

impl<'a> Trial<'a> {
    fn new(holdout: &'a Holdout, clock: &'a SeasonClock, seasonal: bool) -> Trial<'a> {
        let earlier = holdout.earlier.as_ref();
        Trial {
            holdout,
            window: Window::new(&holdout.known, clock),
            earlier: earlier.map(|earlier| (earlier, Window::new(&earlier.known, clock))),
            seasonal,
        }
    }
}

/// One model tried.
struct Tried {
    fit: Option<Fitted>,
    model: Model,
    /// What the fit has found: the model's name, or its limit's.
    used: Option<&'static str>,
    status: Status,
    /// On the season's clock: one that does not help is no fault of the model.
    seasonal: bool,
    candidates: Vec<Candidate>,
}

impl Tried {
    fn into(self, choice: &mut Choice, fits: &mut Vec<Fitted>, statuses: &mut Statuses) {
        let name = self.model.name();
        match self.used {
            _ if self.seasonal => {}
            Some(used) if self.status.has_result() => {
                let reason = (self.status != Status::Ok).then_some(Status::NoMaximum);
                statuses.note_models(name, self.status, Models::of(name, used), reason);
            }
            _ => statuses.note(name, self.status),
        }
        if let Some(fit) = self.fit {
            add(fits, fit);
        }
        // Two models may have one limit, which is one forecast.
        for candidate in self.candidates {
            let key = |of: &Candidate| (of.quality.model, of.quality.seasonal, of.quality.calibrated);
            if !choice.candidates.iter().any(|known| key(known) == key(&candidate)) {
                choice.candidates.push(candidate);
            }
        }
    }
}

/// One model on the days before the holdout, plain and calibrated.
fn try_model<M: Fittable>(model: Model, trial: &Trial<'_>) -> Tried {
    let name = model.name();
    let (holdout, window) = (trial.holdout, &trial.window);
    let (fit, status) = settled(name, window.fit::<M>());
    let used = fit.as_ref().map(|fit| fit.model.name());
    let described = fit.as_ref().map(|fit| {
        let kind = if trial.seasonal {
            "calibration-season"
        } else {
            "calibration"
        };
        Fitted::of_purchases(fit, kind, holdout.begins_after)
    });
    let mut candidates = Vec::new();
    if let Some(fit) = fit.filter(Fit::converged) {
        let days: Vec<Day> = fitted_on(&holdout.known, &holdout.days);
        let tracking = tracking(&fit.model, window.clock, &days, days_since_epoch(holdout.begins_after));
        let mut add = |score: Option<&CalibratedScore>| {
            let forecast = window.forecast(&fit.model, holdout.horizon_days, score, &holdout.outcome);
            candidates.push(Candidate {
                quality: forecast.quality(fit.model.name(), trial.seasonal, score.is_some(), &holdout.outcome),
                bins: bins(window, &forecast, &holdout.outcome),
                model: Some(model),
                tracking: tracking.clone(),
            });
        };
        add(None);
        let score = trial
            .earlier
            .as_ref()
            .and_then(|(earlier, window)| learnt::<M>(name, window, earlier.horizon_days, &earlier.outcome));
        if score.is_some() {
            add(score.as_ref());
        }
    }
    Tried {
        fit: described,
        model,
        used,
        status,
        seasonal: trial.seasonal,
        candidates,
    }
}

/// The calibration learnt from a window, by the model fitted on what was known then.
pub(super) fn learnt<M: Fittable>(
    name: &'static str,
    window: &Window<'_>,
    horizon_days: f64,
    outcome: &Outcome,
) -> Option<CalibratedScore> {
    let fit = settled::<M>(name, window.fit::<M>()).0.filter(Fit::converged)?;
    window.learn(&fit.model, horizon_days, outcome)
}

/// The season before the holdout, under a model on the plain calendar.
fn season_before<M: Fittable>(trial: &Trial<'_>, statuses: &mut Statuses) -> Option<SeasonClock> {
    let fit = trial.window.fit::<M>().ok().filter(Fit::converged)?;
    let until = days_since_epoch(trial.holdout.begins_after);
    let days = fitted_on(&trial.holdout.known, &trial.holdout.days_before);
    season::estimate(&fit.model, &days, until, statuses)
}

/// The days with the customers that models are fitted on.
pub(super) fn fitted_on(known: &Known, days: &[Day]) -> Vec<Day> {
    let whole_only = known.whole_only();
    days.iter().map(|day| day.fitted_on(whole_only)).collect()
}

fn bins(window: &Window<'_>, forecast: &Forecast, outcome: &Outcome) -> Vec<Bin> {
    let frequency: Vec<u32> = window.histories.iter().map(|history| history.x).collect();
    by_frequency(&frequency, &forecast.expected, &outcome.happened, MOST_REPEATS)
}

/// Repeat purchases up to the end of each week, expected and observed; a week ends where the holdout begins.
fn tracking(model: &impl PurchaseModel, clock: &SeasonClock, days: &[Day], begins_after: i32) -> Vec<Tracked> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Vec::new();
    };
    let first_end = begins_after - (begins_after - first.day).max(0) / WEEK_DAYS * WEEK_DAYS;
    let ends: Vec<i32> = (first_end..=last.day).step_by(WEEK_DAYS as usize).collect();
    let time = |day: i32| clock.elapsed(first.day, day);
    let births: Vec<(f64, f64)> = days
        .iter()
        .filter(|day| day.new_customers > 0.0)
        .map(|day| (time(day.day), day.new_customers))
        .collect();
    let repeats: Vec<(f64, f64)> = days.iter().map(|day| (time(day.day), day.repeats)).collect();
    let at: Vec<f64> = ends.iter().copied().map(time).collect();
    let (expected, observed) = (
        expected_cumulative(model, &births, &at),
        observed_cumulative(&repeats, &at),
    );
    let points = ends.into_iter().zip(expected.into_iter().zip(observed));
    points
        .map(|(day, (expected, observed))| Tracked {
            day,
            expected,
            observed,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(model: Model, seasonal: bool, calibrated: bool, mean_log_score: f64) -> Candidate {
        Candidate {
            quality: Quality {
                model: model.name(),
                seasonal,
                calibrated,
                expected_orders: None,
                bias: None,
                mean_absolute_error: None,
                mean_log_score: Some(mean_log_score),
                auc: None,
                brier: None,
            },
            bins: Vec::new(),
            model: Some(model),
            tracking: Vec::new(),
        }
    }

    #[test]
    fn the_next_best_is_tried_next_and_every_model_in_the_end() {
        let mut choice = Choice::default();
        let all = |choice: &Choice| -> Vec<(Model, bool, bool, Option<usize>)> {
            let rules = choice.rules().into_iter();
            rules
                .map(|it| (it.model, it.seasonal, it.calibrated, it.candidate))
                .collect()
        };
        let untried = |model| (model, false, false, None);
        assert_eq!(all(&choice), Model::ALL.map(untried));
        choice.candidates = vec![
            candidate(Model::ModifiedBetaGeometric, false, false, -1.5),
            candidate(Model::ModifiedBetaGeometric, false, true, -1.2),
            candidate(Model::Pareto, false, false, -1.3),
            candidate(Model::Pareto, false, true, -1.1),
            candidate(Model::Pareto, true, true, -1.0),
            candidate(Model::Pareto, true, false, -1.0),
        ];
        choice.settle();
        assert_eq!((choice.chosen, choice.in_use), (Some(4), Some(4)));
        // What differs by its calibration alone is fitted alike.
        assert_eq!(
            all(&choice),
            [
                (Model::Pareto, true, true, Some(4)),
                (Model::Pareto, false, true, Some(3)),
                (Model::ModifiedBetaGeometric, false, true, Some(1)),
                untried(Model::BetaGeometric),
            ]
        );
    }
}
