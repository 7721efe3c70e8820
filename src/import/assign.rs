//! Which file of the mapping is this? By its name, else by its header.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::error::ImportError;
use super::input::{self, Content, Input};
use super::mapping::{Format, From, Mapping, SourceFile};
use super::read::records::{Record, Records};

/// For each input, the place of its [[file]] among the mapping's files.
///
/// # Errors
/// [`ImportError::Files`] listing every file that is not recognised, or every needed one that is absent.
pub fn assign(mapping: &Mapping, inputs: &[Input]) -> Result<Vec<usize>, ImportError> {
    let mut places = Vec::with_capacity(inputs.len());
    let mut unknown = Vec::new();
    for input in inputs {
        match recognise(mapping, input) {
            Some(place) => places.push(place),
            None => unknown.push(input.path.display().to_string()),
        }
    }
    if !unknown.is_empty() {
        return Err(ImportError::Files {
            what: format!(
                "mapping {} does not know what these are: {}",
                mapping.name,
                unknown.join(", ")
            ),
            remedy: format!("It reads {}", expected(mapping)),
        });
    }
    missing(mapping, &places)?;
    Ok(places)
}

fn expected(mapping: &Mapping) -> String {
    let files: Vec<String> = mapping
        .files
        .iter()
        .map(|file| format!("{} ({})", file.id, file.patterns.join(" or ")))
        .collect();
    files.join(", ")
}

fn missing(mapping: &Mapping, places: &[usize]) -> Result<(), ImportError> {
    let given: BTreeSet<usize> = places.iter().copied().collect();
    let missing: Vec<String> = mapping
        .files
        .iter()
        .enumerate()
        .filter(|(place, file)| !file.optional && !given.contains(place))
        .map(|(_, file)| format!("{} ({})", file.id, file.patterns.join(" or ")))
        .collect();
    if missing.is_empty() && !given.is_empty() {
        return Ok(());
    }
    let what = if given.is_empty() && missing.is_empty() {
        "no file is given".to_owned()
    } else {
        format!(
            "mapping {} needs files that are not given: {}",
            mapping.name,
            missing.join(", ")
        )
    };
    Err(ImportError::Files {
        what,
        remedy: "Name them on the command line too; shell patterns such as folder/*.csv work".to_owned(),
    })
}

fn recognise(mapping: &Mapping, input: &Input) -> Option<usize> {
    let name = input.name.to_lowercase();
    let by_name = mapping
        .files
        .iter()
        .position(|file| file.patterns.iter().any(|pattern| fits(pattern, &name)));
    if by_name.is_some() {
        return by_name;
    }
    if mapping.files.len() == 1 {
        // There is only one thing it can be; if it is not, its header or its rows will say so.
        return Some(0);
    }
    let mut by_header = (0..mapping.files.len()).filter(|&place| header_fits(&mapping.files[place], &input.path));
    let only = by_header.next()?;
    by_header.next().is_none().then_some(only)
}

/// Whether the first line of a text file names every column that the mapping needs.
fn header_fits(file: &SourceFile, path: &Path) -> bool {
    if file.dialect.format != Format::Csv || !file.dialect.header {
        return false;
    }
    let Ok(names) = header_names(file, path) else {
        return false;
    };
    let has = |name: &String| names.iter().any(|it| it.eq_ignore_ascii_case(name));
    file.columns.iter().all(|column| match &column.from {
        From::Named(wanted) => column.optional || wanted.iter().any(has),
        From::Position(_) | From::Slice { .. } => true,
    })
}

fn header_names(file: &SourceFile, path: &Path) -> Result<Vec<String>, ()> {
    if input::content(path).map_err(|_| ())? == Content::Parquet {
        return Err(());
    }
    let source = input::open_text(path, Arc::new(())).map_err(|_| ())?;
    let mut records = Records::new(source, &file.dialect).map_err(|_| ())?;
    let mut record = Record::default();
    if !records.next(&mut record).map_err(|_| ())? {
        return Err(());
    }
    let names = record
        .fields()
        .map(|field| String::from_utf8_lossy(field).trim().to_owned());
    Ok(names.collect())
}

/// Whether a name has the form of a pattern with `*` (any characters) and `?` (one character).
pub fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while read < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&mark) if mark == '?' || mark == name[read] => {
                at += 1;
                read += 1;
            }
            _ => match star {
                // The last star takes one character more, and the rest is tried again.
                Some((star_at, taken)) => {
                    star = Some((star_at, taken + 1));
                    at = star_at + 1;
                    read = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&mark| mark == '*')
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_fit_names() {
        for (pattern, name, expected) in [
            ("ps_orders*.csv*", "ps_orders.csv", true),
            ("ps_orders*.csv*", "ps_orders_2024.csv.gz", true),
            ("ps_orders*.csv*", "ps_order_slip.csv", false),
            ("ps_orders.csv", "ps_orders.csv.bak", false),
            ("f_docentete_????.csv", "f_docentete_2024.csv", true),
            ("*a*b", "xxaxxb", true),
            ("*a*b", "xxaxxc", false),
            ("", "", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
