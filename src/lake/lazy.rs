//! Tables whose rows are computed when a query reads them, and not before: a session that does not name them pays nothing.

use std::fmt::Debug;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::{DataFusionError, Result};
use datafusion::datasource::{MemTable, TableType};
use datafusion::execution::SessionState;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionContext;

use super::LakeError;

/// What makes the rows of a [`LazyTable`].
#[async_trait]
pub trait MakeRows: Debug + Send + Sync {
    /// All rows, in the columns of the table. `context` is the session that reads; `wanted` names the columns that its query needs: the
    /// others may be empty.
    ///
    /// # Errors
    /// [`chalandise_query::Refused`] as an external error for what a user did; anything else reaches the log alone.
    async fn rows(&self, context: &SessionContext, wanted: &[&str]) -> Result<RecordBatch>;
}

/// A table of a session, made by [`MakeRows`] each time that a query reads it.
#[derive(Debug)]
pub struct LazyTable {
    schema: SchemaRef,
    make: Arc<dyn MakeRows>,
}

impl LazyTable {
    /// A table with these columns.
    pub fn new(schema: SchemaRef, make: Arc<dyn MakeRows>) -> LazyTable {
        LazyTable { schema, make }
    }

    /// Puts the table into a session, in the place of one of the same name.
    ///
    /// # Errors
    /// [`LakeError::Engine`] when the session takes no tables.
    pub fn register(self, context: &SessionContext, name: &str) -> Result<(), LakeError> {
        let doing = || LakeError::engine(format!("registering the table `{name}`"));
        context.deregister_table(name).map_err(doing())?;
        context.register_table(name, Arc::new(self)).map(drop).map_err(doing())
    }
}

#[async_trait]
impl TableProvider for LazyTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let own = state.as_any().downcast_ref::<SessionState>();
        let own = own.ok_or_else(|| DataFusionError::Plan("this session cannot compute tables".into()))?;
        let context = SessionContext::new_with_state(own.clone());
        let all: Vec<usize> = (0..self.schema.fields().len()).collect();
        let wanted = projection.unwrap_or(&all).iter();
        let wanted: Vec<&str> = wanted
            .map(|column| self.schema.field(*column).name().as_str())
            .collect();
        let rows = self.make.rows(&context, &wanted).await?;
        let table = MemTable::try_new(self.schema(), vec![vec![rows]])?;
        table.scan(state, projection, filters, limit).await
    }
}
