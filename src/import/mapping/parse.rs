//! From the text of a mapping to a [`Mapping`], with every fault of form.

use super::{
    ColumnKind, Dialect, Encoding, Format, From, Mapping, REPAIRS, Repair, Shape, SourceColumn, SourceFile, Step,
    Unique,
};
use crate::dates::DateFormat;
use chalandise_faults::{Document, Faults, Section, allowed, nearest};
use chalandise_lake::contract::{self, Table};
use chrono_tz::Tz;

const FORMATS: [(&str, Format); 4] = [
    ("csv", Format::Csv),
    ("whitespace", Format::Whitespace),
    ("fixed", Format::Fixed),
    ("parquet", Format::Parquet),
];
const ENCODINGS: [(&str, Encoding); 3] = [
    ("utf-8", Encoding::Utf8),
    ("windows-1252", Encoding::Windows1252),
    ("iso-8859-15", Encoding::Iso8859_15),
];
const KINDS: [(&str, ColumnKind); 8] = [
    ("text", ColumnKind::Text),
    ("integer", ColumnKind::Integer),
    ("money", ColumnKind::Money),
    ("decimal", ColumnKind::Decimal),
    ("number", ColumnKind::Number),
    ("date", ColumnKind::Date),
    ("timestamp", ColumnKind::Timestamp),
    ("boolean", ColumnKind::Boolean),
];
const DELIMITERS: [(&str, u8); 5] = [(",", b','), (";", b';'), ("tab", b'\t'), ("\t", b'\t'), ("|", b'|')];
const QUOTES: [(&str, Option<u8>); 3] = [("\"", Some(b'"')), ("'", Some(b'\'')), ("none", None)];
const DECIMAL_MARKS: [(&str, char); 2] = [(".", '.'), (",", ',')];

/// Reads the whole mapping, or gives all its faults.
pub fn mapping(text: &str, origin: &str) -> Result<Mapping, Faults> {
    let document = Document::new(origin, text);
    let root = document.root();
    let mapping = document.is_sound().then(|| {
        let top = Section::root(&document, &root, "the mapping");
        let mapping = Mapping {
            hash: blake3::hash(text.as_bytes()).to_hex().to_string(),
            ..read_top(&top, origin)
        };
        top.close();
        mapping
    });
    let faults = document.finish().sorted();
    match mapping {
        Some(mapping) if faults.is_empty() => Ok(mapping),
        _ => Err(faults),
    }
}

fn read_top(top: &Section<'_, '_>, origin: &str) -> Mapping {
    let currency = top.filled_text("currency", "\"EUR\"");
    if !currency.is_empty() && (currency.len() != 3 || !currency.bytes().all(|it| it.is_ascii_uppercase())) {
        top.fault(
            "currency",
            format!("`{currency}` is not a currency code"),
            "write the three capitals of ISO 4217, for example EUR",
        );
    }
    let source = top.filled_text("source", "\"erp\"");
    if source.contains(':') {
        top.fault(
            "source",
            "a source may not hold a colon",
            "ids are written source:number, so choose another name",
        );
    }
    let files: Vec<SourceFile> = top.sections("file").into_iter().map(read_file).collect();
    if files.is_empty() {
        top.fault("file", "no file is described", "add at least one [[file]]");
    }
    let steps: Vec<Step> = top.sections("step").into_iter().map(read_step).collect();
    let tables: Vec<Shape> = top
        .sections("table")
        .into_iter()
        .filter_map(|section| read_shape(section, &files))
        .collect();
    if !top.has("table") {
        top.fault("table", "no canonical table is made", "add at least one [[table]]");
    }
    check_names(top, &files, &steps);
    Mapping {
        name: top.filled_text("name", "\"sage100\""),
        doc: top.filled_text("doc", "\"Exports of the ERP\""),
        source,
        currency,
        time_zone: read_time_zone(top),
        files,
        steps,
        tables,
        origin: origin.to_owned(),
        hash: String::new(),
    }
}

