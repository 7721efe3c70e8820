//! The one switch of distances: every model of the network by each of the three measures, on the west of France.
//!
//! Imported minutes that are nothing but kilometres at a constant speed must say what kilometres say: that is the strong check.

use std::collections::BTreeMap;

use chalandise::config;
use chalandise::generate::Law;
use chalandise::model::{DistanceMeasure, NetworkSettings};
use chalandise_analytics::network::huff::Decay;

use crate::lake::TestLake;
use crate::network::{build, imported, made, number};
use crate::pages::client::Site;

/// Minutes of a kilometre.
const MINUTES: f64 = 1.25;
/// A store that no table has.
const UNKNOWN: &str = "NOWHERE";

const MARKET: &str = r#"
name = "market"
doc = "A market of one's own."
source = "market"
currency = "EUR"
time_zone = "Europe/Paris"
[[file]]
id = "cells"
match = ["market*"]
format = "csv"
delimiter = ","
[file.columns]
h3_cell = { type = "integer", required = true }
commune_code = { type = "text" }
region = { type = "text" }
residents = { type = "number" }
households = { type = "number" }
spend_potential = { type = "money" }
[[table]]
into = "market_cells"
primary = "cells"
sql = "select h3_cell, commune_code, region, residents, households, spend_potential, _file, _line from cells"
"#;

/// A lake whose market is the west of France, so that a candidate is tried in some thousand places only.
async fn west() -> TestLake {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let truth = made(folder.path(), 20_000, 4, Some(vec![Law::Purchasing, Law::StoreChoice]));
    let spend = truth["market"]["spend_potential_per_household"]
        .as_f64()
        .expect("a number");
    let sources = [("stores", "stores"), ("sage100", "erp")];
    let whole = imported(folder.path(), &sources[..1]).await;
    let mut writer = whole.lake.writer().await.expect("a writer");
    let cents = (spend * 100.0).round() as i64;
    chalandise::model::market_cells(&mut writer, Some(cents))
        .await
        .expect("the market");
    let operation = chalandise::lake::Operation {
        kind: "build".into(),
        name: "market".into(),
        definition: String::new(),
        inputs: Vec::new(),
        account: serde_json::Value::Null,
    };
    writer.publish(operation).await.expect("a lake version");
    let cells = whole
        .csv(
            "select h3_cell, commune_code, region, residents, households, spend_potential from market_cells \
             where region in ('Bretagne', 'Pays de la Loire', 'Normandie') order by h3_cell",
        )
        .await;
    let west = imported(folder.path(), &sources).await;
    let mapping = west.write("market.toml", MARKET);
    let header = "h3_cell,commune_code,region,residents,households,spend_potential\n";
    let cells = west.write("market.csv", &format!("{header}{cells}\n"));
    west.import(&mapping.display().to_string(), &[cells])
        .await
        .expect("the market comes in");
    west
}

/// The parameters of the model in use.
async fn parameters(lake: &TestLake) -> BTreeMap<String, f64> {
    let rows = lake.csv("select parameter, value from huff_parameters").await;
    let row = |row: &str| {
        let (name, value) = row.split_once(',').expect("two cells");
        (name.to_owned(), number(value))
    };
    rows.lines().map(row).collect()
}

/// Numbers of stores and of flows, by their name.
async fn forecasts(lake: &TestLake) -> BTreeMap<String, Vec<f64>> {
    let mut all = BTreeMap::new();
    for sql in [
        "select concat('store ', store_id), annual_revenue, network_loss, kept, store_effect, predicted, predicted_low_80 from huff_stores \
         where annual_revenue > 0",
        "select concat('flow ', store_id, ' ', h3_cell), share, expected from huff_flows where expected > 1",
        "select concat('opening ', store_id), predicted, network_gain, gain_low_80 from store_changes",
    ] {
        for row in lake.csv(sql).await.lines() {
            let mut cells = row.split(',');
            let name = cells.next().expect("a name").to_owned();
            all.insert(name, cells.filter(|cell| !cell.is_empty()).map(number).collect());
        }
    }
    all
}

fn settings(distance: DistanceMeasure, range: Option<(f64, f64)>) -> NetworkSettings {
    NetworkSettings {
        distance,
        range,
        decay: Some(Decay::Power),
        ..NetworkSettings::default()
    }
}

