//! What the lake derives while importing: when and where a customer was won.
//!
//! `acquired_on` is the source's date if it is not after the first order, else the first order; a customer known only
//! from orders gets a row of his own. Orders are read as the running operation sees them.
//!
//! Memory: some 150 bytes for every customer that the import touches, and one batch of rows.

mod first_orders;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Date32Array, RecordBatch, StringViewArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;
use parquet::arrow::ArrowWriter;

use chalandise_lake::contract::{self, Table};
use chalandise_lake::merge::{self, Incoming, Merged, Mode};
use chalandise_lake::{Engine, LakeError, Writer};

use first_orders::Touched;

const DOING: &str = "deriving customers";
const BATCH_ROWS: usize = 64 * 1024;

/// Merges the staged customers and completes the customers of the staged orders.
///
/// `orders` and `customers` are staged Parquet files, either may be empty; `scratch` is a folder for derived rows.
/// Returns the account of the staged customers.
///
/// # Errors
/// [`LakeError`] when tables cannot be read or written.
pub async fn customers(
    engine: &Engine,
    writer: &mut Writer,
    orders: &[PathBuf],
    customers: &[PathBuf],
    scratch: &Path,
    mode: Mode,
) -> Result<Merged, LakeError> {
    let table = table("customers")?;
    let mut touched = Touched::read(orders, customers)?;
    let first = "select customer_id, order_id, ordered_on, sales_channel from orders \
                 where kind = 'order' and customer_id is not null";
    if let Some(mut rows) = rows(engine, writer, "orders", first).await? {
        while let Some(batch) = rows.try_next().await.map_err(LakeError::engine(DOING))? {
            touched.add_orders(&batch)?;
        }
    }
    let staged = settled(table, customers, &touched, scratch)?;
    let others = others(engine, writer, table, &mut touched, scratch).await?;
    drop(touched);
    let merged = merge::merge(writer, engine.location(), &Incoming::rows(table, &staged), mode).await?;
    merge::merge(writer, engine.location(), &Incoming::rows(table, &others), mode).await?;
    Ok(merged)
}

/// The staged customers, with the day and channel by which they were won.
fn settled(
    table: &'static Table,
    files: &[PathBuf],
    touched: &Touched,
    scratch: &Path,
) -> Result<Vec<PathBuf>, LakeError> {
    let mut fields: Vec<Field> = table
        .schema()
        .fields()
        .iter()
        .map(|field| field.as_ref().clone())
        .collect();
    fields.push(Field::new("_file", DataType::Int32, true));
    fields.push(Field::new("_line", DataType::Int64, true));
    fields.push(Field::new("_repaired", DataType::Boolean, true));
    let mut out = Rows::new(scratch.join("customers.parquet"), Arc::new(Schema::new(fields)));
    for batch in merge::staged_batches(table, files)? {
        out.write(&settle(&merge::with_schema(&batch?, &out.schema)?, touched)?)?;
    }
    out.finish()
}

/// Customers of the staged orders that are not staged themselves: rows of the lake that say too late a day, and new rows
/// of those whom the lake does not know.
async fn others(
    engine: &Engine,
    writer: &Writer,
    table: &'static Table,
    touched: &mut Touched,
    scratch: &Path,
) -> Result<Vec<PathBuf>, LakeError> {
    let mut out = Rows::new(scratch.join("customers_of_orders.parquet"), table.schema());
    if let Some(mut rows) = rows(engine, writer, "customers", "select * from customers").await? {
        while let Some(batch) = rows.try_next().await.map_err(LakeError::engine(DOING))? {
            let batch = merge::with_schema(&batch, &out.schema)?;
            let (ids, days, channels) = (
                texts(&batch, "customer_id")?,
                dates(&batch, "acquired_on")?,
                texts(&batch, "acquisition_channel")?,
            );
            let changed: BooleanArray = (0..batch.num_rows())
                .map(|row| Some(touched.changes(ids.value(row), at(&days, row), text_at(&channels, row))))
                .collect();
            let changed = arrow::compute::filter_record_batch(&batch, &changed).map_err(LakeError::columns(DOING))?;
            out.write(&settle(&changed, touched)?)?;
        }
    }
    for ids in touched.unknown().chunks(BATCH_ROWS) {
        let column: ArrayRef = Arc::new(StringViewArray::from_iter_values(ids));
        let batch = RecordBatch::try_from_iter([("customer_id", column)]).map_err(LakeError::columns(DOING))?;
        out.write(&settle(&merge::with_schema(&batch, &out.schema)?, touched)?)?;
    }
    out.finish()
}

