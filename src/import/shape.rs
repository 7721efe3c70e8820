//! From staged source tables to canonical rows: the mapping's SQL, then the lake's contract, in bounded memory.
//!
//! Every row of a shape's primary file must come out exactly once (kept, rejected or left out by a rule), which one bit a line
//! proves. Rows made from groups of rows cannot be counted so; for them the money must be the same before and after.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::error::DataFusionError;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::{ExecutionPlan, ExecutionPlanProperties, execute_stream_partitioned};
use datafusion::prelude::SessionContext;
use futures::StreamExt;
use tokio::task::JoinSet;

use super::account::{TableAccount, money_text};
use super::engine::{self, Joins, Limits};
use super::error::ImportError;
use super::gazetteer::Gazetteer;
use super::line_set::LineSet;
use super::mapping::{Mapping, Shape};
use super::part::{Part, PartError, Written};
use super::progress::Progress;
use super::read::StagedFile;
use super::rejects::RejectWriter;
use super::seen::{Seen, Shared};

/// Everything the shaping of one import needs.
pub struct Shaper<'a> {
    /// The mapping.
    pub mapping: &'a Mapping,
    /// The source files read, by [[file]] of the mapping.
    pub staged: &'a [Vec<StagedFile>],
    /// Names of the inputs.
    pub names: Arc<Vec<String>>,
    /// Folder for work files.
    pub scratch: &'a Path,
    /// Places by post code and city.
    pub gazetteer: &'a Arc<Gazetteer>,
    /// Memory, tasks, spill folder.
    pub limits: &'a Limits,
    /// Who is told how far the shaping is.
    pub progress: Arc<dyn Progress>,
}

/// What one shape made.
pub struct Shaped {
    /// Parquet files of canonical rows.
    pub files: Vec<PathBuf>,
    /// Parquet files of rows that the mapping leaves out.
    pub withdrawn: Vec<PathBuf>,
    /// The account.
    pub account: TableAccount,
    /// Rows refused here.
    pub rejects: RejectWriter,
}

/// Why a query failed: in the engine, or in writing what came out of it.
enum Failure {
    Engine(DataFusionError),
    Import(ImportError),
}

impl From<DataFusionError> for Failure {
    fn from(error: DataFusionError) -> Failure {
        Failure::Engine(error)
    }
}

impl From<PartError> for Failure {
    fn from(error: PartError) -> Failure {
        match error {
            PartError::Engine(error) => Failure::Engine(error),
            PartError::Import(error) => Failure::Import(error),
        }
    }
}

