//! What the web shop keeps of stores that closed, found in sales into which a known share was written.

use std::fmt::Write as _;
use std::path::Path;

use chalandise::generate::Law;
use chalandise::model::NetworkSettings;
use serde_json::Value;

use crate::lake::{TestLake, root};
use crate::network::{build, files, made, number};
use crate::pages::client::Site;

/// The last day of the stores that close.
const CLOSED_ON: &str = "2025-06-30";
/// Of what they would have sold, the web shop gets so many percent.
const KEPT_PERCENT: u64 = 40;
/// Of all sales, the web shop had so many percent before.
const WEB_PERCENT: u64 = 20;

/// Stores of all sizes, far from each other.
fn closes(store: &str) -> bool {
    let number: Option<u32> = store.strip_prefix('S').and_then(|number| number.parse().ok());
    number.is_some_and(|number| number > 10 && number % 20 == 0 && number <= 280)
}

/// A number of 0 to 99 that a document has for good.
fn drawn(document: &str, turn: &str) -> u64 {
    let hash = blake3::hash(format!("{document}{turn}").as_bytes());
    u64::from(u16::from_be_bytes([hash.as_bytes()[0], hash.as_bytes()[1]])) % 100
}

/// Orders as they would have been: the stores close, and a share of what they would have sold goes to the web shop.
fn close(sources: &Path) {
    let stores = sources.join("stores/stores.csv");
    let text = std::fs::read_to_string(&stores).expect("stores");
    let mut written = String::new();
    for line in text.lines() {
        let mut fields: Vec<&str> = line.split(',').collect();
        if closes(fields[0]) {
            fields[8] = CLOSED_ON;
        }
        writeln!(written, "{}", fields.join(",")).expect("text");
    }
    std::fs::write(&stores, written).expect("written");
    for file in files(&sources.join("erp")) {
        let name = file.file_name().and_then(|name| name.to_str()).expect("a name");
        if name.starts_with("F_DOCLIGNE") {
            std::fs::remove_file(&file).expect("removed");
        }
        if !name.starts_with("F_DOCENTETE") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("orders");
        let mut written = String::new();
        for (row, line) in text.lines().enumerate() {
            let mut fields: Vec<&str> = line.split(';').collect();
            if row > 0 && fields[5] == "0" {
                let (day, month, year) = (&fields[3][0..2], &fields[3][3..5], &fields[3][6..10]);
                let closed = closes(fields[6]) && format!("{year}-{month}-{day}").as_str() > CLOSED_ON;
                let to_web = match closed {
                    _ if drawn(fields[2], "web") < WEB_PERCENT => true,
                    true if drawn(fields[2], "kept") < KEPT_PERCENT => true,
                    true => continue,
                    false => false,
                };
                if to_web {
                    fields[5] = "3";
                    fields[6] = "";
                }
            }
            writeln!(written, "{}", fields.join(";")).expect("text");
        }
        std::fs::write(&file, written).expect("written");
    }
}

#[tokio::test]
async fn what_the_web_shop_keeps_of_closed_stores_is_found() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let truth = made(folder.path(), 60_000, 11, Some(vec![Law::Purchasing, Law::StoreChoice]));
    close(folder.path());
    let lake = TestLake::new();
    lake.import("stores", &files(&folder.path().join("stores")))
        .await
        .expect("stores");
    let shipped = std::fs::read_to_string(root().join("data/mappings/sage100.toml")).expect("the mapping");
    let known = "2 = \"phone\" }";
    assert!(shipped.contains(known));
    let with_web = shipped.replace(known, "2 = \"phone\", 3 = \"web\" }");
    let mapping = lake.write("sage_with_web.toml", &with_web);
    lake.import(&mapping.display().to_string(), &files(&folder.path().join("erp")))
        .await
        .expect("orders");
    let spend = truth["market"]["spend_potential_per_household"].as_f64();
    build(&lake, spend, &NetworkSettings::default()).await;

    let found = lake
        .csv("select changes, effect, standard_error, estimated from web_effects where kind = 'kept'")
        .await;
    println!("{found}");
    let fields: Vec<&str> = found.split(',').collect();
    assert_eq!((fields[0], fields[3]), ("14", "true"), "{found}");
    let (kept, error) = (number(fields[1]), number(fields[2]));
    let put_in = KEPT_PERCENT as f64 / 100.0;
    assert!(error > 0.0 && error < 0.1, "{found}");
    assert!(
        (kept - put_in).abs() < 3.0 * error,
        "{kept} +- {error}, put in {put_in}"
    );

    // A scenario takes it, says where it is from, and gives the web shop what it keeps of the store's sales, less what follows the network.
    let alone = "select store_id from huff_stores where in_network order by network_loss / annual_revenue desc, store_id limit 1";
    let alone = lake.csv(alone).await;
    let site = Site::of(&lake.folder.path().join("lake"));
    let answer = site.get(&format!("/api/scenario?change=close:{alone}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let scenario: Value = serde_json::from_str(&answer.text()).expect("JSON");
    let rows = |table: &str| scenario[format!("scenario_{table}")].as_array().expect(table).clone();
    let assumed = |name: &str| {
        let all = rows("assumptions");
        all.into_iter().find(|row| row["assumption"] == name).expect(name)
    };
    assert_eq!(assumed("web_kept")["source"], "data");
    assert_eq!(
        assumed("web_kept")["value"].as_f64().map(|kept| (kept * 1e9).round()),
        Some((kept * 1e9).round())
    );
    assert_eq!(assumed("web_effect")["source"], "default", "no store opened");
    let total = |name: &str| {
        let all = rows("totals");
        all.into_iter().find(|row| row["total"] == name).expect(name)
    };
    let web = total("web");
    let store = rows("stores")
        .into_iter()
        .find(|row| row["store_id"] == alone)
        .expect("the store");
    let of = |row: &Value, key: &str| row[key].as_f64().expect("a number");
    assert!((of(&web, "change") + kept * of(&store, "change")).abs() < 1.0, "{web}");
    assert!(of(&web, "low_95") < of(&web, "change") && of(&web, "change") < of(&web, "high_95"));
}
