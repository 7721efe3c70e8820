//! `huff fit` and `huff apply` as somebody who compares tools meets them, on published data (`tests/fixtures/huff`).

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::lake::root;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .current_dir(root())
        .args(args)
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn output(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

const WIELAND: [&str; 14] = [
    "huff",
    "fit",
    "--pairs",
    "tests/fixtures/huff/wieland2015_interactionmatrix.csv",
    "--origin",
    "Quellort",
    "--destination",
    "Zielort",
    "--attraction",
    "VF,K,K_KKr",
    "--distance",
    "Dist_Min2",
    "--flow",
    "Anb_Eink1",
];

fn fit(more: &[&str]) -> Value {
    serde_json::from_str(&output(&[&WIELAND, more].concat())).expect("one JSON object")
}

#[track_caller]
fn near(found: &Value, expected: f64, within: f64) {
    let found = found.as_f64().expect("a number");
    assert!((found / expected - 1.0).abs() <= within, "{found} is not {expected}");
}

#[test]
fn wieland_is_calibrated_as_published() {
    let columns = ["VF", "Dist_Min2", "K", "K_KKr"];
    let multinomial = fit(&["--decay", "power"]);
    let published = [
        (1.181_478_476_405, 0.086_821_61),
        (-1.679_415_694_943, 0.093_923_98),
        (0.465_880_869_896, 0.039_366_03),
        (0.132_665_270_936, 0.019_706_89),
    ];
    for (column, (coefficient, error)) in columns.iter().zip(published) {
        near(&multinomial["coefficients"][column], coefficient, 1e-11);
        near(&multinomial["standard_errors"][column], error, 5e-7);
    }
    near(&multinomial["log_likelihood"], -1_106.152_308, 1e-9);
    near(&multinomial["aic"], 8.0 + 2.0 * 1_106.152_308, 1e-9);
    assert_eq!(multinomial["converged"], true);
    for (name, count) in [("origins", 19), ("destinations", 5), ("pairs", 95)] {
        assert_eq!(multinomial[name], count);
    }
    near(&multinomial["flow"], 908.0, 1e-14);
    assert!(
        ["model", "method", "decay", "r2", "iterations"]
            .iter()
            .all(|key| !multinomial[key].is_null())
    );

    let mci = fit(&["--decay", "power", "--method", "mci"]);
    let published = [
        0.951_332_375_921_958_3,
        -1.632_425_397_993_971_8,
        0.335_684_243_919_25,
        0.101_243_145_391_620_69,
    ];
    for (column, coefficient) in columns.iter().zip(published) {
        near(&mci["coefficients"][column], coefficient, 1e-12);
    }
    near(&mci["r2"], 0.769_693_141_045_451_5, 1e-12);

    let best = fit(&["--decay", "sqrt-exponential"]);
    near(&best["log_likelihood"], -1_096.371, 1e-6);
    for decay in ["exponential", "gaussian"] {
        assert!(fit(&["--decay", decay])["aic"].as_f64() > best["aic"].as_f64());
    }
}

#[test]
fn totals_calibrate_with_and_without_flows() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("pairs.csv");
    let (mut rows, areas) = (Vec::new(), [400.0, 900.0, 2_500.0, 600.0, 1_500.0, 1_100.0_f64]);
    for origin in 0..8_u32 {
        let distance = |store: u32| 1.0 + f64::from((origin * 5 + store * 7) % 11);
        let draw = |store: u32| areas[store as usize].powf(0.7) * distance(store).powf(-1.4);
        let sum: f64 = (0..6).map(draw).sum();
        for store in 0..6 {
            let market = f64::from(100 + origin * 40);
            let flow = market * draw(store) / sum;
            rows.push((origin, store, areas[store as usize], distance(store), market, flow));
        }
    }
    let total = |store: u32| rows.iter().filter(|row| row.1 == store).map(|row| row.5).sum::<f64>();
    let mut file = String::from("from,to,area,km,market,flow,total\n");
    // In no order of origins.
    for (origin, store, area, km, market, flow) in rows.iter().rev().step_by(2).chain(rows.iter().step_by(2)) {
        let total = 3.0 * total(*store);
        file.push_str(&format!("o{origin},s{store},{area},{km},{market},{flow},{total}\n"));
    }
    std::fs::write(&path, file).expect("a file");
    let path = path.display().to_string();
    let all = [
        "huff",
        "fit",
        "--pairs",
        &path,
        "--origin",
        "from",
        "--destination",
        "to",
        "--attraction",
        "area",
        "--distance",
        "km",
        "--decay",
        "power",
    ];
    let ways: [&[&str]; 4] = [
        &["--flow", "flow"],
        &["--flow", "flow", "--method", "mci"],
        &["--flow", "flow", "--method", "totals"],
        &["--method", "totals", "--market", "market", "--total", "total"],
    ];
    for more in ways {
        let fit: Value = serde_json::from_str(&output(&[&all, more].concat())).expect("one JSON object");
        assert_eq!(fit["converged"], true, "{more:?}");
        near(&fit["coefficients"]["area"], 0.7, 1e-7);
        near(&fit["coefficients"]["km"], -1.4, 1e-7);
    }
}

