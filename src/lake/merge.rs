//! Merging staged rows into a canonical table: overlapping exports, in bounded memory, each row accounted for.
//!
//! The rules (stated once, here):
//! - the same key and the same content is skipped;
//! - the same key twice in one source file with different content is rejected, every such row of that file;
//! - across files and against the lake the row with the newer `updated_at` replaces; without `updated_at` on both
//!   sides the later file does; an older row is ignored;
//! - a row that the export has and that does not count (a cancelled order) withdraws the row of the lake, unless that is
//!   newer, and a row of an earlier file; parts of a withdrawn row (an order's lines) go with it;
//! - an export that gives all parts of a whole (an order's lines) withdraws the parts of the lake that it no longer gives;
//! - looked-up columns that an export leaves empty are completed from the lake (`complete`);
//! - a lake file that loses rows is rewritten without them in the same commit.
//!
//! Withdrawals are not remembered: an older export imported later brings its rows back, so older exports go first.
//!
//! Memory: about 50 bytes a staged row for the index and its decisions, one batch of rows, one data file of the lake with
//! a mask of bits. It grows with the import, not with the lake.

mod complete;
mod decide;
mod rows;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use arrow::array::{Array, BooleanArray, Decimal128Array, Int64Array, RecordBatch};
use arrow::buffer::BooleanBuffer;
use serde::{Deserialize, Serialize};

use super::contract::Table;
use super::pinned::DataFile;
use super::writer::{NewFiles, Writer};
use super::{LakeError, Location};

use complete::Completions;
use decide::{Decision, Index};
pub use rows::{Batches, staged_batches, with_schema};
use rows::{RowHash, RowReader, StagedRows, Stamp};

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

/// What is to be merged into one table.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    /// The canonical table.
    pub table: &'static Table,
    /// Staged Parquet files: canonical columns, `_file` and `_line`, and `_repaired` where rows may be repaired.
    pub files: &'a [PathBuf],
    /// Parquet files of rows that the export has and that do not count: key columns, `updated_at` and `_file`.
    pub withdrawn: &'a [PathBuf],
    /// Whether the export gives all parts of each whole of which it gives one.
    pub complete: bool,
    /// Hashes of the keys of withdrawn rows of the table of which these rows are parts.
    pub withdrawn_wholes: HashSet<u128>,
}

impl<'a> Incoming<'a> {
    /// Rows to be merged, nothing withdrawn.
    pub fn rows(table: &'static Table, files: &'a [PathBuf]) -> Incoming<'a> {
        Incoming {
            table,
            files,
            withdrawn: &[],
            complete: false,
            withdrawn_wholes: HashSet::new(),
        }
    }
}

/// What a merge did.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// The account.
    pub account: MergeAccount,
    /// Rows of the lake that were taken back and not replaced.
    pub withdrawn: Tally,
    /// Hashes of the keys of those rows.
    pub withdrawn_keys: HashSet<u128>,
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

/// Merges staged rows into their table and commits, inside the writer's operation.
///
/// # Errors
/// [`LakeError`] when staged files or the lake cannot be read or written, or the account does not balance; nothing
/// is visible then.
pub async fn merge(
    writer: &mut Writer,
    location: &Location,
    incoming: &Incoming<'_>,
    mode: Mode,
) -> Result<Merged, LakeError> {
    let table = incoming.table;
    let staged = StagedRows::new(table, incoming.files);
    let mut standing = Comparison {
        index: Index::build(&staged, incoming)?,
        completions: Completions::new(table),
        merged: Merged::default(),
    };
    let mut new_files = match mode {
        Mode::Write => Some(writer.files(table.name, &table.schema()).await?),
        Mode::Account => None,
    };
    let mut removed = Vec::new();
    if let Some(pinned) = writer.table(table.name).await? {
        for file in &pinned.files {
            let reader = RowReader::open(location, table, file).await?;
            let Some(stale) = standing.stale_rows(&reader)? else {
                continue;
            };
            if let Some(new_files) = &mut new_files {
                reader.copy_except(&stale, new_files).await?;
            }
            removed.push(file.clone());
        }
    }
    let merged = write_rows(&staged, standing, new_files.as_mut()).await?;
    merged.account.balance(table.name)?;
    if let Some(new_files) = new_files {
        commit(writer, table, new_files.finish().await?, &removed).await?;
    }
    Ok(merged)
}

