//! The filters in a page's address, read, checked and written back.
//!
//! The address is the state: everything a page shows follows from its path, these filters and the lake version. A page
//! takes the filters that its file names ([`Takes`]); any other in its address is an error, never dropped in silence.

mod error;
mod filter;

pub use error::FilterError;
pub use filter::{Filter, OF_A_MAP, OF_MAP_FIGURES, Takes, month_words};

use super::period::{Period, Span, day_words, span_words};
use super::words::Say;
use chalandise_chart::Language;
use chalandise_query::nearest;
use chrono::{Datelike, NaiveDate};
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

/// What the filters are read against: the data's reach and the values that occur.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Last day that the data cover: the as-of date.
    pub as_of: NaiveDate,
    /// First day with an order, when known.
    pub first_on: Option<NaiveDate>,
    /// The customers' regions, sorted; empty when orders carry none.
    pub regions: Vec<String>,
    /// The stores, by name.
    pub stores: Vec<StoreName>,
}

/// A store as filters and titles call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreName {
    /// Its id.
    pub store_id: String,
    /// Its name.
    pub name: String,
}

impl Reach {
    /// The name of a store.
    #[must_use]
    pub fn store(&self, store_id: &str) -> Option<&str> {
        let mut stores = self.stores.iter();
        stores
            .find(|store| store.store_id == store_id)
            .map(|store| store.name.as_str())
    }

    /// A filter's value by its own name: "Magasin", "Champions", "Nantes Centre".
    #[must_use]
    pub fn value_name(&self, filter: Filter, value: &str, language: Language) -> String {
        match (filter, self.store(value)) {
            (Filter::Store, Some(name)) => name.to_owned(),
            _ => filter.value_name(value, language),
        }
    }

    /// The months in which a customer can have bought first, the latest first.
    #[must_use]
    pub fn cohorts(&self) -> Vec<NaiveDate> {
        let month = |day: NaiveDate| day.with_day(1);
        let first = self.first_on.and_then(month);
        std::iter::successors(month(self.as_of), |month| month.pred_opt()?.with_day(1))
            .take_while(|month| first.is_some_and(|first| *month >= first))
            .collect()
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
        let given = |filter: Filter| {
            query
                .get(filter.name())
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
        };
        let period = match given(Filter::Period) {
            None => Period::TwelveMonths,
            Some(text) => Period::parse(text)
                .filter(|_| text.len() <= LONGEST)
                .ok_or(FilterError::Period)?,
        };
        let mut chosen = BTreeMap::new();
        for filter in Filter::ALL.into_iter().filter(|filter| *filter != Filter::Period) {
            if let Some(value) = given(filter) {
                chosen.insert(filter, checked(filter, value, reach)?);
            }
        }
        match takes.in_path {
            Some(filter) if !chosen.contains_key(&filter) => Err(FilterError::Needed(filter)),
            _ => Ok(Filters { period, chosen }),
        }
    }

    /// The value of a filter, as addresses write it; none when it is at its default.
    #[must_use]
    pub fn get(&self, filter: Filter) -> Option<String> {
        match filter {
            Filter::Period => (self.period != Period::TwelveMonths).then(|| self.period.to_string()),
            _ => self.chosen.get(&filter).cloned(),
        }
    }

    /// The filters as address pairs; a filter at its default is left out, so that one state has one address.
    #[must_use]
    pub fn pairs(&self) -> Vec<(Filter, String)> {
        Filter::ALL
            .into_iter()
            .filter_map(|filter| Some((filter, self.get(filter)?)))
            .collect()
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
        let mut give = |filter: Filter, values: &[String]| {
            let names = filter.parameters().iter().map(|name| (*name).to_owned());
            parameters.extend(names.zip(values.iter().cloned()));
        };
        if takes.has(Filter::Period) {
            let span = self.span(reach);
            give(Filter::Period, &[span.from_on.to_string(), span.to_on.to_string()]);
        }
        for (filter, value) in &self.chosen {
            match filter {
                Filter::Cohort => give(*filter, &[format!("{value}-01")]),
                _ => give(*filter, std::slice::from_ref(value)),
            }
        }
        parameters
    }

