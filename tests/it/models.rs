//! `fit` and `predict` as somebody who compares tools meets them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

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

/// Forty customers, some of whom bought again.
fn customers(folder: &Path) -> String {
    let mut rows = String::from("id,x,t_x,T,mean_value,weight\n");
    for id in 0..40 {
        let x = id % 4;
        let last = f64::from(x) * 5.5 + f64::from(id) / 10.0;
        let t_x = if x == 0 { 0.0 } else { last };
        let mean = if x == 0 {
            String::new()
        } else {
            format!("{}.5", 10 + id % 7)
        };
        rows.push_str(&format!("{id},{x},{t_x},{},{mean},1\n", 30 + id % 9));
    }
    let path = folder.join("customers.csv");
    std::fs::write(&path, rows).expect("a file in the temporary folder");
    path.display().to_string()
}

#[test]
fn a_fit_prints_one_object_that_a_prediction_takes_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = customers(folder.path());
    let fitted = run(&["fit", "bg-nbd", "--rfm", &file]);
    assert!(fitted.status.success(), "{}", text(&fitted.stderr));
    let object: serde_json::Value = serde_json::from_slice(&fitted.stdout).expect("JSON");
    assert_eq!(object["model"], "bg-nbd");
    assert_eq!(object["customers"], 40);
    assert_eq!(object["distinct_rows"], 39);
    let keys: Vec<&String> = object.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        [
            "model",
            "parameters",
            "standard_errors",
            "log_likelihood",
            "customers",
            "distinct_rows",
            "iterations",
            "converged",
            // So few customers: the search runs off, and another model is named.
            "instead"
        ]
    );
    let parameters = object["parameters"].to_string();
    let spend = run(&["fit", "gamma-gamma", "--rfm", &file]);
    let spend: serde_json::Value = serde_json::from_slice(&spend.stdout).expect("JSON");
    let predicted = run(&[
        "predict",
        "bg-nbd",
        "--parameters",
        &parameters,
        "--rfm",
        &file,
        "--t",
        "39",
        "--spend-parameters",
        &spend["parameters"].to_string(),
        "--dert-rate",
        "0.0027",
    ]);
    assert!(predicted.status.success(), "{}", text(&predicted.stderr));
    let lines: Vec<String> = text(&predicted.stdout).lines().map(str::to_owned).collect();
    assert_eq!(
        lines[0],
        "p_alive,expected_orders,p_ge_1,p_ge_2,p_ge_3,expected_value,clv,dert"
    );
    assert_eq!(lines.len(), 41);
    for line in &lines[1..] {
        assert!(
            line.split(',')
                .all(|field| field.parse::<f64>().is_ok_and(|it| it >= 0.0)),
            "{line}"
        );
    }
}

