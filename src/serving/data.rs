//! What one request reads: one lake version, its session, the query library and the results known already.

use super::answer::{Answer, Asked, Limits, Stopped};
use super::cache::Cache;
use super::table::{CellsError, Table};
use arrow::array::RecordBatch;
use chalandise_lake::{LakeError, LakeVersion, Reader, SessionContext, with_tables};
use chalandise_query::{BindError, Bound, Library, Query, QueryError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// One lake version, ready to be asked. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Data {
    inner: Arc<Inner>,
    deadline: Instant,
}

struct Inner {
    session: SessionContext,
    version: LakeVersion,
    tables: BTreeSet<String>,
    reader: Reader,
    library: Arc<Library>,
    cache: Arc<Cache<Table>>,
    /// What the tables of this request alone follow from, for the cache.
    supposed: String,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Data")
            .field("version", &self.version.number)
            .finish_non_exhaustive()
    }
}

/// A query did not give its rows.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// The library has no such query.
    #[error("there is no query {0}")]
    Unknown(String),
    /// A value of the address does not fit the query's parameter.
    #[error("the query {query} cannot take its parameters")]
    Parameters {
        /// The query.
        query: String,
        /// What does not fit.
        #[source]
        source: BindError,
    },
    /// The query failed.
    #[error("the query {query} failed")]
    Failed {
        /// The query.
        query: String,
        /// Why; for the log, never for a page.
        #[source]
        source: Box<QueryError>,
    },
    /// The result has a shape that pages cannot show.
    #[error("the result of {query} cannot be shown")]
    Cells {
        /// The query.
        query: String,
        /// Which column.
        #[source]
        source: CellsError,
    },
    /// The tables of a request cannot be read.
    #[error("the tables of the request cannot be read")]
    Tables(#[source] Box<LakeError>),
    /// The result has more rows or bytes than a page or a file may have.
    #[error("the query {query} gives more than {limit}")]
    TooLarge {
        /// The query.
        query: String,
        /// The limit, in words.
        limit: String,
    },
    /// The request's time is over.
    #[error("the query {0} took too long")]
    Deadline(String),
    /// The task that ran the query broke off.
    #[error("the query {0} broke off")]
    BrokeOff(String),
}

/// The parameter of queries that hide the figures of small groups.
const LEAST_GROUP: &str = "min_group_size";
/// The most rows that a page or a file takes from a query: some hundred times what the largest of ours give.
const MOST_ROWS: usize = 2_000_000;
/// The most bytes, likewise.
const MOST_BYTES: usize = 512 << 20;

impl DataError {
    fn stopped(query: String, stopped: Stopped) -> DataError {
        match stopped {
            Stopped::Query(source) => DataError::Failed {
                query,
                source: Box::new(source),
            },
            Stopped::Deadline(_) => DataError::Deadline(query),
            Stopped::TooLarge { limit, .. } => DataError::TooLarge { query, limit },
            Stopped::BrokeOff(_) => DataError::BrokeOff(query),
        }
    }
}

/// Parameters by name, as address text.
pub type Parameters = BTreeMap<String, String>;

impl Data {
    /// A lake version with its session.
    #[must_use]
    pub fn new(
        session: SessionContext,
        version: LakeVersion,
        tables: BTreeSet<String>,
        reader: Reader,
        library: Arc<Library>,
        cache: Arc<Cache<Table>>,
    ) -> Data {
        let inner = Inner {
            session,
            version,
            tables,
            reader,
            library,
            cache,
            supposed: String::new(),
        };
        Data {
            inner: Arc::new(inner),
            deadline: Instant::now(),
        }
    }

    /// The same data for one request that may take so long from now.
    #[must_use]
    pub fn within(&self, time: Duration) -> Data {
        Data {
            inner: self.inner.clone(),
            deadline: Instant::now() + time,
        }
    }

