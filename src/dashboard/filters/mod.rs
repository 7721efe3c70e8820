//! The filters in a page's address, read, checked and written back.
//!
//! The address is the state: everything a page shows follows from its path, these filters and the lake version. A page
//! takes the filters that its file names ([`Takes`]); any other in its address is an error, never dropped in silence. What filters there
//! are `queries/filters.toml` says ([`FilterList`]).

mod error;
mod filter;
mod list;
mod reach;
mod two_days;

pub use error::FilterError;
pub use filter::{Filter, Kind, OF_A_MAP, OF_MAP_FIGURES, Takes, Value, month_words};
pub use list::FilterList;
#[cfg(test)]
use reach::Named;
pub use reach::Reach;
pub use two_days::{FROM, TO, TWO_DAYS, with_period};

use super::day::day_words;
use super::period::{Period, Span, span_words};
use super::words::Say;
use chalandise_chart::Language;
use chalandise_faults::nearest;
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The longest value that a filter may have; longer ones are slips or attacks.
const LONGEST: usize = 120;

/// What else an address may carry: language, theme, and the form of files.
const OTHER_NAMES: [&str; 5] = ["lang", "theme", "dialect", "width", "scale"];

/// The filters of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filters {
    /// The period.
    pub period: Period,
    /// The value of every other filter that is set, as addresses write it.
    chosen: BTreeMap<Filter, String>,
}

impl Default for Filters {
    fn default() -> Filters {
        Filters {
            period: Period::TwelveMonths,
            chosen: BTreeMap::new(),
        }
    }
}

impl Filters {
    /// Reads the filters of a page's address; a value that the page's path states is among `query`.
    ///
    /// # Errors
    /// [`FilterError`] names the first filter that means nothing, or nothing on this page.
    pub fn read(query: &BTreeMap<String, String>, reach: &Reach, takes: &Takes<'_>) -> Result<Filters, FilterError> {
        for name in query.keys() {
            check_name(name, takes)?;
        }
        let mut filters = Filters::default();
        for filter in takes.all() {
            let given = query.get(&filter.name).map(|value| value.trim());
            let Some(value) = given.filter(|value| !value.is_empty()) else {
                continue;
            };
            if filter.is_period() {
                let period = Period::parse(value).filter(|_| value.len() <= LONGEST);
                filters.period = period.ok_or(FilterError::Period)?;
            } else {
                filters
                    .chosen
                    .insert(filter.clone(), checked(filter, value, reach, takes)?);
            }
        }
        match takes.in_path {
            Some(filter) if !filters.chosen.contains_key(filter) => Err(FilterError::Needed(filter.clone())),
            _ => Ok(filters),
        }
    }

    /// The value of a filter by its name, as addresses write it; none when it is not set. Of the period see [`Filters::period`].
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut chosen = self.chosen.iter();
        let found = chosen.find(|(filter, _)| filter.name == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The filters of a page as address pairs; a filter at its default is left out, so that one state has one address.
    #[must_use]
    pub fn pairs<'p>(&self, takes: &Takes<'p>) -> Vec<(&'p Filter, String)> {
        let value = |filter: &Filter| match filter.is_period() {
            true => (self.period != Period::TwelveMonths).then(|| self.period.to_string()),
            false => self.chosen.get(filter).cloned(),
        };
        let known = takes.known.all().iter();
        known.filter_map(|filter| Some((filter, value(filter)?))).collect()
    }

    /// The days of the period.
    #[must_use]
    pub fn span(&self, reach: &Reach) -> Span {
        self.period.span(reach.as_of)
    }

    /// The parameters that every query of the page may declare, as address text.
    #[must_use]
    pub fn parameters(&self, reach: &Reach, takes: &Takes<'_>) -> BTreeMap<String, String> {
        let mut parameters = BTreeMap::from([("as_of".to_owned(), reach.as_of.to_string())]);
        for filter in takes.all() {
            let values = match (&filter.kind, self.chosen.get(filter)) {
                (Kind::Period, _) => {
                    let span = self.span(reach);
                    vec![span.from_on.to_string(), span.to_on.to_string()]
                }
                (_, None) => continue,
                (Kind::Month, Some(value)) => vec![format!("{value}-01")],
                (_, Some(value)) => vec![value.clone()],
            };
            parameters.extend(filter.parameters.iter().cloned().zip(values));
        }
        parameters
    }

