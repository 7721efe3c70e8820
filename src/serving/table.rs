//! A query's rows as plain values: the one shape that pages, tables and files are made from.
//!
//! Money stays an exact decimal here. It becomes a float only where a pixel or a rounded word is made of it.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimeUnit, TimestampMillisecondType,
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One value of a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// A text.
    Text(Arc<str>),
    /// A whole number.
    Int(i64),
    /// A number that is not exact by nature: a ratio, a coordinate.
    Float(f64),
    /// An exact decimal: `units` divided by ten to the power of `scale`.
    Decimal {
        /// The number without its point.
        units: i128,
        /// Digits after the point.
        scale: u8,
    },
    /// A day.
    Date(NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
    /// Yes or no.
    Bool(bool),
}

impl Cell {
    /// The value as a float, for drawing and for rounded words; `None` when it is no number.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Cell::Int(value) => Some(*value as f64),
            Cell::Float(value) => value.is_finite().then_some(*value),
            Cell::Decimal { units, scale } => Some(*units as f64 / 10_f64.powi(i32::from(*scale))),
            _ => None,
        }
    }

    /// A number without its sign; anything else as it is.
    #[must_use]
    pub fn size(&self) -> Cell {
        match self {
            Cell::Int(value) => Cell::Int(value.saturating_abs()),
            Cell::Float(value) => Cell::Float(value.abs()),
            Cell::Decimal { units, scale } => Cell::Decimal {
                units: units.saturating_abs(),
                scale: *scale,
            },
            other => other.clone(),
        }
    }

    /// The text, when it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The day, when it is one.
    #[must_use]
    pub fn as_date(&self) -> Option<NaiveDate> {
        match self {
            Cell::Date(day) => Some(*day),
            _ => None,
        }
    }

    /// The whole number, when it is one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Cell::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The exact value as plain text: a point as decimal mark, ISO dates, no grouping, empty for no value.
    #[must_use]
    pub fn exact(&self) -> String {
        match self {
            Cell::Null => String::new(),
            Cell::Text(text) => text.to_string(),
            Cell::Int(value) => value.to_string(),
            Cell::Float(value) => value.to_string(),
            Cell::Decimal { units, scale } => decimal_text(*units, *scale),
            Cell::Date(day) => day.to_string(),
            Cell::Instant(instant) => instant.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            Cell::Bool(value) => value.to_string(),
        }
    }
}

/// A decimal without going through a float: `-5` at scale 2 is `-0.05`.
fn decimal_text(units: i128, scale: u8) -> String {
    if scale == 0 {
        return units.to_string();
    }
    let width = usize::from(scale);
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = width + 1);
    let (whole, part) = digits.split_at(digits.len() - width);
    let sign = if units < 0 { "-" } else { "" };
    format!("{sign}{whole}.{part}")
}

/// What a column holds, as far as pages and charts tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Texts, and yes or no.
    Text,
    /// Days and instants.
    Date,
    /// Numbers.
    Number,
}

/// One named column of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// Name, as the query gives it.
    pub name: String,
    /// What it holds, known even when every value is missing.
    pub kind: ColumnKind,
    /// The values, one a row.
    pub cells: Vec<Cell>,
}

/// A whole result: columns of equal length in the query's order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    columns: Vec<TableColumn>,
    rows: usize,
}

/// A result that cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum CellsError {
    /// A column has a type that no page knows how to show.
    #[error("column {column} has a type that pages cannot show: {kind}")]
    Kind {
        /// The column.
        column: String,
        /// Its type.
        kind: String,
    },
    /// The result's pieces do not fit together.
    #[error("column {column} could not be read")]
    Arrow {
        /// The column.
        column: String,
        /// What arrow says.
        #[source]
        source: arrow::error::ArrowError,
    },
}

impl Table {
    /// Reads a result's batches.
    ///
    /// # Errors
    /// [`CellsError`] when a column has a type that pages cannot show (a list, a structure).
    pub fn from_batches(schema: &arrow::datatypes::Schema, batches: &[RecordBatch]) -> Result<Table, CellsError> {
        let rows = batches.iter().map(RecordBatch::num_rows).sum();
        let mut columns = Vec::with_capacity(schema.fields().len());
        for (index, field) in schema.fields().iter().enumerate() {
            let mut cells = Vec::with_capacity(rows);
            for batch in batches {
                read_array(field.name(), batch.column(index).as_ref(), &mut cells)?;
            }
            columns.push(TableColumn {
                name: field.name().clone(),
                kind: kind_of(field.data_type()),
                cells,
            });
        }
        Ok(Table { columns, rows })
    }

    /// A table from columns made elsewhere; shorter columns are filled with nothing.
    #[must_use]
    pub fn from_columns(mut columns: Vec<TableColumn>) -> Table {
        let rows = columns.iter().map(|column| column.cells.len()).max().unwrap_or(0);
        for column in &mut columns {
            column.cells.resize(rows, Cell::Null);
        }
        Table { columns, rows }
    }

