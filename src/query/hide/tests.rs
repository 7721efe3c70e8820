//! What is hidden of small groups, asked of an engine.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::prelude::SessionContext;

use crate::{Library, run};

fn library(text: &str) -> Library {
    let mut library = Library::default();
    library.add("page/groups", Path::new("groups.sql"), text);
    library
}

/// Each fault on a line of its own, before its remedy.
fn faults(text: &str) -> Vec<String> {
    let found = library(text).header_faults().sorted();
    let one = |fault: &chalandise_faults::Fault| fault.to_string().replace("\n    ", " | ");
    found.iter().map(one).collect()
}

/// The column `customers` of the answer, by its first column.
async fn told(text: &str, given: &[(&str, &str)]) -> Vec<(String, Option<i64>)> {
    let library = library(text);
    assert!(library.header_faults().is_empty(), "{}", library.header_faults());
    let query = library.get("page/groups").unwrap();
    let given = given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let bound = query.bind(&given.collect::<BTreeMap<_, _>>()).unwrap();
    let rows = run(&SessionContext::new(), query, &bound).await;
    let rows = rows.unwrap_or_else(|error| panic!("{error}: {:?}\n{}", std::error::Error::source(&error), query.sql));
    rows.batches.iter().flat_map(of_batch).collect()
}

fn of_batch(batch: &RecordBatch) -> Vec<(String, Option<i64>)> {
    let names = cast(batch.column(0), &DataType::Utf8).unwrap();
    let counts = cast(batch.column_by_name("customers").unwrap(), &DataType::Int64).unwrap();
    let (names, counts) = (names.as_string::<i32>(), counts.as_primitive::<Int64Type>());
    let count = |row| counts.is_valid(row).then(|| counts.value(row));
    (0..batch.num_rows())
        .map(|row| (names.value(row).to_owned(), count(row)))
        .collect()
}

fn shown(told: &[(String, Option<i64>)]) -> Vec<&str> {
    let known = told.iter().filter(|(_, count)| count.is_some());
    known.map(|(name, _)| name.as_str()).collect()
}

/// Groups of so many customers, by channel.
fn by_channel(lines: &str, groups: &[(&str, &str, i64)]) -> String {
    let rows: Vec<String> = groups
        .iter()
        .map(|(name, channel, customers)| {
            let channel = if channel.is_empty() {
                "null".to_owned()
            } else {
                format!("'{channel}'")
            };
            format!("('{name}', {channel}, {customers})")
        })
        .collect();
    format!(
        "-- Customers by name.\n\
         -- @param channel: text = null -- channel; all when absent\n\
         {lines}\n\
         -- @column name: text -- name\n\
         -- @column customers: count -- customers\n\
         with everyone as (\n    \
         select * from (values {}) as listed (name, channel, customers)\n\
         )\n\
         select name, sum(customers) as customers\n\
         from everyone\n\
         where $channel is null or channel = $channel\n\
         group by name\n\
         order by name -- in order\n\
         limit 10\n",
        rows.join(", ")
    )
}

const ACROSS: &str = "-- @small customers by name: customers\n-- @across channel: everyone";

#[tokio::test]
async fn small_groups_are_hidden_and_nobody_is_none() {
    let text = "-- Customers.\n\
                -- @small customers: customers, word = few, sure = false\n\
                -- @column name: text -- name\n\
                -- @column customers: count -- customers\n\
                -- @column word: text -- word\n\
                -- @column sure: boolean -- whether it is sure\n\
                select * from (values ('a', 10, 'x', true), ('b', 11, 'x', true), ('c', 0, 'x', true), ('d', null, 'x', true))\n\
                as listed (name, customers, word, sure) order by name";
    let told_of = told(text, &[]).await;
    assert_eq!(
        shown(&told_of),
        ["b", "c"],
        "few, and those whose number is not known, are hidden"
    );
    assert_eq!(shown(&told(text, &[("min_group_size", "10")]).await), ["a", "b", "c"]);
    assert_eq!(
        shown(&told(text, &[("min_group_size", "0")]).await),
        ["a", "b", "c"],
        "nothing is hidden, null is null"
    );
    let library = library(text);
    let query = library.get("page/groups").unwrap();
    let rows = run(&SessionContext::new(), query, &query.bind(&BTreeMap::new()).unwrap())
        .await
        .unwrap();
    let words = rows.batches[0].column_by_name("word").unwrap();
    let words = cast(words, &DataType::Utf8).unwrap();
    let words: Vec<Option<&str>> = words.as_string::<i32>().iter().collect();
    assert_eq!(words, [Some("few"), Some("x"), Some("x"), Some("few")]);
}

