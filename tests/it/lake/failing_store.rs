//! A store that refuses a write, at every write of an import in turn: the lake is as before or complete, and the next
//! import succeeds.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use chalandise::import::{ImportFailure, Imported};
use chalandise::lake::{Engine, Lake, Location, SessionOptions};
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::{TestLake, cdnow};

/// Which writes fail, counted from 0.
#[derive(Clone, Copy, Debug)]
enum Fails {
    /// One write only: a network that hiccups.
    Only(usize),
    /// That write and all after it: a disk that is full. Locks are small enough to fit.
    From(usize),
}

#[derive(Debug)]
struct FailingStore {
    inner: LocalFileSystem,
    fails: Fails,
    writes: AtomicUsize,
}

impl fmt::Display for FailingStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a store that fails")
    }
}

impl FailingStore {
    fn write(&self, path: &Path) -> Result<()> {
        let number = self.writes.fetch_add(1, Ordering::SeqCst);
        let fails = match self.fails {
            Fails::Only(at) => number == at,
            Fails::From(at) => number >= at && !path.as_ref().contains("_chalandise/locks"),
        };
        if fails {
            return Err(Error::Generic {
                store: "test",
                source: "No space left on device".into(),
            });
        }
        Ok(())
    }
}

#[async_trait]
impl ObjectStore for FailingStore {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.write(path)?;
        self.inner.put_opts(path, payload, options).await
    }

    async fn put_multipart_opts(&self, path: &Path, options: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        self.write(path)?;
        self.inner.put_multipart_opts(path, options).await
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.inner.get_opts(path, options).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.write(to)?;
        self.inner.copy_opts(from, to, options).await
    }
}

const STATE: &str = "select (select count(*) from orders) as orders, (select sum(net_revenue) from orders) as revenue, \
                     (select count(*) from customers) as customers, (select count(acquired_on) from customers) as dated";
const WHOLE: &str = "6919,244091.94,2357,2357";

/// The lake of `test` through a store that fails, and the import of CDNOW into it.
async fn import(test: &TestLake, fails: Fails) -> (std::result::Result<Imported, ImportFailure>, usize) {
    let folder = test
        .folder
        .path()
        .join("lake")
        .canonicalize()
        .expect("the lake's folder");
    let store = Arc::new(FailingStore {
        inner: LocalFileSystem::new(),
        fails,
        writes: AtomicUsize::new(0),
    });
    let location = Location::with_store(&folder, Arc::clone(&store) as Arc<dyn ObjectStore>).expect("a folder");
    let engine = Engine::new(&location, SessionOptions::default()).expect("an engine");
    let failing = TestLake {
        folder: tempfile::tempdir().expect("a folder"),
        lake: Lake::at(location, chalandise::model::contract()),
        engine,
    };
    let outcome = failing.import("cdnow", &[cdnow()]).await;
    (outcome, store.writes.load(Ordering::SeqCst))
}

/// Refuses each write in turn; returns how many refusals an import survived without saying so.
async fn refuse_each_write(fails: fn(usize) -> Fails) -> usize {
    let (outcome, writes) = import(&TestLake::new(), fails(usize::MAX)).await;
    assert!(outcome.is_ok());
    assert!(writes >= 8, "an import of two tables writes more than {writes} objects");
    let mut survived = 0;
    for write in 0..writes {
        let test = TestLake::new();
        let (outcome, _) = import(&test, fails(write)).await;
        let newest = test.lake.newest().await.expect("records can be read");
        match outcome {
            Ok(_) => {
                assert_eq!(newest.map(|version| version.number), Some(1), "write {write}");
                survived += 1;
            }
            Err(failure) => {
                let message = failure.to_string();
                assert!(
                    message.ends_with(
                        "nothing of this operation is visible. Check free space and permissions, then try again"
                    ),
                    "write {write}: {message}"
                );
                assert!(message.contains(" failed while "), "write {write}: {message}");
                assert!(
                    newest.is_none(),
                    "write {write}: the message says that nothing is visible"
                );
                // The same lake through a store that works again.
                let next = test.import("cdnow", &[cdnow()]).await;
                assert!(next.is_ok(), "write {write}: {next:?}");
            }
        }
        assert_eq!(test.csv(STATE).await, WHOLE, "write {write}");
    }
    assert!(survived < writes, "no write matters");
    survived
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_full_leaves_the_lake_as_before() {
    // Of a full store nothing can come out but a refusal, until all but the lock's release is written.
    assert!(refuse_each_write(Fails::From).await <= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_once_leaves_the_lake_as_before_or_complete() {
    refuse_each_write(Fails::Only).await;
}
