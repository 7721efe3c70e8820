//! What can stop an import, in words that name the file, the place and the remedy.
//!
//! A fault of one row never ends here: it becomes a rejected row. These are the faults after which nothing more can be
//! trusted: the mapping is wrong, a file is not what it should be, or the disk does not take what is written.

use std::path::{Path, PathBuf};

use chalandise_faults::{Fault, Faults};

/// What stopped an import; the lake is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The mapping itself is wrong.
    #[error("mapping {file} has {faults}")]
    Mapping {
        /// The mapping's file.
        file: String,
        /// Everything that is wrong in it.
        faults: Faults,
    },
    /// No mapping of that name or path.
    #[error("there is no mapping `{name}`. {remedy}")]
    NoMapping {
        /// Name asked for.
        name: String,
        /// Names there are.
        remedy: String,
    },
    /// A source file cannot be used.
    #[error("{}", .0.on_one_line())]
    File(Fault),
    /// Files do not fit the mapping: none given, not recognised, or a needed one is absent.
    #[error("{what}. {remedy}")]
    Files {
        /// What is wrong, naming the files.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// Work files cannot be written: disk full, no right to write.
    #[error("cannot {doing} {}: {reason}. Free space or choose another place for work files", path.display())]
    Scratch {
        /// What was being done, such as "write".
        doing: &'static str,
        /// Path of the work file.
        path: PathBuf,
        /// The operating system's reason, in its own words.
        reason: String,
        /// The error as it came.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The mapping's SQL does not do what it must with these files.
    #[error("mapping {mapping}, [[table]] into `{table}`: {what}. {remedy}")]
    Shape {
        /// Name of the mapping.
        mapping: String,
        /// Canonical table or step.
        table: String,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: String,
        /// The engine's error, for the log only: it may hold values.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// Rows came in and none could be kept.
    #[error("{files}: no row could be kept: all {rows} rows were rejected, most often because: {reason}. {remedy}")]
    NothingKept {
        /// Names of the files that have rows.
        files: String,
        /// Rows that came in.
        rows: u64,
        /// The most frequent reason.
        reason: String,
        /// What to do.
        remedy: String,
    },
    /// An account does not balance: an error of this program, found before anything was written.
    #[error("the account of `{name}` does not balance: {what}. This is an error of the program; nothing was imported")]
    Unbalanced {
        /// File or table.
        name: String,
        /// The two sides.
        what: String,
    },
}

impl From<Fault> for ImportError {
    fn from(fault: Fault) -> ImportError {
        ImportError::File(fault)
    }
}

impl ImportError {
    /// A work file that could not be written or read.
    pub fn scratch(doing: &'static str, path: &Path, source: std::io::Error) -> ImportError {
        ImportError::Scratch {
            doing,
            path: path.to_path_buf(),
            reason: io_reason(&source),
            source: Some(Box::new(source)),
        }
    }

    /// A Parquet work file that could not be written.
    pub fn scratch_parquet(doing: &'static str, path: &Path, source: parquet::errors::ParquetError) -> ImportError {
        let reason = match &source {
            parquet::errors::ParquetError::External(inner) => inner
                .downcast_ref::<std::io::Error>()
                .map_or_else(|| "the file could not be written".to_owned(), io_reason),
            _ => "the file could not be written".to_owned(),
        };
        ImportError::Scratch {
            doing,
            path: path.to_path_buf(),
            reason,
            source: Some(Box::new(source)),
        }
    }
}

/// An operating system's error in calm words.
pub fn io_reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "access is not permitted".to_owned(),
        ErrorKind::StorageFull => "the disk is full".to_owned(),
        ErrorKind::FileTooLarge => "the file would be larger than allowed".to_owned(),
        ErrorKind::QuotaExceeded => "the quota is used up".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        kind => kind.to_string(),
    }
}
