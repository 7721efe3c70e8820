//! Every figure of a page against the SQL of the same name: the file against what the program itself answers, and the table that a
//! reader sees against the file, number by number.

use std::process::Command;
use std::sync::OnceLock;

use chalandise::query::Library;
use serde_json::Value;

use super::client::{demo_lake, demo_site};
use crate::lake::root;

static LIBRARY: OnceLock<Library> = OnceLock::new();

/// A figure with a table, as its page file has it.
struct Figure {
    id: String,
    columns: Vec<(String, String)>,
    sort: bool,
    parameters: Vec<(String, String)>,
}

fn figures(folder: &str) -> Vec<Figure> {
    let path = root().join("queries").join(folder).join("page.toml");
    let text = std::fs::read_to_string(&path).expect("a page file");
    let page: toml::Table = toml::from_str(&text).expect("TOML");
    let text = |table: &toml::Value, key: &str| table.get(key).and_then(toml::Value::as_str).unwrap_or("").to_owned();
    let list = |table: &toml::Value, key: &str| {
        table
            .get(key)
            .and_then(toml::Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let figures = page
        .get("figure")
        .and_then(toml::Value::as_array)
        .cloned()
        .unwrap_or_default();
    figures
        .iter()
        .map(|figure| Figure {
            id: text(figure, "id"),
            columns: list(figure, "table")
                .iter()
                .map(|column| {
                    let style = if column.get("words").is_some() {
                        "words".to_owned()
                    } else {
                        text(column, "style")
                    };
                    (text(column, "column"), style)
                })
                .collect(),
            sort: figure.get("sort").is_some(),
            parameters: figure
                .get("parameters")
                .and_then(toml::Value::as_table)
                .map(|table| {
                    let pairs = table.iter();
                    pairs
                        .map(|(name, value)| (name.clone(), value.as_str().unwrap_or("").to_owned()))
                        .collect()
                })
                .unwrap_or_default(),
        })
        .collect()
}

/// The rows that the program itself gives for a query and its parameters, as JSON.
fn asked(query: &str, parameters: &serde_json::Map<String, Value>) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chalandise"));
    command
        .arg("--resources")
        .arg(root())
        .arg("--lake")
        .arg(demo_lake())
        .args(["query", "--format", "json", query]);
    let library = LIBRARY.get_or_init(|| Library::load(&root().join("queries")).expect("sound queries"));
    let declared = |name: &str| library.get(query).is_some_and(|query| query.param(name).is_some());
    for (name, value) in parameters
        .iter()
        .filter(|(name, _)| *name != "min_group_size" && declared(name))
    {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        command.args(["-p", &format!("{name}={value}")]);
    }
    let output = command.output().expect("the program runs");
    assert!(
        output.status.success(),
        "{query}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// Whether two rows say the same: files write money as text and name empty values, the program writes numbers and leaves those out.
fn alike(file: &Value, asked: &Value) -> bool {
    file.as_object().expect("a row").iter().all(|(column, left)| {
        let right = &asked[column];
        left == right || raw(left).is_some_and(|left| Some(left) == raw(right))
    })
}

/// The cells of a page's first table, without markup.
fn table(html: &str) -> Vec<Vec<String>> {
    let body = html
        .split("<tbody>")
        .nth(1)
        .and_then(|rest| rest.split("</tbody>").next());
    let plain = |cell: &str| {
        let inner = cell.split_once('>').map_or("", |(_, inner)| inner);
        let mut text = String::new();
        let mut inside = false;
        for letter in inner.chars() {
            match letter {
                '<' => inside = true,
                '>' => inside = false,
                other if !inside => text.push(other),
                _ => {}
            }
        }
        text.replace("&amp;", "&").trim().to_owned()
    };
    let cells = |row: &str| -> Vec<String> {
        row.split("<t")
            .filter(|cell| {
                cell.starts_with("h ") || cell.starts_with("d ") || cell.starts_with("d>") || cell.starts_with("h>")
            })
            .map(plain)
            .collect()
    };
    body.unwrap_or("").split("<tr").skip(1).map(cells).collect()
}

/// A French number as a page writes it, with half of its last digit: `50 508 419,87 €`, `64,9 %`, `+1,9 pt`, `2 604 k`.
fn number(text: &str) -> Option<(f64, f64)> {
    let mut scale = 1.0;
    if text.contains('%') || text.contains(" pt") || text.contains("\u{a0}pt") {
        scale = 0.01;
    }
    let unit = text.replace(['€', '%'], " ");
    let unit = unit.trim();
    for (word, times) in [("k", 1e3), ("M", 1e6), ("Md", 1e9)] {
        if unit.ends_with(&format!("\u{a0}{word}"))
            || unit.ends_with(&format!(" {word}"))
            || unit.ends_with(&format!("\u{202f}{word}"))
        {
            scale = times;
        }
    }
    let digits: String = text
        .chars()
        .filter(|letter| letter.is_ascii_digit() || *letter == ',')
        .collect();
    let decimals = digits.split_once(',').map_or(0, |(_, after)| after.len());
    let value: f64 = digits.replace(',', ".").parse().ok()?;
    let sign = if text.starts_with(['-', '−', '\u{2212}']) {
        -1.0
    } else {
        1.0
    };
    Some((sign * value * scale, 0.500_001 * scale * 0.1_f64.powi(decimals as i32)))
}

fn raw(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// Checks the figures of a page under filters; gives the numbers compared.
fn crawl(folder: &str, filters: &str) -> usize {
    let site = demo_site();
    let mut compared = 0;
    for figure in figures(folder) {
        let address = |form: &str| format!("/f/{folder}/{}{form}?lang=fr{filters}", figure.id);
        let file = site.get(&address(".json"));
        assert_eq!(file.status, 200, "{}", address(".json"));
        let file: Value = serde_json::from_slice(&file.body).expect("JSON");
        let rows = file["rows"].as_array().cloned().unwrap_or_default();
        let (query, parameters) = (file["query"].as_str().expect("a query"), &file["filters"]);
        let mut parameters = parameters.as_object().expect("parameters").clone();
        parameters.extend(
            figure
                .parameters
                .iter()
                .map(|(name, value)| (name.clone(), value.clone().into())),
        );
        let same = asked(query, &parameters);
        assert_eq!(rows.len(), same.len(), "{}", address(""));
        if !figure.sort {
            for (row, same) in rows.iter().zip(&same) {
                assert!(alike(row, same), "{} has {row}, {query} gives {same}", address(""));
            }
        }
        let page = site.get(&address(""));
        assert_eq!(page.status, 200, "{}", address(""));
        let seen = table(&page.text());
        assert!(
            seen.len() <= rows.len(),
            "{}: more rows than the query has",
            address("")
        );
        assert!(
            seen.len() == rows.len() || seen.len() >= 10,
            "{}: {} of {} rows",
            address(""),
            seen.len(),
            rows.len()
        );
        for (cells, row) in seen.iter().zip(&rows) {
            for ((column, style), cell) in figure.columns.iter().zip(cells) {
                let value = &row[column];
                let is_number = ![
                    "",
                    "words",
                    "text",
                    "date",
                    "month",
                    "month_year",
                    "month_year_long",
                    "quarter",
                    "year",
                ]
                .contains(&style.as_str());
                if !is_number {
                    continue;
                }
                // Per hundred, without the sign.
                let times = if style.contains("percent_bare") { 100.0 } else { 1.0 };
                match (raw(value).map(|raw| raw * times), number(cell)) {
                    (Some(raw), Some((shown, half))) => {
                        assert!(
                            (raw - shown).abs() <= half,
                            "{}: `{column}` is {raw} and the page says {cell}",
                            address("")
                        );
                        compared += 1;
                    }
                    (None, None) => {}
                    _ => panic!("{}: `{column}` is {value} and the page says {cell:?}", address("")),
                }
            }
        }
    }
    compared
}

#[test]
fn what_the_customers_pages_show_is_what_the_sql_of_the_same_name_gives() {
    let everybody = crawl("customers", "");
    assert!(everybody > 300, "{everybody} numbers");
    assert!(crawl("customers", "&region=Bretagne&sales_channel=web") > 100);
    assert!(crawl("customer_segment", "&segment=at_risk") > 300);
}

#[test]
fn what_the_planners_pages_show_is_what_the_sql_of_the_same_name_gives() {
    let stores = crawl("network_stores", "");
    assert!(stores > 400, "{stores} numbers");
    assert!(crawl("network_store", "&store=S001") > 30);
}

#[test]
fn what_the_overview_shows_is_what_the_sql_of_the_same_name_gives() {
    let numbers = crawl("overview", "&period=2025");
    assert!(numbers > 50, "{numbers} numbers");
}
