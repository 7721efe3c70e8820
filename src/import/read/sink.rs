//! Where rows of a source file go: typed Parquet for the good ones, the rejects file for the others, the account for all.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int32Builder, Int64Builder,
    RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{DataType, Date32Type, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::cell::{Bad, Cell, RepairSet};
use super::key::KeyOrder;
use crate::account::{FileAccount, Outcome, Tally};
use crate::error::ImportError;
use crate::line_set::LineSet;
use crate::mapping::{ColumnKind, REPAIRS, SourceFile, Unique};
use crate::rejects::{Reject, RejectWriter};

/// Rows written at a time.
pub const BATCH_ROWS: usize = 65_536;

/// The Arrow type in which a source column is staged.
pub fn staged_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::Text => DataType::Utf8,
        ColumnKind::Integer => DataType::Int64,
        ColumnKind::Money => DataType::Decimal128(18, 2),
        ColumnKind::Decimal => DataType::Decimal128(20, 6),
        ColumnKind::Number => DataType::Float64,
        ColumnKind::Date => DataType::Date32,
        ColumnKind::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnKind::Boolean => DataType::Boolean,
    }
}

/// The schema in which the rows of a source file are staged: its columns, then `_file` and `_line`.
pub fn staged_schema(file: &SourceFile) -> SchemaRef {
    let mut fields: Vec<Field> = file
        .columns
        .iter()
        .map(|column| Field::new(&column.name, staged_type(column.kind), true))
        .collect();
    fields.push(Field::new("_file", DataType::Int32, false));
    fields.push(Field::new("_line", DataType::Int64, false));
    Arc::new(Schema::new(fields))
}

/// How work files are written: fast, they live for minutes.
pub fn scratch_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(BATCH_ROWS * 4))
        .build()
}

/// What came out of reading one source file.
#[derive(Debug)]
pub struct StagedFile {
    /// Index of the input.
    pub index: usize,
    /// Staged rows, or none when no row was kept.
    pub path: Option<PathBuf>,
    /// Rows, money and reasons.
    pub account: FileAccount,
    /// Lines whose rows were staged.
    pub lines: LineSet,
    /// Those of them that were repaired.
    pub repaired: LineSet,
    /// Whether the keys rise from row to row.
    pub keys: KeyOrder,
}

/// Takes the rows of one source file.
pub struct Sink<'a> {
    file: &'a SourceFile,
    money: Option<usize>,
    name: String,
    index: usize,
    path: PathBuf,
    rejects: &'a RejectWriter,
    schema: SchemaRef,
    builders: Vec<Builder>,
    file_builder: Int32Builder,
    line_builder: Int64Builder,
    waiting: usize,
    writer: Option<ArrowWriter<File>>,
    account: FileAccount,
    lines: LineSet,
    repaired: LineSet,
    keys: KeyOrder,
    repair_counts: [u64; REPAIRS.len()],
}

