//! Reading one source file: bytes to typed rows, staged as Parquet, with everything refused kept aside.

pub mod cell;
pub mod encoding;
mod fault;
mod header;
mod key;
mod parquet;
mod place;
pub mod records;
mod sink;
mod text;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::NaiveDate;

use super::error::ImportError;
use super::input::Input;
use super::mapping::{Format, SourceFile};
use super::progress::Progress;
use super::rejects::RejectWriter;

pub use sink::{Sink, StagedFile, cents, scratch_properties, staged_schema};

/// One file to be read.
pub struct ReadTask<'a> {
    /// How it is read.
    pub file: &'a SourceFile,
    /// The file.
    pub input: &'a Input,
    /// Its number among the inputs.
    pub index: usize,
    /// Where its rows are staged.
    pub out: PathBuf,
    /// Last plausible day.
    pub not_after: Option<NaiveDate>,
    /// Where refused rows go.
    pub rejects: &'a RejectWriter,
    /// Who is told how far the reading is.
    pub progress: Arc<dyn Progress>,
}

impl ReadTask<'_> {
    fn sink(&self) -> Sink<'_> {
        Sink::new(self.file, &self.input.name, self.index, &self.out, self.rejects)
    }

    /// Reads the file.
    ///
    /// # Errors
    /// A fault of the file as a whole, or of the work files.
    pub fn run(&self) -> Result<StagedFile, ImportError> {
        match self.file.dialect.format {
            Format::Parquet => parquet::read(self),
            Format::Csv | Format::Whitespace | Format::Fixed => text::read(self),
        }
    }
}
