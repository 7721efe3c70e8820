//! The engine over one pinned lake version: tables, functions, base views, and limits on memory and spill.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use datafusion::catalog::TableProvider;
use datafusion::datasource::empty::EmptyTable;
use datafusion::error::{DataFusionError, Result as EngineResult};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::object_store::ObjectStoreRegistry;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use object_store::ObjectStore;
use url::Url;

use super::pinned::PinnedTable;
use super::{LakeError, Location, Reader, Snapshot, completeness, contract, functions, scan};
use chalandise_query::{self as query, Library, Reads};

/// Limits and places of the engine.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Bytes that all queries of the process may hold together.
    pub memory_limit_bytes: usize,
    /// Bytes that queries may spill to disk.
    pub spill_limit_bytes: u64,
    /// Folder for spilled data; the system's own when none.
    pub spill_folder: Option<PathBuf>,
    /// Parallel parts of a query.
    pub partitions: usize,
    /// The query files, whose `base/` and `rollup/` become views.
    pub library: Option<Arc<Library>>,
    /// Plain Parquet folders shown as tables, read-only: name and folder.
    pub attached: Vec<(String, PathBuf)>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions {
            memory_limit_bytes: 1 << 30,
            spill_limit_bytes: 8 << 30,
            spill_folder: None,
            partitions: std::thread::available_parallelism().map_or(2, usize::from),
            library: None,
            attached: Vec::new(),
        }
    }
}

/// What all sessions of a process share: memory pool, spill, caches of footers and statistics.
#[derive(Clone, Debug)]
pub struct Engine {
    runtime: Arc<RuntimeEnv>,
    options: SessionOptions,
    location: Location,
    definitions: Arc<BTreeMap<String, Reads>>,
}

impl Engine {
    /// An engine that reads the lake at `location` and the attached folders, and nothing else of the machine.
    ///
    /// # Errors
    /// [`LakeError::Engine`] when the spill folder cannot be used, [`LakeError::Location`] when an attached folder is missing.
    pub fn new(location: &Location, options: SessionOptions) -> Result<Engine, LakeError> {
        let stores = Arc::new(Stores::default());
        // Whole, since a prefixed store answers `head` with the path that it was given inside, which scans do not find.
        stores.add("lake://data", Arc::clone(&location.store));
        for (name, folder) in &options.attached {
            let folder = Location::existing(folder)?;
            stores.add(&format!("attached://{name}"), folder.store);
        }
        let mode = match &options.spill_folder {
            Some(folder) => DiskManagerMode::Directories(vec![folder.clone()]),
            None => DiskManagerMode::OsTmpDirectory,
        };
        let disk = DiskManagerBuilder::default()
            .with_mode(mode)
            .with_max_temp_directory_size(options.spill_limit_bytes);
        let pool = TrackConsumersPool::new(
            FairSpillPool::new(options.memory_limit_bytes),
            std::num::NonZeroUsize::MIN.saturating_add(4),
        );
        let runtime = RuntimeEnvBuilder::new()
            .with_object_store_registry(stores)
            .with_memory_pool(Arc::new(pool))
            .with_disk_manager_builder(disk)
            .build_arc()
            .map_err(LakeError::engine("starting the engine"))?;
        let definitions = options.library.as_deref().map(query::definitions).unwrap_or_default();
        Ok(Engine {
            runtime,
            definitions: Arc::new(definitions),
            options,
            location: location.clone(),
        })
    }

    /// The lake that this engine reads.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// A session that sees exactly this snapshot, and of it what its reader may see.
    ///
    /// # Errors
    /// [`LakeError::Views`] when a base view does not plan; engine errors.
    pub async fn session(&self, snapshot: &Snapshot, reader: &Reader) -> Result<SessionContext, LakeError> {
        let context = self.bare();
        for table in snapshot.tables().filter(|table| !self.is_outdated(snapshot, table)) {
            match snapshot.contract().table(&table.name) {
                Some(canonical) => self.show(&context, canonical, self.provider(table)?, reader)?,
                None => self.register(&context, table)?,
            }
        }
        for table in snapshot.contract().tables() {
            let shown = snapshot.table(table.name);
            if shown.is_none_or(|pinned| self.is_outdated(snapshot, pinned)) {
                self.show(&context, table, Arc::new(EmptyTable::new(table.schema())), reader)?;
            }
        }
        if snapshot.has("model_fits") {
            let fits = functions::Fits::read(&context).await;
            let fits = Arc::new(fits.map_err(LakeError::engine("reading the fits of models"))?);
            for function in functions::of_models(&fits) {
                context.register_udf(function);
            }
        }
        register(
            &context,
            completeness::TABLE,
            completeness::table(&snapshot.version().complete_through)?,
        )?;
        for (name, folder) in &self.options.attached {
            self.attach(&context, name, &Location::existing(folder)?, reader)
                .await?;
        }
        if let Some(library) = &self.options.library {
            query::register_views(&context, library)
                .await
                .into_result()
                .map_err(LakeError::Views)?;
        }
        Ok(context)
    }

    /// The stored roll-ups of a snapshot that other SQL than the library's has made; sessions compute them anew until
    /// they are built again.
    pub fn outdated_rollups<'a>(&'a self, snapshot: &'a Snapshot) -> impl Iterator<Item = &'a str> {
        let outdated = snapshot.tables().filter(|table| self.is_outdated(snapshot, table));
        outdated.map(|table| table.name.as_str())
    }

