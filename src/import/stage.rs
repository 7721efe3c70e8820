//! From source files to checked rows in Parquet files of a work folder: read, shaped, checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;

use crate::account::{Account, FileAccount, Outcome};
use crate::engine::{self, Joins, Limits};
use crate::error::ImportError;
use crate::gazetteer::Gazetteer;
use crate::input::{Input, describe};
use crate::mapping::{self, Mapping};
use crate::progress::Progress;
use crate::read::{ReadTask, StagedFile};
use crate::rejects::RejectWriter;
use crate::shape::{Shaped, Shaper};
use crate::{assign, unique};

/// What the caller decides about an import.
#[derive(Clone, Debug)]
pub struct Options {
    /// Last plausible day of what the files tell; later days are rejected. None: any day goes.
    pub not_after: Option<NaiveDate>,
    /// Day up to which the source has delivered everything, when the caller knows.
    pub complete_through: Option<NaiveDate>,
    /// Memory of sorts, joins and groups, in bytes.
    pub memory_bytes: usize,
    /// Files read, and tasks run, at a time.
    pub threads: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            not_after: None,
            complete_through: None,
            memory_bytes: 1024 * 1024 * 1024,
            threads: std::thread::available_parallelism().map_or(2, usize::from),
        }
    }
}

/// Checked rows of every canonical table, with the account of how they came to be.
#[derive(Debug)]
pub struct Staged {
    /// The canonical tables, in the order of the mapping; one entry per table.
    pub tables: Vec<StagedTable>,
    /// Rows and money so far; merging goes on with it.
    pub account: Account,
    /// Parquet files of rejected rows (schema [`crate::rejects::schema`]).
    pub rejects: Vec<PathBuf>,
    /// Place and reason of the first rejected rows, without their values.
    pub reject_samples: Vec<String>,
    /// The files read; `_file` of a row counts from 0 in this list.
    pub inputs: Vec<Input>,
    /// ISO 4217 code of all money.
    pub currency: String,
    /// The mapping's source.
    pub source: String,
    /// Day up to which the source has delivered everything, when known.
    pub complete_through: Option<NaiveDate>,
}

/// Checked rows of one canonical table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedTable {
    /// Canonical table.
    pub table: &'static str,
    /// Parquet files: the canonical columns, then `_file` (int32), `_line` (int64) and `_repaired` (boolean).
    pub files: Vec<PathBuf>,
    /// Parquet files of rows that the export has and a rule of the mapping leaves out: the key columns, `updated_at` where
    /// the table has it, `_file`. Should such a row stand in the lake, it no longer counts.
    pub withdrawn: Vec<PathBuf>,
    /// Whether the export gives all parts of each whole of which it gives one: all lines of an order. Never when a row was
    /// rejected, which may be one of them.
    pub complete: bool,
    /// Number of rows.
    pub rows: u64,
    /// Sum of the table's money column, in cents.
    pub money: i128,
}

/// Reads, shapes and checks source files.
///
/// `scratch` is an empty folder for work files, which the caller removes when he has merged them. `progress` hears of every step.
///
/// # Errors
/// [`ImportError`]: a mapping or a file that cannot be used, work files that cannot be written, or no row kept at all.
pub async fn stage(
    mapping: &Mapping,
    files: &[PathBuf],
    scratch: &Path,
    gazetteer: &Arc<Gazetteer>,
    options: &Options,
    progress: Arc<dyn Progress>,
) -> Result<Staged, ImportError> {
    mapping.check().await?;
    let (inputs, mut notes) = distinct(describe(files, progress.as_ref())?);
    let places = assign::assign(mapping, &inputs)?;
    let limits = Limits {
        memory_bytes: options.memory_bytes,
        threads: options.threads.max(1),
        spill: folder(scratch, "spill")?,
    };
    let rejects = Arc::new(RejectWriter::new(&scratch.join("rejects.parquet")));
    let work = Work {
        mapping,
        inputs: &inputs,
        places: &places,
        scratch,
        gazetteer,
        options,
        limits: &limits,
        rejects: &rejects,
        progress: &progress,
    };
    let mut staged = work.read().await?;
    work.remove_repeats(&mut staged).await?;
    notes.extend(absent_files(mapping, &places));
    let mut account = work.file_account(&staged, notes);
    let (tables, table_rejects) = work.shape(&staged, &mut account).await?;
    account.check()?;
    let mut writers = vec![rejects.as_ref()];
    writers.extend(&table_rejects);
    nothing_kept(&tables, &account, &writers)?;
    let mut paths = Vec::new();
    for writer in &writers {
        paths.extend(writer.finish()?);
    }
    Ok(Staged {
        tables,
        reject_samples: writers.iter().flat_map(|writer| writer.samples()).collect(),
        account,
        rejects: paths,
        currency: mapping.currency.clone(),
        source: mapping.source.clone(),
        complete_through: options.complete_through,
        inputs,
    })
}

