//! Queries and fragments as texts: what is put in, and what is said of those that do not fit.

use std::path::Path;

use crate::{Library, Value, definitions};

const REVENUE: &str = "\
-- Net revenue by {of}.
-- In the period.
-- @argument of -- column by which sales are told apart
-- @param from_on: date -- first day of the period
-- @param sales_channel: text = 'web' -- web or store
sums as (
    select {of}, sum(net_revenue) as net_revenue
    from sales
    where ordered_on >= $from_on and sales_channel = $sales_channel -- {of} is known
    group by {of}
) -- one row each
";

fn library(files: &[(&str, &str)]) -> Library {
    let mut library = Library::default();
    for (name, text) in files {
        library.add(name, Path::new(name), text);
    }
    library.check_fragments();
    library
}

/// Each fault on a line of its own, before its remedy.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let found = library(files).header_faults().sorted();
    found
        .iter()
        .map(|fault| fault.to_string().replace("\n    ", " | "))
        .collect()
}

#[test]
fn a_query_shows_its_fragments_whole() {
    let query = "\
-- Regions.
-- @param top: integer -- how many
-- @column region: text -- region
with
-- @with page/revenue(of = region)
first as (select * from sums limit $top)
select region from first
";
    let library = library(&[("page/with/revenue", REVENUE), ("page/regions", query)]);
    assert!(library.header_faults().is_empty(), "{}", library.header_faults());
    let query = library.get("page/regions").unwrap();
    let whole = "\
-- Regions.
-- @param from_on: date -- first day of the period
-- @param sales_channel: text = 'web' -- web or store
-- @param top: integer -- how many
-- @column region: text -- region
with
-- page/revenue(of = region)
-- Net revenue by region.
-- In the period.
sums as (
    select region, sum(net_revenue) as net_revenue
    from sales
    where ordered_on >= $from_on and sales_channel = $sales_channel -- region is known
    group by region
), -- one row each
first as (select * from sums limit $top)
select region from first
";
    assert_eq!(query.sql, whole);
    let names: Vec<&str> = query.params.iter().map(|param| param.name.as_str()).collect();
    assert_eq!(names, ["from_on", "sales_channel", "top"]);
    assert_eq!(query.doc, "Regions.");
    assert!(library.names().eq(["page/regions"]), "a fragment is no query");
}

#[test]
fn a_query_without_fragments_stays_as_it_was_written() {
    let text = "-- One.\r\n-- @column one: count -- one\r\nselect '\n-- @with a/b\n' as one  ";
    assert_eq!(library(&[("page/one", text)]).get("page/one").unwrap().sql, text);
}

#[test]
fn commas_stand_between_steps_only() {
    let library = library(&[
        ("a/with/x", "-- A step.\nx as (select 1 as one)\n\n"),
        ("a/with/y", "-- Another.\n\ny as (select 1 as one)"),
        // A fragment may be made of others.
        ("a/with/z", "-- Two steps.\n-- @with a/y\nz as (select one from y)"),
        (
            "a/last",
            "-- Last.\nwith w as (select 1),\n-- @with a/y\n\n-- All.\nselect * from y",
        ),
        (
            "a/both",
            "-- Both.\nwith\n-- @with a/x\n-- @with a/z\nselect * from x, z",
        ),
        (
            "a/inner",
            "-- Inner.\nselect * from (with\n-- @with a/x\nselect * from x)",
        ),
    ]);
    assert!(library.header_faults().is_empty(), "{}", library.header_faults());
    let sql = |name: &str| library.get(name).unwrap().sql.as_str();
    let x = "-- a/x\n-- A step.\nx as (select 1 as one)";
    let y = "-- a/y\n-- Another.\ny as (select 1 as one)";
    assert_eq!(
        sql("a/last"),
        format!("-- Last.\nwith w as (select 1),\n{y}\n\n-- All.\nselect * from y\n")
    );
    assert_eq!(
        sql("a/both"),
        format!("-- Both.\nwith\n{x},\n-- a/z\n-- Two steps.\n{y},\nz as (select one from y)\nselect * from x, z\n")
    );
    assert_eq!(
        sql("a/inner"),
        format!("-- Inner.\nselect * from (with\n{x}\nselect * from x)\n")
    );
}

