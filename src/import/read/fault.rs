//! What can go wrong while a file is being read, before it becomes a sentence about that file.

use std::path::Path;

use crate::error::io_reason;
use chalandise_faults::Fault;

/// A fault of the stream of records.
#[derive(Debug)]
pub enum ReadFault {
    /// The stream failed or ended in the middle of compressed data.
    Io {
        /// Line reached.
        line: u64,
        /// The error as it came.
        error: std::io::Error,
    },
    /// A NUL byte.
    Nul {
        /// Line on which it stands.
        line: u64,
    },
    /// A record longer than the limit.
    TooLong {
        /// Line on which it begins.
        line: u64,
    },
    /// A record with more fields than the limit.
    TooManyFields {
        /// Line on which it begins.
        line: u64,
    },
}

impl ReadFault {
    /// The fault as a sentence about a file.
    pub fn of_file(&self, path: &Path) -> Fault {
        match self {
            ReadFault::Io { line, error } => io_fault(path, *line, error),
            ReadFault::Nul { line } => Fault::of_file(
                path,
                "a NUL byte stands in the text",
                "The file is damaged, binary or UTF-16: export it again as UTF-8 or Windows-1252",
            )
            .at_line(*line),
            ReadFault::TooLong { line } => Fault::of_file(
                path,
                "the row that begins here is longer than 1 MiB",
                "Look for a quote that is never closed, or name the right delimiter and quote in the mapping",
            )
            .at_line(*line),
            ReadFault::TooManyFields { line } => Fault::of_file(
                path,
                "the row that begins here has more than 4,096 fields",
                "Look for missing line ends, or name the right delimiter in the mapping",
            )
            .at_line(*line),
        }
    }
}

fn io_fault(path: &Path, line: u64, error: &std::io::Error) -> Fault {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::UnexpectedEof => Fault::of_file(
            path,
            "the compressed file is cut short",
            "Copy or export it again: the end of the data is missing",
        )
        .at_line(line),
        ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::Other => {
            Fault::of_file(path, "the compressed data is damaged", "Copy or export the file again").at_line(line)
        }
        _ => Fault::of_file(
            path,
            format!("reading failed: {}", io_reason(error)),
            "Check the disk or the connection and import again",
        )
        .at_line(line),
    }
}