async fn commit(writer: &mut Writer, table: &Table, added: NewFiles, removed: &[DataFile]) -> Result<(), LakeError> {
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    writer.commit(table.name, added, removed).await
}

/// The staged rows against those of the lake.
struct Comparison {
    index: Index,
    completions: Completions,
    merged: Merged,
}

impl Comparison {
    /// Compares one lake file with the incoming winners; the rows to drop from it, or none when all stay.
    fn stale_rows(&mut self, reader: &RowReader<'_>) -> Result<Option<BooleanBuffer>, LakeError> {
        let hits = reader.find(|key, whole| self.index.concerns(key, whole))?;
        if hits.is_empty() {
            return Ok(None);
        }
        let mut stale = Vec::new();
        reader.visit(&hits, |rows, batch| {
            self.compare(reader.table(), rows, batch, &mut stale)
        })?;
        if stale.is_empty() {
            return Ok(None);
        }
        stale.sort_unstable();
        let rows = usize::try_from(reader.rows()).unwrap_or(usize::MAX);
        Ok(Some(BooleanBuffer::collect_bool(rows, |row| {
            stale.binary_search(&row).is_ok()
        })))
    }

    /// Compares rows of the lake, `rows` their numbers in their file, and adds those to drop to `stale`.
    fn compare(
        &mut self,
        table: &Table,
        rows: &[usize],
        batch: &RecordBatch,
        stale: &mut Vec<usize>,
    ) -> Result<(), LakeError> {
        let mut contents = Contents::new(table, batch);
        let hashes = rows::hashes(table, batch)?;
        let wholes = rows::whole_hashes(table, batch)?;
        let money = table.money.map(|name| MoneyColumn::of(batch, name));
        let (mut replaced, mut named) = (Vec::new(), Vec::new());
        for (row, hash) in hashes.iter().enumerate() {
            named.extend(self.index.naming(hash.key).iter().map(|staged| (*staged, row)));
            let part_of_withdrawn = || {
                let whole = wholes.as_ref().map(|wholes| wholes[row]);
                whole.is_some_and(|whole| self.index.replaces_whole(whole))
            };
            let goes = match self.index.winner(hash.key).copied() {
                Some(winner) if winner.withdrawn => !is_older(&winner, hash),
                Some(winner) => {
                    let equal = winner.content == hash.content || contents.equal_as_far_as_given(&winner, row)?;
                    let decision = against_lake(&winner, hash, equal);
                    self.index.decide(winner.row, decision);
                    if decision == Decision::Replace {
                        stale.push(rows[row]);
                        if winner.lacks != 0 {
                            replaced.push((winner.row, row));
                        }
                    }
                    false
                }
                None => part_of_withdrawn(),
            };
            if goes {
                stale.push(rows[row]);
                let cents = money.as_ref().and_then(|money| money.at(row));
                self.merged.withdrawn.add(cents.unwrap_or(0));
                self.merged.withdrawn_keys.insert(hash.key);
            }
        }
        self.completions.take(batch, &replaced, &named)
    }
}

/// Rows of the lake against staged rows that leave looked-up columns empty.
struct Contents<'a> {
    table: &'a Table,
    batch: &'a RecordBatch,
    /// Content hashes without some groups of looked-up columns, by the bits of the groups.
    without: HashMap<u8, Vec<u64>>,
}

impl<'a> Contents<'a> {
    fn new(table: &'a Table, batch: &'a RecordBatch) -> Contents<'a> {
        Contents {
            table,
            batch,
            without: HashMap::new(),
        }
    }

    /// Whether the staged row equals the row of the lake in all but the looked-up columns that it leaves empty.
    fn equal_as_far_as_given(&mut self, staged: &Stamp, row: usize) -> Result<bool, LakeError> {
        if staged.lacks == 0 {
            return Ok(false);
        }
        let hashes = match self.without.entry(staged.lacks) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let batch = without(self.table, self.batch, staged.lacks)?;
                let hashes = rows::hashes(self.table, &batch)?;
                new.insert(hashes.into_iter().map(|hash| hash.content).collect())
            }
        };
        Ok(hashes[row] == staged.content)
    }
}

