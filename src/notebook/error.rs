//! What can go wrong with the notebook.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::ErrorCode;

use super::{EntryId, TextFault};

/// An error of the notebook; nothing was written then. SQLite's own words are a cause for the log, never the message.
#[derive(Debug, thiserror::Error)]
pub enum NotebookError {
    /// The file is something else.
    #[error(
        "`{}` is not a notebook of this program; move it away, or give another path as `notebook` in the configuration",
        .path.display()
    )]
    NotANotebook {
        /// The file.
        path: PathBuf,
    },
    /// A later program wrote the file.
    #[error(
        "the notebook `{}` was written by a newer program (its schema is {found}, this program knows {known}); start \
         the newer program",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Schema version of the file.
        found: i32,
        /// Newest schema version that this program knows.
        known: i32,
    },
    /// The file cannot be opened or made.
    #[error(
        "the notebook `{}` cannot be opened; its folder must exist, and this user must be allowed to write there",
        .path.display()
    )]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The file can be read but not written.
    #[error(
        "the notebook `{}` is read-only: nothing was saved; allow this user to write the file and its folder",
        .path.display()
    )]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another process holds the file.
    #[error(
        "another program has held the notebook `{}` for {} seconds: nothing was saved; try again, or close that program",
        .path.display(),
        .waited.as_secs_f64()
    )]
    Busy {
        /// The file.
        path: PathBuf,
        /// How long the call waited.
        waited: Duration,
    },
    /// The disk has no room.
    #[error("the disk of the notebook `{}` is full: nothing was saved; make room and try again", .path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file's inside is broken.
    #[error(
        "the notebook `{}` is damaged; put a copy from a backup in its place, or move it away to start a new one",
        .path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// SQLite failed in another way.
    #[error("the notebook `{}` failed while {doing}; the log says why", .path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: &'static str,
        /// SQLite's own error.
        #[source]
        source: rusqlite::Error,
    },
    /// An entry's content makes no JSON.
    #[error("the {kind} `{name}` cannot be written down; the log says why")]
    Unwritable {
        /// Kind of entry.
        kind: &'static str,
        /// Its name.
        name: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A name cannot be used.
    #[error("the name `{name}` of the {kind} cannot be used: {fault}")]
    Name {
        /// Kind of entry.
        kind: &'static str,
        /// The name as given, shortened.
        name: String,
        /// Why.
        fault: TextFault,
    },
    /// A note cannot be used.
    #[error("the note of the {kind} `{name}` cannot be used: {fault}")]
    Note {
        /// Kind of entry.
        kind: &'static str,
        /// Name of the entry.
        name: String,
        /// Why.
        fault: TextFault,
    },
    /// Another entry of the kind has the name.
    #[error("there is a {kind} `{name}` already (number {id}, revision {revision}); take another name, or replace it")]
    NameTaken {
        /// Kind of entry.
        kind: &'static str,
        /// The name as that entry has it.
        name: String,
        /// That entry.
        id: EntryId,
        /// Its revision, which a replacement must name.
        revision: i64,
    },
    /// Someone else changed the entry meanwhile.
    #[error(
        "the {kind} `{name}` was changed by someone else meanwhile (it is at revision {found}, this change was made from \
         revision {expected}); look at it again, or save under another name"
    )]
    Changed {
        /// Kind of entry.
        kind: &'static str,
        /// Name of the entry.
        name: String,
        /// Revision that the change was made from.
        expected: i64,
        /// Revision that stands.
        found: i64,
    },
    /// There is no such entry.
    #[error("there is no {kind} with number {id}; the list has all of them")]
    Missing {
        /// Kind of entry.
        kind: &'static str,
        /// The number asked for.
        id: EntryId,
    },
    /// The entry is in the trash.
    #[error("the {kind} `{name}` is in the trash; restore it first")]
    Deleted {
        /// Kind of entry.
        kind: &'static str,
        /// Name of the entry.
        name: String,
    },
    /// The entry is not in the trash.
    #[error("the {kind} `{name}` is not in the trash; there is nothing to restore")]
    NotDeleted {
        /// Kind of entry.
        kind: &'static str,
        /// Name of the entry.
        name: String,
    },
    /// The entry's content is not what this program writes.
    #[error("the {kind} `{name}` cannot be read by this program, the log says why; delete it, or save it anew")]
    Unreadable {
        /// Kind of entry.
        kind: &'static str,
        /// Name of the entry.
        name: String,
        /// Why, for the log.
        reason: String,
    },
}

impl NotebookError {
    /// What an error of SQLite means to a user of the notebook at `path`, met while `doing` something.
    pub(super) fn sqlite(path: &Path, doing: &'static str, waited: Duration, source: rusqlite::Error) -> NotebookError {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => NotebookError::NotANotebook { path },
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => NotebookError::CannotOpen {
                path,
                source: Box::new(source),
            },
            Some(ErrorCode::ReadOnly) => NotebookError::ReadOnly { path },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => NotebookError::Busy { path, waited },
            Some(ErrorCode::DiskFull) => NotebookError::Full { path },
            Some(ErrorCode::DatabaseCorrupt) => NotebookError::Damaged { path },
            _ => NotebookError::Failed { path, doing, source },
        }
    }
}
