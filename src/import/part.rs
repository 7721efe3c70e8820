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
use super::seen::{Seen, Shared};
use chalandise_lake::contract::Table;

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
    rows: Out,
    /// Rows of a canonical table that the mapping leaves out: should the lake have them, they no longer count.
    withdrawn: Option<Out>,
    checks: Option<Checks>,
}

/// What one partition left.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// File of its rows, or none when no row was written.
    pub rows: Option<PathBuf>,
    /// File of the rows left out: key columns, `updated_at`, `_file`.
    pub withdrawn: Option<PathBuf>,
}

/// A Parquet file that comes to be with its first row.
struct Out {
    path: PathBuf,
    schema: SchemaRef,
    writer: Option<ArrowWriter<File>>,
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
            rows: Out::new(path, schema),
            withdrawn: None,
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
        let known = &schema.fields()[..table.columns.len()];
        let key = |name: &str| table.key().contains(&name) || name == "updated_at";
        let mut fields: Vec<_> = known.iter().filter(|field| key(field.name())).cloned().collect();
        fields.extend(schema.fields().iter().filter(|field| field.name() == "_file").cloned());
        Ok(Part {
            rows: Out::new(path, Arc::clone(schema)),
            withdrawn: Some(Out::new(
                &path.with_extension("withdrawn"),
                Arc::new(arrow::datatypes::Schema::new(fields)),
            )),
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
        let Some(checks) = &self.checks else {
            return self.rows.append(batch);
        };
        let sorted = checks.sort_out(batch, &self.rows.schema)?;
        self.rows.append(&sorted.rows)?;
        match &mut self.withdrawn {
            Some(withdrawn) => {
                let rows = by_name(&sorted.left_out, &withdrawn.schema)?;
                withdrawn.append(&rows)
            }
            None => Ok(()),
        }
    }

    /// Ends the part.
    pub fn finish(self) -> Result<Written, PartError> {
        Ok(Written {
            rows: self.rows.finish()?,
            withdrawn: self.withdrawn.map(Out::finish).transpose()?.flatten(),
        })
    }
}

impl Out {
    fn new(path: &Path, schema: SchemaRef) -> Out {
        Out {
            path: path.to_path_buf(),
            schema,
            writer: None,
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

    fn finish(self) -> Result<Option<PathBuf>, PartError> {
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

/// A batch taken apart.
struct Sorted {
    /// Rows that stay, in the canonical schema.
    rows: RecordBatch,
    /// Rows that a rule of the mapping leaves out and whose key is whole.
    left_out: RecordBatch,
}

impl Checks {
    /// Takes a batch apart; rejected rows are counted and kept aside.
    fn sort_out(&self, batch: &RecordBatch, schema: &SchemaRef) -> Result<Sorted, PartError> {
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
        let mut left_out = Vec::with_capacity(batch.num_rows());
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
            left_out.push(matches!(fate, Fate::LeftOut(_)) && self.has_key(&canonical, row));
            repaired.push(was_repaired);
        }
        drop(seen);
        self.shared.progress.advance(batch.num_rows() as u64);
        let mut columns = canonical.columns().to_vec();
        columns.push(files);
        columns.push(lines);
        columns.push(Arc::new(BooleanArray::from(repaired)));
        let all = RecordBatch::try_new(nullable(schema), columns)?;
        // Only now the schema: it allows no nulls where rejected rows have them.
        let rows = filter_record_batch(&all, &BooleanArray::from(keep))?;
        Ok(Sorted {
            rows: RecordBatch::try_new(Arc::clone(schema), rows.columns().to_vec())?,
            left_out: filter_record_batch(&all, &BooleanArray::from(left_out))?,
        })
    }

    fn has_key(&self, canonical: &RecordBatch, row: usize) -> bool {
        let key = self
            .table
            .columns
            .iter()
            .zip(canonical.columns())
            .filter(|(column, _)| column.key);
        key.into_iter().all(|(_, values)| values.is_valid(row))
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

/// The columns of a schema, by name.
fn by_name(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, PartError> {
    let columns = schema
        .fields()
        .iter()
        .map(|field| {
            batch
                .schema()
                .index_of(field.name())
                .map(|index| Arc::clone(batch.column(index)))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
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
