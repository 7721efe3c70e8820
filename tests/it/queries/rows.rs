//! Runs `tests/queries/**.slt`: expected rows of functions and named queries.

use std::path::{Path, PathBuf};

use arrow::datatypes::DataType;
use async_trait::async_trait;
use chalandise::query::Library;
use datafusion::prelude::SessionContext;
use sqllogictest::{AsyncDB, DBOutput, DefaultColumnType, Runner};

use super::call::{Failed, execute, failed};
use super::lake;

/// The database under test: a lake in memory that also runs named queries.
struct Lake {
    library: Library,
    ctx: SessionContext,
}

#[async_trait]
impl AsyncDB for Lake {
    type Error = Failed;
    type ColumnType = DefaultColumnType;

    async fn run(&mut self, text: &str) -> Result<DBOutput<DefaultColumnType>, Failed> {
        let result = execute(&self.ctx, &self.library, text).await?;
        Ok(match result {
            None => DBOutput::StatementComplete(0),
            Some(table) => DBOutput::Rows {
                types: table.types.iter().map(column_type).collect(),
                rows: table.rows,
            },
        })
    }

    async fn shutdown(&mut self) {}
}

fn column_type(data_type: &DataType) -> DefaultColumnType {
    if data_type.is_integer() {
        DefaultColumnType::Integer
    } else if data_type.is_numeric() {
        DefaultColumnType::FloatingPoint
    } else {
        DefaultColumnType::Text
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "slt") {
            files.push(path);
        }
    }
    files.sort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expected_rows_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/queries");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(!files.is_empty());
    let bless = std::env::var_os("BLESS").is_some();
    let mut failures = Vec::new();
    for file in files {
        let mut runner = Runner::new(|| async {
            let library = Library::load(&lake::queries()).map_err(failed)?;
            let ctx = lake::session(&library).await;
            Ok(Lake { library, ctx })
        });
        if bless {
            runner
                .update_test_file(
                    &file,
                    " ",
                    sqllogictest::default_validator,
                    sqllogictest::default_normalizer,
                    sqllogictest::default_column_validator,
                )
                .await
                .unwrap();
        } else if let Err(error) = runner.run_file_async(&file).await {
            failures.push(error.to_string());
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
