//! A mapping: how the files of one source become canonical tables, written down in a small TOML file.
//!
//! `data/mappings/README.md` documents every key. A mapping says three things: how each file is read (dialect, columns,
//! repairs), which SQL turns the rows read into canonical rows, and what makes a row unique. It holds no code.

mod check;
mod parse;
mod repair;

use std::collections::HashMap;
use std::path::Path;

use chrono_tz::Tz;

use chalandise_faults::nearest;
use chalandise_lake::contract::Table;

use super::dates::DateFormat;
use super::error::{ImportError, io_reason};

pub use repair::{PLACE_DROPPED, REPAIRS, Repair, SWAPPED_COORDINATES};

/// How the files of one source are read and shaped.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// Name by which a user asks for it.
    pub name: String,
    /// What the source is, in a sentence.
    pub doc: String,
    /// Prefix of ids, and `source` of the rows: `erp`, `shop`, `cdnow`.
    pub source: String,
    /// ISO 4217 code of its money.
    pub currency: String,
    /// Time zone of its local times.
    pub time_zone: Tz,
    /// The files it reads.
    pub files: Vec<SourceFile>,
    /// Intermediate tables, made in this order before the canonical ones.
    pub steps: Vec<Step>,
    /// The canonical tables it makes.
    pub tables: Vec<Shape>,
    /// Name of the mapping file, for messages.
    pub origin: String,
    /// BLAKE3 of the mapping's text, hexadecimal.
    pub hash: String,
}

/// How one kind of file is read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Name of its rows in the mapping's SQL.
    pub id: String,
    /// What it holds.
    pub doc: String,
    /// Patterns of file names (`*`, `?`), any case.
    pub patterns: Vec<String>,
    /// How bytes become fields.
    pub dialect: Dialect,
    /// The columns read.
    pub columns: Vec<SourceColumn>,
    /// What makes a row unique; none when repeats are no concern.
    pub unique: Option<Unique>,
    /// Column by which the newer of two rows of one key is known.
    pub newest_by: Option<String>,
    /// Column whose sum the account balances.
    pub money: Option<String>,
    /// Latitude and longitude columns, checked and repaired as a pair.
    pub place: Option<(String, String)>,
    /// Whether the import may run without it.
    pub optional: bool,
    /// What is missing when it is absent.
    pub without: Option<String>,
    /// Line in the mapping.
    pub line: usize,
}

/// What makes a row of a source file unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unique {
    /// The values of these columns.
    Columns(Vec<String>),
    /// Every row is its own: equal rows are different events.
    FileAndLine,
}

/// How bytes become fields and fields become values.
#[derive(Clone, Debug)]
pub struct Dialect {
    /// Layout of the file.
    pub format: Format,
    /// Encoding of its text.
    pub encoding: Encoding,
    /// Field separator of a CSV file.
    pub delimiter: u8,
    /// Quote of a CSV file.
    pub quote: Option<u8>,
    /// Whether the first line names the columns.
    pub header: bool,
    /// Decimal mark.
    pub decimal_mark: char,
    /// Characters that may part thousands.
    pub thousands: Vec<char>,
    /// Date formats tried in this order.
    pub dates: Vec<DateFormat>,
    /// Whether the mapping names date formats for the file, right or wrong.
    pub names_dates: bool,
    /// Texts that mean "no value".
    pub nulls: Vec<String>,
}

/// Layout of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Separated values with quotes.
    Csv,
    /// Columns parted by runs of blanks.
    Whitespace,
    /// Columns at fixed places of a line.
    Fixed,
    /// Apache Parquet.
    Parquet,
}

/// Encoding of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without byte order mark.
    Utf8,
    /// Windows-1252 (Western European).
    Windows1252,
    /// ISO-8859-15 (Latin 9).
    Iso8859_15,
}

impl Encoding {
    /// Name as written in a mapping.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf-8",
            Encoding::Windows1252 => "windows-1252",
            Encoding::Iso8859_15 => "iso-8859-15",
        }
    }
}

/// One column of a source file.
#[derive(Clone, Debug)]
pub struct SourceColumn {
    /// Name in the mapping's SQL.
    pub name: String,
    /// Where it stands in the file.
    pub from: From,
    /// What it holds.
    pub kind: ColumnKind,
    /// Whether a row without a value is rejected.
    pub required: bool,
    /// Whether the file may lack the column.
    pub optional: bool,
    /// Repairs allowed, in the order in which they are tried.
    pub repairs: Vec<Repair>,
    /// Source text to value; a text outside the map is rejected.
    pub values: HashMap<String, String>,
    /// The only texts allowed; empty when any is.
    pub allowed: Vec<String>,
    /// Smallest value, for numbers.
    pub min: Option<f64>,
    /// Largest value, for numbers.
    pub max: Option<f64>,
    /// Whether a day after the import's last plausible day may stand here.
    pub may_be_future: bool,
    /// Date formats of this column; the file's when empty.
    pub dates: Vec<DateFormat>,
}

