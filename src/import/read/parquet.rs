//! Reading a Parquet file under the same rules as a text file.
//!
//! A damaged footer can make the Parquet reader panic, and a file can promise more rows than it holds: both end as a fault of
//! the file, never as the end of the process or as fewer rows than there should be.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, SchemaRef, TimeUnit, TimestampMicrosecondType,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::ReadTask;
use super::cell::{Bad, Cell, ColumnReader, RepairSet};
use super::header::{self, Header};
use super::sink::{Sink, StagedFile};
use super::text::{column_index, inspect_place, place_columns};
use crate::error::ImportError;
use crate::input::{self, Content, unreadable};
use crate::mapping::{ColumnKind, SourceColumn};
use chalandise_faults::Fault;

const BATCH_ROWS: usize = 8_192;

/// Reads a Parquet file into the sink.
pub fn read(task: &ReadTask<'_>) -> Result<StagedFile, ImportError> {
    let path = &task.input.path;
    if input::content(path)? != Content::Parquet {
        return Err(Fault::of_file(
            path,
            "this is not a Parquet file: its first bytes are not PAR1",
            "Give the Parquet file itself, or a mapping for text files",
        )
        .into());
    }
    let mut opened = guarded(task, || open(task))??;
    let readers: Vec<ColumnReader<'_>> = task
        .file
        .columns
        .iter()
        .map(|column| ColumnReader::new(column, &task.file.dialect, task.not_after))
        .collect();
    let mut sink = task.sink();
    sink.unread_columns(opened.header.unread.clone());
    let mut found = 0_u64;
    while let Some(batch) = guarded(task, || opened.reader.next())? {
        let batch = batch.map_err(|_| damaged(task))?;
        let columns = columns_of(task, &opened.header, &batch)?;
        for row in 0..batch.num_rows() {
            found += 1;
            read_row(task, &opened.header, &readers, &columns, (row, found), &mut sink)?;
        }
        let share = task.input.bytes * batch.num_rows() as u64 / opened.promised.max(1);
        task.progress.advance(share);
    }
    if found != opened.promised {
        return Err(Fault::of_file(
            path,
            format!("the file promises {} rows and holds {found}", opened.promised),
            "Its footer and its data disagree: write or copy the file again",
        )
        .into());
    }
    sink.finish()
}

struct Opened {
    reader: ParquetRecordBatchReader,
    header: Header,
    promised: u64,
}

/// Runs a piece of the Parquet reader so that a panic in it becomes a fault of the file.
fn guarded<T>(task: &ReadTask<'_>, work: impl FnOnce() -> T) -> Result<T, ImportError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| damaged(task).into())
}

fn damaged(task: &ReadTask<'_>) -> Fault {
    Fault::of_file(
        &task.input.path,
        "the Parquet file is damaged or cut short",
        "Write or copy it again",
    )
}

fn open(task: &ReadTask<'_>) -> Result<Opened, ImportError> {
    let path = &task.input.path;
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|_| damaged(task))?;
    let promised = u64::try_from(builder.metadata().file_metadata().num_rows()).map_err(|_| damaged(task))?;
    let schema = SchemaRef::clone(builder.schema());
    let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut header = header::resolve(path, task.file, &names)?;
    check_types(task, &header, &schema)?;
    let wanted: Vec<usize> = header.places.iter().flatten().copied().collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
    let reader = builder
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(|_| damaged(task))?;
    // The batches hold the wanted columns only, in the file's order.
    let mut kept = wanted;
    kept.sort_unstable();
    kept.dedup();
    for place in header.places.iter_mut().flatten() {
        *place = kept.iter().position(|it| it == place).unwrap_or(0);
    }
    Ok(Opened {
        reader,
        header,
        promised,
    })
}

/// Refuses a file whose column types cannot hold what the mapping expects: its schema has changed.
fn check_types(task: &ReadTask<'_>, header: &Header, schema: &SchemaRef) -> Result<(), Fault> {
    for (column, place) in task.file.columns.iter().zip(&header.places) {
        let Some(place) = place else { continue };
        let found = schema.field(*place).data_type();
        if read_as(column, found).is_none() {
            return Err(Fault::of_file(
                &task.input.path,
                format!(
                    "the column holds {}, and the mapping expects {}",
                    type_name(found),
                    column.kind.name()
                ),
                "The file's schema has changed: correct the export or the type in the mapping",
            )
            .in_column(schema.field(*place).name()));
        }
    }
    Ok(())
}

