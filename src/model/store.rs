//! Tables that models write, in the types and order of their contract.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
};

use arrow::datatypes::SchemaRef;

use chalandise_lake::{LakeError, Writer, contract};

use super::{Built, ModelError};

const BATCH_ROWS: usize = 64 * 1024;

/// Writes a table anew; columns of the contract that a batch lacks are an error.
///
/// # Errors
/// [`ModelError`] when the contract has no such table or column, or the lake cannot be written.
pub(super) async fn store(
    writer: &mut Writer,
    name: &str,
    batches: impl IntoIterator<Item = RecordBatch>,
) -> Result<Built, ModelError> {
    let table = writer
        .contract()
        .table(name)
        .ok_or_else(|| LakeError::UnknownTable { table: name.to_owned() })?;
    let schema = table.schema();
    let mut files = writer.files(name, &schema).await?;
    let mut rows = 0;
    for batch in batches {
        let batch = conformed(name, &schema, &batch)?;
        rows += batch.num_rows() as u64;
        let mut at = 0;
        while at < batch.num_rows() {
            let length = BATCH_ROWS.min(batch.num_rows() - at);
            files.write(&batch.slice(at, length)).await?;
            at += length;
        }
    }
    let added = files.finish().await?;
    let definition = table.built.then(|| table.definition());
    writer.replace(name, added, definition).await?;
    Ok(Built {
        table: name.to_owned(),
        rows,
    })
}

/// The rows in the columns, order and types of a schema; columns that they lack are an error.
pub(super) fn conformed(name: &str, schema: &SchemaRef, batch: &RecordBatch) -> Result<RecordBatch, ModelError> {
    let columns = schema.fields().iter().map(|field| {
        let index = batch
            .schema()
            .index_of(field.name())
            .map_err(LakeError::columns(format!("writing `{name}`")))?;
        arrow::compute::cast(batch.column(index), field.data_type())
            .map_err(LakeError::columns(format!("writing `{name}`")))
    });
    let columns = columns.collect::<Result<Vec<_>, LakeError>>()?;
    Ok(RecordBatch::try_new(Arc::clone(schema), columns).map_err(LakeError::columns(format!("writing `{name}`")))?)
}

/// Columns made from rows of any kind, one after the other.
pub(super) struct Columns<'a, T> {
    rows: &'a [T],
    columns: Vec<(&'static str, ArrayRef)>,
}

impl<'a, T> Columns<'a, T> {
    pub(super) fn of(rows: &'a [T]) -> Columns<'a, T> {
        Columns {
            rows,
            columns: Vec::new(),
        }
    }

    /// A column that is there already, with a value for each row.
    pub(super) fn column(mut self, name: &'static str, values: ArrayRef) -> Self {
        self.columns.push((name, values));
        self
    }

    pub(super) fn text<'t>(self, name: &'static str, of: impl Fn(&'a T) -> Option<&'t str>) -> Self {
        let values: StringArray = self.rows.iter().map(of).collect();
        self.column(name, Arc::new(values))
    }

    pub(super) fn number(self, name: &'static str, of: impl Fn(&'a T) -> Option<f64>) -> Self {
        let values: Float64Array = self.rows.iter().map(of).collect();
        self.column(name, Arc::new(values))
    }

    pub(super) fn count(self, name: &'static str, of: impl Fn(&'a T) -> Option<i64>) -> Self {
        let values: Int64Array = self.rows.iter().map(of).collect();
        self.column(name, Arc::new(values))
    }

    pub(super) fn flag(self, name: &'static str, of: impl Fn(&'a T) -> bool) -> Self {
        let values: BooleanArray = self.rows.iter().map(|row| Some(of(row))).collect();
        self.column(name, Arc::new(values))
    }

    /// Days since 1970-01-01.
    pub(super) fn day(self, name: &'static str, of: impl Fn(&'a T) -> i32) -> Self {
        let values = Date32Array::from_iter_values(self.rows.iter().map(of));
        self.column(name, Arc::new(values))
    }

    /// Money of a model, rounded to the cent at the end.
    pub(super) fn money(self, name: &'static str, of: impl Fn(&'a T) -> Option<f64>) -> Result<Self, ModelError> {
        self.cents(name, |row| of(row).map(|amount| (amount * 100.0).round() as i128))
    }

    /// Money in cents.
    pub(super) fn cents(self, name: &'static str, of: impl Fn(&'a T) -> Option<i128>) -> Result<Self, ModelError> {
        let values: Decimal128Array = self.rows.iter().map(of).collect();
        let values = values
            .with_precision_and_scale(contract::MONEY_PRECISION, contract::MONEY_SCALE)
            .map_err(LakeError::columns(format!("writing `{name}`")))?;
        Ok(self.column(name, Arc::new(values)))
    }

    pub(super) fn batch(self, table: &str) -> Result<RecordBatch, ModelError> {
        Ok(RecordBatch::try_from_iter(self.columns).map_err(LakeError::columns(format!("writing `{table}`")))?)
    }
}