/// Where a column stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// Under the first of these names that the header has.
    Named(Vec<String>),
    /// At this place, from 1.
    Position(usize),
    /// At these characters of the line, from 1.
    Slice {
        /// First character.
        start: usize,
        /// Number of characters.
        width: usize,
    },
}

/// What a source column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// Whole number.
    Integer,
    /// Amount with at most two decimals: `decimal(18,2)`.
    Money,
    /// Exact number with at most six decimals: `decimal(20,6)`.
    Decimal,
    /// Floating-point number: coordinates, areas, rates; never money.
    Number,
    /// Day.
    Date,
    /// Local date and time.
    Timestamp,
    /// True or false.
    Boolean,
}

impl ColumnKind {
    /// Name as written in a mapping.
    pub fn name(self) -> &'static str {
        match self {
            ColumnKind::Text => "text",
            ColumnKind::Integer => "integer",
            ColumnKind::Money => "money",
            ColumnKind::Decimal => "decimal",
            ColumnKind::Number => "number",
            ColumnKind::Date => "date",
            ColumnKind::Timestamp => "timestamp",
            ColumnKind::Boolean => "boolean",
        }
    }
}

/// An intermediate table of a mapping.
#[derive(Clone, Debug)]
pub struct Step {
    /// Name in later SQL.
    pub name: String,
    /// The query.
    pub sql: String,
    /// Line of the mapping on which the query begins.
    pub line: usize,
}

/// How rows become rows of one canonical table.
#[derive(Clone, Debug)]
pub struct Shape {
    /// The canonical table.
    pub into: &'static Table,
    /// File whose every row comes out exactly once.
    pub primary: String,
    /// The rows are made from groups of rows of the primary file (a customer from his orders): the once-only check gives way to
    /// the check that money is conserved.
    pub grouped: bool,
    /// Key column of the table of which an export that gives one row gives them all: the order of its lines.
    pub complete_by: Option<&'static str>,
    /// The query.
    pub sql: String,
    /// Line of the mapping on which the query begins.
    pub line: usize,
}

impl Mapping {
    /// Reads a mapping from its text. `origin` names the file in messages.
    ///
    /// # Errors
    /// [`ImportError::Mapping`] listing every fault of form: unknown keys, wrong kinds, words that are not allowed. The SQL is
    /// checked by [`Mapping::check`].
    pub fn parse(text: &str, origin: &str) -> Result<Mapping, ImportError> {
        parse::mapping(text, origin).map_err(|faults| ImportError::Mapping {
            file: origin.to_owned(),
            faults,
        })
    }

    /// Plans the mapping's SQL on empty tables and compares what comes out with the lake's contract.
    ///
    /// # Errors
    /// [`ImportError::Mapping`] listing every fault: SQL that does not plan, columns that the contract does not know, required
    /// columns that are missing.
    pub async fn check(&self) -> Result<(), ImportError> {
        let faults = check::faults(self).await;
        if faults.is_empty() {
            return Ok(());
        }
        Err(ImportError::Mapping {
            file: self.origin.clone(),
            faults,
        })
    }

    /// Finds a mapping: a path to a `.toml` file, or a name in `folder`.
    ///
    /// # Errors
    /// [`ImportError::NoMapping`] with the names there are, or the faults of the mapping found.
    pub fn find(name: &str, folder: &Path) -> Result<Mapping, ImportError> {
        let path = if name.ends_with(".toml") {
            Path::new(name).to_path_buf()
        } else {
            folder.join(format!("{name}.toml"))
        };
        let text = std::fs::read_to_string(&path).map_err(|error| ImportError::NoMapping {
            name: name.to_owned(),
            remedy: if error.kind() == std::io::ErrorKind::NotFound {
                suggestion(name, folder)
            } else {
                format!("{}: {}", path.display(), io_reason(&error))
            },
        })?;
        Mapping::parse(&text, &path.display().to_string())
    }

    /// The names of the mappings in a folder, sorted.
    pub fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                name.strip_suffix(".toml").map(str::to_owned)
            })
            .collect();
        names.sort();
        names
    }

    /// A file of the mapping by its id.
    pub fn file(&self, id: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.id == id)
    }
}

fn suggestion(name: &str, folder: &Path) -> String {
    let names = Mapping::names(folder);
    if names.is_empty() {
        return format!("No mapping stands in {}", folder.display());
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let list = format!("There are: {}", names.join(", "));
    match nearest(name, names.iter().copied()) {
        Some(near) => format!("Did you mean `{near}`? {list}"),
        None => list,
    }
}
