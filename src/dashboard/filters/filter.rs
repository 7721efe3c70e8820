//! One filter: its name, the parameters that it gives to queries, the values that it may have, its words.

use crate::day::month_short;
use chalandise_chart::Language;
use chalandise_chart::format::{Style, number};
use chalandise_locale::Words;
use chrono::{Datelike, NaiveDate};
use std::ops::Deref;
use std::sync::Arc;

/// What a filter may be set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Twelve months, a year, a month or two days; a page without it stands on the as-of day.
    Period,
    /// One of a list, the same for every lake.
    List(Vec<Value>),
    /// A value that a query gives.
    Query {
        /// The query, without parameters.
        query: String,
        /// Its column of values.
        column: String,
        /// Its column of names; the values name themselves without one.
        shown: Option<String>,
    },
    /// A whole number.
    Number {
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// A month of the data, `2025-03`; queries get its first day.
    Month,
    /// A day of the data, `2025-03-14`.
    Day,
}

/// A value of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As addresses and data write it.
    pub value: String,
    /// Its own name: "Magasin", "5, les plus récents".
    pub name: Words,
}

/// A filter as `queries/filters.toml` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterSpec {
    /// Its place among the filters: the order of addresses and forms.
    pub place: usize,
    /// Its name in addresses and page files.
    pub name: String,
    /// The parameters of queries that it gives a value.
    pub parameters: Vec<String>,
    /// What it may be set to.
    pub kind: Kind,
    /// Its heading in the form.
    pub label: Words,
    /// The choice of the form that leaves the filter away.
    pub all: Words,
    /// What a line says when it is not set; nothing without.
    pub unset: Option<Words>,
    /// What a line says when it is set: `{value}` by its name, `{code}` as the address has it.
    pub line: Option<Words>,
    /// Whether a line writes the value small.
    pub lower: bool,
    /// What is said of a value that does not exist.
    pub unknown: Option<Words>,
}

/// A filter that pages may take. Cheap to clone; two are the same when their names are.
#[derive(Debug, Clone)]
pub struct Filter(Arc<FilterSpec>);

impl Filter {
    /// A filter from its description.
    #[must_use]
    pub fn new(spec: FilterSpec) -> Filter {
        Filter(Arc::new(spec))
    }
}

impl Deref for Filter {
    type Target = FilterSpec;

    fn deref(&self) -> &FilterSpec {
        &self.0
    }
}

impl PartialEq for Filter {
    fn eq(&self, other: &Filter) -> bool {
        self.name == other.name
    }
}

impl Eq for Filter {}

impl PartialOrd for Filter {
    fn partial_cmp(&self, other: &Filter) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Filter {
    fn cmp(&self, other: &Filter) -> std::cmp::Ordering {
        (self.place, &self.name).cmp(&(other.place, &other.name))
    }
}

impl FilterSpec {
    /// The values of a list.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        match &self.kind {
            Kind::List(values) => values,
            _ => &[],
        }
    }

    /// The smallest and largest whole number that it may be, where it is a number.
    #[must_use]
    pub fn range(&self) -> Option<(u64, u64)> {
        match self.kind {
            Kind::Number { least, most } => Some((least, most)),
            _ => None,
        }
    }

    /// Whether it is the period.
    #[must_use]
    pub fn is_period(&self) -> bool {
        self.kind == Kind::Period
    }

    /// Whether its values are a list, the same for every lake or read from it: a path may then state it.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        matches!(self.kind, Kind::List(_) | Kind::Query { .. })
    }

    /// One of its values by its own name, as a list writes it: "Magasin", "Champions", "150 000", "mars 2025". Of a query's values the
    /// name stands in the data ([`super::Reach::value_name`]).
    #[must_use]
    pub fn value_name(&self, value: &str, language: Language) -> String {
        match &self.kind {
            Kind::List(values) => values
                .iter()
                .find(|known| known.value == value)
                .map_or(value, |known| known.name.of(language))
                .to_owned(),
            Kind::Number { .. } => whole(value, language),
            Kind::Month => {
                super::month_of(value).map_or_else(|| value.to_owned(), |month| month_words(month, language))
            }
            Kind::Day => {
                super::day_of(value).map_or_else(|| value.to_owned(), |day| crate::day::day_words(day, language))
            }
            Kind::Period | Kind::Query { .. } => value.to_owned(),
        }
    }

    /// A value within a line: "magasin", "récence 5", "ventes d’au moins 150 000 par an". `name` is what it is called.
    #[must_use]
    pub fn line_words(&self, value: &str, name: &str, language: Language) -> String {
        let name = if self.lower {
            name.to_lowercase()
        } else {
            name.to_owned()
        };
        match &self.line {
            Some(line) => line.of(language).replace("{value}", &name).replace("{code}", value),
            None => name,
        }
    }
}

/// A whole number with the language's thousands separators.
fn whole(value: &str, language: Language) -> String {
    let parsed = value.parse::<f64>();
    parsed.map_or_else(|_| value.to_owned(), |value| number(value, Style::Count, language, ""))
}

/// A month as forms and lines write it: "mars 2025".
#[must_use]
pub fn month_words(month: NaiveDate, language: Language) -> String {
    format!("{} {}", month_short(month.month(), language), month.year())
}

/// What a page takes from its address.
#[derive(Debug, Clone, Copy)]
pub struct Takes<'p> {
    /// The filters that it offers.
    pub filters: &'p [Filter],
    /// The filter that its path states.
    pub in_path: Option<&'p Filter>,
    /// The names of its maps' state, which stands in the address too.
    pub map: &'static [&'static str],
    /// All filters that there are.
    pub known: &'p super::FilterList,
}

/// The state of a page's map.
pub const OF_A_MAP: &[&str] = &["layer", "view", "cell"];
/// The state of the maps among a page's figures.
pub const OF_MAP_FIGURES: &[&str] = &["view"];

impl<'p> Takes<'p> {
    /// Whether the page's figures follow a filter.
    #[must_use]
    pub fn has(&self, filter: &Filter) -> bool {
        self.in_path == Some(filter) || self.filters.contains(filter)
    }

    /// The filters that its figures follow, in the order of addresses.
    pub fn all(&self) -> impl Iterator<Item = &'p Filter> {
        let takes = *self;
        takes.known.all().iter().filter(move |filter| takes.has(filter))
    }

    /// Whether the page follows a period; else it stands on the as-of day.
    #[must_use]
    pub fn has_period(&self) -> bool {
        self.filters.iter().any(|filter| filter.is_period())
    }

    /// The names that its address may carry.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let filters = self.filters.iter().map(|filter| filter.name.clone());
        filters.chain(self.map.iter().map(|name| (*name).to_owned())).collect()
    }

    /// Whether some page knows the name, though perhaps not this one.
    #[must_use]
    pub fn is_known(&self, name: &str) -> bool {
        self.known.get(name).is_some() || OF_A_MAP.contains(&name)
    }
}
