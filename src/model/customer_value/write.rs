//! The tables of customer value, written.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch};
use chalandise_analytics::purchase::season::SeasonClock;
use chrono::NaiveDate;

use crate::store::{Columns, store};
use crate::{Built, ModelError};
use chalandise_lake::{LakeError, Writer};

use super::choice::{Choice, Holdout};
use super::equity::Equity;
use super::histories::{Known, days_since_epoch};
use super::personas::Personas;
use super::quality::Window;
use super::value::Valued;
use super::{Computed, Fitted, bridge};
use crate::status::Statuses;

/// RFM on each day.
pub(super) async fn rfm(writer: &mut Writer, days: &[(NaiveDate, &Known)]) -> Result<Built, ModelError> {
    let mut batches = Vec::new();
    for (day, known) in days {
        for batch in &known.rows {
            let as_of: ArrayRef = Arc::new(Date32Array::from(vec![days_since_epoch(*day); batch.num_rows()]));
            let mut columns = vec![("as_of_on".to_owned(), as_of)];
            let schema = batch.schema();
            let names = schema.fields().iter().map(|field| field.name().clone());
            columns.extend(names.zip(batch.columns().iter().cloned()));
            batches.push(RecordBatch::try_from_iter(columns).map_err(LakeError::columns("writing `rfm`"))?);
        }
    }
    store(writer, "rfm", batches).await
}

/// One row for each subject.
pub(super) async fn model_status(writer: &mut Writer, statuses: &Statuses) -> Result<Built, ModelError> {
    let batch = Columns::of(statuses.rows())
        .text("subject", |ended| Some(ended.subject))
        .text("status", |ended| Some(ended.status.word()))
        .text("chosen", |ended| Some(ended.models.as_ref()?.chosen.as_str()))
        .text("used", |ended| Some(ended.models.as_ref()?.used.as_str()))
        .text("reason", |ended| Some(ended.reason?.word()))
        .batch("model_status")?;
    store(writer, "model_status", [batch]).await
}

/// One row for each parameter.
pub(super) async fn model_fits(writer: &mut Writer, fits: &[Fitted]) -> Result<Built, ModelError> {
    let rows: Vec<(&Fitted, usize)> = fits
        .iter()
        .flat_map(|fit| (0..fit.names.len()).map(move |index| (fit, index)))
        .collect();
    let batch = Columns::of(&rows)
        .text("fit", |(fit, _)| Some(fit.fit.as_str()))
        .text("model", |(fit, _)| Some(fit.model))
        .text("parameter", |(fit, index)| Some(fit.names[*index]))
        .number("value", |(fit, index)| Some(fit.parameters[*index]))
        .number("standard_error", |(fit, index)| {
            Some(fit.standard_errors.as_ref()?[*index])
        })
        .number("log_likelihood", |(fit, _)| {
            Some(fit.log_likelihood).filter(|it| it.is_finite())
        })
        .count("customers", |(fit, _)| Some(fit.customers as i64))
        .count("distinct_rows", |(fit, _)| Some(fit.distinct_rows as i64))
        .flag("converged", |(fit, _)| fit.converged)
        .day("observed_until", |(fit, _)| days_since_epoch(fit.observed_until))
        .batch("model_fits")?;
    store(writer, "model_fits", [batch]).await
}

/// The season, a row for each month of the year, and whether the model in use runs by it; nothing when it could not be estimated.
pub(super) async fn season_index(
    writer: &mut Writer,
    season: Option<&(SeasonClock, bool)>,
) -> Result<Built, ModelError> {
    let rows: Vec<(i64, f64, bool)> = season.map_or_else(Vec::new, |(clock, in_use)| {
        let months = (1..).zip(clock.index());
        months.map(|(month, index)| (month, index, *in_use)).collect()
    });
    let batch = Columns::of(&rows)
        .count("month_of_year", |(month, _, _)| Some(*month))
        .number("index", |(_, index, _)| Some(*index))
        .flag("in_use", |(_, _, in_use)| *in_use)
        .batch("season_index")?;
    store(writer, "season_index", [batch]).await
}

