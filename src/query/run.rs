//! Running a query: bound values in, batches out.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, SessionState};
use datafusion::logical_expr::LogicalPlan;
use datafusion::prelude::{DataFrame, SQLOptions, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast;
use futures::{Stream, StreamExt, TryStreamExt};

use super::bind::Bound;
use super::header::Query;
use super::prune::prune;
use super::statement::{self, NotOneQuery};

/// The result of a query.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Names and types, also when there is no row.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
}

impl Rows {
    /// The number of rows.
    pub fn len(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Why a query gave no result. The text never holds the engine's own words, which may repeat values of rows; the
/// engine's error is the source, for the log.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The file is not one `select`, or a parameter has no value.
    #[error("query `{query}` is not one select with declared parameters; `chalandise check` says what to change")]
    NotOneQuery {
        /// The query.
        query: String,
        /// What the parser said, if it said anything.
        #[source]
        source: Option<DataFusionError>,
    },
    /// The engine could not plan the query: a table, column or function is missing, or types do not fit.
    #[error("query `{query}` does not fit the tables of the lake; `chalandise check` says what to change")]
    Plan {
        /// The query.
        query: String,
        /// The engine's error.
        #[source]
        source: DataFusionError,
    },
    /// The query needs more memory or spill space than it may have.
    #[error("query `{query}` needs more memory than it may have; narrow the filters or raise the memory limit")]
    Resources {
        /// The query.
        query: String,
        /// The engine's error.
        #[source]
        source: DataFusionError,
    },
    /// A function or table of the lake cannot answer what the query asks, and says why.
    #[error("query `{query}`: {words}")]
    Refused {
        /// The query.
        query: String,
        /// What it says.
        words: String,
        /// The engine's error.
        #[source]
        source: DataFusionError,
    },
    /// An analyst's own SQL cannot be run.
    #[error("the SQL cannot be run: {what}")]
    Sql {
        /// What is wrong with it, and what to write instead.
        what: String,
        /// The engine's error, if there is one.
        #[source]
        source: Option<DataFusionError>,
    },
    /// The engine failed while running: a file is damaged or missing, or a value cannot be computed.
    #[error("query `{query}` failed while running; the log says why")]
    Execute {
        /// The query.
        query: String,
        /// The engine's error.
        #[source]
        source: DataFusionError,
    },
}

/// What a function of the lake says to whoever asks what it cannot answer. Its words may reach any user: they hold no value of a
/// row.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

fn refusal(error: &DataFusionError) -> Option<&Refused> {
    match error.find_root() {
        DataFusionError::External(source) => source.downcast_ref(),
        _ => None,
    }
}

impl QueryError {
    fn running(query: &str, source: DataFusionError) -> QueryError {
        let query = query.to_owned();
        if let Some(Refused(words)) = refusal(&source) {
            let words = words.clone();
            return QueryError::Refused { query, words, source };
        }
        match source.find_root() {
            DataFusionError::ResourcesExhausted(_) => QueryError::Resources { query, source },
            _ => QueryError::Execute { query, source },
        }
    }
}

/// The logical plan of a query with its values in place; not yet optimised.
///
/// # Errors
/// When the file is not one `select`, a parameter has no value, or the engine cannot plan it.
pub async fn plan(ctx: &SessionContext, query: &Query, bound: &Bound) -> Result<LogicalPlan, QueryError> {
    let not_one_query = |source| QueryError::NotOneQuery {
        query: query.name.clone(),
        source,
    };
    let mut statement = statement::parse_query(&query.sql).map_err(|why| match why {
        NotOneQuery::Syntax(source) => not_one_query(Some(source)),
        _ => not_one_query(None),
    })?;
    if !statement::bind(&mut statement, bound).is_empty() {
        return Err(not_one_query(None));
    }
    prune(&mut statement, bound);
    plan_statement(&ctx.state(), statement)
        .await
        .map_err(|source| QueryError::Plan {
            query: query.name.clone(),
            source,
        })
}

/// Plans a statement and makes sure that it only reads.
pub(super) async fn plan_statement(
    state: &SessionState,
    statement: ast::Statement,
) -> Result<LogicalPlan, DataFusionError> {
    let statement = Statement::Statement(Box::new(statement));
    let plan = state.statement_to_plan(statement).await?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)?;
    Ok(plan)
}

