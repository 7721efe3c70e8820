//! What customers are worth: RFM, purchase and spend models, the forecast in use and how far to believe it, customer equity.
//!
//! Input: the queries of `queries/model/`. Output: the tables `rfm`, `model_status`, `model_fits`, `season_index`,
//! `forecast_quality`, `forecast_bins`, `forecast_tracking`, `customer_value`, `value_bridge`, `customer_equity`,
//! `customers_to_come`, `acquisition_value`, `persona_traits`, `next_purchases`.
//!
//! The steps: (1) `choice`: every purchase model is tried on a holdout; (2) `value`: the best that has a maximum on all days is fitted
//! on them and forecasts each customer; (3) `bridge`: the same models value the base of a year ago; (4) `equity`: customers to come and
//! costs; (5) `personas`: who they are and what they buy next.

mod bridge;
mod choice;
mod equity;
mod histories;
mod interval;
mod personas;
mod purchases;
mod quality;
mod season;
mod tables;

mod value;
mod write;

use std::collections::HashMap;
use std::ops::ControlFlow;

use async_trait::async_trait;
use chalandise_analytics::forecast::repeat_order::earlier_window_days;
use chalandise_analytics::purchase::fit::{Fit, FitError};
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::{self, Settled, Spend, SpendKind, SpendModel, Without};
use chalandise_analytics::purchase::limit::ModelOrLimit;
use chalandise_analytics::purchase::season::SeasonClock;
use chrono::NaiveDate;

use chalandise_lake::contract::Table;

use super::inputs::Inputs;
use super::read::{days_of_orders, numbers, texts};
use super::status::{Models, Status, Statuses, fitted, of_error};
use super::{Built, Model, ModelError, Run};
use choice::{Choice, Earlier, Holdout, Rule, choose, learnt, with_model};
use equity::{Costs, Equity, equity, last_year};
use histories::{Day, Known, before, by_day, days_since_epoch, purchase_days};
use personas::{Personas, personas};
use purchases::bought;
use quality::{Outcome, Window};
use value::{Basis, Valued, Worth};

/// Days of "last year", as everywhere.
const YEAR_DAYS: f64 = 364.0;

/// Shortest holdout that says anything.
const SHORTEST_HOLDOUT_DAYS: f64 = 28.0;

/// What a fitted model adds to `model_fits`.
struct Fitted {
    fit: String,
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
        kind: &str,
        model: &'static str,
        names: &'static [&'static str],
        until: NaiveDate,
    ) -> Fitted {
        Fitted {
            fit: kind.to_owned(),
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

    fn of_purchases<M: Fittable>(fit: &Fit<ModelOrLimit<M>>, kind: &str, until: NaiveDate) -> Fitted {
        Fitted::of(fit, kind, fit.model.name(), fit.model.names(), until)
    }
}

/// Adds a fit. Of one model there is one on the same days: the first, or the first with a maximum.
fn add(fits: &mut Vec<Fitted>, fit: Fitted) {
    let is_same = |known: &&mut Fitted| known.fit == fit.fit && known.model == fit.model;
    match fits.iter_mut().find(is_same) {
        Some(known) if fit.converged && !known.converged => *known = fit,
        Some(_) => {}
        None => fits.push(fit),
    }
}

/// As [`fitted`], of a purchase model or a limit of it.
fn settled<M: Fittable>(
    name: &'static str,
    fit: Result<Fit<ModelOrLimit<M>>, FitError>,
) -> (Option<Fit<ModelOrLimit<M>>>, Status) {
    let (fit, status) = fitted(name, fit);
    let limit = fit.as_ref().and_then(|fit| fit.model.limit());
    match (status, limit) {
        (Status::Ok, Some(_)) => (fit, Status::Limit),
        _ => (fit, status),
    }
}

/// All that is read from the lake.
struct Read {
    known: Known,
    /// The customers as they were a year ago; none when the data do not reach so far.
    year_ago: Option<Known>,
    holdout: Option<Holdout>,
    /// Purchases by day, of all customers.
    days: Vec<Day>,
    costs: Option<Costs>,
}

/// What the models found.
struct Computed {
    statuses: Statuses,
    fits: Vec<Fitted>,
    choice: Choice,
    /// The season in the purchases, and whether the clock of the model in use runs by it.
    season: Option<(SeasonClock, bool)>,
    valued: Option<Valued>,
    bridge: Vec<bridge::Row>,
    clv_last_year: Vec<Option<f64>>,
    equity: Equity,
}

/// What customers are worth; no tables when the lake has no orders of known customers.
#[derive(Debug)]
pub(super) struct CustomerValue;

#[async_trait]
impl Model for CustomerValue {
    fn name(&self) -> &'static str {
        "customer_value"
    }

    fn queries(&self) -> &'static [&'static str] {
        &[
            "base/as_of",
            "model/categories",
            "model/costs",
            "model/purchase_categories",
            "model/purchase_days",
            "model/purchases_by_day",
            "model/rfm",
            "model/web_to_store",
        ]
    }

    fn tables(&self) -> Vec<Table> {
        tables::tables()
    }

    async fn build(&self, run: &mut Run<'_>) -> Result<Vec<Built>, ModelError> {
        build(run).await
    }
}