#[test]
fn a_parquet_file_gives_the_same_fit() {
    use arrow::array::{ArrayRef, Float64Array, Int32Array, RecordBatch};
    let folder = tempfile::tempdir().expect("a temporary folder");
    let csv = folder.path().join("rows.csv");
    let (mut x, mut t_x, mut t, mut rows) = (Vec::new(), Vec::new(), Vec::new(), String::from("x,t_x,T\n"));
    for id in 0..30 {
        let history = (id % 3, if id % 3 == 0 { 0.0 } else { f64::from(id) + 0.25 }, 40.5);
        rows.push_str(&format!("{},{},{}\n", history.0, history.1, history.2));
        x.push(history.0);
        t_x.push(history.1);
        t.push(history.2);
    }
    std::fs::write(&csv, rows).expect("a file");
    let columns: [(&str, ArrayRef); 3] = [
        ("x", std::sync::Arc::new(Int32Array::from(x))),
        ("t_x", std::sync::Arc::new(Float64Array::from(t_x))),
        ("T", std::sync::Arc::new(Float64Array::from(t))),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let path = folder.path().join("rows.parquet");
    let file = std::fs::File::create(&path).expect("a file");
    let mut writer = parquet::arrow::ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("rows");
    writer.close().expect("a file");
    let of = |path: &Path| text(&run(&["fit", "mbg-nbd", "--rfm", &path.display().to_string()]).stdout);
    assert!(of(&csv).contains("\"converged\""));
    assert_eq!(of(&csv), of(&path));
}

#[test]
fn bad_input_is_named_with_its_row_and_remedy() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, rows: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, rows).expect("a file");
        path.display().to_string()
    };
    let message = |args: &[&str]| {
        let output = run(args);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
        assert_eq!(text(&output.stdout), "");
        let folder = format!("{}/", folder.path().display());
        text(&output.stderr).replace(&folder, "").trim_end().to_owned()
    };
    let beyond = write("beyond.csv", "x,t_x,T\n0,0,9\n1,12,9\n");
    assert_eq!(
        message(&["fit", "bg-nbd", "--rfm", &beyond]),
        "chalandise: row 2: t_x, the time of the last purchase, is larger than T, the time observed; are both in one unit?"
    );
    let few = write("few.csv", "x,t_x,T\n0,0,9\n1,2,9\n");
    assert_eq!(
        message(&["fit", "pareto-nbd", "--rfm", &few]),
        "chalandise: 2 customers are too few for 4 parameters; at least 10 are needed"
    );
    let nobody = write("nobody.csv", &format!("x,t_x,T\n{}", "0,0,9\n".repeat(20)));
    assert_eq!(
        message(&["fit", "mbg-nbd", "--rfm", &nobody]),
        "chalandise: no customer bought again: nothing tells how often customers buy"
    );
    let negative = write("negative.csv", "x,mean_value\n1,-4\n");
    assert_eq!(
        message(&["fit", "gamma-gamma", "--rfm", &negative]),
        "chalandise: row 1: the mean value of a customer with repeats must be above 0"
    );
    // Rows without repeats count, although they tell nothing.
    let after = write("after.csv", "x,mean_value\n0,0\n1,20\n0,0\n3,-4\n");
    for model in ["gamma-gamma", "gamma-spend", "inverse-gamma-spend", "mean-spend"] {
        assert_eq!(
            message(&["fit", model, "--rfm", &after]),
            "chalandise: row 4: the mean value of a customer with repeats must be above 0"
        );
    }
    let column = write("column.csv", "x,t_x,n\n1,2,6\n");
    assert_eq!(
        message(&["fit", "bg-nbd", "--rfm", &column]),
        "chalandise: column.csv has no column `T`; its header names x, t_x, n"
    );
    let word = write("word.csv", "x,t_x,T\n1,2,nine\n");
    assert_eq!(
        message(&["fit", "bg-nbd", "--rfm", &word]),
        "chalandise: word.csv, row 1: `T` is not a number; write digits with a decimal point, and nothing else"
    );
    assert_eq!(
        message(&["fit", "bg-nbd", "--rfm", &few, "--start", "1,2"]),
        "chalandise: --start needs 4 numbers for bg-nbd: r, alpha, a, b"
    );
    assert_eq!(
        message(&[
            "predict",
            "bg-nbd",
            "--parameters",
            "{\"r\":1}",
            "--rfm",
            &few,
            "--t",
            "39"
        ]),
        "chalandise: --parameters must be the positive parameters of bg-nbd as JSON: {\"r\":1.5,\"alpha\":1.5,\"a\":1.5,\"b\":1.5}"
    );
    assert_eq!(
        message(&["fit", "bg-nbd", "--rfm", &write("empty.csv", "")]),
        "chalandise: empty.csv has no column `x`; its header names none"
    );
}

