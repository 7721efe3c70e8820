//! Merging staged rows into a canonical table: overlapping exports, in bounded memory, each row accounted for.
//!
//! The rules (stated once, here):
//! - the same key and the same content is skipped;
//! - the same key twice in one source file with different content is rejected, every such row of that file;
//! - across files and against the lake the row with the newer `updated_at` replaces; without `updated_at` on both
//!   sides the later file does; an older row is ignored;
//! - a lake file that loses rows is rewritten without them in the same commit.
//!
//! Memory: about 100 bytes a staged row for the index and its decisions, one batch of rows, one data file of the lake with
//! a mask of bits. It grows with the import, not with the lake.

mod decide;
mod rows;

use std::path::PathBuf;

use arrow::array::{Array, ArrayRef, BooleanArray, Decimal128Array, Int32Array, Int64Array, RecordBatch};
use arrow::buffer::BooleanBuffer;
use serde::{Deserialize, Serialize};

use super::contract::Table;
use super::pinned::DataFile;
use super::writer::{NewFiles, Writer};
use super::{LakeError, Location};

use decide::{Decision, Index, Winner};
use rows::{RowReader, StagedRows};
pub(super) use rows::{staged_batches, with_schema};

/// Rows and money of one kind of outcome; money in cents of the lake's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Rows.
    pub rows: u64,
    /// Sum of the table's money column, in cents.
    pub cents: i128,
}

impl Tally {
    /// Counts one row.
    pub fn add(&mut self, cents: i128) {
        self.rows += 1;
        self.cents += cents;
    }
}

impl std::ops::Add for Tally {
    type Output = Tally;
    fn add(self, other: Tally) -> Tally {
        Tally {
            rows: self.rows + other.rows,
            cents: self.cents + other.cents,
        }
    }
}

/// Where the staged rows of one table went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeAccount {
    /// All staged rows.
    pub incoming: Tally,
    /// New rows, as given.
    pub kept: Tally,
    /// New rows that a stated rule repaired.
    pub repaired: Tally,
    /// Rows that replaced one of the lake.
    pub replaced: Tally,
    /// Rows equal to one already there.
    pub skipped: Tally,
    /// Rows older than the one already there.
    pub older: Tally,
    /// Rows rejected: the same key with different content in one file.
    pub rejected: Tally,
}

impl MergeAccount {
    fn balance(&self, table: &str) -> Result<(), LakeError> {
        let out = self.kept + self.repaired + self.replaced + self.skipped + self.older + self.rejected;
        if out == self.incoming {
            return Ok(());
        }
        Err(LakeError::Unbalanced {
            table: table.to_owned(),
            detail: format!("in {:?}, out {out:?}", self.incoming),
        })
    }
}

/// A row rejected by the merge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Index of the source file among the import's inputs.
    pub file: i32,
    /// Line in that file.
    pub line: i64,
}

/// What a merge did.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// The account.
    pub account: MergeAccount,
    /// Rows rejected here, in staged order.
    pub conflicts: Vec<Conflict>,
}

/// Whether a merge writes or only counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write and commit.
    Write,
    /// Count only: a dry run.
    Account,
}

/// Merges the staged Parquet `files` (canonical columns plus `_file`, `_line`, and `_repaired` where rows may be
/// repaired) into `table` and commits, inside the writer's operation.
///
/// # Errors
/// [`LakeError`] when staged files or the lake cannot be read or written, or the account does not balance; nothing
/// is visible then.
pub async fn merge(
    writer: &mut Writer,
    location: &Location,
    table: &'static Table,
    files: &[PathBuf],
    mode: Mode,
) -> Result<Merged, LakeError> {
    let staged = StagedRows::new(table, files);
    let mut index = Index::build(&staged)?;
    let mut new_files = match mode {
        Mode::Write => Some(writer.files(table.name, &table.schema()).await?),
        Mode::Account => None,
    };
    let mut removed = Vec::new();
    if let Some(pinned) = writer.table(table.name).await? {
        for file in &pinned.files {
            let reader = RowReader::open(location, table, file).await?;
            let Some(stale) = stale_rows(&reader, &mut index)? else {
                continue;
            };
            if let Some(new_files) = &mut new_files {
                reader.copy_except(&stale, new_files).await?;
            }
            removed.push(file.clone());
        }
    }
    let (account, conflicts) = write_rows(&staged, &index, new_files.as_mut()).await?;
    account.balance(table.name)?;
    if let Some(new_files) = new_files {
        commit(writer, table, new_files.finish().await?, &removed).await?;
    }
    Ok(Merged { account, conflicts })
}

