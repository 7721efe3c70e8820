//! From bytes to records of fields, in bounded memory.
//!
//! The splitter works on bytes: every encoding that a mapping may name keeps ASCII where ASCII is, so separators and line ends
//! can be found before any text is decoded, and fields that nobody asked for are never decoded at all.

use std::io::Read;

use super::fault::ReadFault;
use crate::mapping::{Dialect, Format};

/// The longest record taken; a longer one is an unclosed quote or not a text file.
pub const MAX_RECORD_BYTES: usize = 1024 * 1024;
/// The most fields taken in one record.
pub const MAX_FIELDS: usize = 4096;

const BUFFER_BYTES: usize = 256 * 1024;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// One record: its fields and the physical line on which it begins.
#[derive(Debug)]
pub struct Record {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
    /// Physical line of the decompressed file, from 1.
    pub line: u64,
}

impl Default for Record {
    fn default() -> Record {
        Record {
            bytes: vec![0; MAX_RECORD_BYTES],
            ends: vec![0; MAX_FIELDS],
            fields: 0,
            line: 0,
        }
    }
}

impl Record {
    /// Number of fields.
    pub fn count(&self) -> usize {
        self.fields
    }

    /// A field's bytes, from 0.
    pub fn field(&self, index: usize) -> Option<&[u8]> {
        if index >= self.fields {
            return None;
        }
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        self.bytes.get(start..self.ends[index])
    }

    /// All fields.
    pub fn fields(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.fields).filter_map(|index| self.field(index))
    }

    fn is_blank(&self) -> bool {
        self.fields <= 1
            && self
                .field(0)
                .is_none_or(|field| field.iter().all(u8::is_ascii_whitespace))
    }
}

/// Reads records from a stream of bytes.
pub struct Records<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    line: u64,
    splitter: Splitter,
    has_bom: bool,
}

enum Splitter {
    Csv(Box<csv_core::Reader>),
    Blanks,
    WholeLine,
}

impl<R: Read> Records<R> {
    /// Records of a stream in a mapping's dialect.
    ///
    /// # Errors
    /// [`ReadFault`] when the first bytes cannot be read.
    pub fn new(source: R, dialect: &Dialect) -> Result<Records<R>, ReadFault> {
        let splitter = match dialect.format {
            Format::Csv => {
                let mut builder = csv_core::ReaderBuilder::new();
                builder.delimiter(dialect.delimiter);
                match dialect.quote {
                    Some(quote) => builder.quote(quote),
                    None => builder.quoting(false),
                };
                Splitter::Csv(Box::new(builder.build()))
            }
            Format::Whitespace => Splitter::Blanks,
            Format::Fixed | Format::Parquet => Splitter::WholeLine,
        };
        let mut records = Records {
            source,
            buffer: vec![0; BUFFER_BYTES],
            start: 0,
            end: 0,
            line: 1,
            splitter,
            has_bom: false,
        };
        records.skip_bom()?;
        Ok(records)
    }

    /// Whether the file began with the byte order mark of UTF-8.
    pub fn has_bom(&self) -> bool {
        self.has_bom
    }

    fn skip_bom(&mut self) -> Result<(), ReadFault> {
        // A pipe or a decompressor may give the first bytes one by one.
        while self.end < BOM.len() && self.fill_more()? > 0 {}
        if self.buffer[..self.end].starts_with(BOM) {
            self.start = BOM.len();
            self.has_bom = true;
        }
        Ok(())
    }