fn check_names(top: &Section<'_, '_>, files: &[SourceFile], steps: &[Step]) {
    let mut seen: Vec<&str> = Vec::new();
    let ids = files.iter().map(|file| file.id.as_str());
    for name in ids.chain(steps.iter().map(|step| step.name.as_str())) {
        if !name.is_empty() && seen.contains(&name) {
            top.fault(
                "file",
                format!("the name `{name}` is used twice"),
                "give every [[file]] and [[step]] its own name",
            );
        }
        seen.push(name);
    }
}

fn read_time_zone(top: &Section<'_, '_>) -> Tz {
    let text = top.filled_text("time_zone", "\"Europe/Paris\"");
    if text.is_empty() {
        return Tz::UTC;
    }
    text.parse().unwrap_or_else(|_| {
        let names: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name()).collect();
        let near = nearest(&text, names).unwrap_or("Europe/Paris");
        top.fault(
            "time_zone",
            format!("`{text}` is not a time zone"),
            format!("write an IANA name; did you mean `{near}`?"),
        );
        Tz::UTC
    })
}

fn read_step(mut section: Section<'_, '_>) -> Step {
    let name = identifier(&section, "name");
    if !name.is_empty() {
        section.rename(format!("step `{name}`"));
    }
    let step = Step {
        name,
        sql: section.filled_text("sql", "\"select ...\""),
        line: section.line_of_text("sql"),
    };
    section.close();
    step
}

fn read_shape(mut section: Section<'_, '_>, files: &[SourceFile]) -> Option<Shape> {
    let into = section.filled_text("into", "\"orders\"");
    if !into.is_empty() {
        section.rename(format!("table into `{into}`"));
    }
    let table = contract::table(&into).filter(|table| !table.built);
    if table.is_none() && !into.is_empty() {
        let imported = contract::tables().iter().filter(|table| !table.built);
        let names: Vec<&str> = imported.map(|table| table.name).collect();
        section.fault(
            "into",
            format!("`{into}` is not a canonical table"),
            allowed(&into, &names),
        );
    }
    let primary = section.filled_text("primary", "\"ps_orders\"");
    let ids: Vec<&str> = files.iter().map(|file| file.id.as_str()).collect();
    if !primary.is_empty() && !ids.contains(&primary.as_str()) {
        section.fault(
            "primary",
            format!("`{primary}` is not the id of a [[file]]"),
            allowed(&primary, &ids),
        );
    }
    let grouped = section.flag("grouped").unwrap_or(false);
    let complete_by = read_complete_by(&section, table);
    let sql = section.filled_text("sql", "\"select ...\"");
    let line = section.line_of_text("sql");
    section.close();
    Some(Shape {
        into: table?,
        primary,
        grouped,
        complete_by,
        sql,
        line,
    })
}

fn read_complete_by(section: &Section<'_, '_>, table: Option<&Table>) -> Option<&'static str> {
    let name = section.text("complete_by")?;
    let table = table?;
    let part = table.part_of().map(|reference| reference.column);
    if part != Some(name.as_str()) {
        let remedy = match part {
            Some(column) => format!("write complete_by = \"{column}\""),
            None => "rows of this table are no part of another's: leave the key out".to_owned(),
        };
        section.fault(
            "complete_by",
            format!("`{name}` does not say what a row of {} is a part of", table.name),
            remedy,
        );
    }
    part
}

/// A name that SQL takes without quotes.
fn identifier(section: &Section<'_, '_>, key: &'static str) -> String {
    let name = section.filled_text(key, "\"ps_orders\"");
    if !name.is_empty() && !is_identifier(&name) {
        section.fault(
            key,
            format!("`{name}` is not a name for SQL"),
            "use small letters, digits and _, beginning with a letter",
        );
    }
    name
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
}

fn read_file(mut section: Section<'_, '_>) -> SourceFile {
    let id = identifier(&section, "id");
    if !id.is_empty() {
        section.rename(format!("file `{id}`"));
    }
    let dialect = read_dialect(&section);
    let shared = read_repairs(&section);
    let columns = read_columns(&section, &dialect, &shared);
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let file = SourceFile {
        id,
        doc: section.text("doc").unwrap_or_default(),
        patterns: read_patterns(&section),
        unique: read_unique(&section, &names),
        newest_by: known_column(&section, "newest_by", &names),
        money: known_column(&section, "money", &names),
        place: read_place(&section, &names),
        optional: section.flag("optional").unwrap_or(false),
        without: section.text("without"),
        line: section.line(),
        dialect,
        columns,
    };
    if let Some(column) = file.money.as_deref().and_then(|money| column_of(&file.columns, money))
        && !matches!(column.kind, ColumnKind::Money | ColumnKind::Decimal)
    {
        section.fault(
            "money",
            format!("column `{}` is {}", column.name, column.kind.name()),
            "name a column of type money or decimal",
        );
    }
    section.close();
    file
}