    /// The filters as a person reads them: "12 mois à fin oct. 2026 · tous canaux · toutes régions"; on a page without a
    /// period "au 31 oct. 2026 · tous canaux · toutes régions".
    #[must_use]
    pub fn words(&self, reach: &Reach, takes: &Takes<'_>, language: Language) -> String {
        let mut parts = vec![if takes.has(Filter::Period) {
            self.period.words(reach.as_of, language)
        } else {
            as_of_words(reach.as_of, language)
        }];
        let say = Say(language);
        for filter in Filter::ALL.into_iter().filter(|filter| takes.has(*filter)) {
            match (self.value_words(filter, reach, language), filter) {
                (Some(words), _) => parts.push(words),
                (None, Filter::SalesChannel) => parts.push(say.one("tous canaux", "all channels").to_owned()),
                (None, Filter::Region) if !reach.regions.is_empty() => {
                    parts.push(say.one("toutes régions", "all regions").to_owned());
                }
                (None, _) => {}
            }
        }
        parts.join(" · ")
    }

    /// What a filter other than the period is set to, in words: "web", "premier achat en mars 2025".
    #[must_use]
    pub fn value_words(&self, filter: Filter, reach: &Reach, language: Language) -> Option<String> {
        let value = self.chosen.get(&filter)?;
        Some(match (filter, cohort(value)) {
            (Filter::Cohort, Some(month)) => match language {
                Language::French => format!("premier achat en {}", month_words(month, language)),
                Language::English => format!("first purchase in {}", month_words(month, language)),
            },
            (Filter::Store, _) => reach.value_name(filter, value, language),
            _ => filter.value_words(value, language),
        })
    }

    /// The days in words: "1 nov. 2025 – 31 oct. 2026"; on a page without a period "au 31 oct. 2026".
    #[must_use]
    pub fn span_words(&self, reach: &Reach, takes: &Takes<'_>, language: Language) -> String {
        if takes.has(Filter::Period) {
            span_words(self.span(reach), language)
        } else {
            as_of_words(reach.as_of, language)
        }
    }
}

/// The day that a page without a period stands on: "au 31 oct. 2026", "as of 31 Oct 2026".
fn as_of_words(day: NaiveDate, language: Language) -> String {
    format!("{} {}", Say(language).one("au", "as of"), day_words(day, language))
}

/// A name in an address must be one that the page reads.
fn check_name(name: &str, takes: &Takes<'_>) -> Result<(), FilterError> {
    let names = takes.names();
    let in_path = takes.in_path.is_some_and(|filter| filter.name() == name);
    if in_path || names.contains(&name) || OTHER_NAMES.contains(&name) {
        return Ok(());
    }
    if filter::is_known(name) {
        let name = name.to_owned();
        return Err(FilterError::NotTaken { name, names });
    }
    Err(FilterError::Unknown {
        name: name.chars().take(40).collect(),
        nearest: nearest(&name.to_lowercase(), names.iter().copied()),
        names,
    })
}

