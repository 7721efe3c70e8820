//! Sessions over staged files: bounded memory, spilling beside the work files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, GreedyMemoryPool, MemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{ParquetReadOptions, SQLOptions, SessionConfig, SessionContext};

use super::functions;
use super::gazetteer::Gazetteer;
use super::mapping::{Mapping, SourceFile};
use super::read::staged_schema;

/// How joins are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joins {
    /// In memory: fast, fails when the smaller side does not fit.
    Hash,
    /// By sorting both sides, which spills to disk.
    SortMerge,
}

/// What a session may use.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Memory of sorts, joins and groups, in bytes.
    pub memory_bytes: usize,
    /// Tasks at a time.
    pub threads: usize,
    /// Folder for what does not fit.
    pub spill: PathBuf,
}

/// A session without tables.
///
/// # Errors
/// The engine's error when the spill folder cannot be used.
pub fn session(
    mapping: &Mapping,
    gazetteer: &Arc<Gazetteer>,
    limits: &Limits,
    joins: Joins,
) -> Result<SessionContext, DataFusionError> {
    let config = SessionConfig::new()
        .with_target_partitions(limits.threads)
        .with_information_schema(false)
        .set_bool("datafusion.optimizer.prefer_hash_join", joins == Joins::Hash);
    let pool: Arc<dyn MemoryPool> = match joins {
        Joins::Hash => Arc::new(GreedyMemoryPool::new(limits.memory_bytes)),
        // Sorts of both sides run at the same time: each gets its share and spills the rest.
        Joins::SortMerge => Arc::new(FairSpillPool::new(limits.memory_bytes)),
    };
    let disk = DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![limits.spill.clone()]));
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(pool)
        .with_disk_manager_builder(disk)
        .build_arc()?;
    let session = SessionContext::new_with_config_rt(config, runtime);
    functions::register(&session, gazetteer, mapping.time_zone);
    Ok(session)
}

/// Registers a folder of Parquet files as a table; an empty table of that schema when there is none.
///
/// # Errors
/// The engine's error when a file cannot be read.
pub async fn register(
    session: &SessionContext,
    name: &str,
    folder: Option<&Path>,
    schema: &SchemaRef,
) -> Result<(), DataFusionError> {
    match folder {
        Some(folder) => {
            let schema = as_read(schema);
            let options = ParquetReadOptions::default().schema(&schema);
            // A trailing slash says that it is a folder, whatever its name looks like.
            let path = format!("{}/", folder.display());
            session.register_parquet(name, path, options).await
        }
        None => {
            let table = MemTable::try_new(as_read(schema), vec![vec![]])?;
            session.register_table(name, Arc::new(table)).map(|_| ())
        }
    }
}

/// A staged schema as the engine reads it: text as views.
pub fn as_read(schema: &SchemaRef) -> SchemaRef {
    let fields: Vec<Field> = schema
        .fields()
        .iter()
        .map(|field| match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 => field.as_ref().clone().with_data_type(DataType::Utf8View),
            _ => field.as_ref().clone(),
        })
        .collect();
    Arc::new(Schema::new(fields))
}

/// The schema of a source file as the mapping's SQL sees it.
pub fn source_schema(file: &SourceFile) -> SchemaRef {
    as_read(&staged_schema(file))
}

/// Only queries: a mapping may read its sources and nothing else.
pub fn only_queries() -> SQLOptions {
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
}

/// Whether an error says that memory or disk for the query ran out.
pub fn ran_out(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}
