//! Rows against the lake's contract: required values, allowed words, ranges.

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{Decimal128Type, Float64Type, Int64Type};

use super::read::cell::Bad;
use chalandise_lake::contract::{Column, Kind, Table};

/// The first column of a row that breaks the contract, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Column of the canonical table.
    pub column: &'static str,
    /// Class of the value and reason.
    pub bad: Bad,
}

/// Checks every row of a batch of canonical columns; one entry a row, none when the row is good.
pub fn breaches(table: &'static Table, batch: &RecordBatch) -> Vec<Option<Breach>> {
    let mut found: Vec<Option<Breach>> = vec![None; batch.num_rows()];
    for column in &table.columns {
        let Some(values) = batch.column_by_name(column.name) else {
            continue;
        };
        if column.required && values.null_count() > 0 {
            mark(
                &mut found,
                column,
                |row| values.is_null(row),
                || Bad {
                    class: "no value".to_owned(),
                    reason: "a value is required".to_owned(),
                },
            );
        }
        check_words(column, values, &mut found);
        check_range(column, values, &mut found);
    }
    found
}

fn mark(found: &mut [Option<Breach>], column: &Column, is_bad: impl Fn(usize) -> bool, bad: impl Fn() -> Bad) {
    for (row, breach) in found.iter_mut().enumerate() {
        if breach.is_none() && is_bad(row) {
            *breach = Some(Breach {
                column: column.name,
                bad: bad(),
            });
        }
    }
}

fn check_words(column: &Column, values: &ArrayRef, found: &mut [Option<Breach>]) {
    if column.allowed.is_empty() || column.kind != Kind::Text {
        return;
    }
    let words = values.as_string_view();
    let is_bad = |row: usize| words.is_valid(row) && !column.allowed.contains(&words.value(row));
    mark(found, column, is_bad, || Bad {
        class: "a word that is not allowed".to_owned(),
        reason: format!("only these are allowed: {}", column.allowed.join(", ")),
    });
}

fn check_range(column: &Column, values: &ArrayRef, found: &mut [Option<Breach>]) {
    if column.min.is_none() && column.max.is_none() {
        return;
    }
    let (min, max) = (
        column.min.unwrap_or(f64::NEG_INFINITY),
        column.max.unwrap_or(f64::INFINITY),
    );
    let outside = |number: f64| !(min..=max).contains(&number);
    let bad = || Bad {
        class: format!("{} out of range", noun(column.kind)),
        reason: range(column),
    };
    match column.kind {
        Kind::Integer => {
            let numbers = values.as_primitive::<Int64Type>();
            let is_bad = |row: usize| numbers.is_valid(row) && outside(numbers.value(row) as f64);
            mark(found, column, is_bad, bad);
        }
        Kind::Number => {
            let numbers = values.as_primitive::<Float64Type>();
            let is_bad = |row: usize| numbers.is_valid(row) && outside(numbers.value(row));
            mark(found, column, is_bad, bad);
        }
        Kind::Money => {
            // Bounds are whole units and far below 2^53 cents: the comparison is exact.
            let cents = values.as_primitive::<Decimal128Type>();
            let is_bad = |row: usize| cents.is_valid(row) && outside(cents.value(row) as f64 / 100.0);
            mark(found, column, is_bad, bad);
        }
        Kind::Text | Kind::Date | Kind::Timestamp | Kind::Boolean => {}
    }
}

fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Money => "an amount",
        _ => "a number",
    }
}

fn range(column: &Column) -> String {
    match (column.min, column.max) {
        (Some(min), Some(max)) => format!("allowed are {min} to {max}"),
        (Some(min), None) => format!("allowed are {min} and more"),
        (_, max) => format!("allowed are {} and less", max.unwrap_or(f64::INFINITY)),
    }
}
