//! A broken mapping: one message with every fault, its line, what is allowed and what to do.

use chalandise::import::{ImportError, Mapping};

use super::support::project;

const BROKEN: &str = r#"name = "broken"
source = "a:b"
currency = "euro"
time_zone = "Europe/Pariss"
doc = "A mapping with every kind of fault."
colour = "red"

[[file]]
id = "Sales 2024"
format = "cvs"
encoding = "latin1"
delimiter = ";;"
decimal_mark = ","
thousands = ["1"]
dates = ["%d.%b.%Y"]
unique = ["numbr"]
money = "day"

[file.columns]
number = { type = "txt", requird = true }
day = { type = "date", repairs = ["trimm"] }
amount = { type = "money", from = "Amount", position = 3, min = "0" }

[[table]]
into = "order"
primary = "sale"
sql = ""
"#;

#[test]
fn every_fault_of_form_is_listed_at_once() {
    let error = Mapping::parse(BROKEN, "broken.toml").expect_err("it is broken");
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "mapping broken.toml has 21 faults:", "{text}");
    for expected in [
        "broken.toml, line 2: the mapping: a source may not hold a colon",
        "broken.toml, line 3: the mapping: `euro` is not a currency code",
        "broken.toml, line 4: the mapping: `Europe/Pariss` is not a time zone",
        "write an IANA name; did you mean `Europe/Paris`?",
        "broken.toml, line 6: the mapping: there is no key \"colour\"",
        "broken.toml, line 8: file `Sales 2024`: match is missing",
        "broken.toml, line 9: the mapping, file 1: `Sales 2024` is not a name for SQL",
        "broken.toml, line 10: file `Sales 2024`: there is no format \"cvs\"",
        "did you mean \"csv\"?",
        "broken.toml, line 11: file `Sales 2024`: there is no encoding \"latin1\"",
        "write utf-8, windows-1252 or iso-8859-15",
        "broken.toml, line 12: file `Sales 2024`: there is no delimiter \";;\"",
        "did you mean \";\"?",
        "broken.toml, line 14: file `Sales 2024`: `1` cannot part thousands",
        "broken.toml, line 15: file `Sales 2024`: `%d.%b.%Y` is not a date format: it may hold %Y %y %m %d %H %M %S only",
        "broken.toml, line 16: file `Sales 2024`: `numbr` is not a column of this file",
        "did you mean `number`? allowed: number, day, amount, or \"file and line\"",
        "broken.toml, line 17: file `Sales 2024`: column `day` is date",
        "broken.toml, line 20: file `Sales 2024`, column `number`: there is no key \"requird\"",
        "did you mean \"required\"?",
        "broken.toml, line 20: file `Sales 2024`, column `number`: there is no type \"txt\"",
        "broken.toml, line 21: file `Sales 2024`, column `day`: there is no repair \"trimm\"",
        "broken.toml, line 22: file `Sales 2024`, column `amount`: the column's place is given in two ways or by halves",
        "broken.toml, line 22: file `Sales 2024`, column `amount`: min must be a number, not a text",
        "broken.toml, line 25: table into `order`: `order` is not a canonical table",
        "broken.toml, line 26: table into `order`: `sale` is not the id of a [[file]]",
        "broken.toml, line 27: table into `order`: sql is empty",
    ] {
        assert!(text.contains(expected), "no `{expected}` in:\n{text}");
    }
}

#[test]
fn broken_toml_is_told_with_its_line() {
    let error = Mapping::parse("name = \"x\"\nsource = \n", "broken.toml").expect_err("no value");
    let text = error.to_string();
    assert!(text.contains("broken.toml, line 2: this is not TOML: "), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_the_sql_is_listed_at_once() {
    let text = std::fs::read_to_string(project("tests/fixtures/import/till.toml")).expect("the fixture");
    let text = text
        .replace(
            "r.amount as net_revenue",
            "cast(r.amount as double) as net_revenue, 1 as colour",
        )
        .replace("'order' as kind, ", "")
        .replace("h3_latlng_to_cell(lat, lon, 9)", "h3_latlng_to_cell(lat, long, 9)");
    let mapping = Mapping::parse(&text, "till.toml").expect("its form is right");
    let error = mapping.check().await.expect_err("its SQL is wrong");
    assert_eq!(
        error.to_string(),
        "mapping till.toml has 4 faults:\n\
         \x20 till.toml, line 48: table into `orders`: column `net_revenue` comes out as Float64\n\
         \x20   the lake keeps money: cast it, for example cast(net_revenue as decimal(18, 2))\n\
         \x20 till.toml, line 48: table into `orders`: `colour` is not a column of orders\n\
         \x20   allowed: order_id, kind, refunded_order_id, source, source_customer_id, customer_id, ordered_on, ordered_at, updated_at, sales_channel, store_id, net_revenue, gross_margin, items, key_code, h3_cell, location_precision, region\n\
         \x20 till.toml, line 48: table into `orders`: the SQL does not give `kind`\n\
         \x20   every row of the table needs it\n\
         \x20 till.toml, line 61: table into `customers`: there is no column `long`\n\
         \x20   did you mean `lon`? allowed: customer, lat, lon, _file, _line"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sql_that_writes_or_reads_elsewhere_is_refused() {
    let text = std::fs::read_to_string(project("tests/fixtures/import/till.toml")).expect("the fixture");
    for sql in [
        "drop table receipts",
        "copy receipts to 'x.csv'",
        "select * from '/etc/passwd'",
        "select * from stranger",
    ] {
        let start = text.find("sql = \"\"\"").expect("SQL");
        let end = start + 9 + text[start + 9..].find("\"\"\"").expect("its end") + 3;
        let text = format!("{}sql = \"{sql}\"{}", &text[..start], &text[end..]);
        let mapping = Mapping::parse(&text, "till.toml").expect("its form is right");
        let error = mapping.check().await.expect_err("not a query of the sources");
        assert!(matches!(error, ImportError::Mapping { .. }), "{sql}: {error}");
    }
}

#[test]
fn an_unknown_mapping_is_told_with_those_there_are() {
    let error = Mapping::find("prestashp", &project("data/mappings")).expect_err("there is none");
    assert_eq!(
        error.to_string(),
        "there is no mapping `prestashp`. Did you mean `prestashop`? There are: campaigns, cdnow, competitors, complete-journey, costs, mailing, prestashop, sage100, store-attributes, stores, travel-times"
    );
}
