//! A lake of 2,000 customers, its orders and customers as plain rows, and whoever asks its queries.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Int64Type};
use chalandise::lake::{Engine, Lake, Reader, SessionOptions};
use chalandise::notebook::Notebook;
use chalandise::query::{Library, run_sql};
use chalandise::serving::{self, Data, Table, Version};
use chrono::NaiveDate;

use crate::lake::root;

/// Groups of fewer customers are not told.
pub(crate) const LEAST: usize = 11;

pub(crate) const CHANNELS: [&str; 4] = ["store", "web", "post", "phone"];

/// The lake, made once by the program itself.
pub(crate) fn small_lake() -> &'static Path {
    static FOLDER: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, lake) = FOLDER.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let lake = folder.path().join("lake");
        let output = Command::new(env!("CARGO_BIN_EXE_chalandise"))
            .current_dir(folder.path())
            .arg("--resources")
            .arg(root())
            .arg("--lake")
            .arg(&lake)
            .arg("demo")
            .args([
                "--customers",
                "2000",
                "--stores",
                "20",
                "--months",
                "36",
                "--no-serve",
                "--out",
            ])
            .arg(folder.path().join("sources"))
            .output()
            .expect("the program runs");
        assert!(
            output.status.success(),
            "demo failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        (folder, lake)
    });
    lake
}

/// An order or refund.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// Empty for an anonymous receipt.
    pub(crate) customer: Option<String>,
    pub(crate) is_order: bool,
    pub(crate) day: NaiveDate,
    pub(crate) channel: String,
    pub(crate) store: Option<String>,
    pub(crate) region: Option<String>,
    /// Resolution 9.
    pub(crate) cell: Option<u64>,
    pub(crate) by_address: bool,
}

/// A customer on the as-of day, or on the one a year before.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    /// What filters and rows know of the customer, by the names of columns.
    pub(crate) known: BTreeMap<&'static str, String>,
}

/// Whoever asks, and what the lake holds.
pub(crate) struct Asker {
    data: Data,
    pub(crate) orders: Vec<Order>,
    pub(crate) people: Vec<Person>,
    pub(crate) people_before: Vec<Person>,
    pub(crate) regions: Vec<String>,
    pub(crate) cohorts: Vec<String>,
    pub(crate) last: NaiveDate,
    /// Every question that was asked.
    asked: Mutex<BTreeSet<String>>,
    _version: Version,
}

type Given = BTreeMap<String, String>;

impl Asker {
    pub(crate) async fn new() -> Asker {
        let library = Arc::new(Library::load(&root().join("queries")).expect("sound queries"));
        let lake = Lake::open(&small_lake().display().to_string(), chalandise::model::contract()).expect("a lake");
        let session = SessionOptions {
            library: Some(Arc::clone(&library)),
            ..SessionOptions::default()
        };
        let engine = Engine::new(lake.location(), session).expect("an engine");
        let options = serving::Options {
            lake,
            engine,
            library,
            notebook: Notebook::open_in_memory().expect("a notebook"),
            reader: Reader::analyst(u32::try_from(LEAST).expect("a small number")),
            cache_bytes: 256 << 20,
        };
        let version = Version::newest(&options).await.expect("a lake version");
        let data = version.data.within(Duration::from_secs(7200));
        let rows = texts(
            &data,
            "select customer_id, kind, ordered_on, sales_channel, store_id, region, h3_cell, location_precision from orders",
        )
        .await;
        let orders: Vec<Order> = rows
            .into_iter()
            .map(|row| Order {
                customer: row[0].clone(),
                is_order: row[1].as_deref() == Some("order"),
                day: row[2].as_deref().and_then(|day| day.parse().ok()).expect("a day"),
                channel: row[3].clone().expect("a channel"),
                store: row[4].clone(),
                region: row[5].clone(),
                cell: row[6]
                    .as_deref()
                    .map(|cell| cell.parse::<i64>().expect("a cell").cast_unsigned()),
                by_address: row[7].as_deref() == Some("address"),
            })
            .collect();
        let (people, people_before) = (people(&data, "=").await, people(&data, "<").await);
        let regions = texts(
            &data,
            "select distinct region from orders where region is not null order by 1",
        )
        .await;
        let cohorts = texts(
            &data,
            "select distinct cast(date_trunc('month', first_on) as date) from rfm order by 1",
        )
        .await;
        let all = |rows: Vec<Vec<Option<String>>>| rows.into_iter().filter_map(|mut row| row.remove(0)).collect();
        Asker {
            data,
            last: orders.iter().map(|order| order.day).max().expect("orders"),
            orders,
            people,
            people_before,
            regions: all(regions),
            cohorts: all(cohorts),
            asked: Mutex::default(),
            _version: version,
        }
    }

