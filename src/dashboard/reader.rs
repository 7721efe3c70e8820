//! Reading a page file by hand, so that one pass finds all its faults, each with its line and a remedy.
//!
//! A derived reader stops at the first fault; whoever edits a page file wants the whole list.

use chalandise_query::{Fault, Faults};
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One file being read, and its faults so far.
pub(super) struct Reader<'t> {
    file: String,
    text: &'t str,
    faults: RefCell<Vec<Fault>>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(file: &str, text: &'t str) -> Reader<'t> {
        Reader {
            file: file.to_owned(),
            text,
            faults: RefCell::new(Vec::new()),
        }
    }

    /// The file's root table; whatever could be read of a file that is no TOML at all.
    pub(super) fn root(&self) -> Spanned<DeTable<'t>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let at = error.span().map_or(0, |span| span.start);
            self.fault(
                at,
                format!("this is not TOML: {}", error.message()),
                "correct the line; see toml.io for the notation",
            );
        }
        root
    }

    /// Notes a fault at a byte of the file.
    pub(super) fn fault(&self, at: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults
            .borrow_mut()
            .push(Fault::new(self.file.clone(), self.line(at), what, remedy));
    }

    fn line(&self, at: usize) -> usize {
        let before = &self.text.as_bytes()[..at.min(self.text.len())];
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// All faults found, in the file's order.
    pub(super) fn finish(self) -> Faults {
        let mut found = self.faults.into_inner();
        found.sort_by_key(|fault| fault.line);
        let mut faults = Faults::new();
        faults.extend(found);
        faults
    }
}

/// One table of the file. Each key is asked for once; what nobody asked for is a fault.
pub(super) struct Section<'r, 't> {
    reader: &'r Reader<'t>,
    /// Where the table stands, as a person says it: `figure "trend"`.
    name: String,
    table: &'r DeTable<'t>,
    at: usize,
    asked: RefCell<Vec<&'static str>>,
}

impl<'r, 't> Section<'r, 't> {
    pub(super) fn root(reader: &'r Reader<'t>, root: &'r Spanned<DeTable<'t>>) -> Section<'r, 't> {
        Section {
            reader,
            name: "the page".into(),
            table: root.get_ref(),
            at: root.span().start,
            asked: RefCell::default(),
        }
    }

    /// Names the section after its `id`, so that messages tell twenty figures apart.
    pub(super) fn rename(&mut self, name: String) {
        self.name = name;
    }

    fn get(&self, key: &'static str) -> Option<&'r Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().push(key);
        self.table
            .iter()
            .find(|(name, _)| name.get_ref().as_ref() == key)
            .map(|(_, value)| value)
    }

    /// Where a key's value stands; the table itself when the key is absent.
    pub(super) fn place(&self, key: &str) -> usize {
        self.table
            .iter()
            .find(|(name, _)| name.get_ref().as_ref() == key)
            .map_or(self.at, |(_, value)| value.span().start)
    }

    pub(super) fn fault(&self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.reader
            .fault(self.place(key), format!("{}: {}", self.name, what.into()), remedy);
    }

    fn wrong_kind(&self, at: usize, key: &str, wanted: &str, found: &DeValue<'_>) {
        let what = format!("{}: {key} must be {wanted}, not {}", self.name, kind_name(found));
        self.reader.fault(at, what, format!("write {key} as {wanted}"));
    }

    fn missing(&self, key: &str, wanted: &str) {
        self.reader.fault(
            self.at,
            format!("{}: {key} is missing", self.name),
            format!("add {key}, {wanted}"),
        );
    }

