//! Scenarios and catchments as files: the same numbers as tables, points, polygons and Parquet; saved scenarios in SQL.

use std::path::Path;
use std::process::{Command, Output};

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{Decimal128Type, Int64Type};
use bytes::Bytes;
use chalandise::notebook::scenario::Plan;
use chalandise::notebook::{NewEntry, Notebook};
use chrono::DateTime;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::Value;

use super::client::{demo_lake, demo_site};
use crate::lake::root;

fn query(lake: &Path, notebook: &Path, sql: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .arg("--resources")
        .arg(root())
        .arg("--lake")
        .arg(lake)
        .arg("--notebook")
        .arg(notebook)
        .args(["query", sql, "--format", "csv"])
        .output()
        .expect("the program runs")
}

/// The rows of a query of the demo, each a line of CSV.
fn rows(notebook: &Path, sql: &str) -> Vec<String> {
    let output = query(demo_lake(), notebook, sql);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().skip(1).map(str::to_owned).collect()
}

fn nowhere() -> &'static Path {
    Path::new("no-notebook.sqlite")
}

fn largest_store() -> String {
    let sql = "select store_id from huff_stores where in_network and not competitor order by observed desc limit 1";
    rows(nowhere(), sql).remove(0)
}

fn json(path: &str) -> Value {
    let answer = demo_site().get(path);
    assert_eq!(answer.status, 200, "{path}");
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// A Parquet file's rows, and what it says of its shapes.
fn parquet(path: &str) -> (RecordBatch, Option<Value>) {
    let answer = demo_site().get(path);
    assert_eq!(answer.status, 200, "{path}");
    assert_eq!(answer.header("content-type"), Some("application/vnd.apache.parquet"));
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(answer.body)).expect("a Parquet file");
    let pairs = reader.metadata().file_metadata().key_value_metadata().cloned();
    let about = pairs.into_iter().flatten().find(|pair| pair.key == "geo");
    let about = about.and_then(|pair| serde_json::from_str(&pair.value?).ok());
    let schema = reader.schema().clone();
    let batches: Vec<RecordBatch> = reader
        .build()
        .expect("rows")
        .map(|batch| batch.expect("rows"))
        .collect();
    (
        arrow::compute::concat_batches(&schema, &batches).expect("one table"),
        about,
    )
}

/// Reads well-known binary: the polygons of a shape, each a list of rings of points.
struct Wkb<'a>(&'a [u8]);

impl Wkb<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (head, rest) = self.0.split_first_chunk().expect("enough bytes");
        self.0 = rest;
        *head
    }

    fn count(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    fn multi_polygon(&mut self) -> Value {
        assert_eq!((self.take::<1>(), self.count()), ([1], 6));
        let polygons = (0..self.count()).map(|_| {
            assert_eq!((self.take::<1>(), self.count()), ([1], 3));
            let rings = (0..self.count()).map(|_| {
                let points = (0..self.count()).map(|_| {
                    let (x, y) = (f64::from_le_bytes(self.take()), f64::from_le_bytes(self.take()));
                    serde_json::json!([x, y])
                });
                Value::Array(points.collect())
            });
            Value::Array(rings.collect())
        });
        let polygons = Value::Array(polygons.collect());
        assert!(self.0.is_empty());
        polygons
    }
}

/// Whether two shapes have the same rings, point by point, to the last digits that reading JSON may lose.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        _ => left
            .as_f64()
            .zip(right.as_f64())
            .is_some_and(|(left, right)| (left - right).abs() < 1e-12),
    }
}

