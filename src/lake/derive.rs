//! What the lake derives while importing: when and where a customer was won.
//!
//! `acquired_on` is the source's date if it is not after the first order, else the first order; a customer known only
//! from orders gets a row of his own. Orders are read as the running operation sees them.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::datasource::MemTable;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use parquet::arrow::ArrowWriter;

use super::contract::{self, Table};
use super::merge::{self, Merged, Mode};
use super::{Engine, LakeError, Writer};

/// First order of every customer that this import touches.
const FIRST_ORDERS: &str = "
create view first_orders as
select customer_id, min(ordered_on) as first_on, first_value(sales_channel order by ordered_on, order_id) as first_channel
from orders
where kind = 'order' and customer_id in (select customer_id from touched)
group by customer_id";

/// The staged customers, with the day on which they were won.
const STAGED: &str = "
select s.*, f.first_on, f.first_channel
from staged_customers s left join first_orders f on f.customer_id = s.customer_id";

/// Customers of the staged orders that are not staged themselves and whose row is missing or says too late a day.
const OTHERS: &str = "
select t.customer_id as touched_id, c.*, f.first_on, f.first_channel
from touched t
left join customers c on c.customer_id = t.customer_id
left join first_orders f on f.customer_id = t.customer_id
where not exists (select 1 from staged_customers s where s.customer_id = t.customer_id)
  and (c.customer_id is null or c.acquired_on is null or f.first_on < c.acquired_on or c.acquisition_channel is null)";

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
    scratch: &std::path::Path,
    mode: Mode,
) -> Result<Merged, LakeError> {
    let table = contract::table("customers").ok_or(LakeError::UnknownTable {
        table: "customers".into(),
    })?;
    let context = session(engine, writer, orders, customers).await?;
    let staged = write(
        &context,
        &columns(table, STAGED, "customer_id"),
        &scratch.join("customers.parquet"),
    )
    .await?;
    let others = write(
        &context,
        &columns(table, OTHERS, "touched_id"),
        &scratch.join("customers_of_orders.parquet"),
    )
    .await?;
    drop(context);
    let merged = merge::merge(writer, engine.location(), table, &staged, mode).await?;
    merge::merge(writer, engine.location(), table, &others, mode).await?;
    Ok(merged)
}

/// Selects the contract's columns from `source`, with the acquisition settled.
fn columns(table: &Table, source: &str, id: &str) -> String {
    let list = table.columns.iter().map(|column| match column.name {
        "customer_id" => format!("{id} as customer_id"),
        "acquired_on" => {
            "case when acquired_on is null or first_on < acquired_on then coalesce(first_on, acquired_on) \
                          else acquired_on end as acquired_on"
                .to_owned()
        }
        "acquisition_channel" => "coalesce(acquisition_channel, first_channel) as acquisition_channel".to_owned(),
        name => name.to_owned(),
    });
    let extra = if id == "customer_id" {
        ", _file, _line, _repaired"
    } else {
        ""
    };
    format!("select {}{extra} from ({source})", list.collect::<Vec<_>>().join(", "))
}

async fn session(
    engine: &Engine,
    writer: &Writer,
    orders: &[PathBuf],
    customers: &[PathBuf],
) -> Result<SessionContext, LakeError> {
    let doing = || "deriving customers";
    let context = engine.bare();
    // Joins of millions of customers spill when they sort; a hash table must fit in memory.
    context
        .sql("set datafusion.optimizer.prefer_hash_join = false")
        .await
        .map_err(LakeError::engine(doing()))?;
    for name in ["orders", "customers"] {
        let Some(table) = contract::table(name) else { continue };
        match writer.table(name).await? {
            Some(pinned) => engine.register(&context, &pinned)?,
            None => {
                let empty = MemTable::try_new(table.schema(), vec![vec![]]).map_err(LakeError::engine(doing()))?;
                context
                    .register_table(name, Arc::new(empty))
                    .map_err(LakeError::engine(doing()))?;
            }
        }
    }
    let staged = staged_customers(customers)?;
    let touched = touched(orders, customers)?;
    context
        .register_table("staged_customers", Arc::new(staged))
        .map_err(LakeError::engine(doing()))?;
    context
        .register_table("touched", Arc::new(touched))
        .map_err(LakeError::engine(doing()))?;
    context.sql(FIRST_ORDERS).await.map_err(LakeError::engine(doing()))?;
    Ok(context)
}

/// The staged customers in memory, with `_file`, `_line` and `_repaired`.
fn staged_customers(files: &[PathBuf]) -> Result<MemTable, LakeError> {
    let Some(table) = contract::table("customers") else {
        return Err(LakeError::UnknownTable {
            table: "customers".into(),
        });
    };
    let mut fields: Vec<Field> = table
        .schema()
        .fields()
        .iter()
        .map(|field| field.as_ref().clone())
        .collect();
    fields.push(Field::new("_file", DataType::Int32, true));
    fields.push(Field::new("_line", DataType::Int64, true));
    fields.push(Field::new("_repaired", DataType::Boolean, true));
    let schema = Arc::new(Schema::new(fields));
    let mut batches = Vec::new();
    for batch in merge::staged_batches(table, files)? {
        batches.push(merge::with_schema(&batch?, &schema)?);
    }
    MemTable::try_new(schema, vec![batches]).map_err(LakeError::engine("reading staged customers"))
}

/// The distinct customer ids of staged orders and customers.
fn touched(orders: &[PathBuf], customers: &[PathBuf]) -> Result<MemTable, LakeError> {
    let mut ids = std::collections::BTreeSet::new();
    for (name, files) in [("orders", orders), ("customers", customers)] {
        let table = contract::table(name).ok_or(LakeError::UnknownTable { table: name.into() })?;
        for batch in merge::staged_batches(table, files)? {
            merge::collect_texts(&batch?, "customer_id", &mut ids)?;
        }
    }
    let schema = Arc::new(Schema::new(vec![Field::new("customer_id", DataType::Utf8, false)]));
    let column: ArrayRef = Arc::new(StringArray::from_iter_values(ids));
    let batch =
        RecordBatch::try_new(Arc::clone(&schema), vec![column]).map_err(LakeError::columns("collecting customers"))?;
    MemTable::try_new(schema, vec![vec![batch]]).map_err(LakeError::engine("collecting customers"))
}

/// Runs a statement into one Parquet file, streaming; no file when there is no row.
async fn write(context: &SessionContext, sql: &str, path: &std::path::Path) -> Result<Vec<PathBuf>, LakeError> {
    let doing = || "deriving customers";
    let frame = context.sql(sql).await.map_err(LakeError::engine(doing()))?;
    let mut stream = frame.execute_stream().await.map_err(LakeError::engine(doing()))?;
    let failed = |source| LakeError::File {
        path: path.to_owned(),
        doing: doing().into(),
        source,
    };
    let mut writer: Option<ArrowWriter<std::fs::File>> = None;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(LakeError::engine(doing()))?;
        if batch.num_rows() == 0 {
            continue;
        }
        if writer.is_none() {
            let file = std::fs::File::create(path).map_err(failed)?;
            writer = Some(ArrowWriter::try_new(file, batch.schema(), None).map_err(LakeError::columns(doing()))?);
        }
        if let Some(writer) = &mut writer {
            writer.write(&batch).map_err(LakeError::columns(doing()))?;
        }
    }
    match writer {
        Some(writer) => {
            writer.close().map_err(LakeError::columns(doing()))?;
            Ok(vec![path.to_owned()])
        }
        None => Ok(Vec::new()),
    }
}
