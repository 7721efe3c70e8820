//! Rows of one key in the files of one kind: repeats within a file, overlapping exports.
//!
//! The rules are those of merging into the lake: equal rows are skipped; the same key twice in one file with different content
//! is refused, every such row of that file; across files the newer row stands, by the mapping's `newest_by`, else by the order
//! of the files. Without this, a customer exported twice would double his orders in a join.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use arrow::datatypes::{Decimal128Type, Int32Type, Int64Type};
use arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::account::{Outcome, Tally};
use super::error::ImportError;
use super::mapping::{SourceFile, Unique};
use super::read::{StagedFile, scratch_properties};
use super::rejects::{Reject, RejectWriter, text_of};

/// What becomes of rows, by file and line.
type Fates = HashMap<usize, BTreeMap<u64, Outcome>>;

const TWICE: &str = "the key stands twice in this file with different content";

/// Whether a search for repeats is needed: not when keys rise through all files.
pub fn is_needed(file: &SourceFile, staged: &[&StagedFile]) -> bool {
    if !matches!(file.unique, Some(Unique::Columns(_))) {
        return false;
    }
    let rising = staged.iter().all(|it| it.keys.is_rising());
    let in_order = staged.windows(2).all(|pair| pair[0].keys.is_before(&pair[1].keys));
    !(rising && in_order)
}

/// Finds the repeats of a registered source table.
///
/// # Errors
/// The engine's error.
pub async fn fates(session: &SessionContext, file: &SourceFile) -> Result<Fates, DataFusionError> {
    let Some(Unique::Columns(keys)) = &file.unique else {
        return Ok(Fates::new());
    };
    // The repeated keys first, by themselves: they are few, so the join that follows builds on the small side whatever
    // the planner would have guessed of a grouping.
    let repeated = session.sql(&repeated_keys_sql(&file.id, keys)).await?;
    let schema = Arc::new(repeated.schema().as_arrow().clone());
    let batches = repeated.collect().await?;
    if batches.iter().all(|batch| batch.num_rows() == 0) {
        return Ok(Fates::new());
    }
    session.register_table(REPEATED, Arc::new(MemTable::try_new(schema, vec![batches])?))?;
    let rows = session.sql(&repeats_sql(&file.id, keys)).await;
    session.deregister_table(REPEATED)?;
    let mut stream = rows?.execute_stream().await?;
    let mut groups = Groups::new(file, keys);
    while let Some(batch) = stream.next().await {
        groups.take(&batch?)?;
    }
    groups.close();
    Ok(groups.fates)
}

/// Name of the repeated keys while a search runs.
const REPEATED: &str = "_repeated_keys";

fn repeated_keys_sql(table: &str, keys: &[String]) -> String {
    let list = keys.join(", ");
    format!("select {list} from {table} group by {list} having count(*) > 1")
}

fn repeats_sql(table: &str, keys: &[String]) -> String {
    let same: Vec<String> = keys.iter().map(|key| format!("r.{key} = s.{key}")).collect();
    let order: Vec<String> = keys.iter().map(|key| format!("s.{key}")).collect();
    format!(
        "select s.* from {REPEATED} r join {table} s on {} order by {}, s._file, s._line",
        same.join(" and "),
        order.join(", ")
    )
}

struct Candidate {
    file: usize,
    line: u64,
    content: OwnedRow,
    age: Option<OwnedRow>,
}

/// Rows that arrive in the order of their key, taken together key by key.
struct Groups<'a> {
    keys: &'a [String],
    newest_by: Option<&'a str>,
    converters: Option<[RowConverter; 3]>,
    key: Option<OwnedRow>,
    group: Vec<Candidate>,
    fates: Fates,
}

impl<'a> Groups<'a> {
    fn new(file: &'a SourceFile, keys: &'a [String]) -> Groups<'a> {
        Groups {
            keys,
            newest_by: file.newest_by.as_deref(),
            converters: None,
            key: None,
            group: Vec::new(),
            fates: Fates::new(),
        }
    }

    fn take(&mut self, batch: &RecordBatch) -> Result<(), DataFusionError> {
        let pick = |wanted: &dyn Fn(&str) -> bool| -> Vec<ArrayRef> {
            let schema = batch.schema();
            let fields = schema.fields().iter().zip(batch.columns());
            fields
                .filter(|(field, _)| wanted(field.name()))
                .map(|(_, column)| Arc::clone(column))
                .collect()
        };
        let keys = pick(&|name| self.keys.iter().any(|key| key == name));
        let contents = pick(&|name| !name.starts_with('_'));
        let ages = pick(&|name| Some(name) == self.newest_by);
        if self.converters.is_none() {
            let new = |columns: &[ArrayRef]| {
                let fields = columns.iter().map(|it| SortField::new(it.data_type().clone()));
                RowConverter::new(fields.collect())
            };
            self.converters = Some([new(&keys)?, new(&contents)?, new(&ages)?]);
        }
        let Some([key_rows, content_rows, age_rows]) = &mut self.converters else {
            return Ok(());
        };
        let key_rows = key_rows.convert_columns(&keys)?;
        let content_rows = content_rows.convert_columns(&contents)?;
        let age_rows = match ages.first() {
            Some(age) => Some((age, age_rows.convert_columns(&ages)?)),
            None => None,
        };
        let (files, lines) = places(batch)?;
        for row in 0..batch.num_rows() {
            let key = key_rows.row(row).owned();
            if self.key.as_ref() != Some(&key) {
                self.close();
                self.key = Some(key);
            }
            let age = age_rows.as_ref().filter(|(age, _)| age.is_valid(row));
            self.group.push(Candidate {
                file: files[row],
                line: lines[row],
                content: content_rows.row(row).owned(),
                age: age.map(|(_, rows)| rows.row(row).owned()),
            });
        }
        Ok(())
    }

    /// Decides what becomes of the rows of one key.
    fn close(&mut self) {
        let group = std::mem::take(&mut self.group);
        let mut standing: Option<&Candidate> = None;
        for of_file in group.chunk_by(|a, b| a.file == b.file) {
            let Some((first, repeats)) = of_file.split_first() else {
                continue;
            };
            if repeats.iter().any(|it| it.content != first.content) {
                for candidate in of_file {
                    note(&mut self.fates, candidate, Outcome::Rejected);
                }
                continue;
            }
            for repeat in repeats {
                note(&mut self.fates, repeat, Outcome::Skipped);
            }
            let Some(older) = standing else {
                standing = Some(first);
                continue;
            };
            if older.content == first.content {
                note(&mut self.fates, first, Outcome::Skipped);
            } else if matches!((&first.age, &older.age), (Some(this), Some(that)) if this < that) {
                note(&mut self.fates, first, Outcome::Replaced);
            } else {
                note(&mut self.fates, older, Outcome::Replaced);
                standing = Some(first);
            }
        }
    }
}

