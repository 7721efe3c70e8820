//! An import as one operation: stage, merge table by table, derive customers, publish one lake version.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::ObjectStoreExt;
use object_store::path::Path as StorePath;

use chalandise_lake::merge::{self, Conflict, Incoming, Mode, Tally};
use chalandise_lake::version::{self, InputFile, LakeVersion, Operation};
use chalandise_lake::{Engine, Lake, LakeError, Writer, contract};

use crate::account::{self, Account};
use crate::derive;
use crate::error::ImportError;
use crate::gazetteer::Gazetteer;
use crate::input::{Input, describe};
use crate::mapping::Mapping;
use crate::progress::Progress;
use crate::rejects::{Reject, RejectWriter};
use crate::stage::{self, Staged};

/// Why an import ended without a new lake version.
#[derive(Debug, thiserror::Error)]
pub enum ImportFailure {
    /// Reading, shaping or checking failed.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// How an import is to be done.
#[derive(Clone, Debug, Default)]
pub struct ImportPlan {
    /// Options of reading.
    pub stage: stage::Options,
    /// The last plausible day as the user stated it, if he did: a default that moves with the calendar makes no other
    /// import of the same files.
    pub stated_not_after: Option<chrono::NaiveDate>,
    /// Show the account only; the lake stays as it is.
    pub dry_run: bool,
    /// The files are of the generated retailer, which every page must say.
    pub generated: bool,
}

/// What an import did.
#[derive(Debug)]
pub enum Imported {
    /// Every file was imported before with this mapping: nothing was done.
    Known {
        /// Files given.
        files: usize,
    },
    /// The account of a dry run.
    DryRun(Report),
    /// Rows are in the lake.
    Done {
        /// The new lake version.
        version: Box<LakeVersion>,
        /// What became of the rows.
        report: Report,
    },
}

/// An import up to where it would be published.
pub enum Prepared {
    /// Every file was imported before with this mapping: there is nothing to do.
    Known {
        /// Files given.
        files: usize,
    },
    /// The account of a dry run.
    DryRun(Report),
    /// The rows are written and not to be seen yet.
    Merged(Box<Merged>),
}

/// An import whose rows are written: more may be computed of them before they are published together.
pub struct Merged {
    writer: Writer,
    operation: Operation,
    report: Report,
}

impl Merged {
    /// The writer that holds the rows.
    pub fn writer(&mut self) -> &mut Writer {
        &mut self.writer
    }

    /// What became of the rows.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Publishes the rows and whatever was written since.
    ///
    /// # Errors
    /// As [`Writer::publish`]; the lake is then as before.
    pub async fn publish(self) -> Result<(LakeVersion, Report), LakeError> {
        let version = self.writer.publish(self.operation).await?;
        Ok((version, self.report))
    }

