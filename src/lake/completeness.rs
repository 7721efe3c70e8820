//! What imports state of their sources: the day up to which everything has been delivered.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Array, RecordBatch, StringViewArray};
use arrow::datatypes::{DataType, Field, Schema};
use chrono::NaiveDate;
use datafusion::catalog::TableProvider;
use datafusion::datasource::MemTable;

use super::LakeError;

/// Name under which sessions find it.
pub const TABLE: &str = "completeness";

/// One row per source that an import has said to be complete: `source`, `complete_through` (a day).
///
/// # Errors
/// [`LakeError::Engine`] when the rows make no table.
pub fn table(complete_through: &BTreeMap<String, NaiveDate>) -> Result<Arc<dyn TableProvider>, LakeError> {
    let doing = "stating which sources are complete";
    let schema = Arc::new(Schema::new(vec![
        Field::new("source", DataType::Utf8View, false),
        Field::new("complete_through", DataType::Date32, false),
    ]));
    let sources: ArrayRef = Arc::new(StringViewArray::from_iter_values(complete_through.keys()));
    let days = complete_through
        .values()
        .map(|day| (*day - NaiveDate::default()).num_days());
    let days: ArrayRef = Arc::new(Date32Array::from_iter_values(
        days.map(|day| i32::try_from(day).unwrap_or(i32::MAX)),
    ));
    let rows = RecordBatch::try_new(Arc::clone(&schema), vec![sources, days]).map_err(LakeError::columns(doing))?;
    let table = MemTable::try_new(schema, vec![vec![rows]]).map_err(LakeError::engine(doing))?;
    Ok(Arc::new(table))
}
