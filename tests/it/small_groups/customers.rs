//! Customers by segment, score, move, persona, channel and region.

use std::collections::{BTreeMap, BTreeSet};

use chalandise::serving::Table;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::Judged;
use super::lake::{Asker, CHANNELS, LEAST, Person};

/// A query whose rows are groups of customers.
struct Kind {
    query: &'static str,
    /// Columns that tell rows apart, and what they are of a customer.
    keys: &'static [(&'static str, &'static str)],
    /// A column of a figure of the group.
    figure: &'static str,
    /// Whether that figure is the number of customers.
    is_count: bool,
    filters: &'static [&'static str],
    /// Of the customers a year before.
    before: bool,
    /// Only customers who were there a year before.
    moved: bool,
    /// Whether the rows add up to a total that is told elsewhere.
    adds_up: bool,
}

const THREE: &[&str] = &["sales_channel", "region", "cohort_on"];
const FOUR: &[&str] = &["segment", "sales_channel", "region", "cohort_on"];
const SIX: &[&str] = &[
    "segment",
    "sales_channel",
    "region",
    "cohort_on",
    "recency_score",
    "frequency_score",
];
const SEGMENTS: [&str; 6] = ["champions", "loyal", "promising", "dormant", "at_risk", "lost"];

const PLAIN: Kind = Kind {
    query: "",
    keys: &[],
    figure: "customers",
    is_count: true,
    filters: THREE,
    before: false,
    moved: false,
    adds_up: true,
};

const KINDS: &[Kind] = &[
    Kind {
        query: "customers/indicators",
        adds_up: false,
        ..PLAIN
    },
    Kind {
        query: "customers/indicators",
        figure: "clv",
        is_count: false,
        adds_up: false,
        ..PLAIN
    },
    Kind {
        query: "customers/indicators",
        figure: "customers_last_year",
        before: true,
        adds_up: false,
        ..PLAIN
    },
    Kind {
        query: "customers/segments",
        keys: &[("segment", "segment")],
        ..PLAIN
    },
    Kind {
        query: "customers/segments",
        keys: &[("segment", "segment")],
        figure: "clv",
        is_count: false,
        ..PLAIN
    },
    Kind {
        query: "customers/segments",
        keys: &[("segment", "segment")],
        figure: "customers_last_year",
        before: true,
        ..PLAIN
    },
    Kind {
        query: "customers/rfm_grid",
        keys: &[
            ("recency_score", "recency_score"),
            ("frequency_score", "frequency_score"),
        ],
        filters: FOUR,
        ..PLAIN
    },
    Kind {
        query: "customers/rfm_grid",
        keys: &[
            ("recency_score", "recency_score"),
            ("frequency_score", "frequency_score"),
        ],
        figure: "clv_share",
        is_count: false,
        filters: FOUR,
        ..PLAIN
    },
    Kind {
        query: "customers/migration",
        keys: &[("before", "before"), ("after", "segment")],
        moved: true,
        ..PLAIN
    },
    Kind {
        query: "customers/personas",
        keys: &[("persona", "persona")],
        ..PLAIN
    },
    Kind {
        query: "customer_segment/indicators",
        filters: SIX,
        adds_up: false,
        ..PLAIN
    },
    Kind {
        query: "customer_segment/by_channel",
        keys: &[("sales_channel", "sales_channel")],
        filters: &["segment", "region", "cohort_on", "recency_score", "frequency_score"],
        ..PLAIN
    },
    Kind {
        query: "customer_segment/by_region",
        keys: &[("region", "region")],
        filters: &[
            "segment",
            "sales_channel",
            "cohort_on",
            "recency_score",
            "frequency_score",
        ],
        ..PLAIN
    },
];

type Given = BTreeMap<String, String>;

fn values(asker: &Asker, filter: &str) -> Vec<String> {
    let own = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    match filter {
        "sales_channel" => own(&CHANNELS),
        "region" => asker.regions.clone(),
        "cohort_on" => asker.cohorts.clone(),
        "segment" => own(&SEGMENTS),
        _ => own(&["1", "2", "3", "4", "5"]),
    }
}

fn fits(person: &Person, given: &Given) -> bool {
    given
        .iter()
        .all(|(name, value)| person.known.get(name.as_str()) == Some(value))
}

/// The rows of a query with a figure, by what tells them apart; and all rows.
fn told(table: &Table, kind: &Kind) -> (BTreeSet<Vec<String>>, BTreeSet<Vec<String>>) {
    let (mut shown, mut all) = (BTreeSet::new(), BTreeSet::new());
    for row in 0..table.len() {
        let key: Vec<String> = kind
            .keys
            .iter()
            .map(|(column, _)| table.cell(row, column).exact())
            .collect();
        if !table.cell(row, kind.figure).exact().is_empty() {
            shown.insert(key.clone());
        }
        all.insert(key);
    }
    (shown, all)
}

