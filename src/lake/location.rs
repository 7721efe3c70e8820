//! Where a lake is: a local folder or a URL, turned into an object store and the URL of its root.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt};
use url::Url;

use super::LakeError;

/// An object store and the URL and path of the lake inside it.
#[derive(Clone, Debug)]
pub struct Location {
    /// URL of the lake's root, with a closing slash.
    pub url: Url,
    /// The store at the root of the URL's scheme and host.
    pub store: Arc<dyn ObjectStore>,
    /// Path of the lake in the store.
    pub path: Path,
}

impl Location {
    /// Reads `PATH` or `file://…`; a local folder is made when it does not exist.
    ///
    /// # Errors
    /// [`LakeError::Location`] when the text is neither, or the folder cannot be made.
    pub fn parse(text: &str) -> Result<Location, LakeError> {
        let wrong = |reason: String| LakeError::Location {
            location: text.to_owned(),
            reason,
        };
        let folder = match Url::parse(text) {
            Ok(url) if url.scheme() == "file" => url
                .to_file_path()
                .map_err(|()| wrong("a file URL needs an absolute path, as in file:///data/lake".into()))?,
            Ok(url) if url.scheme().len() > 1 => {
                return Err(wrong(format!(
                    "this build reads local folders (a path, or file:///…), not `{}://`",
                    url.scheme()
                )));
            }
            _ => PathBuf::from(text),
        };
        if folder.is_file() {
            return Err(wrong("it is a file; give a folder".into()));
        }
        std::fs::create_dir_all(&folder).map_err(|error| wrong(format!("the folder cannot be made ({error})")))?;
        let folder = folder
            .canonicalize()
            .map_err(|error| wrong(format!("the folder cannot be opened ({error})")))?;
        Self::with_store(&folder, Arc::new(LocalFileSystem::new()))
    }

    /// A folder that must exist already, such as an attached one.
    ///
    /// # Errors
    /// [`LakeError::Location`] when it is no folder.
    pub fn existing(folder: &FilePath) -> Result<Location, LakeError> {
        let wrong = |reason: String| LakeError::Location {
            location: folder.display().to_string(),
            reason,
        };
        if !folder.is_dir() {
            return Err(wrong("no folder is there".into()));
        }
        let folder = folder
            .canonicalize()
            .map_err(|error| wrong(format!("the folder cannot be opened ({error})")))?;
        Self::with_store(&folder, Arc::new(LocalFileSystem::new()))
    }

    /// A lake in `folder`, through a store rooted at the file system's root; tests pass stores that fail.
    ///
    /// # Errors
    /// [`LakeError::Location`] when the folder has no absolute path.
    pub fn with_store(folder: &FilePath, store: Arc<dyn ObjectStore>) -> Result<Location, LakeError> {
        let wrong = |reason: &str| LakeError::Location {
            location: folder.display().to_string(),
            reason: reason.into(),
        };
        let url = Url::from_directory_path(folder).map_err(|()| wrong("the path is not absolute"))?;
        let path =
            Path::from_url_path(url.path()).map_err(|_| wrong("the path has characters that a store cannot hold"))?;
        Ok(Location { url, store, path })
    }

    /// The store, seen from the lake's root.
    pub fn rooted(&self) -> Arc<dyn ObjectStore> {
        Arc::new(PrefixStore::new(Arc::clone(&self.store), self.path.clone()))
    }

    /// URL of the Delta table `name`.
    pub fn table_url(&self, name: &str) -> Url {
        self.url
            .join(&format!("tables/{name}/"))
            .expect("a table name is a plain word")
    }

    /// Reads a small object of the lake's own records, or none when absent.
    ///
    /// # Errors
    /// [`LakeError::Store`] when the store fails.
    pub async fn read(&self, path: &Path) -> Result<Option<bytes::Bytes>, LakeError> {
        match self.rooted().get(path).await {
            Ok(found) => Ok(Some(
                found
                    .bytes()
                    .await
                    .map_err(LakeError::store(format!("reading {path}")))?,
            )),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(LakeError::store(format!("reading {path}"))(error)),
        }
    }
}
