//! Rows of queries as the models take them.

use std::collections::BTreeMap;
use std::fmt::Display;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};

use chrono::NaiveDate;

use chalandise_lake::{LakeError, SessionContext};
use chalandise_query::{self as query, Library};

use super::ModelError;

/// For queries without parameters.
pub(super) const NONE: [(&str, &str); 0] = [];

/// Runs a query of the library.
pub(super) async fn run<P: Display>(
    context: &SessionContext,
    library: &Library,
    name: &str,
    parameters: &[(&str, P)],
) -> Result<Vec<RecordBatch>, ModelError> {
    let query = library
        .get(name)
        .ok_or_else(|| ModelError::NoQuery { name: name.to_owned() })?;
    let given: BTreeMap<String, String> = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.to_string()))
        .collect();
    let bound = query
        .bind(&given)
        .map_err(|_| ModelError::NoQuery { name: name.to_owned() })?;
    Ok(query::run(context, query, &bound).await?.batches)
}

/// A column as numbers; what is missing is NaN.
pub(super) fn numbers(batch: &RecordBatch, name: &str) -> Result<Vec<f64>, ModelError> {
    let values = column(batch, name, &DataType::Float64)?;
    Ok(values
        .as_primitive::<Float64Type>()
        .iter()
        .map(|value| value.unwrap_or(f64::NAN))
        .collect())
}

/// A column as texts; what is missing is empty.
pub(super) fn texts(batch: &RecordBatch, name: &str) -> Result<Vec<String>, ModelError> {
    let values = column(batch, name, &DataType::Utf8View)?;
    Ok(values
        .as_string_view()
        .iter()
        .map(|value| value.unwrap_or_default().to_owned())
        .collect())
}

/// A column of whole numbers; what is missing is 0.
pub(super) fn integers(batch: &RecordBatch, name: &str) -> Result<Vec<i64>, ModelError> {
    let values = column(batch, name, &DataType::Int64)?;
    Ok(values.as_primitive::<Int64Type>().values().to_vec())
}

/// A column as days since 1970-01-01.
pub(super) fn days_of(batch: &RecordBatch, name: &str) -> Result<Vec<i32>, ModelError> {
    let values = column(batch, name, &DataType::Date32)?;
    Ok(values.as_primitive::<Date32Type>().values().to_vec())
}

/// A column in a type.
pub(super) fn column(batch: &RecordBatch, name: &str, kind: &DataType) -> Result<arrow::array::ArrayRef, ModelError> {
    let doing = || format!("reading `{name}`");
    let index = batch.schema().index_of(name).map_err(LakeError::columns(doing()))?;
    Ok(arrow::compute::cast(batch.column(index), kind).map_err(LakeError::columns(doing()))?)
}

/// First day of orders and the as-of date; none without orders.
pub(super) async fn days_of_orders(context: &SessionContext) -> Result<Option<(NaiveDate, NaiveDate)>, ModelError> {
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
