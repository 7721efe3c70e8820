//! The network models against what was put into the demo: how customers choose stores, and what openings do.
//!
//! With `--only purchasing,store-choice` the retailer does what the Huff model says and nothing else. With all laws on, the web shop,
//! refunds, mailings and anonymous receipts bend it a little; openings are then held against what the law says they do in the long run.

use std::path::{Path, PathBuf};
use std::process::Command;

use chalandise::generate::{Law, Options, generate};
use chalandise::model::{NetworkSettings, Wanted, market_cells, models};
use serde_json::Value;

use crate::lake::{TestLake, root};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=10;
/// Seeds whose 95 % interval holds the truth: nine or ten are expected.
const FEWEST_COVERING: usize = 7;
/// Openings whose 80 % interval holds the truth, of twenty.
const FEWEST_OPENINGS: usize = 12;

pub(crate) fn made(out: &Path, customers: u64, seed: u64, only: Option<Vec<Law>>) -> Value {
    let options = Options {
        customers,
        seed,
        only,
        ..Options::demo(out.to_owned())
    };
    generate(&options, &mut |_| {}).expect("a writable folder");
    let text = std::fs::read_to_string(out.join("truth.json")).expect("truth");
    serde_json::from_str(&text).expect("JSON")
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder of the demo");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    files.sort();
    files
}

/// A lake of the sources given, with market, roll-ups and the network's tables, and nothing else of a build.
async fn built(sources: &Path, mappings: &[(&str, &str)], spend_per_household: f64) -> TestLake {
    let test = imported(sources, mappings).await;
    build(&test, Some(spend_per_household), &NetworkSettings::default()).await;
    test
}

/// A lake of the sources given.
pub(crate) async fn imported(sources: &Path, mappings: &[(&str, &str)]) -> TestLake {
    let test = TestLake::new();
    for (mapping, folder) in mappings {
        test.import(mapping, &files(&sources.join(folder)))
            .await
            .expect("the demo imports");
    }
    test
}

/// Builds market, roll-ups and the network's tables, and nothing else. Without a spend the market stands as it was imported.
pub(crate) async fn build(test: &TestLake, spend_per_household: Option<f64>, settings: &NetworkSettings) {
    let library = chalandise::query::Library::load(&root().join("queries")).expect("sound queries");
    let mut writer = test.lake.writer().await.expect("a writer");
    let cents = spend_per_household.map(|spend| (spend * 100.0).round() as i64);
    market_cells(&mut writer, cents).await.expect("the market");
    let wanted = Wanted {
        models: Some(vec!["network".to_owned()]),
        ..Wanted::everything()
    };
    let (lake, engine, models) = (&test.lake, &test.engine, models(settings));
    let outcome = chalandise::model::build(lake, engine, &library, &models, &wanted, &mut writer, &|_| {})
        .await
        .expect("the network");
    assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
    let operation = chalandise::lake::Operation {
        kind: "build".into(),
        name: "network".into(),
        definition: String::new(),
        inputs: Vec::new(),
        account: Value::Null,
    };
    writer.publish(operation).await.expect("a lake version");
}