    /// The filters as a person reads them: "12 mois à fin oct. 2026 · tous canaux · toutes régions"; on a page without a
    /// period "au 31 oct. 2026 · tous canaux · toutes régions", with the day that its figures are of.
    #[must_use]
    pub fn words(&self, reach: &Reach, as_of: NaiveDate, takes: &Takes<'_>, language: Language) -> String {
        let mut parts = vec![if takes.has_period() {
            self.period.words(reach.as_of, language)
        } else {
            as_of_words(as_of, language)
        }];
        for filter in takes.all() {
            match (self.value_words(filter, reach, language), &filter.unset) {
                (Some(words), _) => parts.push(words),
                (None, Some(unset)) if reach.offers(filter) => parts.push(unset.of(language).to_owned()),
                (None, _) => {}
            }
        }
        parts.join(" · ")
    }

    /// What a filter other than the period is set to, in words: "web", "premier achat en mars 2025".
    #[must_use]
    pub fn value_words(&self, filter: &Filter, reach: &Reach, language: Language) -> Option<String> {
        let value = self.chosen.get(filter)?;
        Some(filter.line_words(value, &reach.value_name(filter, value, language), language))
    }

    /// The days in words: "1 nov. 2025 – 31 oct. 2026"; on a page without a period "au 31 oct. 2026".
    #[must_use]
    pub fn span_words(&self, reach: &Reach, as_of: NaiveDate, takes: &Takes<'_>, language: Language) -> String {
        if takes.has_period() {
            span_words(self.span(reach), language)
        } else {
            as_of_words(as_of, language)
        }
    }
}

/// The day that a page without a period stands on: "au 31 oct. 2026", "as of 31 Oct 2026".
fn as_of_words(day: NaiveDate, language: Language) -> String {
    Say(language).words_with("term-as-of-day", &[("day", day_words(day, language).into())])
}

/// A name in an address must be one that the page reads.
fn check_name(name: &str, takes: &Takes<'_>) -> Result<(), FilterError> {
    let names = takes.names();
    let in_path = takes.in_path.is_some_and(|filter| filter.name == name);
    if in_path || names.iter().any(|known| known == name) || OTHER_NAMES.contains(&name) {
        return Ok(());
    }
    if takes.is_known(name) {
        let name = name.to_owned();
        return Err(FilterError::NotTaken { name, names });
    }
    let near = nearest(&name.to_lowercase(), names.iter().map(String::as_str)).map(str::to_owned);
    Err(FilterError::Unknown {
        name: name.chars().take(40).collect(),
        nearest: near,
        names,
    })
}

/// The value of a filter other than the period, if it has a meaning.
fn checked(filter: &Filter, value: &str, reach: &Reach, takes: &Takes<'_>) -> Result<String, FilterError> {
    let known = match &filter.kind {
        Kind::Number { least, most } => {
            return whole_number(value)
                .filter(|number| (least..=most).contains(&number))
                .map(|number| number.to_string())
                .ok_or_else(|| FilterError::Number(filter.clone()));
        }
        Kind::List(values) => values.iter().any(|known| known.value == value),
        Kind::Query { .. } => reach.values(filter).iter().any(|known| known.value == value),
        Kind::Month => month_of(value).is_some_and(|month| reach.months().contains(&month)),
        Kind::Day => day_of(value).is_some_and(|day| reach.holds(day)),
        Kind::Period => false,
    };
    match known {
        true => Ok(value.to_owned()),
        false => Err(FilterError::Value {
            filter: filter.clone(),
            in_path: takes.in_path == Some(filter) && matches!(filter.kind, Kind::Query { .. }),
        }),
    }
}

/// A whole number as people write it: "150000", "150 000", "150,000".
fn whole_number(text: &str) -> Option<u64> {
    let is_separator = |letter: &char| matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | ',' | '\'' | '’');
    let digits: String = text.chars().filter(|letter| !is_separator(letter)).collect();
    // A group of three follows each separator, so that "1,5" is not read as 15.
    let groups: Vec<&str> = text.split(|letter: char| is_separator(&letter)).collect();
    let grouped = groups.iter().skip(1).all(|group| group.len() == 3);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| plain && grouped)
}

/// The first day of a month written as `2025-03`.
fn month_of(text: &str) -> Option<NaiveDate> {
    match Period::parse(text)? {
        Period::Month(year, month) => NaiveDate::from_ymd_opt(year, month, 1),
        _ => None,
    }
}

/// A day written as `2025-03-14`.
fn day_of(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    // Other spellings of the same day would be other addresses of one state.
    (day.to_string() == text).then_some(day)
}

/// Writes address pairs after a `?`, encoded; nothing when there are none.
#[must_use]
pub fn query_string<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    let mut any = false;
    for (key, value) in pairs {
        text.append_pair(key, value);
        any = true;
    }
    if any {
        format!("?{}", text.finish())
    } else {
        String::new()
    }
}

/// The filters that come with the program.
#[cfg(test)]
pub(crate) fn shipped() -> FilterList {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../queries");
    let library = chalandise_query::Library::read(&dir);
    FilterList::load(&dir, &library).expect("the shipped filters are sound")
}

#[cfg(test)]
mod tests;