/// Inputs without those that have the content of an earlier one, and a note for each left out.
fn distinct(inputs: Vec<Input>) -> (Vec<Input>, Vec<String>) {
    let mut kept: Vec<Input> = Vec::with_capacity(inputs.len());
    let mut notes = Vec::new();
    for input in inputs {
        match kept.iter().find(|it| it.blake3_hash == input.blake3_hash) {
            Some(first) => notes.push(format!(
                "{} has the same content as {} and was read once",
                input.path.display(),
                first.path.display()
            )),
            None => kept.push(input),
        }
    }
    (kept, notes)
}

fn absent_files(mapping: &Mapping, places: &[usize]) -> Vec<String> {
    mapping
        .files
        .iter()
        .enumerate()
        .filter(|(place, _)| !places.contains(place))
        .map(|(_, file)| match &file.without {
            Some(without) => format!("without {}: {without}", file.id),
            None => format!("{} was not given", file.id),
        })
        .collect()
}

fn nothing_kept(tables: &[StagedTable], account: &Account, writers: &[&RejectWriter]) -> Result<(), ImportError> {
    let rows: u64 = account.files.iter().map(|it| it.flow.came_in.rows).sum();
    if rows == 0 || tables.iter().any(|table| table.rows > 0 || !table.withdrawn.is_empty()) {
        return Ok(());
    }
    let reason = writers.iter().find_map(|writer| writer.main_reason());
    let files = account.files.iter().filter(|file| file.flow.came_in.rows > 0);
    Err(ImportError::NothingKept {
        files: files.map(|file| file.file.as_str()).collect::<Vec<_>>().join(", "),
        rows,
        reason: reason.unwrap_or_else(|| "a rule of the mapping left them out".to_owned()),
        remedy: "Check that the mapping is the right one for these files".to_owned(),
    })
}

fn folder(scratch: &Path, name: &str) -> Result<PathBuf, ImportError> {
    let path = scratch.join(name);
    std::fs::create_dir_all(&path).map_err(|error| ImportError::scratch("make", &path, error))?;
    Ok(path)
}

/// What the steps of one import share.
struct Work<'a> {
    mapping: &'a Mapping,
    inputs: &'a [Input],
    places: &'a [usize],
    scratch: &'a Path,
    gazetteer: &'a Arc<Gazetteer>,
    options: &'a Options,
    limits: &'a Limits,
    rejects: &'a Arc<RejectWriter>,
    progress: &'a Arc<dyn Progress>,
}