    /// Reads behind what is in the buffer; 0 at the end of the stream.
    fn fill_more(&mut self) -> Result<usize, ReadFault> {
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(count) => {
                    let fresh = &self.buffer[self.end..self.end + count];
                    // `contains` searches bytes many at a time; where the NUL stands is asked only when there is one.
                    if fresh.contains(&0) {
                        let at = fresh.iter().position(|&byte| byte == 0).unwrap_or(0);
                        let before = &self.buffer[self.start..self.end + at];
                        return Err(ReadFault::Nul {
                            line: self.line + newlines(before),
                        });
                    }
                    self.end += count;
                    return Ok(count);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(ReadFault::Io { line: self.line, error });
                }
            }
        }
    }

    /// Makes sure that an unread byte is in the buffer; false at the end of the stream.
    fn have_input(&mut self) -> Result<bool, ReadFault> {
        if self.start < self.end {
            return Ok(true);
        }
        self.start = 0;
        self.end = 0;
        Ok(self.fill_more()? > 0)
    }

    /// Reads the next record that is not a blank line; false at the end.
    ///
    /// # Errors
    /// [`ReadFault`] when the stream fails, a record is too long or a NUL byte stands in it.
    pub fn next(&mut self, record: &mut Record) -> Result<bool, ReadFault> {
        loop {
            self.skip_line_ends()?;
            record.line = self.line;
            record.fields = 0;
            let more = match &self.splitter {
                Splitter::Csv(_) => self.next_csv(record)?,
                Splitter::Blanks | Splitter::WholeLine => self.next_line(record)?,
            };
            if !more {
                return Ok(false);
            }
            if !record.is_blank() {
                return Ok(true);
            }
        }
    }

    fn skip_line_ends(&mut self) -> Result<(), ReadFault> {
        while self.have_input()? {
            match self.buffer[self.start] {
                b'\n' => self.line += 1,
                b'\r' => {}
                _ => return Ok(()),
            }
            self.start += 1;
        }
        Ok(())
    }

    fn next_csv(&mut self, record: &mut Record) -> Result<bool, ReadFault> {
        use csv_core::ReadRecordResult as Step;
        let (mut filled, mut ended) = (0, 0);
        loop {
            self.have_input()?;
            let Splitter::Csv(core) = &mut self.splitter else {
                return Ok(false);
            };
            let before = core.line();
            let (step, taken, written, ends) = core.read_record(
                &self.buffer[self.start..self.end],
                &mut record.bytes[filled..],
                &mut record.ends[ended..],
            );
            self.line += core.line() - before;
            self.start += taken;
            filled += written;
            ended += ends;
            match step {
                Step::InputEmpty => {}
                Step::OutputFull => return Err(ReadFault::TooLong { line: record.line }),
                Step::OutputEndsFull => return Err(ReadFault::TooManyFields { line: record.line }),
                Step::Record => {
                    record.fields = ended;
                    return Ok(true);
                }
                Step::End => return Ok(false),
            }
        }
    }

    fn next_line(&mut self, record: &mut Record) -> Result<bool, ReadFault> {
        let mut length = 0;
        let mut any = false;
        while self.have_input()? {
            any = true;
            let unread = &self.buffer[self.start..self.end];
            let (taken, ended) = match unread.iter().position(|&byte| byte == b'\n') {
                Some(at) => (at, true),
                None => (unread.len(), false),
            };
            if length + taken > MAX_RECORD_BYTES {
                return Err(ReadFault::TooLong { line: record.line });
            }
            record.bytes[length..length + taken].copy_from_slice(&unread[..taken]);
            length += taken;
            self.start += taken;
            if ended {
                break;
            }
        }
        while length > 0 && record.bytes[length - 1] == b'\r' {
            length -= 1;
        }
        match self.splitter {
            Splitter::Blanks => split_blanks(record, length)?,
            _ => {
                record.ends[0] = length;
                record.fields = 1;
            }
        }
        Ok(any)
    }
}

/// Moves the words of a line together and notes where each ends.
fn split_blanks(record: &mut Record, length: usize) -> Result<(), ReadFault> {
    let (mut write, mut in_word) = (0, false);
    for read in 0..length {
        let byte = record.bytes[read];
        if byte == b' ' || byte == b'\t' {
            if in_word {
                end_field(record, write)?;
            }
            in_word = false;
        } else {
            record.bytes[write] = byte;
            write += 1;
            in_word = true;
        }
    }
    if in_word {
        end_field(record, write)?;
    }
    Ok(())
}

