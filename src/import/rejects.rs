//! Rejected rows, kept in one Parquet file: where each came from, why it was refused, and what stood there.
//!
//! `row` holds the row as the source wrote it and may be personal data: the file is for the people who repair the export.
//! No message and no log shows it.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use arrow::array::{Array, Int64Builder, RecordBatch, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::util::display::array_value_to_string;
use parquet::arrow::ArrowWriter;

use super::error::ImportError;

/// How much of a rejected row is kept, in characters.
const ROW_CHARACTERS: usize = 4096;
/// Rejected rows written at a time.
const BATCH_ROWS: usize = 8192;
/// Rejected rows whose place and reason stay at hand for a summary.
const SAMPLES: usize = 20;

/// One rejected row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reject {
    /// Source file.
    pub file: String,
    /// Physical line of the decompressed file (row number in a Parquet file), from 1.
    pub line: u64,
    /// Canonical table, when the row was refused by the lake's contract or at merging.
    pub table: Option<&'static str>,
    /// Column at fault, or empty when the whole row is.
    pub column: String,
    /// Class of the value, never the value: "text where money is expected".
    pub class: String,
    /// Why it cannot be taken.
    pub reason: String,
    /// The row as it came; may be personal data.
    pub row: String,
}

impl Reject {
    /// Place and reason without the row itself: fit for a message.
    pub fn summary(&self) -> String {
        let mut text = format!("{}, line {}", self.file, self.line);
        if !self.column.is_empty() {
            text.push_str(&format!(", column `{}`", self.column));
        }
        text.push_str(&format!(": {}", self.reason_with_class()));
        text
    }

    /// The reason, and the class where it says more.
    pub fn reason_with_class(&self) -> String {
        if self.class.is_empty() {
            self.reason.clone()
        } else {
            format!("{} ({})", self.reason, self.class)
        }
    }
}

/// A typed row as text, for the `row` of a rejected row whose source text is no longer at hand.
pub fn text_of(batch: &RecordBatch, row: usize) -> String {
    let schema = batch.schema();
    let mut text = String::new();
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        if field.name().starts_with('_') || column.is_null(row) {
            continue;
        }
        if !text.is_empty() {
            text.push('|');
        }
        text.push_str(field.name());
        text.push('=');
        text.push_str(&array_value_to_string(column, row).unwrap_or_default());
    }
    text
}

/// The schema of the rejects file.
pub fn schema() -> SchemaRef {
    let text = |name, nullable| Field::new(name, DataType::Utf8, nullable);
    Arc::new(Schema::new(vec![
        text("file", false),
        Field::new("line", DataType::Int64, false),
        text("table", true),
        text("column", false),
        text("class", false),
        text("reason", false),
        text("row", false),
    ]))
}

/// Writes rejected rows; shared between readers.
#[derive(Debug)]
pub struct RejectWriter {
    path: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    waiting: Vec<Reject>,
    writer: Option<ArrowWriter<File>>,
    rows: u64,
    samples: Vec<String>,
    reasons: BTreeMap<String, u64>,
}

impl RejectWriter {
    /// A writer that makes its file when the first row is rejected.
    pub fn new(path: &Path) -> RejectWriter {
        RejectWriter {
            path: path.to_path_buf(),
            state: Mutex::new(State::default()),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Keeps one rejected row.
    ///
    /// # Errors
    /// [`ImportError::Scratch`] when the rejects file cannot be written.
    pub fn push(&self, reject: Reject) -> Result<(), ImportError> {
        let mut state = self.state();
        state.rows += 1;
        if state.samples.len() < SAMPLES {
            state.samples.push(reject.summary());
        }
        *state.reasons.entry(reject.reason_with_class()).or_default() += 1;
        state.waiting.push(reject);
        if state.waiting.len() >= BATCH_ROWS {
            self.write(&mut state)?;
        }
        Ok(())
    }

    fn write(&self, state: &mut State) -> Result<(), ImportError> {
        if state.waiting.is_empty() {
            return Ok(());
        }
        if state.writer.is_none() {
            let file = File::create(&self.path).map_err(|error| ImportError::scratch("write", &self.path, error))?;
            let writer = ArrowWriter::try_new(file, schema(), None)
                .map_err(|error| ImportError::scratch_parquet("write", &self.path, error))?;
            state.writer = Some(writer);
        }
        let batch = batch_of(&std::mem::take(&mut state.waiting))?;
        if let Some(writer) = &mut state.writer {
            writer
                .write(&batch)
                .map_err(|error| ImportError::scratch_parquet("write", &self.path, error))?;
        }
        Ok(())
    }

    /// Rows rejected so far.
    pub fn rows(&self) -> u64 {
        self.state().rows
    }

    /// Place and reason of the first rejected rows, for a summary.
    pub fn samples(&self) -> Vec<String> {
        let mut samples = self.state().samples.clone();
        samples.sort();
        samples
    }

    /// The most frequent reason, if any row was rejected.
    pub fn main_reason(&self) -> Option<String> {
        let state = self.state();
        let most = state.reasons.values().max()?;
        state
            .reasons
            .iter()
            .find(|(_, count)| *count == most)
            .map(|(reason, _)| reason.clone())
    }

    /// Closes the file and gives its path, or none when no row was rejected. Rows may not be pushed after that.
    ///
    /// # Errors
    /// [`ImportError::Scratch`] when the rejects file cannot be written.
    pub fn finish(&self) -> Result<Option<PathBuf>, ImportError> {
        let mut state = self.state();
        self.write(&mut state)?;
        match state.writer.take() {
            Some(writer) => {
                writer
                    .close()
                    .map_err(|error| ImportError::scratch_parquet("write", &self.path, error))?;
                Ok(Some(self.path.clone()))
            }
            None => Ok((state.rows > 0).then(|| self.path.clone())),
        }
    }
}

fn batch_of(rejects: &[Reject]) -> Result<RecordBatch, ImportError> {
    let mut texts: [StringBuilder; 6] = Default::default();
    let mut lines = Int64Builder::new();
    for reject in rejects {
        let kept: String = reject.row.chars().take(ROW_CHARACTERS).collect();
        texts[0].append_value(&reject.file);
        texts[1].append_option(reject.table);
        texts[2].append_value(&reject.column);
        texts[3].append_value(&reject.class);
        texts[4].append_value(&reject.reason);
        texts[5].append_value(kept);
        lines.append_value(i64::try_from(reject.line).unwrap_or(i64::MAX));
    }
    let [mut file, mut table, mut column, mut class, mut reason, mut row] = texts;
    RecordBatch::try_new(
        schema(),
        vec![
            Arc::new(file.finish()),
            Arc::new(lines.finish()),
            Arc::new(table.finish()),
            Arc::new(column.finish()),
            Arc::new(class.finish()),
            Arc::new(reason.finish()),
            Arc::new(row.finish()),
        ],
    )
    .map_err(|error| ImportError::Unbalanced {
        name: "rejected rows".to_owned(),
        what: error.to_string(),
    })
}
