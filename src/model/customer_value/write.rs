//! The tables of customer value, written.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow::datatypes::{DataType, Date32Type};
use chrono::NaiveDate;

use crate::lake::{LakeError, SessionContext, Writer, contract};
use crate::model::{Built, ModelError};

use super::histories::Known;
use super::value::{CustomerForecast, Valued};
use super::{Computed, Fitted};

const BATCH_ROWS: usize = 64 * 1024;

/// First day of orders and the as-of date; none without orders.
pub(super) async fn reach(context: &SessionContext) -> Result<Option<(NaiveDate, NaiveDate)>, ModelError> {
    let doing = "reading the as-of date";
    let frame = context
        .sql("select first_on, as_of_on from as_of")
        .await
        .map_err(LakeError::engine(doing))?;
    let batches = frame.collect().await.map_err(LakeError::engine(doing))?;
    let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else {
        return Ok(None);
    };
    let day = |index: usize| -> Result<Option<NaiveDate>, ModelError> {
        let column = arrow::compute::cast(batch.column(index), &DataType::Date32).map_err(LakeError::columns(doing))?;
        let days = column.as_primitive::<Date32Type>();
        Ok(days
            .is_valid(0)
            .then(|| Date32Type::to_naive_date_opt(days.value(0)))
            .flatten())
    };
    Ok(day(0)?.zip(day(1)?))
}

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

/// One row for each parameter.
pub(super) async fn model_fits(writer: &mut Writer, fits: &[Fitted]) -> Result<Built, ModelError> {
    let rows: Vec<(&Fitted, usize)> = fits
        .iter()
        .flat_map(|fit| (0..fit.names.len()).map(move |index| (fit, index)))
        .collect();
    let text = |of: &dyn Fn(&Fitted, usize) -> &'static str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(
            rows.iter().map(|(fit, index)| of(fit, *index)),
        ))
    };
    let number = |of: &dyn Fn(&Fitted, usize) -> Option<f64>| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(|(fit, index)| of(fit, *index))
                .collect::<Float64Array>(),
        )
    };
    let count = |of: &dyn Fn(&Fitted) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|(fit, _)| of(fit))))
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("fit", text(&|fit, _| fit.fit)),
        ("model", text(&|fit, _| fit.model)),
        ("parameter", text(&|fit, index| fit.names[index])),
        ("value", number(&|fit, index| Some(fit.parameters[index]))),
        (
            "standard_error",
            number(&|fit, index| Some(fit.standard_errors.as_ref()?[index])),
        ),
        ("log_likelihood", number(&|fit, _| Some(fit.log_likelihood))),
        ("customers", count(&|fit| fit.customers as i64)),
        ("distinct_rows", count(&|fit| fit.distinct_rows as i64)),
        (
            "converged",
            Arc::new(
                rows.iter()
                    .map(|(fit, _)| Some(fit.converged))
                    .collect::<BooleanArray>(),
            ),
        ),
        (
            "observed_until",
            Arc::new(Date32Array::from_iter_values(
                rows.iter().map(|(fit, _)| days_since_epoch(fit.observed_until)),
            )),
        ),
    ];
    store(writer, "model_fits", vec![batch("model_fits", columns)?]).await
}

/// One row for each forecast of the holdout.
pub(super) async fn forecast_quality(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let table = "forecast_quality";
    let Some((until, horizon_days, customers, observed)) = computed.held_out else {
        return store(writer, table, Vec::new()).await;
    };
    let rows = &computed.qualities;
    let number = |of: &dyn Fn(&super::Quality) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(of).collect::<Float64Array>())
    };
    let constant = |value: i64| -> ArrayRef { Arc::new(Int64Array::from(vec![value; rows.len()])) };
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "model",
            Arc::new(StringArray::from_iter_values(rows.iter().map(|row| row.model))),
        ),
        (
            "calibrated",
            Arc::new(rows.iter().map(|row| Some(row.calibrated)).collect::<BooleanArray>()),
        ),
        (
            "calibration_until",
            Arc::new(Date32Array::from(vec![days_since_epoch(until); rows.len()])),
        ),
        ("horizon_days", constant(horizon_days as i64)),
        ("customers", constant(customers as i64)),
        ("expected_orders", number(&|row| row.expected_orders)),
        ("observed_orders", constant(observed as i64)),
        ("bias", number(&|row| row.bias)),
        ("mean_absolute_error", number(&|row| row.mean_absolute_error)),
        ("mean_log_score", number(&|row| row.mean_log_score)),
        ("auc", number(&|row| row.auc)),
        ("brier", number(&|row| row.brier)),
        (
            "chosen",
            Arc::new(
                (0..rows.len())
                    .map(|place| Some(computed.chosen == Some(place)))
                    .collect::<BooleanArray>(),
            ),
        ),
    ];
    store(writer, table, vec![batch(table, columns)?]).await
}