fn column_of<'c>(columns: &'c [SourceColumn], name: &str) -> Option<&'c SourceColumn> {
    columns.iter().find(|column| column.name == name)
}

fn read_patterns(section: &Section<'_, '_>) -> Vec<String> {
    let patterns = section.text_or_texts("match");
    if !section.has("match") {
        section.fault(
            "match",
            "match is missing",
            "add the patterns of its file names, for example [\"ps_orders*.csv*\"]",
        );
    }
    patterns.into_iter().map(|it| it.value.to_lowercase()).collect()
}

fn read_dialect(section: &Section<'_, '_>) -> Dialect {
    let format = section.required_choice("format", &FORMATS).unwrap_or(Format::Csv);
    let decimal_mark = section.choice("decimal_mark", &DECIMAL_MARKS).unwrap_or('.');
    let mut thousands: Vec<char> = Vec::new();
    for text in section.text_or_texts("thousands") {
        let mut chars = text.value.chars();
        match (chars.next(), chars.next()) {
            (Some(mark), None) if !mark.is_ascii_digit() && mark != decimal_mark => {
                thousands.push(mark);
            }
            _ => section.fault_at(
                text.at,
                format!("`{}` cannot part thousands", text.value),
                "write single characters that are neither digits nor the decimal mark",
            ),
        }
    }
    let nulls = section.text_or_texts("nulls").into_iter().map(|it| it.value);
    Dialect {
        format,
        encoding: section.choice("encoding", &ENCODINGS).unwrap_or(Encoding::Utf8),
        delimiter: section.choice("delimiter", &DELIMITERS).unwrap_or(b','),
        quote: section.choice("quote", &QUOTES).unwrap_or(Some(b'"')),
        header: section
            .flag("header")
            .unwrap_or(matches!(format, Format::Csv | Format::Parquet)),
        decimal_mark,
        thousands,
        dates: read_dates(section),
        names_dates: section.has("dates"),
        nulls: nulls.collect(),
    }
}

fn read_dates(section: &Section<'_, '_>) -> Vec<DateFormat> {
    let mut formats = Vec::new();
    for text in section.text_or_texts("dates") {
        match DateFormat::parse(&text.value) {
            Ok(format) => formats.push(format),
            Err(what) => section.fault_at(
                text.at,
                format!("`{}` is not a date format: {what}", text.value),
                "for example %d/%m/%Y or %Y-%m-%d %H:%M:%S",
            ),
        }
    }
    formats
}

fn read_repairs(section: &Section<'_, '_>) -> Vec<Repair> {
    section
        .text_or_texts("repairs")
        .into_iter()
        .filter_map(|text| section.one_of("repair", &text, &REPAIRS))
        .collect()
}

fn known_column(section: &Section<'_, '_>, key: &'static str, names: &[&str]) -> Option<String> {
    let name = section.text(key)?;
    if !names.contains(&name.as_str()) {
        section.fault(
            key,
            format!("`{name}` is not a column of this file"),
            allowed(&name, names),
        );
    }
    Some(name)
}

fn read_unique(section: &Section<'_, '_>, names: &[&str]) -> Option<Unique> {
    let texts = section.text_or_texts("unique");
    match texts.as_slice() {
        [] => None,
        [only] if only.value == "file and line" => Some(Unique::FileAndLine),
        columns => {
            for column in columns {
                if !names.contains(&column.value.as_str()) {
                    section.fault(
                        "unique",
                        format!("`{}` is not a column of this file", column.value),
                        format!("{}, or \"file and line\"", allowed(&column.value, names)),
                    );
                }
            }
            Some(Unique::Columns(
                columns.iter().map(|column| column.value.clone()).collect(),
            ))
        }
    }
}