impl Shaper<'_> {
    /// Makes the intermediate tables of the mapping.
    ///
    /// # Errors
    /// [`ImportError::Shape`] when a step's SQL fails, [`ImportError::Scratch`] when work files cannot be written.
    pub async fn steps(&self) -> Result<(), ImportError> {
        for (index, step) in self.mapping.steps.iter().enumerate() {
            self.progress.begin(&step.name, None);
            let folder = self.step_folder(&step.name);
            let result = self
                .with_either_join(async |joins| {
                    fresh_folder(&folder)?;
                    let session = self.session(joins, index).await?;
                    let plan = plan(&session, &step.sql).await?;
                    run(&session, plan, |number, schema| {
                        Part::plain(&folder.join(part_name(number)), schema)
                    })
                    .await
                    .map(|_| ())
                })
                .await;
            result.map_err(|failure| self.failure(&step.name, failure))?;
        }
        Ok(())
    }

    /// Makes the rows of one canonical table.
    ///
    /// # Errors
    /// As [`Shaper::steps`], and [`ImportError::Shape`] when a row of the primary file is lost or doubled.
    pub async fn table(&self, number: usize, shape: &Shape) -> Result<Shaped, ImportError> {
        let table = shape.into.name;
        let folder = self.scratch.join("tables").join(format!("{number}-{table}"));
        let rows: u64 = self.primary(shape).map(|it| it.lines.len()).sum();
        self.progress.begin(table, Some(rows));
        let schema = canonical_schema(shape);
        let result = self
            .with_either_join(async |joins| {
                fresh_folder(&folder)?;
                let shared = Arc::new(self.shared(shape, &folder));
                let session = self.session(joins, self.mapping.steps.len()).await?;
                let plan = plan(&session, &shape.sql).await?;
                let written = run(&session, plan, |number, found| {
                    let path = folder.join(part_name(number));
                    Part::checked(&path, shape.into, &schema, &found, &shared)
                })
                .await?;
                Ok((written, shared))
            })
            .await;
        let (written, shared) = result.map_err(|failure| self.failure(table, failure))?;
        self.finish(shape, &written, shared)
    }

    fn shared(&self, shape: &Shape, folder: &Path) -> Shared {
        let sources = self
            .primary(shape)
            .map(|it| (it.index, (it.lines.clone(), it.repaired.clone())))
            .collect();
        Shared {
            seen: Mutex::default(),
            sources,
            names: Arc::clone(&self.names),
            grouped: shape.grouped,
            rejects: RejectWriter::new(&folder.with_extension("rejects.parquet")),
            progress: Arc::clone(&self.progress),
        }
    }

    fn finish(&self, shape: &Shape, written: &[Written], shared: Arc<Shared>) -> Result<Shaped, ImportError> {
        let table = shape.into.name;
        // Every task has ended, so this is the last owner.
        let shared = Arc::try_unwrap(shared).map_err(|_| ImportError::Unbalanced {
            name: table.to_owned(),
            what: "a task still runs".to_owned(),
        })?;
        let seen = shared.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        if shape.grouped {
            self.check_money(shape, &seen)?;
        } else {
            self.check_once(shape, &seen)?;
        }
        seen.flow.check(table)?;
        Ok(Shaped {
            files: written.iter().filter_map(|part| part.rows.clone()).collect(),
            withdrawn: written.iter().filter_map(|part| part.withdrawn.clone()).collect(),
            account: TableAccount {
                table: table.to_owned(),
                flow: seen.flow,
                reasons: seen.reasons,
                ..TableAccount::default()
            },
            rejects: shared.rejects,
        })
    }

    fn primary(&self, shape: &Shape) -> impl Iterator<Item = &StagedFile> {
        let place = self.mapping.files.iter().position(|file| file.id == shape.primary);
        place.and_then(|place| self.staged.get(place)).into_iter().flatten()
    }

    fn check_once(&self, shape: &Shape, seen: &Seen) -> Result<(), ImportError> {
        let name = |index: usize| self.names.get(index).map_or("", String::as_str);
        if seen.stray {
            return Err(self.fault(
                shape,
                "a row came out that belongs to no line of the primary file".to_owned(),
                "Select _file and _line of the primary file and join the others to it with left joins",
            ));
        }
        if let Some((index, line)) = seen.twice {
            return Err(self.fault(
                shape,
                format!("line {line} of {} came out twice", name(index)),
                "A join finds two rows for one: group the other table by the joined key, or name what makes its rows unique",
            ));
        }
        let none = LineSet::new();
        for staged in self.primary(shape) {
            let out = seen.lines.get(&staged.index).unwrap_or(&none);
            if let Some(line) = staged.lines.first_missing_from(out) {
                let lost = staged.lines.len() - out.len();
                return Err(self.fault(
                    shape,
                    format!(
                        "{lost} rows of {} did not come out, the first in line {line}",
                        name(staged.index)
                    ),
                    "Use left joins, and give a reason as _reject instead of filtering rows away",
                ));
            }
        }
        Ok(())
    }

    fn check_money(&self, shape: &Shape, seen: &Seen) -> Result<(), ImportError> {
        let file = self.mapping.file(&shape.primary);
        let has_money = file.is_some_and(|file| file.money.is_some());
        if shape.into.money.is_none() || !has_money {
            return Ok(());
        }
        let mut came_in = 0;
        for staged in self.primary(shape) {
            came_in += staged.account.flow.kept.money + staged.account.flow.repaired.money;
        }
        let came_out = seen.flow.came_in.money;
        if came_in == came_out {
            return Ok(());
        }
        Err(self.fault(
            shape,
            format!(
                "{} of money went into the groups and {} came out",
                money_text(came_in),
                money_text(came_out)
            ),
            "Group without filtering, and sum the column that the file names as money",
        ))
    }

    fn fault(&self, shape: &Shape, what: String, remedy: &str) -> ImportError {
        ImportError::Shape {
            mapping: self.mapping.name.clone(),
            table: shape.into.name.to_owned(),
            what,
            remedy: remedy.to_owned(),
            source: None,
        }
    }

    fn failure(&self, table: &str, failure: Failure) -> ImportError {
        let error = match failure {
            Failure::Import(error) => return error,
            Failure::Engine(error) => error,
        };
        let root = error.find_root();
        let (what, remedy) = match root {
            DataFusionError::ResourcesExhausted(_) => (
                "memory or disk for sorting ran out",
                "Free disk space for work files or allow the import more memory",
            ),
            DataFusionError::IoError(_) => (
                "work files could not be written or read",
                "Free disk space for work files or choose another place for them",
            ),
            _ => (
                "the SQL failed on these rows",
                "A cast or a division in the mapping's SQL meets a value that it cannot take; run `chalandise check` on the mapping",
            ),
        };
        ImportError::Shape {
            mapping: self.mapping.name.clone(),
            table: table.to_owned(),
            what: what.to_owned(),
            remedy: remedy.to_owned(),
            source: Some(Box::new(error)),
        }
    }

    /// Tries joins in memory, and by sorting when memory runs out.
    async fn with_either_join<T>(&self, work: impl AsyncFn(Joins) -> Result<T, Failure>) -> Result<T, Failure> {
        match work(Joins::Hash).await {
            Err(Failure::Engine(error)) if engine::ran_out(&error) => {
                tracing::info!("joins do not fit in memory; sorting instead");
                work(Joins::SortMerge).await
            }
            result => result,
        }
    }

    /// A session with the source tables and the first `steps` intermediate tables.
    async fn session(&self, joins: Joins, steps: usize) -> Result<SessionContext, Failure> {
        let session = engine::session(self.mapping, self.gazetteer, self.limits, joins)?;
        for (file, staged) in self.mapping.files.iter().zip(self.staged) {
            let has_rows = staged.iter().any(|it| !it.lines.is_empty());
            let folder = self.scratch.join("sources").join(&file.id);
            let schema = engine::source_schema(file);
            let folder = has_rows.then_some(folder.as_path());
            engine::register(&session, &file.id, folder, &schema).await?;
        }
        for step in self.mapping.steps.iter().take(steps) {
            let frame = session.sql_with_options(&step.sql, engine::only_queries()).await?;
            let schema = SchemaRef::new(frame.schema().as_arrow().clone());
            let folder = self.step_folder(&step.name);
            let has_rows = std::fs::read_dir(&folder).is_ok_and(|mut it| it.next().is_some());
            let folder = has_rows.then_some(folder.as_path());
            engine::register(&session, &step.name, folder, &schema).await?;
        }
        Ok(session)
    }

    fn step_folder(&self, name: &str) -> PathBuf {
        self.scratch.join("steps").join(name)
    }
}

