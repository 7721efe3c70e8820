//! A mapping's SQL against empty source tables and the lake's contract: every fault before a single row is read.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef, TimeUnit};
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;

use super::section::allowed;
use super::{Mapping, Shape};
use crate::engine::{self, Joins, Limits};
use crate::error::MappingFault;
use crate::gazetteer::Gazetteer;
use chalandise_lake::contract::{Column, Kind};
use chalandise_query::planner_words;

/// Columns that a shape may yield beside the canonical ones.
const HELPERS: [&str; 3] = ["_file", "_line", "_reject"];

/// All faults of the mapping's SQL.
pub async fn faults(mapping: &Mapping) -> Vec<MappingFault> {
    let mut faults = Vec::new();
    let Some(session) = empty_session(mapping).await else {
        faults.push(fault(
            1,
            "mapping",
            "the SQL cannot be checked",
            "report this as an error of the program",
        ));
        return faults;
    };
    for step in &mapping.steps {
        let place = format!("step `{}`", step.name);
        match plan(&session, &step.sql).await {
            Ok(schema) => {
                let schema = engine::as_read(&schema);
                if engine::register(&session, &step.name, None, &schema).await.is_err() {
                    faults.push(fault(step.line, &place, "the name is taken", "give it another name"));
                }
            }
            Err(error) => faults.push(sql_fault(step.line, &place, &step.sql, &error)),
        }
    }
    for shape in &mapping.tables {
        let place = format!("table into `{}`", shape.into.name);
        match plan(&session, &shape.sql).await {
            Ok(schema) => check_columns(shape, &place, &schema, &mut faults),
            Err(error) => faults.push(sql_fault(shape.line, &place, &shape.sql, &error)),
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

fn fault(line: usize, place: &str, what: impl Into<String>, remedy: impl Into<String>) -> MappingFault {
    MappingFault {
        line,
        place: place.to_owned(),
        what: what.into(),
        remedy: remedy.into(),
    }
}

/// A planning error as a fault. Planning happens on empty tables, so the engine's words name columns and never hold values.
fn sql_fault(line: usize, place: &str, sql: &str, error: &DataFusionError) -> MappingFault {
    match error.find_root() {
        DataFusionError::SchemaError(schema_error, _) => match schema_error.as_ref() {
            SchemaError::FieldNotFound { field, valid_fields } => {
                let names: Vec<&str> = valid_fields.iter().map(|it| it.name.as_str()).collect();
                fault(
                    line + line_of_word(sql, &field.name),
                    place,
                    format!("there is no column `{}`", field.name),
                    allowed(&field.name, &names),
                )
            }
            _ => fault(
                line,
                place,
                "a column's name means two columns",
                "write the table before the name, as in o.id_order",
            ),
        },
        DataFusionError::SQL(parser, _) => fault(
            line,
            place,
            format!("the SQL cannot be read: {parser}"),
            "lines are counted from the first line of the SQL",
        ),
        other => fault(
            line,
            place,
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

fn check_columns(shape: &Shape, place: &str, schema: &SchemaRef, faults: &mut Vec<MappingFault>) {
    let table = shape.into;
    let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
    for field in schema.fields() {
        let name = field.name().as_str();
        match table.column(name) {
            Some(column) if !fits(column.kind, field.data_type()) => faults.push(fault(
                shape.line,
                place,
                format!("column `{name}` comes out as {}", field.data_type()),
                format!(
                    "the lake keeps {}: cast it, for example {}",
                    column.kind.name(),
                    example(column)
                ),
            )),
            Some(_) => {}
            None if HELPERS.contains(&name) => {}
            None => faults.push(fault(
                shape.line,
                place,
                format!("`{name}` is not a column of {}", table.name),
                allowed(name, &names),
            )),
        }
    }
    let given: BTreeSet<&str> = schema.fields().iter().map(|it| it.name().as_str()).collect();
    let required = table.columns.iter().filter(|column| column.required);
    for name in required.map(|column| column.name).chain(["_file", "_line"]) {
        if !given.contains(name) {
            faults.push(fault(
                shape.line,
                place,
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
