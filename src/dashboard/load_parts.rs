//! The small parts of a page file: words, styles, keys, charts, parameters.

use super::kinds::Kinds;
use super::page::{KeyEntry, Offer, Sign};
use super::template::WordLists;
use chalandise_chart::format::Style;
use chalandise_chart::{Spec, Words};
use chalandise_faults::Section;
use chalandise_query::Query;
use std::collections::BTreeMap;
use std::str::FromStr;

/// `[words.list]` tables: codes of the data and their words.
pub(super) fn word_lists(root: &Section<'_, '_>) -> WordLists {
    let Some(lists) = root.section("words") else {
        return WordLists::new();
    };
    lists
        .free_tables()
        .into_iter()
        .map(|(name, list)| {
            let words = list
                .free_tables()
                .into_iter()
                .filter_map(|(code, words)| read_words(words).map(|words| (code, words)))
                .collect();
            (name, words)
        })
        .collect()
}

/// Words in both languages.
pub(super) fn read_words(section: Section<'_, '_>) -> Option<Words> {
    let fr = section.required_text("fr");
    let en = section.required_text("en");
    section.close();
    Some(Words { fr: fr?, en: en? })
}

/// `offer = { href, label }` of a finding's case.
pub(super) fn offer(section: Section<'_, '_>) -> Option<Offer> {
    let href = section.required_text("href");
    let label = required_words(&section, "label");
    section.close();
    Some(Offer {
        href: href?,
        label: label?,
    })
}

/// Words that must be there.
pub(super) fn required_words(section: &Section<'_, '_>, key: &'static str) -> Option<Words> {
    match section.section(key) {
        Some(words) => read_words(words),
        None => {
            if !section.has(key) {
                section.fault(
                    key,
                    format!("{key} is missing"),
                    format!("add {key} = {{ fr = \"…\", en = \"…\" }}"),
                );
            }
            None
        }
    }
}

/// A number style by its name.
pub(super) fn style(section: &Section<'_, '_>, key: &'static str) -> Option<Style> {
    let name = section.text(key)?;
    match Style::from_str(&name) {
        Ok(style) => Some(style),
        Err(_) => {
            section.fault(
                key,
                format!("{name:?} is no number style"),
                "write for example count, money_short, percent, signed_percent, date",
            );
            None
        }
    }
}

/// One entry of a figure's key.
pub(super) fn key_entry(section: Section<'_, '_>) -> Option<KeyEntry> {
    let sign = section.required_choice("sign", &Sign::ALL);
    let label = required_words(&section, "label");
    let data = section.text("data");
    section.close();
    Some(KeyEntry {
        sign: sign?,
        label: label?,
        data,
    })
}

/// Reads a chart and checks it against the columns it is going to get.
pub(super) fn chart(
    section: &Section<'_, '_>,
    key: &'static str,
    columns: Option<&(Kinds, BTreeMap<String, Kinds>)>,
) -> Option<Spec> {
    let spec: Spec = section.value(key)?;
    if let Some((main, named)) = columns {
        for fault in spec.check_with(main, named) {
            section.fault(key, format!("{}: {}", fault.key, fault.what), fault.remedy);
        }
    }
    Some(spec)
}

/// `parameters = { top = "6" }`: fixed values of the query's own parameters.
pub(super) fn parameters(section: &Section<'_, '_>, query: Option<&Query>) -> BTreeMap<String, String> {
    let Some(given) = section.section("parameters") else {
        return BTreeMap::new();
    };
    let all: BTreeMap<String, String> = given.free_texts().into_iter().collect();
    if let Some(query) = query {
        for (name, value) in &all {
            let Some(param) = query.param(name) else {
                let known: Vec<&str> = query.params.iter().map(|param| param.name.as_str()).collect();
                given.fault(
                    name,
                    format!("the query {:?} has no parameter {name:?}", query.name),
                    format!("its parameters: {}", known.join(", ")),
                );
                continue;
            };
            if param.kind.value(value).is_none() {
                given.fault(
                    name,
                    format!("{value:?} is no value of {name:?}"),
                    format!("write {}", param.kind.written()),
                );
            }
        }
    }
    all
}