async fn data_frame(ctx: &SessionContext, query: &Query, bound: &Bound) -> Result<DataFrame, QueryError> {
    let plan = plan(ctx, query, bound).await?;
    let frame = DataFrame::new(ctx.state(), plan);
    if query.sorted.is_empty() {
        return Ok(frame);
    }
    let keys = query.sorted.iter().map(|name| {
        datafusion::logical_expr::Expr::Column(datafusion::common::Column::from_name(name)).sort(true, false)
    });
    frame.sort(keys.collect()).map_err(|source| QueryError::Plan {
        query: query.name.clone(),
        source,
    })
}

/// The batches of a query as they come. Unlike those of [`stream`], its errors may be shown to users.
pub struct Batches {
    query: String,
    /// Whether an analyst wrote the SQL, who is told more of what is wrong with it.
    own_sql: bool,
    stream: SendableRecordBatchStream,
}

impl Batches {
    /// Names and types of the columns.
    pub fn schema(&self) -> SchemaRef {
        self.stream.schema()
    }

    /// All batches.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub async fn collect(self) -> Result<Rows, QueryError> {
        let schema = self.schema();
        let batches = self.try_collect().await?;
        Ok(Rows { schema, batches })
    }
}

impl fmt::Debug for Batches {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Batches")
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}

impl Stream for Batches {
    type Item = Result<RecordBatch, QueryError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = self.stream.poll_next_unpin(context);
        next.map_err(|source| {
            let error = QueryError::running(&self.query, source);
            if self.own_sql { of_own_sql(error) } else { error }
        })
    }
}

/// Starts a query and gives its batches as they come, sorted by the header's `@sorted` columns.
///
/// # Errors
/// See [`QueryError`].
pub async fn batches(ctx: &SessionContext, query: &Query, bound: &Bound) -> Result<Batches, QueryError> {
    Ok(Batches {
        query: query.name.clone(),
        own_sql: false,
        stream: stream(ctx, query, bound).await?,
    })
}

/// Runs a query and collects its rows.
///
/// # Errors
/// See [`QueryError`].
pub async fn run(ctx: &SessionContext, query: &Query, bound: &Bound) -> Result<Rows, QueryError> {
    batches(ctx, query, bound).await?.collect().await
}

/// Runs a query and gives its batches as they come, sorted by the header's `@sorted` columns: how a roll-up is built in
/// bounded memory.
///
/// # Errors
/// See [`QueryError`]; errors inside the stream are the engine's and must not be shown to users.
pub async fn stream(
    ctx: &SessionContext,
    query: &Query,
    bound: &Bound,
) -> Result<SendableRecordBatchStream, QueryError> {
    data_frame(ctx, query, bound)
        .await?
        .execute_stream()
        .await
        .map_err(|source| QueryError::running(&query.name, source))
}

/// Starts one `select` of an analyst, without parameters.
///
/// # Errors
/// See [`QueryError`]; a statement that does not plan says why in the planner's words, which name tables and columns
/// and can hold no value of a row, since nothing has been read.
pub async fn sql_batches(ctx: &SessionContext, sql: &str) -> Result<Batches, QueryError> {
    let (query, _) = Query::parse("sql", std::path::Path::new("sql"), sql);
    let started = stream(ctx, &query, &Bound::default()).await;
    Ok(Batches {
        query: query.name,
        own_sql: true,
        stream: started.map_err(of_own_sql)?,
    })
}

/// Runs one `select` of an analyst and collects its rows.
///
/// # Errors
/// As [`sql_batches`].
pub async fn run_sql(ctx: &SessionContext, sql: &str) -> Result<Rows, QueryError> {
    sql_batches(ctx, sql).await?.collect().await
}

/// What an analyst is told of an error in their own SQL.
fn of_own_sql(error: QueryError) -> QueryError {
    match error {
        QueryError::NotOneQuery { source: None, .. } => QueryError::Sql {
            what: "it is not one select without $parameters; only reading is possible here".to_owned(),
            source: None,
        },
        QueryError::NotOneQuery {
            source: Some(source), ..
        }
        | QueryError::Plan { source, .. } => QueryError::Sql {
            what: super::text::words(&source),
            source: Some(source),
        },
        QueryError::Refused { words, source, .. } => QueryError::Sql {
            what: words,
            source: Some(source),
        },
        QueryError::Execute { source, .. } => QueryError::Sql {
            what: "a value could not be computed, such as a division by zero or a text that is no number, or a data file is \
                   damaged; RUST_LOG=chalandise=debug tells the cause, which may show values of rows"
                .to_owned(),
            source: Some(source),
        },
        error => error,
    }
}
