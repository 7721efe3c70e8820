//! A TOML table read key by key, so that one pass finds all its faults, each with its line and a remedy.
//!
//! A derived reader stops at the first fault; whoever edits a file wants the whole list.

use std::cell::RefCell;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::nearest::one_of;
use crate::{Document, did_you_mean};

/// A value and where it stands in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its first byte in the file.
    pub at: usize,
}

/// One table of a file. Each key is asked for; what nobody asked for is a fault once the section is [closed](Section::close).
#[derive(Debug)]
pub struct Section<'d, 't> {
    document: &'d Document<'t>,
    /// Where the table stands, as a person says it: `figure "trend"`.
    name: String,
    table: &'d DeTable<'t>,
    at: usize,
    asked: RefCell<Vec<&'static str>>,
}

impl<'d, 't> Section<'d, 't> {
    /// The root table of a file, by the name that messages give it, such as `the page`.
    pub fn root(
        document: &'d Document<'t>,
        root: &'d Spanned<DeTable<'t>>,
        name: impl Into<String>,
    ) -> Section<'d, 't> {
        Section {
            document,
            name: name.into(),
            table: root.get_ref(),
            at: root.span().start,
            asked: RefCell::default(),
        }
    }

    fn inner(&self, name: String, table: &'d DeTable<'t>, at: usize) -> Section<'d, 't> {
        Section {
            document: self.document,
            name,
            table,
            at,
            asked: RefCell::default(),
        }
    }

    /// Names the section after what it is about, so that messages tell twenty of its kind apart.
    pub fn rename(&mut self, name: impl Into<String>) {
        self.name = name.into();
    }