async fn commit(writer: &mut Writer, table: &Table, added: NewFiles, removed: &[DataFile]) -> Result<(), LakeError> {
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    writer.commit(table.name, added, removed).await
}

/// Compares one lake file with the incoming winners; the rows to drop from it, or none when all stay.
fn stale_rows(reader: &RowReader<'_>, index: &mut Index) -> Result<Option<BooleanBuffer>, LakeError> {
    let hits = reader.find(|key| index.winner(key).is_some())?;
    if hits.is_empty() {
        return Ok(None);
    }
    let mut stale = Vec::new();
    for standing in reader.describe(&hits)? {
        let Some(winner) = index.winner(standing.key).copied() else {
            continue;
        };
        let decision = against_lake(&winner, standing.content, standing.updated_at);
        index.decide(winner.row, decision);
        if decision == Decision::Replace {
            stale.push(standing.row);
        }
    }
    if stale.is_empty() {
        return Ok(None);
    }
    stale.sort_unstable();
    let rows = usize::try_from(reader.rows()).unwrap_or(usize::MAX);
    Ok(Some(BooleanBuffer::collect_bool(rows, |row| {
        stale.binary_search(&row).is_ok()
    })))
}

fn against_lake(winner: &Winner, content: u64, updated_at: Option<i64>) -> Decision {
    if winner.content == content {
        return Decision::Skip;
    }
    match (winner.updated_at, updated_at) {
        (Some(incoming), Some(standing)) if incoming < standing => Decision::Older,
        // Equal stamps with different content: the later file is the better knowledge.
        _ => Decision::Replace,
    }
}

async fn write_rows(
    staged: &StagedRows<'_>,
    index: &Index,
    mut new_files: Option<&mut super::FileWriter>,
) -> Result<(MergeAccount, Vec<Conflict>), LakeError> {
    let mut account = MergeAccount::default();
    let mut conflicts = Vec::new();
    let mut first = 0usize;
    for batch in staged.batches()? {
        let batch = batch?;
        let keep = account_batch(
            staged.table(),
            &batch,
            |row| index.decision(first + row),
            &mut account,
            &mut conflicts,
        );
        first += batch.num_rows();
        if keep.true_count() > 0
            && let Some(new_files) = &mut new_files
        {
            let kept =
                arrow::compute::filter_record_batch(&batch, &keep).map_err(LakeError::columns("selecting rows"))?;
            new_files.write(&kept).await?;
        }
    }
    Ok((account, conflicts))
}

fn account_batch(
    table: &Table,
    batch: &RecordBatch,
    decision: impl Fn(usize) -> Decision,
    account: &mut MergeAccount,
    conflicts: &mut Vec<Conflict>,
) -> BooleanArray {
    let money = table.money.and_then(|name| batch.column_by_name(name)).and_then(cents);
    let repaired = batch
        .column_by_name("_repaired")
        .and_then(|column| column.as_any().downcast_ref::<BooleanArray>());
    let mut keep = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let amount = money
            .filter(|money| money.is_valid(row))
            .map_or(0, |money| money.value(row));
        let was_repaired = repaired.is_some_and(|flags| flags.is_valid(row) && flags.value(row));
        let decision = decision(row);
        account.incoming.add(amount);
        let tally = match decision {
            Decision::Keep if was_repaired => &mut account.repaired,
            Decision::Keep => &mut account.kept,
            Decision::Replace => &mut account.replaced,
            Decision::Skip => &mut account.skipped,
            Decision::Older => &mut account.older,
            Decision::Conflict => {
                conflicts.push(Conflict {
                    file: file_of(batch, row),
                    line: line_of(batch, row),
                });
                &mut account.rejected
            }
        };
        tally.add(amount);
        keep.push(matches!(decision, Decision::Keep | Decision::Replace));
    }
    BooleanArray::from(keep)
}

fn cents(column: &ArrayRef) -> Option<&Decimal128Array> {
    column.as_any().downcast_ref::<Decimal128Array>()
}

/// Index of a staged row's source file, 0 when the table was staged without one.
fn file_of(batch: &RecordBatch, row: usize) -> i32 {
    let column = batch
        .column_by_name("_file")
        .and_then(|column| column.as_any().downcast_ref::<Int32Array>());
    column.map_or(0, |files| files.value(row))
}

fn line_of(batch: &RecordBatch, row: usize) -> i64 {
    let column = batch
        .column_by_name("_line")
        .and_then(|column| column.as_any().downcast_ref::<Int64Array>());
    column.map_or(0, |lines| lines.value(row))
}