/// The value of a filter other than the period, if it has a meaning.
fn checked(filter: Filter, value: &str, reach: &Reach) -> Result<String, FilterError> {
    if let Some((least, most)) = filter.range() {
        return whole_number(value)
            .filter(|number| (least..=most).contains(number))
            .map(|number| number.to_string())
            .ok_or(FilterError::Number(filter));
    }
    let known = match filter {
        Filter::Region | Filter::Without => reach.regions.iter().any(|region| region == value),
        Filter::Cohort => cohort(value).is_some_and(|month| reach.cohorts().contains(&month)),
        Filter::Store => reach.store(value).is_some(),
        _ => filter.values().contains(&value),
    };
    match filter {
        _ if known => Ok(value.to_owned()),
        Filter::Region | Filter::Without => Err(FilterError::Region),
        Filter::Cohort => Err(FilterError::Cohort),
        Filter::Store => Err(FilterError::Store),
        _ => Err(FilterError::Value(filter)),
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
fn cohort(text: &str) -> Option<NaiveDate> {
    match Period::parse(text)? {
        Period::Month(year, month) => NaiveDate::from_ymd_opt(year, month, 1),
        _ => None,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn reach() -> Reach {
        Reach {
            as_of: NaiveDate::from_ymd_opt(2026, 10, 31).unwrap(),
            first_on: NaiveDate::from_ymd_opt(2023, 11, 5),
            regions: vec!["Bretagne".into(), "Île-de-France".into()],
            stores: vec![StoreName {
                store_id: "S001".into(),
                name: "Nantes Centre".into(),
            }],
        }
    }

    const USUAL: Takes<'static> = Takes {
        filters: &Filter::USUAL,
        in_path: None,
        map: OF_A_MAP,
    };

    /// A page of one segment that stands on the as-of day.
    const SEGMENT: Takes<'static> = Takes {
        filters: &[Filter::SalesChannel, Filter::Cohort, Filter::RecencyScore],
        in_path: Some(Filter::Segment),
        map: &[],
    };

    fn read_by(pairs: &[(&str, &str)], takes: &Takes<'_>) -> Result<Filters, FilterError> {
        let query = pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        Filters::read(&query, &reach(), takes)
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Filters, FilterError> {
        read_by(pairs, &USUAL)
    }

    #[test]
    fn an_address_reads_back_from_what_it_wrote() {
        let filters = read(&[
            ("period", "2025"),
            ("sales_channel", "web"),
            ("region", "Île-de-France"),
        ])
        .unwrap();
        let pairs = filters.pairs();
        let again: Vec<_> = pairs
            .iter()
            .map(|(filter, value)| (filter.name(), value.as_str()))
            .collect();
        assert_eq!(read(&again).unwrap(), filters);
        assert_eq!(
            query_string(again),
            "?period=2025&sales_channel=web&region=%C3%8Ele-de-France"
        );
        assert_eq!(read(&[("period", ""), ("region", " ")]).unwrap(), Filters::default());
    }

    #[test]
    fn a_filter_that_means_nothing_is_said_and_never_guessed() {
        assert_eq!(read(&[("period", "hier")]), Err(FilterError::Period));
        assert_eq!(
            read(&[("sales_channel", "fax")]),
            Err(FilterError::Value(Filter::SalesChannel))
        );
        assert_eq!(read(&[("region", "Atlantide")]), Err(FilterError::Region));
    }

    #[test]
    fn a_name_that_no_page_reads_is_said_with_the_one_that_was_meant() {
        let error = read(&[("regoin", "Bretagne")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`regoin` is no filter, did you mean `region`? The names are period, sales_channel, region, layer, view, cell"
        );
        assert_eq!(
            error.words(Language::French),
            "L’adresse porte un filtre inconnu, «\u{a0}regoin\u{a0}». Vouliez-vous dire «\u{a0}region\u{a0}»\u{a0}? Les filtres sont period, sales_channel, region, layer, view, cell."
        );
        assert!(matches!(
            read(&[("zzz", "1")]),
            Err(FilterError::Unknown { nearest: None, .. })
        ));
        assert!(read(&[("lang", "en"), ("view", "fr"), ("width", "800")]).is_ok());
    }

    #[test]
    fn filters_say_themselves() {
        let filters = read(&[("sales_channel", "store")]).unwrap();
        assert_eq!(
            filters.words(&reach(), &USUAL, Language::French),
            "12 mois à fin oct. 2026 · magasin · toutes régions"
        );
    }

    #[test]
    fn a_filter_of_another_page_is_refused_and_those_of_this_one_are_named() {
        let error = read_by(&[("segment", "lost"), ("period", "2025")], &SEGMENT).unwrap_err();
        assert_eq!(
            error.to_string(),
            "this page does not take the filter `period`. It takes sales_channel, cohort, recency_score"
        );
        assert_eq!(
            error.words(Language::French),
            "Cette page ne prend pas le filtre «\u{a0}period\u{a0}». Ses filtres sont sales_channel, cohort, recency_score."
        );
        assert!(matches!(
            read_by(&[("segment", "lost"), ("layer", "orders")], &SEGMENT),
            Err(FilterError::NotTaken { .. })
        ));
    }

    #[test]
    fn what_the_path_states_must_be_stated_and_be_one_of_its_values() {
        assert_eq!(read_by(&[], &SEGMENT), Err(FilterError::Needed(Filter::Segment)));
        assert_eq!(
            FilterError::Needed(Filter::Segment).words(Language::English),
            "The address must state “segment”: champions, loyal, promising, dormant, at_risk or lost."
        );
        assert_eq!(
            read_by(&[("segment", "Lost")], &SEGMENT),
            Err(FilterError::Value(Filter::Segment))
        );
    }

    #[test]
    fn a_cohort_is_a_month_of_the_data_and_binds_its_first_day() {
        let filters = read_by(&[("segment", "lost"), ("cohort", "2025-03")], &SEGMENT).unwrap();
        let parameters = filters.parameters(&reach(), &SEGMENT);
        assert_eq!(parameters.get("cohort_on").map(String::as_str), Some("2025-03-01"));
        assert_eq!(parameters.get("segment").map(String::as_str), Some("lost"));
        assert!(!parameters.contains_key("from_on"), "the page takes no period");
        for slip in ["2025", "2025-13", "2023-10", "2026-11", "mars"] {
            let read = read_by(&[("segment", "lost"), ("cohort", slip)], &SEGMENT);
            assert_eq!(read, Err(FilterError::Cohort), "{slip}");
        }
        assert_eq!(reach().cohorts().len(), 36);
    }

    #[test]
    fn scores_go_from_1_to_5() {
        let read = |score: &str| read_by(&[("segment", "lost"), ("recency_score", score)], &SEGMENT);
        assert!(read("5").is_ok());
        for slip in ["0", "6", "05", "x"] {
            assert_eq!(read(slip), Err(FilterError::Value(Filter::RecencyScore)), "{slip}");
        }
        assert_eq!(
            FilterError::Value(Filter::RecencyScore).words(Language::French),
            "«\u{a0}Score de récence\u{a0}»\u{a0}: la valeur de l’adresse n’existe pas. Écrivez 5, 4, 3, 2 ou 1."
        );
    }

    /// A page of sites.
    const SITES: Takes<'static> = Takes {
        filters: &[Filter::Region, Filter::Without, Filter::MinSales, Filter::MaxTransfer],
        in_path: None,
        map: &[],
    };

    #[test]
    fn numbers_are_whole_and_in_their_range_and_have_one_address() {
        for (given, read) in [
            ("150000", "150000"),
            ("0150 000", "150000"),
            ("150,000", "150000"),
            ("0", "0"),
        ] {
            let filters = read_by(&[("min_sales", given)], &SITES).unwrap();
            assert_eq!(filters.get(Filter::MinSales).as_deref(), Some(read), "{given}");
            assert_eq!(
                filters
                    .parameters(&reach(), &SITES)
                    .get("min_sales")
                    .map(String::as_str),
                Some(read)
            );
        }
        for slip in [
            "-1",
            "1.5",
            "1,5",
            "1e5",
            "x",
            "1000000000001",
            "99999999999999999999999",
        ] {
            let error = read_by(&[("min_sales", slip)], &SITES).unwrap_err();
            assert_eq!(error, FilterError::Number(Filter::MinSales), "{slip}");
        }
        let error = read_by(&[("max_transfer", "101")], &SITES).unwrap_err();
        assert_eq!(error.to_string(), "the max transfer is no whole number from 0 to 100");
        assert_eq!(
            error.words(Language::French),
            "«\u{a0}Pris au réseau, au plus en %\u{a0}»\u{a0}: écrivez un nombre entier de 0 à 100."
        );
        assert_eq!(
            error.words(Language::English),
            "“Taken from own stores, at most in %”: write a whole number from 0 to 100."
        );
    }

    #[test]
    fn a_region_may_be_left_out() {
        let filters = read_by(
            &[("without", "Bretagne"), ("min_sales", "150000"), ("max_transfer", "30")],
            &SITES,
        )
        .unwrap();
        let parameters = filters.parameters(&reach(), &SITES);
        assert_eq!(parameters.get("without_region").map(String::as_str), Some("Bretagne"));
        assert_eq!(
            filters.words(&reach(), &SITES, Language::French),
            "au 31\u{a0}oct. 2026 · toutes régions · sans Bretagne · ventes d’au moins 150\u{202f}000 par an · au plus 30\u{202f}% pris au réseau"
        );
        assert_eq!(
            filters
                .value_words(Filter::MinSales, &reach(), Language::English)
                .as_deref(),
            Some("sales of at least 150,000 a year")
        );
        assert_eq!(read_by(&[("without", "Atlantis")], &SITES), Err(FilterError::Region));
        assert!(matches!(read(&[("min_sales", "1")]), Err(FilterError::NotTaken { .. })));
    }

    #[test]
    fn a_page_without_a_period_stands_on_its_day() {
        let filters = read_by(
            &[("segment", "at_risk"), ("cohort", "2025-03"), ("recency_score", "2")],
            &SEGMENT,
        )
        .unwrap();
        assert_eq!(
            filters.words(&reach(), &SEGMENT, Language::French),
            "au 31\u{a0}oct. 2026 · tous canaux · à risque · premier achat en mars 2025 · récence 2"
        );
        assert_eq!(
            filters.span_words(&reach(), &SEGMENT, Language::English),
            "as of 31\u{a0}Oct 2026"
        );
    }
}
