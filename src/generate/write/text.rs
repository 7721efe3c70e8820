//! Writing numbers, dates and text fast, and the files they go to.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use chrono::{Datelike, NaiveDate};

use crate::error::GenerateError;

/// Bytes gathered before they are encoded and written.
const CHUNK: usize = 1 << 18;

/// How a file's bytes are made from its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// Windows-1252; what it lacks becomes `?`.
    Windows1252,
}

/// A text file under construction: a buffer to push to, written out in chunks.
pub struct TextFile {
    path: PathBuf,
    sink: Box<dyn Write + Send>,
    encoding: Encoding,
    /// Text not yet written.
    pub text: String,
    /// Rows so far, without the header.
    pub rows: u64,
}

impl TextFile {
    /// Creates a file, with its header line (end of line included).
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create(path: PathBuf, encoding: Encoding, header: &str) -> Result<Self, GenerateError> {
        let file = create(&path)?;
        Ok(Self::start(path, Box::new(BufWriter::new(file)), encoding, header))
    }

    /// Creates a gzipped file. The gzip header carries no name and no time, so equal text is equal bytes.
    ///
    /// # Errors
    /// When the file cannot be created.
    pub fn create_gz(path: PathBuf, encoding: Encoding, header: &str) -> Result<Self, GenerateError> {
        let file = create(&path)?;
        let gzip = Gzip {
            encoder: Some(flate2::write::GzEncoder::new(
                BufWriter::new(file),
                flate2::Compression::fast(),
            )),
        };
        Ok(Self::start(path, Box::new(gzip), encoding, header))
    }

    fn start(path: PathBuf, sink: Box<dyn Write + Send>, encoding: Encoding, header: &str) -> Self {
        let mut text = String::with_capacity(CHUNK + 4_096);
        text.push_str(header);
        Self {
            path,
            sink,
            encoding,
            text,
            rows: 0,
        }
    }

    /// Marks the end of a row.
    ///
    /// # Errors
    /// When the disk refuses the bytes.
    pub fn end_row(&mut self) -> Result<(), GenerateError> {
        self.rows += 1;
        if self.text.len() >= CHUNK {
            self.drain()?;
        }
        Ok(())
    }

    fn drain(&mut self) -> Result<(), GenerateError> {
        let bytes = match self.encoding {
            Encoding::Utf8 => self.text.as_bytes().into(),
            Encoding::Windows1252 => encoding_rs::WINDOWS_1252.encode(&self.text).0,
        };
        let written = self.sink.write_all(&bytes);
        written.map_err(|source| GenerateError::Write {
            path: self.path.clone(),
            source,
        })?;
        self.text.clear();
        Ok(())
    }

    /// Writes what is left and closes the file; gives its number of rows.
    ///
    /// # Errors
    /// When the disk refuses the bytes.
    pub fn finish(mut self) -> Result<u64, GenerateError> {
        self.drain()?;
        self.sink.flush().map_err(|source| GenerateError::Write {
            path: self.path.clone(),
            source,
        })?;
        Ok(self.rows)
    }
}

/// A gzip stream whose `flush` ends it: the last call before the file is closed.
struct Gzip {
    encoder: Option<flate2::write::GzEncoder<BufWriter<File>>>,
}

impl Write for Gzip {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.encoder {
            Some(encoder) => encoder.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.encoder.take() {
            Some(encoder) => encoder.finish()?.flush(),
            None => Ok(()),
        }
    }
}

fn create(path: &Path) -> Result<File, GenerateError> {
    let fault = |source| GenerateError::Write {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    File::create(path).map_err(fault)
}

/// Pushes a whole number.
pub fn push_int(text: &mut String, mut value: u64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    text.extend(digits[at..].iter().map(|digit| char::from(*digit)));
}

/// Pushes a whole number with leading zeros.
pub fn push_padded(text: &mut String, value: u64, width: u32) {
    let mut unit = 10_u64.pow(width.saturating_sub(1));
    while unit > value && unit > 1 {
        text.push('0');
        unit /= 10;
    }
    push_int(text, value);
}

/// Pushes cents as an amount with a decimal mark, and `zeros` zeros after the cents.
pub fn push_money(text: &mut String, cents: i64, mark: char, zeros: &str) {
    if cents < 0 {
        text.push('-');
    }
    let cents = cents.unsigned_abs();
    push_int(text, cents / 100);
    text.push(mark);
    push_padded(text, cents % 100, 2);
    text.push_str(zeros);
}

/// Cents as an amount with a point.
pub fn money(cents: i64) -> String {
    let mut text = String::new();
    push_money(&mut text, cents, '.', "");
    text
}

/// Pushes a number from 0 on with so many decimals (at most 9), rounded.
pub fn push_fixed(text: &mut String, value: f64, decimals: u32) {
    let unit = 10_u64.pow(decimals.min(9));
    let scaled = (value * unit as f64).round() as u64;
    push_int(text, scaled / unit);
    text.push('.');
    push_padded(text, scaled % unit, decimals.min(9));
}

/// Pushes degrees with 5 decimals.
pub fn push_degrees(text: &mut String, degrees: f64, mark: char) {
    let scaled = (degrees * 1e5).round() as i64;
    if scaled < 0 {
        text.push('-');
    }
    let scaled = scaled.unsigned_abs();
    push_int(text, scaled / 100_000);
    text.push(mark);
    push_padded(text, scaled % 100_000, 5);
}

/// Pushes dd/mm/yyyy.
pub fn push_french_date(text: &mut String, day: NaiveDate) {
    push_padded(text, u64::from(day.day()), 2);
    text.push('/');
    push_padded(text, u64::from(day.month()), 2);
    text.push('/');
    push_padded(text, u64::from(day.year().unsigned_abs()), 4);
}

/// Pushes yyyy-mm-dd.
pub fn push_iso_date(text: &mut String, day: NaiveDate) {
    push_padded(text, u64::from(day.year().unsigned_abs()), 4);
    text.push('-');
    push_padded(text, u64::from(day.month()), 2);
    text.push('-');
    push_padded(text, u64::from(day.day()), 2);
}

/// Pushes hh:mm:ss of a minute of the day and a second.
pub fn push_time(text: &mut String, minute: u32, second: u32) {
    push_padded(text, u64::from(minute / 60), 2);
    text.push(':');
    push_padded(text, u64::from(minute % 60), 2);
    text.push(':');
    push_padded(text, u64::from(second), 2);
}

/// Pushes a quoted cell, quotes doubled.
pub fn push_quoted(text: &mut String, cell: &str) {
    text.push('"');
    for character in cell.chars() {
        if character == '"' {
            text.push('"');
        }
        text.push(character);
    }
    text.push('"');
}

/// The letter without its accent; ligatures become two letters.
fn plain(character: char) -> &'static str {
    match character {
        'à' | 'â' | 'ä' | 'ã' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'î' | 'ï' => "i",
        'ô' | 'ö' => "o",
        'ù' | 'û' | 'ü' => "u",
        'ÿ' => "y",
        'Ÿ' => "Y",
        'œ' => "oe",
        'À' | 'Â' => "A",
        'Ç' => "C",
        'È' | 'É' | 'Ê' | 'Ë' => "E",
        'Î' | 'Ï' => "I",
        'Ô' => "O",
        'Œ' => "OE",
        '’' | '\u{a0}' => " ",
        _ => "",
    }
}

