//! Staging small files in a folder that goes away.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::util::display::array_value_to_string;
use chalandise::import::{self, Gazetteer, ImportError, Mapping, Options, Staged};
use chrono::NaiveDate;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;

/// A path inside the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A shipped mapping.
pub fn shipped(name: &str) -> Mapping {
    Mapping::find(name, &project("data/mappings")).unwrap_or_else(|error| panic!("{error}"))
}

/// A folder of source files and the work files of one import.
pub struct Bench {
    folder: TempDir,
    files: Vec<PathBuf>,
    pub options: Options,
}

impl Bench {
    pub fn new() -> Bench {
        Bench {
            folder: tempfile::tempdir().expect("a folder for the test"),
            files: Vec::new(),
            options: Options {
                not_after: NaiveDate::from_ymd_opt(2025, 12, 31),
                memory_bytes: 256 * 1024 * 1024,
                threads: 2,
                ..Options::default()
            },
        }
    }

    /// Adds a source file.
    pub fn file(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Bench {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file for the test");
        self.files.push(path);
        self
    }

    /// Adds a file that stands elsewhere.
    pub fn path(mut self, path: PathBuf) -> Bench {
        self.files.push(path);
        self
    }

    pub async fn stage(&self, mapping: &Mapping) -> Result<Staged, ImportError> {
        let scratch = self.folder.path().join("scratch");
        std::fs::create_dir_all(&scratch).expect("a folder for the test");
        let gazetteer = Arc::new(Gazetteer::france());
        import::stage(mapping, &self.files, &scratch, &gazetteer, &self.options, Arc::new(())).await
    }

    /// The message with which the import stops; file paths are shortened to their names.
    pub async fn stops(&self, mapping: &Mapping) -> String {
        match self.stage(mapping).await {
            Ok(staged) => panic!("it should stop, and staged:\n{}", staged.account),
            Err(error) => error
                .to_string()
                .replace(&format!("{}/", self.folder.path().display()), ""),
        }
    }
}

/// The rows of a staged table as texts, sorted; the columns asked for.
pub fn rows(staged: &Staged, table: &str, columns: &[&str]) -> Vec<String> {
    let files = staged
        .tables
        .iter()
        .find(|it| it.table == table)
        .map(|it| it.files.clone())
        .unwrap_or_default();
    let mut rows: Vec<String> = batches(&files)
        .iter()
        .flat_map(|batch| (0..batch.num_rows()).map(|row| row_text(batch, row, columns)))
        .collect();
    rows.sort();
    rows
}

fn row_text(batch: &RecordBatch, row: usize, columns: &[&str]) -> String {
    let values: Vec<String> = columns
        .iter()
        .map(|name| {
            let column = batch.column_by_name(name).unwrap_or_else(|| panic!("column {name}"));
            if column.is_null(row) {
                "-".to_owned()
            } else {
                array_value_to_string(column, row).expect("a value")
            }
        })
        .collect();
    values.join(" | ")
}

/// Everything in some Parquet files.
pub fn batches(files: &[PathBuf]) -> Vec<RecordBatch> {
    files
        .iter()
        .flat_map(|path| {
            let file = std::fs::File::open(path).expect("a staged file");
            ParquetRecordBatchReaderBuilder::try_new(file)
                .and_then(ParquetRecordBatchReaderBuilder::build)
                .expect("Parquet")
        })
        .map(|batch| batch.expect("a batch"))
        .collect()
}

/// Place, class and reason of every rejected row.
pub fn rejects(staged: &Staged) -> Vec<String> {
    let mut all: Vec<String> = batches(&staged.rejects)
        .iter()
        .flat_map(|batch| {
            (0..batch.num_rows()).map(|row| row_text(batch, row, &["file", "line", "column", "class", "reason"]))
        })
        .collect();
    all.sort();
    all
}