    /// The columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[TableColumn] {
        &self.columns
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The values of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&[Cell]> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| column.cells.as_slice())
    }

    /// One value; nothing when the row or the column is not there.
    #[must_use]
    pub fn cell(&self, row: usize, name: &str) -> &Cell {
        self.column(name)
            .and_then(|cells| cells.get(row))
            .unwrap_or(&Cell::Null)
    }

    /// The values of one row, by column name.
    #[must_use]
    pub fn row(&self, row: usize) -> BTreeMap<&str, &Cell> {
        self.columns
            .iter()
            .filter_map(|column| Some((column.name.as_str(), column.cells.get(row)?)))
            .collect()
    }

    /// The sum of a column of whole numbers; nothing when the column is not there.
    #[must_use]
    pub fn sum_i64(&self, name: &str) -> Option<i64> {
        self.column(name)
            .map(|cells| cells.iter().filter_map(Cell::as_i64).sum())
    }

    /// The sum of a column, exact as long as it is decimal or whole.
    #[must_use]
    pub fn sum_f64(&self, name: &str) -> Option<f64> {
        self.column(name)
            .map(|cells| cells.iter().filter_map(Cell::as_f64).sum())
    }

    /// The rows with these numbers, in this order.
    #[must_use]
    pub fn reordered(&self, rows: &[usize]) -> Table {
        let pick = |column: &TableColumn| {
            rows.iter()
                .map(|row| column.cells.get(*row).cloned().unwrap_or(Cell::Null))
                .collect()
        };
        let columns = self
            .columns
            .iter()
            .map(|column| TableColumn {
                name: column.name.clone(),
                kind: column.kind,
                cells: pick(column),
            })
            .collect();
        Table {
            columns,
            rows: rows.len(),
        }
    }

    /// About how many bytes the table holds, for the cache's account.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let cells: usize = self
            .columns
            .iter()
            .flat_map(|column| &column.cells)
            .map(|cell| size_of::<Cell>() + cell.as_text().map_or(0, str::len))
            .sum();
        cells
            + self
                .columns
                .iter()
                .map(|column| column.name.len() + size_of::<TableColumn>())
                .sum::<usize>()
    }
}

/// What a column of an Arrow type holds.
fn kind_of(kind: &DataType) -> ColumnKind {
    match kind {
        DataType::Boolean | DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(_, _) => {
            ColumnKind::Text
        }
        DataType::Date32 | DataType::Date64 | DataType::Timestamp(_, _) => ColumnKind::Date,
        _ => ColumnKind::Number,
    }
}

/// Appends an array's values, whatever its width or string layout.
fn read_array(name: &str, array: &dyn Array, into: &mut Vec<Cell>) -> Result<(), CellsError> {
    let to = |kind: DataType| {
        cast(array, &kind).map_err(|source| CellsError::Arrow {
            column: name.to_owned(),
            source,
        })
    };
    match array.data_type() {
        DataType::Null => into.extend(std::iter::repeat_n(Cell::Null, array.len())),
        DataType::Boolean => {
            into.extend(
                array
                    .as_boolean()
                    .iter()
                    .map(|value| value.map_or(Cell::Null, Cell::Bool)),
            );
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Dictionary(_, _) => {
            let texts = to(DataType::Utf8)?;
            into.extend(
                texts
                    .as_string::<i32>()
                    .iter()
                    .map(|value| value.map_or(Cell::Null, |text| Cell::Text(text.into()))),
            );
        }
        DataType::Date32 | DataType::Date64 => {
            let days = to(DataType::Date32)?;
            into.extend(
                days.as_primitive::<Date32Type>()
                    .iter()
                    .map(|value| value.and_then(day).unwrap_or(Cell::Null)),
            );
        }
        DataType::Timestamp(_, _) => {
            let millis = to(DataType::Timestamp(TimeUnit::Millisecond, None))?;
            into.extend(millis.as_primitive::<TimestampMillisecondType>().iter().map(|value| {
                value
                    .and_then(DateTime::from_timestamp_millis)
                    .map_or(Cell::Null, Cell::Instant)
            }));
        }
        DataType::Decimal32(_, scale)
        | DataType::Decimal64(_, scale)
        | DataType::Decimal128(_, scale)
        | DataType::Decimal256(_, scale) => {
            let kept = u8::try_from(*scale).unwrap_or(0);
            let decimals = to(DataType::Decimal128(38, (*scale).max(0)))?;
            into.extend(
                decimals
                    .as_primitive::<Decimal128Type>()
                    .iter()
                    .map(|value| value.map_or(Cell::Null, |units| Cell::Decimal { units, scale: kept })),
            );
        }
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let floats = to(DataType::Float64)?;
            into.extend(
                floats
                    .as_primitive::<Float64Type>()
                    .iter()
                    .map(|value| value.map_or(Cell::Null, Cell::Float)),
            );
        }
        kind if kind.is_integer() => {
            let whole = to(DataType::Int64)?;
            into.extend(
                whole
                    .as_primitive::<Int64Type>()
                    .iter()
                    .map(|value| value.map_or(Cell::Null, Cell::Int)),
            );
        }
        kind => {
            return Err(CellsError::Kind {
                column: name.to_owned(),
                kind: kind.to_string(),
            });
        }
    }
    Ok(())
}

/// A day counted from 1970-01-01.
fn day(days: i32) -> Option<Cell> {
    let epoch = NaiveDate::from_ymd_opt(1970, 1, 1)?;
    let span = Days::new(u64::from(days.unsigned_abs()));
    let date = if days < 0 {
        epoch.checked_sub_days(span)
    } else {
        epoch.checked_add_days(span)
    };
    date.map(Cell::Date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_without_a_float() {
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(123_456, 2), "1234.56");
        assert_eq!(decimal_text(0, 2), "0.00");
        assert_eq!(decimal_text(90_071_992_547_409_931, 2), "900719925474099.31");
    }

    #[test]
    fn days_before_1970_are_days_too() {
        assert_eq!(day(-1), NaiveDate::from_ymd_opt(1969, 12, 31).map(Cell::Date));
    }
}