fn end_field(record: &mut Record, end: usize) -> Result<(), ReadFault> {
    if record.fields >= MAX_FIELDS {
        return Err(ReadFault::TooManyFields { line: record.line });
    }
    record.ends[record.fields] = end;
    record.fields += 1;
    Ok(())
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Encoding;

    fn dialect(format: Format) -> Dialect {
        Dialect {
            format,
            encoding: Encoding::Utf8,
            delimiter: b';',
            quote: Some(b'"'),
            header: false,
            decimal_mark: '.',
            thousands: Vec::new(),
            dates: Vec::new(),
            names_dates: false,
            nulls: Vec::new(),
        }
    }

    /// Gives one byte at a time, as a slow pipe does.
    struct Slow<'a>(&'a [u8]);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            match self.0.split_first() {
                Some((first, rest)) => {
                    buffer[0] = *first;
                    self.0 = rest;
                    Ok(1)
                }
                None => Ok(0),
            }
        }
    }

    fn all(bytes: &[u8], format: Format) -> Vec<(u64, Vec<String>)> {
        let mut results = Vec::new();
        for slow in [false, true] {
            let source: Box<dyn Read> = if slow { Box::new(Slow(bytes)) } else { Box::new(bytes) };
            let mut records = Records::new(source, &dialect(format)).expect("readable");
            let mut record = Record::default();
            let mut found = Vec::new();
            while records.next(&mut record).expect("readable") {
                let fields = record
                    .fields()
                    .map(|field| String::from_utf8_lossy(field).into_owned())
                    .collect();
                found.push((record.line, fields));
            }
            results.push(found);
        }
        assert_eq!(results[0], results[1], "how bytes arrive must not matter");
        results.remove(0)
    }

    fn row(line: u64, fields: &[&str]) -> (u64, Vec<String>) {
        (line, fields.iter().map(|&field| field.to_owned()).collect())
    }

    #[test]
    fn lines_are_physical_lines() {
        let text = b"\xef\xbb\xbfa;b\r\n\r\n1;\"x\r\ny\"\r\n2;\"say \"\"hi\"\"\"\n3;last";
        assert_eq!(
            all(text, Format::Csv),
            vec![
                row(1, &["a", "b"]),
                row(3, &["1", "x\r\ny"]),
                row(5, &["2", "say \"hi\""]),
                row(6, &["3", "last"]),
            ]
        );
    }

    #[test]
    fn blanks_part_columns_and_whole_lines_stay_whole() {
        let text = b" 00004 0001 19970101  2   29.33\r\n\r\n 5\t6\n";
        assert_eq!(
            all(text, Format::Whitespace),
            vec![
                row(1, &["00004", "0001", "19970101", "2", "29.33"]),
                row(3, &["5", "6"])
            ]
        );
        assert_eq!(
            all(b"ab  c\n\nd", Format::Fixed),
            vec![row(1, &["ab  c"]), row(3, &["d"])]
        );
    }

    #[test]
    fn an_endless_line_and_a_nul_are_faults() {
        let endless = vec![b'x'; MAX_RECORD_BYTES + 10];
        for format in [Format::Csv, Format::Whitespace, Format::Fixed] {
            let mut records = Records::new(endless.as_slice(), &dialect(format)).expect("readable");
            let fault = records.next(&mut Record::default()).expect_err("too long");
            assert!(matches!(fault, ReadFault::TooLong { line: 1 }));
        }
        let mut records = Records::new(Slow(b"a;b\n1;\0\n"), &dialect(Format::Csv)).expect("readable");
        let mut record = Record::default();
        assert!(records.next(&mut record).expect("the first line is whole"));
        let fault = records.next(&mut record).expect_err("a NUL byte");
        assert!(matches!(fault, ReadFault::Nul { line: 2 }));
    }
}
