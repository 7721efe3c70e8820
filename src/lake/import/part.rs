//! One partition of a query's result on its way to disk, checked against the contract when it is a canonical table.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringViewArray, new_null_array};
use arrow::compute::{CastOptions, cast_with_options, filter_record_batch};
use arrow::datatypes::{DataType, Decimal128Type, Int32Type, Int64Type, SchemaRef};
use datafusion::error::DataFusionError;
use parquet::arrow::ArrowWriter;

use super::account::{Outcome, Tally};
use super::check::{Breach, breaches};
use super::error::ImportError;
use super::read::cell::Bad;
use super::read::scratch_properties;
use super::rejects::{Reject, text_of};
use super::shape::{Seen, Shared};
use crate::lake::contract::Table;

/// Why a part could not be written.
#[derive(Debug)]
pub enum PartError {
    /// The engine failed.
    Engine(DataFusionError),
    /// Writing failed.
    Import(ImportError),
}

impl From<ImportError> for PartError {
    fn from(error: ImportError) -> PartError {
        PartError::Import(error)
    }
}

impl From<arrow::error::ArrowError> for PartError {
    fn from(error: arrow::error::ArrowError) -> PartError {
        PartError::Engine(error.into())
    }
}

/// Writes one partition.
pub struct Part {
    path: PathBuf,
    schema: SchemaRef,
    writer: Option<ArrowWriter<File>>,
    checks: Option<Checks>,
}

struct Checks {
    table: &'static Table,
    /// For each canonical column, its place in the query's result.
    places: Vec<Option<usize>>,
    file: usize,
    line: usize,
    reject: Option<usize>,
    shared: Arc<Shared>,
}

impl Part {
    /// A part of an intermediate table: everything is written as it comes.
    pub fn plain(path: &Path, schema: SchemaRef) -> Result<Part, PartError> {
        Ok(Part {
            path: path.to_path_buf(),
            schema,
            writer: None,
            checks: None,
        })
    }

    /// A part of a canonical table: rows are checked, counted and taken apart.
    pub fn checked(
        path: &Path,
        table: &'static Table,
        schema: &SchemaRef,
        found: &SchemaRef,
        shared: &Arc<Shared>,
    ) -> Result<Part, PartError> {
        let place = |name: &str| found.index_of(name);
        Ok(Part {
            path: path.to_path_buf(),
            schema: Arc::clone(schema),
            writer: None,
            checks: Some(Checks {
                table,
                places: table.columns.iter().map(|column| place(column.name).ok()).collect(),
                file: place("_file")?,
                line: place("_line")?,
                reject: place("_reject").ok(),
                shared: Arc::clone(shared),
            }),
        })
    }

    /// Takes a batch of the query's result.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), PartError> {
        match &self.checks {
            None => self.append(batch),
            Some(checks) => {
                let rows = checks.sort_out(batch, &self.schema)?;
                self.append(&rows)
            }
        }
    }

    fn append(&mut self, batch: &RecordBatch) -> Result<(), PartError> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let scratch = |error| ImportError::scratch_parquet("write", &self.path, error);
        if self.writer.is_none() {
            let file = File::create(&self.path).map_err(|error| ImportError::scratch("write", &self.path, error))?;
            let properties = Some(scratch_properties());
            let writer = ArrowWriter::try_new(file, Arc::clone(&self.schema), properties);
            self.writer = Some(writer.map_err(scratch)?);
        }
        match &mut self.writer {
            Some(writer) => Ok(writer.write(batch).map_err(scratch)?),
            None => Ok(()),
        }
    }

    /// Ends the part; its file, or none when no row was written.
    pub fn finish(self) -> Result<Option<PathBuf>, PartError> {
        match self.writer {
            Some(writer) => {
                writer
                    .close()
                    .map_err(|error| ImportError::scratch_parquet("write", &self.path, error))?;
                Ok(Some(self.path))
            }
            None => Ok(None),
        }
    }
}