#[test]
fn one_customer_with_ten_thousand_orders_breaks_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut rows = String::from("x,t_x,T\n10000,365,365.5\n");
    for id in 0..200 {
        let x = id % 3;
        rows.push_str(&format!("{x},{},365\n", x * (20 + id / 2)));
    }
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, rows).expect("a file");
    let path = path.display().to_string();
    for model in ["bg-nbd", "mbg-nbd", "pareto-nbd"] {
        let fitted = run(&["fit", model, "--rfm", &path]);
        assert!(fitted.status.success(), "{model}: {}", text(&fitted.stderr));
        let object: serde_json::Value = serde_json::from_slice(&fitted.stdout).expect("JSON without NaN");
        let parameters = object["parameters"].to_string();
        let predicted = run(&[
            "predict",
            model,
            "--parameters",
            &parameters,
            "--rfm",
            &path,
            "--t",
            "90",
        ]);
        let first = text(&predicted.stdout);
        let first = first
            .lines()
            .nth(1)
            .expect("a line")
            .split(',')
            .nth(1)
            .expect("orders")
            .parse::<f64>();
        assert!(first.is_ok_and(|orders| orders.is_finite() && orders > 0.0), "{model}");
    }
}

/// The lake of the CDNOW sample, built.
fn cdnow_lake(folder: &Path) -> String {
    let lake = folder.join("lake").display().to_string();
    let file = crate::lake::cdnow().display().to_string();
    for args in [&["import", "--mapping", "cdnow", &file][..], &["build"]] {
        let output = run(&[&["--lake", &lake][..], args].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    lake
}

fn csv(lake: &str, sql: &str) -> String {
    let output = run(&["--lake", lake, "query", "--format", "csv", sql]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).trim_end().to_owned()
}

/// Recency score, frequency score and segment of each customer on a day, from his days of purchase: fifths by the number of
/// customers below him.
fn segments<'d>(days: &BTreeMap<&'d str, BTreeSet<&'d str>>, until: &str) -> BTreeMap<&'d str, (u8, u8, &'static str)> {
    let known: Vec<(&str, &str, usize)> = days
        .iter()
        .filter_map(|(customer, days)| {
            let last = days.range(..=until).next_back()?;
            Some((*customer, *last, days.range(..=until).count()))
        })
        .collect();
    let fifth = |below: usize| u8::try_from(1 + 5 * below / known.len()).expect("a score");
    let scored = known.iter().map(|(customer, last, count)| {
        let recency = fifth(known.iter().filter(|other| other.1 < *last).count());
        let frequency = fifth(known.iter().filter(|other| other.2 < *count).count());
        let segment = match (recency, frequency) {
            (4.., 4..) => "champions",
            (3.., 3..) => "loyal",
            (4.., _) => "promising",
            (3, _) => "dormant",
            (_, 3..) => "at_risk",
            _ => "lost",
        };
        (*customer, (recency, frequency, segment))
    });
    scored.collect()
}

#[test]
fn a_build_counts_customers_as_their_file_does_and_judges_its_forecasts() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());

    // An independent count of the file: days of purchase by customer, up to each of the two days.
    let file = std::fs::read_to_string(crate::lake::cdnow()).expect("the sample");
    let mut days: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for line in file.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        days.entry(fields[0]).or_default().insert(fields[2]);
    }
    for (day, digits) in [("1998-06-30", "19980630"), ("1997-07-01", "19970701")] {
        let known: Vec<usize> = days
            .values()
            .map(|days| days.range(..=digits).count())
            .filter(|count| *count > 0)
            .collect();
        let repeats: usize = known.iter().map(|count| count - 1).sum();
        let sql =
            format!("select count(*) as customers, sum(frequency) as repeats from rfm where as_of_on = date '{day}'");
        assert_eq!(
            csv(&lake, &sql),
            format!("customers,repeats\n{},{repeats}", known.len()),
            "{day}"
        );
    }
    // Scores and segments by their rules, from the file: what the pages' segments, grid and migration show.
    let (then, now) = (segments(&days, "19970701"), segments(&days, "19980630"));
    let mut grid: BTreeMap<(u8, u8), usize> = BTreeMap::new();
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut moves: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (customer, (recency, frequency, segment)) in &now {
        *grid.entry((*recency, *frequency)).or_default() += 1;
        *sizes.entry(segment).or_default() += 1;
        // Who is new comes from no segment.
        let before = then.get(customer).map_or("", |&(_, _, before)| before);
        *moves.entry((before, segment)).or_default() += 1;
    }
    let mut expected = String::from("recency_score,frequency_score,customers");
    for ((recency, frequency), customers) in grid {
        expected.push_str(&format!("\n{recency},{frequency},{customers}"));
    }
    let sql = "select recency_score, frequency_score, sum(customers) as customers from value_by_score group by 1, 2 order by 1, 2";
    assert_eq!(csv(&lake, sql), expected);
    for line in csv(
        &lake,
        "select segment, customers from segments where as_of_on = date '1998-06-30'",
    )
    .lines()
    .skip(1)
    {
        let (segment, customers) = line.split_once(',').expect("two columns");
        assert_eq!(customers.parse(), Ok(sizes[segment]), "{segment}");
    }
    let told = csv(
        &lake,
        "select before, after, sum(customers) as customers from segment_moves group by before, after",
    );
    assert_eq!(told.lines().count() - 1, moves.len());
    for line in told.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!(fields[2].parse(), Ok(moves[&(fields[0], fields[1])]), "{line}");
    }

    // The forecast in use has the best log score, and what it expects is near what happened in the holdout.
    let chosen = csv(
        &lake,
        "select count(*) filter (where chosen) as chosen, \
         max(mean_log_score) = max(mean_log_score) filter (where chosen) as best, \
         max(abs(bias)) filter (where chosen) < 0.1151 as fair, \
         max(auc) filter (where chosen) > max(auc) filter (where model = 'recency') as ranks \
         from forecast_quality",
    );
    assert_eq!(chosen, "chosen,best,fair,ranks\n1,true,true,true");

    // Parts and whole: customers add up to the base, within half a cent each; every interval holds its value.
    let sums = csv(
        &lake,
        "select sum(clv) = (select amount from customer_equity where part = 'present_customers') as adds_up, \
         sum(clv) = (select sum(amount) from value_bridge where part = 'this_year') as ends, \
         sum(clv) = (select sum(amount) from value_bridge where part <> 'this_year') as bridges, count(*) as customers, \
         count(*) filter (where clv < clv_low or clv > clv_high or p_order < p_order_2 or p_order_2 < p_order_3) as wrong \
         from customer_value",
    );
    assert_eq!(sums, "adds_up,ends,bridges,customers,wrong\ntrue,true,true,2357,0");
    let checked = run(&["--lake", &lake, "check"]);
    assert!(checked.status.success(), "{}", text(&checked.stdout));
    assert!(text(&checked.stdout).contains("Page /customers: parts wait for order_lines"));
}

