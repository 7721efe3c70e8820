//! Sentences with numbers in them: `"Le chiffre d’affaires progresse de {change:percent}"`.

use super::words::{capital, show};
use chalandise_chart::format::Style;
use chalandise_chart::{Language, Words};
use chalandise_serving::Cell;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The words that a page file gives to codes of the data, by list name and code.
pub type WordLists = BTreeMap<String, BTreeMap<String, Words>>;

/// How a placeholder is written out.
#[derive(Debug, Clone, PartialEq)]
enum Manner {
    /// In one of the chart package's number styles.
    Style(Style),
    /// The same, without the sign: "recule de 3,1 %".
    Size(Style),
    /// Through a word list of the page file: the code's words in the reader's language.
    List(String),
    /// The same, to begin a sentence with.
    Capital(String),
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Value { column: String, manner: Manner },
}

/// A sentence in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    parts: Vec<Part>,
}

/// A fault in a sentence of a page file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// A brace has no partner.
    #[error("a brace is opened and not closed, or closed and not opened, in {0:?}")]
    Brace(String),
    /// A placeholder names no column.
    #[error("a placeholder is empty in {0:?}")]
    Empty(String),
    /// The style does not exist.
    #[error("{style:?} is no number style, in the placeholder {placeholder:?}")]
    Style {
        /// What stands after the colon.
        style: String,
        /// The whole placeholder.
        placeholder: String,
    },
}

impl Template {
    /// Reads a sentence. `{column}` stands for a text, `{column:style}` for a value in a number style,
    /// `{column:words.list}` for the words that the page file's list gives to the column's code, `{{` for a brace.
    /// `abs.` before a style leaves the sign away, `capital.` before `words.` begins a sentence.
    ///
    /// # Errors
    /// [`TemplateFault`] names the brace, placeholder or style at fault.
    pub fn parse(text: &str) -> Result<Template, TemplateFault> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let close = rest
                .find(['{', '}'])
                .filter(|close| brace == "{" && rest[*close..].starts_with('}'));
            let close = close.ok_or_else(|| TemplateFault::Brace(text.to_owned()))?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(placeholder(&rest[..close], text)?);
            rest = &rest[close + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Template { parts })
    }

    /// The columns that the sentence needs.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value { column, .. } => Some(column.as_str()),
            Part::Text(_) => None,
        })
    }

    /// The word lists that the sentence needs.
    pub fn lists(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value {
                manner: Manner::List(list) | Manner::Capital(list),
                ..
            } => Some(list.as_str()),
            _ => None,
        })
    }

    /// The sentence with its values.
    #[must_use]
    pub fn fill(&self, row: &BTreeMap<&str, &Cell>, speech: &Speech<'_>) -> String {
        let mut sentence = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => sentence.push_str(text),
                Part::Value { column, manner } => {
                    let cell = row.get(column.as_str()).copied().unwrap_or(&Cell::Null);
                    sentence.push_str(&speech.write(cell, manner));
                }
            }
        }
        sentence
    }
}

impl Template {
    /// The sentence as an address: every value exact and percent-encoded, as `value` gives it by its column.
    #[must_use]
    pub fn address(&self, value: impl Fn(&str) -> String) -> String {
        let mut address = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => address.push_str(text),
                Part::Value { column, .. } => encode(&value(column), &mut address),
            }
        }
        address
    }
}

/// Percent-encodes all but the characters that RFC 3986 calls unreserved.
fn encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            into.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Reads what stands between two braces.
fn placeholder(inside: &str, text: &str) -> Result<Part, TemplateFault> {
    let (column, manner) = inside.split_once(':').unwrap_or((inside, "text"));
    if column.trim().is_empty() {
        return Err(TemplateFault::Empty(text.to_owned()));
    }
    let style = |name: &str| {
        Style::from_str(name).map_err(|_| TemplateFault::Style {
            style: name.to_owned(),
            placeholder: format!("{{{inside}}}"),
        })
    };
    let manner = if let Some(list) = manner.strip_prefix("words.") {
        Manner::List(list.to_owned())
    } else if let Some(list) = manner.strip_prefix("capital.words.") {
        Manner::Capital(list.to_owned())
    } else if let Some(name) = manner.strip_prefix("abs.") {
        Manner::Size(style(name)?)
    } else {
        Manner::Style(style(manner)?)
    };
    Ok(Part::Value {
        column: column.trim().to_owned(),
        manner,
    })
}

