//! Runs `tests/queries/**.slt`: expected rows of functions and named queries.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use async_trait::async_trait;
use chalandise::query::{Library, Rows, run};
use datafusion::prelude::SessionContext;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner};

use super::lake;

/// Why a record failed, in words that an expected error can match.
#[derive(Debug)]
struct Failed(String);

impl fmt::Display for Failed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)
    }
}

impl std::error::Error for Failed {}

fn failed(error: impl fmt::Display) -> Failed {
    Failed(error.to_string())
}

/// The database under test: a lake in memory that also runs named queries.
struct Lake {
    library: Library,
    ctx: SessionContext,
}

#[async_trait]
impl AsyncDB for Lake {
    type Error = Failed;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, text: &str) -> Result<DBOutput<DefaultColumnType>, Failed> {
        if let Some(call) = text.trim().strip_prefix("run ") {
            return self.named(call).await;
        }
        let frame = self.ctx.sql(text).await.map_err(failed)?;
        let schema = frame.schema().inner().clone();
        let batches = frame.collect().await.map_err(failed)?;
        if schema.fields().len() == 1 && schema.field(0).name() == "count" && batches.len() == 1 {
            return Ok(DBOutput::StatementComplete(0));
        }
        output(&Rows { schema, batches }, &[])
    }

    async fn shutdown(&mut self) {}
}

impl Lake {
    /// `overview/stores(store_id, change) from_on=2025-01-01 region='Pays de la Loire'`
    async fn named(&self, call: &str) -> Result<DBOutput<DefaultColumnType>, Failed> {
        let (name, columns, given) = read_call(call);
        let query = self
            .library
            .get(&name)
            .ok_or_else(|| failed(format!("there is no query `{name}`")))?;
        let bound = query.bind(&given).map_err(failed)?;
        let rows = run(&self.ctx, query, &bound).await.map_err(|error| {
            let source = std::error::Error::source(&error).map(ToString::to_string);
            failed(format!("{error}: {}", source.unwrap_or_default()))
        })?;
        output(&rows, &columns)
    }
}

fn read_call(call: &str) -> (String, Vec<String>, BTreeMap<String, String>) {
    let end = call
        .find(|c: char| c == '(' || c.is_whitespace())
        .unwrap_or(call.len());
    let (name, rest) = call.split_at(end);
    let (columns, rest) = match rest.strip_prefix('(') {
        Some(rest) => rest.split_once(')').expect("a closing bracket"),
        None => ("", rest),
    };
    let columns = columns
        .split(',')
        .map(|column| column.trim().to_owned())
        .filter(|column| !column.is_empty())
        .collect();
    let mut given = BTreeMap::new();
    let mut rest = rest.trim_start();
    while !rest.is_empty() {
        let (key, tail) = rest.split_once('=').expect("key=value");
        let (value, tail) = match tail.strip_prefix('\'') {
            Some(tail) => tail.split_once('\'').expect("a closing quote"),
            None => tail.split_once(char::is_whitespace).unwrap_or((tail, "")),
        };
        given.insert(key.to_owned(), value.to_owned());
        rest = tail.trim_start();
    }
    (name.to_owned(), columns, given)
}

fn output(rows: &Rows, columns: &[String]) -> Result<DBOutput<DefaultColumnType>, Failed> {
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
        .map(|index| column_type(rows.schema.field(*index).data_type()))
        .collect();
    let mut lines = Vec::new();
    for batch in &rows.batches {
        let batch = batch.project(&indices).map_err(failed)?;
        for row in 0..batch.num_rows() {
            lines.push(line(&batch, row)?);
        }
    }
    Ok(DBOutput::Rows { types, rows: lines })
}

fn column_type(data_type: &DataType) -> DefaultColumnType {
    if data_type.is_integer() {
        DefaultColumnType::Integer
    } else if data_type.is_numeric() {
        DefaultColumnType::FloatingPoint
    } else {
        DefaultColumnType::Text
    }
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

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "slt") {
            files.push(path);
        }
    }
    files.sort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expected_rows_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(!files.is_empty());
    let bless = std::env::var_os("BLESS").is_some();
    let mut failures = Vec::new();
    for file in files {
        let mut runner = Runner::new(|| async {
            let library = Library::load(&lake::queries()).map_err(failed)?;
            let ctx = lake::session(&library).await;
            Ok(Lake { library, ctx })
        });
        if bless {
            runner
                .update_test_file(
                    &file,
                    " ",
                    sqllogictest::default_validator,
                    sqllogictest::default_normalizer,
                    sqllogictest::default_column_validator,
                )
                .await
                .unwrap();
        } else if let Err(error) = runner.run_file_async(&file).await {
            failures.push(error.to_string());
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