#[test]
fn covariates_have_coefficients_with_errors() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    // What divides the customers at random has no effect.
    let customers = csv(
        &lake,
        "select frequency as x, recency_days / 7.0 as t_x, age_days / 7.0 as \"T\", \
         ascii(right(customer_id, 1)) % 2 as web from rfm where as_of_on = (select max(as_of_on) from rfm)",
    );
    let file = folder.path().join("customers.csv");
    std::fs::write(&file, customers).expect("a file");
    let file = file.display().to_string();
    let fitted = run(&["fit", "pareto-nbd", "--rfm", &file, "--covariates", "web"]);
    assert!(fitted.status.success(), "{}", text(&fitted.stderr));
    let object: serde_json::Value = serde_json::from_slice(&fitted.stdout).expect("JSON");
    assert_eq!(
        (&object["converged"], &object["customers"]),
        (&true.into(), &2357.into())
    );
    for effect in ["purchases", "leaving"] {
        let of = |what: &str| object[what][effect]["web"].as_f64().expect("a number");
        let (coefficient, error) = (of("coefficients"), of("coefficient_errors"));
        assert!(
            error > 0.0 && coefficient.abs() < 3.3 * error,
            "{effect}: {coefficient} +- {error}"
        );
    }

    let plain = run(&["fit", "pareto-nbd", "--rfm", &file]);
    let plain: serde_json::Value = serde_json::from_slice(&plain.stdout).expect("JSON");
    assert!(object["log_likelihood"].as_f64() > plain["log_likelihood"].as_f64());

    let refused = run(&["fit", "gamma-gamma", "--rfm", &file, "--covariates", "web"]);
    assert_eq!(
        text(&refused.stderr),
        "chalandise: --covariates act on bg-nbd, mbg-nbd and pareto-nbd\n"
    );
    let missing = run(&["fit", "bg-nbd", "--rfm", &file, "--covariates", "store"]);
    assert!(text(&missing.stderr).contains("has no column `store`; its header names x, t_x, T, web"));
}