#[tokio::test]
async fn across_values_the_smallest_large_one_is_hidden_beside_a_small_one() {
    let text = by_channel(
        ACROSS,
        &[("a", "web", 20), ("a", "post", 12), ("a", "phone", 5), ("b", "web", 30)],
    );
    assert_eq!(shown(&told(&text, &[]).await), ["a", "b"], "all channels");
    assert_eq!(shown(&told(&text, &[("channel", "web")]).await), ["a", "b"]);
    assert!(shown(&told(&text, &[("channel", "phone")]).await).is_empty());
    assert!(
        shown(&told(&text, &[("channel", "post")]).await).is_empty(),
        "the partner"
    );

    let text = by_channel(ACROSS, &[("a", "web", 20), ("a", "post", 6), ("a", "phone", 5)]);
    assert_eq!(
        shown(&told(&text, &[("channel", "web")]).await),
        ["a"],
        "the small ones are enough together"
    );

    let text = by_channel(ACROSS, &[("a", "web", 20), ("a", "post", 12), ("a", "", 3)]);
    assert!(
        shown(&told(&text, &[("channel", "post")]).await).is_empty(),
        "3 have no channel"
    );
    assert_eq!(shown(&told(&text, &[("channel", "web")]).await), ["a"]);

    let text = by_channel(ACROSS, &[("a", "web", 12), ("a", "post", 12), ("a", "phone", 1)]);
    assert!(
        shown(&told(&text, &[("channel", "post")]).await).is_empty(),
        "of two alike the first"
    );
    assert_eq!(shown(&told(&text, &[("channel", "web")]).await), ["a"]);
}

#[tokio::test]
async fn customers_of_several_values_are_counted_once() {
    // 9 customers bought by post and by phone: together they are 9, not 18.
    let text = by_channel(
        "-- @small customers by name: customers\n-- @across channel: counted once first_customers",
        &[("a", "web", 20), ("a", "post", 9), ("a", "phone", 9)],
    );
    let counted = "counted as (\n    select *, case when channel = 'phone' then 0 else customers end as first_customers from everyone\n)\nselect name";
    let text = text.replacen(")\nselect name", &format!("),\n{counted}"), 1);
    assert!(shown(&told(&text, &[("channel", "web")]).await).is_empty());
}

