//! Bad input to scenarios, through the API for scripts and through the page: clear answers, nothing broken.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::client::{Answer, Site, demo_lake, demo_site};
use crate::lake::root;

fn run(lake: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .arg("--resources")
        .arg(root())
        .arg("--lake")
        .arg(lake)
        .args(args)
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// The first value that a query of the demo gives.
fn demo_value(sql: &str) -> String {
    let rows = run(demo_lake(), &["query", sql, "--format", "csv"]);
    rows.lines().nth(1).expect("a row").to_owned()
}

/// A store that is open, and its place, to a hundred thousandth of a degree: as addresses spell it.
fn open_store() -> &'static (String, f64, f64) {
    static STORE: OnceLock<(String, f64, f64)> = OnceLock::new();
    STORE.get_or_init(|| {
        let sql = "select huff_stores.store_id, huff_stores.latitude, huff_stores.longitude from huff_stores \
                   where in_network and not competitor order by observed desc limit 1";
        let row = demo_value(sql);
        let parts: Vec<&str> = row.split(',').collect();
        let number = |place: usize| (parts[place].parse::<f64>().expect("degrees") * 1e5).round() / 1e5;
        (parts[0].to_owned(), number(1), number(2))
    })
}

fn encoded(changes: &[&str]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for change in changes {
        match change.split_once('=') {
            Some((key, value)) => query.append_pair(key, value),
            None => query.append_pair("change", change),
        };
    }
    query.finish()
}

fn api(changes: &[&str]) -> Answer {
    demo_site().get(&format!("/api/scenario?lang=en&{}", encoded(changes)))
}

fn page(changes: &[&str]) -> Answer {
    demo_site().get(&format!("/network/scenario?lang=en&{}", encoded(changes)))
}

fn post(body: &Value) -> Answer {
    demo_site().post("/api/scenario?lang=en", "application/json", body.to_string().as_bytes())
}

fn json_of(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), Some("application/json"));
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// The words of a refusal by the API, with its status.
fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    let json = json_of(answer);
    assert_eq!(json["error"]["status"], status);
    json["error"]["message"].as_str().expect("a sentence").to_owned()
}

/// Text as pages write it.
fn plain(html: &str) -> String {
    html.replace("&amp;", "&").replace("&quot;", "\"").replace("&lt;", "<")
}

#[test]
fn each_bad_change_is_refused_with_its_reason_by_api_and_page() {
    let (store, latitude, longitude) = open_store();
    let closed = demo_value("select store_id from stores where closed_on is not null order by store_id limit 1");
    let negative = format!("open:{latitude},{longitude},-5:Moins");
    let twice = format!("close:{store}");
    let moved_and_closed = format!("move:{store}:{latitude},{longitude}");
    let gone = format!("move:{closed}:{latitude},{longitude}");
    let resized = format!("resize:{closed}:900");
    let cases: [(&[&str], &str); 20] = [
        (&["open:45.5,-4.5,1200:Large"], "in the sea or outside the market"),
        (
            &["open:40.4168,-3.7038,1200:Madrid"],
            "in the sea or outside the market",
        ),
        (&["open:-89,0,1200:Pôle"], "in the sea or outside the market"),
        (&[&negative], "out of range; give a number from 0"),
        (&["close:S99999"], "No store has the id “S99999”"),
        (&[&twice, &twice], "given twice"),
        (&[&twice, &moved_and_closed], "says otherwise of this store"),
        (&[&gone], "is not open at the end of the data"),
        (&[&resized], "is not open at the end of the data"),
        (&["open:NaN,-1.5,1200:Nan"], "it is no number"),
        (&["open:47.2,1e999,1200:Loin"], "it is no number"),
        (&["open:47,2,-1,5,1200:Virgule"], "no such option"),
        (&["open:47.2,-1.5,1 200:Espace"], "it is no number"),
        (&["open:47.2,-1.5,inf:Grand"], "it is no number"),
        (&["open:147.2,-1.5,1200:Haut"], "from -90 to 90"),
        (&["open:47.2,-1.5,1200:"], "it is empty"),
        (&["opne:47.2,-1.5,1200:Faute"], "did you mean `open`?"),
        (&["close"], "write it as `close:STORE`"),
        (&[&twice, "margin=120"], "from 0 to 100"),
        (&[&twice, "kept=beaucoup"], "it is no number"),
    ];
    for (changes, words) in cases {
        let said = refused(&api(changes), 422);
        assert!(said.contains(words), "{changes:?}: {said}");
        let answer = page(changes);
        assert_eq!(answer.status, 422, "{changes:?}");
        let html = plain(&answer.text());
        assert!(html.contains(words), "{changes:?} on the page");
        assert!(
            html.contains("role=\"alert\"") && html.contains("Add a site"),
            "{changes:?}: the form stands"
        );
        assert_eq!(answer.header("etag"), None, "a refusal is not kept");
    }
}

