//! Reading a text file: header, rows, repairs, rejects.

use super::ReadTask;
use super::cell::{Bad, Cell, ColumnReader, RepairSet};
use super::encoding::{Decoder, NotInEncoding};
use super::fault::ReadFault;
use super::header::{self, Header};
use super::place;
use super::records::{Record, Records};
use super::sink::{Sink, StagedFile};
use crate::error::ImportError;
use crate::input;
use crate::mapping::{Encoding, Format, From, SourceFile};
use chalandise_faults::Fault;

/// Reads a text file into the sink.
pub fn read(task: &ReadTask<'_>) -> Result<StagedFile, ImportError> {
    let path = &task.input.path;
    let file = task.file;
    let source = input::open_text(path, task.progress.clone())?;
    let stream_fault = |fault: ReadFault| ImportError::File(fault.of_file(path));
    let mut records = Records::new(source, &file.dialect).map_err(stream_fault)?;
    if records.has_bom() && file.dialect.encoding != Encoding::Utf8 {
        return Err(wrong_encoding(task, 1).into());
    }
    let mut record = Record::default();
    let mut rows = RowReader::new(task)?;
    if file.dialect.header {
        if !records.next(&mut record).map_err(stream_fault)? {
            return Err(no_header(task).into());
        }
        rows.header(&record)?;
    }
    let mut sink = task.sink();
    sink.unread_columns(rows.header.unread.clone());
    while records.next(&mut record).map_err(stream_fault)? {
        rows.row(&record, &mut sink)?;
    }
    if let Some(line) = rows.decoder.is_really_utf8() {
        return Err(wrong_encoding(task, line).into());
    }
    sink.finish()
}

fn no_header(task: &ReadTask<'_>) -> Fault {
    Fault::of_file(
        &task.input.path,
        "the file holds blank lines only",
        "Export it again: even an export without rows has a header line",
    )
}

fn wrong_encoding(task: &ReadTask<'_>, line: u64) -> Fault {
    Fault::of_file(
        &task.input.path,
        format!(
            "the text is UTF-8, and the mapping says {}",
            task.file.dialect.encoding.name()
        ),
        "Write encoding = \"utf-8\" for this file in the mapping, or export it as the mapping says",
    )
    .at_line(line)
}

/// Turns records into rows of the sink.
struct RowReader<'a> {
    task: &'a ReadTask<'a>,
    columns: Vec<ColumnReader<'a>>,
    header: Header,
    decoder: Decoder,
    place: Option<(usize, usize)>,
    money: Option<usize>,
    text: String,
    cells: Vec<Cell>,
}