fn note(fates: &mut Fates, candidate: &Candidate, outcome: Outcome) {
    fates.entry(candidate.file).or_default().insert(candidate.line, outcome);
}

fn places(batch: &RecordBatch) -> Result<(Vec<usize>, Vec<u64>), DataFusionError> {
    let missing = || DataFusionError::Internal("staged rows carry _file and _line".to_owned());
    let files = batch.column_by_name("_file").ok_or_else(missing)?;
    let lines = batch.column_by_name("_line").ok_or_else(missing)?;
    let files = files.as_primitive::<Int32Type>().values().iter();
    let lines = lines.as_primitive::<Int64Type>().values().iter();
    Ok((
        files.map(|&file| usize::try_from(file).unwrap_or(0)).collect(),
        lines.map(|&line| u64::try_from(line).unwrap_or(0)).collect(),
    ))
}

/// Takes the rows out of a staged file that may not stay, and moves them in its account.
///
/// # Errors
/// [`ImportError::Scratch`] when the work files cannot be read or written.
pub fn apply(
    file: &SourceFile,
    staged: &mut StagedFile,
    fates: &BTreeMap<u64, Outcome>,
    rejects: &RejectWriter,
) -> Result<(), ImportError> {
    let Some(path) = staged.path.clone() else {
        return Ok(());
    };
    let next = path.with_extension("unique");
    let scratch = |error| ImportError::scratch_parquet("rewrite", &path, error);
    let source = File::open(&path).map_err(|error| ImportError::scratch("read", &path, error))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(source)
        .and_then(ParquetRecordBatchReaderBuilder::build)
        .map_err(scratch)?;
    let target = File::create(&next).map_err(|error| ImportError::scratch("write", &next, error))?;
    let schema = super::read::staged_schema(file);
    let mut writer = ArrowWriter::try_new(target, schema, Some(scratch_properties())).map_err(scratch)?;
    for batch in reader {
        let batch = batch.map_err(|error| scratch(error.into()))?;
        let keep = decide(file, staged, &batch, fates, rejects)?;
        let kept = filter_record_batch(&batch, &keep).map_err(|error| scratch(error.into()))?;
        writer.write(&kept).map_err(scratch)?;
    }
    writer.close().map_err(scratch)?;
    rename(&next, &path)
}

fn rename(from: &Path, to: &Path) -> Result<(), ImportError> {
    std::fs::rename(from, to).map_err(|error| ImportError::scratch("write", to, error))
}

fn decide(
    file: &SourceFile,
    staged: &mut StagedFile,
    batch: &RecordBatch,
    fates: &BTreeMap<u64, Outcome>,
    rejects: &RejectWriter,
) -> Result<BooleanArray, ImportError> {
    let (_, lines) = places(batch).map_err(|error| ImportError::Unbalanced {
        name: staged.account.file.clone(),
        what: error.to_string(),
    })?;
    let money = file.money.as_deref().and_then(|name| batch.column_by_name(name));
    let mut keep = Vec::with_capacity(batch.num_rows());
    for (row, &line) in lines.iter().enumerate() {
        let Some(&outcome) = fates.get(&line) else {
            keep.push(true);
            continue;
        };
        keep.push(false);
        staged.lines.remove(line);
        let from = if staged.repaired.remove(line) {
            Outcome::Repaired
        } else {
            Outcome::Kept
        };
        let tally = Tally::row(money.map_or(0, |column| cents(column, row)));
        staged.account.flow.reclassify(from, outcome, tally);
        if outcome == Outcome::Rejected {
            *staged.account.reasons.entry(TWICE.to_owned()).or_default() += 1;
            rejects.push(Reject {
                file: staged.account.file.clone(),
                line,
                reason: TWICE.to_owned(),
                row: text_of(batch, row),
                ..Reject::default()
            })?;
        }
    }
    Ok(BooleanArray::from(keep))
}

/// A money value of a staged column in cents, rounded as the account rounds.
fn cents(column: &ArrayRef, row: usize) -> i128 {
    if column.is_null(row) {
        return 0;
    }
    let value = column.as_primitive::<Decimal128Type>().value(row);
    let cell = match column.data_type() {
        arrow::datatypes::DataType::Decimal128(_, 6) => super::read::cell::Cell::Millionths(value),
        _ => super::read::cell::Cell::Cents(value),
    };
    super::read::cents(&cell).unwrap_or(0)
}
