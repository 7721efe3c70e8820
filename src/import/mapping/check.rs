//! A mapping's SQL against empty source tables and the lake's contract: every fault before a single row is read.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;

use super::{Mapping, Shape};
use crate::engine::{self, Joins, Limits};
use crate::gazetteer::Gazetteer;
use chalandise_faults::{Fault, Faults, allowed};
use chalandise_lake::contract::{Column, Kind};
use chalandise_query::planner_words;

/// Columns that a shape may yield beside the canonical ones.
const HELPERS: [&str; 3] = ["_file", "_line", "_reject"];

/// A query of the mapping, where it begins in the file and what messages call it.
struct Place<'m> {
    file: &'m str,
    line: usize,
    name: String,
}

impl Place<'_> {
    fn fault(&self, what: impl AsRef<str>, remedy: impl Into<String>) -> Fault {
        self.fault_below(0, what, remedy)
    }

    /// A fault some lines below the query's first.
    fn fault_below(&self, lines: usize, what: impl AsRef<str>, remedy: impl Into<String>) -> Fault {
        let what = format!("{}: {}", self.name, what.as_ref());
        Fault::new(self.file, self.line + lines, what, remedy)
    }
}

/// All faults of the mapping's SQL.
pub async fn faults(mapping: &Mapping) -> Faults {
    let mut faults = Faults::new();
    let Some(session) = empty_session(mapping).await else {
        faults.push(Fault::new(
            &*mapping.origin,
            None,
            "the SQL cannot be checked",
            "report this as an error of the program",
        ));
        return faults;
    };
    let place = |line, name| Place {
        file: &mapping.origin,
        line,
        name,
    };
    for step in &mapping.steps {
        let place = place(step.line, format!("step `{}`", step.name));
        match plan(&session, &step.sql).await {
            Ok(schema) => {
                let schema = engine::as_read(&schema);
                if engine::register(&session, &step.name, None, &schema).await.is_err() {
                    faults.push(place.fault("the name is taken", "give it another name"));
                }
            }
            Err(error) => faults.push(sql_fault(&place, &step.sql, &error)),
        }
    }
    for shape in &mapping.tables {
        let place = place(shape.line, format!("table into `{}`", shape.into.name));
        match plan(&session, &shape.sql).await {
            Ok(schema) => check_columns(shape, &place, &schema, &mut faults),
            Err(error) => faults.push(sql_fault(&place, &shape.sql, &error)),
        }
    }
    faults
}

async fn empty_session(mapping: &Mapping) -> Option<SessionContext> {
    let limits = Limits {
        memory_bytes: 64 * 1024 * 1024,
        threads: 1,
        spill: std::env::temp_dir(),
    };
    let gazetteer = Arc::new(Gazetteer::empty());
    let session = engine::session(mapping, &gazetteer, &limits, Joins::Hash).ok()?;
    for file in &mapping.files {
        let schema = engine::source_schema(file);
        let folder: Option<&Path> = None;
        engine::register(&session, &file.id, folder, &schema).await.ok()?;
    }
    Some(session)
}

async fn plan(session: &SessionContext, sql: &str) -> Result<SchemaRef, DataFusionError> {
    let frame = session.sql_with_options(sql, engine::only_queries()).await?;
    let schema = SchemaRef::new(frame.schema().as_arrow().clone());
    frame.into_optimized_plan()?;
    Ok(schema)
}

/// A planning error as a fault. Planning happens on empty tables, so the engine's words name columns and never hold values.
fn sql_fault(place: &Place<'_>, sql: &str, error: &DataFusionError) -> Fault {
    match error.find_root() {
        DataFusionError::SchemaError(schema_error, _) => match schema_error.as_ref() {
            SchemaError::FieldNotFound { field, valid_fields } => {
                let names: Vec<&str> = valid_fields.iter().map(|it| it.name.as_str()).collect();
                place.fault_below(
                    line_of_word(sql, &field.name),
                    format!("there is no column `{}`", field.name),
                    allowed(&field.name, &names),
                )
            }
            _ => place.fault(
                "a column's name means two columns",
                "write the table before the name, as in o.id_order",
            ),
        },
        DataFusionError::SQL(parser, _) => place.fault(
            format!("the SQL cannot be read: {parser}"),
            "lines are counted from the first line of the SQL",
        ),
        other => place.fault(
            format!("the SQL cannot be planned: {}", planner_words(other)),
            "correct the SQL; it may use the mapping's files, earlier steps and the functions of data/mappings/README.md",
        ),
    }
}

/// How many lines below the first a word stands in the SQL; 0 when it is not found.
fn line_of_word(sql: &str, word: &str) -> usize {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    sql.lines()
        .position(|line| line.split(|letter| !is_part(letter)).any(|it| it == word))
        .unwrap_or(0)
}

fn check_columns(shape: &Shape, place: &Place<'_>, schema: &SchemaRef, faults: &mut Faults) {
    let table = shape.into;
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    for field in schema.fields() {
        let name = field.name().as_str();
        match table.column(name) {
            Some(column) if !fits(column.kind, field.data_type()) => faults.push(place.fault(
                format!("column `{name}` comes out as {}", field.data_type()),
                format!(
                    "the lake keeps {}: cast it, for example {}",
                    column.kind.name(),
                    example(column)
                ),
            )),
            Some(_) => {}
            None if HELPERS.contains(&name) => {}
            None => faults.push(place.fault(
                format!("`{name}` is not a column of {}", table.name),
                allowed(name, &names),
            )),
        }
    }
    let given: BTreeSet<&str> = schema.fields().iter().map(|it| it.name().as_str()).collect();
    let required = table.columns.iter().filter(|column| column.required);
    for name in required.map(|column| column.name).chain(["_file", "_line"]) {
        if !given.contains(name) {
            faults.push(place.fault(
                format!("the SQL does not give `{name}`"),
                if name.starts_with('_') {
                    format!("select {name} of the primary file, so that every row knows where it came from")
                } else {
                    "every row of the table needs it".to_owned()
                },
            ));
        }
    }
}

/// Whether values of an SQL type go into a column without loss.
fn fits(kind: Kind, found: &DataType) -> bool {
    if *found == DataType::Null {
        return true;
    }
    match kind {
        Kind::Text => found.is_string(),
        Kind::Integer => found.is_integer(),
        Kind::Money => matches!(found, DataType::Decimal128(_, scale) if *scale <= 2),
        Kind::Number => found.is_floating() || found.is_integer(),
        Kind::Date => *found == DataType::Date32,
        Kind::Timestamp => {
            matches!(found, DataType::Timestamp(TimeUnit::Microsecond, Some(zone)) if zone.as_ref() == "UTC")
        }
        Kind::Boolean => *found == DataType::Boolean,
    }
}

fn example(column: &Column) -> String {
    let name = column.name;
    match column.kind {
        Kind::Text => format!("cast({name} as varchar)"),
        Kind::Integer => format!("cast({name} as bigint)"),
        Kind::Money => format!("cast({name} as decimal(18, 2))"),
        Kind::Number => format!("cast({name} as double)"),
        Kind::Date => format!("cast({name} as date)"),
        Kind::Timestamp => format!("local_to_utc({name})"),
        Kind::Boolean => format!("cast({name} as boolean)"),
    }
}