fn part_name(number: usize) -> String {
    format!("part-{number:04}.parquet")
}

fn fresh_folder(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .map_err(|error| Failure::Import(ImportError::scratch("clear", folder, error)))?;
    }
    std::fs::create_dir_all(folder).map_err(|error| Failure::Import(ImportError::scratch("make", folder, error)))
}

async fn plan(session: &SessionContext, sql: &str) -> Result<Arc<dyn ExecutionPlan>, Failure> {
    let frame = session.sql_with_options(sql, engine::only_queries()).await?;
    Ok(frame.create_physical_plan().await?)
}

/// Runs a plan, each of its partitions into a part of its own; what they left, in order.
async fn run(
    session: &SessionContext,
    plan: Arc<dyn ExecutionPlan>,
    make: impl Fn(usize, SchemaRef) -> Result<Part, PartError>,
) -> Result<Vec<Written>, Failure> {
    let context: Arc<TaskContext> = session.task_ctx();
    let schema = plan.schema();
    let count = plan.output_partitioning().partition_count();
    let streams = execute_stream_partitioned(plan, context)?;
    let mut tasks = JoinSet::new();
    for (number, mut stream) in streams.into_iter().enumerate() {
        let mut part = make(number, Arc::clone(&schema))?;
        tasks.spawn(async move {
            while let Some(batch) = stream.next().await {
                part.write(&batch.map_err(PartError::Engine)?)?;
            }
            part.finish().map(|written| (number, written))
        });
    }
    let mut parts = vec![Written::default(); count];
    while let Some(joined) = tasks.join_next().await {
        let joined = joined.map_err(|error| DataFusionError::Execution(error.to_string()))?;
        let (number, written) = joined?;
        parts[number] = written;
    }
    Ok(parts)
}

/// The columns of a canonical table, then where each row came from and whether it was repaired.
fn canonical_schema(shape: &Shape) -> SchemaRef {
    let mut fields: Vec<Field> = shape
        .into
        .schema()
        .fields()
        .iter()
        .map(|field| field.as_ref().clone())
        .collect();
    fields.push(Field::new("_file", DataType::Int32, false));
    fields.push(Field::new("_line", DataType::Int64, false));
    fields.push(Field::new("_repaired", DataType::Boolean, false));
    Arc::new(Schema::new(fields))
}