async fn build(run: &mut Run<'_>) -> Result<Vec<Built>, ModelError> {
    let Run { inputs, writer, began } = run;
    let inputs = &*inputs;
    let Some((first_on, as_of)) = days_of_orders(inputs).await? else {
        return Ok(Vec::new());
    };
    began("rfm");
    let mut read = read(inputs, first_on, as_of).await?;
    let mut days = vec![(as_of, &read.known)];
    days.extend(read.a_year_ago().map(|known| (known.as_of, known)));
    let mut built = vec![write::rfm(writer, &days).await?];
    if read.known.len() == 0 {
        return Ok(built);
    }
    read.let_go()?;
    began("customer value: models");
    // Minutes of pure computing: on a thread of its own, so that nothing else of the program waits for it.
    let (mut computed, read) = apart(move || (compute(&read), read)).await?;
    built.extend(write::forecasts(writer, read.holdout.as_ref(), &computed.choice).await?);
    let Read { known, days, .. } = read;
    let (known, personas) = match computed.valued.take() {
        Some(valued) => {
            began("customer value: personas");
            let bought = bought(inputs, &known, &days).await?;
            let mut statuses = std::mem::take(&mut computed.statuses);
            let found = apart(move || {
                let personas = personas(&known, &bought, &valued, &mut statuses);
                (known, valued, statuses, personas)
            });
            let (known, valued, statuses, personas) = found.await?;
            (computed.valued, computed.statuses) = (Some(valued), statuses);
            (known, personas)
        }
        None => (known, Personas::default()),
    };
    began("customer value: tables");
    built.push(write::model_status(writer, &computed.statuses).await?);
    built.push(write::model_fits(writer, &computed.fits).await?);
    built.push(write::season_index(writer, computed.season.as_ref()).await?);
    if let Some(valued) = &computed.valued {
        let clock = computed.clock();
        let window = Window::new(&known, &clock);
        built.push(write::customer_value(writer, &window, valued, &computed, &personas).await?);
        built.push(write::value_bridge(writer, &computed.bridge).await?);
        built.extend(write::equity(writer, &computed.equity, as_of).await?);
        built.extend(write::personas(writer, &personas).await?);
    }
    Ok(built)
}

/// Computes on a thread of its own.
async fn apart<T: Send + 'static>(compute: impl FnOnce() -> T + Send + 'static) -> Result<T, ModelError> {
    tokio::task::spawn_blocking(compute)
        .await
        .map_err(|_| ModelError::Stopped { name: "customer value" })
}