    /// How many queries under how many filters were asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.lock().expect("no panic").len()
    }

    /// The rows of a query, as pages get them.
    pub(crate) async fn rows(&self, query: &str, given: &Given) -> Arc<Table> {
        let question = format!("{query} {given:?}");
        self.asked.lock().expect("no panic").insert(question);
        match self.data.rows(query, given).await {
            Ok(rows) => rows,
            Err(error) => {
                let mut cause: &dyn std::error::Error = &error;
                while let Some(source) = cause.source() {
                    cause = source;
                }
                panic!("{query} {given:?}: {error}: {cause}")
            }
        }
    }
}

/// Customers with what is known of them on the newest day, or before it.
async fn people(data: &Data, day: &str) -> Vec<Person> {
    let names = [
        "sales_channel",
        "region",
        "cohort_on",
        "segment",
        "recency_score",
        "frequency_score",
        "before",
        "persona",
    ];
    let rows = texts(
        data,
        &format!(
            "select now.customer_id, now.preferred_channel, now.region, cast(date_trunc('month', now.first_on) as date), \
             now.segment, now.recency_score, now.frequency_score, earlier.segment, customer_value.persona \
             from rfm as now \
             left join rfm as earlier on earlier.customer_id = now.customer_id \
             and earlier.as_of_on < (select max(as_of_on) from rfm) \
             left join customer_value on customer_value.customer_id = now.customer_id \
             where now.as_of_on {day} (select max(as_of_on) from rfm)"
        ),
    )
    .await;
    rows.into_iter()
        .map(|mut row| {
            let id = row.remove(0).expect("an id");
            let known = names.into_iter().zip(row);
            Person {
                id,
                known: known.filter_map(|(name, value)| Some((name, value?))).collect(),
            }
        })
        .collect()
}

/// Rows as texts, read past what pages read.
async fn texts(data: &Data, sql: &str) -> Vec<Vec<Option<String>>> {
    let rows = run_sql(data.session(), sql).await.expect("rows");
    let mut found = Vec::new();
    for batch in &rows.batches {
        let columns: Vec<Vec<Option<String>>> = batch.columns().iter().map(column).collect();
        found.extend(
            (0..batch.num_rows()).map(|row| columns.iter().map(|column| column[row].clone()).collect::<Vec<_>>()),
        );
    }
    found
}

fn column(array: &Arc<dyn Array>) -> Vec<Option<String>> {
    match array.data_type() {
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>();
            let text = |row| Date32Type::to_naive_date_opt(days.value(row)).map(|day| day.to_string());
            (0..days.len())
                .map(|row| days.is_valid(row).then(|| text(row)).flatten())
                .collect()
        }
        kind if kind.is_integer() => {
            let numbers = cast(array, &DataType::Int64).expect("whole numbers");
            let numbers = numbers.as_primitive::<Int64Type>();
            numbers
                .iter()
                .map(|number| number.map(|number| number.to_string()))
                .collect()
        }
        _ => {
            let texts = cast(array, &DataType::Utf8).expect("texts");
            texts
                .as_string::<i32>()
                .iter()
                .map(|text| text.map(str::to_owned))
                .collect()
        }
    }
}