/// One row for each customer.
pub(super) async fn customer_value(
    writer: &mut Writer,
    known: &Known,
    valued: &Valued,
    as_of: NaiveDate,
) -> Result<Built, ModelError> {
    let table = "customer_value";
    let mut batches = Vec::new();
    let mut first = 0;
    for rows in &known.rows {
        let forecasts = &valued.customers[first..first + rows.num_rows()];
        first += rows.num_rows();
        let number = |of: &dyn Fn(&CustomerForecast) -> Option<f64>| -> ArrayRef {
            Arc::new(forecasts.iter().map(of).collect::<Float64Array>())
        };
        let money = |of: &dyn Fn(&CustomerForecast) -> Option<f64>| cents(forecasts.iter().map(of));
        let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
        for name in [
            "customer_id",
            "first_on",
            "region",
            "preferred_channel",
            "segment",
            "recency_score",
            "frequency_score",
        ] {
            let column = rows.column_by_name(name).ok_or_else(|| ModelError::NoQuery {
                name: "model/rfm".into(),
            })?;
            columns.push((name, Arc::clone(column)));
        }
        let forecast: [(&str, ArrayRef); 13] = [
            (
                "as_of_on",
                Arc::new(Date32Array::from(vec![days_since_epoch(as_of); forecasts.len()])),
            ),
            (
                "model",
                Arc::new(StringArray::from(vec![valued.model; forecasts.len()])),
            ),
            ("p_alive", number(&|it| Some(it.p_alive))),
            ("expected_orders", number(&|it| Some(it.expected_orders))),
            ("p_order", number(&|it| Some(it.at_least[0]))),
            ("p_order_2", number(&|it| Some(it.at_least[1]))),
            ("p_order_3", number(&|it| Some(it.at_least[2]))),
            ("calibration", number(&|it| Some(it.calibration))),
            ("expected_value", money(&|it| it.expected_value)?),
            ("margin_rate", number(&|_| valued.margin_rate)),
            ("clv", money(&|it| it.clv.map(|(value, _, _)| value))?),
            ("clv_low", money(&|it| it.clv.map(|(_, low, _)| low))?),
            ("clv_high", money(&|it| it.clv.map(|(_, _, high)| high))?),
        ];
        columns.extend(forecast);
        batches.push(batch(table, columns)?);
    }
    store(writer, table, batches).await
}

/// The value of the base and its parts.
pub(super) async fn customer_equity(
    writer: &mut Writer,
    valued: &Valued,
    as_of: NaiveDate,
) -> Result<Built, ModelError> {
    let table = "customer_equity";
    let Some((value, low, high)) = valued.total else {
        return store(writer, table, Vec::new()).await;
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("as_of_on", Arc::new(Date32Array::from(vec![days_since_epoch(as_of)]))),
        ("part", Arc::new(StringArray::from(vec!["present_customers"]))),
        ("amount", cents([Some(value)].into_iter())?),
        ("amount_low", cents([Some(low)].into_iter())?),
        ("amount_high", cents([Some(high)].into_iter())?),
    ];
    store(writer, table, vec![batch(table, columns)?]).await
}

/// Writes a table anew, in the types and order of its contract.
async fn store(writer: &mut Writer, name: &str, batches: Vec<RecordBatch>) -> Result<Built, ModelError> {
    let table = contract::table(name).ok_or_else(|| LakeError::UnknownTable { table: name.to_owned() })?;
    let schema = table.schema();
    let mut files = writer.files(name, &schema).await?;
    let mut rows = 0;
    for batch in batches {
        let columns = schema.fields().iter().map(|field| {
            let index = batch
                .schema()
                .index_of(field.name())
                .map_err(LakeError::columns(format!("writing `{name}`")))?;
            arrow::compute::cast(batch.column(index), field.data_type())
                .map_err(LakeError::columns(format!("writing `{name}`")))
        });
        let columns = columns.collect::<Result<Vec<_>, LakeError>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&schema), columns)
            .map_err(LakeError::columns(format!("writing `{name}`")))?;
        rows += batch.num_rows() as u64;
        let mut at = 0;
        while at < batch.num_rows() {
            let length = BATCH_ROWS.min(batch.num_rows() - at);
            files.write(&batch.slice(at, length)).await?;
            at += length;
        }
    }
    let added = files.finish().await?;
    // Like a roll-up it is dropped by imports, since the tables that it was computed from change.
    writer.replace(name, added, Some(table.definition())).await?;
    Ok(Built {
        table: name.to_owned(),
        rows,
    })
}

fn batch(table: &str, columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, ModelError> {
    Ok(RecordBatch::try_from_iter(columns).map_err(LakeError::columns(format!("writing `{table}`")))?)
}

/// Money of a model, rounded to the cent at the end.
fn cents(values: impl Iterator<Item = Option<f64>>) -> Result<ArrayRef, ModelError> {
    let values: Decimal128Array = values
        .map(|value| value.map(|value| (value * 100.0).round() as i128))
        .collect();
    let values = values
        .with_precision_and_scale(contract::MONEY_PRECISION, contract::MONEY_SCALE)
        .map_err(LakeError::columns("rounding to the cent"))?;
    Ok(Arc::new(values))
}

fn days_since_epoch(day: NaiveDate) -> i32 {
    Date32Type::from_naive_date(day)
}