impl Computed {
    /// The clock of the model in use.
    fn clock(&self) -> SeasonClock {
        match &self.season {
            Some((clock, true)) => clock.clone(),
            _ => SeasonClock::flat(),
        }
    }

    /// Notes which model gives the values, and which was to.
    fn note_purchases(&mut self, attempt: &Attempt, status: Status, used: &'static str) {
        let Attempt { rule, chosen, .. } = attempt;
        let on_clock = |name: &str, seasonal: bool| format!("{name}{}", if seasonal { "-seasonal" } else { "" });
        let status = if (rule.model, rule.seasonal) == (chosen.model, chosen.seasonal) {
            status
        } else {
            Status::NextBest
        };
        let models = Models::of(
            on_clock(chosen.model.name(), chosen.seasonal),
            on_clock(used, rule.seasonal),
        );
        let reason = (status != Status::Ok).then_some(Status::NoMaximum);
        self.statuses.note_models("purchases", status, models, reason);
        self.choice.in_use = rule.candidate.or(self.choice.chosen);
    }
}

impl Read {
    /// Lets go of what only `rfm` needed.
    fn let_go(&mut self) -> Result<(), ModelError> {
        let held_out = self.holdout.as_mut().map(|holdout| &mut holdout.known);
        for known in self.year_ago.as_mut().into_iter().chain(held_out) {
            known.rows.clear();
        }
        self.known.keep_columns(&write::FROM_RFM)
    }

    /// The customers a year ago, who are often those before the holdout too.
    fn a_year_ago(&self) -> Option<&Known> {
        let year_ago = before(self.known.as_of, YEAR_DAYS);
        let held_out = self.holdout.as_ref().map(|holdout| &holdout.known);
        self.year_ago
            .as_ref()
            .or(held_out.filter(|known| known.as_of == year_ago))
            .filter(|known| known.len() > 0)
    }
}

async fn read(inputs: &Inputs<'_>, first_on: NaiveDate, as_of: NaiveDate) -> Result<Read, ModelError> {
    let holdout = holdout(inputs, first_on, as_of).await?;
    let year_ago = before(as_of, YEAR_DAYS);
    let is_read = holdout.as_ref().is_some_and(|holdout| holdout.begins_after == year_ago);
    let known = Known::on(inputs, as_of).await?;
    let days = by_day(inputs, as_of, as_of).await?;
    Ok(Read {
        known,
        year_ago: if is_read || year_ago < first_on {
            None
        } else {
            Some(Known::on(inputs, year_ago).await?)
        },
        holdout,
        days,
        costs: costs(inputs, first_on, as_of).await?,
    })
}

async fn holdout(inputs: &Inputs<'_>, first_on: NaiveDate, as_of: NaiveDate) -> Result<Option<Holdout>, ModelError> {
    let observed_days = (as_of - first_on).num_days() as f64;
    let horizon_days = YEAR_DAYS.min((observed_days / 2.0).floor());
    if horizon_days < SHORTEST_HOLDOUT_DAYS {
        return Ok(None);
    }
    let begins_after = before(as_of, horizon_days);
    let known = Known::on(inputs, begins_after).await?;
    let outcome = Outcome::of(&known, &purchase_days(inputs, begins_after, as_of).await?);
    let earlier_days = earlier_window_days(horizon_days, observed_days - horizon_days);
    let earlier = if earlier_days < SHORTEST_HOLDOUT_DAYS {
        None
    } else {
        let day = before(begins_after, earlier_days);
        let mut known = Known::on(inputs, day).await?;
        known.rows.clear();
        let outcome = Outcome::of(&known, &purchase_days(inputs, day, begins_after).await?);
        Some(Earlier {
            horizon_days: earlier_days,
            known,
            outcome,
        })
    };
    let a_horizon_before = before(begins_after, horizon_days);
    Ok(Some(Holdout {
        begins_after,
        horizon_days,
        year_before: purchase_days(inputs, a_horizon_before, begins_after).await?,
        days: by_day(inputs, begins_after, as_of).await?,
        days_before: by_day(inputs, begins_after, begins_after).await?,
        known,
        outcome,
        earlier,
    }))
}