/// The rows of a statement over one table as this operation sees it; nothing when the lake has no such table.
async fn rows(
    engine: &Engine,
    writer: &Writer,
    name: &str,
    sql: &str,
) -> Result<Option<SendableRecordBatchStream>, LakeError> {
    let Some(pinned) = writer.table(name).await? else {
        return Ok(None);
    };
    let context = engine.bare();
    // In one part, so that rows come in the order in which they stand.
    context
        .sql("set datafusion.execution.target_partitions = 1")
        .await
        .map_err(LakeError::engine(DOING))?;
    engine.register(&context, &pinned)?;
    let frame = context.sql(sql).await.map_err(LakeError::engine(DOING))?;
    frame.execute_stream().await.map(Some).map_err(LakeError::engine(DOING))
}

/// The batch with `acquired_on` and `acquisition_channel` settled.
fn settle(batch: &RecordBatch, touched: &Touched) -> Result<RecordBatch, LakeError> {
    let (ids, days, channels) = (
        texts(batch, "customer_id")?,
        dates(batch, "acquired_on")?,
        texts(batch, "acquisition_channel")?,
    );
    let (days, channels): (Vec<Option<i32>>, Vec<Option<&str>>) = (0..batch.num_rows())
        .map(|row| touched.settle(ids.value(row), at(&days, row), text_at(&channels, row)))
        .unzip();
    let (days, channels) = (Date32Array::from(days), StringViewArray::from(channels));
    let columns = batch
        .schema()
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, column)| match field.name().as_str() {
            "acquired_on" => Arc::new(days.clone()) as ArrayRef,
            "acquisition_channel" => Arc::new(channels.clone()) as ArrayRef,
            _ => Arc::clone(column),
        })
        .collect();
    RecordBatch::try_new(batch.schema(), columns).map_err(LakeError::columns(DOING))
}

fn table(name: &str) -> Result<&'static Table, LakeError> {
    contract::table(name).ok_or_else(|| LakeError::UnknownTable { table: name.into() })
}

fn column(batch: &RecordBatch, name: &str, kind: &DataType) -> Result<ArrayRef, LakeError> {
    let index = batch.schema().index_of(name).map_err(LakeError::columns(DOING))?;
    arrow::compute::cast(batch.column(index), kind).map_err(LakeError::columns(DOING))
}

fn texts(batch: &RecordBatch, name: &str) -> Result<StringViewArray, LakeError> {
    Ok(StringViewArray::from(
        column(batch, name, &DataType::Utf8View)?.to_data(),
    ))
}

fn dates(batch: &RecordBatch, name: &str) -> Result<Date32Array, LakeError> {
    Ok(Date32Array::from(column(batch, name, &DataType::Date32)?.to_data()))
}

fn at(days: &Date32Array, row: usize) -> Option<i32> {
    days.is_valid(row).then(|| days.value(row))
}

fn text_at(texts: &StringViewArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

/// Derived rows in one Parquet file of the scratch folder; no file when there is no row.
struct Rows {
    path: PathBuf,
    schema: SchemaRef,
    writer: Option<ArrowWriter<File>>,
}

impl Rows {
    fn new(path: PathBuf, schema: SchemaRef) -> Rows {
        Rows {
            path,
            schema,
            writer: None,
        }
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        if self.writer.is_none() {
            let file = File::create(&self.path).map_err(|source| LakeError::File {
                path: self.path.clone(),
                doing: DOING.into(),
                source,
            })?;
            let writer =
                ArrowWriter::try_new(file, Arc::clone(&self.schema), None).map_err(LakeError::columns(DOING))?;
            self.writer = Some(writer);
        }
        match &mut self.writer {
            Some(writer) => writer.write(batch).map_err(LakeError::columns(DOING)),
            None => Ok(()),
        }
    }

    fn finish(self) -> Result<Vec<PathBuf>, LakeError> {
        match self.writer {
            Some(writer) => {
                writer.close().map_err(LakeError::columns(DOING))?;
                Ok(vec![self.path])
            }
            None => Ok(Vec::new()),
        }
    }
}
