//! Rows from a file of the user's own: named columns of numbers, and of ids, as csv with a header line or as Parquet.
//!
//! A csv file is parted by commas; one whose header has none, but semicolons or tabs, by these, and then its numbers may have a
//! decimal comma, as spreadsheets of half of Europe write them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Float64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

/// Why a file gives no observations.
#[derive(Debug, thiserror::Error)]
pub enum ObservationsError {
    /// The file cannot be opened or read.
    #[error("{path} cannot be read: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's error.
        #[source]
        source: std::io::Error,
    },
    /// The file is not of the form that its name says.
    #[error("{path} is no {form} file{place}: {remedy}", place = line.map(|line| format!(" (line {line})")).unwrap_or_default())]
    Form {
        /// The file.
        path: PathBuf,
        /// csv or Parquet.
        form: &'static str,
        /// Line, where it is known.
        line: Option<u64>,
        /// What to do.
        remedy: &'static str,
        /// The reader's error.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// A column is missing.
    #[error("{path} has no column `{column}`; its header names {given}")]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// Columns that it has.
        given: String,
    },
    /// A value is missing or no number.
    #[error("{path}, row {row}: `{column}` is not a number; write digits with a decimal point, and nothing else")]
    Value {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// Row, from 1, the header not counted.
        row: usize,
    },
    /// An id is missing or no text.
    #[error("{path}, row {row}: `{column}` is empty; each row needs its id, a text or a whole number")]
    Id {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// Row, from 1, the header not counted.
        row: usize,
    },
    /// Two columns have the name that is asked for.
    #[error("{path} has two columns `{column}`; rename or drop one")]
    Ambiguous {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
    },
}

/// Which columns of a file are ids.
#[derive(Clone, Copy, Debug)]
pub enum Ids<'a> {
    /// None.
    None,
    /// The first, whatever its name.
    First,
    /// Those of these names that the file has.
    Named(&'a [&'a str]),
}

impl Ids<'_> {
    fn takes(self, place: usize, name: &str) -> bool {
        match self {
            Ids::None => false,
            Ids::First => place == 0,
            Ids::Named(names) => names.contains(&name),
        }
    }
}

/// Columns of numbers and of ids, all of one length.
#[derive(Debug, Default)]
pub struct Observations {
    path: PathBuf,
    /// Names of all its columns, wanted or not.
    header: Vec<String>,
    columns: HashMap<String, Vec<Option<f64>>>,
    ids: HashMap<String, Vec<String>>,
    rows: usize,
}

impl Observations {
    /// Reads the columns wanted that the file has.
    ///
    /// # Errors
    /// [`ObservationsError`] with file, row and column.
    pub fn read(path: &Path, wanted: &[&str]) -> Result<Observations, ObservationsError> {
        Observations::read_with_ids(path, Ids::None, wanted)
    }

