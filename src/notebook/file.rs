//! The notebook's file: opening, reading and writing it in whole transactions.
//!
//! Every call opens the file anew, which takes a fraction of a millisecond: a file that was moved away, restored from a backup or
//! migrated by a newer program meanwhile is then seen as it is. The journal is SQLite's classic one, so that the notebook
//! is one file that can be copied.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use super::NotebookError;
use super::schema::{self, State};

/// How long a call waits for another process before it gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// What users wrote down: a handle that is cheap to clone and may be used from several threads at once.
#[derive(Clone, Debug)]
pub struct Notebook {
    place: Place,
    patience: Duration,
}

#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    Memory(Arc<Mutex<Connection>>),
}

/// Why a piece of work in a transaction ended early.
#[derive(Debug)]
pub(super) enum Stop {
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// The notebook refuses.
    Refused(NotebookError),
    /// The file is a database of another program.
    Foreign,
    /// The file has the newer schema of this version.
    Newer(i32),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Stop {
        Stop::Sqlite(error)
    }
}

impl From<NotebookError> for Stop {
    fn from(error: NotebookError) -> Stop {
        Stop::Refused(error)
    }
}

impl Notebook {
    /// The notebook in the file at `path`. A file that does not exist is a notebook without entries: the first entry makes
    /// it, for its owner's eyes only.
    ///
    /// # Errors
    /// [`NotebookError`] when the file is no notebook, one of a newer program, damaged or held by another process; when it
    /// is a folder, or its folder does not exist.
    pub fn open(path: &Path) -> Result<Notebook, NotebookError> {
        // Absolute, since the process may change its folder and SQLite reads names such as `:memory:` in its own way.
        let absolute = std::path::absolute(path).map_err(cannot_open(path))?;
        let folder = absolute.parent().unwrap_or(&absolute);
        if !folder.is_dir() || absolute.is_dir() {
            let reason = if absolute.is_dir() {
                "it is a folder"
            } else {
                "its folder does not exist"
            };
            return Err(cannot_open(&absolute)(std::io::Error::other(reason)));
        }
        let notebook = Notebook {
            place: Place::File(absolute),
            patience: PATIENCE,
        };
        notebook.read("opening it", |_| Ok(()))?;
        Ok(notebook)
    }

    /// The notebook in the file at `path`, which is looked at when something is asked of it: what is wrong with it is said then.
    pub fn at(path: &Path) -> Notebook {
        Notebook {
            place: Place::File(std::path::absolute(path).unwrap_or_else(|_| path.to_owned())),
            patience: PATIENCE,
        }
    }

    /// A notebook that ends with the process.
    ///
    /// # Errors
    /// [`NotebookError::Failed`] when there is no memory for it.
    pub fn open_in_memory() -> Result<Notebook, NotebookError> {
        let connection = Connection::open_in_memory()
            .map_err(|error| fault(memory(), "opening it", Duration::ZERO)(error.into()))?;
        Ok(Notebook {
            place: Place::Memory(Arc::new(Mutex::new(connection))),
            patience: PATIENCE,
        })
    }

    /// The same notebook, whose calls wait this long for another process; 5 seconds unless said.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Notebook {
        Notebook { patience, ..self }
    }

    /// The file; none for a notebook in memory.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(path) => Some(path),
            Place::Memory(_) => None,
        }
    }

    /// Reads in one transaction; none when nothing was ever written.
    pub(super) fn read<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Stop>,
    ) -> Result<Option<T>, NotebookError> {
        let fault = fault(self.path().unwrap_or(memory()), doing, self.patience);
        let connection = match &self.place {
            Place::Memory(connection) => {
                return within(&connection.lock().unwrap_or_else(PoisonError::into_inner), work).map_err(fault);
            }
            Place::File(path) if !path.try_exists().map_err(cannot_open(path))? => return Ok(None),
            Place::File(path) => self.connect(path).map_err(&fault)?,
        };
        if state_alone(&connection).map_err(&fault)? == State::Older {
            self.write(doing, |_| Ok(()))?;
        }
        within(&connection, work).map_err(fault)
    }

    /// Reads and writes in one transaction, all of it or nothing. It is one for writing from its start: of two processes one
    /// waits, and neither acts on what the other is about to change.
    pub(super) fn write<T>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Stop>,
    ) -> Result<T, NotebookError> {
        let fault = fault(self.path().unwrap_or(memory()), doing, self.patience);
        match &self.place {
            Place::Memory(connection) => {
                written(&connection.lock().unwrap_or_else(PoisonError::into_inner), work).map_err(fault)
            }
            Place::File(path) => {
                make(path)?;
                written(&self.connect(path).map_err(&fault)?, work).map_err(fault)
            }
        }
    }

    fn connect(&self, path: &Path) -> Result<Connection, Stop> {
        let connection = Connection::open_with_flags(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(self.patience)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // What was answered with `Ok` survives a power cut, too.
        connection.pragma_update(None, "synchronous", "extra")?;
        // A file from elsewhere runs nothing of its own.
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    }
}

fn memory() -> &'static Path {
    Path::new("in memory")
}

fn cannot_open(path: &Path) -> impl Fn(std::io::Error) -> NotebookError {
    |source| NotebookError::CannotOpen {
        path: path.to_owned(),
        source: Box::new(source),
    }
}

/// Turns what stopped a transaction into the notebook's error.
fn fault(path: &Path, doing: &'static str, waited: Duration) -> impl Fn(Stop) -> NotebookError {
    move |stop| match stop {
        Stop::Sqlite(error) => NotebookError::sqlite(path, doing, waited, error),
        Stop::Refused(error) => error,
        Stop::Foreign => NotebookError::NotANotebook { path: path.to_owned() },
        Stop::Newer(found) => NotebookError::Newer {
            path: path.to_owned(),
            found,
            known: schema::known(),
        },
    }
}

/// Makes the file when it is absent, readable and writable by its owner only.
fn make(path: &Path) -> Result<(), NotebookError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(cannot_open(path)(error)),
    }
}

fn state_alone(connection: &Connection) -> Result<State, Stop> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    Ok(schema::state(&transaction)?)
}

fn within<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T, Stop>) -> Result<Option<T>, Stop> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    match usable(schema::state(&transaction)?)? {
        State::Fresh => Ok(None),
        _ => work(&transaction).map(Some),
    }
}

fn written<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T, Stop>) -> Result<T, Stop> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    if usable(schema::state(&transaction)?)? != State::Ready {
        schema::migrate(&transaction, schema::MIGRATIONS)?;
    }
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

/// The state, when this program may use the file.
fn usable(state: State) -> Result<State, Stop> {
    match state {
        State::Newer(version) => Err(Stop::Newer(version)),
        State::Foreign => Err(Stop::Foreign),
        state => Ok(state),
    }
}