/// What marketing and service cost in the last twelve whole months of orders; where some of them have no costs at all, as much more.
/// None without any.
async fn costs(inputs: &Inputs<'_>, first_on: NaiveDate, as_of: NaiveDate) -> Result<Option<Costs>, ModelError> {
    let Some(year) = last_year(first_on, as_of) else {
        return Ok(None);
    };
    let (from_on, to_on) = (year.from_on, year.to_on);
    let (mut costs, mut found) = (Costs::default(), false);
    for batch in inputs
        .run("model/costs", &[("from_on", from_on), ("to_on", to_on)])
        .await?
    {
        let (purposes, channels) = (texts(&batch, "purpose")?, texts(&batch, "sales_channel")?);
        let (amounts, months) = (numbers(&batch, "cost")?, numbers(&batch, "months")?);
        for (row, purpose) in purposes.iter().enumerate() {
            found = true;
            let in_all = amounts[row] * year.months / months[row];
            match purpose.as_str() {
                "acquisition" => *costs.acquisition.entry(channels[row].clone()).or_default() += in_all,
                "retention" => costs.retention += in_all,
                _ => costs.service += in_all,
            }
        }
    }
    Ok(found.then_some(costs))
}

/// Fits, compares, chooses and forecasts.
fn compute(read: &Read) -> Computed {
    let mut computed = Computed {
        statuses: Statuses::default(),
        fits: Vec::new(),
        choice: Choice::default(),
        season: None,
        valued: None,
        bridge: Vec::new(),
        clv_last_year: Vec::new(),
        equity: Equity::default(),
    };
    match &read.holdout {
        Some(holdout) => {
            computed.statuses.note("holdout", Status::Ok);
            computed.choice = choose(holdout, &mut computed.fits, &mut computed.statuses);
        }
        None => computed.statuses.note("holdout", Status::TooShort),
    }
    let rules = computed.choice.rules();
    // The best that has a maximum; where none has, the likeliest limit of the first that has one.
    let limits = rules.iter().filter(|rule| !rule.seasonal);
    let attempts = rules
        .iter()
        .map(|rule| (rule, false))
        .chain(limits.map(|rule| (rule, true)));
    for (rule, as_limit) in attempts {
        let attempt = Attempt {
            rule: *rule,
            chosen: rules[0],
            as_limit,
        };
        if with_model!(rule.model, value_with(&attempt, read, &mut computed)).is_break() {
            break;
        }
    }
    computed
}

/// What is tried on all days.
struct Attempt {
    rule: Rule,
    /// What was to be used.
    chosen: Rule,
    /// Only the limits of the model, since it has no maximum and none of them stood out.
    as_limit: bool,
}

impl Attempt {
    fn fit<M: Fittable>(&self, window: &Window<'_>) -> Result<Option<Fit<ModelOrLimit<M>>>, FitError> {
        if self.as_limit {
            window.fit_limit::<M>()
        } else {
            window.fit::<M>().map(Some)
        }
    }
}

