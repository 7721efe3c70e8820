//! The shipped filters, read from addresses and written back.

use super::*;
use std::sync::LazyLock;

static SHIPPED: LazyLock<FilterList> = LazyLock::new(shipped);

fn named(names: &[&str]) -> Vec<Filter> {
    names.iter().map(|name| filter(name).clone()).collect()
}

fn filter(name: &str) -> &'static Filter {
    SHIPPED.get(name).expect("a shipped filter")
}

fn value(value: &str, name: &str) -> Named {
    Named {
        value: value.into(),
        name: name.into(),
    }
}

fn reach() -> Reach {
    let regions = vec![value("Bretagne", "Bretagne"), value("Île-de-France", "Île-de-France")];
    Reach {
        as_of: NaiveDate::from_ymd_opt(2026, 10, 31).unwrap(),
        first_on: NaiveDate::from_ymd_opt(2023, 11, 5),
        values: BTreeMap::from([
            ("region".into(), regions.clone()),
            ("without".into(), regions),
            ("store".into(), vec![value("S001", "Nantes Centre")]),
        ]),
    }
}

fn takes(filters: &'static [Filter], in_path: Option<&'static Filter>, map: &'static [&'static str]) -> Takes<'static> {
    Takes {
        filters,
        in_path,
        map,
        known: &SHIPPED,
    }
}

static USUAL: LazyLock<Takes<'static>> = LazyLock::new(|| takes(SHIPPED.usual(), None, OF_A_MAP));

/// A page of one segment that stands on the as-of day.
static SEGMENT: LazyLock<Takes<'static>> = LazyLock::new(|| {
    static FILTERS: LazyLock<Vec<Filter>> = LazyLock::new(|| named(&["sales_channel", "cohort", "recency_score"]));
    takes(&FILTERS, Some(filter("segment")), &[])
});

/// A page of sites.
static SITES: LazyLock<Takes<'static>> = LazyLock::new(|| {
    static FILTERS: LazyLock<Vec<Filter>> =
        LazyLock::new(|| named(&["region", "without", "min_sales", "max_transfer"]));
    takes(&FILTERS, None, &[])
});

fn no_value(name: &str) -> FilterError {
    FilterError::Value {
        filter: filter(name).clone(),
        in_path: false,
    }
}

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
    let pairs = filters.pairs(&USUAL);
    let again: Vec<_> = pairs
        .iter()
        .map(|(filter, value)| (filter.name.as_str(), value.as_str()))
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
    assert_eq!(read(&[("sales_channel", "fax")]), Err(no_value("sales_channel")));
    assert_eq!(read(&[("region", "Atlantide")]), Err(no_value("region")));
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
        filters.words(&reach(), reach().as_of, &USUAL, Language::French),
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
    assert_eq!(
        read_by(&[], &SEGMENT),
        Err(FilterError::Needed(filter("segment").clone()))
    );
    assert_eq!(
        FilterError::Needed(filter("segment").clone()).words(Language::English),
        "The address must state “segment”: champions, loyal, promising, dormant, at_risk or lost."
    );
    assert_eq!(read_by(&[("segment", "Lost")], &SEGMENT), Err(no_value("segment")));
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
        assert_eq!(read, Err(no_value("cohort")), "{slip}");
    }
    assert_eq!(reach().months().len(), 36);
}

#[test]
fn scores_go_from_1_to_5() {
    let read = |score: &str| read_by(&[("segment", "lost"), ("recency_score", score)], &SEGMENT);
    assert!(read("5").is_ok());
    for slip in ["0", "6", "05", "x"] {
        assert_eq!(read(slip), Err(no_value("recency_score")), "{slip}");
    }
    assert_eq!(
        no_value("recency_score").words(Language::French),
        "«\u{a0}Score de récence\u{a0}»\u{a0}: la valeur de l’adresse n’existe pas. Écrivez 5, 4, 3, 2 ou 1."
    );
}

#[test]
fn numbers_are_whole_and_in_their_range_and_have_one_address() {
    for (given, read) in [
        ("150000", "150000"),
        ("0150 000", "150000"),
        ("150,000", "150000"),
        ("0", "0"),
    ] {
        let filters = read_by(&[("min_sales", given)], &SITES).unwrap();
        assert_eq!(filters.get("min_sales"), Some(read), "{given}");
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
        assert_eq!(error, FilterError::Number(filter("min_sales").clone()), "{slip}");
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
        filters.words(&reach(), reach().as_of, &SITES, Language::French),
        "au 31\u{a0}oct. 2026 · toutes régions · sans Bretagne · ventes d’au moins 150\u{202f}000 par an · au plus 30\u{202f}% pris au réseau"
    );
    assert_eq!(
        filters
            .value_words(filter("min_sales"), &reach(), Language::English)
            .as_deref(),
        Some("sales of at least 150,000 a year")
    );
    assert_eq!(read_by(&[("without", "Atlantis")], &SITES), Err(no_value("without")));
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
        filters.words(&reach(), reach().as_of, &SEGMENT, Language::French),
        "au 31\u{a0}oct. 2026 · tous canaux · à risque · premier achat en mars 2025 · récence 2"
    );
    assert_eq!(
        filters.span_words(&reach(), reach().as_of, &SEGMENT, Language::English),
        "as of 31\u{a0}Oct 2026"
    );
}

#[test]
fn two_days_of_a_form_are_one_period() {
    let pairs = |given: &[(&str, &str)]| -> Vec<(String, String)> {
        given
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    };
    let led = |given: &[(&str, &str)]| with_period(&pairs(given), &USUAL);
    assert_eq!(led(&[("period", "2025"), ("region", "Bretagne")]), None);
    assert_eq!(
        led(&[
            ("period", "days"),
            ("from", "2026-01-15"),
            ("to", "2026-02-14"),
            ("lang", "en")
        ]),
        Some(pairs(&[("period", "2026-01-15..2026-02-14"), ("lang", "en")]))
    );
    // Days that were filled in and not chosen do not count.
    assert_eq!(
        led(&[("period", "2025"), ("from", "2026-01-15"), ("to", "")]),
        Some(pairs(&[("period", "2025")]))
    );
    let without = led(&[("period", "days"), ("from", ""), ("to", "2026-02-14")]).unwrap();
    assert_eq!(without, pairs(&[("period", "..2026-02-14")]));
    assert_eq!(read(&[("period", "..2026-02-14")]), Err(FilterError::Period));
    // A page without a period has no such fields.
    assert_eq!(with_period(&pairs(&[("from", "2026-01-15")]), &SITES), None);
}
