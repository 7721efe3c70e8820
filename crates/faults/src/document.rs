//! A TOML file being read, and its faults so far.

use std::cell::RefCell;

use toml::Spanned;
use toml::de::DeTable;

use crate::{Fault, Faults};

/// One file being read, and its faults so far.
#[derive(Debug)]
pub struct Document<'t> {
    file: String,
    text: &'t str,
    faults: RefCell<Vec<Fault>>,
}

impl<'t> Document<'t> {
    /// A file by the name that messages give it, and its text. No fault is known yet.
    pub fn new(file: impl Into<String>, text: &'t str) -> Document<'t> {
        Document {
            file: file.into(),
            text,
            faults: RefCell::default(),
        }
    }

    /// The file's root table; whatever could be read of a file that is no TOML at all, which is noted.
    pub fn root(&self) -> Spanned<DeTable<'t>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            self.fault(
                error.span().map_or(0, |span| span.start),
                format!("this is not TOML: {}", error.message()),
                "correct the line; see toml.io for the notation",
            );
        }
        root
    }

    /// Whether no fault has been noted yet.
    pub fn is_sound(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    /// Notes a fault at a byte of the file.
    pub fn fault(&self, at: usize, what: impl Into<String>, remedy: impl Into<String>) {
        let fault = Fault::new(self.file.clone(), self.line(at), what, remedy);
        self.faults.borrow_mut().push(fault);
    }

    /// The line of a byte of the file, from 1.
    pub fn line(&self, at: usize) -> usize {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// The text from a byte on.
    pub(crate) fn text_from(&self, at: usize) -> &'t str {
        self.text.get(at..).unwrap_or_default()
    }

    /// All faults found, in the order of their lines.
    pub fn finish(self) -> Faults {
        let mut found = self.faults.into_inner();
        found.sort_by_key(|fault| fault.line);
        found.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_toml_is_noted_with_its_line_and_what_stands_before_is_read() {
        let document = Document::new("a.toml", "lake = \"a\"\nlimit 1\n");
        let root = document.root();
        assert!(!document.is_sound());
        let keys: Vec<&str> = root.get_ref().keys().map(|key| key.get_ref().as_ref()).collect();
        assert!(keys.contains(&"lake"), "{keys:?}");
        let faults = document.finish().to_string();
        assert!(faults.contains("a.toml, line 2: this is not TOML: "), "{faults}");
    }

    #[test]
    fn a_key_that_stands_twice_is_a_fault() {
        let document = Document::new("a.toml", "lake = \"a\"\nlake = \"b\"\n");
        document.root();
        let faults = document.finish().to_string();
        assert!(
            faults.contains("a.toml, line 2: this is not TOML: duplicate key"),
            "{faults}"
        );
    }

    #[test]
    fn lines_are_counted_from_one_and_faults_stand_in_their_order() {
        let document = Document::new("a.toml", "one\ntwo\r\nthree");
        assert_eq!([0, 3, 4, 9, 1_000].map(|at| document.line(at)), [1, 1, 2, 3, 3]);
        assert!(document.is_sound());
        for (at, what) in [(9, "late"), (0, "first"), (1, "second")] {
            document.fault(at, what, "right it");
        }
        let found: Vec<(Option<usize>, String)> = document
            .finish()
            .into_iter()
            .map(|fault| (fault.line, fault.what))
            .collect();
        let expected = [(1, "first"), (1, "second"), (3, "late")];
        assert_eq!(found, expected.map(|(line, what)| (Some(line), what.to_owned())));
    }
}