/// Pushes text in capitals without accents, apostrophes and hyphens as spaces: what an ERP and the postal norm write.
pub fn push_capitals(text: &mut String, source: &str) {
    for character in source.chars() {
        match character {
            'a'..='z' => text.push(character.to_ascii_uppercase()),
            '-' | '\'' => text.push(' '),
            _ if character.is_ascii() => text.push(character),
            _ => plain(character)
                .chars()
                .for_each(|letter| text.push(letter.to_ascii_uppercase())),
        }
    }
}

/// Pushes text in lower case, ASCII letters and digits only, for e-mail names.
pub fn push_ascii_lower(text: &mut String, source: &str) {
    for character in source.chars() {
        match character {
            '-' => text.push('-'),
            _ if character.is_ascii_alphanumeric() => text.push(character.to_ascii_lowercase()),
            _ => plain(character)
                .chars()
                .filter(char::is_ascii_alphabetic)
                .for_each(|letter| text.push(letter.to_ascii_lowercase())),
        }
    }
}

/// Cuts a line that starts at `from` down to `most` characters, back to the last space when there is one.
pub fn cut_line(text: &mut String, from: usize, most: usize) {
    let Some((end, _)) = text[from..].char_indices().nth(most) else {
        return;
    };
    let kept = &text[from..from + end];
    let end = kept.rfind(' ').filter(|at| *at > most / 2).unwrap_or(end);
    text.truncate(from + end);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(build: impl Fn(&mut String)) -> String {
        let mut text = String::new();
        build(&mut text);
        text
    }

    #[test]
    fn numbers_and_dates_read_as_their_dialects() {
        assert_eq!(money(-123_405), "-1234.05");
        assert_eq!(made(|t| push_fixed(t, 0.044_469_624, 6)), "0.044470");
        assert_eq!(made(|t| push_money(t, 7, ',', "")), "0,07");
        assert_eq!(made(|t| push_money(t, 1990, '.', "0000")), "19.900000");
        assert_eq!(made(|t| push_padded(t, 0, 7)), "0000000");
        assert_eq!(made(|t| push_padded(t, 12_345_678, 7)), "12345678");
        assert_eq!(made(|t| push_degrees(t, -1.5, '.')), "-1.50000");
        assert_eq!(made(|t| push_degrees(t, 48.853_41, ',')), "48,85341");
        let day = NaiveDate::from_ymd_opt(2024, 3, 9).expect("a date");
        assert_eq!(made(|t| push_french_date(t, day)), "09/03/2024");
        assert_eq!(made(|t| push_iso_date(t, day)), "2024-03-09");
        assert_eq!(made(|t| push_time(t, 605, 7)), "10:05:07");
    }

    #[test]
    fn text_is_plain_where_systems_want_it_plain() {
        assert_eq!(made(|t| push_capitals(t, "12 rue de l’Église")), "12 RUE DE L EGLISE");
        assert_eq!(made(|t| push_capitals(t, "Œuf-sur-Ÿ")), "OEUF SUR Y");
        assert_eq!(made(|t| push_ascii_lower(t, "D’Almeida Gaëlle")), "dalmeidagaelle");
        assert_eq!(made(|t| push_quoted(t, "a \"b\"\nc")), "\"a \"\"b\"\"\nc\"");
        let mut line = "12 AVENUE DU MARECHAL LECLERC DE HAUTECLOCQUE".to_owned();
        cut_line(&mut line, 0, 35);
        assert_eq!(line, "12 AVENUE DU MARECHAL LECLERC DE");
    }
}