fn read_place(section: &Section<'_, '_>, names: &[&str]) -> Option<(String, String)> {
    let place = section.section("place")?;
    let latitude = place.filled_text("latitude", "\"latitude\"");
    let longitude = place.filled_text("longitude", "\"longitude\"");
    known_column(&place, "latitude", names);
    known_column(&place, "longitude", names);
    place.close();
    Some((latitude, longitude))
}

fn read_columns(section: &Section<'_, '_>, dialect: &Dialect, shared: &[Repair]) -> Vec<SourceColumn> {
    let Some(columns) = section.section("columns") else {
        section.fault(
            "columns",
            "no column is described",
            "add [file.columns] with one line per column",
        );
        return Vec::new();
    };
    columns
        .free_tables()
        .into_iter()
        .map(|(name, mut column)| {
            column.rename(format!("{}, column `{name}`", section.name()));
            read_column(name, column, dialect, shared)
        })
        .collect()
}

fn read_column(name: String, section: Section<'_, '_>, dialect: &Dialect, shared: &[Repair]) -> SourceColumn {
    if !is_identifier(&name) {
        section.fault_at(
            section.at(),
            format!("`{name}` is not a name for SQL"),
            "use small letters, digits and _, and give the file's own name as from = \"...\"",
        );
    }
    let kind = section.required_choice("type", &KINDS).unwrap_or(ColumnKind::Text);
    let mut repairs = shared.to_vec();
    for repair in read_repairs(&section) {
        if !repairs.contains(&repair) {
            repairs.push(repair);
        }
    }
    let dates = read_dates(&section);
    let needs_dates = matches!(kind, ColumnKind::Date | ColumnKind::Timestamp) && dialect.format != Format::Parquet;
    // A format that is wrong has its own fault.
    if needs_dates && !section.has("dates") && !dialect.names_dates {
        section.fault(
            "dates",
            "a date needs a format",
            "add dates = [\"%d/%m/%Y\"] to the file or to the column",
        );
    }
    let values = section.section("values").map(|values| values.free_texts());
    let allowed_texts = section.text_or_texts("allowed").into_iter().map(|it| it.value);
    let column = SourceColumn {
        from: read_from(&section, &name, dialect),
        kind,
        required: section.flag("required").unwrap_or(false),
        optional: section.flag("optional").unwrap_or(false),
        repairs,
        values: values.into_iter().flatten().collect(),
        allowed: allowed_texts.collect(),
        min: section.number("min"),
        max: section.number("max"),
        may_be_future: section.flag("may_be_future").unwrap_or(false),
        dates,
        name,
    };
    section.close();
    column
}

/// A whole number from 1, if the key is there.
fn count(section: &Section<'_, '_>, key: &'static str) -> Option<usize> {
    usize::try_from(section.whole(key, 1..i64::MAX)?).ok()
}

fn read_from(section: &Section<'_, '_>, name: &str, dialect: &Dialect) -> From {
    let names = section.text_or_texts("from");
    let position = count(section, "position");
    let start = count(section, "start");
    let width = count(section, "width");
    let example = match dialect.format {
        Format::Fixed => "start = 1, width = 10",
        _ if dialect.header => "from = \"name in the header\"",
        _ => "position = 1",
    };
    let from = match (names.is_empty(), position, start, width) {
        (false, None, None, None) => From::Named(names.into_iter().map(|it| it.value).collect()),
        (true, Some(position), None, None) => From::Position(position),
        (true, None, Some(start), Some(width)) => From::Slice { start, width },
        (true, None, None, None) => From::Named(vec![name.to_owned()]),
        _ => {
            section.fault(
                "from",
                "the column's place is given in two ways or by halves",
                format!("write one of from, position, or start with width; here {example}"),
            );
            From::Named(vec![name.to_owned()])
        }
    };
    let fits = match (&from, dialect.format) {
        (From::Slice { .. }, Format::Fixed) | (From::Position(_), Format::Csv) => true,
        (From::Position(_), Format::Whitespace) => true,
        (From::Named(_), Format::Csv | Format::Whitespace | Format::Parquet) => dialect.header,
        _ => false,
    };
    if !fits {
        section.fault(
            "from",
            "the column's place does not fit the file's format",
            format!("write {example}"),
        );
    }
    from
}
