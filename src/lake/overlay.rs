//! Tables of one request, seen by its session before the lake's own of the same name.
//!
//! What a user supposes, such as a scenario of the network, is computed for his request alone: its result is a few tables in memory, which
//! the queries of its page read like any other. Nothing of it is seen by another session. Views do not see them: they were planned before.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::RecordBatch;
use async_trait::async_trait;
use datafusion::catalog::{
    CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, SchemaProvider, TableProvider,
};
use datafusion::common::{DataFusionError, Result};
use datafusion::datasource::MemTable;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::prelude::SessionContext;

use super::LakeError;

/// A session that sees these tables, by name, and else what another one sees.
///
/// # Errors
/// [`LakeError::Engine`] when rows make no table.
pub fn with_tables(context: &SessionContext, tables: &[(String, RecordBatch)]) -> Result<SessionContext, LakeError> {
    let doing = "adding the tables of a request";
    let state = context.state();
    let options = &state.config().options().catalog;
    let (catalog_name, schema_name) = (options.default_catalog.clone(), options.default_schema.clone());
    let below = context
        .catalog(&catalog_name)
        .and_then(|catalog| catalog.schema(&schema_name))
        .ok_or_else(|| LakeError::engine(doing)(DataFusionError::Plan("no schema".into())))?;
    let mut above: BTreeMap<String, Arc<dyn TableProvider>> = BTreeMap::new();
    for (name, rows) in tables {
        let table = MemTable::try_new(rows.schema(), vec![vec![rows.clone()]]).map_err(LakeError::engine(doing))?;
        above.insert(name.clone(), Arc::new(table));
    }
    let catalog = MemoryCatalogProvider::new();
    let schema = Arc::new(Overlay { above, below });
    datafusion::catalog::CatalogProvider::register_schema(&catalog, &schema_name, schema)
        .map_err(LakeError::engine(doing))?;
    let catalogs = MemoryCatalogProviderList::new();
    catalogs.register_catalog(catalog_name, Arc::new(catalog));
    let state = SessionStateBuilder::new_from_existing(state)
        .with_catalog_list(Arc::new(catalogs))
        .build();
    Ok(SessionContext::new_with_state(state))
}

/// Tables before those of another schema.
#[derive(Debug)]
struct Overlay {
    above: BTreeMap<String, Arc<dyn TableProvider>>,
    below: Arc<dyn SchemaProvider>,
}

#[async_trait]
impl SchemaProvider for Overlay {
    fn table_names(&self) -> Vec<String> {
        let mut names = self.below.table_names();
        names.retain(|name| !self.above.contains_key(name));
        names.extend(self.above.keys().cloned());
        names
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        match self.above.get(name) {
            Some(table) => Ok(Some(Arc::clone(table))),
            None => self.below.table(name).await,
        }
    }

    fn table_exist(&self, name: &str) -> bool {
        self.above.contains_key(name) || self.below.table_exist(name)
    }
}
