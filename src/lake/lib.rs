//! Where data lives: tables, lake versions, contract, import, base views, functions.
//!
//! A [`Lake`] is a folder (or URL) of Delta tables plus one record per finished operation. Readers take a
//! [`Snapshot`] of the newest record and an [`Engine`] makes sessions over it; writers work through [`Writer`].

pub mod completeness;
pub mod contract;
mod error;
mod lazy;
mod location;
mod lock;
pub mod merge;
mod overlay;
mod pinned;
mod reader;
mod scan;
mod session;
pub mod sweep;
pub mod verify;
pub mod version;
mod writer;

pub mod functions;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

pub use contract::Contract;
pub use datafusion::prelude::SessionContext;
pub use error::LakeError;
pub use lazy::{LazyTable, MakeRows};
pub use location::Location;
pub use overlay::with_tables;
pub use pinned::{DataFile, PinnedTable, shown};
pub use reader::{Reader, Scope};
pub use session::{Engine, SessionOptions};
pub use version::{Computed, InputFile, LakeVersion, Operation, TableVersion};
pub use writer::{FileWriter, NewFiles, Writer};

/// Tables already loaded, by name and Delta version.
type PinnedTables = HashMap<(String, u64), Arc<PinnedTable>>;

/// A lake: its place and the file lists already loaded.
#[derive(Clone, Debug)]
pub struct Lake {
    location: Location,
    contract: &'static Contract,
    pinned: Arc<Mutex<PinnedTables>>,
}

impl Lake {
    /// Opens the lake at a path or URL, whose tables keep a contract; an absent local folder is made.
    ///
    /// # Errors
    /// [`LakeError::Location`] when the place cannot be used.
    pub fn open(location: &str, contract: &'static Contract) -> Result<Lake, LakeError> {
        Ok(Lake::at(Location::parse(location)?, contract))
    }

    /// A lake at a location made by the caller, such as one over a store that fails.
    pub fn at(location: Location, contract: &'static Contract) -> Lake {
        Lake {
            location,
            contract,
            pinned: Arc::default(),
        }
    }

    /// What its tables are.
    pub fn contract(&self) -> &'static Contract {
        self.contract
    }

    /// Where the lake is.
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// The newest lake version, or none in a new lake.
    ///
    /// # Errors
    /// [`LakeError::Record`] when the newest record cannot be read; store errors.
    pub async fn newest(&self) -> Result<Option<LakeVersion>, LakeError> {
        version::newest(&self.location).await
    }

    /// The newest lake version with its file lists; what a reader sees stays so, whatever is written meanwhile.
    ///
    /// # Errors
    /// [`LakeError::Empty`] in a new lake; as [`Lake::newest`] and [`Lake::pin`].
    pub async fn snapshot(&self) -> Result<Snapshot, LakeError> {
        match self.newest().await? {
            Some(version) => self.pin(version).await,
            None => Err(LakeError::Empty {
                location: self.location.url.to_string(),
            }),
        }
    }

    /// The file lists of a lake version.
    ///
    /// # Errors
    /// [`LakeError::Delta`] when a table or its version is missing or damaged.
    pub async fn pin(&self, version: LakeVersion) -> Result<Snapshot, LakeError> {
        let mut tables = Vec::with_capacity(version.tables.len());
        for (name, at) in &version.tables {
            tables.push(self.pinned_table(name, at.version).await?);
        }
        Ok(Snapshot {
            version: Arc::new(version),
            tables,
            contract: self.contract,
        })
    }

    /// A table at one version, loaded once: a loaded table keeps its file list, loading replays the log.
    async fn pinned_table(&self, name: &str, version: u64) -> Result<Arc<PinnedTable>, LakeError> {
        let key = (name.to_owned(), version);
        let lock =
            |cache: &Mutex<PinnedTables>| cache.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(table) = lock(&self.pinned) {
            return Ok(table);
        }
        let table = Arc::new(pinned::load(&self.location, self.contract, name, version).await?);
        let mut cache = self.pinned.lock().unwrap_or_else(PoisonError::into_inner);
        // Only the newest version of a table is asked again; older ones would only fill memory.
        cache.retain(|(other, at), _| other != name || *at >= version);
        cache.insert(key, Arc::clone(&table));
        Ok(table)
    }

    /// Starts an operation that writes.
    ///
    /// # Errors
    /// As [`Writer::begin`].
    pub async fn writer(&self) -> Result<Writer, LakeError> {
        Writer::begin(&self.location, self.contract).await
    }
}

/// A lake version with the file lists of its tables.
#[derive(Clone, Debug)]
pub struct Snapshot {
    version: Arc<LakeVersion>,
    tables: Vec<Arc<PinnedTable>>,
    contract: &'static Contract,
}

impl Snapshot {
    /// The lake version.
    pub fn version(&self) -> &LakeVersion {
        &self.version
    }

    /// What the tables are.
    pub fn contract(&self) -> &'static Contract {
        self.contract
    }

    /// The tables, by name.
    pub fn tables(&self) -> impl Iterator<Item = &PinnedTable> {
        self.tables.iter().map(AsRef::as_ref)
    }

    /// A table by name.
    pub fn table(&self, name: &str) -> Option<&PinnedTable> {
        self.tables().find(|table| table.name == name)
    }

    /// Whether the lake has rows in this table.
    pub fn has(&self, name: &str) -> bool {
        self.table(name).is_some_and(|table| table.rows > 0)
    }

    /// Tables that say all that the lake can say: those with rows, and those into which the last build had nothing to put, for
    /// which `model_status` says why.
    pub fn answering(&self) -> BTreeSet<String> {
        let with_rows = self.tables().filter(|table| table.rows > 0);
        let computed = self
            .contract
            .tables()
            .iter()
            .filter(|table| table.built && self.has("model_status"));
        let names = with_rows.map(|table| table.name.clone());
        names.chain(computed.map(|table| table.name.to_owned())).collect()
    }
}

/// A session over a snapshot with an engine of its own; servers keep one [`Engine`] instead.
///
/// # Errors
/// As [`Engine::new`] and [`Engine::session`].
pub async fn session(
    lake: &Lake,
    snapshot: &Snapshot,
    reader: &Reader,
    options: &SessionOptions,
) -> Result<SessionContext, LakeError> {
    let engine = Engine::new(lake.location(), options.clone())?;
    engine.session(snapshot, reader).await
}
