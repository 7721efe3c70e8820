//! Source files as they lie on disk: is it a file, what is in it, how is it opened.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::error::{ImportError, io_reason};
use super::progress::Progress;
use chalandise_faults::Fault;

/// A source file that an import reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Path as the user gave it.
    pub path: PathBuf,
    /// File name, as it stands in accounts and rejected rows.
    pub name: String,
    /// Size on disk.
    pub bytes: u64,
    /// BLAKE3 hash of the bytes on disk, in hexadecimal: how an import knows a file again.
    pub blake3_hash: String,
}

/// What the first bytes of a file say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text, as far as one can see.
    Text,
    /// Gzip.
    Gzip,
    /// Zstandard.
    Zstd,
    /// Apache Parquet.
    Parquet,
    /// A ZIP archive, as spreadsheet files are.
    Zip,
    /// UTF-16 text.
    Utf16,
}

const READ_BYTES: usize = 256 * 1024;

/// Looks at the files and hashes their bytes.
///
/// # Errors
/// [`ImportError::File`] for the first that does not exist, is a folder, is empty or cannot be read.
pub fn describe(files: &[PathBuf], progress: &dyn Progress) -> Result<Vec<Input>, ImportError> {
    let mut inputs = Vec::with_capacity(files.len());
    let mut total = 0;
    for path in files {
        total += size(path)?;
    }
    progress.begin("hash", Some(total));
    for path in files {
        inputs.push(Input {
            path: path.clone(),
            name: name_of(path),
            bytes: size(path)?,
            blake3_hash: hash(path, progress)?,
        });
    }
    Ok(inputs)
}

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

fn size(path: &Path) -> Result<u64, Fault> {
    let metadata = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if metadata.is_dir() {
        return Err(Fault::of_file(
            path,
            "this is a folder, not a file",
            "Name the files in it, for example with folder/*",
        ));
    }
    if metadata.len() == 0 && metadata.is_file() {
        return Err(Fault::of_file(
            path,
            "the file is empty (0 bytes)",
            "Export it again: even an export without rows has a header line",
        ));
    }
    Ok(metadata.len())
}

/// A fault for a file that the operating system does not let us read.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::of_file(
        path,
        format!("the file cannot be read: {}", io_reason(error)),
        "Check the path and the rights",
    )
}

fn hash(path: &Path, progress: &dyn Progress) -> Result<String, Fault> {
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; READ_BYTES];
    loop {
        let count = file.read(&mut buffer).map_err(|error| unreadable(path, &error))?;
        if count == 0 {
            return Ok(hasher.finalize().to_hex().to_string());
        }
        hasher.update(&buffer[..count]);
        progress.advance(count as u64);
    }
}

/// What the first bytes of a file say it is.
///
/// # Errors
/// A fault when the file cannot be read.
pub fn content(path: &Path) -> Result<Content, Fault> {
    let mut head = [0_u8; 4];
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut length = 0;
    while length < head.len() {
        match file.read(&mut head[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) => return Err(unreadable(path, &error)),
        }
    }
    Ok(match &head[..length] {
        [0x1f, 0x8b, ..] => Content::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Content::Zstd,
        b"PAR1" => Content::Parquet,
        [b'P', b'K', 3 | 5, 4 | 6] => Content::Zip,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Content::Utf16,
        _ => Content::Text,
    })
}

/// Opens a text file, decompressing it when its first bytes say that it is compressed.
///
/// # Errors
/// A fault when the file is not text: Parquet, a spreadsheet, UTF-16.
pub fn open_text(path: &Path, progress: Arc<dyn Progress>) -> Result<Box<dyn Read + Send>, Fault> {
    let refuse = |what: &str, remedy: &str| Err(Fault::of_file(path, what, remedy));
    let content = content(path)?;
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let counted = Counted { file, progress };
    Ok(match content {
        Content::Text => Box::new(counted),
        // Some tools write one gzip member per block: read them all.
        Content::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(
            READ_BYTES, counted,
        ))),
        Content::Zstd => Box::new(zstd::stream::read::Decoder::new(counted).map_err(|error| unreadable(path, &error))?),
        Content::Parquet => {
            return refuse(
                "this is a Parquet file where the mapping expects text",
                "Use a mapping with format = \"parquet\"",
            );
        }
        Content::Zip => {
            return refuse(
                "this is a ZIP archive or a spreadsheet file",
                "Save the sheet as CSV, or unpack the archive, and import that",
            );
        }
        Content::Utf16 => {
            return refuse(
                "the text is UTF-16",
                "Export it as UTF-8 or Windows-1252 and name that as encoding in the mapping",
            );
        }
    })
}

/// Tells the progress how many bytes have left the disk.
struct Counted {
    file: File,
    progress: Arc<dyn Progress>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.progress.advance(count as u64);
        Ok(count)
    }
}