/// The Arrow type through which a column is read; none when the mapping's kind does not fit.
fn read_as(column: &SourceColumn, found: &DataType) -> Option<DataType> {
    use ColumnKind as Kind;
    let moment = DataType::Timestamp(TimeUnit::Microsecond, None);
    let text = matches!(found, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        || matches!(found, DataType::Dictionary(_, value) if value.is_string());
    if text || *found == DataType::Null {
        return Some(DataType::Utf8);
    }
    match column.kind {
        Kind::Text if found.is_integer() => Some(DataType::Utf8),
        Kind::Integer if found.is_integer() => Some(DataType::Int64),
        Kind::Integer | Kind::Money | Kind::Decimal | Kind::Number if found.is_floating() => Some(DataType::Float64),
        Kind::Money | Kind::Decimal | Kind::Number if found.is_integer() => Some(DataType::Int64),
        // More than six decimals cannot be kept exactly.
        Kind::Money | Kind::Decimal | Kind::Number
            if matches!(found, DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale)
                | DataType::Decimal128(_, scale) if *scale <= 6) =>
        {
            Some(DataType::Decimal128(38, 6))
        }
        Kind::Date | Kind::Timestamp if matches!(found, DataType::Date32 | DataType::Date64) => Some(DataType::Date32),
        Kind::Date | Kind::Timestamp if matches!(found, DataType::Timestamp(_, None)) => Some(moment),
        Kind::Boolean if *found == DataType::Boolean => Some(DataType::Boolean),
        _ => None,
    }
}