impl Work<'_> {
    /// Reads every file, several at a time; the results by [[file]] of the mapping, in the order given.
    async fn read(&self) -> Result<Vec<Vec<StagedFile>>, ImportError> {
        let total: u64 = self.inputs.iter().map(|input| input.bytes).sum();
        self.progress.begin("read", Some(total));
        let mapping = Arc::new(self.mapping.clone());
        let mut waiting: Vec<(usize, usize)> = self.places.iter().copied().enumerate().collect();
        waiting.reverse();
        let mut tasks = tokio::task::JoinSet::new();
        let mut results: Vec<Vec<StagedFile>> = Vec::new();
        results.resize_with(self.mapping.files.len(), Vec::new);
        loop {
            while tasks.len() < self.limits.threads {
                let Some((index, place)) = waiting.pop() else { break };
                let task = self.task(&mapping, index, place)?;
                tasks.spawn_blocking(task);
            }
            let Some(joined) = tasks.join_next().await else { break };
            let (place, staged) = joined.map_err(|error| ImportError::Unbalanced {
                name: "reading".to_owned(),
                what: error.to_string(),
            })??;
            results[place].push(staged);
        }
        for files in &mut results {
            files.sort_by_key(|file| file.index);
        }
        Ok(results)
    }

    fn task(
        &self,
        mapping: &Arc<Mapping>,
        index: usize,
        place: usize,
    ) -> Result<impl FnOnce() -> Result<(usize, StagedFile), ImportError> + Send + 'static, ImportError> {
        let id = &self.mapping.files[place].id;
        let out = folder(self.scratch, &format!("sources/{id}"))?.join(format!("{index:06}.parquet"));
        let mapping = Arc::clone(mapping);
        let input = self.inputs[index].clone();
        let rejects = Arc::clone(self.rejects);
        let progress = Arc::clone(self.progress);
        let not_after = self.options.not_after;
        Ok(move || {
            let task = ReadTask {
                file: &mapping.files[place],
                input: &input,
                index,
                out,
                not_after,
                rejects: &rejects,
                progress,
            };
            Ok((place, task.run()?))
        })
    }

    /// Applies what each [[file]] says about unique rows.
    async fn remove_repeats(&self, staged: &mut [Vec<StagedFile>]) -> Result<(), ImportError> {
        for (file, of_file) in self.mapping.files.iter().zip(staged) {
            let rows: Vec<&StagedFile> = of_file.iter().collect();
            if !unique::is_needed(file, &rows) || rows.iter().all(|it| it.lines.is_empty()) {
                continue;
            }
            self.progress.begin(&format!("repeats in {}", file.id), None);
            let fates = self.fates(file).await.map_err(|error| ImportError::Shape {
                mapping: self.mapping.name.clone(),
                table: file.id.clone(),
                what: "the search for repeated rows failed".to_owned(),
                remedy: "Free disk space for work files or allow the import more memory".to_owned(),
                source: Some(Box::new(error)),
            })?;
            for (index, lines) in &fates {
                if let Some(one) = of_file.iter_mut().find(|it| it.index == *index) {
                    unique::apply(file, one, lines, self.rejects)?;
                }
            }
        }
        Ok(())
    }

    async fn fates(
        &self,
        file: &mapping::SourceFile,
    ) -> Result<std::collections::HashMap<usize, BTreeMap<u64, Outcome>>, datafusion::error::DataFusionError> {
        let session = engine::session(self.mapping, self.gazetteer, self.limits, Joins::Hash)?;
        let folder = self.scratch.join("sources").join(&file.id);
        let schema = engine::source_schema(file);
        engine::register(&session, &file.id, Some(&folder), &schema).await?;
        unique::fates(&session, file).await
    }

    fn file_account(&self, staged: &[Vec<StagedFile>], notes: Vec<String>) -> Account {
        let mut files: Vec<(usize, FileAccount)> = staged
            .iter()
            .flatten()
            .map(|file| (file.index, file.account.clone()))
            .collect();
        files.sort_by_key(|(index, _)| *index);
        Account {
            mapping: self.mapping.name.clone(),
            currency: self.mapping.currency.clone(),
            files: files.into_iter().map(|(_, account)| account).collect(),
            tables: Vec::new(),
            notes,
        }
    }

    /// Makes the canonical tables whose primary files were given.
    async fn shape(
        &self,
        staged: &[Vec<StagedFile>],
        account: &mut Account,
    ) -> Result<(Vec<StagedTable>, Vec<RejectWriter>), ImportError> {
        let shaper = Shaper {
            mapping: self.mapping,
            staged,
            names: Arc::new(self.inputs.iter().map(|input| input.name.clone()).collect()),
            scratch: self.scratch,
            gazetteer: self.gazetteer,
            limits: self.limits,
            progress: Arc::clone(self.progress),
        };
        shaper.steps().await?;
        let mut tables: Vec<StagedTable> = Vec::new();
        let mut rejects = Vec::new();
        for (number, shape) in self.mapping.tables.iter().enumerate() {
            let place = self.mapping.files.iter().position(|file| file.id == shape.primary);
            if !place.is_some_and(|place| self.places.contains(&place)) {
                continue;
            }
            let shaped = shaper.table(number, shape).await?;
            let read = place.and_then(|place| staged.get(place)).into_iter().flatten();
            let refused_at_reading: u64 = read.map(|file| file.account.flow.rejected.rows).sum();
            // A row that was refused is no row that is gone.
            let whole = refused_at_reading + shaped.account.flow.rejected.rows == 0;
            add(&mut tables, shape, &shaped, whole);
            let table = account.table_mut(shape.into.name);
            table.flow.add(&shaped.account.flow);
            for (reason, count) in shaped.account.reasons {
                *table.reasons.entry(reason).or_default() += count;
            }
            rejects.push(shaped.rejects);
        }
        Ok((tables, rejects))
    }
}

/// Adds what one shape made to its table: several shapes may feed one (orders and refunds).
fn add(tables: &mut Vec<StagedTable>, shape: &mapping::Shape, shaped: &Shaped, whole: bool) {
    let (name, complete) = (shape.into.name, whole && shape.complete_by.is_some());
    let flow = &shaped.account.flow;
    let rows = flow.kept.rows + flow.repaired.rows;
    let money = flow.kept.money + flow.repaired.money;
    match tables.iter_mut().find(|table| table.table == name) {
        Some(table) => {
            table.files.extend(shaped.files.iter().cloned());
            table.withdrawn.extend(shaped.withdrawn.iter().cloned());
            table.complete &= complete;
            table.rows += rows;
            table.money += money;
        }
        None => tables.push(StagedTable {
            table: name,
            files: shaped.files.clone(),
            withdrawn: shaped.withdrawn.clone(),
            complete,
            rows,
            money,
        }),
    }
}
