//! A lake in memory: every canonical table, the functions, and the shipped views.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chalandise::lake::{completeness, functions};
use chalandise::model::Scenarios;
use chalandise::notebook::Notebook;
use chalandise::query::{Library, register_views};
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};

/// The folder of the shipped queries.
pub fn queries() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("queries")
}

/// A session with every canonical table, empty, and the functions; no views.
pub fn bare() -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(2);
    let ctx = SessionContext::new_with_config(config);
    for function in functions::all() {
        ctx.register_udf(function);
    }
    for table in chalandise::model::contract().tables() {
        let rows = MemTable::try_new(table.schema(), vec![vec![]]).unwrap();
        ctx.register_table(table.name, Arc::new(rows)).unwrap();
    }
    let complete = completeness::table(&BTreeMap::new()).unwrap();
    ctx.register_table(completeness::TABLE, complete).unwrap();
    ctx
}

/// A session with every canonical table, empty, the functions, those of scenarios among them, and the shipped views.
pub async fn session(library: &Library) -> SessionContext {
    let ctx = bare();
    let notebook = Notebook::open_in_memory().unwrap();
    Scenarios::register(&ctx, Arc::new(library.clone()), notebook).unwrap();
    let faults = register_views(&ctx, library).await;
    assert!(faults.is_empty(), "{faults}");
    ctx
}

/// Runs a statement for its effect.
pub async fn execute(ctx: &SessionContext, sql: &str) {
    ctx.sql(sql).await.unwrap().collect().await.unwrap();
}
