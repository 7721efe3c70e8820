//! What customers are worth: RFM, purchase and spend models, the forecast in use and how far to believe it.
//!
//! Input: `model/rfm` on several days and `model/purchase_days`. Output: the tables `rfm`, `model_fits`, `forecast_quality`,
//! `customer_value`, `customer_equity`.
//!
//! The steps: (1) fit every purchase model on the days before a holdout, forecast the holdout, plain and with P(no order)
//! calibrated on a window before it; (2) keep the forecast with the highest mean log score of what happened; (3) fit it anew on all
//! days, calibrated on what is now the newest window, and forecast each customer.

mod histories;
mod quality;
mod value;
mod write;

use chalandise_analytics::bg_nbd::BgNbd;
use chalandise_analytics::fit::{Fit, FitError};
use chalandise_analytics::gamma_gamma::{GammaGamma, Spend};
use chalandise_analytics::mbg_nbd::MbgNbd;
use chalandise_analytics::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase_fit::Fittable;
use chalandise_analytics::repeat_order::{CalibratedScore, earlier_window_days};
use chrono::NaiveDate;

use crate::lake::{Engine, SessionContext, Snapshot, Writer};
use crate::query::Library;

use super::{Built, ModelError};
use histories::{Known, before, purchase_days};
use quality::{Outcome, Quality, Window};
use value::Valued;

/// Days of "last year", as everywhere.
const YEAR_DAYS: f64 = 364.0;

/// Shortest holdout that says anything.
const SHORTEST_HOLDOUT_DAYS: f64 = 28.0;

/// What a fitted model adds to `model_fits`.
struct Fitted {
    fit: &'static str,
    model: &'static str,
    names: &'static [&'static str],
    parameters: Vec<f64>,
    standard_errors: Option<Vec<f64>>,
    log_likelihood: f64,
    customers: f64,
    distinct_rows: usize,
    converged: bool,
    observed_until: NaiveDate,
}

impl Fitted {
    fn of<M>(
        fit: &Fit<M>,
        kind: &'static str,
        model: &'static str,
        names: &'static [&'static str],
        until: NaiveDate,
    ) -> Fitted {
        Fitted {
            fit: kind,
            model,
            names,
            parameters: fit.parameters.clone(),
            standard_errors: fit.standard_errors.clone(),
            log_likelihood: fit.log_likelihood,
            customers: fit.customers,
            distinct_rows: fit.distinct_rows,
            converged: fit.converged(),
            observed_until: until,
        }
    }
}

/// A holdout: what was known before it and what happened in it.
struct Holdout {
    begins_after: NaiveDate,
    horizon_days: f64,
    known: Known,
    outcome: Outcome,
    /// The window before it on which forecasts are calibrated.
    earlier: Option<Earlier>,
}

struct Earlier {
    horizon_days: f64,
    known: Known,
    outcome: Outcome,
}