/// How good each forecast of the holdout was: on the whole, by frequency, and over time.
pub(super) async fn forecasts(
    writer: &mut Writer,
    holdout: Option<&Holdout>,
    choice: &Choice,
) -> Result<Vec<Built>, ModelError> {
    let table = "forecast_quality";
    let Some(holdout) = holdout else {
        return Ok(vec![
            store(writer, table, []).await?,
            store(writer, "forecast_bins", []).await?,
            store(writer, "forecast_tracking", []).await?,
        ]);
    };
    let until = days_since_epoch(holdout.begins_after);
    let observed: f64 = holdout.outcome.happened.iter().sum();
    let places: Vec<usize> = (0..choice.candidates.len()).collect();
    let of = |place: &usize| &choice.candidates[*place].quality;
    let batch = Columns::of(&places)
        .text("model", |place| Some(of(place).model))
        .flag("seasonal", |place| of(place).seasonal)
        .flag("calibrated", |place| of(place).calibrated)
        .day("calibration_until", |_| until)
        .count("horizon_days", |_| Some(holdout.horizon_days as i64))
        .count("customers", |_| Some(holdout.known.len() as i64))
        .number("expected_orders", |place| of(place).expected_orders)
        .count("observed_orders", |_| Some(observed as i64))
        .number("bias", |place| of(place).bias)
        .number("mean_absolute_error", |place| of(place).mean_absolute_error)
        .number("mean_log_score", |place| of(place).mean_log_score)
        .number("auc", |place| of(place).auc)
        .number("brier", |place| of(place).brier)
        .flag("chosen", |place| choice.chosen == Some(*place))
        .flag("in_use", |place| choice.in_use == Some(*place))
        .batch(table)?;
    let quality = store(writer, table, [batch]).await?;
    let bins: Vec<_> = places
        .iter()
        .flat_map(|place| choice.candidates[*place].bins.iter().map(move |bin| (*place, bin)))
        .collect();
    let batch = Columns::of(&bins)
        .text("model", |(place, _)| Some(of(place).model))
        .flag("seasonal", |(place, _)| of(place).seasonal)
        .flag("calibrated", |(place, _)| of(place).calibrated)
        .count("frequency", |(_, bin)| Some(bin.frequency.into()))
        .count("customers", |(_, bin)| Some(bin.customers as i64))
        .number("expected_orders", |(_, bin)| Some(bin.expected_mean))
        .number("observed_orders", |(_, bin)| Some(bin.observed_mean))
        .flag("chosen", |(place, _)| choice.chosen == Some(*place))
        .flag("in_use", |(place, _)| choice.in_use == Some(*place))
        .batch("forecast_bins")?;
    let bins = store(writer, "forecast_bins", [batch]).await?;
    let batch = Columns::of(choice.tracking())
        .day("until_on", |point| point.day)
        .number("expected_orders", |point| Some(point.expected))
        .count("observed_orders", |point| Some(point.observed as i64))
        .flag("held_out", |point| point.day > until)
        .batch("forecast_tracking")?;
    let tracking = store(writer, "forecast_tracking", [batch]).await?;
    Ok(vec![quality, bins, tracking])
}

/// Columns of `model/rfm` that stand in `customer_value` too.
pub(super) const FROM_RFM: [&str; 9] = [
    "customer_id",
    "first_on",
    "region",
    "first_channel",
    "preferred_channel",
    "segment",
    "recency_score",
    "frequency_score",
    "monetary_score",
];

/// One row for each customer.
pub(super) async fn customer_value(
    writer: &mut Writer,
    window: &Window<'_>,
    valued: &Valued,
    computed: &Computed,
    personas: &Personas,
) -> Result<Built, ModelError> {
    let table = "customer_value";
    let as_of = days_since_epoch(window.known.as_of);
    let mut batches = Vec::new();
    let mut first = 0;
    for rows in &window.known.rows {
        let places: Vec<usize> = (first..first + rows.num_rows()).collect();
        first += rows.num_rows();
        let of = |place: &usize| &valued.customers[*place];
        let history = |place: &usize| &window.histories[*place];
        let mut columns = Columns::of(&places);
        for name in FROM_RFM {
            let column = rows.column_by_name(name).ok_or_else(|| ModelError::NoQuery {
                name: "model/rfm".into(),
            })?;
            columns = columns.column(name, Arc::clone(column));
        }
        let batch = columns
            .day("as_of_on", |_| as_of)
            .text("model", |_| Some(valued.model))
            .count("frequency", |place| Some(history(place).x.into()))
            .number("recency_days", |place| Some(history(place).t_x))
            .number("age_days", |place| Some(history(place).t))
            .number("p_alive", |place| Some(of(place).p_alive))
            .number("expected_orders", |place| Some(of(place).expected_orders))
            .number("p_order", |place| Some(of(place).at_least[0]))
            .number("p_order_2", |place| Some(of(place).at_least[1]))
            .number("p_order_3", |place| Some(of(place).at_least[2]))
            .number("calibration", |place| Some(of(place).calibration))
            .money("expected_value", |place| of(place).expected_value)?
            .number("margin_rate", |_| valued.margin_rate)
            .money("clv", |place| of(place).clv.map(|clv| clv.value))?
            .money("clv_low", |place| Some(of(place).clv?.bounds?.0))?
            .money("clv_high", |place| Some(of(place).clv?.bounds?.1))?
            .money("clv_last_year", |place| {
                computed.clv_last_year.get(*place).copied().flatten()
            })?
            .count("persona", |place| Some(personas.members.get(*place)?.0))
            .number("persona_probability", |place| Some(personas.members.get(*place)?.1))
            .batch(table)?;
        batches.push(batch);
    }
    store(writer, table, batches).await
}