/// The customers of each row.
fn groups<'a>(asker: &'a Asker, kind: &Kind, given: &Given) -> BTreeMap<Vec<String>, Vec<&'a Person>> {
    let people = if kind.before {
        &asker.people_before
    } else {
        &asker.people
    };
    let mut groups: BTreeMap<Vec<String>, Vec<&Person>> = BTreeMap::new();
    for person in people.iter().filter(|person| fits(person, given)) {
        if kind.moved && !person.known.contains_key("before") {
            continue;
        }
        let key = kind
            .keys
            .iter()
            .map(|(_, known)| person.known.get(known).cloned().unwrap_or_default());
        groups.entry(key.collect()).or_default().push(person);
    }
    groups
}

/// A random query under random filters.
pub(super) async fn judge(asker: &Asker, random: &mut ChaCha8Rng, judged: &mut Judged) {
    let kind = &KINDS[random.random_range(0..KINDS.len())];
    let mut given = Given::new();
    for filter in kind.filters {
        let values = values(asker, filter);
        let is_needed = *filter == "segment" && kind.query.starts_with("customer_segment");
        // Months are many, and small without another filter.
        let chance = if *filter == "cohort_on" { 0.15 } else { 0.35 };
        if is_needed || random.random_bool(chance) {
            given.insert(
                (*filter).to_owned(),
                values[random.random_range(0..values.len())].clone(),
            );
        }
    }
    let words = || format!("{} {} {given:?}", kind.query, kind.figure);
    let table = asker.rows(kind.query, &given).await;
    let (shown, listed) = told(&table, kind);
    let groups = groups(asker, kind, &given);
    let nobody = Vec::new();
    for key in &listed {
        let people = groups.get(key).unwrap_or(&nobody);
        judged.group(shown.contains(key), people.len(), || format!("{} {key:?}", words()));
    }
    if kind.is_count {
        for row in 0..table.len() {
            let key: Vec<String> = kind
                .keys
                .iter()
                .map(|(column, _)| table.cell(row, column).exact())
                .collect();
            let people = groups.get(&key).map_or(0, Vec::len);
            let count = table.cell(row, kind.figure).as_i64();
            assert!(
                count.is_none_or(|count| usize::try_from(count) == Ok(people)),
                "{} {key:?}: {count:?}, counted {people}",
                words()
            );
        }
    }
    if kind.adds_up {
        let size = |rest: bool| {
            let of = groups.iter().filter(|(key, _)| !rest || !shown.contains(*key));
            of.map(|(_, people)| people.len()).sum::<usize>()
        };
        // A total of too few customers is not told either.
        if size(false) >= LEAST {
            judged.rest(size(true), || format!("{}, the rows told taken off,", words()));
        }
    }
    let Some(filter) = kind.filters.get(random.random_range(0..kind.filters.len())) else {
        return;
    };
    if *filter == "segment" && kind.query.starts_with("customer_segment") {
        return;
    }
    across(asker, kind, &given, filter, judged).await;
}

/// What all values of a filter have, less what each value tells.
async fn across(asker: &Asker, kind: &Kind, given: &Given, filter: &str, judged: &mut Judged) {
    let mut all = given.clone();
    all.remove(filter);
    let (whole, _) = told(&*asker.rows(kind.query, &all).await, kind);
    let mut told_by_value: BTreeMap<String, BTreeSet<Vec<String>>> = BTreeMap::new();
    for value in values(asker, filter) {
        let mut one = all.clone();
        one.insert(filter.to_owned(), value.clone());
        let (shown, _) = told(&*asker.rows(kind.query, &one).await, kind);
        told_by_value.insert(value, shown);
    }
    for (key, people) in groups(asker, kind, &all) {
        if !whole.contains(&key) {
            continue;
        }
        let is_told = |person: &&Person| {
            let value = person.known.get(filter);
            value.is_some_and(|value| told_by_value.get(value).is_some_and(|shown| shown.contains(&key)))
        };
        let rest = people.into_iter().filter(|person| !is_told(person));
        let rest: BTreeSet<&str> = rest.map(|person| person.id.as_str()).collect();
        judged.rest(rest.len(), || {
            format!(
                "{} {} {all:?} {key:?}, each {filter} told taken off,",
                kind.query, kind.figure
            )
        });
    }
}