/// The forecast in use: fitted on all days, on the season's clock and calibrated on the newest window where that was better. Goes on
/// where there is no maximum.
fn value_with<M: Fittable + Sync + Send>(attempt: &Attempt, read: &Read, computed: &mut Computed) -> ControlFlow<()> {
    let rule = attempt.rule;
    let name = rule.model.name();
    let flat = SeasonClock::flat();
    let on_calendar = Window::new(&read.known, &flat);
    let Some(plain) = attempt.fit::<M>(&on_calendar).transpose() else {
        return ControlFlow::Continue(());
    };
    let until = days_since_epoch(read.known.as_of);
    computed.season = plain
        .as_ref()
        .ok()
        .filter(|fit| fit.converged())
        .and_then(|fit| {
            season::estimate(
                &fit.model,
                &choice::fitted_on(&read.known, &read.days),
                until,
                &mut computed.statuses,
            )
        })
        .map(|clock| (clock, rule.seasonal));
    let clock = computed.clock();
    let (window, fit) = if rule.seasonal {
        let window = Window::new(&read.known, &clock);
        let fit = window.fit::<M>();
        (window, fit)
    } else {
        (on_calendar, plain)
    };
    let (fit, status) = settled(name, fit);
    let Some(fit) = fit else {
        // Too few customers for one model are too few for all.
        computed.statuses.note("purchases", status);
        return ControlFlow::Break(());
    };
    let until = read.known.as_of;
    add(&mut computed.fits, Fitted::of_purchases(&fit, "current", until));
    if !fit.converged() {
        computed.statuses.note("purchases", status);
        return ControlFlow::Continue(());
    }
    computed.note_purchases(attempt, status, fit.model.name());
    let spends = spend(&read.known);
    let spend = spend_model(&spends, &mut computed.statuses);
    if let Some(spend) = &spend {
        let kind = spend.model.kind();
        computed
            .fits
            .push(Fitted::of(spend, "current", kind.name(), kind.names(), until));
    }
    let score = read.holdout.as_ref().filter(|_| rule.calibrated).and_then(|holdout| {
        let window = Window::new(&holdout.known, &clock);
        learnt::<M>(name, &window, holdout.horizon_days, &holdout.outcome)
    });
    let spend = spend.map(|spend| (spend, spends.as_slice()));
    let basis = Basis::<M>::new(&window, fit, spend, score);
    let valued = basis.forecast(&window);
    let status = if valued.has_intervals() {
        Status::Ok
    } else {
        Status::NotDetermined
    };
    computed.statuses.note("intervals", status);
    if let Some(year_ago) = read.a_year_ago().filter(|_| basis.spend.is_some()) {
        let before = basis.worths(&Window::new(year_ago, &clock));
        let now: Vec<Option<Worth>> = valued.customers.iter().map(|customer| customer.worth).collect();
        computed.bridge = bridge::bridge((year_ago, &before), (&read.known, &now));
        computed.clv_last_year = last_years(year_ago, &before, &read.known);
    }
    let costs = read.costs.as_ref();
    computed.equity = equity(&basis, &window, &valued, &read.days, costs, &mut computed.statuses);
    computed.fits.append(&mut computed.equity.fits);
    computed.valued = Some(valued);
    ControlFlow::Break(())
}

/// What each customer was worth a year ago; none for those who came since.
fn last_years(year_ago: &Known, worths: &[Option<Worth>], known: &Known) -> Vec<Option<f64>> {
    let clvs = worths.iter().map(|worth| worth.map(Worth::clv));
    let by_key: HashMap<u64, Option<f64>> = year_ago.keys.iter().copied().zip(clvs).collect();
    known
        .keys
        .iter()
        .map(|key| by_key.get(key).copied().flatten())
        .collect()
}

/// Gamma-Gamma, or what stands in its place; none where nobody bought again for any money.
fn spend_model(spends: &[Spend], statuses: &mut Statuses) -> Option<Fit<SpendModel>> {
    let chosen = SpendKind::GammaGamma.name();
    let Settled { fit, without } = match gamma_gamma::settle(spends) {
        Ok(settled) => settled,
        Err(error) => {
            statuses.note("spend", of_error(&error));
            return None;
        }
    };
    let reason = without.map(|without| match without {
        Without::TooFew => Status::TooFew,
        Without::Maximum => Status::NoMaximum,
        Without::Mean => Status::NoMean,
    });
    let used = fit.model.kind();
    let status = match (used, reason) {
        (SpendKind::GammaGamma, _) => Status::Ok,
        (_, None) => Status::Limit,
        (_, Some(_)) => Status::NextBest,
    };
    statuses.note_models("spend", status, Models::of(chosen, used.name()), reason);
    Some(fit)
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
