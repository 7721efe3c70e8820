//! Builds compute what would give other rows and nothing else, imports keep the figures of pages, and a fault stays where it is.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{ArrayRef, Int64Array, RecordBatch};
use async_trait::async_trait;
use chalandise::lake::contract::{Kind, Table, col, table_of};
use chalandise::lake::{Engine, LakeError, LakeVersion, Operation, SessionOptions};
use chalandise::model::{self, Built, Model, ModelError, NetworkSettings, Outcome, Run, Wanted};
use chalandise::query::Library;

use crate::lake::{TestLake, root};
use crate::pages::client::Site;

const CUSTOMERS: u32 = 400;

/// A shop of two years, whose customers buy again now and then; the last day's orders stand apart.
struct Shop {
    customers: String,
    addresses: String,
    orders: String,
    last_day: String,
}

const ORDERS: &str = "id_order;reference;id_customer;id_address_delivery;id_address_invoice;conversion_rate;total_discounts_tax_excl;\
                      total_paid_tax_excl;total_products;total_shipping_tax_excl;valid;date_add;date_upd\n";

fn shop() -> Shop {
    let mut shop = Shop {
        customers: "id_customer;firstname;lastname;email;birthday;newsletter;optin;is_guest;date_add\n".to_owned(),
        addresses: "id_address;id_country;id_customer;address1;address2;postcode;city;phone;phone_mobile;deleted\n"
            .to_owned(),
        orders: ORDERS.to_owned(),
        last_day: ORDERS.to_owned(),
    };
    let mut state = 7_u64;
    let mut drawn = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let first = chrono::NaiveDate::from_ymd_opt(2023, 1, 1).expect("a day");
    let mut number = 0;
    for n in 1..=CUSTOMERS {
        let began = drawn(500);
        let day = |place: u64| first + chrono::Days::new(place);
        shop.customers.push_str(&format!(
            "{n};A{n};B{n};c{n}@example.org;;0;0;0;{} 09:00:00\n",
            day(began)
        ));
        shop.addresses
            .push_str(&format!("{n};8;{n};{n} rue Haute;;44000;Nantes;;;0\n"));
        let (rate, usual, mut at) = (20 + drawn(300), 20 + drawn(120), began);
        while at < 729 {
            number += 1;
            let amount = usual / 2 + drawn(usual);
            shop.orders.push_str(&order(number, n, amount, day(at)));
            if drawn(4) == 0 {
                break;
            }
            at += 1 + drawn(2 * rate);
        }
    }
    // So that the days reach the end whatever was drawn.
    shop.orders
        .push_str(&order(90_000, 1, 60, first + chrono::Days::new(729)));
    for n in [2, 5, 9, 14] {
        shop.last_day
            .push_str(&order(90_000 + n, n, 80, first + chrono::Days::new(730)));
    }
    shop
}

fn order(number: u32, customer: u32, amount: u64, day: chrono::NaiveDate) -> String {
    format!(
        "{number};R{number};{customer};{customer};{customer};1.000000;0.000000;{amount}.000000;{amount}.000000;0.000000;1;\
         {day} 10:00:00;{day} 10:00:00\n"
    )
}

impl Shop {
    fn files(&self, test: &TestLake) -> Vec<PathBuf> {
        vec![
            test.write("ps_customer.csv", &self.customers),
            test.write("ps_address.csv", &self.addresses),
            test.write("ps_orders.csv", &self.orders),
        ]
    }
}

fn library() -> Library {
    Library::load(&root().join("queries")).expect("sound queries")
}

async fn built_with(
    test: &TestLake,
    library: &Library,
    models: &[Box<dyn Model>],
    wanted: &Wanted,
) -> (LakeVersion, Outcome) {
    let mut writer = test.lake.writer().await.expect("a writer");
    model::market_cells(&mut writer, None).await.expect("the market");
    let outcome = model::build(&test.lake, &test.engine, library, models, wanted, &mut writer, &|_| {})
        .await
        .expect("a build");
    let operation = Operation {
        kind: "build".into(),
        name: "all".into(),
        definition: String::new(),
        inputs: Vec::new(),
        account: serde_json::Value::Null,
    };
    (writer.publish(operation).await.expect("a version"), outcome)
}

