//! Words with `{column}` or `{column:format}` in them, filled from one row.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::{Language, Style, Unit, date, number};
use crate::frame::Frame;

/// A parsed template. `{{` and `}}` are braces.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Text(String),
    Column(String, Style),
}

/// What a template is filled with beside the row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Filling<'a> {
    pub(crate) frame: &'a Frame,
    pub(crate) language: Language,
    pub(crate) currency: &'a str,
    pub(crate) unit: Unit,
}

impl Filling<'_> {
    /// One value in words; nothing when it is missing.
    pub(crate) fn value(&self, column: &str, row: usize, style: Style) -> Option<String> {
        if column == "unit" && self.frame.column("unit").is_none() {
            return Some(self.unit.label(self.language, self.currency));
        }
        let column = self.frame.column(column)?;
        if let Some(value) = column.number(row) {
            return Some(match style {
                Style::MoneyUnit | Style::SignedMoneyUnit => self.unit.number(value, style, self.language),
                _ => number(value, style, self.language, self.currency),
            });
        }
        column
            .date(row)
            .map(|day| date(day, style, self.language))
            .or_else(|| column.text(row).map(str::to_owned))
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// In words, when a brace is not closed or a format is unknown.
    pub fn parse(text: &str) -> Result<Template, String> {
        let mut parts = vec![];
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let brace = &rest[at..at + 1];
            plain.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after;
                continue;
            }
            let end = rest.find('}').filter(|_| brace == "{");
            let Some(end) = end else {
                return Err(format!(
                    "a brace in '{text}' has no partner; write {{column}} or {{{{ for a brace"
                ));
            };
            parts.push(Part::Text(std::mem::take(&mut plain)));
            let (column, style) = rest[..end].split_once(':').unwrap_or((&rest[..end], "text"));
            parts.push(Part::Column(
                column.to_owned(),
                style.parse().map_err(|fault: super::UnknownStyle| fault.to_string())?,
            ));
            rest = &rest[end + 1..];
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Ok(Template { parts })
    }

    /// The columns that it names (`unit` is the chart's unit and always there).
    pub fn columns(&self) -> BTreeSet<&str> {
        self.parts
            .iter()
            .filter_map(|part| match part {
                Part::Column(name, _) if name != "unit" => Some(name.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The formats that it uses, with their columns.
    pub(crate) fn styles(&self) -> impl Iterator<Item = (&str, Style)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Column(name, style) => Some((name.as_str(), *style)),
            Part::Text(_) => None,
        })
    }

    /// Filled from a row; a missing value is a dash.
    pub(crate) fn fill(&self, filling: &Filling<'_>, row: usize) -> String {
        self.build(|name, style, out| out.push_str(&filling.value(name, row, style).unwrap_or_else(|| "–".to_owned())))
    }

    /// Filled as an address: every value percent-encoded, numbers and days in their plain form, missing values empty.
    pub(crate) fn fill_address(&self, frame: &Frame, row: usize) -> String {
        self.build(|name, _, out| {
            let Some(column) = frame.column(name) else {
                return;
            };
            let value = match (column.number(row), column.date(row), column.text(row)) {
                (Some(value), ..) => value.to_string(),
                (_, Some(day), _) => day.to_string(),
                (.., text) => text.unwrap_or_default().to_owned(),
            };
            for byte in value.bytes() {
                match byte {
                    b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
                    other => {
                        let _ = write!(out, "%{other:02X}");
                    }
                }
            }
        })
    }

    fn build(&self, mut put: impl FnMut(&str, Style, &mut String)) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Column(name, style) => put(name, *style, &mut out),
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Column;

    fn frame() -> Frame {
        Frame::new(vec![
            (
                "region".to_owned(),
                Column::Text(vec![Some("Île & co".to_owned()), None]),
            ),
            ("change".to_owned(), Column::Number(vec![Some(0.042), None])),
        ])
        .expect("equal columns")
    }

    #[test]
    fn words_are_filled_in_the_language_and_addresses_are_encoded() {
        let frame = frame();
        let filling = Filling {
            frame: &frame,
            language: Language::French,
            currency: "EUR",
            unit: Unit::MILLION,
        };
        let words = Template::parse("{region} : {change:signed_percent} ({unit}) {{x}}").expect("a template");
        assert_eq!(words.fill(&filling, 0), "Île & co : +4,2\u{202f}% (M\u{a0}€) {x}");
        assert_eq!(words.fill(&filling, 1), "– : – (M\u{a0}€) {x}");
        assert_eq!(words.columns().into_iter().collect::<Vec<_>>(), ["change", "region"]);
        let address = Template::parse("?region={region}").expect("a template");
        assert_eq!(address.fill_address(&frame, 0), "?region=%C3%8Ele%20%26%20co");
        assert_eq!(address.fill_address(&frame, 1), "?region=");
    }

    #[test]
    fn faults_say_what_to_write() {
        assert!(Template::parse("{a").expect_err("open").contains("has no partner"));
        assert!(Template::parse("a}").expect_err("open").contains("has no partner"));
        assert!(
            Template::parse("{a:nope}")
                .expect_err("format")
                .contains("unknown format 'nope'")
        );
    }
}
