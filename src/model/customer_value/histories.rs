//! Customers as the purchase models take them, read from `model/rfm` on any day.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hasher};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use chalandise_analytics::rfm::{History, Weighted, distinct};
use chrono::{Days, NaiveDate};

use crate::lake::{LakeError, SessionContext};
use crate::model::ModelError;
use crate::query::{self, Library};

/// What is known of the customers on a day.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The rows of `model/rfm`.
    pub(super) rows: Vec<RecordBatch>,
    /// Hash of each customer's id.
    pub(super) keys: Vec<u64>,
    /// Histories, times in days.
    pub(super) histories: Vec<History>,
    /// Mean net revenue of a purchase day.
    pub(super) mean_values: Vec<f64>,
    /// Mean net revenue of a repeat purchase day; 0 without a repeat.
    pub(super) repeat_values: Vec<f64>,
    /// Last purchase days, as days since 1970-01-01.
    pub(super) last_on: Vec<i32>,
    gross_margin: f64,
    revenue_with_margin: f64,
}

impl Known {
    /// Reads the customers as they were on a day.
    pub(super) async fn on(context: &SessionContext, library: &Library, day: NaiveDate) -> Result<Known, ModelError> {
        let rows = run(context, library, "model/rfm", &[("as_of", day)]).await?;
        let mut known = Known::default();
        for batch in &rows {
            let frequency = integers(batch, "frequency")?;
            let (recency, age) = (numbers(batch, "recency_days")?, numbers(batch, "age_days")?);
            let (revenue, days) = (numbers(batch, "net_revenue")?, numbers(batch, "purchase_days")?);
            let (repeat, margin) = (numbers(batch, "repeat_value")?, numbers(batch, "gross_margin")?);
            known.keys.extend(keys(batch)?);
            for row in 0..batch.num_rows() {
                known.histories.push(History {
                    x: u32::try_from(frequency[row]).unwrap_or(0),
                    t_x: recency[row],
                    t: age[row],
                });
                known.mean_values.push(revenue[row] / days[row]);
                if !margin[row].is_nan() {
                    known.gross_margin += margin[row];
                    known.revenue_with_margin += revenue[row];
                }
                known
                    .repeat_values
                    .push(if repeat[row].is_nan() { 0.0 } else { repeat[row] });
            }
            let last = column(batch, "last_on", &DataType::Date32)?;
            known.last_on.extend(last.as_primitive::<Date32Type>().values());
        }
        known.rows = rows;
        Ok(known)
    }

    /// Number of customers.
    pub(super) fn len(&self) -> usize {
        self.histories.len()
    }

    /// Gross margin of the purchases that state one, as a share of their net revenue; none when no purchase does.
    pub(super) fn margin_rate(&self) -> Option<f64> {
        (self.revenue_with_margin > 0.0).then(|| self.gross_margin / self.revenue_with_margin)
    }

    /// Distinct histories with their weights, and for each customer the place of his own.
    pub(super) fn distinct(&self) -> (Vec<Weighted>, Vec<u32>) {
        let rows = distinct(
            self.histories
                .iter()
                .map(|history| Weighted {
                    history: *history,
                    weight: 1.0,
                })
                .collect(),
        );
        let order = |history: &History| (history.x, history.t_x.to_bits(), history.t.to_bits());
        let place = |history| rows.partition_point(|row| order(&row.history) < order(history));
        let places = self
            .histories
            .iter()
            .map(|history| u32::try_from(place(history)).unwrap_or(u32::MAX));
        let places = places.collect();
        (rows, places)
    }
}

/// Purchase days of each customer after one day and up to another, by the hash of his id.
pub(super) async fn purchase_days(
    context: &SessionContext,
    library: &Library,
    after: NaiveDate,
    until: NaiveDate,
) -> Result<HashMap<u64, u32>, ModelError> {
    let days = [("after_on", after), ("until_on", until)];
    let mut counts = HashMap::new();
    for batch in run(context, library, "model/purchase_days", &days).await? {
        let days = integers(&batch, "purchase_days")?;
        counts.extend(
            keys(&batch)?
                .into_iter()
                .zip(days.iter().map(|it| u32::try_from(*it).unwrap_or(0))),
        );
    }
    Ok(counts)
}

/// A day so many days before another.
pub(super) fn before(day: NaiveDate, days: f64) -> NaiveDate {
    day.checked_sub_days(Days::new(days as u64)).unwrap_or(NaiveDate::MIN)
}

async fn run(
    context: &SessionContext,
    library: &Library,
    name: &str,
    days: &[(&str, NaiveDate)],
) -> Result<Vec<RecordBatch>, ModelError> {
    let query = library
        .get(name)
        .ok_or_else(|| ModelError::NoQuery { name: name.to_owned() })?;
    let given: BTreeMap<String, String> = days
        .iter()
        .map(|(name, day)| ((*name).to_owned(), day.to_string()))
        .collect();
    let bound = query
        .bind(&given)
        .map_err(|_| ModelError::NoQuery { name: name.to_owned() })?;
    Ok(query::run(context, query, &bound).await?.batches)
}

fn keys(batch: &RecordBatch) -> Result<Vec<u64>, ModelError> {
    let ids = column(batch, "customer_id", &DataType::Utf8View)?;
    let hash = |id: Option<&str>| {
        let mut hasher = DefaultHasher::new();
        hasher.write(id.unwrap_or_default().as_bytes());
        hasher.finish()
    };
    Ok(ids.as_string_view().iter().map(hash).collect())
}

/// A column as numbers; what is missing is NaN.
fn numbers(batch: &RecordBatch, name: &str) -> Result<Vec<f64>, ModelError> {
    let values = column(batch, name, &DataType::Float64)?;
    Ok(values
        .as_primitive::<Float64Type>()
        .iter()
        .map(|value| value.unwrap_or(f64::NAN))
        .collect())
}

fn integers(batch: &RecordBatch, name: &str) -> Result<Vec<i64>, ModelError> {
    let values = column(batch, name, &DataType::Int64)?;
    Ok(values.as_primitive::<Int64Type>().values().to_vec())
}

fn column(batch: &RecordBatch, name: &str, kind: &DataType) -> Result<arrow::array::ArrayRef, ModelError> {
    let doing = || format!("reading `{name}` of the customers");
    let index = batch.schema().index_of(name).map_err(LakeError::columns(doing()))?;
    Ok(arrow::compute::cast(batch.column(index), kind).map_err(LakeError::columns(doing()))?)
}