fn type_name(data_type: &DataType) -> String {
    match data_type {
        DataType::Timestamp(_, Some(_)) => "an instant with a time zone".to_owned(),
        DataType::List(_) | DataType::Struct(_) | DataType::Map(..) => "nested values".to_owned(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => "bytes".to_owned(),
        other if other.is_integer() => "whole numbers".to_owned(),
        other if other.is_floating() || other.is_decimal() => "numbers".to_owned(),
        DataType::Boolean => "true and false".to_owned(),
        DataType::Date32 | DataType::Date64 => "dates".to_owned(),
        DataType::Timestamp(..) => "dates with times".to_owned(),
        _ => "another type".to_owned(),
    }
}

/// The mapping's columns of a batch, in the types through which they are read.
fn columns_of(task: &ReadTask<'_>, header: &Header, batch: &RecordBatch) -> Result<Vec<Option<ArrayRef>>, ImportError> {
    let mut columns = Vec::with_capacity(header.places.len());
    for (column, place) in task.file.columns.iter().zip(&header.places) {
        let array = match place {
            Some(place) => {
                let array = batch.column(*place);
                let target = read_as(column, array.data_type()).ok_or_else(|| damaged(task))?;
                Some(cast(array, &target).map_err(|_| damaged(task))?)
            }
            None => None,
        };
        columns.push(array);
    }
    Ok(columns)
}

fn read_row(
    task: &ReadTask<'_>,
    header: &Header,
    readers: &[ColumnReader<'_>],
    columns: &[Option<ArrayRef>],
    (row, line): (usize, u64),
    sink: &mut Sink<'_>,
) -> Result<(), ImportError> {
    let mut used = RepairSet::default();
    let mut cells = Vec::with_capacity(readers.len());
    let read_cell = |index: usize, used: &mut RepairSet| {
        let column = readers[index].column();
        cell_of(columns[index].as_ref(), row, column.kind).and_then(|cell| readers[index].take(cell, used))
    };
    for (index, reader) in readers.iter().enumerate() {
        match read_cell(index, &mut used) {
            Ok(cell) => cells.push(cell),
            Err(bad) => {
                let money = task.file.money.as_deref();
                let money = money
                    .and_then(|name| column_index(task.file, name))
                    .and_then(|index| read_cell(index, &mut RepairSet::default()).ok());
                let column = header.name_of(reader.column());
                return sink.reject(line, &column, bad, money, row_text(columns, row));
            }
        }
    }
    let repair = inspect_place(&mut cells, place_columns(task.file));
    sink.accept(&cells, line, used, repair)
}

/// The typed value of one row of a column.
fn cell_of(array: Option<&ArrayRef>, row: usize, kind: ColumnKind) -> Result<Cell, Bad> {
    let Some(array) = array.filter(|array| array.is_valid(row)) else {
        return Ok(Cell::Null);
    };
    Ok(match array.data_type() {
        DataType::Utf8 => Cell::Text(array.as_string::<i32>().value(row).to_owned()),
        DataType::Int64 => whole(array.as_primitive::<Int64Type>().value(row), kind),
        DataType::Float64 => broken(array.as_primitive::<Float64Type>().value(row), kind)?,
        DataType::Decimal128(..) => exact(array.as_primitive::<Decimal128Type>().value(row), kind)?,
        DataType::Boolean => Cell::Flag(array.as_boolean().value(row)),
        DataType::Date32 => {
            let day = Date32Type::to_naive_date_opt(array.as_primitive::<Date32Type>().value(row));
            day.map_or_else(|| Err(impossible_date()), |day| Ok(dated(day.into(), kind)))?
        }
        _ => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            let moment = chrono::DateTime::from_timestamp_micros(micros).ok_or_else(impossible_date)?;
            dated(moment.naive_utc(), kind)
        }
    })
}

fn impossible_date() -> Bad {
    Bad {
        class: "an impossible date".to_owned(),
        reason: "the calendar has no such day".to_owned(),
    }
}

fn dated(moment: chrono::NaiveDateTime, kind: ColumnKind) -> Cell {
    match kind {
        ColumnKind::Timestamp => Cell::Moment(moment),
        _ => Cell::Day(moment.date()),
    }
}

fn whole(number: i64, kind: ColumnKind) -> Cell {
    match kind {
        ColumnKind::Money => Cell::Cents(i128::from(number) * 100),
        ColumnKind::Decimal => Cell::Millionths(i128::from(number) * 1_000_000),
        ColumnKind::Number => Cell::Number(number as f64),
        ColumnKind::Text => Cell::Text(number.to_string()),
        _ => Cell::Integer(number),
    }
}

/// A float where an exact number is wanted: it must be one within the float's own precision.
fn broken(number: f64, kind: ColumnKind) -> Result<Cell, Bad> {
    let scale = match kind {
        ColumnKind::Number => return Ok(Cell::Number(number)),
        ColumnKind::Money => 100.0,
        ColumnKind::Decimal => 1e6,
        _ => 1.0,
    };
    let scaled = number * scale;
    let nearest = scaled.round();
    // A double carries 15 digits: what is left over beyond that is the float's own noise, not a third decimal.
    let noise = (scaled.abs() * 1e-13).max(1e-6);
    if !scaled.is_finite() || scaled.abs() > 1e12 || (scaled - nearest).abs() > noise {
        return Err(Bad {
            class: match kind {
                ColumnKind::Money => "an amount with more than two decimals",
                ColumnKind::Decimal => "a number with more than six decimals",
                _ => "a broken number where a whole number is expected",
            }
            .to_owned(),
            reason: "it is not exact to the unit that the mapping expects".to_owned(),
        });
    }
    let units = nearest as i64;
    Ok(match kind {
        ColumnKind::Money => Cell::Cents(i128::from(units)),
        ColumnKind::Decimal => Cell::Millionths(i128::from(units)),
        _ => Cell::Integer(units),
    })
}

fn exact(millionths: i128, kind: ColumnKind) -> Result<Cell, Bad> {
    match kind {
        ColumnKind::Number => Ok(Cell::Number(millionths as f64 / 1e6)),
        ColumnKind::Money if millionths % 10_000 != 0 => Err(Bad {
            class: "an amount with more than two decimals".to_owned(),
            reason: "it is not exact to the cent".to_owned(),
        }),
        ColumnKind::Money => Ok(Cell::Cents(millionths / 10_000)),
        _ => Ok(Cell::Millionths(millionths)),
    }
}

/// The row's values, for the rejects file.
fn row_text(columns: &[Option<ArrayRef>], row: usize) -> String {
    let values: Vec<String> = columns
        .iter()
        .map(|array| {
            array
                .as_ref()
                .and_then(|array| arrow::util::display::array_value_to_string(array, row).ok())
                .unwrap_or_default()
        })
        .collect();
    values.join("|")
}