#[test]
fn the_same_faults_in_json_are_listed_one_by_one() {
    let body = json!({ "changes": [
        { "kind": "open", "name": "Moins", "latitude": 47.2, "longitude": -1.5, "sales_area_m2": -5 },
        { "kind": "close", "store_id": "S001" },
        { "kind": "close", "store_id": "S001" },
    ], "assumptions": { "margin_rate": 7 } });
    let answer = post(&body);
    refused(&answer, 422);
    let faults = json_of(&answer)["error"]["faults"].clone();
    assert_eq!(faults[0]["part"], json!({ "change": 1, "field": "sales_area_m2" }));
    assert_eq!(faults[0]["value"], "-5");
    assert_eq!(faults[1]["part"], json!({ "change": 3, "field": "store_id" }));
    assert_eq!(faults[2]["part"], json!({ "assumption": "margin_rate" }));
    let sea = json!({ "changes": [
        { "kind": "open", "name": "Large", "latitude": 45.5, "longitude": -4.5, "sales_area_m2": 900 },
        { "kind": "close", "store_id": "S99999" },
    ] });
    let faults = json_of(&post(&sea))["error"]["faults"].clone();
    assert_eq!(
        (&faults[0]["value"], &faults[1]["value"]),
        (&json!("Large"), &json!("S99999"))
    );
}

#[test]
fn a_body_that_is_no_plan_says_where() {
    let site = demo_site();
    let send = |text: &str| site.post("/api/scenario", "application/json", text.as_bytes());
    for (text, words) in [
        ("", "EOF"),
        ("{\"changes\": [", "EOF"),
        ("[1, 2]", "write an object such as"),
        ("{\"changes\": [{\"kind\": \"close\"}]}", "missing field `store_id`"),
        (
            "{\"changes\": [{\"kind\": \"shut\", \"store_id\": \"S001\"}]}",
            "unknown variant `shut`",
        ),
        ("{\"changes\": [], \"asumptions\": {}}", "unknown field `asumptions`"),
        (
            "{\"changes\": [{\"kind\": \"resize\", \"store_id\": \"S001\", \"sales_area_m2\": 1e999}]}",
            "number out of range",
        ),
        (
            "{\"changes\": [{\"kind\": \"resize\", \"store_id\": \"S001\", \"sales_area_m2\": NaN}]}",
            "expected value",
        ),
        (
            "{\"changes\": [{\"kind\": \"resize\", \"store_id\": \"S001\", \"sales_area_m2\": \"900\"}]}",
            "invalid type",
        ),
    ] {
        let said = refused(&send(text), 400);
        assert!(said.contains(words), "{text}: {said}");
    }
}

#[test]
fn get_and_post_give_the_same_tables() {
    let (store, latitude, longitude) = open_store();
    let open = format!("open:{latitude},{longitude},1200:Voisin");
    let close = format!("close:{store}");
    let got = api(&[&close, &open, "margin=50"]);
    assert_eq!(got.status, 200, "{}", got.text());
    let posted = post(&json!({ "changes": [
        { "kind": "close", "store_id": store },
        { "kind": "open", "name": "Voisin", "latitude": latitude, "longitude": longitude, "sales_area_m2": 1200 },
    ], "assumptions": { "margin_rate": 0.5 } }));
    assert_eq!(posted.status, 200, "{}", posted.text());
    let (got, posted) = (json_of(&got), json_of(&posted));
    assert_eq!(got, posted);
    for table in [
        "scenario_stores",
        "scenario_totals",
        "scenario_transfers",
        "scenario_cells",
        "scenario_steps",
    ] {
        assert!(got[table].as_array().is_some_and(|rows| !rows.is_empty()), "{table}");
    }
    // On top of the store that closes: it can be, and is said.
    let notices = got["notices"].as_array().expect("a list");
    assert!(
        notices
            .iter()
            .any(|notice| notice.as_str().is_some_and(|text| text.contains("0 m from"))),
        "{notices:?}"
    );
    let row = &got["scenario_changes"][0];
    assert!(
        row["sales_area_m2"].is_null() && row.get("sales_area_m2").is_some(),
        "{row}"
    );
}