const HASLACH: [&str; 12] = [
    "huff",
    "apply",
    "--origins",
    "tests/fixtures/huff/haslach_origins.csv",
    "--stores",
    "tests/fixtures/huff/haslach_stores.csv",
    "--market",
    "pop",
    "--attraction",
    "VKF_qm=0.9",
    "--decay",
    "power=-2.2",
];
const OPEN: [&str; 2] = ["--open", "tests/fixtures/huff/haslach_new_store.csv"];
const GIVEN: [&str; 2] = ["--distances", "tests/fixtures/huff/haslach_distances.csv"];

/// Rows by all columns but the last.
fn by_ids(csv: &str) -> HashMap<String, f64> {
    let row = |line: &str| {
        let (ids, value) = line.rsplit_once(',').expect("two columns");
        (ids.to_owned(), value.parse().expect("a number"))
    };
    csv.lines().skip(1).map(row).collect()
}

fn expected(file: &str) -> HashMap<String, f64> {
    by_ids(&std::fs::read_to_string(root().join("tests/fixtures/huff").join(file)).expect("a file"))
}

#[track_caller]
fn same(found: &HashMap<String, f64>, expected: &HashMap<String, f64>, within: f64) {
    assert_eq!(found.len(), expected.len());
    for (ids, value) in expected {
        let found = found[ids];
        assert!((found / value - 1.0).abs() <= within, "{ids}: {found} is not {value}");
    }
}

#[test]
fn haslach_sells_as_published_before_and_after_the_opening() {
    let radius = ["--earth-radius-km", "6378"];
    for (distances, within) in [(GIVEN, 1e-12), (radius, 2e-7)] {
        let totals = |more: &[&str]| by_ids(&output(&[&HASLACH, &distances[..], &["--totals"], more].concat()));
        same(&totals(&[]), &expected("haslach_marketareas_expected.csv"), within);
        same(&totals(&OPEN), &expected("haslach_opening_expected.csv"), within);
        // Closing what has opened is what was before.
        let closed = [&OPEN[..], &["--close", "12"]].concat();
        assert!(!totals(&closed).contains_key("12"));
    }
    let flows = output(&[&HASLACH[..], &GIVEN].concat());
    assert!(flows.starts_with("origin,store,flow\nHaslach-Egerten,1,"), "{flows}");
    assert_eq!(flows.lines().count(), 1 + 4 * 8);
    let published = std::fs::read_to_string(root().join("tests/fixtures/huff/haslach_interaction_expected.csv"));
    let published = published.expect("a file");
    let pairs = published.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        (
            format!("{},{}", fields[0], fields[3]),
            fields[11].parse().expect("a number"),
        )
    });
    same(&by_ids(&flows), &pairs.collect(), 1e-12);
}

#[test]
fn an_outside_option_keeps_its_part_and_a_move_is_a_closing_and_an_opening() {
    let sum = |more: &[&str]| by_ids(&output(&[&HASLACH, more].concat())).values().sum::<f64>();
    let market = 6_761.0 + 8_016.0 + 1_114.0 + 3_839.0;
    assert!((sum(&[]) / market - 1.0).abs() < 1e-14);
    assert!((sum(&["--outside", "0"]) / market - 1.0).abs() < 1e-14);
    let kept = sum(&["--outside", "1000"]);
    assert!(kept < 0.95 * market && kept > 0.5 * market, "{kept}");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("larger.csv");
    // Columns in another order, and a name with a comma.
    std::fs::write(
        &path,
        "id,lon,VKF_qm,lat\n12,7.81863,1388,47.99051\n\"a, b\",7.8,0,47.99\n",
    )
    .expect("a file");
    let path = path.display().to_string();
    let found = output(&[&HASLACH[..], &["--close", "12", "--open", &path, "--totals"]].concat());
    let totals = by_ids(&found);
    assert!(totals["12"] > 7_000.0, "{found}");
    assert!(found.ends_with("\"a, b\",0\n"), "{found}");
}