impl Checks {
    /// The good rows of a batch in the canonical schema; the others are counted and kept aside.
    fn sort_out(&self, batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, PartError> {
        let canonical = self.canonical(batch, schema)?;
        let files = cast_exactly(batch.column(self.file), &DataType::Int32)?;
        let lines = cast_exactly(batch.column(self.line), &DataType::Int64)?;
        let reasons = match self.reject {
            Some(place) => Some(cast_exactly(batch.column(place), &DataType::Utf8View)?),
            None => None,
        };
        let found = breaches(self.table, &canonical);
        let mut repaired = Vec::with_capacity(batch.num_rows());
        let mut keep = Vec::with_capacity(batch.num_rows());
        let mut seen = self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for (row, breach) in found.into_iter().enumerate() {
            let place = self.place(&files, &lines, row);
            let was_repaired = self.note(&mut seen, place);
            let reason = reasons.as_ref().and_then(|it| text_at(it.as_string_view(), row));
            let fate = Fate::of(was_repaired, reason, breach);
            self.count(&mut seen, &fate, self.money(&canonical, row));
            if let Fate::Rejected(breach) = &fate {
                self.refuse(breach, place, text_of(&canonical, row))?;
            }
            keep.push(matches!(fate, Fate::Kept | Fate::Repaired));
            repaired.push(was_repaired);
        }
        drop(seen);
        self.shared.progress.advance(batch.num_rows() as u64);
        let mut columns = canonical.columns().to_vec();
        columns.push(files);
        columns.push(lines);
        columns.push(Arc::new(BooleanArray::from(repaired)));
        self.keep(columns, &BooleanArray::from(keep), schema)
    }

    /// Drops the rows that do not stay, and only then asks for the schema: it allows no nulls where rejected rows have them.
    fn keep(&self, columns: Vec<ArrayRef>, keep: &BooleanArray, schema: &SchemaRef) -> Result<RecordBatch, PartError> {
        let all = nullable(schema);
        let rows = filter_record_batch(&RecordBatch::try_new(all, columns)?, keep)?;
        Ok(RecordBatch::try_new(Arc::clone(schema), rows.columns().to_vec())?)
    }

    fn canonical(&self, batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, PartError> {
        let mut columns = Vec::with_capacity(self.places.len());
        for (place, field) in self.places.iter().zip(schema.fields()) {
            columns.push(match place {
                Some(place) => cast_exactly(batch.column(*place), field.data_type())?,
                None => new_null_array(field.data_type(), batch.num_rows()),
            });
        }
        let fields = nullable(schema);
        let fields = fields.project(&(0..columns.len()).collect::<Vec<_>>())?;
        Ok(RecordBatch::try_new(Arc::new(fields), columns)?)
    }

    fn place(&self, files: &ArrayRef, lines: &ArrayRef, row: usize) -> Option<(usize, u64)> {
        if files.is_null(row) || lines.is_null(row) {
            return None;
        }
        let file = usize::try_from(files.as_primitive::<Int32Type>().value(row)).ok()?;
        let line = u64::try_from(lines.as_primitive::<Int64Type>().value(row)).ok()?;
        Some((file, line))
    }

    /// Notes that a line came out; whether its row had been repaired.
    fn note(&self, seen: &mut Seen, place: Option<(usize, u64)>) -> bool {
        let source = place.and_then(|(file, line)| {
            let (lines, repaired) = self.shared.sources.get(&file)?;
            lines.contains(line).then_some((file, line, repaired))
        });
        let Some((file, line, repaired)) = source else {
            seen.stray = true;
            return false;
        };
        if !seen.lines.entry(file).or_default().insert(line) && !self.shared.grouped {
            seen.twice.get_or_insert((file, line));
        }
        repaired.contains(line)
    }

    fn money(&self, canonical: &RecordBatch, row: usize) -> i128 {
        self.table
            .money
            .and_then(|name| canonical.column_by_name(name))
            .filter(|column| column.is_valid(row))
            .map_or(0, |column| column.as_primitive::<Decimal128Type>().value(row))
    }

    fn count(&self, seen: &mut Seen, fate: &Fate, cents: i128) {
        let (outcome, reason) = match fate {
            Fate::Kept => (Outcome::Kept, None),
            Fate::Repaired => (Outcome::Repaired, None),
            Fate::LeftOut(reason) => (Outcome::LeftOut, Some(format!("left out: {reason}"))),
            Fate::Rejected(breach) => {
                let Bad { class, reason } = &breach.bad;
                let text = format!("rejected: `{}`: {reason} ({class})", breach.column);
                (Outcome::Rejected, Some(text))
            }
        };
        seen.flow.count(outcome, Tally::row(cents));
        if let Some(reason) = reason {
            *seen.reasons.entry(reason).or_default() += 1;
        }
    }

    fn refuse(&self, breach: &Breach, place: Option<(usize, u64)>, row: String) -> Result<(), ImportError> {
        let (file, line) = place.unwrap_or_default();
        self.shared.rejects.push(Reject {
            file: self.shared.names.get(file).cloned().unwrap_or_default(),
            line,
            table: Some(self.table.name),
            column: breach.column.to_owned(),
            class: breach.bad.class.clone(),
            reason: breach.bad.reason.clone(),
            row,
        })
    }
}

/// What becomes of one row of a canonical table.
enum Fate {
    Kept,
    Repaired,
    LeftOut(String),
    Rejected(Breach),
}

impl Fate {
    fn of(repaired: bool, reason: Option<&str>, breach: Option<Breach>) -> Fate {
        match (reason, breach) {
            (Some(reason), _) => Fate::LeftOut(reason.to_owned()),
            (None, Some(breach)) => Fate::Rejected(breach),
            (None, None) if repaired => Fate::Repaired,
            (None, None) => Fate::Kept,
        }
    }
}

fn text_at(texts: &StringViewArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

/// Casts without losing a value: what does not fit is an error, not an empty field.
fn cast_exactly(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, PartError> {
    let options = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    Ok(cast_with_options(array, to, &options)?)
}

fn nullable(schema: &SchemaRef) -> SchemaRef {
    let fields: Vec<_> = schema
        .fields()
        .iter()
        .map(|field| field.as_ref().clone().with_nullable(true))
        .collect();
    Arc::new(arrow::datatypes::Schema::new(fields))
}