    /// The name that messages give it.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn find(&self, key: &str) -> Option<&'d Spanned<DeValue<'t>>> {
        let mut entries = self.table.iter();
        entries.find_map(|(name, value)| (name.get_ref().as_ref() == key).then_some(value))
    }

    fn get(&self, key: &'static str) -> Option<&'d Spanned<DeValue<'t>>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.find(key)
    }

    /// Whether the key stands in the file.
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Where a key's value stands; the table itself when the key is absent.
    pub fn place(&self, key: &str) -> usize {
        self.find(key).map_or(self.at, |value| value.span().start)
    }

    /// Where the table stands in the file.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The line on which the table begins.
    pub fn line(&self) -> usize {
        self.document.line(self.at)
    }

    /// The line on which a text begins: below its three quotes, when those stand alone.
    pub fn line_of_text(&self, key: &str) -> usize {
        let at = self.place(key);
        let quoted = self.document.text_from(at);
        let opening = ["\"\"\"", "'''"].iter().find_map(|quotes| quoted.strip_prefix(quotes));
        let below = opening.is_some_and(|text| text.starts_with('\n') || text.starts_with("\r\n"));
        self.document.line(at) + usize::from(below)
    }

    /// Notes a fault of a key.
    pub fn fault(&self, key: &str, what: impl Into<String>, remedy: impl Into<String>) {
        self.fault_at(self.place(key), what, remedy);
    }

    /// Notes a fault of something in the section, by its place in the file.
    pub fn fault_at(&self, at: usize, what: impl Into<String>, remedy: impl Into<String>) {
        self.document
            .fault(at, format!("{}: {}", self.name, what.into()), remedy);
    }

    /// Notes that a key is missing, if it is.
    fn missing(&self, key: &'static str, remedy: impl FnOnce() -> String) -> bool {
        let missing = self.get(key).is_none();
        if missing {
            self.fault_at(self.at, format!("{key} is missing"), remedy());
        }
        missing
    }

    fn wrong_kind(&self, at: usize, key: &str, wanted: &str, found: &DeValue<'_>) {
        let what = format!("{key} must be {wanted}, not {}", kind_name(found));
        self.fault_at(at, what, format!("write {key} as {wanted}"));
    }

    /// The value of a key, taken from TOML by `take`; what is of another kind is a fault.
    fn taken<T>(
        &self,
        key: &'static str,
        wanted: &str,
        take: impl FnOnce(&'d DeValue<'t>) -> Option<T>,
    ) -> Option<Placed<T>> {
        let value = self.get(key)?;
        let at = value.span().start;
        let taken = take(value.get_ref());
        if taken.is_none() {
            self.wrong_kind(at, key, wanted, value.get_ref());
        }
        taken.map(|value| Placed { value, at })
    }

    /// A text, if the key is there.
    pub fn text(&self, key: &'static str) -> Option<String> {
        Some(self.taken(key, TEXT, text)?.value)
    }

    /// A text that must be there.
    pub fn required_text(&self, key: &'static str) -> Option<String> {
        if self.missing(key, || format!("add {key}, {TEXT}")) {
            return None;
        }
        self.text(key)
    }

    /// A text that must be there and say something; empty once the fault is noted.
    pub fn filled_text(&self, key: &'static str, example: &str) -> String {
        if self.missing(key, || format!("add {key}, for example {example}")) {
            return String::new();
        }
        let Some(text) = self.text(key) else {
            return String::new();
        };
        if text.trim().is_empty() {
            self.fault(key, format!("{key} is empty"), format!("write for example {example}"));
        }
        text
    }

    /// True or false, if the key is there.
    pub fn flag(&self, key: &'static str) -> Option<bool> {
        let taken = self.taken(key, "true or false", |value| match value {
            DeValue::Boolean(flag) => Some(*flag),
            _ => None,
        });
        Some(taken?.value)
    }

    /// A whole number of a range, if the key is there. A range that ends with the largest number is said to have no end.
    pub fn whole(&self, key: &'static str, allowed: Range<i64>) -> Option<i64> {
        let wanted = match allowed.end {
            i64::MAX => format!("a whole number from {}", allowed.start),
            end => format!("a whole number from {} to {}", allowed.start, end - 1),
        };
        let taken = self.taken(key, &wanted, |value| match value {
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .ok()
                .filter(|number| allowed.contains(number)),
            _ => None,
        });
        Some(taken?.value)
    }

    /// A number, if the key is there.
    pub fn number(&self, key: &'static str) -> Option<f64> {
        let taken = self.taken(key, "a number", |value| match value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        });
        Some(taken?.value)
    }

    /// One of a few words, if the key is there: its meaning.
    pub fn choice<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let word = self.taken(key, TEXT, text)?;
        self.one_of(key, &word, words)
    }

    /// The meaning of a word that stands under a key, or a fault.
    pub fn one_of<T: Copy>(&self, key: &str, word: &Placed<String>, words: &[(&str, T)]) -> Option<T> {
        if let Some((_, meaning)) = words.iter().find(|(name, _)| *name == word.value) {
            return Some(*meaning);
        }
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let remedy = did_you_mean(&word.value, names.iter().copied(), || {
            format!("write {}", one_of(&names))
        });
        self.fault_at(word.at, format!("there is no {key} {:?}", word.value), remedy);
        None
    }

    /// A word that must be there, of a few: its meaning.
    pub fn required_choice<T: Copy>(&self, key: &'static str, words: &[(&str, T)]) -> Option<T> {
        let names = || words.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        if self.missing(key, || format!("add {key}: {}", one_of(&names()))) {
            return None;
        }
        self.choice(key, words)
    }

    /// A list of texts; empty when the key is absent.
    pub fn texts(&self, key: &'static str) -> Vec<String> {
        const WANTED: &str = "a list of texts";
        let items = self.taken(key, WANTED, |value| match value {
            DeValue::Array(items) => Some(items),
            _ => None,
        });
        let items = items.map(|items| items.value.iter()).into_iter().flatten();
        items
            .filter_map(|item| self.item(key, WANTED, item))
            .map(|it| it.value)
            .collect()
    }

    /// A list of texts, for which one text may stand; empty when the key is absent.
    pub fn text_or_texts(&self, key: &'static str) -> Vec<Placed<String>> {
        const WANTED: &str = "a text in quotes or a list of texts";
        let Some(value) = self.get(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.item(key, WANTED, item)).collect(),
            _ => self.item(key, WANTED, value).into_iter().collect(),
        }
    }

    fn item(&self, key: &str, wanted: &str, item: &Spanned<DeValue<'t>>) -> Option<Placed<String>> {
        let at = item.span().start;
        let value = text(item.get_ref());
        if value.is_none() {
            self.wrong_kind(at, key, wanted, item.get_ref());
        }
        value.map(|value| Placed { value, at })
    }

    /// A table inside this one.
    pub fn section(&self, key: &'static str) -> Option<Section<'d, 't>> {
        let table = self.taken(key, "a table", table)?;
        Some(self.inner(format!("{}, {key}", self.name), table.value, table.at))
    }

    /// The tables of a list `[[key]]`.
    pub fn sections(&self, key: &'static str) -> Vec<Section<'d, 't>> {
        let wanted = format!("a list of tables, [[{key}]]");
        let items = self.taken(key, &wanted, |value| match value {
            DeValue::Array(items) => Some(items),
            _ => None,
        });
        let mut sections = Vec::new();
        for (index, item) in items.map(|items| items.value.iter()).into_iter().flatten().enumerate() {
            let at = item.span().start;
            match item.get_ref() {
                DeValue::Table(table) => {
                    sections.push(self.inner(format!("{}, {key} {}", self.name, index + 1), table, at));
                }
                other => self.wrong_kind(at, key, &wanted, other),
            }
        }
        sections
    }

    /// Every key of this table with its table, for tables whose keys are free: word lists, columns.
    pub fn free_tables(&self) -> Vec<(String, Section<'d, 't>)> {
        let free = self.free("a table", table).into_iter();
        free.map(|(key, table)| {
            let inner = self.inner(format!("{}, {key}", self.name), table.value, table.at);
            (key, inner)
        })
        .collect()
    }

    /// Every key of this table with its text, for tables whose keys are free.
    pub fn free_texts(&self) -> Vec<(String, String)> {
        let free = self.free(TEXT, text).into_iter();
        free.map(|(key, text)| (key, text.value)).collect()
    }

    fn free<T>(&self, wanted: &str, take: impl Fn(&'d DeValue<'t>) -> Option<T>) -> Vec<(String, Placed<T>)> {
        let mut all = Vec::new();
        for (key, value) in self.table.iter() {
            let at = value.span().start;
            match take(value.get_ref()) {
                Some(taken) => all.push((key.get_ref().to_string(), Placed { value: taken, at })),
                None => self.wrong_kind(at, key.get_ref(), wanted, value.get_ref()),
            }
        }
        all
    }

    /// A value that derives its own reader (the chart package's specification).
    pub fn value<T: DeserializeOwned>(&self, key: &'static str) -> Option<T> {
        let value = self.get(key)?;
        let reader = toml::de::ValueDeserializer::from(value.clone());
        match T::deserialize(reader) {
            Ok(read) => Some(read),
            Err(error) => {
                let at = error.span().map_or(value.span().start, |span| span.start);
                let what = format!("{}, {key}: {}", self.name, error.message());
                self.document
                    .fault(at, what, "correct the key; the message lists what is allowed");
                None
            }
        }
    }

    /// Ends the reading of a table: what nobody asked for does not exist.
    pub fn close(self) {
        let known = self.asked.borrow();
        for (name, _) in self.table.iter() {
            let key: &str = name.get_ref();
            if known.contains(&key) {
                continue;
            }
            let remedy = did_you_mean(key, known.iter().copied(), || {
                format!("remove it; known keys: {}", known.join(", "))
            });
            self.fault_at(name.span().start, format!("there is no key {key:?}"), remedy);
        }
    }
}