#[test]
fn a_parquet_file_with_ids_that_are_numbers_is_read_too() {
    use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
    use std::sync::Arc;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("pairs.parquet");
    let columns: [(&str, ArrayRef); 4] = [
        ("from", Arc::new(Int64Array::from(vec![7, 7, 9, 9]))),
        ("to", Arc::new(StringArray::from(vec!["a", "b", "a", "b"]))),
        ("km", Arc::new(Float64Array::from(vec![1.0, 3.0, 4.0, 2.0]))),
        ("flow", Arc::new(Int64Array::from(vec![30, 10, 4, 9]))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let file = std::fs::File::create(&path).expect("a file");
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("a file");
    let csv = folder.path().join("pairs.csv");
    std::fs::write(&csv, "from,to,km,flow\n7,a,1,30\n7,b,3,10\n9,a,4,4\n9,b,2,9\n").expect("a file");
    let of = |path: &Path| {
        let path = path.display().to_string();
        output(&[
            "huff",
            "fit",
            "--pairs",
            &path,
            "--origin",
            "from",
            "--destination",
            "to",
            "--distance",
            "km",
            "--decay",
            "exponential",
            "--flow",
            "flow",
        ])
    };
    assert!(of(&csv).contains("\"origins\":2,\"destinations\":2"));
    assert_eq!(of(&csv), of(&path));
}

/// A folder with files, and what the program says of them, without the folder's name.
struct Files(tempfile::TempDir);

impl Files {
    fn write(&self, name: &str, rows: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, rows).expect("a file");
        path.display().to_string()
    }

    #[track_caller]
    fn message(&self, args: &[&str]) -> String {
        let output = run(args);
        assert_eq!(
            output.status.code(),
            Some(1),
            "{}{}",
            text(&output.stdout),
            text(&output.stderr)
        );
        let folder = format!("{}/", self.0.path().display());
        text(&output.stderr).replace(&folder, "").trim_end().to_owned()
    }
}

#[test]
fn bad_pairs_are_named_with_row_and_remedy() {
    let files = Files(tempfile::tempdir().expect("a temporary folder"));
    let header = "from,to,area,km,flow,market,total\n";
    let fit = |rows: &str, more: &[&str]| {
        let path = files.write("pairs.csv", &format!("{header}{rows}"));
        let all = [
            "huff",
            "fit",
            "--pairs",
            &path,
            "--origin",
            "from",
            "--destination",
            "to",
            "--attraction",
            "area",
            "--distance",
            "km",
        ];
        files.message(&[&all, more].concat())
    };
    let power = ["--decay", "power", "--flow", "flow"];
    let good = "a,x,2,1,5,9,7\na,y,3,2,4,9,6\n";
    let cases = [
        ("", "pairs.csv has no row"),
        (
            "a,x,2,1,5,9,7\n,y,3,2,4,9,6\n",
            "pairs.csv, row 2: `from` is empty; each row needs its id, a text or a whole number",
        ),
        (
            "a,x,2,1,5,9,7\na,x,3,2,4,9,6\n",
            "pairs.csv, row 2: origin `a` has destination `x` a second time; add the two rows up, or drop one",
        ),
        (
            "a,x,2,1,5,9,7\na,y,0,2,4,9,6\n",
            "pairs.csv, row 2: `area` is 0; an attraction must be above 0, since its logarithm counts",
        ),
        (
            "a,x,2,0,5,9,7\n",
            "pairs.csv, row 1: `km` is 0; a power cannot take a distance of 0; give the least distance that makes sense, or \
             another --decay",
        ),
        (
            "a,x,2,-1,5,9,7\n",
            "pairs.csv, row 1: `km` is -1; a distance must be from 0",
        ),
        (
            "a,x,2,near,5,9,7\n",
            "pairs.csv, row 1: `km` is not a number; write digits with a decimal point, and nothing else",
        ),
        (
            "a,x,2,NaN,5,9,7\n",
            "pairs.csv, row 1: `km` is not a number; write digits with a decimal point, and nothing else",
        ),
        (
            "b,x,2,1,5,9,7\na,x,2,1,5,9,7\nb,y,2,2,-3,9,7\n",
            "pairs.csv, row 3: `flow` is -3; a flow must be from 0 to 1e100",
        ),
        (
            "a,x,2,1,0,9,7\n",
            "pairs.csv: all flows are 0: nothing tells how customers choose",
        ),
    ];
    for (rows, message) in cases {
        assert_eq!(fit(rows, &power), format!("chalandise: {message}"));
    }
    let mci = [&power[..], &["--method", "mci"]].concat();
    let zero = fit("b,x,2,1,5,9,7\na,x,2,1,5,9,7\nb,y,2,2,0,9,7\n", &mci);
    let expected =
        "chalandise: pairs.csv, row 3: the flow from `b` to `y` is 0 and has no logarithm; leave the row out";
    assert!(zero.starts_with(expected), "{zero}");
    let lacks = fit(good, &["--decay", "power", "--flow", "trips"]);
    assert_eq!(
        lacks,
        "chalandise: pairs.csv has no column `trips`; its header names from, to, area, km, flow, market, total"
    );
    let totals = [
        "--decay", "power", "--method", "totals", "--market", "market", "--total", "total",
    ];
    let differs = fit("a,x,2,1,5,9,7\na,y,3,2,4,8,6\n", &totals);
    assert!(
        differs.starts_with("chalandise: pairs.csv, row 2: `market` differs from what another row says of origin `a`")
    );
    let few = fit("a,x,2,1,5,9,7\na,y,3,2,4,9,6\nb,x,2,5,5,9,7\nb,y,3,1,4,9,6\n", &totals);
    assert!(
        few.starts_with("chalandise: pairs.csv: 2 destinations are too few for"),
        "{few}"
    );
    let wrong = fit(good, &["--decay", "power", "--market", "market", "--total", "total"]);
    assert!(wrong.contains("go with --method totals"), "{wrong}");
    let twice = fit(good, &["--decay", "power", "--flow", "flow", "--attraction", "km"]);
    assert!(twice.contains("`km` is asked for twice"), "{twice}");
    let nowhere = files.message(&[
        "huff",
        "fit",
        "--pairs",
        "nowhere.csv",
        "--origin",
        "a",
        "--destination",
        "b",
        "--flow",
        "c",
        "--distance",
        "d",
        "--decay",
        "power",
    ]);
    assert!(
        nowhere.starts_with("chalandise: nowhere.csv cannot be read:"),
        "{nowhere}"
    );
    // What the command line itself refuses.
    for wrong in [&["--decay", "linear", "--flow", "flow"][..], &["--decay", "power"]] {
        let output = run(&[&WIELAND[..12], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn flows_that_tell_too_little_say_so() {
    let files = Files(tempfile::tempdir().expect("a temporary folder"));
    let fit = |rows: &str| {
        let path = files.write("pairs.csv", &format!("from,to,area,km,flow\n{rows}"));
        let output = run(&[
            "huff",
            "fit",
            "--pairs",
            &path,
            "--origin",
            "from",
            "--destination",
            "to",
            "--attraction",
            "area",
            "--distance",
            "km",
            "--decay",
            "exponential",
            "--flow",
            "flow",
        ]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let fit: Value = serde_json::from_str(&text(&output.stdout)).expect("one JSON object");
        assert!(fit["standard_errors"].is_null() && fit["converged"] == false, "{fit}");
        let message = text(&output.stderr);
        assert!(message.contains(fit["reason"].as_str().expect("a reason")), "{message}");
        message
    };
    let separated = fit("a,x,2,1,5\na,y,3,2,0\nb,x,2,7,0\nb,y,3,3,9\n");
    assert!(separated.starts_with("These coefficients are not to be used: the larger the coefficient of `"));
    let constant = fit("a,x,2,1,5\na,y,2,2,3\nb,x,2,7,2\nb,y,2,3,9\n");
    assert!(
        constant.contains("`area` is the same for all destinations of each origin"),
        "{constant}"
    );
}

#[test]
fn bad_stores_origins_and_distances_are_named_with_the_remedy() {
    let files = Files(tempfile::tempdir().expect("a temporary folder"));
    let apply = |(origins, stores, distances): (&str, &str, &str), more: &[&str]| {
        let origins = files.write("origins.csv", &format!("id,homes,lat,lon\n{origins}"));
        let stores = files.write("stores.csv", &format!("id,area,lat,lon\n{stores}"));
        let mut all = vec![
            "huff",
            "apply",
            "--origins",
            &origins,
            "--stores",
            &stores,
            "--market",
            "homes",
        ];
        let distances = files.write("distances.csv", &format!("origin,store,distance\n{distances}"));
        if more.is_empty() || more[0] != "straight" {
            all.extend(["--distances", &distances]);
        }
        if !more.contains(&"--attraction") {
            all.extend(["--attraction", "area=1", "--decay", "power=-2"]);
        }
        all.extend(more.iter().filter(|it| **it != "straight"));
        files.message(&all)
    };
    let good = ("a,10,48,7\n", "x,500,48,7.1\ny,900,48.1,7\n", "a,x,1\na,y,2\n");
    let (origins, stores, distances) = good;
    let faults = [
        (
            (origins, stores, "a,x,1\n"),
            "distances.csv has no row with origin `a` and store `y`; every origin needs its distance to every store, those that \
             open too",
        ),
        (
            (origins, stores, "a,x,0\na,y,2\n"),
            "the distance between origin `a` and store `x` is 0, which a power cannot take; give the least distance that makes \
             sense in distances.csv, or take another --decay",
        ),
        (
            (origins, stores, "a,x,1\na,y,2\na,x,1\n"),
            "distances.csv, row 3: origin `a` and store `x` stand there a second time; drop one of the rows",
        ),
        (
            (origins, stores, "a,x,-1\na,y,2\n"),
            "distances.csv, row 1: `distance` is -1; it must be a number from 0",
        ),
        (
            (origins, "x,-500,48,7.1\n", distances),
            "stores.csv, row 1: `area` is -500; it must be a number from 0",
        ),
        (
            (origins, "x,500,48,7.1\nx,900,48.1,7\n", distances),
            "stores.csv, row 2: id `x` stands there a second time",
        ),
        (
            ("a,10,48,7\na,10,48,7\n", stores, distances),
            "origins.csv, row 2: id `a` stands there a second time",
        ),
        (
            ("a,-10,48,7\n", stores, distances),
            "origins.csv, row 1: `homes` is -10; it must be a number from 0",
        ),
        (
            (origins, "", distances),
            "no store is left: give --stores rows, close fewer, or --open some",
        ),
    ];
    for (given, message) in faults {
        assert_eq!(apply(given, &[]), format!("chalandise: {message}"));
    }
    let with = [
        (
            &["--close", "z"][..],
            "--close: stores.csv has no store `z`; its first column has `x`, `y`",
        ),
        (
            &["--close", "x,y"],
            "no store is left: give --stores rows, close fewer, or --open some",
        ),
        (
            &["--attraction", "size=1", "--decay", "power=-2"],
            "stores.csv has no column `size`; its header names id, area, lat, lon",
        ),
        (
            &["--attraction", "area=1,area=2", "--decay", "power=-2"],
            "--attraction names `area` twice; give it one exponent",
        ),
        (
            &["straight", "--earth-radius-km", "0"],
            "--earth-radius-km is 0; it must be a number above 0",
        ),
        (
            &["--outside", "-1"],
            "the utility of the outside option is -1; it must be a number from 0",
        ),
    ];
    for (more, message) in with {
        assert_eq!(apply(good, more), format!("chalandise: {message}"));
    }
    let same_place = apply(("a,10,48,7\n", "x,500,48,7\n", ""), &["straight"]);
    assert!(
        same_place.contains("their places in origins.csv and stores.csv are the same"),
        "{same_place}"
    );
    let off_the_earth = apply(("a,10,480,7\n", stores, ""), &["straight"]);
    assert!(
        off_the_earth.ends_with("`lat` is 480; it must be a number from -90 to 90 degrees"),
        "{off_the_earth}"
    );
    let opened = files.write("opened.csv", "id,area,lat,lon\nz,1,48,7.2\ny,1,48,7.3\n");
    let open_already = apply(good, &["straight", "--open", &opened]);
    assert!(
        open_already.starts_with("chalandise: opened.csv, row 2: store `y` is open already"),
        "{open_already}"
    );
    let far_from_given = apply(good, &["--close", "y", "--open", &opened]);
    assert!(
        far_from_given.contains("no row with origin `a` and store `z`"),
        "{far_from_given}"
    );
    // What the command line itself refuses.
    let both = [&GIVEN[..], &["--earth-radius-km", "6378"]].concat();
    for wrong in [&both[..], &["--attraction", "VKF_qm"], &["--attraction", "VKF_qm=big"]] {
        assert_eq!(run(&[&HASLACH[..], wrong].concat()).status.code(), Some(2), "{wrong:?}");
    }
    for decay in ["power", "power=", "linear=-1"] {
        assert_eq!(
            run(&[&HASLACH[..10], &["--decay", decay]].concat()).status.code(),
            Some(2),
            "{decay}"
        );
    }
}
