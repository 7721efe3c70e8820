//! The newest lake version: looked for at most once a second, opened once, shared by all requests.

use super::best_sites::{Choices, choices};
use chalandise_dashboard::{Cache, Data, DataError, Reach, Table};
use chalandise_lake::{Engine, Lake, LakeError, LakeVersion};
use chalandise_model::{ModelError, Planner, PlannerFault, Scenarios};
use chalandise_notebook::Notebook;
use chalandise_query::Library;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Mutex, OnceCell};
use tokio::time::Instant;

/// The shortest time between two looks at the lake.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Looks after the newest lake version.
#[derive(Debug)]
pub(super) struct Freshness {
    lake: Lake,
    engine: Engine,
    library: Arc<Library>,
    notebook: Notebook,
    results: Arc<Cache<Table>>,
    current: RwLock<Arc<Current>>,
    looked: Mutex<Instant>,
}

/// A lake version that is open.
#[derive(Debug)]
pub(super) struct Current {
    pub(super) data: Data,
    reach: OnceCell<Option<Reach>>,
    scenarios: Arc<Scenarios>,
    /// The best sites of the addresses asked for.
    pub(super) choices: Choices,
}

impl Current {
    /// The data's reach, read once a lake version; none when there is no order.
    pub(super) async fn reach(&self, deadline: Duration) -> Result<Option<&Reach>, DataError> {
        let data = self.data.within(deadline);
        self.reach
            .get_or_try_init(|| async move { data.reach().await })
            .await
            .map(Option::as_ref)
    }

    /// The network ready for scenarios, read once a lake version; or why there is none.
    pub(super) async fn planner(&self) -> Result<Result<Arc<Planner>, PlannerFault>, ModelError> {
        self.scenarios.planner(self.data.session()).await
    }
}

impl Freshness {
    pub(super) async fn open(
        lake: Lake,
        engine: Engine,
        library: Library,
        notebook: Notebook,
        cache_bytes: usize,
    ) -> Result<Freshness, LakeError> {
        let (library, results) = (Arc::new(library), Arc::new(Cache::new(cache_bytes)));
        let newest = lake.snapshot().await?.version().clone();
        let current = open(&lake, &engine, (&library, &notebook), &results, newest).await?;
        Ok(Freshness {
            lake,
            engine,
            library,
            notebook,
            results,
            current: RwLock::new(Arc::new(current)),
            looked: Mutex::new(Instant::now()),
        })
    }

    /// The newest version known. Who comes when it is time looks for a newer one; the others do not wait for that.
    pub(super) async fn current(&self) -> Arc<Current> {
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

    fn known(&self) -> Arc<Current> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn look(&self) -> Result<(), LakeError> {
        let Some(newest) = self.lake.newest().await? else {
            return Ok(());
        };
        if newest.number == self.known().data.version().number {
            return Ok(());
        }
        let number = newest.number;
        let own = (&self.library, &self.notebook);
        let current = open(&self.lake, &self.engine, own, &self.results, newest).await?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(current);
        tracing::info!(number, "new lake version");
        Ok(())
    }
}

async fn open(
    lake: &Lake,
    engine: &Engine,
    (library, notebook): (&Arc<Library>, &Notebook),
    results: &Arc<Cache<Table>>,
    version: LakeVersion,
) -> Result<Current, LakeError> {
    let snapshot = lake.pin(version).await?;
    let session = engine.session(&snapshot).await?;
    let scenarios = Scenarios::register(&session, Arc::clone(library), notebook.clone())?;
    let data = Data::new(
        session,
        snapshot.version().clone(),
        snapshot.answering(),
        library.clone(),
        results.clone(),
    );
    Ok(Current {
        data,
        reach: OnceCell::new(),
        scenarios,
        choices: choices(),
    })
}