pub(crate) fn number(text: &str) -> f64 {
    text.parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn with_store_choice_alone_the_model_finds_what_was_put_in() {
    let mut covering = [0_usize; 4];
    let mut report = String::new();
    for seed in SEEDS {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let truth = made(
            folder.path(),
            20_000,
            seed,
            Some(vec![Law::Purchasing, Law::StoreChoice]),
        );
        let law = &truth["laws"]["store_choice"];
        let spend = truth["market"]["spend_potential_per_household"]
            .as_f64()
            .expect("a number");
        let lake = built(folder.path(), &[("stores", "stores"), ("sage100", "erp")], spend).await;
        let of = |key: &str| law[key].as_f64().expect("a number");
        let wanted = [
            ("attraction.sales_area_m2", of("area_exponent")),
            ("distance_decay", -of("distance_exponent")),
            ("log_outside", of("outside_utility").ln()),
        ];
        for (place, (parameter, value)) in wanted.iter().enumerate() {
            let sql = format!("select low_95, high_95 from huff_parameters where parameter = '{parameter}'");
            let row = lake.csv(&sql).await;
            let (low, high) = row.split_once(',').expect("two numbers");
            let held = number(low) <= *value && *value <= number(high);
            covering[place] += usize::from(held);
            report += &format!("seed {seed}, {parameter}: {value} in [{low}, {high}]: {held}\n");
        }
        let row = lake
            .csv("select outside_share, outside_share_error from huff_models where chosen")
            .await;
        let (share, error) = row.split_once(',').expect("two numbers");
        let outside = 1.0 - inside_share(folder.path());
        let held = (number(share) - outside).abs() <= 1.96 * number(error);
        covering[3] += usize::from(held);
        report += &format!("seed {seed}, outside share: {outside} against {share} ({error}): {held}\n");
    }
    println!("{report}{covering:?}");
    assert!(
        covering.iter().all(|held| *held >= FEWEST_COVERING),
        "{covering:?}\n{report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_addresses_the_totals_of_the_stores_tell_the_model() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let laws = vec![Law::Purchasing, Law::StoreChoice];
    let truth = made(folder.path(), 40_000, 7, Some(laws));
    // The file that says where customers live.
    for file in files(&folder.path().join("erp")) {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        if name.starts_with("F_COMPTET") {
            std::fs::remove_file(&file).expect("removed");
        }
    }
    let spend = truth["market"]["spend_potential_per_household"]
        .as_f64()
        .expect("a number");
    let lake = built(folder.path(), &[("stores", "stores"), ("sage100", "erp")], spend).await;
    let status = lake
        .csv("select subject, status from network_status order by subject")
        .await;
    assert_eq!(status, "flows,too_few\nhuff,ok");
    let law = &truth["laws"]["store_choice"];
    let of = |key: &str| law[key].as_f64().expect("a number");
    for (parameter, truth, widest) in [
        ("attraction.sales_area_m2", of("area_exponent"), 0.2),
        ("distance_decay", -of("distance_exponent"), 0.5),
        ("log_outside", of("outside_utility").ln(), 2.0),
    ] {
        let sql = format!("select value, standard_error from huff_parameters where parameter = '{parameter}'");
        let row = lake.csv(&sql).await;
        let (value, error) = row.split_once(',').expect("two numbers");
        let (value, error) = (number(value), number(error));
        println!("{parameter}: {value} +- {error}, put in {truth}");
        assert!(
            (value - truth).abs() < 3.0 * error,
            "{parameter}: {value} +- {error}, put in {truth}"
        );
        assert!(error > 0.0 && error < widest, "{parameter}: {error}");
    }
    let decay = lake
        .csv("select decay, stores > 300 from huff_models where chosen")
        .await;
    assert_eq!(decay, "power,true");
    // Nobody saw the flows, so nothing is called observed, and there is nothing to compare.
    let seen = "select count(observed), count(residual), count(expected) > 1000 from huff_cells";
    assert_eq!(lake.csv(seen).await, "0,0,true");
    assert_eq!(
        lake.csv("select count(observed), count(*) > 1000 from huff_flows")
            .await,
        "0,true"
    );
    // Stores are expected to sell about what they sold, and each has its forecast without its own sales.
    let stores = "select round(median(abs(expected / observed - 1)), 4), count(predicted), count(*) from huff_stores where observed > 0";
    let row = lake.csv(stores).await;
    println!("median deviation, forecasts, stores: {row}");
    let row: Vec<f64> = row.split(',').map(number).collect();
    assert!(row[0] < 0.05 && row[1] > 0.9 * row[2] && row[2] > 300.0, "{row:?}");
}

/// Mean inside share of the market, by residents, from the truth about the cells.
fn inside_share(sources: &Path) -> f64 {
    let file = std::fs::File::open(sources.join("truth_cells.csv.gz")).expect("the truth about cells");
    let mut reader = csv::Reader::from_reader(flate2::read::GzDecoder::new(file));
    let (mut all, mut inside) = (0.0, 0.0);
    for row in reader.records() {
        let row = row.expect("equal cells");
        let residents = number(&row[2]);
        all += residents;
        inside += residents * number(&row[3]);
    }
    inside / all
}

#[test]
fn forecasts_of_past_openings_hold_what_the_law_says_of_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = folder.path().join("lake").display().to_string();
    let sources = folder.path().join("sources");
    let run = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_chalandise"))
            .current_dir(root())
            .args(["--lake", &lake])
            .args(args)
            .output()
            .expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let out = sources.display().to_string();
    run(&["demo", "--customers", "60000", "--no-serve", "--out", &out]);
    let text = std::fs::read_to_string(sources.join("truth.json")).expect("truth");
    let truth: Value = serde_json::from_str(&text).expect("JSON");
    let effects = truth["effects"]["openings"].as_array().expect("openings");
    assert_eq!(effects.len(), 20);
    let sql = "select store_id, low_80, high_80, gain_low_80, gain_high_80 from store_changes";
    let rows = run(&["query", sql, "--format", "csv"]);
    let (mut sales, mut gains) = (0, 0);
    for row in csv::Reader::from_reader(rows.as_bytes()).records() {
        let row = row.expect("equal cells");
        let effect = effects
            .iter()
            .find(|effect| effect["store_id"] == row[0])
            .expect("a planted opening");
        let of = |key: &str| effect[key].as_f64().expect("a number");
        let held = |low: usize, value: f64| number(&row[low]) <= value && value <= number(&row[low + 1]);
        sales += usize::from(held(1, of("revenue")));
        gains += usize::from(held(3, of("network_gain")));
    }
    assert!(
        sales >= FEWEST_OPENINGS && gains >= FEWEST_OPENINGS,
        "{sales} and {gains} of 20\n{rows}"
    );
}
