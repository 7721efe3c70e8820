//! Named queries and SQL as rows of text, for expected rows.

use std::collections::BTreeMap;
use std::fmt;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chalandise::query::{Library, Rows, run};
use datafusion::prelude::SessionContext;

/// Why a record failed, in words that an expected error can match.
#[derive(Debug)]
pub struct Failed(String);

impl fmt::Display for Failed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

impl std::error::Error for Failed {}

/// Any error as a failure.
pub fn failed(error: impl fmt::Display) -> Failed {
    Failed(error.to_string())
}

/// A result as text.
pub struct Table {
    /// Types of the columns.
    pub types: Vec<DataType>,
    /// Rows.
    pub rows: Vec<Vec<String>>,
}

/// Runs SQL, or a named query: `run overview/stores(store_id, change) from_on=2025-01-01 region='Pays de la Loire'`.
/// A query in curly brackets, `run {overview/indicators} ...`, gives one row a column: its name and its value.
/// None for a statement without rows.
pub async fn execute(ctx: &SessionContext, library: &Library, text: &str) -> Result<Option<Table>, Failed> {
    if let Some(call) = text.trim().strip_prefix("run ") {
        return named(ctx, library, call).await.map(Some);
    }
    let frame = ctx.sql(text).await.map_err(failed)?;
    let schema = frame.schema().inner().clone();
    let batches = frame.collect().await.map_err(failed)?;
    if ["insert", "create"]
        .iter()
        .any(|word| text.trim_start().starts_with(word))
    {
        return Ok(None);
    }
    table(&Rows { schema, batches }, &[]).map(Some)
}

async fn named(ctx: &SessionContext, library: &Library, call: &str) -> Result<Table, Failed> {
    let call = Call::read(call);
    let query = library
        .get(&call.name)
        .ok_or_else(|| failed(format!("there is no query `{}`", call.name)))?;
    let bound = query.bind(&call.given).map_err(failed)?;
    let rows = run(ctx, query, &bound).await.map_err(|error| {
        let source = std::error::Error::source(&error).map(ToString::to_string);
        failed(format!("{error}: {}", source.unwrap_or_default()))
    })?;
    let result = table(&rows, &call.columns)?;
    Ok(if call.turned { turned(&rows, result) } else { result })
}

struct Call {
    name: String,
    columns: Vec<String>,
    turned: bool,
    given: BTreeMap<String, String>,
}

impl Call {
    fn read(text: &str) -> Call {
        let end = text.find(|c: char| c == '(' || c.is_whitespace()).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let (columns, rest) = match rest.strip_prefix('(') {
            Some(rest) => rest.split_once(')').expect("a closing bracket"),
            None => ("", rest),
        };
        let columns = columns.split(',').map(|column| column.trim().to_owned());
        let turned = name.starts_with('{');
        Call {
            name: name.trim_matches(['{', '}']).to_owned(),
            columns: columns.filter(|column| !column.is_empty()).collect(),
            turned,
            given: read_given(rest.trim_start()),
        }
    }
}

fn read_given(mut rest: &str) -> BTreeMap<String, String> {
    let mut given = BTreeMap::new();
    while !rest.is_empty() {
        let (key, tail) = rest.split_once('=').expect("key=value");
        let (value, tail) = match tail.strip_prefix('\'') {
            Some(tail) => tail.split_once('\'').expect("a closing quote"),
            None => tail.split_once(char::is_whitespace).unwrap_or((tail, "")),
        };
        given.insert(key.to_owned(), value.to_owned());
        rest = tail.trim_start();
    }
    given
}

fn turned(rows: &Rows, result: Table) -> Table {
    let names = rows.schema.fields().iter().map(|field| field.name().clone());
    let first = result.rows.into_iter().next().unwrap_or_default();
    Table {
        types: vec![DataType::Utf8; 2],
        rows: names.zip(first).map(|(name, value)| vec![name, value]).collect(),
    }
}

fn table(rows: &Rows, columns: &[String]) -> Result<Table, Failed> {
    let indices = if columns.is_empty() {
        (0..rows.schema.fields().len()).collect()
    } else {
        columns
            .iter()
            .map(|name| rows.schema.index_of(name).map_err(failed))
            .collect::<Result<Vec<_>, _>>()?
    };
    let types = indices
        .iter()
        .map(|index| rows.schema.field(*index).data_type().clone())
        .collect();
    let mut lines = Vec::new();
    for batch in &rows.batches {
        let batch = batch.project(&indices).map_err(failed)?;
        for row in 0..batch.num_rows() {
            lines.push(line(&batch, row)?);
        }
    }
    Ok(Table { types, rows: lines })
}

fn line(batch: &RecordBatch, row: usize) -> Result<Vec<String>, Failed> {
    batch
        .columns()
        .iter()
        .map(|column| {
            if column.is_null(row) {
                return Ok("NULL".to_owned());
            }
            if column.data_type() == &DataType::Float64 {
                let value = column.as_primitive::<Float64Type>().value(row);
                let short = format!("{value:.6}");
                return Ok(short.trim_end_matches('0').trim_end_matches('.').to_owned());
            }
            let options = FormatOptions::default();
            let text = ArrayFormatter::try_new(column.as_ref(), &options)
                .map_err(failed)?
                .value(row)
                .to_string();
            Ok(if text.is_empty() { "(empty)".to_owned() } else { text })
        })
        .collect()
}
