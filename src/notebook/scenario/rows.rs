//! Scenarios as rows for SQL: the table `scenarios`.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringViewArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use chrono::{DateTime, Utc};

use super::{Plan, Scenario};

/// Name of the table.
pub const TABLE: &str = "scenarios";

/// The columns and what they say, for the catalogue.
pub const COLUMNS: [(&str, &str); 9] = [
    ("scenario_id", "Number of the scenario, as in its address"),
    ("name", "Name, unique among the scenarios"),
    ("note", "What its author wanted to remember"),
    ("changes", "Number of changes"),
    ("changes_text", "The changes, one a line, as in the scenario's address"),
    (
        "assumptions_text",
        "The assumptions, one a line, as in the scenario's address",
    ),
    (
        "lake_version",
        "Lake version whose figures its author saw when saving; none when the lake was empty",
    ),
    ("created_at", "When it was first saved, UTC"),
    ("updated_at", "When it was last saved or renamed, UTC"),
];

/// Schema of the table; ids are text, as everywhere in the lake.
pub fn schema() -> SchemaRef {
    let fields = COLUMNS.map(|(name, _)| {
        let data_type = match name {
            "changes" | "lake_version" => DataType::Int64,
            "created_at" | "updated_at" => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
            _ => DataType::Utf8View,
        };
        Field::new(name, data_type, name == "lake_version")
    });
    Arc::new(Schema::new(fields.to_vec()))
}

/// One row a scenario, in the order given.
///
/// # Errors
/// [`ArrowError`] when the rows do not fit [`schema`], which none do.
pub fn scenarios_batch(scenarios: &[Scenario]) -> Result<RecordBatch, ArrowError> {
    let text = |of: fn(&Scenario) -> String| -> ArrayRef {
        Arc::new(StringViewArray::from_iter_values(scenarios.iter().map(of)))
    };
    let instant = |of: fn(&Scenario) -> DateTime<Utc>| -> ArrayRef {
        let micros = scenarios.iter().map(|scenario| of(scenario).timestamp_micros());
        Arc::new(TimestampMicrosecondArray::from_iter_values(micros).with_timezone("UTC"))
    };
    let of_plan = |of: fn(&Plan) -> String| -> ArrayRef {
        Arc::new(StringViewArray::from_iter_values(
            scenarios.iter().map(|scenario| of(&scenario.content)),
        ))
    };
    let changes = scenarios
        .iter()
        .map(|scenario| i64::try_from(scenario.content.changes().len()).unwrap_or(i64::MAX));
    let lake_versions = scenarios.iter().map(|scenario| {
        scenario
            .lake_version
            .map(|version| i64::try_from(version).unwrap_or(i64::MAX))
    });
    RecordBatch::try_new(
        schema(),
        vec![
            text(|scenario| scenario.id.to_string()),
            text(|scenario| scenario.name.clone()),
            text(|scenario| scenario.note.clone()),
            Arc::new(Int64Array::from_iter_values(changes)),
            of_plan(Plan::changes_text),
            of_plan(Plan::assumptions_text),
            Arc::new(Int64Array::from_iter(lake_versions)),
            instant(|scenario| scenario.created_at),
            instant(|scenario| scenario.updated_at),
        ],
    )
}
