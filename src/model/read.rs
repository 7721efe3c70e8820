//! Rows of queries as the models take them.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};

use chrono::NaiveDate;

use chalandise_lake::LakeError;

use super::ModelError;
use super::inputs::{Inputs, NONE};

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
pub(super) async fn days_of_orders(inputs: &Inputs<'_>) -> Result<Option<(NaiveDate, NaiveDate)>, ModelError> {
    let batches = inputs.run("base/as_of", &NONE).await?;
    let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else {
        return Ok(None);
    };
    let day = |name: &str| -> Result<Option<NaiveDate>, ModelError> {
        let days = column(batch, name, &DataType::Date32)?;
        let days = days.as_primitive::<Date32Type>();
        Ok(days
            .is_valid(0)
            .then(|| Date32Type::to_naive_date_opt(days.value(0)))
            .flatten())
    };
    Ok(day("first_on")?.zip(day("as_of_on")?))
}