/// The batch with some groups of looked-up columns empty.
fn without(table: &Table, batch: &RecordBatch, groups: u8) -> Result<RecordBatch, LakeError> {
    let mut columns = batch.columns().to_vec();
    for (group, looked_up) in table.looked_up.iter().enumerate() {
        if groups & (1 << group) == 0 {
            continue;
        }
        for name in looked_up.columns {
            let doing = "comparing rows";
            let index = batch.schema().index_of(name).map_err(LakeError::columns(doing))?;
            columns[index] = arrow::array::new_null_array(columns[index].data_type(), batch.num_rows());
        }
    }
    RecordBatch::try_new(batch.schema(), columns).map_err(LakeError::columns("comparing rows"))
}

fn against_lake(winner: &Stamp, standing: &RowHash, equal: bool) -> Decision {
    if equal {
        Decision::Skip
    } else if is_older(winner, standing) {
        Decision::Older
    } else {
        // Equal stamps with different content: the later file is the better knowledge.
        Decision::Replace
    }
}

fn is_older(staged: &Stamp, standing: &RowHash) -> bool {
    matches!((staged.updated_at, standing.updated_at), (Some(staged), Some(standing)) if staged < standing)
}

async fn write_rows(
    staged: &StagedRows<'_>,
    compared: Comparison,
    mut new_files: Option<&mut super::FileWriter>,
) -> Result<Merged, LakeError> {
    let Comparison {
        index,
        completions,
        mut merged,
    } = compared;
    let mut first = 0usize;
    for batch in staged.batches()? {
        let batch = batch?;
        let rows = batch.num_rows();
        let keep = account_batch(
            staged.table(),
            &batch,
            |row| index.decision(first + row),
            &mut merged.account,
            &mut merged.conflicts,
        );
        if keep.true_count() > 0
            && let Some(new_files) = &mut new_files
        {
            let batch = completions.complete(batch, first)?;
            let kept =
                arrow::compute::filter_record_batch(&batch, &keep).map_err(LakeError::columns("selecting rows"))?;
            new_files.write(&kept).await?;
        }
        first += rows;
    }
    Ok(merged)
}

fn account_batch(
    table: &Table,
    batch: &RecordBatch,
    decision: impl Fn(usize) -> Decision,
    account: &mut MergeAccount,
    conflicts: &mut Vec<Conflict>,
) -> BooleanArray {
    let money = table.money.map(|name| MoneyColumn::of(batch, name));
    let repaired = batch
        .column_by_name("_repaired")
        .and_then(|column| column.as_any().downcast_ref::<BooleanArray>());
    let mut keep = Vec::with_capacity(batch.num_rows());
    for row in 0..batch.num_rows() {
        let amount = money.as_ref().and_then(|money| money.at(row)).unwrap_or(0);
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
                    file: rows::file_of(batch, row),
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

/// A money column of a batch, in cents; nothing where the batch has no such column.
struct MoneyColumn<'a>(Option<&'a Decimal128Array>);

impl<'a> MoneyColumn<'a> {
    fn of(batch: &'a RecordBatch, name: &str) -> MoneyColumn<'a> {
        let column = batch.column_by_name(name);
        MoneyColumn(column.and_then(|column| column.as_any().downcast_ref()))
    }

    fn at(&self, row: usize) -> Option<i128> {
        self.0.filter(|money| money.is_valid(row)).map(|money| money.value(row))
    }
}

fn line_of(batch: &RecordBatch, row: usize) -> i64 {
    let column = batch
        .column_by_name("_line")
        .and_then(|column| column.as_any().downcast_ref::<Int64Array>());
    column.map_or(0, |lines| lines.value(row))
}