#[test]
fn outlines_are_the_same_shapes_in_both_files() {
    for (page, query, stores) in [("network_stores", "", None), ("network_store", "?store=", Some(1))] {
        let store = largest_store();
        let query = if query.is_empty() {
            String::new()
        } else {
            format!("{query}{store}")
        };
        let geo = json(&format!("/f/{page}/outlines.geojson{query}"));
        let features = geo["features"].as_array().expect("a list");
        let (table, about) = parquet(&format!("/f/{page}/outlines.parquet{query}"));
        assert_eq!(features.len(), table.num_rows());
        assert!(features.len() >= 3 && stores.is_none_or(|stores| features.len() == 3 * stores));
        let about = about.expect("the key `geo`");
        assert_eq!(about["version"], "1.1.0");
        let column = about["primary_column"].as_str().expect("a column");
        assert_eq!(about["columns"][column]["encoding"], "WKB");
        assert_eq!(
            about["columns"][column]["geometry_types"],
            serde_json::json!(["MultiPolygon"])
        );
        let bounds: Vec<f64> = serde_json::from_value(about["columns"][column]["bbox"].clone()).expect("four numbers");
        let shapes = table.column_by_name(column).expect("shapes").as_binary::<i32>().clone();
        let ids = table
            .column_by_name("store_id")
            .expect("stores")
            .as_string::<i32>()
            .clone();
        let shares = table
            .column_by_name("ring")
            .expect("rings")
            .as_primitive::<Int64Type>()
            .clone();
        for (row, feature) in features.iter().enumerate() {
            let shape = Wkb(shapes.value(row)).multi_polygon();
            assert!(same(&feature["geometry"]["coordinates"], &shape), "row {row}");
            assert_eq!(feature["id"], format!("{}-{}", ids.value(row), shares.value(row)));
            for point in shape[0][0].as_array().expect("a ring") {
                let of = |place: usize| point[place].as_f64().expect("degrees");
                assert!(bounds[0] <= of(0) && of(0) <= bounds[2] && bounds[1] <= of(1) && of(1) <= bounds[3]);
            }
        }
    }
}

#[test]
fn outlines_hold_their_share_and_are_offered_on_both_pages() {
    let store = largest_store();
    let geo = json(&format!("/f/network_store/outlines.geojson?store={store}"));
    let of = |ring: usize, column: &str| geo["features"][ring]["properties"][column].clone();
    let cells: Vec<i64> = (0..3)
        .map(|ring| of(ring, "cells").as_i64().expect("a count"))
        .collect();
    assert!(cells[0] < cells[1] && cells[1] < cells[2], "{cells:?}");
    let sql = format!("select located_revenue from store_catchments where years_ago = 0 and store_id = '{store}'");
    let located: f64 = rows(nowhere(), &sql)[0].parse().expect("money");
    for (ring, share) in [(0, 0.5), (1, 0.8), (2, 0.95)] {
        let revenue = of(ring, "net_revenue");
        let revenue: f64 = revenue.as_str().expect("exact").parse().expect("money");
        assert!(revenue >= share * located, "{share}: {revenue} of {located}");
    }
    for (page, language, words) in [
        (format!("/network/stores/{store}"), "fr", "Contours\u{a0}: GeoParquet"),
        (format!("/network/stores/{store}"), "en", "Outlines: GeoJSON"),
        ("/network/stores".to_owned(), "fr", "Contours des zones\u{a0}: GeoJSON"),
        (
            "/network/stores".to_owned(),
            "en",
            "Outlines of the catchments: GeoParquet",
        ),
    ] {
        let html = demo_site().get(&format!("{page}?lang={language}")).text();
        assert!(html.contains(words), "{page} in {language} has no link `{words}`");
    }
    let store_page = demo_site().get(&format!("/network/stores/{store}?lang=en")).text();
    assert!(store_page.contains(&format!("/f/network_store/outlines.parquet?store={store}")));
}

