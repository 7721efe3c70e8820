//! The newest lake version: looked for at most once a second, opened once, shared by all who ask.

use super::cache::{Cache, Weigh};
use super::data::Data;
use super::table::Table;
use arrow::array::RecordBatch;
use chalandise_lake::{Engine, Lake, LakeError, LakeVersion, Reader};
use chalandise_model::{ModelError, Planner, PlannerFault, Scenarios};
use chalandise_notebook::Notebook;
use chalandise_query::Library;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The shortest time between two looks at the lake.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Bytes of results kept unless the caller says otherwise.
pub const CACHE_BYTES: usize = 128 << 20;
/// Bytes of computed tables kept for a lake version: some hundred choices of sites.
const COMPUTED_BYTES: usize = 4 << 20;

/// What is served.
#[derive(Clone, Debug)]
pub struct Options {
    /// The lake.
    pub lake: Lake,
    /// The engine that makes sessions over it.
    pub engine: Engine,
    /// The queries.
    pub library: Arc<Library>,
    /// What users write down.
    pub notebook: Notebook,
    /// For whom: what they may not see is in no session, and nothing that is kept of their answers reaches anybody else.
    pub reader: Reader,
    /// How many bytes of results may be kept.
    pub cache_bytes: usize,
}

/// The lake, open at its newest version.
#[derive(Debug)]
pub struct OpenLake {
    options: Options,
    results: Arc<Cache<Table>>,
    current: RwLock<Arc<Version>>,
    looked: Mutex<Instant>,
}

/// A lake version that is open.
#[derive(Debug)]
pub struct Version {
    /// Its data.
    pub data: Data,
    scenarios: Arc<Scenarios>,
    computed: Cache<Tables>,
}

/// Tables that a feature computed for a request, by name.
#[derive(Debug)]
pub struct Tables(pub Vec<(String, RecordBatch)>);

impl Weigh for Tables {
    fn bytes(&self) -> usize {
        self.0.iter().map(|(_, batch)| batch.get_array_memory_size()).sum()
    }
}

impl Version {
    /// Opens a lake version.
    ///
    /// # Errors
    /// [`LakeError`] when its tables cannot be read.
    pub async fn open(options: &Options, version: LakeVersion) -> Result<Version, LakeError> {
        Version::with(options, Arc::new(Cache::new(options.cache_bytes)), version).await
    }

    /// Opens the newest version of a lake.
    ///
    /// # Errors
    /// [`LakeError`] when there is none, or it cannot be read.
    pub async fn newest(options: &Options) -> Result<Version, LakeError> {
        let newest = options.lake.snapshot().await?.version().clone();
        Version::open(options, newest).await
    }

    async fn with(options: &Options, results: Arc<Cache<Table>>, version: LakeVersion) -> Result<Version, LakeError> {
        let snapshot = options.lake.pin(version).await?;
        let session = options.engine.session(&snapshot, &options.reader).await?;
        let library = Arc::clone(&options.library);
        let scenarios = Scenarios::register(&session, Arc::clone(&library), options.notebook.clone())?;
        let data = Data::new(
            session,
            snapshot.version().clone(),
            snapshot.answering(),
            options.reader.clone(),
            library,
            results,
        );
        Ok(Version {
            data,
            scenarios,
            computed: Cache::new(COMPUTED_BYTES),
        })
    }

    /// The network ready for scenarios, read once a lake version; or why there is none.
    ///
    /// # Errors
    /// [`ModelError`] when a query fails.
    pub async fn planner(&self) -> Result<Result<Arc<Planner>, PlannerFault>, ModelError> {
        self.scenarios.planner(self.data.session()).await
    }

    /// Tables computed for requests of this lake version, made once for each key: a page, its figures and their files ask for the same.
    ///
    /// # Errors
    /// What `make` fails with.
    pub async fn computed<E>(
        &self,
        key: &str,
        make: impl Future<Output = Result<Tables, E>>,
    ) -> Result<Arc<Tables>, E> {
        self.computed.get(key, make).await
    }
}

impl OpenLake {
    /// Opens the newest version of a lake.
    ///
    /// # Errors
    /// [`LakeError`] when there is none, or it cannot be read.
    pub async fn open(options: Options) -> Result<OpenLake, LakeError> {
        let results = Arc::new(Cache::new(options.cache_bytes));
        let newest = options.lake.snapshot().await?.version().clone();
        let current = Version::with(&options, Arc::clone(&results), newest).await?;
        Ok(OpenLake {
            options,
            results,
            current: RwLock::new(Arc::new(current)),
            looked: Mutex::new(Instant::now()),
        })
    }

    /// The newest version known. Once a second the first to ask looks for a newer one; the others do not wait for that.
    pub async fn current(&self) -> Arc<Version> {
        if let Ok(mut looked) = self.looked.try_lock()
            && looked.elapsed() >= LOOK_EVERY
        {
            *looked = Instant::now();
            if let Err(error) = self.look().await {
                // The version that is open goes on answering; its number stands on every page.
                tracing::warn!(%error, "no newer lake version could be read");
            }
        }
        self.known()
    }

    /// What users write down.
    #[must_use]
    pub fn notebook(&self) -> &Notebook {
        &self.options.notebook
    }

    fn known(&self) -> Arc<Version> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn look(&self) -> Result<(), LakeError> {
        let Some(newest) = self.options.lake.newest().await? else {
            return Ok(());
        };
        if newest.number == self.known().data.version().number {
            return Ok(());
        }
        let number = newest.number;
        let current = Version::with(&self.options, Arc::clone(&self.results), newest).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
        tracing::info!(number, "new lake version");
        Ok(())
    }
}