#[test]
fn what_is_odd_is_computed_with_a_notice() {
    let (_, latitude, longitude) = open_store();
    let on_top = format!("open:{latitude},{longitude},1200:Double");
    let nothing = format!("open:{latitude},{longitude},0:Vide");
    for (change, words) in [
        (&on_top, "they share the same customers"),
        (&nothing, "it draws nobody"),
    ] {
        let answer = api(&[change]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.text().contains(words), "{change}");
        let html = page(&[change]);
        assert_eq!(html.status, 200);
        assert!(plain(&html.text()).contains(words), "{change} on the page");
    }
    let empty = json_of(&api(&[&nothing]));
    let totals = empty["scenario_totals"].as_array().expect("rows");
    let stores = totals.iter().find(|row| row["total"] == "stores").expect("the stores");
    assert_eq!(stores["change"], json!(0.0), "a store without area changes nothing");
}

#[test]
fn ten_thousand_changes_are_refused_with_the_limit() {
    let changes: Vec<Value> = (0..10_000)
        .map(|number| json!({ "kind": "close", "store_id": format!("S{number}") }))
        .collect();
    let said = refused(&post(&json!({ "changes": changes })), 422);
    assert!(said.contains("10000") && said.contains("more than 500"), "{said}");
    let many = vec!["close:S1"; 1_500];
    let said = refused(&api(&many), 422);
    assert!(said.contains("more than 500"), "{said}");
    // An address that is too long, and a body that is: what to do instead.
    let long = vec!["close:S1"; 3_500];
    let said = refused(&api(&long), 414);
    assert!(said.contains("POST /api/scenario"), "{said}");
    let html = page(&long);
    assert_eq!(html.status, 414);
    assert!(html.text().contains("POST /api/scenario"));
    let body = vec![b' '; (2 << 20) + 1];
    let said = refused(
        &demo_site().post("/api/scenario?lang=en", "application/json", &body),
        413,
    );
    assert!(said.contains("at most 500 changes"), "{said}");
    let file = demo_site().post("/f/network_scenario/stores.csv", "text/plain", b"");
    assert_eq!(file.status, 405, "only the API takes a body");
}

#[test]
fn five_hundred_changes_fit_the_api() {
    let (_, latitude, longitude) = open_store();
    let changes: Vec<Value> = (0..500)
        .map(|number| {
            let north = latitude + f64::from(number % 25) * 1e-4;
            json!({ "kind": "open", "name": format!("Site {number}"), "latitude": north, "longitude": longitude, "sales_area_m2": 100 })
        })
        .collect();
    let answer = post(&json!({ "changes": changes }));
    assert_eq!(
        answer.status,
        200,
        "{}",
        answer.text().chars().take(300).collect::<String>()
    );
    assert_eq!(json_of(&answer)["scenario_changes"].as_array().map(Vec::len), Some(500));
}

#[test]
fn a_page_refuses_a_plan_that_its_form_could_not_send_on() {
    let (_, latitude, longitude) = open_store();
    let name = "é".repeat(110);
    let changes: Vec<String> = (0..70)
        .map(|number| format!("open:{latitude},{longitude},100:{name}{number}"))
        .collect();
    let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
    let answer = page(&changes);
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("more than the 45000 of a page"));
    // What is a little shorter is a page, whose forms stay under what the server reads.
    let html = page(&changes[..60]);
    assert_eq!(
        html.status,
        200,
        "{}",
        html.text().chars().take(300).collect::<String>()
    );
}

#[test]
fn a_misspelled_key_is_no_empty_plan() {
    let said = refused(&demo_site().get("/api/scenario?lang=en&chnage=close:S001"), 422);
    assert!(said.contains("did you mean `change`?"), "{said}");
}