#[test]
fn a_fit_that_does_not_exist_is_named_with_those_that_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    let asked = run(&["--lake", &lake, "query", "select p_alive('pareto', 2, 100, 200)"]);
    let told = text(&asked.stderr);
    assert!(
        told.contains("there is no fit of that name; there are bg-nbd, current,") && !told.contains("RUST_LOG"),
        "{told}"
    );
}

#[test]
fn an_import_keeps_what_models_said_until_the_next_build() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    let more = folder.path().join("CDNOW_more.txt");
    std::fs::write(&more, " 99999 9999 19980701  1   10.00\n").expect("a file");
    let imported = run(&[
        "--lake",
        &lake,
        "import",
        "--mapping",
        "cdnow",
        &more.display().to_string(),
    ]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    assert_eq!(csv(&lake, "select count(*) as n from customer_value"), "n\n2357");
    assert!(run(&["--lake", &lake, "build"]).status.success());
    assert_eq!(csv(&lake, "select count(*) as n from customer_value"), "n\n2358");
}

#[test]
fn too_few_customers_for_a_model_are_no_error_of_the_build() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("CDNOW_few.txt");
    std::fs::write(
        &file,
        " 00001 0001 19970101  1   10.00\n 00002 0002 19980630  1   12.00\n",
    )
    .expect("a file");
    let lake = folder.path().join("lake").display().to_string();
    assert!(
        run(&[
            "--lake",
            &lake,
            "import",
            "--mapping",
            "cdnow",
            &file.display().to_string()
        ])
        .status
        .success()
    );
    let built = run(&["--lake", &lake, "build"]);
    assert!(built.status.success(), "{}", text(&built.stderr));
    assert_eq!(
        csv(
            &lake,
            "select count(*) as n from rfm where as_of_on = date '1998-06-30'"
        ),
        "n\n2"
    );
    assert_eq!(csv(&lake, "select count(*) as n from customer_value"), "n\n0");
}

#[test]
fn an_analyst_can_recompute_every_row_in_sql() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    let differences = csv(
        &lake,
        "select count(*) as customers, \
         max(abs(v.p_alive - p_alive('current', r.frequency, r.recency_days, r.age_days))) < 1e-12 as alive, \
         max(abs(v.expected_orders - v.calibration * expected_orders('current', r.frequency, r.recency_days, r.age_days, 365))) < 1e-9 as orders, \
         max(abs(v.p_order_2 - v.calibration * prob_orders('current', 2, r.frequency, r.recency_days, r.age_days, 365))) < 1e-9 as chance, \
         max(abs(v.expected_value - expected_spend('current', r.frequency, r.repeat_value))) < 0.006 as value, \
         max(abs(v.clv - v.calibration * clv('current', r.frequency, r.recency_days, r.age_days, 36, 0.08, r.repeat_value))) < 0.006 as clv \
         from customer_value v join rfm r on r.customer_id = v.customer_id and r.as_of_on = v.as_of_on",
    );
    assert_eq!(
        differences,
        "customers,alive,orders,chance,value,clv\n2357,true,true,true,true,true"
    );
    let unknown = run(&["--lake", &lake, "query", "select p_alive('nothing', 1, 2, 3) as p"]);
    assert_eq!(unknown.status.code(), Some(1));
}

