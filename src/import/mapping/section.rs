//! Reading a TOML table key by key while collecting every fault, with the line it stands on.
//!
//! `serde` stops at the first fault; somebody who writes a mapping wants all of them at once.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::MappingFault;

/// The text of a mapping file and the faults found in it so far.
#[derive(Debug)]
pub struct Document<'a> {
    text: &'a str,
    faults: RefCell<Vec<MappingFault>>,
}

impl<'a> Document<'a> {
    /// A document without faults yet.
    pub fn new(text: &'a str) -> Document<'a> {
        Document {
            text,
            faults: RefCell::default(),
        }
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: usize) -> usize {
        let before = self.text.as_bytes().iter().take(offset);
        before.filter(|&&byte| byte == b'\n').count() + 1
    }

    /// Notes a fault.
    pub fn fault(&self, offset: usize, place: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.faults.borrow_mut().push(MappingFault {
            line: self.line(offset),
            place: place.to_owned(),
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    /// All faults in the order of their lines.
    pub fn into_faults(self) -> Vec<MappingFault> {
        let mut faults = self.faults.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }
}

/// A value and where it stands in the file.
#[derive(Clone, Debug, Default)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Byte offset in the file.
    pub offset: usize,
}

/// One TOML table being read.
#[derive(Debug)]
pub struct Section<'d, 'a> {
    document: &'d Document<'a>,
    table: &'d DeTable<'a>,
    /// Dotted name of the table, for messages.
    pub place: String,
    /// Byte offset of the table.
    pub offset: usize,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'d, 'a> Section<'d, 'a> {
    /// A section over a table.
    pub fn new(
        document: &'d Document<'a>,
        table: &'d DeTable<'a>,
        place: impl Into<String>,
        span: Range<usize>,
    ) -> Section<'d, 'a> {
        Section {
            document,
            table,
            place: place.into(),
            offset: span.start,
            asked: RefCell::default(),
        }
    }

    fn place_of(&self, key: &str) -> String {
        if self.place.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.place)
        }
    }

    fn get(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().insert(key);
        self.table
            .iter()
            .find(|(name, _)| name.get_ref().as_ref() == key)
            .map(|(_, value)| value)
    }

    /// The line on which the table begins.
    pub fn line(&self) -> usize {
        self.document.line(self.offset)
    }

    /// The line on which a multi-line text begins: below its three quotes when those stand alone.
    pub fn line_of_text(&self, key: &'static str) -> usize {
        let offset = self.offset_of(key);
        let rest = self.document.text.get(offset..).unwrap_or_default();
        let below = ["\"\"\"\n", "\"\"\"\r\n", "'''\n"]
            .iter()
            .any(|opening| rest.starts_with(opening));
        self.document.line(offset) + usize::from(below)
    }

    /// Where a key's value stands, or the section when the key is absent.
    pub fn offset_of(&self, key: &'static str) -> usize {
        self.get(key).map_or(self.offset, |value| value.span().start)
    }

    /// Notes a fault of a key of this section.
    pub fn fault(&self, key: &'static str, what: impl Into<String>, remedy: impl Into<String>) {
        let offset = self.offset_of(key);
        self.document.fault(offset, &self.place_of(key), what, remedy);
    }

    /// Whether the key stands in the file.
    pub fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// A text, if the key is there.
    pub fn text(&self, key: &'static str) -> Option<String> {
        match self.get(key)?.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            other => {
                self.wrong_kind(key, other, "text in quotes");
                None
            }
        }
    }

    /// A text that must be there and not be empty; empty after noting the fault.
    pub fn need_text(&self, key: &'static str, example: &str) -> String {
        if !self.has(key) {
            self.fault(key, "the key is missing", format!("add {key}, for example {example}"));
            return String::new();
        }
        let text = self.text(key).unwrap_or_default();
        if text.trim().is_empty() {
            self.fault(key, "the text is empty", format!("for example {example}"));
        }
        text
    }

    /// True or false, if the key is there.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        match self.get(key)?.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            other => {
                self.wrong_kind(key, other, "true or false");
                None
            }
        }
    }

    /// A number, if the key is there.
    pub fn number(&self, key: &'static str) -> Option<f64> {
        let value = self.get(key)?.get_ref();
        let parsed = match value {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        if parsed.is_none() {
            self.wrong_kind(key, value, "a number");
        }
        parsed
    }

    /// A whole number from 1, if the key is there.
    pub fn count(&self, key: &'static str) -> Option<usize> {
        let value = self.get(key)?.get_ref();
        let parsed = match value {
            DeValue::Integer(number) => number.as_str().parse().ok().filter(|&it| it >= 1),
            _ => None,
        };
        if parsed.is_none() {
            self.wrong_kind(key, value, "a whole number from 1");
        }
        parsed
    }

    /// A list of texts; one text stands for a list of one. Empty when the key is absent.
    pub fn texts(&self, key: &'static str) -> Vec<Placed<String>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let one = |item: &Spanned<DeValue<'a>>| match item.get_ref() {
            DeValue::String(text) => Some(Placed {
                value: text.to_string(),
                offset: item.span().start,
            }),
            other => {
                self.wrong_kind(key, other, "text in quotes, or a list of texts");
                None
            }
        };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(one).collect(),
            _ => one(value).into_iter().collect(),
        }
    }

    /// One of a fixed set of words.
    pub fn choice<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let offset = self.offset_of(key);
        self.one_of(key, &text, offset, words)
    }

    /// The meaning of a word of a fixed set, or a fault that lists them.
    pub fn one_of<T: Copy>(&self, key: &'static str, word: &str, offset: usize, words: &[(&str, T)]) -> Option<T> {
        if let Some((_, meaning)) = words.iter().find(|(name, _)| *name == word) {
            return Some(*meaning);
        }
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        self.document.fault(
            offset,
            &self.place_of(key),
            format!("`{word}` is not allowed"),
            allowed(word, &names),
        );
        None
    }

    /// A table inside this one.
    pub fn section(&self, key: &'static str) -> Option<Section<'d, 'a>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Section::new(self.document, table, self.place_of(key), value.span())),
            other => {
                self.wrong_kind(key, other, "a table");
                None
            }
        }
    }

    /// The tables of an array of tables, such as every `[[file]]`.
    pub fn sections(&self, key: &'static str) -> Vec<Section<'d, 'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_kind(key, value.get_ref(), &format!("tables written [[{key}]]"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.get_ref() {
                DeValue::Table(table) => sections.push(Section::new(
                    self.document,
                    table,
                    format!("{}[{}]", self.place_of(key), index + 1),
                    item.span(),
                )),
                other => self.wrong_kind(key, other, &format!("a table written [[{key}]]")),
            }
        }
        sections
    }

    /// Every entry of this table as a section of its own, under its name.
    pub fn named_sections(&self) -> Vec<(String, Section<'d, 'a>)> {
        let mut sections = Vec::new();
        for (name, value) in self.table {
            let name_text = name.get_ref().to_string();
            let place = format!("{}.{name_text}", self.place);
            match value.get_ref() {
                DeValue::Table(table) => {
                    sections.push((name_text, Section::new(self.document, table, place, name.span())));
                }
                _ => self.document.fault(
                    name.span().start,
                    &place,
                    "a table is expected",
                    format!("for example {name_text} = {{ type = \"text\" }}"),
                ),
            }
        }
        sections
    }

    /// Every entry of this table as text: a map from word to word.
    pub fn word_map(&self, key: &'static str) -> Vec<(String, String)> {
        let Some(section) = self.section(key) else {
            return Vec::new();
        };
        let mut words = Vec::new();
        for (name, value) in section.table {
            match value.get_ref() {
                DeValue::String(text) => {
                    words.push((name.get_ref().to_string(), text.to_string()));
                }
                other => section.document.fault(
                    value.span().start,
                    &format!("{}.{}", section.place, name.get_ref()),
                    format!("{} stands where text in quotes is expected", kind(other)),
                    "write the value in quotes",
                ),
            }
        }
        words
    }

    /// Ends the reading: every key that nobody asked for is a fault, with the nearest known key.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        let known: Vec<&str> = asked.iter().copied().collect();
        for (name, _) in self.table {
            let key = name.get_ref().as_ref();
            if !asked.contains(key) {
                self.document.fault(
                    name.span().start,
                    &self.place_of(key),
                    "the key is not known",
                    allowed(key, &known),
                );
            }
        }
    }

    fn wrong_kind(&self, key: &'static str, found: &DeValue<'_>, expected: &str) {
        self.fault(
            key,
            format!("{} stands where {expected} is expected", kind(found)),
            format!("write {expected}"),
        );
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// "did you mean x? Allowed: a, b, c", the nearest first when one is near.
pub fn allowed(word: &str, names: &[&str]) -> String {
    let shown: Vec<String> = names
        .iter()
        .filter(|name| !name.contains(char::is_control))
        .map(|name| quoted(name))
        .collect();
    let list = format!("allowed: {}", shown.join(", "));
    match nearest(word, names) {
        Some(near) => format!("did you mean `{near}`? {list}"),
        None => list,
    }
}

/// Punctuation needs quotes to be seen in a list.
fn quoted(name: &str) -> String {
    if name.starts_with(char::is_alphanumeric) || name.starts_with('_') {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}

/// The name most like a word, when one is like enough to be meant: by its beginning, or one slip away.
pub fn nearest<'n>(word: &str, names: &[&'n str]) -> Option<&'n str> {
    let lower = word.to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        let one_slip = lower.len() > 2 && strsim::osa_distance(&lower, &name) == 1;
        if one_slip {
            0.99
        } else {
            strsim::jaro_winkler(&lower, &name)
        }
    };
    names
        .iter()
        .map(|name| (likeness(name), *name))
        .filter(|(likeness, _)| *likeness >= 0.82)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