#[test]
fn a_query_may_declare_a_parameter_of_a_fragment_itself() {
    let query = |declared: &str| {
        format!("-- Regions.\n{declared}\nwith\n-- @with page/revenue(of = region)\nselect * from sums\n")
    };
    let own = query("-- @param sales_channel: text = null -- any channel");
    let found = library(&[("page/with/revenue", REVENUE), ("page/regions", &own)]);
    assert!(found.header_faults().is_empty(), "{}", found.header_faults());
    let regions = found.get("page/regions").unwrap();
    assert_eq!(regions.sql.matches("@param sales_channel").count(), 1);
    let param = regions.param("sales_channel").unwrap();
    assert_eq!(param.default, Some(Value::Null));
    assert_eq!(param.doc, "any channel");

    let other = query("-- @param from_on: text -- first day");
    assert_eq!(
        faults(&[("page/with/revenue", REVENUE), ("page/regions", &other)]),
        [
            "page/regions.sql, line 2: parameter `from_on` is of two kinds, text and date | \
             give it the kind that it has in page/with/revenue.sql, or another name"
        ]
    );

    let both = "-- Regions.\nwith\n-- @with page/days\n-- @with page/revenue(of = region)\nselect * from sums, days";
    assert_eq!(
        faults(&[
            (
                "page/with/days",
                "-- Days.\n-- @param from_on: text -- first day\ndays as (select $from_on as day)"
            ),
            ("page/with/revenue", REVENUE),
            ("page/regions", both),
        ]),
        [
            "page/with/revenue.sql, line 4: parameter `from_on` is of two kinds, text and date | \
             give it the kind that it has in page/with/days.sql, or another name"
        ]
    );
}

