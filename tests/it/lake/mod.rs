//! The lake: what readers see, what writers may do, what survives a death.

mod attach;
mod bad_input;
mod cdnow;
mod failing_store;
mod kill;
mod later_exports;
mod versions;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chalandise::import::{self, ImportFailure, ImportPlan, Imported};
use chalandise::import::{Gazetteer, Mapping};
use chalandise::lake::{Engine, Lake, Reader, SessionContext, SessionOptions};
use chalandise::query::Library;

/// The checkout.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A lake in a folder of its own, with its engine.
pub(crate) struct TestLake {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) lake: Lake,
    pub(crate) engine: Engine,
}

impl TestLake {
    pub(crate) fn new() -> TestLake {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let lake = Lake::open(
            &folder.path().join("lake").display().to_string(),
            chalandise::model::contract(),
        )
        .expect("a folder that can be made");
        let library = Library::load(&root().join("queries")).expect("the shipped queries are sound");
        let options = SessionOptions {
            library: Some(Arc::new(library)),
            ..SessionOptions::default()
        };
        let engine = Engine::new(lake.location(), options).expect("an engine with the usual limits");
        TestLake { folder, lake, engine }
    }

    pub(crate) async fn import(&self, mapping: &str, files: &[PathBuf]) -> Result<Imported, ImportFailure> {
        self.import_with(mapping, files, &ImportPlan::default()).await
    }

    pub(crate) async fn import_with(
        &self,
        mapping: &str,
        files: &[PathBuf],
        plan: &ImportPlan,
    ) -> Result<Imported, ImportFailure> {
        let mapping = Mapping::find(mapping, &root().join("data/mappings")).expect("a shipped mapping");
        let gazetteer = Arc::new(Gazetteer::france());
        import::import(
            &self.lake,
            &self.engine,
            &mapping,
            files,
            &gazetteer,
            plan,
            Arc::new(()),
        )
        .await
    }

    pub(crate) async fn session(&self) -> SessionContext {
        let snapshot = self.lake.snapshot().await.expect("a lake version");
        self.engine
            .session(&snapshot, &Reader::program())
            .await
            .expect("a session over it")
    }

    /// The rows of a statement as CSV without header.
    pub(crate) async fn csv(&self, sql: &str) -> String {
        let batches = self
            .session()
            .await
            .sql(sql)
            .await
            .expect("sound SQL")
            .collect()
            .await
            .expect("rows");
        let mut text = Vec::new();
        let mut writer = arrow::csv::WriterBuilder::new().with_header(false).build(&mut text);
        for batch in &batches {
            writer.write(batch).expect("rows fit CSV");
        }
        drop(writer);
        String::from_utf8(text).expect("CSV is UTF-8").trim_end().to_owned()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file in the temporary folder");
        path
    }
}

/// The CDNOW sample of the repository.
pub(crate) fn cdnow() -> PathBuf {
    root().join("tests/fixtures/cdnow/CDNOW_sample.txt")
}

/// All files below a folder, relative, with their content: what "the lake is as before" means.
pub(crate) fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    collect(folder, folder, &mut files);
    files.sort();
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("below the root").to_owned();
            files.push((name, std::fs::read(&path).expect("readable")));
        }
    }
}