    pub(super) fn text(&self, key: &'static str) -> Option<String> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => {
                self.wrong_kind(value.span().start, key, "a text in quotes", other);
                None
            }
        }
    }

    pub(super) fn required_text(&self, key: &'static str) -> Option<String> {
        if !self.has(key) {
            self.get(key);
            self.missing(key, "a text in quotes");
            return None;
        }
        self.text(key)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.iter().any(|(name, _)| name.get_ref().as_ref() == key)
    }

    pub(super) fn flag(&self, key: &'static str) -> bool {
        let Some(value) = self.get(key) else { return false };
        match value.get_ref() {
            DeValue::Boolean(flag) => *flag,
            other => {
                self.wrong_kind(value.span().start, key, "true or false", other);
                false
            }
        }
    }

    pub(super) fn whole(&self, key: &'static str, allowed: Range<i64>) -> Option<i64> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none_or(|number| !allowed.contains(&number)) {
            let wanted = format!("a whole number from {} to {}", allowed.start, allowed.end - 1);
            self.wrong_kind(value.span().start, key, &wanted, value.get_ref());
            return None;
        }
        number
    }

    pub(super) fn texts(&self, key: &'static str) -> Vec<String> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_kind(value.span().start, key, "a list of texts", value.get_ref());
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::String(text) => texts.push(text.to_string()),
                other => self.wrong_kind(item.span().start, key, "a list of texts", other),
            }
        }
        texts
    }

    /// A table inside this one.
    pub(super) fn section(&self, key: &'static str) -> Option<Section<'r, 't>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(self.inner(format!("{}, {key}", self.name), table, value.span().start)),
            other => {
                self.wrong_kind(value.span().start, key, "a table", other);
                None
            }
        }
    }

    /// The tables of a list `[[key]]`.
    pub(super) fn sections(&self, key: &'static str) -> Vec<Section<'r, 't>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_kind(
                value.span().start,
                key,
                &format!("a list of tables, [[{key}]]"),
                value.get_ref(),
            );
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.get_ref() {
                DeValue::Table(table) => {
                    let name = format!("{}, {key} {}", self.name, index + 1);
                    sections.push(self.inner(name, table, item.span().start));
                }
                other => self.wrong_kind(item.span().start, key, &format!("a list of tables, [[{key}]]"), other),
            }
        }
        sections
    }

    fn inner(&self, name: String, table: &'r DeTable<'t>, at: usize) -> Section<'r, 't> {
        Section {
            reader: self.reader,
            name,
            table,
            at,
            asked: RefCell::default(),
        }
    }

    /// Every key of this table with its value, for tables whose keys are free: word lists, named data.
    pub(super) fn free_tables(&self) -> Vec<(String, Section<'r, 't>)> {
        let mut all = Vec::new();
        for (name, value) in self.table.iter() {
            match value.get_ref() {
                DeValue::Table(table) => {
                    let inner = self.inner(format!("{}, {}", self.name, name.get_ref()), table, value.span().start);
                    all.push((name.get_ref().to_string(), inner));
                }
                other => self.wrong_kind(value.span().start, name.get_ref(), "a table", other),
            }
        }
        all
    }

    /// Every key of this table with its text, for tables whose keys are free.
    pub(super) fn free_texts(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for (name, value) in self.table.iter() {
            match value.get_ref() {
                DeValue::String(text) => all.push((name.get_ref().to_string(), text.to_string())),
                other => self.wrong_kind(value.span().start, name.get_ref(), "a text in quotes", other),
            }
        }
        all
    }

    /// A value that derives its own reader (the chart package's specification).
    pub(super) fn value<T: DeserializeOwned>(&self, key: &'static str) -> Option<T> {
        let value = self.get(key)?;
        let reader = toml::de::ValueDeserializer::from(value.clone());
        match T::deserialize(reader) {
            Ok(read) => Some(read),
            Err(error) => {
                let at = error.span().map_or(value.span().start, |span| span.start);
                let what = format!("{}, {key}: {}", self.name, error.message());
                self.reader
                    .fault(at, what, "correct the key; the message lists what is allowed");
                None
            }
        }
    }

    /// Ends the reading of a table: what nobody asked for does not exist.
    pub(super) fn close(self) {
        let known = self.asked.into_inner();
        for (name, _) in self.table.iter() {
            let key: &str = name.get_ref();
            if known.contains(&key) {
                continue;
            }
            let what = format!("{}: there is no key {key:?}", self.name);
            self.reader.fault(name.span().start, what, remedy_for(key, &known));
        }
    }
}

/// The nearest known word, when one is near enough to be meant.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

fn remedy_for(key: &str, known: &[&'static str]) -> String {
    match nearest(key, known.iter().copied()) {
        Some(meant) => format!("did you mean {meant:?}?"),
        None => format!("remove it; known keys: {}", known.join(", ")),
    }
}

fn kind_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "this whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