#[test]
fn a_faulty_form_keeps_what_was_typed_and_what_was_planned() {
    let (store, ..) = open_store();
    let planned = format!("close:{store}");
    let answer = page(&[
        &planned,
        "add=open",
        "add_place=Atlantis",
        "add_sales_area_m2=douze",
        "add_name=Mon site",
    ]);
    assert_eq!(answer.status, 422);
    let html = plain(&answer.text());
    for kept in ["value=\"Atlantis\"", "value=\"douze\"", "value=\"Mon site\""] {
        assert!(html.contains(kept), "{kept}");
    }
    let hidden = format!("name=\"change\" value=\"{planned}\"");
    assert!(html.contains(&hidden), "the plan stays: {hidden}");
    assert!(
        html.contains("id=\"add_place-wrong\""),
        "the fault stands beside the field"
    );
    assert!(
        html.contains("id=\"add_sales_area_m2-wrong\""),
        "all faults of a form are said at once"
    );
    assert!(html.contains("aria-describedby=\"add_place-wrong\"") && html.contains("aria-invalid=\"true\""));
    // The rest of the plan is computed.
    assert!(html.contains("Part of what you asked could not be applied"));
    // Each field in its own form, and no other.
    let answer = page(&[&planned, "add=open", "add_place=47.2, -1.5", "add_sales_area_m2=-3"]);
    let html = plain(&answer.text());
    assert!(html.contains("id=\"add_sales_area_m2-wrong\"") && !html.contains("id=\"new_area-wrong\""));
    let answer = page(&[&planned, "add=resize", "add_store_id=S99999", "add_sales_area_m2=-3"]);
    let html = plain(&answer.text());
    assert!(html.contains("id=\"new_area-wrong\"") && !html.contains("id=\"add_sales_area_m2-wrong\""));
    let answer = page(&[&planned, "margin=beaucoup"]);
    let html = plain(&answer.text());
    assert_eq!(answer.status, 422);
    assert!(html.contains("id=\"margin-wrong\"") && html.contains("value=\"beaucoup\""));
}

#[test]
fn a_store_that_the_network_refuses_is_marked_in_the_list() {
    let html = plain(&page(&["close:S99999"]).text());
    let list = html
        .split("class=\"changes\"")
        .nth(1)
        .and_then(|rest| rest.split("</ol>").next());
    assert!(list.is_some_and(|list| list.contains("class=\"wrong\"")), "{html}");
}

/// A lake made from parts of the demo's sources.
struct Poor {
    _folder: tempfile::TempDir,
    lake: PathBuf,
}

fn poor(customers: &str, erp: impl Fn(&str) -> bool) -> Poor {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (lake, sources) = (folder.path().join("lake"), folder.path().join("sources"));
    let out = sources.display().to_string();
    run(
        &lake,
        &["generate", "--customers", customers, "--stores", "12", "--out", &out],
    );
    let files = |part: &str| -> Vec<String> {
        let listed = std::fs::read_dir(sources.join(part)).expect("a folder of the demo");
        let mut files: Vec<String> = listed
            .map(|file| file.expect("a file").path().display().to_string())
            .collect();
        files.sort();
        files
    };
    let import = |mapping: &str, files: Vec<String>| {
        let mut args = vec!["import", "--mapping", mapping];
        args.extend(files.iter().map(String::as_str));
        run(&lake, &args);
    };
    import("stores", files("stores"));
    import("sage100", files("erp").into_iter().filter(|file| erp(file)).collect());
    run(&lake, &["build", "--spend-per-household", "9"]);
    Poor { _folder: folder, lake }
}

/// Each page of the network answers, and says what is missing; the API and SQL give the reason.
fn all_say(lake: &Path, reason: &str) {
    let site = Site::of(lake);
    for (path, words) in [
        (
            "/network/stores",
            "The model of store choice was not calibrated: too few data. Import more located orders",
        ),
        ("/network/scenario", "no scenario can be computed"),
        ("/network/scenario", reason),
        ("/network/white-space", "no place can be judged"),
    ] {
        let answer = site.get(&format!("{path}?lang=en"));
        assert_eq!(answer.status, 200, "{path}");
        let html = plain(&answer.text());
        assert!(html.contains(words), "{path} does not say `{words}`:\n{html}");
        assert!(
            !html.contains("could not be computed. The server"),
            "{path} has a part that failed"
        );
    }
    let page = site.get("/network/scenario?lang=en&change=close:S001");
    assert_eq!(page.status, 200, "a lake without a model is no fault of the address");
    let said = refused(&site.get("/api/scenario?lang=en&change=close:S001"), 503);
    assert!(said.contains(reason), "{said}");
    let sql = "select * from scenario_stores('close:S001')";
    let output = Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .arg("--resources")
        .arg(root())
        .arg("--lake")
        .arg(lake)
        .args(["query", sql])
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains(reason), "{said}");
}

#[test]
fn flows_too_few_to_calibrate_are_said_on_every_page() {
    let lake = poor("12", |_| true);
    all_say(&lake.lake, "cells with a flow are too few; at least 50 are needed");
}

#[test]
fn revenue_without_a_place_is_said_on_every_page() {
    // Orders without the file that says where customers live.
    let lake = poor("400", |file| !file.contains("F_COMPTET"));
    all_say(
        &lake.lake,
        "0 stores with revenue from known cells are too few; at least 3 are needed",
    );
}