/// How values are said: language, currency and the page's word lists.
#[derive(Debug, Clone, Copy)]
pub struct Speech<'a> {
    /// The reader's language.
    pub language: Language,
    /// The lake's currency, an ISO 4217 code.
    pub currency: &'a str,
    /// The page's word lists.
    pub lists: &'a WordLists,
}

impl Speech<'_> {
    fn write(&self, cell: &Cell, manner: &Manner) -> String {
        match manner {
            Manner::Style(style) => show(cell, *style, self.language, self.currency),
            Manner::Size(style) => show(&cell.size(), *style, self.language, self.currency),
            Manner::List(list) => self.words(cell, list),
            Manner::Capital(list) => capital(&self.words(cell, list)),
        }
    }

    fn words(&self, cell: &Cell, list: &str) -> String {
        let code = cell.exact();
        let words = self.lists.get(list).and_then(|list| list.get(&code));
        words.map_or(code, |words| words.of(self.language).to_owned())
    }
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// French.
    pub fr: Template,
    /// English.
    pub en: Template,
}

impl Phrase {
    /// The sentence in one language.
    #[must_use]
    pub fn of(&self, language: Language) -> &Template {
        match language {
            Language::French => &self.fr,
            Language::English => &self.en,
        }
    }

    /// Whether every value that the sentence needs is there.
    #[must_use]
    pub fn known(&self, row: &BTreeMap<&str, &Cell>) -> bool {
        self.fr
            .columns()
            .all(|column| row.get(column).is_some_and(|cell| **cell != Cell::Null))
    }

    /// The sentence with its values, in the speech's language.
    #[must_use]
    pub fn fill(&self, row: &BTreeMap<&str, &Cell>, speech: &Speech<'_>) -> String {
        self.of(speech.language).fill(row, speech)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_exact_and_encoded() {
        let template = Template::parse("/network/stores/{store_id}?of={name}").unwrap();
        let address = template.address(|column| {
            if column == "name" {
                "Nîmes & co".into()
            } else {
                "S1".into()
            }
        });
        assert_eq!(address, "/network/stores/S1?of=N%C3%AEmes%20%26%20co");
    }

    #[test]
    fn a_sentence_takes_its_values_from_one_row() {
        let lists = WordLists::from([(
            "channel".to_owned(),
            BTreeMap::from([(
                "web".to_owned(),
                Words {
                    fr: "le web".into(),
                    en: "the web shop".into(),
                },
            )]),
        )]);
        let template = Template::parse("Porté par {driver:words.channel} à {place}.").unwrap();
        assert_eq!(template.columns().collect::<Vec<_>>(), ["driver", "place"]);
        assert_eq!(template.lists().collect::<Vec<_>>(), ["channel"]);
        let (driver, place) = (Cell::Text("web".into()), Cell::Text("Nantes".into()));
        let row = BTreeMap::from([("driver", &driver), ("place", &place)]);
        let speech = Speech {
            language: Language::French,
            currency: "EUR",
            lists: &lists,
        };
        assert_eq!(template.fill(&row, &speech), "Porté par le web à Nantes.");
    }

    #[test]
    fn faults_say_which_brace_or_style() {
        assert!(matches!(Template::parse("a {b"), Err(TemplateFault::Brace(_))));
        assert!(matches!(Template::parse("a } b"), Err(TemplateFault::Brace(_))));
        assert!(matches!(Template::parse("a {b{c}}"), Err(TemplateFault::Brace(_))));
        assert_eq!(Template::parse("{{a}}").unwrap().parts, [Part::Text("{a}".into())]);
        assert!(matches!(Template::parse("{}"), Err(TemplateFault::Empty(_))));
        assert!(matches!(
            Template::parse("{a:prozent}"),
            Err(TemplateFault::Style { .. })
        ));
    }
}
