//! One query, answered batch by batch within limits.
//!
//! The engine's own memory pool and spill limit do not end a query that never yields, nor one that fills the reader's memory with rows. So
//! the query is planned and run on a task of its own, which ends when the answer is dropped, and the reader counts what it takes.

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use chalandise_lake::SessionContext;
use chalandise_query::{self as query, Bound, Query, QueryError, Rows};
use futures::StreamExt;
use std::fmt;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

/// Batches that wait for a slow reader.
const WAITING: usize = 2;

/// How much of an answer is taken, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// When the query is given up.
    pub deadline: Instant,
    /// The most rows.
    pub rows: usize,
    /// The most bytes of all batches together.
    pub bytes: usize,
}

impl Limits {
    /// A deadline, and as many rows and bytes as there are.
    #[must_use]
    pub fn until(deadline: Instant) -> Limits {
        Limits {
            deadline,
            rows: usize::MAX,
            bytes: usize::MAX,
        }
    }
}

/// Why an answer ended before its last row.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The query failed.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The time is over.
    #[error("query `{0}` took too long and was given up; narrow it, or raise `deadline_seconds` in the configuration")]
    Deadline(String),
    /// The answer is larger than may be taken.
    #[error("query `{query}` gives more than {limit}; narrow it or sum it up")]
    TooLarge {
        /// The query.
        query: String,
        /// The limit, in words: "1000000 rows".
        limit: String,
    },
    /// The task that ran the query ended without a word.
    #[error("query `{0}` broke off; the log says why")]
    BrokeOff(String),
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Asked {
    /// A query of the library with its values.
    Named(Box<Query>, Bound),
    /// One `select` of an analyst.
    Sql(String),
}

impl Asked {
    fn name(&self) -> &str {
        match self {
            Asked::Named(query, _) => &query.name,
            Asked::Sql(_) => "sql",
        }
    }

    async fn stream(&self, session: &SessionContext) -> Result<query::Batches, QueryError> {
        match self {
            Asked::Named(query, bound) => query::batches(session, query, bound).await,
            Asked::Sql(sql) => query::sql_batches(session, sql).await,
        }
    }
}

/// An answer on its way.
pub struct Answer {
    name: String,
    schema: SchemaRef,
    limits: Limits,
    rows: usize,
    bytes: usize,
    batches: mpsc::Receiver<Result<RecordBatch, QueryError>>,
    // Dropping it ends the task.
    task: JoinSet<()>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Answer")
            .field("query", &self.name)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// Plans and starts a query.
    ///
    /// # Errors
    /// [`Stopped`] when it cannot be planned, or not in time.
    pub async fn open(session: SessionContext, asked: Asked, limits: Limits) -> Result<Answer, Stopped> {
        let name = asked.name().to_owned();
        let (planned, plan) = oneshot::channel();
        let (sender, batches) = mpsc::channel(WAITING);
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut stream = match asked.stream(&session).await {
                Ok(stream) => stream,
                Err(error) => {
                    // Nobody waits any more when this fails.
                    let _ = planned.send(Err(error));
                    return;
                }
            };
            if planned.send(Ok(stream.schema())).is_err() {
                return;
            }
            while let Some(batch) = stream.next().await {
                let failed = batch.is_err();
                if sender.send(batch).await.is_err() || failed {
                    return;
                }
            }
        });
        let schema = match timeout_at(limits.deadline, plan).await {
            Ok(Ok(schema)) => schema?,
            Ok(Err(_)) => return Err(Stopped::BrokeOff(name)),
            Err(_) => return Err(Stopped::Deadline(name)),
        };
        Ok(Answer {
            name,
            schema,
            limits,
            rows: 0,
            bytes: 0,
            batches,
            task,
        })
    }

    /// Names and types of the columns.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }

    /// The next batch; none when the answer is whole.
    ///
    /// # Errors
    /// [`Stopped`] when the query fails, its time is over, or it gives more than may be taken.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, Stopped> {
        let batch = match timeout_at(self.limits.deadline, self.batches.recv()).await {
            Ok(Some(batch)) => batch?,
            // The channel closes when the task ends; a task that broke off has not ended well.
            Ok(None) => return self.end().await,
            Err(_) => return Err(Stopped::Deadline(self.name.clone())),
        };
        self.rows += batch.num_rows();
        self.bytes += batch.get_array_memory_size();
        let Limits { rows, bytes, .. } = self.limits;
        let over = match (self.rows > rows, self.bytes > bytes) {
            (true, _) => format!("{rows} rows"),
            (_, true) => format!("{} MiB", bytes >> 20),
            _ => return Ok(Some(batch)),
        };
        Err(Stopped::TooLarge {
            query: self.name.clone(),
            limit: over,
        })
    }

    async fn end(&mut self) -> Result<Option<RecordBatch>, Stopped> {
        match self.task.join_next().await {
            Some(Err(_)) => Err(Stopped::BrokeOff(self.name.clone())),
            _ => Ok(None),
        }
    }

    /// All batches.
    ///
    /// # Errors
    /// As [`Answer::next`].
    pub async fn collect(mut self) -> Result<Rows, Stopped> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await? {
            batches.push(batch);
        }
        Ok(Rows {
            schema: self.schema,
            batches,
        })
    }
}