    /// Reads the columns wanted that the file has, and ids beside them.
    ///
    /// # Errors
    /// [`ObservationsError`] with file, row and column.
    pub fn read_with_ids(path: &Path, ids: Ids, wanted: &[&str]) -> Result<Observations, ObservationsError> {
        let file = File::open(path).map_err(|source| ObservationsError::File {
            path: path.to_path_buf(),
            source,
        })?;
        let is_parquet = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
        if is_parquet {
            parquet(path, file, ids, wanted)
        } else {
            csv(path, file, ids, wanted)
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// A column with a number in every row.
    ///
    /// # Errors
    /// [`ObservationsError::Column`], [`ObservationsError::Value`].
    pub fn required(&self, column: &str) -> Result<Vec<f64>, ObservationsError> {
        let values = self.column(column)?;
        let missing = |row: usize| ObservationsError::Value {
            path: self.path.clone(),
            column: column.to_owned(),
            row: row + 1,
        };
        values
            .iter()
            .enumerate()
            .map(|(row, value)| value.ok_or_else(|| missing(row)))
            .collect()
    }

    /// A column with a finite number in every row.
    ///
    /// # Errors
    /// [`ObservationsError::Column`], [`ObservationsError::Value`].
    pub fn finite(&self, column: &str) -> Result<Vec<f64>, ObservationsError> {
        let values = self.required(column)?;
        match values.iter().position(|value| !value.is_finite()) {
            None => Ok(values),
            Some(row) => Err(ObservationsError::Value {
                path: self.path.clone(),
                column: column.to_owned(),
                row: row + 1,
            }),
        }
    }

    /// A column that was read as ids.
    ///
    /// # Errors
    /// [`ObservationsError::Column`].
    pub fn ids(&self, column: &str) -> Result<&[String], ObservationsError> {
        let ids = self.ids.get(column);
        ids.map(Vec::as_slice).ok_or_else(|| self.lacks(column))
    }

    /// The first column, read as ids.
    ///
    /// # Errors
    /// [`ObservationsError::Column`].
    pub fn first_ids(&self) -> Result<&[String], ObservationsError> {
        self.ids(self.header.first().map_or("", String::as_str))
    }

    /// A column that the file must have and whose fields may be empty: then `instead`.
    ///
    /// # Errors
    /// [`ObservationsError::Column`].
    pub fn sparse(&self, column: &str, instead: f64) -> Result<Vec<f64>, ObservationsError> {
        let values = self.column(column)?.iter();
        Ok(values.map(|value| value.unwrap_or(instead)).collect())
    }

    /// A column that the file may lack, and whose fields may be empty: then `instead`.
    pub fn optional(&self, column: &str, instead: f64) -> Vec<f64> {
        match self.columns.get(column) {
            Some(values) => values.iter().map(|value| value.unwrap_or(instead)).collect(),
            None => vec![instead; self.rows],
        }
    }

    fn column(&self, column: &str) -> Result<&Vec<Option<f64>>, ObservationsError> {
        self.columns.get(column).ok_or_else(|| self.lacks(column))
    }

    fn lacks(&self, column: &str) -> ObservationsError {
        ObservationsError::Column {
            path: self.path.clone(),
            column: column.to_owned(),
            given: self.given(),
        }
    }

    /// Makes room for the columns wanted that the header has.
    fn expect(path: &Path, header: Vec<String>, ids: Ids, wanted: &[&str]) -> Result<Observations, ObservationsError> {
        let mut observations = Observations {
            path: path.to_path_buf(),
            ..Observations::default()
        };
        for (place, name) in header.iter().enumerate() {
            let again = header[..place].contains(name);
            let (is_id, is_number) = (ids.takes(place, name), wanted.contains(&name.as_str()));
            if again && (is_id || is_number) {
                return Err(ObservationsError::Ambiguous {
                    path: path.to_path_buf(),
                    column: name.clone(),
                });
            }
            if is_id {
                observations.ids.insert(name.clone(), Vec::new());
            }
            if is_number {
                observations.columns.insert(name.clone(), Vec::new());
            }
        }
        observations.header = header;
        Ok(observations)
    }

    /// Adds an id to a column of them.
    fn add_id(&mut self, column: &str, id: &str, row: usize) -> Result<(), ObservationsError> {
        if id.is_empty() {
            return Err(ObservationsError::Id {
                path: self.path.clone(),
                column: column.to_owned(),
                row,
            });
        }
        self.ids.entry(column.to_owned()).or_default().push(id.to_owned());
        Ok(())
    }

    fn given(&self) -> String {
        if self.header.is_empty() {
            "none".to_owned()
        } else {
            self.header.join(", ")
        }
    }
}

fn csv(path: &Path, file: File, ids: Ids, wanted: &[&str]) -> Result<Observations, ObservationsError> {
    let wrong = |error: ::csv::Error| ObservationsError::Form {
        path: path.to_path_buf(),
        form: "csv",
        line: error.position().map(::csv::Position::line),
        remedy: "columns parted by commas, semicolons or tabs, their names in the first line, the same number of fields in each",
        source: Some(Box::new(error)),
    };
    let mut file = BufReader::new(file);
    let first = file.fill_buf().map_err(|source| ObservationsError::File {
        path: path.to_path_buf(),
        source,
    })?;
    let delimiter = delimiter(first);
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(::csv::Trim::All)
        .from_reader(file);
    let header = reader.headers().map_err(wrong)?.iter();
    let header: Vec<String> = header
        .map(|name| name.trim_start_matches('\u{feff}').to_owned())
        .collect();
    let of_use = |(place, name): &(usize, &String)| ids.takes(*place, name) || wanted.contains(&name.as_str());
    let mut observations = Observations::expect(path, header.clone(), ids, wanted)?;
    let places: Vec<(usize, &String)> = header.iter().enumerate().filter(of_use).collect();
    let mut record = ::csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(wrong)? {
        observations.rows += 1;
        let row = observations.rows;
        for (place, name) in places.iter().copied() {
            let text = record.get(place).unwrap_or_default();
            if ids.takes(place, name) {
                observations.add_id(name, text, row)?;
            }
            let Some(column) = observations.columns.get_mut(name) else {
                continue;
            };
            column.push(match text {
                "" => None,
                text => Some(number(text, delimiter).ok_or_else(|| ObservationsError::Value {
                    path: path.to_path_buf(),
                    column: name.clone(),
                    row,
                })?),
            });
        }
    }
    Ok(observations)
}

/// What parts the columns, by the first line of a file.
fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let parts = |delimiter: &u8| !line.contains(&b',') && line.contains(delimiter);
    [b';', b'\t'].into_iter().find(parts).unwrap_or(b',')
}

fn number(text: &str, delimiter: u8) -> Option<f64> {
    let decimal_comma = delimiter != b',' && text.contains(',') && !text.contains('.');
    if decimal_comma {
        text.replacen(',', ".", 1).parse().ok()
    } else {
        text.parse().ok()
    }
}

fn parquet(path: &Path, file: File, ids: Ids, wanted: &[&str]) -> Result<Observations, ObservationsError> {
    let wrong = |source: Box<dyn std::error::Error + Send + Sync>| ObservationsError::Form {
        path: path.to_path_buf(),
        form: "Parquet",
        line: None,
        remedy: "it is damaged or cut short; write it again",
        source: Some(source),
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| wrong(Box::new(error)))?;
    let fields = builder.schema().fields().iter();
    let header: Vec<String> = fields.map(|field| field.name().clone()).collect();
    let reader = builder.build().map_err(|error| wrong(Box::new(error)))?;
    let mut observations = Observations::expect(path, header.clone(), ids, wanted)?;
    for batch in reader {
        let batch = batch.map_err(|error| wrong(Box::new(error)))?;
        for (place, name) in header
            .iter()
            .enumerate()
            .filter(|(place, name)| ids.takes(*place, name))
        {
            // What is no text becomes one; what cannot is no id.
            let texts = arrow::compute::cast(batch.column(place), &DataType::Utf8).ok();
            let texts = texts.as_ref().map(|texts| texts.as_string::<i32>());
            for row in 0..batch.num_rows() {
                let text = texts
                    .filter(|texts| texts.is_valid(row))
                    .map_or("", |texts| texts.value(row));
                observations.add_id(name, text.trim(), observations.rows + row + 1)?;
            }
        }
        for name in wanted {
            let Some(column) = batch.column_by_name(name) else {
                continue;
            };
            if !column.data_type().is_numeric() {
                return Err(ObservationsError::Value {
                    path: path.to_path_buf(),
                    column: (*name).to_owned(),
                    row: observations.rows + 1,
                });
            }
            let numbers = arrow::compute::cast(column, &DataType::Float64).map_err(|error| wrong(Box::new(error)))?;
            let values = numbers.as_primitive::<Float64Type>().iter();
            observations
                .columns
                .entry((*name).to_owned())
                .or_default()
                .extend(values);
        }
        observations.rows += batch.num_rows();
    }
    Ok(observations)
}

#[cfg(test)]
mod tests {
    use super::{delimiter, number};

    #[test]
    fn a_header_says_what_parts_the_columns() {
        assert_eq!(delimiter(b"id,area\n1;5,2\n"), b',');
        assert_eq!(delimiter(b"id;area\n1;5,2\n"), b';');
        assert_eq!(delimiter(b"id\tarea\r\n1\t5\n"), b'\t');
        assert_eq!(delimiter(b"id\n7;8\n"), b',');
        assert_eq!(delimiter(b""), b',');
    }

    #[test]
    fn a_decimal_comma_is_read_where_commas_part_no_columns() {
        assert_eq!(number("5,25", b';'), Some(5.25));
        assert_eq!(number("5.25", b';'), Some(5.25));
        assert_eq!(number("1,234.5", b';'), None);
        assert_eq!(number("1,2,3", b';'), None);
        assert_eq!(number("5,25", b','), None);
    }
}
