//! What can go wrong while generating.

use std::path::PathBuf;

/// Why the demo could not be generated. The message names what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// An option has a value that makes no sense.
    #[error("option {name} cannot be used: {remedy}")]
    Option {
        /// Name of the option.
        name: &'static str,
        /// What to give instead.
        remedy: &'static str,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}: {source}; choose a folder that is writable and has room", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A data file that is compiled in does not have the expected form.
    #[error("{file}, line {line}: {what}; restore the file from the source distribution")]
    Data {
        /// The file, relative to the checkout.
        file: &'static str,
        /// Line, from 1 (0 when it does not apply).
        line: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// A law's name is unknown.
    #[error("unknown law '{given}': use one of {}", super::Law::names())]
    UnknownLaw {
        /// What was given.
        given: String,
    },
}
