//! What can go wrong in the lake, in words that a user can act on; the engine's own error stays in the source.

use std::path::PathBuf;

use datafusion::error::DataFusionError;
use deltalake::DeltaTableError;

use chalandise_faults::Faults;

/// An error of the lake's storage, versions, merge or session.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The location is not one that this build can open.
    #[error("lake location `{location}` cannot be used: {reason}")]
    Location {
        /// The location as given.
        location: String,
        /// Why, and what to give instead.
        reason: String,
    },
    /// Nothing was imported yet.
    #[error(
        "the lake `{location}` holds no data yet; import files first, for example `chalandise import --mapping cdnow FILE`"
    )]
    Empty {
        /// The lake's location.
        location: String,
    },
    /// Another writer holds the lake.
    #[error("the lake is being written by {owner} until {until}; wait for it to end, then try again")]
    Locked {
        /// Who writes, as process and machine.
        owner: String,
        /// When the lock expires unless renewed, in UTC.
        until: String,
    },
    /// The lock was lost while writing.
    #[error(
        "this writer lost its lock on the lake (it was taken over after expiry); nothing of this operation is visible, start it again"
    )]
    LockLost,
    /// A lake version record cannot be read.
    #[error(
        "lake version record `{path}` cannot be read: {reason}; restore the file from a backup, or remove it to go back to the version before"
    )]
    Record {
        /// Path inside the lake.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Another currency than the lake's.
    #[error("the lake holds {lake}, the mapping states {given}; one lake holds one currency: import into another lake")]
    Currency {
        /// Currency of the lake.
        lake: String,
        /// Currency of the mapping.
        given: String,
    },
    /// The object store failed: full, unreadable, gone.
    #[error(
        "the store failed while {doing}; nothing of this operation is visible. Check free space and permissions, then try again"
    )]
    Store {
        /// What was being done.
        doing: String,
        /// The store's own error.
        #[source]
        source: object_store::Error,
    },
    /// A Delta table failed.
    #[error(
        "the table `{table}` failed while {doing}; nothing of this operation is visible. Check free space and permissions, then try again"
    )]
    Delta {
        /// Table.
        table: String,
        /// What was being done.
        doing: String,
        /// The library's own error.
        #[source]
        source: Box<DeltaTableError>,
    },
    /// The engine failed.
    #[error(
        "the engine failed while {doing}: a data file may be damaged, or memory (--memory-limit) or disk short; nothing of this operation is visible. RUST_LOG=chalandise=debug tells the cause, which may show values of rows"
    )]
    Engine {
        /// What was being done.
        doing: String,
        /// The engine's own error.
        #[source]
        source: Box<DataFusionError>,
    },
    /// An Arrow or Parquet step failed.
    #[error("columns could not be processed while {doing}; RUST_LOG=chalandise=debug tells the cause")]
    Columns {
        /// What was being done.
        doing: String,
        /// The library's own error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A local file failed.
    #[error(
        "the file `{path}` failed while {doing}: {}; nothing of this operation is visible. Check free space and permissions, then try again",
        source.kind()
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: String,
        /// The system's own error.
        #[source]
        source: std::io::Error,
    },
    /// An account that does not balance: a fault of ours, never of the data.
    #[error("the account of table `{table}` does not balance: {detail}; nothing was written. Please report this")]
    Unbalanced {
        /// Table.
        table: String,
        /// Both sides.
        detail: String,
    },
    /// A table is not of the lake.
    #[error("the lake has no table `{table}`")]
    UnknownTable {
        /// Table.
        table: String,
    },
    /// A data file of a pinned table is gone or has another size.
    #[error(
        "the lake's file `{path}` is {what}; restore it from a backup: without it every figure of `{table}` would be wrong"
    )]
    DataFile {
        /// Table.
        table: String,
        /// Path inside the lake.
        path: String,
        /// `missing`, or its size and the size on record.
        what: String,
    },
    /// Base views or roll-ups that do not plan.
    #[error("{0}")]
    Views(#[source] Faults),
}

impl LakeError {
    /// Wraps a store error with what was being done.
    pub fn store(doing: impl Into<String>) -> impl FnOnce(object_store::Error) -> LakeError {
        let doing = doing.into();
        move |source| LakeError::Store { doing, source }
    }

    /// Wraps a Delta error with the table and what was being done.
    pub fn delta<D: Into<String>>(table: &str, doing: D) -> impl FnOnce(DeltaTableError) -> LakeError + use<D> {
        let (table, doing) = (table.to_owned(), doing.into());
        move |source| LakeError::Delta {
            table,
            doing,
            source: Box::new(source),
        }
    }

    /// Wraps an engine error with what was being done.
    pub fn engine(doing: impl Into<String>) -> impl FnOnce(DataFusionError) -> LakeError {
        let doing = doing.into();
        move |source| LakeError::Engine {
            doing,
            source: Box::new(source),
        }
    }

    /// Wraps an Arrow or Parquet error with what was being done.
    pub fn columns<E: std::error::Error + Send + Sync + 'static>(
        doing: impl Into<String>,
    ) -> impl FnOnce(E) -> LakeError {
        let doing = doing.into();
        move |source| LakeError::Columns {
            doing,
            source: Box::new(source),
        }
    }
}