async fn built(test: &TestLake) -> (LakeVersion, Outcome) {
    let models = model::models(&NetworkSettings::default());
    built_with(test, &library(), &models, &Wanted::everything()).await
}

fn skipped(outcome: &Outcome) -> Vec<&str> {
    let stood = outcome.steps.iter().filter(|step| step.took.is_none());
    stood.map(|step| step.name.as_str()).collect()
}

/// The rows of every computed table, each table as sorted text.
async fn computed_rows(test: &TestLake, version: &LakeVersion) -> BTreeMap<String, String> {
    let mut rows = BTreeMap::new();
    for (name, table) in &version.tables {
        if table.rollup.is_some() {
            let text = test.csv(&format!("select * from {name}")).await;
            let mut lines: Vec<&str> = text.lines().collect();
            lines.sort_unstable();
            rows.insert(name.clone(), lines.join("\n"));
        }
    }
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_has_changed_for_is_not_computed_again() {
    let (test, shop) = (TestLake::new(), shop());
    test.import("prestashop", &shop.files(&test))
        .await
        .expect("the shop imports");
    let (first, outcome) = built(&test).await;
    assert_eq!(skipped(&outcome), [""; 0]);
    assert!(first.tables["customer_value"].rows > 0);

    let (again, outcome) = built(&test).await;
    assert_eq!(skipped(&outcome), ["roll-ups", "customer_value", "network"]);
    assert_eq!(again.tables, first.tables, "no table is another one");

    let costs = test.write(
        "costs.csv",
        "month;purpose;channel;cost\n2024-01-01;retention;web;1200\n",
    );
    test.import("costs", &[costs]).await.expect("costs import");
    let (_, outcome) = built(&test).await;
    assert_eq!(
        skipped(&outcome),
        ["roll-ups", "network"],
        "costs are read by customer value alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_keeps_what_models_found_and_the_next_build_gives_the_rows_of_a_whole_one() {
    let (test, shop) = (TestLake::new(), shop());
    test.import("prestashop", &shop.files(&test))
        .await
        .expect("the shop imports");
    let (before, _) = built(&test).await;
    let known = |version: &LakeVersion, name: &str| version.tables[name].version;

    let day = test.write("ps_orders.csv", &shop.last_day);
    test.import("prestashop", std::slice::from_ref(&day))
        .await
        .expect("the day imports");
    let after = test.lake.newest().await.expect("records").expect("a version");
    assert_eq!(known(&after, "customer_value"), known(&before, "customer_value"));
    assert_eq!(known(&after, "rfm"), known(&before, "rfm"));
    assert!(
        !after.tables.contains_key("sales_by_day"),
        "a roll-up of other orders is never kept"
    );
    let computed = after.tables["customer_value"]
        .computed
        .as_ref()
        .expect("what it follows from");
    assert!(!after.is_current(computed));
    assert_eq!(computed.as_of.map(|day| day.to_string()).as_deref(), Some("2024-12-30"));

    let page = |site: &Site| plain(&site.get("/customers?lang=en").text());
    let note = "The models on this page are older than the last import: their figures stop at 30 Dec 2024 (lake v2); sales go up to 31 Dec 2024";
    let site = Site::of(&test.folder.path().join("lake"));
    let seen = page(&site);
    assert!(seen.contains(note), "the page says of which day its models are");
    assert!(seen.contains("v2 · to 30 Dec 2024"), "a figure is dated by its model");
    assert!(!seen.contains("as of 31 Dec 2024"), "so is the page");

    let (newest, outcome) = built(&test).await;
    assert_eq!(skipped(&outcome), [""; 0]);
    let site = Site::of(&test.folder.path().join("lake"));
    assert!(!page(&site).contains("older than the last import"));

    let whole = TestLake::new();
    whole
        .import("prestashop", &shop.files(&whole))
        .await
        .expect("the shop imports");
    let day = whole.write("ps_orders.csv", &shop.last_day);
    whole.import("prestashop", &[day]).await.expect("the day imports");
    let (version, _) = built(&whole).await;
    let (one, other) = (
        computed_rows(&test, &newest).await,
        computed_rows(&whole, &version).await,
    );
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (table, rows) in &one {
        assert_eq!(rows, &other[table], "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_changes_nothing_changes_no_table() {
    let (test, shop) = (TestLake::new(), shop());
    test.import("prestashop", &shop.files(&test))
        .await
        .expect("the shop imports");
    let (before, _) = built(&test).await;
    // The same rows in another file: every one of them is known.
    let again = test.write("ps_orders.csv", &format!("{}\n", shop.orders));
    test.import("prestashop", &[again]).await.expect("the rows are skipped");
    let after = test.lake.newest().await.expect("records").expect("a version");
    assert!(after.number > before.number);
    assert_eq!(after.tables, before.tables);
}

/// Counts the days of `sales_by_day`, or fails.
#[derive(Debug)]
struct Counting {
    name: &'static str,
    fails: bool,
}

#[async_trait]
impl Model for Counting {
    fn name(&self) -> &'static str {
        self.name
    }

    fn queries(&self) -> &'static [&'static str] {
        &["base/as_of"]
    }

    fn tables(&self) -> Vec<Table> {
        let number = col("number", Kind::Integer, "A number").key();
        vec![table_of("counted", "number", None, vec![number])]
    }

    fn settings(&self) -> String {
        format!("{self:?}")
    }

    async fn build(&self, run: &mut Run<'_>) -> Result<Vec<Built>, ModelError> {
        let column: ArrayRef = Arc::new(Int64Array::from(vec![if self.fails { 1 } else { 41 }]));
        let rows = RecordBatch::try_from_iter([("number", column)]).expect("a column");
        let mut files = run.writer.files("counted", &rows.schema()).await?;
        files.write(&rows).await?;
        let added = files.finish().await?;
        run.writer.replace("counted", added, None).await?;
        if self.fails {
            return Err(ModelError::Lake(LakeError::UnknownTable {
                table: "nothing".into(),
            }));
        }
        Ok(vec![Built {
            table: "counted".into(),
            rows: 1,
        }])
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_comes_before_the_roll_ups_that_read_it_and_its_fault_is_its_own() {
    let (mut test, shop) = (TestLake::new(), shop());
    let mut library = library();
    library.add(
        "rollup/counted_more",
        Path::new("counted_more.sql"),
        "-- One more.\n-- Grain: one row.\n-- @column number: count -- the number\nselect number + 1 as number from counted",
    );
    let options = SessionOptions {
        library: Some(Arc::new(library.clone())),
        ..SessionOptions::default()
    };
    test.engine = Engine::new(test.lake.location(), options).expect("an engine");
    // Views of the session need the table before the model has written it.
    let mut writer = test.lake.writer().await.expect("a writer");
    let none: ArrayRef = Arc::new(Int64Array::from(vec![0]));
    let rows = RecordBatch::try_from_iter([("number", none)]).expect("a column");
    let mut files = writer.files("counted", &rows.schema()).await.expect("a table");
    files.write(&rows).await.expect("a row");
    let added = files.finish().await.expect("a file");
    writer.replace("counted", added, None).await.expect("a commit");
    let operation = Operation {
        kind: "test".into(),
        name: "counted".into(),
        definition: String::new(),
        inputs: Vec::new(),
        account: serde_json::Value::Null,
    };
    writer.publish(operation).await.expect("a version");
    test.import("prestashop", &shop.files(&test))
        .await
        .expect("the shop imports");

    let models = |fails: bool| {
        let mut models = model::models(&NetworkSettings::default());
        let name = if fails { "failing" } else { "counting" };
        models.insert(0, Box::new(Counting { name, fails }) as Box<dyn Model>);
        models
    };
    let (_, outcome) = built_with(&test, &library, &models(false), &Wanted::everything()).await;
    let order: Vec<&str> = outcome.steps.iter().map(|step| step.name.as_str()).collect();
    let place = |name: &str| order.iter().position(|step| *step == name).expect("a step");
    assert!(place("counting") < order.iter().rposition(|step| *step == "roll-ups").expect("a step"));
    assert_eq!(test.csv("select number from counted_more").await, "42");

    let (version, outcome) = built_with(&test, &library, &models(true), &Wanted::everything()).await;
    assert_eq!(outcome.failed.iter().map(|it| it.name).collect::<Vec<_>>(), ["failing"]);
    assert_eq!(
        test.csv("select number from counted").await,
        "41",
        "its table is as before"
    );
    assert!(version.tables.contains_key("customer_value"));

    let unknown = Wanted {
        models: Some(vec!["customer_values".into()]),
        ..Wanted::everything()
    };
    let mut writer = test.lake.writer().await.expect("a writer");
    let models = models(false);
    let refused = model::build(
        &test.lake,
        &test.engine,
        &library,
        &models,
        &unknown,
        &mut writer,
        &|_| {},
    )
    .await;
    writer.abandon().await.expect("given back");
    let words = refused.expect_err("no such model").to_string();
    assert_eq!(
        words,
        "there is no model `customer_values`; did you mean `customer_value`?"
    );
}

fn chalandise(lake: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .current_dir(root())
        .arg("--lake")
        .arg(lake)
        .args(arguments)
        .output()
        .expect("the program runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), told)
}

/// Without spaces that do not break.
fn plain(text: &str) -> String {
    text.replace('\u{a0}', " ")
}

/// How many parts of a page have no figure, and of which lake version and day the others are.
fn polled(site: &Site) -> (usize, String) {
    let page = site.get("/customers?lang=en");
    assert_eq!(page.status, 200);
    let text = plain(&page.text());
    let dated = text.split("customer_value · ").nth(1).unwrap_or_default();
    let dated = dated.split('<').next().unwrap_or_default().to_owned();
    (text.matches("class=\"lacks\"").count(), dated)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_keep_their_figures_while_orders_are_imported() {
    let (test, shop) = (TestLake::new(), shop());
    test.import("prestashop", &shop.files(&test))
        .await
        .expect("the shop imports");
    built(&test).await;
    let lake = test.folder.path().join("lake");
    let day = test.write("ps_orders.csv", &shop.last_day);
    let site = Arc::new(Site::of(&lake));
    let (lacking, dated) = polled(&site);
    assert!(dated.starts_with("lake v2 · to 30 Dec 2024"), "{dated}");
    let ended = Arc::new(AtomicBool::new(false));
    let poll = {
        let (site, ended) = (Arc::clone(&site), Arc::clone(&ended));
        std::thread::spawn(move || {
            let mut answers = 0;
            while !ended.load(Ordering::Relaxed) {
                let (seen, of) = polled(&site);
                assert!(seen <= lacking, "a figure was taken away");
                // Of the build before the import, or of the one after it.
                assert!(
                    of.starts_with("lake v2 · to 30 Dec 2024") || of.starts_with("lake v4 · to 31 Dec 2024"),
                    "{of}"
                );
                answers += 1;
            }
            answers
        })
    };
    let path = day.display().to_string();
    let (done, told) = chalandise(&lake, &["import", "--mapping", "prestashop", &path]);
    assert!(done, "{told}");
    assert!(told.contains("roll-ups: "), "{told}");
    let refreshed = test.lake.newest().await.expect("records").expect("a version");
    assert!(
        refreshed.tables.contains_key("sales_by_day"),
        "roll-ups are kept in step"
    );
    let (done, told) = chalandise(&lake, &["build", "--only", "customer_value"]);
    assert!(done && !told.contains("network"), "{told}");
    ended.store(true, Ordering::Relaxed);
    assert!(poll.join().expect("every page was whole") > 3);

    // Rows and models as one version.
    let more = test.write("ps_orders.csv", &shop.last_day.replace("900", "910"));
    let path = more.display().to_string();
    let before = test.lake.newest().await.expect("records").expect("a version").number;
    let (done, told) = chalandise(&lake, &["import", "--build", "--mapping", "prestashop", &path]);
    assert!(done, "{told}");
    let newest = test.lake.newest().await.expect("records").expect("a version");
    assert_eq!(newest.number, before + 1);
    let computed = newest.tables["customer_value"].computed.as_ref().expect("computed");
    assert!(newest.is_current(computed));
}
