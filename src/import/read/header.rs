//! From the names of a header to the places of the mapping's columns.

use std::path::Path;

use crate::mapping::{Format, From, SourceColumn, SourceFile};
use chalandise_faults::{Fault, nearest};

/// Where each column of the mapping stands in a file.
#[derive(Clone, Debug)]
pub struct Header {
    /// Place among the fields, from 0, of each column of the mapping; none when the file lacks an optional one.
    pub places: Vec<Option<usize>>,
    /// Number of fields that a row must have, where that is known.
    pub fields: Option<usize>,
    /// Columns of the file that the mapping does not read.
    pub unread: Vec<String>,
    names: Vec<String>,
}

impl Header {
    /// The places of a file without header line: as the mapping says.
    pub fn without_names(file: &SourceFile) -> Header {
        let places: Vec<Option<usize>> = file
            .columns
            .iter()
            .map(|column| match column.from {
                From::Position(position) => Some(position - 1),
                From::Named(_) | From::Slice { .. } => Some(0),
            })
            .collect();
        let last = places.iter().flatten().max().map(|place| place + 1);
        Header {
            fields: last.filter(|_| file.dialect.format != Format::Fixed),
            places,
            unread: Vec::new(),
            names: Vec::new(),
        }
    }

    /// The name by which the file's owner knows a column.
    pub fn name_of(&self, column: &SourceColumn) -> String {
        match &column.from {
            From::Named(names) => names
                .iter()
                .find(|name| position(&self.names, name).is_some())
                .or(names.first())
                .unwrap_or(&column.name)
                .clone(),
            From::Position(position) => format!("{} (column {position})", column.name),
            From::Slice { start, .. } => format!("{} (from character {start})", column.name),
        }
    }
}

/// Finds the mapping's columns in a header.
///
/// # Errors
/// A fault that names duplicate headers, or every missing column with the nearest name present.
pub fn resolve(path: &Path, file: &SourceFile, names: &[String]) -> Result<Header, Fault> {
    if let Some(name) = first_duplicate(names) {
        return Err(Fault::of_file(
            path,
            format!("the header names the column `{name}` twice"),
            "Rename or remove one of the two columns in the export",
        )
        .at_line(1));
    }
    let mut places = Vec::with_capacity(file.columns.len());
    let mut missing = Vec::new();
    for column in &file.columns {
        let place = match &column.from {
            From::Named(wanted) => wanted.iter().find_map(|name| position(names, name)),
            From::Position(place) => (*place <= names.len()).then(|| place - 1),
            From::Slice { .. } => None,
        };
        if place.is_none() && !column.optional {
            missing.push(column);
        }
        places.push(place);
    }
    if !missing.is_empty() {
        return Err(missing_columns(path, names, &missing));
    }
    let unread = names
        .iter()
        .enumerate()
        .filter(|(index, _)| !places.contains(&Some(*index)))
        .map(|(_, name)| name.clone())
        .collect();
    Ok(Header {
        places,
        fields: Some(names.len()),
        unread,
        names: names.to_vec(),
    })
}

/// The place of a name: as written, else whatever the case.
fn position(names: &[String], wanted: &str) -> Option<usize> {
    names
        .iter()
        .position(|name| name == wanted)
        .or_else(|| names.iter().position(|name| name.eq_ignore_ascii_case(wanted)))
}

fn first_duplicate(names: &[String]) -> Option<&String> {
    names.iter().enumerate().find_map(|(index, name)| {
        let again = names[..index].iter().any(|it| it.eq_ignore_ascii_case(name));
        (again && !name.is_empty()).then_some(name)
    })
}

fn missing_columns(path: &Path, names: &[String], missing: &[&SourceColumn]) -> Fault {
    let present: Vec<&str> = names.iter().map(String::as_str).collect();
    if let ([only], Some(_)) = (present.as_slice(), missing.get(1)) {
        let what = "the header has one column where the mapping expects several";
        let guess = [(';', ";"), (',', ","), ('\t', "tab"), ('|', "|")]
            .into_iter()
            .find(|(mark, _)| only.contains(*mark));
        let remedy = match guess {
            Some((_, name)) => format!("The delimiter seems to be {name}: name it in the mapping"),
            None => "Check that this is the right file and name its delimiter in the mapping".to_owned(),
        };
        return Fault::of_file(path, what, remedy).at_line(1);
    }
    let list: Vec<String> = missing
        .iter()
        .map(|column| {
            let wanted = match &column.from {
                From::Named(names) => names.first().unwrap_or(&column.name),
                _ => &column.name,
            };
            match nearest(wanted, present.iter().copied()) {
                Some(near) => format!("`{wanted}` (is `{near}` meant?)"),
                None => format!("`{wanted}`"),
            }
        })
        .collect();
    let noun = if list.len() == 1 { "column is" } else { "columns are" };
    Fault::of_file(
        path,
        format!("the {noun} missing: {}", list.join(", ")),
        "Export the missing columns, or name the file's own headers as `from` in the mapping",
    )
    .at_line(1)
}