    /// Ends the import without a trace.
    ///
    /// # Errors
    /// As [`Writer::abandon`].
    pub async fn abandon(self) -> Result<(), LakeError> {
        self.writer.abandon().await
    }
}

/// What became of the rows of an import.
#[derive(Debug)]
pub struct Report {
    /// The account, balanced.
    pub account: Account,
    /// Place and reason of the first rejected rows.
    pub samples: Vec<String>,
    /// Where all rejected rows are kept, inside the lake.
    pub rejects: Vec<String>,
}

/// Imports source files by a mapping; the same files again do nothing.
///
/// # Errors
/// [`ImportFailure`]; the lake is then as before.
pub async fn import(
    lake: &Lake,
    engine: &Engine,
    mapping: &Mapping,
    files: &[PathBuf],
    gazetteer: &Arc<Gazetteer>,
    plan: &ImportPlan,
    progress: Arc<dyn Progress>,
) -> Result<Imported, ImportFailure> {
    match prepare(lake, engine, mapping, files, gazetteer, plan, progress).await? {
        Prepared::Known { files } => Ok(Imported::Known { files }),
        Prepared::DryRun(report) => Ok(Imported::DryRun(report)),
        Prepared::Merged(merged) => {
            let (version, report) = merged.publish().await?;
            Ok(Imported::Done {
                version: Box::new(version),
                report,
            })
        }
    }
}

/// As [`import`], up to where the lake version would be published.
///
/// # Errors
/// As [`import`].
pub async fn prepare(
    lake: &Lake,
    engine: &Engine,
    mapping: &Mapping,
    files: &[PathBuf],
    gazetteer: &Arc<Gazetteer>,
    plan: &ImportPlan,
    progress: Arc<dyn Progress>,
) -> Result<Prepared, ImportFailure> {
    let inputs = describe(files, progress.as_ref())?;
    let definition = definition(mapping, plan);
    if all_known(lake, &definition, &inputs).await? {
        return Ok(Prepared::Known { files: files.len() });
    }
    if let Some(version) = lake.newest().await? {
        same_currency(&version, mapping)?;
    }
    let scratch = Scratch::make(lake)?;
    let staged = stage::stage(
        mapping,
        files,
        scratch.path(),
        gazetteer,
        &plan.stage,
        Arc::clone(&progress),
    )
    .await?;
    let mut writer = lake.writer().await?;
    let mode = if plan.dry_run { Mode::Account } else { Mode::Write };
    match merge_all(
        engine,
        &mut writer,
        mapping,
        staged,
        scratch.path(),
        mode,
        progress.as_ref(),
    )
    .await
    {
        Err(failure) => {
            // The first failure is the one to tell; a lock that cannot be given back expires.
            let _ = writer.abandon().await;
            Err(failure)
        }
        Ok(report) if plan.dry_run => {
            writer.abandon().await?;
            Ok(Prepared::DryRun(report))
        }
        Ok(report) => finish(lake, writer, mapping, &inputs, plan, report, scratch.path()).await,
    }
}

/// What decides which rows files give: the mapping's text and the options of reading.
fn definition(mapping: &Mapping, plan: &ImportPlan) -> String {
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let text = [
        mapping.hash.clone(),
        day(plan.stated_not_after),
        day(plan.stage.complete_through),
    ]
    .join(" ");
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Whether every file was already imported in this way: known by content, whatever its name, unless a later import
/// brought another content under the same name (a file that was put back is news).
async fn all_known(lake: &Lake, definition: &str, inputs: &[Input]) -> Result<bool, LakeError> {
    let mut known: HashMap<String, String> = HashMap::new();
    for number in version::numbers(lake.location()).await? {
        let operation = version::read(lake.location(), number).await?.operation;
        if operation.kind == "import" && operation.definition == definition {
            for input in operation.inputs {
                known.retain(|_, name| *name != input.name);
                known.insert(input.hash, input.name);
            }
        }
    }
    Ok(!inputs.is_empty() && inputs.iter().all(|input| known.contains_key(&input.blake3_hash)))
}

fn same_currency(version: &LakeVersion, mapping: &Mapping) -> Result<(), LakeError> {
    match &version.currency {
        Some(currency) if *currency != mapping.currency => Err(LakeError::Currency {
            lake: currency.clone(),
            given: mapping.currency.clone(),
        }),
        _ => Ok(()),
    }
}

async fn merge_all(
    engine: &Engine,
    writer: &mut Writer,
    mapping: &Mapping,
    staged: Staged,
    scratch: &Path,
    mode: Mode,
    progress: &dyn Progress,
) -> Result<Report, ImportFailure> {
    if let Some(base) = writer.base() {
        same_currency(base, mapping)?;
    }
    let Staged {
        tables,
        mut account,
        mut rejects,
        reject_samples: mut samples,
        inputs,
        ..
    } = staged;
    let conflicts = RejectWriter::new(&scratch.join("conflicts.parquet"));
    let files_of = |name: &str| {
        tables
            .iter()
            .filter(|table| table.table == name)
            .flat_map(|table| table.files.clone())
            .collect::<Vec<_>>()
    };
    let mut withdrawn: HashMap<&str, HashSet<u128>> = HashMap::new();
    for table in contract::tables().iter().filter(|table| table.name != "customers") {
        let staged = tables.iter().find(|staged| staged.table == table.name);
        let withdrawn_wholes = table.part_of().and_then(|whole| withdrawn.remove(whole.table));
        let withdrawn_wholes = withdrawn_wholes.unwrap_or_default();
        if staged.is_none() && withdrawn_wholes.is_empty() {
            continue;
        }
        progress.begin(&format!("merge {}", table.name), None);
        let incoming = Incoming {
            table,
            files: staged.map_or(&[], |staged| &staged.files),
            withdrawn: staged.map_or(&[], |staged| &staged.withdrawn),
            complete: staged.is_some_and(|staged| staged.complete),
            withdrawn_wholes,
        };
        let merged = merge::merge(writer, engine.location(), &incoming, mode).await?;
        settle(&mut account, table.name, &merged, &inputs, &conflicts)?;
        withdrawn.insert(table.name, merged.withdrawn_keys);
    }
    let (orders, customers) = (files_of("orders"), files_of("customers"));
    if !orders.is_empty() || !customers.is_empty() {
        progress.begin("merge customers", None);
        let merged = derive::customers(engine, writer, &orders, &customers, scratch, mode).await?;
        settle(&mut account, "customers", &merged, &inputs, &conflicts)?;
    }
    account.check()?;
    samples.extend(conflicts.samples());
    rejects.extend(conflicts.finish()?);
    Ok(Report {
        account,
        samples,
        rejects: rejects.iter().map(|path| path.display().to_string()).collect(),
    })
}

/// Carries the merge's outcome into the account of the import.
fn settle(
    account: &mut Account,
    table: &'static str,
    merged: &merge::Merged,
    inputs: &[Input],
    conflicts: &RejectWriter,
) -> Result<(), ImportFailure> {
    for Conflict { file, line } in &merged.conflicts {
        let input = usize::try_from(*file).ok().and_then(|index| inputs.get(index));
        conflicts.push(Reject {
            file: input.map(|input| input.name.clone()).unwrap_or_default(),
            line: u64::try_from(*line).unwrap_or(0),
            table: Some(table),
            reason: "the same key stands twice in this file with different content; keep one of the rows".into(),
            ..Reject::default()
        })?;
    }
    let tally = |tally: Tally| account::Tally {
        rows: tally.rows,
        money: tally.cents,
    };
    let of_table = account.table_mut(table);
    of_table.withdrawn = tally(merged.withdrawn);
    let flow = &mut of_table.flow;
    flow.kept = tally(merged.account.kept);
    flow.repaired = tally(merged.account.repaired);
    flow.replaced.add(tally(merged.account.replaced));
    flow.skipped.add(tally(merged.account.skipped));
    flow.skipped.add(tally(merged.account.older));
    flow.rejected.add(tally(merged.account.rejected));
    Ok(())
}

async fn finish(
    lake: &Lake,
    mut writer: Writer,
    mapping: &Mapping,
    inputs: &[Input],
    plan: &ImportPlan,
    mut report: Report,
    scratch: &Path,
) -> Result<Prepared, ImportFailure> {
    report.rejects = match keep_rejects(lake, &writer, &report.rejects, scratch).await {
        Ok(kept) => kept,
        Err(failure) => {
            let _ = writer.abandon().await;
            return Err(failure.into());
        }
    };
    let operation = Operation {
        kind: "import".into(),
        name: mapping.name.clone(),
        definition: definition(mapping, plan),
        inputs: inputs
            .iter()
            .map(|input| InputFile {
                name: input.name.clone(),
                bytes: input.bytes,
                hash: input.blake3_hash.clone(),
            })
            .collect(),
        account: serde_json::to_value(&report.account).map_err(LakeError::columns("writing the account"))?,
    };
    writer.set_currency(&mapping.currency);
    if plan.generated {
        writer.set_generated();
    }
    if let Some(day) = plan.stage.complete_through {
        writer.set_complete_through(&mapping.source, day);
    }
    Ok(Prepared::Merged(Box::new(Merged {
        writer,
        operation,
        report,
    })))
}

/// Copies the rejected rows into the lake, beside its tables: they may hold personal data, so they are no table.
async fn keep_rejects(
    lake: &Lake,
    writer: &Writer,
    rejects: &[String],
    scratch: &Path,
) -> Result<Vec<String>, LakeError> {
    let number = writer.base().map_or(1, |base| base.number + 1);
    let mut kept = Vec::new();
    for (index, path) in rejects.iter().enumerate() {
        let failed = |source| LakeError::File {
            path: scratch.to_owned(),
            doing: "keeping rejected rows".into(),
            source,
        };
        let bytes = std::fs::read(path).map_err(failed)?;
        let target = format!("_chalandise/rejects/{number:020}-{index}.parquet");
        lake.location()
            .rooted()
            .put(&StorePath::from(target.as_str()), bytes.into())
            .await
            .map_err(LakeError::store("keeping rejected rows"))?;
        kept.push(target);
    }
    Ok(kept)
}

/// A folder for work files inside the lake's own, where there is room; removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn make(lake: &Lake) -> Result<Scratch, LakeError> {
        let root = lake
            .location()
            .url
            .to_file_path()
            .unwrap_or_else(|()| std::env::temp_dir());
        let all = root.join("_chalandise").join("scratch");
        remove_dead(&all);
        let folder = all.join(format!("{}-{}", std::process::id(), uuid()));
        let failed = |source| LakeError::File {
            path: folder.clone(),
            doing: "making a folder for work files".into(),
            source,
        };
        std::fs::create_dir_all(&folder).map_err(failed)?;
        Ok(Scratch(folder))
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Folders of processes that were killed are rubbish; failing to sweep them harms nothing.
fn remove_dead(all: &Path) {
    for entry in std::fs::read_dir(all).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let alive = name
            .split('-')
            .next()
            .is_some_and(|process| Path::new("/proc").join(process).is_dir());
        if !alive {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Tells two imports of one process apart.
fn uuid() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