impl<'a> Sink<'a> {
    /// A sink for the rows of `name`, input number `index`, that writes to `path`.
    pub fn new(file: &'a SourceFile, name: &str, index: usize, path: &Path, rejects: &'a RejectWriter) -> Sink<'a> {
        let key_columns = match &file.unique {
            Some(Unique::Columns(columns)) => columns
                .iter()
                .filter_map(|name| file.columns.iter().position(|column| column.name == *name))
                .collect(),
            _ => Vec::new(),
        };
        let money = file.money.as_deref();
        Sink {
            file,
            money: file
                .columns
                .iter()
                .position(|column| Some(column.name.as_str()) == money),
            name: name.to_owned(),
            index,
            path: path.to_path_buf(),
            rejects,
            schema: staged_schema(file),
            builders: file.columns.iter().map(|column| Builder::new(column.kind)).collect(),
            file_builder: Int32Builder::new(),
            line_builder: Int64Builder::new(),
            waiting: 0,
            writer: None,
            account: FileAccount {
                file: name.to_owned(),
                id: file.id.clone(),
                money_column: file.money.clone(),
                ..FileAccount::default()
            },
            lines: LineSet::new(),
            repaired: LineSet::new(),
            keys: KeyOrder::new(key_columns),
            repair_counts: [0; REPAIRS.len()],
        }
    }

    /// Notes the columns of the file that the mapping does not read.
    pub fn unread_columns(&mut self, names: Vec<String>) {
        self.account.unread_columns = names;
    }

    /// Takes a good row. `place_repair` names a repair of its coordinates.
    ///
    /// # Errors
    /// [`ImportError::Scratch`] when the work file cannot be written.
    pub fn accept(
        &mut self,
        cells: &[Cell],
        line: u64,
        used: RepairSet,
        place_repair: Option<&'static str>,
    ) -> Result<(), ImportError> {
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            builder.append(cell);
        }
        self.file_builder
            .append_value(i32::try_from(self.index).unwrap_or(i32::MAX));
        self.line_builder.append_value(i64::try_from(line).unwrap_or(i64::MAX));
        self.keys.push(cells);
        self.lines.insert(line);
        let repaired = !used.is_empty() || place_repair.is_some();
        if repaired {
            self.repaired.insert(line);
            self.count_repairs(used, place_repair);
        }
        let outcome = if repaired { Outcome::Repaired } else { Outcome::Kept };
        let money = self.money_of(cells);
        self.account.flow.count(outcome, Tally::row(money));
        self.waiting += 1;
        if self.waiting >= BATCH_ROWS {
            self.write()?;
        }
        Ok(())
    }

    fn count_repairs(&mut self, used: RepairSet, place_repair: Option<&'static str>) {
        for (count, (_, repair)) in self.repair_counts.iter_mut().zip(REPAIRS) {
            *count += u64::from(used.has(repair));
        }
        if let Some(name) = place_repair {
            *self.account.repairs.entry(name.to_owned()).or_default() += 1;
        }
    }

    fn money_of(&self, cells: &[Cell]) -> i128 {
        self.money
            .and_then(|index| cells.get(index))
            .and_then(cents)
            .unwrap_or(0)
    }

    /// Refuses a row. `money` is its money cell where that could be read.
    ///
    /// # Errors
    /// [`ImportError::Scratch`] when the rejects file cannot be written.
    pub fn reject(
        &mut self,
        line: u64,
        column: &str,
        bad: Bad,
        money: Option<Cell>,
        row: String,
    ) -> Result<(), ImportError> {
        let cents = money.as_ref().and_then(cents);
        self.account
            .flow
            .count(Outcome::Rejected, Tally::row(cents.unwrap_or(0)));
        if self.file.money.is_some() && cents.is_none() && money != Some(Cell::Null) {
            self.account.rows_without_readable_money += 1;
        }
        let reject = Reject {
            file: self.name.clone(),
            line,
            table: None,
            column: column.to_owned(),
            class: bad.class,
            reason: bad.reason,
            row,
        };
        let reason = if column.is_empty() {
            reject.reason_with_class()
        } else {
            format!("`{column}`: {}", reject.reason_with_class())
        };
        *self.account.reasons.entry(reason).or_default() += 1;
        self.rejects.push(reject)
    }

    fn write(&mut self) -> Result<(), ImportError> {
        if self.waiting == 0 {
            return Ok(());
        }
        self.waiting = 0;
        let mut columns: Vec<ArrayRef> = self.builders.iter_mut().map(Builder::finish).collect();
        columns.push(Arc::new(self.file_builder.finish()));
        columns.push(Arc::new(self.line_builder.finish()));
        let scratch = |error| ImportError::scratch_parquet("write", &self.path, error);
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(|error| scratch(error.into()))?;
        if self.writer.is_none() {
            let file = File::create(&self.path).map_err(|error| ImportError::scratch("write", &self.path, error))?;
            let properties = Some(scratch_properties());
            self.writer = Some(ArrowWriter::try_new(file, Arc::clone(&self.schema), properties).map_err(scratch)?);
        }
        match &mut self.writer {
            Some(writer) => writer.write(&batch).map_err(scratch),
            None => Ok(()),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`ImportError::Scratch`] when the work file cannot be written.
    pub fn finish(mut self) -> Result<StagedFile, ImportError> {
        self.write()?;
        let written = self.writer.is_some();
        if let Some(writer) = self.writer.take() {
            writer
                .close()
                .map_err(|error| ImportError::scratch_parquet("write", &self.path, error))?;
        }
        for (count, (name, _)) in self.repair_counts.iter().zip(REPAIRS) {
            if *count > 0 {
                self.account.repairs.insert(name.to_owned(), *count);
            }
        }
        Ok(StagedFile {
            index: self.index,
            path: written.then_some(self.path),
            account: self.account,
            lines: self.lines,
            repaired: self.repaired,
            keys: self.keys,
        })
    }
}