impl<'a> RowReader<'a> {
    fn new(task: &'a ReadTask<'a>) -> Result<RowReader<'a>, ImportError> {
        let file = task.file;
        let columns = file
            .columns
            .iter()
            .map(|column| ColumnReader::new(column, &file.dialect, task.not_after))
            .collect();
        Ok(RowReader {
            task,
            columns,
            header: Header::without_names(file),
            decoder: Decoder::new(file.dialect.encoding),
            place: place_columns(file),
            money: file.money.as_deref().and_then(|name| column_index(file, name)),
            text: String::new(),
            cells: Vec::with_capacity(file.columns.len()),
        })
    }

    fn header(&mut self, record: &Record) -> Result<(), ImportError> {
        let mut names = Vec::with_capacity(record.count());
        for field in record.fields() {
            let mut name = String::new();
            self.decoder
                .append(field, record.line, &mut name)
                .map_err(|NotInEncoding| self.not_in_encoding(record.line, "header"))?;
            names.push(name.trim().to_owned());
        }
        self.header = header::resolve(&self.task.input.path, self.task.file, &names)?;
        Ok(())
    }

    fn not_in_encoding(&self, line: u64, column: &str) -> Fault {
        let (named, other) = match self.task.file.dialect.encoding {
            Encoding::Utf8 => ("utf-8", "windows-1252"),
            Encoding::Windows1252 => ("windows-1252", "utf-8 or iso-8859-15"),
            Encoding::Iso8859_15 => ("iso-8859-15", "windows-1252"),
        };
        Fault::of_file(
            &self.task.input.path,
            format!("the text is not {named}"),
            format!("Write the file's real encoding in the mapping (perhaps {other}), or export it again"),
        )
        .at_line(line)
        .in_column(column)
    }

    /// Reads one row; a bad one goes to the rejects.
    fn row(&mut self, record: &Record, sink: &mut Sink<'_>) -> Result<(), ImportError> {
        if let Some(bad) = self.ragged(record) {
            return sink.reject(record.line, "", bad, None, self.row_text(record));
        }
        let mut used = RepairSet::default();
        self.cells.clear();
        for index in 0..self.columns.len() {
            self.fetch(record, index)?;
            match self.columns[index].read(&self.text, &mut used) {
                Ok(cell) => self.cells.push(cell),
                Err(bad) => {
                    let column = self.header.name_of(&self.task.file.columns[index]);
                    let money = self.money_cell(record)?;
                    return sink.reject(record.line, &column, bad, money, self.row_text(record));
                }
            }
        }
        let place_repair = self.inspect_place();
        sink.accept(&self.cells, record.line, used, place_repair)
    }

    /// Decodes the field of a column into `self.text`; empty when the file lacks an optional column.
    fn fetch(&mut self, record: &Record, index: usize) -> Result<(), ImportError> {
        self.text.clear();
        let column = self.columns[index].column();
        let Some(place) = self.header.places[index] else {
            return Ok(());
        };
        let bytes = record.field(place).unwrap_or_default();
        if self.decoder.append(bytes, record.line, &mut self.text).is_err() {
            let name = self.header.name_of(column);
            return Err(self.not_in_encoding(record.line, &name).into());
        }
        if let From::Slice { start, width } = column.from {
            let slice: String = self.text.chars().skip(start - 1).take(width).collect();
            // Padding is how a fixed-width file is written, not a fault of the value.
            self.text.clear();
            self.text.push_str(slice.trim());
        }
        Ok(())
    }

    fn ragged(&self, record: &Record) -> Option<Bad> {
        let expected = self.header.fields?;
        let found = record.count();
        let fits = match self.task.file.dialect.format {
            Format::Csv if self.task.file.dialect.header => found == expected,
            Format::Csv | Format::Whitespace => found >= expected,
            Format::Fixed | Format::Parquet => true,
        };
        (!fits).then(|| Bad {
            class: format!("{found} fields where {expected} are expected"),
            reason: "the row is ragged: a separator in a text without quotes, a line cut in two, or an open quote"
                .to_owned(),
        })
    }

    fn money_cell(&mut self, record: &Record) -> Result<Option<Cell>, ImportError> {
        let Some(index) = self.money else {
            return Ok(None);
        };
        self.fetch(record, index)?;
        let mut unused = RepairSet::default();
        let cell = self.columns[index].read(&self.text, &mut unused);
        Ok(cell.ok())
    }

    fn inspect_place(&mut self) -> Option<&'static str> {
        inspect_place(&mut self.cells, self.place)
    }

    /// The row as it came, for the rejects file.
    fn row_text(&self, record: &Record) -> String {
        let mark = match self.task.file.dialect.format {
            Format::Csv => char::from(self.task.file.dialect.delimiter),
            _ => ' ',
        };
        let mut row = String::new();
        for (index, field) in record.fields().enumerate() {
            if index > 0 {
                row.push(mark);
            }
            let mut decoder = Decoder::new(self.task.file.dialect.encoding);
            if decoder.append(field, record.line, &mut row).is_err() {
                row.push_str(&String::from_utf8_lossy(field));
            }
        }
        row
    }
}

/// Puts the pair of coordinates right, and names the repair.
pub fn inspect_place(cells: &mut [Cell], place: Option<(usize, usize)>) -> Option<&'static str> {
    let (latitude, longitude) = place?;
    let value = |cell: &Cell| match cell {
        Cell::Number(number) => Some(*number),
        _ => None,
    };
    let inspected = place::inspect(value(cells.get(latitude)?), value(cells.get(longitude)?));
    if inspected.repair.is_some() {
        let point = inspected.point;
        cells[latitude] = point.map_or(Cell::Null, |(latitude, _)| Cell::Number(latitude));
        cells[longitude] = point.map_or(Cell::Null, |(_, longitude)| Cell::Number(longitude));
    }
    inspected.repair
}

/// Where the coordinates stand among the columns.
pub fn place_columns(file: &SourceFile) -> Option<(usize, usize)> {
    let (latitude, longitude) = file.place.as_ref()?;
    Some((column_index(file, latitude)?, column_index(file, longitude)?))
}

/// Where a column stands among the mapping's columns.
pub fn column_index(file: &SourceFile, name: &str) -> Option<usize> {
    file.columns.iter().position(|column| column.name == name)
}
