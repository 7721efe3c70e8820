//! Rows as Parquet: exact types, for programs; shapes beside them as GeoParquet has them.

use arrow::array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch,
    StringArray, TimestampMillisecondArray,
};
use arrow::datatypes::{Field, Schema};
use chalandise_analytics::network::geo_parquet::METADATA_KEY;
use chalandise_serving::ColumnKind;
use chalandise_serving::{Cell, Table, TableColumn};
use chrono::NaiveDate;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

/// The column of shapes.
pub const GEOMETRY: &str = "geometry";
/// Digits of a decimal: the most that the format keeps, so that no sum is cut.
const PRECISION: u8 = 38;

/// Shapes beside the rows of a table.
#[derive(Debug)]
pub struct Shapes {
    /// One a row, in well-known binary.
    pub wkb: Vec<Vec<u8>>,
    /// What the file says of them, in JSON.
    pub metadata: String,
}

/// A table as Parquet with the query's column names, its shapes in the column `geometry`.
///
/// # Errors
/// [`ParquetError`] when the rows do not fit the format.
pub fn parquet(table: &Table, shapes: Option<&Shapes>) -> Result<Vec<u8>, ParquetError> {
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for column in table.columns() {
        columns.push((column.name.clone(), array(column)?));
    }
    let level = ZstdLevel::default();
    let mut properties = WriterProperties::builder().set_compression(Compression::ZSTD(level));
    if let Some(shapes) = shapes {
        let wkb = BinaryArray::from_iter_values(&shapes.wkb);
        columns.push((GEOMETRY.to_owned(), Arc::new(wkb)));
        let about = KeyValue::new(METADATA_KEY.to_owned(), shapes.metadata.clone());
        properties = properties.set_key_value_metadata(Some(vec![about]));
    }
    let fields: Vec<Field> = columns
        .iter()
        .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, schema, Some(properties.build()))?;
    writer.write(&batch)?;
    writer.close()?;
    Ok(bytes)
}

/// A column in the narrowest type that holds its values exactly.
fn array(column: &TableColumn) -> Result<ArrayRef, ParquetError> {
    let cells = column.cells.iter();
    let all = |is: fn(&Cell) -> bool| column.cells.iter().all(|cell| *cell == Cell::Null || is(cell));
    Ok(match column.kind {
        ColumnKind::Text if all(|cell| matches!(cell, Cell::Bool(_))) && has_values(column) => {
            Arc::new(cells.map(flag).collect::<BooleanArray>())
        }
        ColumnKind::Text => Arc::new(cells.map(text).collect::<StringArray>()),
        ColumnKind::Date if column.cells.iter().any(|cell| matches!(cell, Cell::Instant(_))) => {
            let instants: TimestampMillisecondArray = cells.map(millis).collect();
            Arc::new(instants.with_timezone("UTC"))
        }
        ColumnKind::Date => Arc::new(cells.map(days).collect::<Date32Array>()),
        ColumnKind::Number if all(|cell| matches!(cell, Cell::Int(_))) && has_values(column) => {
            Arc::new(cells.map(Cell::as_i64).collect::<Int64Array>())
        }
        ColumnKind::Number => match scale(column) {
            Some(scale) => {
                let units: Decimal128Array = cells.map(units).collect();
                Arc::new(units.with_precision_and_scale(PRECISION, scale)?)
            }
            None => Arc::new(cells.map(Cell::as_f64).collect::<Float64Array>()),
        },
    })
}

fn has_values(column: &TableColumn) -> bool {
    column.cells.iter().any(|cell| *cell != Cell::Null)
}

/// The scale of a column of decimals.
fn scale(column: &TableColumn) -> Option<i8> {
    let mut found = None;
    for cell in &column.cells {
        match cell {
            Cell::Null => {}
            Cell::Decimal { scale, .. } => found = i8::try_from(*scale).ok(),
            _ => return None,
        }
    }
    found
}

fn units(cell: &Cell) -> Option<i128> {
    match cell {
        Cell::Decimal { units, .. } => Some(*units),
        _ => None,
    }
}

fn flag(cell: &Cell) -> Option<bool> {
    match cell {
        Cell::Bool(value) => Some(*value),
        _ => None,
    }
}

fn text(cell: &Cell) -> Option<String> {
    (*cell != Cell::Null).then(|| cell.exact())
}

fn millis(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Instant(instant) => Some(instant.timestamp_millis()),
        _ => None,
    }
}

/// Days since 1970-01-01.
fn days(cell: &Cell) -> Option<i32> {
    let days = cell.as_date()?.signed_duration_since(NaiveDate::default()).num_days();
    i32::try_from(days).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::datatypes::DataType;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    fn column(name: &str, kind: ColumnKind, cells: Vec<Cell>) -> TableColumn {
        TableColumn {
            name: name.into(),
            kind,
            cells,
        }
    }

    fn money(units: i128) -> Cell {
        Cell::Decimal { units, scale: 2 }
    }

    #[test]
    fn values_are_read_back_exactly() {
        let day = NaiveDate::from_ymd_opt(1969, 12, 31);
        let table = Table::from_columns(vec![
            column("store_id", ColumnKind::Text, vec![Cell::Text("S1".into()), Cell::Null]),
            column(
                "net_revenue",
                ColumnKind::Number,
                vec![money(-5), money(i128::MAX / 10)],
            ),
            column("orders", ColumnKind::Number, vec![Cell::Int(3), Cell::Null]),
            column("share", ColumnKind::Number, vec![Cell::Float(0.1), Cell::Int(2)]),
            column("hidden", ColumnKind::Text, vec![Cell::Bool(true), Cell::Null]),
            column(
                "opened_on",
                ColumnKind::Date,
                vec![day.map_or(Cell::Null, Cell::Date), Cell::Null],
            ),
            column("nothing", ColumnKind::Number, vec![Cell::Null, Cell::Null]),
        ]);
        let kind = |column| array(column).unwrap().data_type().clone();
        let kinds: Vec<DataType> = table.columns().iter().map(kind).collect();
        assert_eq!(
            kinds,
            [
                DataType::Utf8,
                DataType::Decimal128(38, 2),
                DataType::Int64,
                DataType::Float64,
                DataType::Boolean,
                DataType::Date32,
                DataType::Float64
            ]
        );
        let bytes = bytes::Bytes::from(parquet(&table, None).unwrap());
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        let schema = Arc::clone(reader.schema());
        let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
        let read = Table::from_batches(&schema, &batches).unwrap();
        for (read, written) in read.columns().iter().zip(table.columns()) {
            let as_read: Vec<String> = read.cells.iter().map(Cell::exact).collect();
            let as_written: Vec<String> = written.cells.iter().map(Cell::exact).collect();
            assert_eq!(as_read, as_written, "{}", read.name);
        }
    }

    #[test]
    fn shapes_stand_in_a_column_that_the_metadata_names() {
        let table = Table::from_columns(vec![column("ring", ColumnKind::Number, vec![Cell::Int(50)])]);
        let shapes = Shapes {
            wkb: vec![vec![1, 6, 0, 0, 0, 0, 0, 0, 0]],
            metadata: "{}".into(),
        };
        let bytes = bytes::Bytes::from(parquet(&table, Some(&shapes)).unwrap());
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
        let about = reader.metadata().file_metadata().key_value_metadata().unwrap();
        assert!(
            about
                .iter()
                .any(|pair| pair.key == "geo" && pair.value.as_deref() == Some("{}"))
        );
        let field = reader.schema().field_with_name(GEOMETRY).unwrap().clone();
        assert_eq!(field.data_type(), &DataType::Binary);
    }
}