#[test]
fn a_scenario_leaves_as_table_points_cells_picture_and_parquet() {
    let plan = format!("change=close:{}", largest_store());
    let path = |file: &str| format!("/f/network_scenario/{file}?{plan}");
    for file in [
        "stores.csv",
        "stores.svg",
        "map.csv",
        "map.svg",
        "map.geojson",
        "transfers.parquet",
        "steps.parquet",
    ] {
        let answer = demo_site().get(&path(file));
        assert_eq!(answer.status, 200, "{file}");
        assert!(!answer.body.is_empty(), "{file}");
    }
    let rows = json(&path("stores.json"))["rows"].as_array().expect("rows").clone();
    let points = json(&path("stores.geojson"));
    let features = points["features"].as_array().expect("a list");
    let (table, about) = parquet(&path("stores.parquet"));
    assert!(rows.len() > 3 && features.len() == rows.len() && table.num_rows() == rows.len());
    assert!(about.is_none(), "rows without shapes are plain Parquet");
    let changes = table
        .column_by_name("change")
        .expect("a column")
        .as_primitive::<Decimal128Type>()
        .clone();
    for (place, row) in rows.iter().enumerate() {
        assert_eq!(features[place]["properties"]["change"], row["change"]);
        assert_eq!(features[place]["geometry"]["coordinates"][1], row["latitude"]);
        let cents: i128 = row["change"]
            .as_str()
            .expect("exact")
            .replace('.', "")
            .parse()
            .expect("cents");
        assert_eq!(changes.value(place), cents);
    }
    let html = demo_site().get(&format!("/network/scenario?{plan}")).text();
    for file in ["stores.geojson", "stores.parquet", "map.geojson"] {
        assert!(
            html.contains(&format!("/f/network_scenario/{file}?")),
            "no link to {file}"
        );
    }
}

fn saved(notebook: &Notebook, name: &str, lines: &str) {
    let entry = NewEntry {
        name: name.into(),
        note: String::new(),
        content: Plan::read_lines(lines).expect("a plan"),
    };
    let now = DateTime::from_timestamp(1_767_225_600, 0).expect("an instant");
    notebook.save(&entry, Some(1), now).expect("it is saved");
}

#[test]
fn saved_scenarios_stand_in_every_session_and_a_faulty_one_breaks_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("notebook.sqlite");
    let store = largest_store();
    let notebook = Notebook::open(&file).expect("a notebook");
    saved(&notebook, "Fermer", &format!("close:{store}"));
    saved(&notebook, "Faux", "close:S99999");
    let list = rows(&file, "select name, changes, fault from scenarios order by name");
    assert_eq!(
        list[0],
        "Faux,1,there is no store S99999 in the network; `stores` lists them"
    );
    assert_eq!(list[1], "Fermer,1,");
    let results = rows(
        &file,
        "select name, count(*) as stores from (select scenarios.name from scenarios \
         inner join scenario_results on scenario_results.scenario_id = scenarios.scenario_id) group by name",
    );
    let function = rows(&file, &format!("select count(*) from scenario_stores('close:{store}')"));
    assert_eq!(results, [format!("Fermer,{}", function[0])]);
    let saved_total = rows(&file, "select change from scenario_outcomes where total = 'stores'");
    let asked = rows(
        &file,
        &format!("select change from scenario_totals('close:{store}') where total = 'stores'"),
    );
    assert_eq!(saved_total, asked);
    // What was written down afterwards stands in the next session.
    saved(&notebook, "Encore", "");
    assert_eq!(rows(&file, "select count(*) from scenarios"), ["3"]);
    // Nor does one that was edited by hand.
    let edited = rusqlite::Connection::open(&file).expect("the file");
    let changed = edited.execute("update entries set content = '{}' where name = 'Faux'", []);
    assert_eq!(changed.expect("an entry"), 1);
    let list = rows(&file, "select name, changes, fault from scenarios order by name");
    assert!(
        list.iter()
            .any(|row| row.starts_with("Faux,0,\"its content cannot be read")),
        "{list:?}"
    );
    assert_eq!(
        rows(&file, "select distinct scenario_id from scenario_results").len(),
        1
    );
}

#[test]
fn a_file_that_is_no_notebook_hurts_only_who_asks_for_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("notebook.sqlite");
    std::fs::write(&file, "a letter, not a notebook, but long enough to be read as one").expect("a file");
    assert_eq!(rows(&file, "select 1 as one"), ["1"]);
    let output = query(demo_lake(), &file, "select count(*) from scenarios");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("is not a notebook of this program"),
        "{said}"
    );
}