#[tokio::test]
async fn rows_that_add_up_hide_a_partner() {
    let lines = "-- @small customers by name: customers\n-- @together";
    let groups = |sizes: &[(&'static str, i64)]| {
        let groups: Vec<(&str, &str, i64)> = sizes.iter().map(|(name, size)| (*name, "web", *size)).collect();
        by_channel(lines, &groups)
    };
    let text = groups(&[("a", 30), ("b", 5), ("c", 12), ("d", 0)]);
    assert_eq!(shown(&told(&text, &[]).await), ["a", "d"]);
    let text = groups(&[("a", 30), ("b", 5), ("c", 12), ("d", 6)]);
    assert_eq!(shown(&told(&text, &[]).await), ["a", "c"]);
    let text = groups(&[("a", 30), ("c", 12)]);
    assert_eq!(shown(&told(&text, &[]).await), ["a", "c"]);
    let text = groups(&[("a", 5), ("c", 3)]);
    assert!(shown(&told(&text, &[]).await).is_empty());
}

#[tokio::test]
async fn what_is_made_of_a_step_is_made_of_what_is_shown() {
    let text = "-- The largest.\n\
                -- @small customers by name in listed: customers, is_known = false\n\
                -- @column name: text -- name\n\
                -- @column customers: count -- customers\n\
                with listed as (\n    \
                select *, true as is_known from (values ('a', 40), ('b', 7), ('c', 50)) as rows (name, customers)\n\
                ),\n\
                ranked as (select *, row_number() over (order by customers desc nulls last) as place from listed where is_known)\n\
                select name, customers from ranked order by place;\n";
    let told_of = told(text, &[]).await;
    assert_eq!(told_of, [("c".to_owned(), Some(50)), ("a".to_owned(), Some(40))]);
}

/// Whatever the sizes, what is left of the answer without the filter is nothing, or enough.
#[tokio::test]
async fn nothing_small_is_left_across_values_or_rows() {
    // A small generator of its own: sizes from 0 to 30, most of them small.
    let mut state = 11_u64;
    let mut size = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let drawn = i64::try_from(state >> 59).unwrap();
        if drawn > 20 { drawn } else { drawn % 13 }
    };
    for round in 0..40 {
        let mut groups = Vec::new();
        for name in ["a", "b", "c", "d"] {
            for channel in ["web", "post", "phone", ""] {
                groups.push((
                    name,
                    channel,
                    if channel.is_empty() && round % 2 == 0 {
                        0
                    } else {
                        size()
                    },
                ));
            }
        }
        let text = by_channel(&format!("{ACROSS}\n-- @together"), &groups);
        let all = told(&text, &[]).await;
        let mut left: BTreeMap<&str, i64> = BTreeMap::new();
        for (name, _, customers) in &groups {
            *left.entry(name).or_default() += customers;
        }
        for channel in ["web", "post", "phone"] {
            let told_of = told(&text, &[("channel", channel)]).await;
            let of = |name: &str| {
                groups
                    .iter()
                    .find(|group| (group.0, group.1) == (name, channel))
                    .unwrap()
                    .2
            };
            let mut rest = 0;
            for (name, count) in &told_of {
                match count {
                    Some(count) => {
                        assert!(*count == 0 || *count >= 11, "{groups:?}");
                        *left.get_mut(name.as_str()).unwrap() -= count;
                    }
                    None => rest += of(name),
                }
            }
            assert!(
                rest == 0 || rest >= 11 || shown(&told_of).iter().all(|name| of(name) == 0),
                "{channel}: {groups:?}"
            );
        }
        for name in shown(&all) {
            assert!(
                left[name] == 0 || left[name] >= 11,
                "{name} leaves {}: {groups:?}",
                left[name]
            );
        }
    }
}

#[test]
fn the_text_says_what_is_hidden_and_can_be_read_alone() {
    let library = library(&by_channel(ACROSS, &[("a", "web", 20)]));
    let query = library.get("page/groups").unwrap();
    assert!(!query.sql.contains("-- @small") && !query.sql.contains("-- @across"));
    assert!(
        query
            .sql
            .contains("-- Hidden where customers are fewer than min_group_size, but not 0: customers.\n")
    );
    assert!(
        query.sql.ends_with("order by name -- in order\nlimit 10\n"),
        "{}",
        query.sql
    );
    let again = self::library(&query.sql);
    assert!(again.header_faults().is_empty());
    assert_eq!(again.get("page/groups").unwrap().sql, query.sql);
    assert!(query.param("min_group_size").is_some());
}

#[test]
fn faults_name_the_line_that_has_to_be_corrected() {
    let text = by_channel("-- @small customers by name: custmers", &[("a", "web", 20)]);
    assert_eq!(
        faults(&text),
        [
            "page/groups.sql, line 3: `@small` hides the column `custmers`, which is not declared (did you mean `customers`?) | \
          correct the name, or declare it: `-- @column custmers: unit -- what it means`"
        ]
    );
    let text = by_channel("-- @small customers in everybody: customers", &[("a", "web", 20)]);
    assert_eq!(
        faults(&text),
        [
            "page/groups.sql, line 3: the query has no step `everybody` | name a step of its `with`, or leave `in` out to hide columns of \
          the answer"
        ]
    );
    let text = by_channel("-- @across channel: everyone", &[("a", "web", 20)]);
    assert_eq!(
        faults(&text),
        [
            "page/groups.sql, line 3: `@across` belongs to no `@small` | write it below the `@small` line whose columns it protects"
        ]
    );
}