/// What lies between last year's value of the base and this year's.
pub(super) async fn value_bridge(writer: &mut Writer, rows: &[bridge::Row]) -> Result<Built, ModelError> {
    let batch = Columns::of(rows)
        .text("part", |row| Some(row.part))
        .day("cohort_on", |row| row.cohort_on)
        .text("region", |row| Some(row.group.region.as_deref().unwrap_or_default()))
        .text("preferred_channel", |row| row.group.preferred_channel.as_deref())
        .text("first_channel", |row| row.group.first_channel.as_deref())
        .count("customers", |row| Some(row.customers))
        .cents("amount", |row| Some(row.cents.into()))?
        .batch("value_bridge")?;
    store(writer, "value_bridge", [batch]).await
}

/// The equity, its parts and what they rest on.
pub(super) async fn equity(writer: &mut Writer, equity: &Equity, as_of: NaiveDate) -> Result<Vec<Built>, ModelError> {
    let as_of = days_since_epoch(as_of);
    let batch = Columns::of(&equity.parts)
        .day("as_of_on", |_| as_of)
        .text("part", |part| Some(part.name))
        .money("amount", |part| Some(part.amount))?
        .money("amount_low", |part| part.bounds.map(|bounds| bounds.0))?
        .money("amount_high", |part| part.bounds.map(|bounds| bounds.1))?
        .batch("customer_equity")?;
    let parts = store(writer, "customer_equity", [batch]).await?;
    let batch = Columns::of(&equity.coming)
        .day("cohort_on", |month| days_since_epoch(month.month))
        .number("new_customers", |month| Some(month.customers))
        .number("new_customers_low", |month| Some(month.bounds?.0))
        .number("new_customers_high", |month| Some(month.bounds?.1))
        .money("amount", |month| Some(month.value))?
        .money("acquisition_cost", |month| month.cost)?
        .batch("customers_to_come")?;
    let coming = store(writer, "customers_to_come", [batch]).await?;
    let batch = Columns::of(&equity.channels)
        .text("first_channel", |row| Some(row.channel))
        .count("new_customers", |row| Some(row.new_customers as i64))
        .money("acquisition_cost", |row| row.cost.map(|cost| cost * row.new_customers))?
        .money("cost_per_customer", |row| row.cost)?
        .money("first_margin", |row| Some(row.first_margin))?
        .money("value_per_customer", |row| Some(row.value.value))?
        .money("value_low", |row| Some(row.value.bounds?.0))?
        .money("value_high", |row| Some(row.value.bounds?.1))?
        .count("payback_month", |row| row.payback_month.map(|month| month as i64))
        .batch("acquisition_value")?;
    let channels = store(writer, "acquisition_value", [batch]).await?;
    Ok(vec![parts, coming, channels])
}

/// What sets personas apart, and what customers buy next.
pub(super) async fn personas(writer: &mut Writer, personas: &Personas) -> Result<Vec<Built>, ModelError> {
    let batch = Columns::of(&personas.traits)
        .count("persona", |row| Some(row.persona))
        .count("rank", |row| Some(row.rank))
        .text("feature", |row| Some(row.feature))
        .text("category", |row| row.category.as_deref())
        .number("mean", |row| Some(row.mean))
        .number("others_mean", |row| Some(row.others_mean))
        .number("strength", |row| Some(row.strength))
        .batch("persona_traits")?;
    let traits = store(writer, "persona_traits", [batch]).await?;
    let batch = Columns::of(&personas.pairs)
        .count("persona", |row| Some(row.persona))
        .text("from_category", |row| Some(row.from.as_str()))
        .text("to_category", |row| Some(row.to.as_str()))
        .count("customers", |row| Some(row.found.cases as i64))
        .number("share", |row| Some(row.found.confidence()))
        .number("share_of_all", |row| Some(row.found.base_rate()))
        .number("lift", |row| Some(row.found.lift()))
        .number("lift_low", |row| Some(row.found.lift_interval().0))
        .number("lift_high", |row| Some(row.found.lift_interval().1))
        .number("p_value", |row| Some(row.found.adjusted_p_value))
        .batch("next_purchases")?;
    let pairs = store(writer, "next_purchases", [batch]).await?;
    Ok(vec![traits, pairs])
}
