//! One thing wrong with a file, and all that a check found: one message, each fault with its place and remedy.

use std::error::Error;
use std::fmt;
use std::path::Path;

/// One thing wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file, as the reader would look for it (relative to its folder); for a setting that stands in no file, its variable or flag.
    pub file: String,
    /// The line, from 1; none when the file as a whole is meant.
    pub line: Option<usize>,
    /// The column of a table of data, by its name, where one is to blame.
    pub column: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Fault {
    /// A fault in a file, at a line or about the whole.
    pub fn new(
        file: impl Into<String>,
        line: impl Into<Option<usize>>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Fault {
        Fault {
            file: file.into(),
            line: line.into(),
            column: None,
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// A fault of a file as a whole.
    pub fn of_file(path: &Path, what: impl Into<String>, remedy: impl Into<String>) -> Fault {
        Fault::new(path.display().to_string(), None, what, remedy)
    }

    /// The same fault, at a line.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Fault {
        self.line = usize::try_from(line).ok();
        self
    }

    /// The same fault, in a column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Fault {
        self.column = Some(column.into());
        self
    }

    /// The fault on one line, for where no list of faults is shown: place, what is wrong, remedy.
    pub fn on_one_line(&self) -> String {
        format!("{}: {}. {}", self.place(), self.what, self.remedy)
    }

    fn place(&self) -> String {
        let mut place = self.file.clone();
        if let Some(line) = self.line {
            place.push_str(&format!(", line {line}"));
        }
        if let Some(column) = &self.column {
            place.push_str(&format!(", column `{column}`"));
        }
        place
    }
}

/// Place and what is wrong, and the remedy below.
impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}\n    {}", self.place(), self.what, self.remedy)
    }
}

/// All faults that a check found; empty when all is well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    faults: Vec<Fault>,
}

impl Faults {
    /// No faults yet.
    pub fn new() -> Faults {
        Faults::default()
    }

    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Adds all faults of another check.
    pub fn extend(&mut self, others: impl IntoIterator<Item = Fault>) {
        self.faults.extend(others);
    }

    /// Whether all is well.
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// The number of faults.
    pub fn len(&self) -> usize {
        self.faults.len()
    }

    /// The faults, in the order in which they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.faults.iter()
    }

    /// The faults sorted by file and line, each once.
    pub fn sorted(mut self) -> Faults {
        self.faults.sort();
        self.faults.dedup();
        self
    }

    /// `Ok` when there is no fault, else the faults as an error.
    ///
    /// # Errors
    /// The faults themselves, when there are any.
    pub fn into_result(self) -> Result<(), Faults> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Faults {
        Faults { faults: vec![fault] }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Faults {
        Faults {
            faults: faults.into_iter().collect(),
        }
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.faults.into_iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.faults.len() {
            0 => return write!(out, "no faults"),
            1 => write!(out, "1 fault:")?,
            count => write!(out, "{count} faults:")?,
        }
        for fault in &self.faults {
            write!(out, "\n  {fault}")?;
        }
        Ok(())
    }
}

impl Error for Faults {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_place_and_its_remedy() {
        let fault = Fault::new("orders.csv", None, "the day cannot be read", "write it as 2026-01-31");
        assert_eq!(
            fault.to_string(),
            "orders.csv: the day cannot be read\n    write it as 2026-01-31"
        );
        let fault = fault.at_line(12).in_column("day");
        assert_eq!(
            fault.to_string(),
            "orders.csv, line 12, column `day`: the day cannot be read\n    write it as 2026-01-31"
        );
        assert_eq!(
            fault.on_one_line(),
            "orders.csv, line 12, column `day`: the day cannot be read. write it as 2026-01-31"
        );
    }

    #[test]
    fn faults_are_counted_in_one_message() {
        let mut faults = Faults::new();
        assert_eq!(faults.to_string(), "no faults");
        assert_eq!(faults.clone().into_result(), Ok(()));
        faults.push(Fault::new("b.toml", 2, "wrong", "right it"));
        assert_eq!(faults.to_string(), "1 fault:\n  b.toml, line 2: wrong\n    right it");
        faults.extend(Faults::from(Fault::new("a.toml", None, "wrong", "right it")));
        assert!(faults.to_string().starts_with("2 faults:\n  b.toml"));
        assert_eq!(faults.clone().into_result(), Err(faults));
    }

    #[test]
    fn sorted_faults_stand_in_the_order_of_files_and_lines_each_once() {
        let places = [
            ("b", Some(1)),
            ("a", Some(10)),
            ("a", Some(2)),
            ("a", None),
            ("b", Some(1)),
        ];
        let faults: Faults = places
            .into_iter()
            .map(|(file, line)| Fault::new(file, line, "wrong", "right it"))
            .collect();
        let sorted: Vec<(String, Option<usize>)> = faults
            .sorted()
            .into_iter()
            .map(|fault| (fault.file, fault.line))
            .collect();
        let expected = [("a", None), ("a", Some(2)), ("a", Some(10)), ("b", Some(1))];
        assert_eq!(sorted, expected.map(|(file, line)| (file.to_owned(), line)));
    }
}