/// How a text is written.
const TEXT: &str = "a text in quotes";

fn text(value: &DeValue<'_>) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn table<'d, 't>(value: &'d DeValue<'t>) -> Option<&'d DeTable<'t>> {
    match value {
        DeValue::Table(table) => Some(table),
        _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What one reading of a text notes: line, what is wrong, remedy.
    fn faults(text: &str, read: impl FnOnce(Section<'_, '_>)) -> Vec<String> {
        let document = Document::new("shop.toml", text);
        let root = document.root();
        read(Section::root(&document, &root, "the shop"));
        let faults = document.finish().into_iter();
        faults
            .map(|fault| format!("{} {} | {}", fault.line.unwrap_or_default(), fault.what, fault.remedy))
            .collect()
    }

    #[test]
    fn what_is_right_is_read_without_a_fault() {
        let text = "name = \"Nantes\"\nopen = true\nfloors = 0x2\narea = 1_200.5\ntills = 12\nkind = \"mall\"\nnear = \"Rezé\"\n\
                    tags = [\"a\", \"b\"]\n[place]\nlatitude = 47\n[[sale]]\non = \"monday\"\n[[sale]]\n";
        let found = faults(text, |shop| {
            assert_eq!(shop.required_text("name").as_deref(), Some("Nantes"));
            assert_eq!(shop.filled_text("name", "\"Rezé\""), "Nantes");
            assert_eq!(shop.flag("open"), Some(true));
            assert_eq!(shop.whole("floors", 1..10), Some(2));
            assert_eq!(shop.whole("tills", 1..i64::MAX), Some(12));
            assert_eq!(shop.number("area"), Some(1_200.5));
            assert_eq!(shop.choice("kind", &[("street", 1), ("mall", 2)]), Some(2));
            let near = shop.text_or_texts("near");
            assert_eq!(near.iter().map(|it| it.value.as_str()).collect::<Vec<_>>(), ["Rezé"]);
            assert_eq!(shop.texts("tags"), ["a", "b"]);
            assert_eq!(shop.text_or_texts("tags").len(), 2);
            let place = shop.section("place").expect("a table");
            assert_eq!(
                (place.name(), place.number("latitude")),
                ("the shop, place", Some(47.0))
            );
            place.close();
            let sales = shop.sections("sale");
            let lines: Vec<usize> = sales.iter().map(Section::line).collect();
            assert_eq!(lines, [11, 13]);
            assert_eq!(sales[0].text("on").as_deref(), Some("monday"));
            assert_eq!((shop.flag("shut"), shop.text("note")), (None, None));
            assert!(shop.has("name") && !shop.has("shut"));
            shop.close();
        });
        assert_eq!(found, Vec::<String>::new());
    }

    #[test]
    fn what_is_missing_is_noted_at_the_table() {
        let found = faults("[place]\n", |shop| {
            assert_eq!(shop.required_text("name"), None);
            assert_eq!(shop.required_choice("kind", &[("street", 1), ("mall", 2)]), None);
            assert_eq!(
                shop.section("place").expect("a table").filled_text("town", "\"Rezé\""),
                ""
            );
            shop.close();
        });
        assert_eq!(
            found,
            [
                "1 the shop: name is missing | add name, a text in quotes",
                "1 the shop: kind is missing | add kind: street or mall",
                "1 the shop, place: town is missing | add town, for example \"Rezé\"",
            ]
        );
    }

    #[test]
    fn what_is_of_the_wrong_kind_is_noted_at_its_line_and_reading_goes_on() {
        let text = "name = 3\nopen = \"yes\"\nfloors = 12\narea = [1]\ntags = [\"a\", 2]\nplace = 1979-05-27\nsale = [1]\nnear = 1.5\n\
                    town = \" \"\n";
        let found = faults(text, |shop| {
            assert_eq!(shop.text("name"), None);
            assert_eq!(shop.flag("open"), None);
            assert_eq!(shop.whole("floors", 1..10), None);
            assert_eq!(shop.number("area"), None);
            assert_eq!(shop.texts("tags"), ["a"]);
            assert!(shop.section("place").is_none());
            assert!(shop.sections("sale").is_empty());
            assert!(shop.text_or_texts("near").is_empty());
            assert_eq!(shop.filled_text("town", "\"Rezé\""), " ");
            shop.close();
        });
        assert_eq!(
            found,
            [
                "1 the shop: name must be a text in quotes, not this whole number | write name as a text in quotes",
                "2 the shop: open must be true or false, not a text | write open as true or false",
                "3 the shop: floors must be a whole number from 1 to 9, not this whole number | write floors as a whole number from 1 to 9",
                "4 the shop: area must be a number, not a list | write area as a number",
                "5 the shop: tags must be a list of texts, not this whole number | write tags as a list of texts",
                "6 the shop: place must be a table, not a date | write place as a table",
                "7 the shop: sale must be a list of tables, [[sale]], not this whole number | write sale as a list of tables, [[sale]]",
                "8 the shop: near must be a text in quotes or a list of texts, not a number with a point | write near as a text in quotes or a list of texts",
                "9 the shop: town is empty | write for example \"Rezé\"",
            ]
        );
    }

    #[test]
    fn unknown_keys_and_words_are_noted_with_the_nearest_or_all() {
        let text = "nmae = \"Nantes\"\ncolour = 1\nkind = \"mal\"\nsize = \"huge\"\n";
        let found = faults(text, |shop| {
            shop.text("name");
            assert_eq!(shop.choice("kind", &[("street", 1), ("mall", 2)]), None);
            assert_eq!(shop.choice("size", &[("small", 1), ("large", 2), ("vast", 3)]), None);
            shop.close();
        });
        assert_eq!(
            found,
            [
                "1 the shop: there is no key \"nmae\" | did you mean \"name\"?",
                "2 the shop: there is no key \"colour\" | remove it; known keys: name, kind, size",
                "3 the shop: there is no kind \"mal\" | did you mean \"mall\"?",
                "4 the shop: there is no size \"huge\" | write small, large or vast",
            ]
        );
    }

    #[test]
    fn free_keys_are_read_as_texts_or_tables() {
        let text = "[words]\na = \"one\"\nb = 2\n[columns]\nday = { type = \"date\" }\nsum = 1\n";
        let found = faults(text, |shop| {
            let words = shop.section("words").expect("a table");
            assert_eq!(words.free_texts(), [("a".to_owned(), "one".to_owned())]);
            let columns = shop.section("columns").expect("a table").free_tables();
            let [(name, day)] = columns.as_slice() else {
                panic!("{columns:?}")
            };
            assert_eq!((name.as_str(), day.name()), ("day", "the shop, columns, day"));
            day.fault("type", "a date needs a format", "add one");
            shop.close();
        });
        assert_eq!(
            found,
            [
                "3 the shop, words: b must be a text in quotes, not this whole number | write b as a text in quotes",
                "5 the shop, columns, day: a date needs a format | add one",
                "6 the shop, columns: sum must be a table, not this whole number | write sum as a table",
            ]
        );
    }

    #[test]
    fn a_value_with_a_reader_of_its_own_says_what_is_wrong_in_its_words() {
        #[derive(Debug, serde::Deserialize)]
        struct Range {
            from: i64,
        }
        let found = faults("good = { from = 3 }\nbad = { from = \"three\" }\n", |shop| {
            assert_eq!(shop.value::<Range>("good").map(|range| range.from), Some(3));
            assert!(shop.value::<Range>("bad").is_none());
            shop.close();
        });
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert!(only.starts_with("2 the shop, bad: invalid type"), "{only}");
    }

    #[test]
    fn the_lines_of_a_text_begin_below_quotes_that_stand_alone() {
        let text = "a = \"one\"\nb = \"\"\"\ntwo\"\"\"\nc = '''three'''\n";
        let found = faults(text, |shop| {
            assert_eq!(["a", "b", "c"].map(|key| shop.line_of_text(key)), [1, 3, 4]);
        });
        assert!(found.is_empty());
    }
}
