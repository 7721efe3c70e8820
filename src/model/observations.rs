//! Customers from a file of the user's own: named columns of numbers, as csv with a header line or as Parquet.

use std::collections::HashMap;
use std::fs::File;
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
}

/// Columns of numbers, all of one length.
#[derive(Debug, Default)]
pub struct Observations {
    path: PathBuf,
    /// Names of all its columns, wanted or not.
    header: Vec<String>,
    columns: HashMap<String, Vec<Option<f64>>>,
    rows: usize,
}

impl Observations {
    /// Reads the columns wanted that the file has.
    ///
    /// # Errors
    /// [`ObservationsError`] with file, row and column.
    pub fn read(path: &Path, wanted: &[&str]) -> Result<Observations, ObservationsError> {
        let file = File::open(path).map_err(|source| ObservationsError::File {
            path: path.to_path_buf(),
            source,
        })?;
        let is_parquet = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("parquet"));
        if is_parquet {
            parquet(path, file, wanted)
        } else {
            csv(path, file, wanted)
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
        self.columns.get(column).ok_or_else(|| ObservationsError::Column {
            path: self.path.clone(),
            column: column.to_owned(),
            given: self.given(),
        })
    }

    fn given(&self) -> String {
        if self.header.is_empty() {
            "none".to_owned()
        } else {
            self.header.join(", ")
        }
    }
}

fn csv(path: &Path, file: File, wanted: &[&str]) -> Result<Observations, ObservationsError> {
    let wrong = |error: ::csv::Error| ObservationsError::Form {
        path: path.to_path_buf(),
        form: "csv",
        line: error.position().map(::csv::Position::line),
        remedy: "columns parted by commas, their names in the first line, the same number of fields in each",
        source: Some(Box::new(error)),
    };
    let mut reader = ::csv::ReaderBuilder::new().trim(::csv::Trim::All).from_reader(file);
    let header = reader.headers().map_err(wrong)?.clone();
    let mut places = Vec::new();
    for (place, name) in header.iter().enumerate() {
        let name = name.trim_start_matches('\u{feff}');
        if wanted.contains(&name) {
            places.push((place, name.to_owned()));
        }
    }
    let mut observations = Observations {
        path: path.to_path_buf(),
        header: header.iter().map(str::to_owned).collect(),
        columns: places.iter().map(|(_, name)| (name.clone(), Vec::new())).collect(),
        rows: 0,
    };
    let mut record = ::csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(wrong)? {
        observations.rows += 1;
        for (place, name) in &places {
            let text = record.get(*place).unwrap_or_default();
            let value = match text {
                "" => None,
                text => Some(text.parse::<f64>().map_err(|_| ObservationsError::Value {
                    path: path.to_path_buf(),
                    column: name.clone(),
                    row: observations.rows,
                })?),
            };
            observations.columns.entry(name.clone()).or_default().push(value);
        }
    }
    Ok(observations)
}

fn parquet(path: &Path, file: File, wanted: &[&str]) -> Result<Observations, ObservationsError> {
    let wrong = |source: Box<dyn std::error::Error + Send + Sync>| ObservationsError::Form {
        path: path.to_path_buf(),
        form: "Parquet",
        line: None,
        remedy: "it is damaged or cut short; write it again",
        source: Some(source),
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| wrong(Box::new(error)))?;
    let header = builder
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let reader = builder.build().map_err(|error| wrong(Box::new(error)))?;
    let mut observations = Observations {
        path: path.to_path_buf(),
        header,
        ..Observations::default()
    };
    for batch in reader {
        let batch = batch.map_err(|error| wrong(Box::new(error)))?;
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