#[test]
fn everybody_has_a_value_where_no_model_has_a_maximum() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (file, lake) = (folder.path().join("CDNOW_regular.txt"), folder.path().join("lake"));
    std::fs::write(&file, regular_buyers(300).join("\n")).expect("a file");
    let lake = lake.display().to_string();
    for args in [
        &["import", "--mapping", "cdnow", &file.display().to_string()][..],
        &["build"],
        &["check"],
    ] {
        let output = run(&[&["--lake", &lake][..], args].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let status = |subject: &str| {
        let sql = format!("select status, chosen, used from model_status where subject = '{subject}'");
        csv(&lake, &sql).replace("status,chosen,used\n", "")
    };
    assert_eq!(status("purchases"), "limit,bg-nbd,nbd");
    assert_eq!(status("pareto-nbd"), "limit,pareto-nbd,nbd");
    // Three models of one limit are one forecast.
    assert_eq!(
        csv(
            &lake,
            "select model, chosen, in_use from forecast_quality where mean_log_score is not null and in_use"
        ),
        "model,chosen,in_use\nnbd,true,true"
    );
    let differences = csv(
        &lake,
        "select count(*) as customers, count(clv) as values, count(*) filter (where clv > clv_low and clv < clv_high) as inside, \
         min(model) as model, min(p_alive) as alive, sum(clv) = (select sum(amount) from value_bridge where part = 'this_year') as bridges, \
         max(abs(v.expected_orders - v.calibration * expected_orders('current', r.frequency, r.recency_days, r.age_days, 365))) < 1e-9 as orders, \
         count(*) filter (where p_alive('nbd', r.frequency, r.recency_days, r.age_days) = 1 \
           and p_alive('pareto-nbd', r.frequency, r.recency_days, r.age_days) = 1) as before_holdout \
         from customer_value v join rfm r on r.customer_id = v.customer_id and r.as_of_on = v.as_of_on",
    );
    assert_eq!(
        differences,
        "customers,values,inside,model,alive,bridges,orders,before_holdout\n300,300,300,nbd,1.0,true,true,300"
    );
}

/// Imports and builds purchases, and says by which models they are valued.
fn valued_by(folder: &Path, lines: &[String]) -> (String, String) {
    let (file, lake) = (
        folder.join("CDNOW_small.txt"),
        folder.join("lake").display().to_string(),
    );
    std::fs::write(&file, lines.join("\n")).expect("a file");
    for args in [
        &["import", "--mapping", "cdnow", &file.display().to_string()][..],
        &["build"],
        &["check"],
    ] {
        let output = run(&[&["--lake", &lake][..], args].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let sql = "select status, chosen, used, reason from model_status where subject = 'spend'";
    let status = csv(&lake, sql).replace("status,chosen,used,reason\n", "");
    (lake, status)
}

/// Purchases of some customers at irregular days, who leave at some time; each with a value of its own.
fn irregular_buyers(count: u32, dollars: impl Fn(u32, u32) -> f64) -> Vec<String> {
    let begin = chrono::NaiveDate::from_ymd_opt(1997, 1, 1).expect("a day");
    let mut lines = Vec::new();
    for id in 1..=count {
        let (mut day, mut number) = (id * 29 % 200, 0);
        let leaves = day + 20 + id * 67 % 500;
        while day < leaves.min(540) {
            let on = begin + chrono::Days::new(day.into());
            lines.push(format!(
                " {id:05} {id:04} {}  1 {:.2}",
                on.format("%Y%m%d"),
                dollars(id, number)
            ));
            number += 1;
            day += 9 + (id * 31 + number * 47) % (30 + id * 13 % 90);
        }
    }
    lines
}

#[test]
fn no_small_retailer_ends_without_values() {
    let alike = |_: u32, _: u32| 19.90;
    let differing = |id: u32, number: u32| f64::from(8 + id * 11 % 40) * (0.6 + f64::from(number % 9) / 10.0);
    // As many differ between purchases as between customers: of the same story for all.
    let one_for_all = |id: u32, number: u32| 10.0 + f64::from((id * 37 + number * 53) % 41);
    let one_each = |id: u32, _: u32| f64::from(12 + id * 17 % 50);
    let dispersed =
        |id: u32, number: u32| 10_f64.powf(f64::from(id * 37 % 100) / 15.0) * (0.5 + f64::from(number % 9) / 6.0);
    type Dollars<'a> = &'a dyn Fn(u32, u32) -> f64;
    let cases: [(u32, Dollars<'_>, &str); 6] = [
        (40, &alike, "next_best,gamma-gamma,mean-spend,no_maximum"),
        (14, &differing, "next_best,gamma-gamma,mean-spend,too_few"),
        (60, &differing, "ok,gamma-gamma,gamma-gamma,"),
        (60, &one_for_all, "limit,gamma-gamma,gamma-spend,"),
        (60, &one_each, "limit,gamma-gamma,inverse-gamma-spend,"),
        (60, &dispersed, "next_best,gamma-gamma,mean-spend,no_mean"),
    ];
    for (count, dollars, expected) in cases {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Of the fourteen, eight never come back.
        let mut lines = irregular_buyers(count, dollars);
        if count == 14 {
            lines.retain(|line| line[1..6].parse::<u32>().is_ok_and(|id| id > 8));
            lines.extend((1..=8).map(|id| format!(" {id:05} {id:04} 199702{:02}  1 {:.2}", id + 3, dollars(id, 0))));
            lines.sort();
        }
        let (lake, status) = valued_by(folder.path(), &lines);
        assert_eq!(status, expected);
        let known = csv(
            &lake,
            "select count(*) as customers, count(clv) = count(*) as valued, count(*) filter (where clv < clv_low or clv > clv_high) as outside, \
             count(clv_low) = count(clv_high) as both, coalesce(max(clv_high) <= 20 * (select sum(net_revenue) from orders), true) as believable, \
             max(abs(v.expected_value - expected_spend('current', r.frequency, r.repeat_value))) < 0.006 as recomputed \
             from customer_value v join rfm r on r.customer_id = v.customer_id and r.as_of_on = v.as_of_on",
        );
        assert_eq!(
            known,
            format!("customers,valued,outside,both,believable,recomputed\n{count},true,0,true,true,true"),
            "{expected}"
        );
        let intervals = csv(
            &lake,
            "select status = 'ok' as ok, (select count(*) = count(clv_high) from customer_value) as all_have \
             from model_status where subject = 'intervals'",
        );
        assert!(
            ["ok,all_have\ntrue,true", "ok,all_have\nfalse,false"].contains(&intervals.as_str()),
            "{intervals}"
        );
    }
}

#[test]
fn spend_models_are_models_by_their_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("rows.csv");
    // Who bought once differ less than who bought often: not the purchases of a customer differ, customers do.
    let value = |id: u32| {
        if id.is_multiple_of(2) {
            30 + id % 10
        } else {
            18 + id * id % 40
        }
    };
    let rows: String = (0..40)
        .map(|id| format!("{},{},{},60\n", 1 + id % 2 * 30, 5 + id % 30, value(id)))
        .collect();
    std::fs::write(&path, format!("x,t_x,mean_value,T\n0,0,,60\n{rows}")).expect("a file");
    let path = path.display().to_string();
    let fit = |model: &str| -> serde_json::Value {
        serde_json::from_slice(&run(&["fit", model, "--rfm", &path]).stdout).expect("JSON")
    };
    let own = fit("gamma-gamma");
    assert_eq!(own["instead"]["model"], "inverse-gamma-spend");
    let limit = fit("inverse-gamma-spend");
    assert_eq!(limit["parameters"], own["instead"]["parameters"]);
    let mean = fit("mean-spend");
    assert_eq!(
        (&mean["converged"], &mean["log_likelihood"]),
        (&true.into(), &serde_json::Value::Null)
    );
    for (model, fitted) in [("inverse-gamma-spend", &limit), ("mean-spend", &mean)] {
        let parameters = fitted["parameters"].to_string();
        let alone = text(&run(&["predict", model, "--parameters", &parameters, "--rfm", &path]).stdout);
        let with_purchases = run(&[
            "predict",
            "nbd",
            "--parameters",
            "{\"r\":1,\"alpha\":20}",
            "--rfm",
            &path,
            "--t",
            "39",
            "--spend-parameters",
            &parameters,
        ]);
        let values = |csv: &str| -> Vec<String> {
            csv.lines()
                .map(|line| line.split(',').nth(5).unwrap_or_default().to_owned())
                .collect()
        };
        let found = values(&alone);
        assert_eq!(found, values(&text(&with_purchases.stdout)), "{model}");
        assert!(
            found[1..]
                .iter()
                .all(|value| value.parse::<f64>().is_ok_and(|value| value > 0.0)),
            "{found:?}"
        );
    }
}

/// Customers who buy so regularly that nobody can have left, each at a pace of their own.
fn regular_buyers(count: u32) -> Vec<String> {
    let begin = chrono::NaiveDate::from_ymd_opt(1997, 1, 1).expect("a day");
    let mut lines = Vec::new();
    for id in 1..=count {
        let (pace, mut day) = (8 + id * 7 % 60, id * 13 % 90);
        while day < 540 {
            let on = begin + chrono::Days::new(day.into());
            // Customers differ in what they spend, too: else there is no model of that.
            let cents = (800 + id * 110 % 4000) * (6 + day % 9) / 10;
            let dollars = format!("{}.{:02}", cents / 100, cents % 100);
            lines.push(format!(" {id:05} {id:04} {}  1 {dollars}", on.format("%Y%m%d")));
            day += pace;
        }
    }
    lines
}

#[test]
fn limits_are_models_by_their_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    // Nobody is silent for longer than between purchases.
    let mut rows = String::from("x,t_x,T\n");
    for id in 0..200 {
        let pace = 3 + id * 7 % 40;
        let x = 78 / pace;
        rows.push_str(&format!("{x},{},{}\n", x * pace, x * pace + pace / 2));
    }
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, rows).expect("a file");
    let path = path.display().to_string();
    let fit = |model: &str| -> (serde_json::Value, String) {
        let output = run(&["fit", model, "--rfm", &path]);
        let object = serde_json::from_slice(&output.stdout).expect("JSON");
        (object, text(&output.stderr))
    };
    let (nbd, said) = fit("nbd");
    assert_eq!((&nbd["converged"], said.as_str()), (&true.into(), ""));
    let (pareto, said) = fit("pareto-nbd");
    assert_eq!(pareto["converged"], false);
    assert_eq!(pareto["instead"]["model"], "nbd");
    assert_eq!(pareto["instead"]["parameters"], nbd["parameters"]);
    assert!(said.ends_with("Use those of nbd under `instead`.\n"), "{said}");

    let predict = |model: &str, parameters: &str| {
        let args = [
            "predict",
            model,
            "--parameters",
            parameters,
            "--rfm",
            &path,
            "--t",
            "39",
        ];
        run(&args)
    };
    let predicted = text(&predict("nbd", &nbd["parameters"].to_string()).stdout);
    assert_eq!(predicted.lines().count(), 201);
    assert!(
        predicted.lines().skip(1).all(|line| line.starts_with("1,")),
        "{predicted}"
    );
    let refused = predict("zero-inflated-poisson", "{\"lambda\":1,\"share\":1.5}");
    assert_eq!(
        text(&refused.stderr),
        "chalandise: --parameters: a share or a probability cannot be above 1\n"
    );
    let refused = predict("nbd", "{\"r\":1}");
    assert_eq!(
        text(&refused.stderr),
        "chalandise: --parameters must be the positive parameters of nbd as JSON: {\"r\":1.5,\"alpha\":1.5}\n"
    );
}