/// The page of a scenario, the stores' catchments and the candidates, as the measure has them.
async fn check(lake: &TestLake, measure: DistanceMeasure, words: &[&str]) {
    let name = measure.name();
    for sql in [
        "select distinct distance from huff_models",
        "select distinct measure from store_catchments",
    ] {
        assert_eq!(lake.csv(sql).await, name, "{sql}");
    }
    let status = lake
        .csv("select status from network_status where subject = 'huff'")
        .await;
    assert_eq!(status, "ok");
    for (table, what) in [
        ("catchments", "distance"),
        ("white_space", "net_gain"),
        ("white_space", "nearest_distance"),
        ("distance_decay", "penetration"),
        ("huff_flows", "distance"),
    ] {
        let found = lake
            .csv(&format!("select count({what}) filter (where {what} > 0) from {table}"))
            .await;
        assert!(number(&found) > 100.0, "{name}: {found} {what} in {table}");
    }
    let store = lake
        .csv("select store_id from huff_stores where annual_revenue > 0 order by annual_revenue desc limit 1")
        .await;
    let site = Site::of(&lake.folder.path().join("lake"));
    let page = site.get(&format!(
        "/network/scenario?change=close:{store}&change=open:48.1173,-1.6778,1200:Rennes"
    ));
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    for word in words {
        assert!(text.contains(word), "{name}: the page does not say {word}");
    }
    let stores = site.get("/network/stores");
    assert_eq!(stores.status, 200);
    let text = stores.text();
    assert_eq!(
        text.contains("min (approximatif)"),
        measure == DistanceMeasure::ApproximateTime
    );
    assert_eq!(text.contains(" km"), measure == DistanceMeasure::GreatCircle, "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_models_follow_the_measure() {
    let lake = west().await;
    build(&lake, None, &settings(DistanceMeasure::GreatCircle, None)).await;
    check(&lake, DistanceMeasure::GreatCircle, &["Distances à vol d’oiseau"]).await;
    let (in_km, by_km) = (parameters(&lake).await, forecasts(&lake).await);
    assert!(by_km.len() > 1_000, "{}", by_km.len());

    // Every way within 85 km, as minutes; and one to a store that nobody knows.
    let ways = lake
        .csv(&format!(
            "select h3_cell, store_id, km * {MINUTES} from (select market_cells.h3_cell, store_id, \
             great_circle_distance_km(h3_cell_to_lat(market_cells.h3_cell), h3_cell_to_lng(market_cells.h3_cell), latitude, longitude) as km \
             from market_cells cross join stores) where km < 85"
        ))
        .await;
    let cell = ways.split(',').next().expect("a cell");
    let ways = lake.write(
        "travel_times.csv",
        &format!("cell,store,minutes\n{ways}\n{cell},{UNKNOWN},5\n"),
    );
    lake.import("travel-times", &[ways]).await.expect("the ways come in");
    build(
        &lake,
        None,
        &settings(DistanceMeasure::TravelTimes, Some((MINUTES, 80.0 * MINUTES))),
    )
    .await;
    let words = ["Temps de trajet importés", "temps de trajet approchés, multipliés par"];
    check(&lake, DistanceMeasure::TravelTimes, &words).await;
    let in_minutes = parameters(&lake).await;
    for same in [
        "distance_decay",
        "attraction.sales_area_m2",
        "store_effect_deviation",
        "model_error",
    ] {
        let apart = (in_minutes[same] - in_km[same]).abs();
        assert!(apart < 1e-6, "{same}: {} and {}", in_minutes[same], in_km[same]);
    }
    // What weighs at a distance is that many times less in minutes, so the outside weighs less too.
    let outside = in_km["log_outside"] + in_km["distance_decay"] * MINUTES.ln();
    assert!((in_minutes["log_outside"] - outside).abs() < 1e-6);
    let by_minutes = forecasts(&lake).await;
    assert_eq!(by_minutes.len(), by_km.len());
    for (name, numbers) in &by_km {
        for (km, minutes) in numbers.iter().zip(&by_minutes[name]) {
            assert!(
                (km - minutes).abs() <= 1e-5 * km.abs().max(1e-3),
                "{name}: {km} and {minutes}"
            );
        }
    }
    let told = lake
        .csv("select reason from network_status where subject = 'distances'")
        .await;
    assert!(
        told.contains("count as out of reach") && told.contains("; 1 rows name a store"),
        "{told}"
    );
    assert!(!told.contains(" 0 more would be"), "{told}");

    build(&lake, None, &settings(DistanceMeasure::ApproximateTime, None)).await;
    check(&lake, DistanceMeasure::ApproximateTime, &["Temps de trajet approchés"]).await;
    let approximate = parameters(&lake).await;
    assert_eq!(approximate["largest_distance"], 90.0);
    assert!(approximate["distance_decay"] < -1.0, "{approximate:?}");
    // The retailer's customers choose by kilometres: minutes tell as much but for their own error.
    let area = (approximate["attraction.sales_area_m2"] - in_km["attraction.sales_area_m2"]).abs();
    assert!(area < 0.3, "{approximate:?} {in_km:?}");
}

#[test]
fn the_words_of_the_configuration_are_those_of_the_models() {
    for (word, measure) in config::DISTANCES.iter().zip(DistanceMeasure::ALL) {
        assert_eq!(DistanceMeasure::named(&word.replace('-', "_")), Some(measure));
    }
    for word in config::DECAYS.iter().filter(|word| **word != "best") {
        assert!(word.parse::<Decay>().is_ok(), "{word}");
    }
    assert_eq!(config::DECAYS.len(), Decay::ALL.len() + 1);
}

#[test]
fn keys_of_the_network_come_from_file_environment_and_flags() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("chalandise.toml");
    std::fs::write(
        &file,
        "[network]\ndistance = \"travel-times\"\nreach = 60\nstore_share = 0.7\n",
    )
    .expect("writable");
    let variables = [("CHALANDISE_NETWORK_STORE_SHARE".to_owned(), "0.6".to_owned())];
    let flags = [("network.distance", "approximate-time".to_owned())];
    let found = config::Config::load(Some(&file), variables, &flags)
        .expect("valid")
        .network;
    assert_eq!(found.distance, "approximate-time");
    assert_eq!(found.store_share, Some(0.6));
    assert_eq!(found.reach, (None, Some(60.0)));
    let flags = [
        ("network.distance", "as-the-crow-flies".to_owned()),
        ("network.reach", "9,3".to_owned()),
    ];
    let error = config::Config::load(None, [], &flags)
        .expect_err("no such word")
        .to_string();
    let wanted = "--distance: `network.distance` is `as-the-crow-flies`: it is none of the words\n    allowed: great-circle, \
                  approximate-time, travel-times";
    assert!(error.contains(wanted), "{error}");
    assert!(error.contains("--reach: `network.reach` is `9,3`"), "{error}");
    std::fs::write(&file, "[network]\ndistances = \"km\"\n").expect("writable");
    let error = config::Config::load(Some(&file), [], &[])
        .expect_err("no such key")
        .to_string();
    assert!(
        error.contains(
            "chalandise.toml, line 2: there is no key `network.distances`\n    did you mean `network.distance`?"
        ),
        "{error}"
    );
}