/// The cents of a money cell; exact numbers are rounded, halves away from zero.
pub fn cents(cell: &Cell) -> Option<i128> {
    match cell {
        Cell::Cents(cents) => Some(*cents),
        Cell::Millionths(millionths) => {
            let away = if (millionths % 10_000).abs() >= 5_000 {
                millionths.signum()
            } else {
                0
            };
            Some(millionths / 10_000 + away)
        }
        _ => None,
    }
}

enum Builder {
    Text(StringBuilder),
    Integer(Int64Builder),
    Money(Decimal128Builder),
    Decimal(Decimal128Builder),
    Number(Float64Builder),
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
    Boolean(BooleanBuilder),
}

impl Builder {
    fn new(kind: ColumnKind) -> Builder {
        let decimal = || Decimal128Builder::new().with_data_type(staged_type(kind));
        match kind {
            ColumnKind::Text => Builder::Text(StringBuilder::new()),
            ColumnKind::Integer => Builder::Integer(Int64Builder::new()),
            ColumnKind::Money => Builder::Money(decimal()),
            ColumnKind::Decimal => Builder::Decimal(decimal()),
            ColumnKind::Number => Builder::Number(Float64Builder::new()),
            ColumnKind::Date => Builder::Date(Date32Builder::new()),
            ColumnKind::Timestamp => Builder::Timestamp(TimestampMicrosecondBuilder::new()),
            ColumnKind::Boolean => Builder::Boolean(BooleanBuilder::new()),
        }
    }

    /// Appends a cell; one of another kind than the column's counts as no value (the readers never make one).
    fn append(&mut self, cell: &Cell) {
        match (self, cell) {
            (Builder::Text(it), Cell::Text(text)) => it.append_value(text),
            (Builder::Text(it), _) => it.append_null(),
            (Builder::Integer(it), Cell::Integer(number)) => it.append_value(*number),
            (Builder::Integer(it), _) => it.append_null(),
            (Builder::Money(it), Cell::Cents(number)) => it.append_value(*number),
            (Builder::Decimal(it), Cell::Millionths(number)) => it.append_value(*number),
            (Builder::Money(it) | Builder::Decimal(it), _) => it.append_null(),
            (Builder::Number(it), Cell::Number(number)) => it.append_value(*number),
            (Builder::Number(it), _) => it.append_null(),
            (Builder::Date(it), Cell::Day(day)) => {
                it.append_value(Date32Type::from_naive_date(*day));
            }
            (Builder::Date(it), _) => it.append_null(),
            (Builder::Timestamp(it), Cell::Moment(moment)) => {
                it.append_value(moment.and_utc().timestamp_micros());
            }
            (Builder::Timestamp(it), _) => it.append_null(),
            (Builder::Boolean(it), Cell::Flag(flag)) => it.append_value(*flag),
            (Builder::Boolean(it), _) => it.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Text(it) => Arc::new(it.finish()),
            Builder::Integer(it) => Arc::new(it.finish()),
            Builder::Money(it) | Builder::Decimal(it) => Arc::new(it.finish()),
            Builder::Number(it) => Arc::new(it.finish()),
            Builder::Date(it) => Arc::new(it.finish()),
            Builder::Timestamp(it) => Arc::new(it.finish()),
            Builder::Boolean(it) => Arc::new(it.finish()),
        }
    }
}