    fn is_outdated(&self, snapshot: &Snapshot, table: &PinnedTable) -> bool {
        let stored = snapshot.version().tables.get(&table.name);
        let made_by = stored.and_then(|stored| stored.rollup.as_ref());
        let current = match snapshot.contract().table(&table.name).filter(|table| table.built) {
            // What models compute has no SQL that could have changed, but columns.
            Some(built) => Some(built.definition()),
            None => self.definitions.get(&table.name).map(|reads| reads.hash.clone()),
        };
        self.options.library.is_some() && made_by.is_some_and(|made_by| current.as_ref() != Some(made_by))
    }

    /// The program's session for computing roll-ups: it computes those that the snapshot lacks, and reads the others.
    ///
    /// # Errors
    /// As [`Engine::session`].
    pub async fn session_for_rollups(&self, snapshot: &Snapshot) -> Result<SessionContext, LakeError> {
        let context = self.session(snapshot, &Reader::program()).await?;
        // The first table of a join is the one that is held in memory: the files of roll-ups say it, since estimates of
        // rows behind a view err by orders of magnitude.
        context
            .sql("set datafusion.optimizer.join_reordering = false")
            .await
            .map_err(LakeError::engine("starting a session"))?;
        Ok(context)
    }

    /// A session with the functions and no tables.
    pub fn bare(&self) -> SessionContext {
        let mut config = SessionConfig::new()
            .with_target_partitions(self.options.partitions)
            .with_information_schema(true)
            .set_bool("datafusion.execution.parquet.pushdown_filters", false)
            .set_bool("datafusion.sql_parser.enable_ident_normalization", true);
        config.options_mut().execution.time_zone = Some("UTC".into());
        let context = SessionContext::new_with_config_rt(config, Arc::clone(&self.runtime));
        for function in functions::all() {
            context.register_udf(function);
        }
        context
    }

    /// Registers one pinned table in a session.
    ///
    /// # Errors
    /// [`LakeError::Engine`] when the name is taken.
    pub fn register(&self, context: &SessionContext, table: &PinnedTable) -> Result<(), LakeError> {
        register(context, &table.name, self.provider(table)?)
    }

    fn provider(&self, table: &PinnedTable) -> Result<Arc<dyn TableProvider>, LakeError> {
        let statistics = self.runtime.cache_manager.get_file_statistic_cache();
        scan::provider(table, &self.location.path, statistics)
    }

    /// Registers a canonical table as far as it exists for a reader.
    fn show(
        &self,
        context: &SessionContext,
        table: &'static contract::Table,
        provider: Arc<dyn TableProvider>,
        reader: &Reader,
    ) -> Result<(), LakeError> {
        let columns = reader.columns(table);
        if columns.is_empty() {
            return Ok(());
        }
        if columns.len() == table.columns.len() {
            return register(context, table.name, provider);
        }
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        let shown = context
            .read_table(provider)
            .and_then(|rows| rows.select_columns(&names));
        let shown = shown.map_err(LakeError::engine(format!("showing the table `{}`", table.name)))?;
        register(context, table.name, shown.into_view())
    }

    async fn attach(
        &self,
        context: &SessionContext,
        name: &str,
        folder: &Location,
        reader: &Reader,
    ) -> Result<(), LakeError> {
        if context.table_exist(name).unwrap_or(false) {
            return Err(LakeError::Location {
                location: folder.url.path().to_owned(),
                reason: format!("the lake has a table `{name}`; attach the folder under another name"),
            });
        }
        let doing = || LakeError::engine(format!("attaching the folder of `{name}`"));
        let url = format!("attached://{name}/{}/", folder.path);
        context
            .register_parquet(name, url, datafusion::prelude::ParquetReadOptions::default())
            .await
            .map_err(doing())?;
        let table = context.table_provider(name).await.map_err(doing())?;
        let schema = table.schema();
        let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        if !reader.sees_attached(&columns) {
            context.deregister_table(name).map_err(doing())?;
        }
        Ok(())
    }
}

fn register(context: &SessionContext, name: &str, table: Arc<dyn TableProvider>) -> Result<(), LakeError> {
    context
        .register_table(name, table)
        .map(drop)
        .map_err(LakeError::engine(format!("registering the table `{name}`")))
}

/// The stores that queries may read; the engine's default would always offer the machine's files.
#[derive(Debug, Default)]
struct Stores {
    stores: RwLock<Vec<(String, Arc<dyn ObjectStore>)>>,
}

impl Stores {
    fn add(&self, prefix: &str, store: Arc<dyn ObjectStore>) {
        self.stores
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push((prefix.to_owned(), store));
    }
}

impl ObjectStoreRegistry for Stores {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.add(url.as_str().trim_end_matches('/'), store);
        None
    }

    fn get_store(&self, url: &Url) -> EngineResult<Arc<dyn ObjectStore>> {
        let wanted = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
        let stores = self.stores.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        stores
            .iter()
            .find(|(prefix, _)| *prefix == wanted)
            .map(|(_, store)| Arc::clone(store))
            .ok_or_else(|| DataFusionError::Plan("this session reads the lake's own tables only".into()))
    }
}