/// Builds the tables of customer value over a snapshot; nothing when the lake has no orders of known customers.
///
/// # Errors
/// [`ModelError`] when a query fails or the lake cannot be written. Models that cannot be fitted are no error: the tables say so.
pub async fn customer_value(
    engine: &Engine,
    library: &Library,
    snapshot: &Snapshot,
    writer: &mut Writer,
    began: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Built>, ModelError> {
    let context = engine.session(snapshot).await?;
    let Some((first_on, as_of)) = write::reach(&context).await? else {
        return Ok(Vec::new());
    };
    began("rfm");
    let known = Known::on(&context, library, as_of).await?;
    let year_ago = before(as_of, YEAR_DAYS);
    let a_year_ago = Known::on(&context, library, year_ago).await?;
    let mut built = vec![write::rfm(writer, &[(as_of, &known), (year_ago, &a_year_ago)]).await?];
    let holdout = holdout(&context, library, first_on, as_of, a_year_ago).await?;
    began("customer value: models");
    let year_before = match &holdout {
        Some(holdout) => {
            let until = holdout.begins_after;
            purchase_days(&context, library, before(until, holdout.horizon_days), until).await?
        }
        None => std::collections::HashMap::new(),
    };
    // Minutes of pure computing: on a thread of its own, so that nothing else of the program waits for it.
    let computed = tokio::task::spawn_blocking(move || {
        compute(&known, holdout.as_ref(), &year_before, as_of).map(|it| (it, known))
    });
    let (computed, known) = match computed.await {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(built),
        Err(_) => return Err(ModelError::Stopped { name: "customer value" }),
    };
    began("customer value: tables");
    built.push(write::model_fits(writer, &computed.fits).await?);
    built.push(write::forecast_quality(writer, &computed).await?);
    if let Some(valued) = &computed.valued {
        built.push(write::customer_value(writer, &known, valued, as_of).await?);
        built.push(write::customer_equity(writer, valued, as_of).await?);
    }
    Ok(built)
}

/// What the models found.
struct Computed {
    fits: Vec<Fitted>,
    qualities: Vec<Quality>,
    /// Place of the forecast in use among the qualities.
    chosen: Option<usize>,
    /// Last day before the holdout, its days, customers forecast, purchase days in it.
    held_out: Option<(NaiveDate, f64, usize, f64)>,
    valued: Option<Valued>,
}

async fn holdout(
    context: &SessionContext,
    library: &Library,
    first_on: NaiveDate,
    as_of: NaiveDate,
    a_year_ago: Known,
) -> Result<Option<Holdout>, ModelError> {
    let observed_days = (as_of - first_on).num_days() as f64;
    let horizon_days = YEAR_DAYS.min((observed_days / 2.0).floor());
    if horizon_days < SHORTEST_HOLDOUT_DAYS {
        return Ok(None);
    }
    let begins_after = before(as_of, horizon_days);
    let known = if horizon_days == YEAR_DAYS {
        a_year_ago
    } else {
        Known::on(context, library, begins_after).await?
    };
    let outcome = Outcome::of(&known, &purchase_days(context, library, begins_after, as_of).await?);
    let earlier_days = earlier_window_days(horizon_days, observed_days - horizon_days);
    let earlier = if earlier_days < SHORTEST_HOLDOUT_DAYS {
        None
    } else {
        let day = before(begins_after, earlier_days);
        let known = Known::on(context, library, day).await?;
        let outcome = Outcome::of(&known, &purchase_days(context, library, day, begins_after).await?);
        Some(Earlier {
            horizon_days: earlier_days,
            known,
            outcome,
        })
    };
    Ok(Some(Holdout {
        begins_after,
        horizon_days,
        known,
        outcome,
        earlier,
    }))
}

/// Fits, compares, chooses and forecasts; none when there is nobody to forecast.
fn compute(
    known: &Known,
    holdout: Option<&Holdout>,
    year_before: &std::collections::HashMap<u64, u32>,
    as_of: NaiveDate,
) -> Option<Computed> {
    if known.len() == 0 {
        return None;
    }
    let mut computed = Computed {
        fits: Vec::new(),
        qualities: Vec::new(),
        chosen: None,
        held_out: None,
        valued: None,
    };
    if let Some(holdout) = holdout {
        try_models(holdout, year_before, &mut computed);
    }
    let scores = computed.qualities.iter().enumerate();
    computed.chosen = scores
        .filter_map(|(place, quality)| quality.mean_log_score.map(|score| (place, score)))
        .max_by(|left, right| left.1.total_cmp(&right.1))
        .map(|(place, _)| place);
    // Without a holdout nothing tells models apart: the one that most people know.
    let (model, calibrated) = computed.chosen.map_or((BG_NBD, false), |place| {
        let chosen = &computed.qualities[place];
        (chosen.model, chosen.calibrated)
    });
    let window = Window::new(known);
    let learn_from = holdout.filter(|_| calibrated);
    match model {
        MBG_NBD => value_with::<MbgNbd>(MBG_NBD, &window, learn_from, as_of, &mut computed),
        PARETO_NBD => value_with::<ParetoNbd>(PARETO_NBD, &window, learn_from, as_of, &mut computed),
        _ => value_with::<BgNbd>(BG_NBD, &window, learn_from, as_of, &mut computed),
    }
    Some(computed)
}

const BG_NBD: &str = "bg-nbd";
const MBG_NBD: &str = "mbg-nbd";
const PARETO_NBD: &str = "pareto-nbd";

fn try_models(holdout: &Holdout, year_before: &std::collections::HashMap<u64, u32>, computed: &mut Computed) {
    let window = Window::new(&holdout.known);
    let earlier = holdout
        .earlier
        .as_ref()
        .map(|earlier| (earlier, Window::new(&earlier.known)));
    computed.held_out = Some((
        holdout.begins_after,
        holdout.horizon_days,
        holdout.known.len(),
        holdout.outcome.happened.iter().sum(),
    ));
    let earlier = earlier.as_ref();
    // Side by side, since each takes its time; in one order afterwards.
    let tried = std::thread::scope(|scope| {
        let models = [
            scope.spawn(|| try_model::<BgNbd>(BG_NBD, holdout, &window, earlier)),
            scope.spawn(|| try_model::<MbgNbd>(MBG_NBD, holdout, &window, earlier)),
            scope.spawn(|| try_model::<ParetoNbd>(PARETO_NBD, holdout, &window, earlier)),
        ];
        models.map(|model| model.join().unwrap_or_default())
    });
    for (fit, qualities) in tried {
        computed.fits.extend(fit);
        computed.qualities.extend(qualities);
    }
    computed
        .qualities
        .push(quality::recency_alone(&holdout.known, &holdout.outcome));
    if holdout.horizon_days == YEAR_DAYS {
        let yardstick = quality::same_days_a_year_before(&holdout.known, year_before, &holdout.outcome);
        computed.qualities.push(yardstick);
    }
}

/// One model on the days before the holdout, plain and calibrated.
fn try_model<M: Fittable>(
    name: &'static str,
    holdout: &Holdout,
    window: &Window<'_>,
    earlier: Option<&(&Earlier, Window<'_>)>,
) -> (Option<Fitted>, Vec<Quality>) {
    let Some(fit) = fitted::<M>(name, window.fit::<M>()) else {
        return (None, Vec::new());
    };
    let described = Fitted::of(&fit, "calibration", name, &M::NAMES, holdout.begins_after);
    let mut qualities = Vec::new();
    if fit.converged() {
        let plain = window.forecast(&fit.model, holdout.horizon_days, None, &holdout.outcome);
        qualities.push(plain.quality(name, false, &holdout.outcome));
        let score =
            earlier.and_then(|(earlier, window)| learnt::<M>(name, window, earlier.horizon_days, &earlier.outcome));
        if let Some(score) = score {
            let calibrated = window.forecast(&fit.model, holdout.horizon_days, Some(&score), &holdout.outcome);
            qualities.push(calibrated.quality(name, true, &holdout.outcome));
        }
    }
    (Some(described), qualities)
}

/// The calibration learnt from a window, by the model fitted on what was known then.
fn learnt<M: Fittable>(
    name: &'static str,
    window: &Window<'_>,
    horizon_days: f64,
    outcome: &Outcome,
) -> Option<CalibratedScore> {
    let fit = fitted::<M>(name, window.fit::<M>()).filter(Fit::converged)?;
    window.learn(&fit.model, horizon_days, outcome)
}

/// A fit, or a line in the log: customers too few for a model are no error of the build.
fn fitted<M>(name: &'static str, fit: Result<Fit<M>, FitError>) -> Option<Fit<M>> {
    match fit {
        Ok(fit) if fit.converged() => Some(fit),
        Ok(fit) => {
            tracing::warn!(
                model = name,
                "the likelihood has no maximum that was found; the model is not used"
            );
            Some(fit)
        }
        Err(error) => {
            tracing::warn!(model = name, "the model is not used: {error}");
            None
        }
    }
}

/// The forecast in use: fitted on all days, calibrated on the newest window when that was better.
fn value_with<M: Fittable>(
    name: &'static str,
    window: &Window<'_>,
    learn_from: Option<&Holdout>,
    as_of: NaiveDate,
    computed: &mut Computed,
) {
    let Some(fit) = fitted::<M>(name, window.fit::<M>()) else {
        return;
    };
    computed.fits.push(Fitted::of(&fit, "current", name, &M::NAMES, as_of));
    let spend = fitted("gamma-gamma", GammaGamma::fit(&spend(window.known), None));
    if let Some(spend) = &spend {
        computed
            .fits
            .push(Fitted::of(spend, "current", "gamma-gamma", &GammaGamma::NAMES, as_of));
    }
    if !fit.converged() {
        return;
    }
    let spend = spend.filter(Fit::converged);
    let score = learn_from.and_then(|holdout| {
        learnt::<M>(
            name,
            &Window::new(&holdout.known),
            holdout.horizon_days,
            &holdout.outcome,
        )
    });
    computed.valued = Some(value::of(name, window, &fit, spend.as_ref(), score.as_ref()));
}

fn spend(known: &Known) -> Vec<Spend> {
    let rows = known.histories.iter().zip(&known.repeat_values);
    rows.filter(|(history, value)| history.x > 0 && **value > 0.0)
        .map(|(history, value)| Spend {
            x: history.x,
            mean_value: *value,
            weight: 1.0,
        })
        .collect()
}