    /// The same data with tables of one request, which its queries see before the lake's own; `supposed` is what they follow from.
    ///
    /// # Errors
    /// [`DataError::Tables`] when rows make no table.
    pub fn supposing(&self, supposed: String, tables: &[(String, RecordBatch)]) -> Result<Data, DataError> {
        let inner = &self.inner;
        let session = with_tables(&inner.session, tables).map_err(|source| DataError::Tables(Box::new(source)))?;
        let mut names = inner.tables.clone();
        names.extend(tables.iter().map(|(name, _)| name.clone()));
        let inner = Inner {
            session,
            version: inner.version.clone(),
            tables: names,
            reader: inner.reader.clone(),
            library: inner.library.clone(),
            cache: inner.cache.clone(),
            supposed,
        };
        Ok(Data {
            inner: Arc::new(inner),
            deadline: self.deadline,
        })
    }

    /// The lake version read.
    #[must_use]
    pub fn version(&self) -> &LakeVersion {
        &self.inner.version
    }

    /// For whom the session was opened.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.inner.reader
    }

    /// The session that queries run in.
    #[must_use]
    pub fn session(&self) -> &SessionContext {
        &self.inner.session
    }

    /// The lake's currency, an ISO 4217 code.
    #[must_use]
    pub fn currency(&self) -> &str {
        self.inner.version.currency.as_deref().unwrap_or("EUR")
    }

    /// The query library.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.inner.library
    }

    /// The tables that are needed and that the lake lacks.
    #[must_use]
    pub fn missing<'a>(&self, needs: &'a [String]) -> Vec<&'a str> {
        needs
            .iter()
            .map(String::as_str)
            .filter(|table| !self.inner.tables.contains(*table))
            .collect()
    }

    /// The rows of a query. Parameters that it does not declare are left aside; the least size of a group is the reader's, whatever
    /// is given.
    ///
    /// # Errors
    /// [`DataError`] when there is no such query, a parameter does not fit, it fails or takes too long.
    pub async fn rows(&self, name: &str, parameters: &Parameters) -> Result<Arc<Table>, DataError> {
        let query = self
            .inner
            .library
            .get(name)
            .ok_or_else(|| DataError::Unknown(name.to_owned()))?;
        let mut parameters = parameters.clone();
        parameters.insert(LEAST_GROUP.to_owned(), self.reader().min_group_size().to_string());
        let bound = query.bind_known(&parameters).map_err(|source| DataError::Parameters {
            query: name.to_owned(),
            source,
        })?;
        // Lake version, reader, what is supposed, query and bound values: everything that a result follows from.
        let (version, supposed) = (self.inner.version.number, &self.inner.supposed);
        let reader = self.inner.reader.key();
        let key = format!("{version}\u{1}{reader}\u{1}{supposed}\u{1}{name}\u{1}{}", bound.key());
        let made = self.inner.cache.get(&key, self.run(query, bound));
        match timeout_at(self.deadline, made).await {
            Ok(result) => result,
            Err(_) => Err(DataError::Deadline(name.to_owned())),
        }
    }

    /// Runs a query on a task of its own, so that the queries of a page use all cores; dropping the future ends it.
    async fn run(&self, query: &Query, bound: Bound) -> Result<Table, DataError> {
        let (name, started) = (query.name.clone(), Instant::now());
        let limits = Limits {
            deadline: self.deadline,
            rows: MOST_ROWS,
            bytes: MOST_BYTES,
        };
        let asked = Asked::Named(Box::new(query.clone()), bound);
        let answer = Answer::open(self.inner.session.clone(), asked, limits).await;
        let rows = match answer {
            Ok(answer) => answer.collect().await,
            Err(stopped) => Err(stopped),
        };
        let rows = rows.map_err(|stopped| DataError::stopped(name.clone(), stopped))?;
        tracing::debug!(query = name, ms = started.elapsed().as_millis() as u64, "query");
        Table::from_batches(&rows.schema, &rows.batches).map_err(|source| DataError::Cells { query: name, source })
    }

    /// Several queries with the same parameters, run together; each is run once even when named twice.
    pub async fn all<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
        parameters: &Parameters,
    ) -> BTreeMap<String, Result<Arc<Table>, Arc<DataError>>> {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let results = futures::future::join_all(names.iter().map(|name| self.rows(name, parameters))).await;
        names
            .into_iter()
            .map(str::to_owned)
            .zip(results.into_iter().map(|result| result.map_err(Arc::new)))
            .collect()
    }
}