#[test]
fn what_a_query_asks_of_a_fragment_is_checked() {
    let asked = |line: &str| {
        let query = format!("-- Regions.\nwith\n-- @with {line}\nselect * from sums");
        let sound = "-- S.\nwith\n-- @with page/revenue(of = region)\nselect * from sums";
        let found = faults(&[
            ("page/with/revenue", REVENUE),
            ("page/sound", sound),
            ("page/regions", &query),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        let fault = found[0].strip_prefix("page/regions.sql, line 3: ");
        fault.expect("its place").to_owned()
    };
    assert_eq!(
        asked("page/revenu(of = region)"),
        "there is no fragment `page/revenu` (did you mean `page/revenue`?) | \
         correct the name, or add the file page/with/revenu.sql"
    );
    assert_eq!(
        asked("page/revenue"),
        "`page/revenue` lacks its argument `of` | give it in brackets, `(of = name)`: column by which sales are told apart"
    );
    assert_eq!(
        asked("page/revenue(off = region)"),
        "`page/revenue` has no argument `off` (did you mean `of`?) | it takes: of"
    );
    assert_eq!(
        asked("page/revenue(of = region) x)"),
        "argument `of` of `page/revenue` is given `region) x`, which is no name | \
         give a name: lower-case letters, digits and _, no digit first"
    );
    assert_eq!(
        asked("page/revenue(of = region, of = store_id)"),
        "argument `of` of `page/revenue` is given twice | keep one of the two"
    );
    let unreadable = "the line does not name a fragment | \
                      write `-- @with folder/name`, or `-- @with folder/name(argument = name)`";
    for line in ["", "Page/Revenue", "page/revenue(region)", "page/revenue(of = region"] {
        assert_eq!(asked(line), unreadable, "{line}");
    }
}

#[test]
fn a_fragment_stands_where_a_step_may_begin() {
    let place = |text: &str| {
        let found = faults(&[
            ("a/with/x", "-- A step.\nx as (select 1 as one)"),
            ("a/sound", "-- S.\nwith\n-- @with a/x\nselect * from x"),
            ("a/q", text),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].split(" | ").next().expect("a fault").to_owned()
    };
    let elsewhere = |line: usize| format!("a/q.sql, line {line}: no fragment can stand here");
    assert_eq!(
        place("-- Q.\n-- @with a/x\n-- @column one: count -- one\nselect 1 as one"),
        elsewhere(2)
    );
    assert_eq!(place("-- Q.\nselect one,\n-- @with a/x\ntwo from t"), elsewhere(3));
    assert_eq!(
        place("-- Q.\nwith y as (select 1)\n-- @with a/x\nselect 1"),
        elsewhere(3)
    );
    assert_eq!(
        place("-- Q.\nwith y as (select f(1,\n-- @with a/x\n2))\nselect 1"),
        elsewhere(3)
    );
    assert_eq!(
        place("-- Q.\nwith -- @with a/x\nselect * from x"),
        "a/q.sql, line 2: a fragment is named beside SQL"
    );
    assert_eq!(
        place("-- Q.\nwith\n-- @wiht a/x\nx as (select 1)\nselect * from x"),
        "a/q.sql, line 3: unknown line `@wiht` (did you mean `@with`?)"
    );
}

#[test]
fn what_is_wrong_with_a_fragment_is_said_once_and_in_its_own_file() {
    let of = |text: &str| {
        let uses = "-- Q.\nwith\n-- @with a/x\nselect * from x";
        faults(&[("a/with/x", text), ("a/one", uses), ("a/two", uses)]).join("\n")
    };
    assert_eq!(
        of("x as (select 1)"),
        "a/with/x.sql, line 1: the file says nothing about itself | \
         start it with a comment of one sentence: `-- Net revenue per month of a period.`"
    );
    assert_eq!(
        of("-- X.\n-- @column one: count -- one\nx as (select 1)"),
        "a/with/x.sql, line 2: unknown header line `@column` | use `@param` or `@argument`"
    );
    assert_eq!(
        of("-- X.\n-- @param day: date -- a day\nx as (select $dayx)"),
        "a/with/x.sql, line 2: parameter `day` is declared but not used | use `$day` in the SQL or delete the line\n\
         a/with/x.sql, line 3: parameter `$dayx` is used but not declared (did you mean `$day`?) | \
         declare it in the header: `-- @param dayx: kind -- what it means`"
    );
    assert_eq!(
        of("-- X.\nx as (select {of})"),
        "a/with/x.sql, line 2: argument `{of}` is used but not declared | \
         declare it in the header: `-- @argument of -- what it means`"
    );
    assert_eq!(
        of("-- X.\n\nwith x as (select 1)"),
        "a/with/x.sql, line 3: the fragment begins with `with` | leave the word out: each query that uses the fragment has it"
    );
    assert_eq!(
        of("-- X.\nx as (select 1),"),
        "a/with/x.sql, line 2: the fragment ends with a comma | delete it: a comma is put in where another step follows"
    );
    assert_eq!(
        of("-- X.\nx as (select 1)\nselect * from x"),
        "a/with/x.sql, line 3: the fragment has a `select` outside its steps | \
         keep `name as (select ...)`: the query that uses the fragment selects"
    );
    assert_eq!(
        of("-- X.\n"),
        "a/with/x.sql: the fragment holds no SQL | write its steps below the header: `name as (select ...)`"
    );
    let syntax = of("-- X.\nx as (\n    select 1 form form t\n)");
    assert!(
        syntax.starts_with("a/with/x.sql, line 3: the SQL cannot be read: ") && !syntax.contains('\n'),
        "{syntax}"
    );
}

#[test]
fn a_fragment_that_nobody_uses_is_a_fault_and_so_is_a_circle() {
    let unused = |name: &str| {
        format!(
            "a/with/{name}.sql: no query uses the fragment | \
             write `-- @with a/{name}` in those that share it, or delete the file"
        )
    };
    assert_eq!(
        faults(&[
            ("a/with/x", "-- X.\nx as (select 1 as one)"),
            ("a/with/y", "-- Y.\n-- @with a/x\ny as (select 1)")
        ]),
        [unused("x"), unused("y")]
    );
    let circle = |place: &str, other: &str| {
        format!(
            "{place}: the fragment `a/{other}` needs itself, directly or through others | \
             break the circle: leave the line out of one of them"
        )
    };
    assert_eq!(
        faults(&[
            ("a/with/x", "-- X.\nx as (select 1),\n-- @with a/y"),
            ("a/with/y", "-- Y.\n-- @with a/x"),
            ("a/q", "-- Q.\nwith\n-- @with a/x\nselect * from x"),
        ]),
        [circle("a/with/x.sql, line 3", "y"), circle("a/with/y.sql, line 2", "x")]
    );
}

#[test]
fn a_definition_changes_with_the_fragments_of_a_roll_up() {
    let of = |one: &str| {
        let step = format!("-- A step.\nx as (select {one} as one)");
        let query = "-- Q.\nwith\n-- @with rollup/x\nselect * from x";
        definitions(&library(&[("rollup/with/x", &step), ("rollup/q", query)]))
    };
    assert_eq!(of("1"), of("1"));
    assert_ne!(of("1")["q"], of("2")["q"]);
}
