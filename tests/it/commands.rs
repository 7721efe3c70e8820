//! The program as its user meets it: results, messages, exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::lake::{cdnow, root};

fn run(lake: &std::path::Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .current_dir(root())
        .arg("--lake")
        .arg(lake)
        .args(args)
        .output()
        .expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn import_query_check_and_render_work_together() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = folder.path().join("lake");
    let file = cdnow().display().to_string();
    let imported = run(&lake, &["import", "--mapping", "cdnow", &file]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    assert!(
        text(&imported.stdout).contains("244,091.94"),
        "{}",
        text(&imported.stdout)
    );

    let csv = run(
        &lake,
        &[
            "query",
            "--format",
            "csv",
            "select count(*) as orders, sum(net_revenue) as net_revenue from orders",
        ],
    );
    assert_eq!(text(&csv.stdout), "orders,net_revenue\n6919,244091.94\n");
    let json = run(
        &lake,
        &["query", "--format", "json", "select count(*) as orders from orders"],
    );
    assert_eq!(text(&json.stdout).trim(), r#"[{"orders":6919}]"#);
    let named = [
        "query",
        "overview/by_month",
        "-p",
        "from_on=1998-06-01",
        "-p",
        "to_on=1998-06-30",
        "--format",
        "csv",
    ];
    let named = run(&lake, &named);
    assert!(named.status.success(), "{}", text(&named.stderr));
    assert_eq!(text(&named.stdout).lines().count(), 2, "{}", text(&named.stdout));

    let check = run(&lake, &["check"]);
    assert!(check.status.success(), "{}", text(&check.stderr));
    assert!(
        text(&check.stdout).contains("Page /: parts wait for"),
        "{}",
        text(&check.stdout)
    );

    let picture = folder.path().join("trend.png").display().to_string();
    let render = run(&lake, &["render", "overview/trend", "--out", &picture]);
    assert!(render.status.success(), "{}", text(&render.stderr));
    assert!(std::fs::read(&picture).expect("a picture").starts_with(b"\x89PNG"));

    let page = folder.path().join("overview.html").display().to_string();
    let render = run(&lake, &["render", "overview", "--lang", "en", "--out", &page]);
    assert!(render.status.success(), "{}", text(&render.stderr));
    let page = std::fs::read_to_string(&page).expect("a page");
    assert!(page.contains("Revenue is $98.0K"), "the finding");
    for asked in ["src=\"/", "rel=\"stylesheet\" href=\"/", "<script", "url(/"] {
        assert!(!page.contains(asked), "a page in a file asks no server for {asked}");
    }

    // Twice, since the second finds what the first has stored.
    for _ in 0..2 {
        let build = run(&lake, &["build"]);
        assert!(build.status.success(), "{}", text(&build.stderr));
    }
    let again = run(
        &lake,
        &[
            "query",
            "--format",
            "csv",
            "select sum(net_revenue) as net_revenue from sales_by_day",
        ],
    );
    assert_eq!(text(&again.stdout), "net_revenue\n244091.94\n");
}

#[test]
fn messages_say_what_to_do() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = folder.path().join("lake");
    let cases: [(&[&str], &str); 6] = [
        (&["query", "select 1"], "holds no data yet; import files first"),
        (&["import", "--mapping", "cdnov", "x.txt"], "cdnow"),
        (
            &["import", "--mapping", "cdnow", "no-such-file.txt"],
            "no-such-file.txt",
        ),
        (&["serve", "--address", "0.0.0.0:80"], "not a loopback address"),
        (&["generate", "--only", "weather"], "unknown law 'weather'"),
        (
            &["query", "--lake", "s3://bucket/lake", "select 1"],
            "this build reads local folders",
        ),
    ];
    for (args, part) in cases {
        let output = run(&lake, args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(
            text(&output.stderr).contains(part),
            "{args:?}: {}",
            text(&output.stderr)
        );
        assert!(output.stdout.is_empty(), "{args:?} prints nothing as a result");
    }
}

/// A lake with the CDNOW sample.
fn cdnow_lake(folder: &Path) -> PathBuf {
    let lake = folder.join("lake");
    let file = crate::lake::cdnow().display().to_string();
    let imported = run(&lake, &["import", "--mapping", "cdnow", &file]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    lake
}

#[test]
fn an_analysts_sql_is_told_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    let cases = [
        ("select nope from orders", "No field named nope"),
        ("select * from nowhere", "nowhere"),
        ("selec 1", "Expected"),
        ("drop table orders", "only reading is possible"),
        ("copy orders to 'x.parquet'", "only reading is possible"),
        (
            "create external table t stored as csv location '/etc/passwd'",
            "only reading is possible",
        ),
        ("select * from '/etc/passwd'", "passwd"),
        (
            "select cast(customer_id as int) from orders",
            "a value could not be computed",
        ),
        ("select $1 from orders", "$parameters"),
    ];
    for (sql, part) in cases {
        let output = run(&lake, &["query", sql]);
        assert_eq!(output.status.code(), Some(1), "{sql}");
        let shown = text(&output.stderr);
        assert!(
            shown.starts_with("chalandise: the SQL cannot be run: "),
            "{sql}: {shown}"
        );
        assert!(shown.contains(part), "{sql}: {shown}");
        assert!(!shown.contains("cdnow:0"), "no value of a row: {shown}");
    }
}

#[test]
fn a_query_without_end_is_given_up() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    let config = folder.path().join("chalandise.toml");
    std::fs::write(&config, "deadline_seconds = 1\n").expect("a configuration");
    let config = config.display().to_string();
    let begun = std::time::Instant::now();
    let endless =
        "select count(*) from orders a, orders b, orders c where a.net_revenue + b.net_revenue > c.net_revenue";
    let output = run(&lake, &["--config", &config, "query", endless]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("given up after 1 seconds"),
        "{}",
        text(&output.stderr)
    );
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

#[test]
fn a_data_file_that_is_gone_is_named_and_not_read_as_empty() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    let orders = lake.join("tables/orders");
    let file = std::fs::read_dir(&orders)
        .expect("the table")
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "parquet"))
        .expect("a data file");
    let whole = std::fs::read(&file).expect("readable");
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    std::fs::remove_file(&file).expect("removed");
    for args in [&["query", "select count(*) from orders"][..], &["check"], &["build"]] {
        let output = run(&lake, args);
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let shown = text(&output.stderr);
        assert!(
            shown.contains(&format!("tables/orders/{name}` is missing; restore it")),
            "{args:?}: {shown}"
        );
    }
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("cut short");
    let output = run(&lake, &["query", "select count(*) from orders"]);
    assert!(
        text(&output.stderr).contains("bytes and should be of"),
        "{}",
        text(&output.stderr)
    );
    std::fs::write(&file, &whole).expect("restored");
    assert!(run(&lake, &["check"]).status.success());
}

#[test]
fn files_of_an_earlier_run_of_the_generator_go() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("sources").display().to_string();
    let lake = folder.path().join("lake");
    let files = |months: &str| {
        let made = run(
            &lake,
            &[
                "generate",
                "--out",
                &out,
                "--customers",
                "50",
                "--stores",
                "20",
                "--months",
                months,
            ],
        );
        assert!(made.status.success(), "{}", text(&made.stderr));
        let mut names: Vec<PathBuf> = crate::lake::contents(Path::new(&out))
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        names.retain(|name| name.starts_with("erp"));
        names.len()
    };
    let (long, short) = (files("36"), files("6"));
    assert!(short < long, "{short} of {long} files are left");
}

#[test]
fn the_demo_knows_what_its_marketing_costs_even_of_older_sources() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("sources");
    let small = ["--customers", "100", "--stores", "20", "--months", "6"];
    let demo = |lake: &Path| {
        let mut args = vec!["demo", "--no-serve", "--out", out.to_str().expect("a plain path")];
        args.extend(small);
        let made = run(lake, &args);
        assert!(made.status.success(), "{}", text(&made.stderr));
        let sql = "select purpose, count(*) as costs from marketing_costs group by purpose order by purpose";
        text(&run(lake, &["query", "--format", "csv", sql]).stdout)
    };
    assert_eq!(
        demo(&folder.path().join("lake")),
        "purpose,costs\nacquisition,24\nretention,24\nservice,12\n"
    );
    // Sources that an earlier generator wrote have no folder of costs.
    std::fs::remove_dir_all(out.join("costs")).expect("removed");
    assert_eq!(demo(&folder.path().join("other lake")), "purpose,costs\n");
}

#[test]
fn the_demo_keeps_out_of_a_retailers_lake() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    let out = folder.path().join("sources").display().to_string();
    let output = run(&lake, &["demo", "--no-serve", "--out", &out]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("must not be mixed with"),
        "{}",
        text(&output.stderr)
    );
    assert!(!Path::new(&out).exists(), "nothing is generated");
}

#[test]
fn days_to_come_are_rejected_unless_the_user_says_otherwise() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("receipts.csv");
    let rows =
        "number;day;amount;channel;pieces;customer;member;size\n1;01/02/2024;10,00;M;1;;;\n2;01/02/2222;5,00;M;1;;;\n";
    std::fs::write(&file, rows).expect("a file");
    let lake = folder.path().join("lake");
    let file = file.display().to_string();
    let import = |more: &[&str]| {
        let mut args = vec![
            "import",
            "--json",
            "--mapping",
            "tests/fixtures/import/till.toml",
            &file,
        ];
        args.extend(more);
        let output = run(&lake, &args);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let count = run(&lake, &["query", "--format", "csv", "select count(*) as n from orders"]);
        let account: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (text(&count.stdout), account.get("already_imported").is_some())
    };
    assert_eq!(import(&[]), ("n\n1\n".to_owned(), false));
    assert_eq!(import(&[]), ("n\n1\n".to_owned(), true), "the same again");
    assert_eq!(
        import(&["--not-after", "2300-01-01"]),
        ("n\n2\n".to_owned(), false),
        "another reading of the file"
    );
}

#[test]
fn a_file_that_is_put_back_is_news() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = folder.path().join("lake");
    let file = folder.path().join("receipts.csv");
    let name = file.display().to_string();
    for (amount, revenue) in [("10,00", "10.00"), ("12,00", "12.00"), ("10,00", "10.00")] {
        let rows = format!("number;day;amount;channel;pieces;customer;member;size\n1;01/02/2024;{amount};M;1;;;\n");
        std::fs::write(&file, rows).expect("a file");
        let output = run(
            &lake,
            &["import", "--mapping", "tests/fixtures/import/till.toml", &name],
        );
        assert!(output.status.success(), "{}", text(&output.stderr));
        let seen = run(&lake, &["query", "--format", "csv", "select net_revenue from orders"]);
        assert_eq!(text(&seen.stdout), format!("net_revenue\n{revenue}\n"));
    }
}

#[test]
fn a_source_that_is_stated_complete_does_not_hold_the_as_of_date_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = folder.path().join("lake");
    let source = |name: &str, day: &str| {
        let text =
            std::fs::read_to_string(crate::lake::root().join("tests/fixtures/import/till.toml")).expect("a mapping");
        let mapping = folder.path().join(format!("{name}.toml"));
        std::fs::write(
            &mapping,
            text.replace("\"till\"", &format!("\"{name}\""))
                .replace("'till", &format!("'{name}")),
        )
        .expect("a mapping");
        let file = folder.path().join(format!("receipts_{name}.csv"));
        let rows = format!("number;day;amount;channel;pieces;customer;member;size\n1;{day};10,00;M;1;;;\n");
        std::fs::write(&file, rows).expect("a file");
        (mapping.display().to_string(), file.display().to_string())
    };
    let (first, first_file) = source("first", "31/01/2024");
    let (second, second_file) = source("second", "28/01/2024");
    let as_of = || text(&run(&lake, &["query", "--format", "csv", "select as_of_on from as_of"]).stdout);
    assert!(
        run(&lake, &["import", "--mapping", &first, &first_file])
            .status
            .success()
    );
    assert!(
        run(&lake, &["import", "--mapping", &second, &second_file])
            .status
            .success()
    );
    assert_eq!(as_of(), "as_of_on\n2024-01-28\n");
    let stated = [
        "import",
        "--mapping",
        &second,
        "--complete-through",
        "2024-01-30",
        &second_file,
    ];
    assert!(run(&lake, &stated).status.success());
    assert_eq!(as_of(), "as_of_on\n2024-01-30\n");
}

#[test]
fn faults_of_queries_views_and_pages_come_in_one_list() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    let resources = folder.path().join("resources");
    for part in ["queries", "data"] {
        for (name, bytes) in crate::lake::contents(&crate::lake::root().join(part)) {
            let target = resources.join(part).join(name);
            std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
            std::fs::write(target, bytes).expect("a copy");
        }
    }
    let break_file = |name: &str, from: &str, to: &str| {
        let path = resources.join("queries").join(name);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{name}");
        std::fs::write(path, text.replacen(from, to, 1)).expect("a file");
    };
    break_file(
        "overview/with/months.sql",
        "-- @param from_on: date",
        "-- @param from_on: dates",
    );
    break_file("overview/page.toml", "order = ", "ordre = ");
    let given = resources.display().to_string();
    let both = |name: &str| {
        let output = run(&lake, &["--resources", &given, name]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let shown = text(&output.stderr);
        for file in ["overview/with/months.sql", "overview/page.toml"] {
            assert!(shown.contains(file), "{name} names {file}: {shown}");
        }
        shown
    };
    both("check");
    both("serve");
    // A view that does not plan hides none of the others.
    break_file("base/as_of.sql", "from order_sources", "from order_source");
    let shown = both("check");
    assert!(shown.contains("base/as_of.sql"), "{shown}");
}

#[test]
fn a_market_that_was_imported_keeps_its_spend_potential() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    let mapping = folder.path().join("market.toml");
    std::fs::write(
        &mapping,
        r#"name = "market"
doc = "A bought market table."
source = "market"
currency = "USD"
time_zone = "Europe/Paris"

[[file]]
id = "cells"
doc = "Cells."
match = ["cells*.csv"]
format = "csv"
delimiter = ","

[file.columns]
cell = { type = "integer", required = true }
spend = { type = "money", required = true }

[[table]]
into = "market_cells"
primary = "cells"
sql = "select cell as h3_cell, spend as spend_potential, _file, _line from cells"
"#,
    )
    .expect("a mapping");
    let file = folder.path().join("cells.csv");
    std::fs::write(&file, "cell,spend\n613196570331971583,1000.50\n").expect("a file");
    let imported = run(
        &lake,
        &[
            "import",
            "--mapping",
            &mapping.display().to_string(),
            &file.display().to_string(),
        ],
    );
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    let refused = run(&lake, &["build", "--spend-per-household", "900"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        text(&refused.stderr).lines().last(),
        Some(
            "chalandise: market_cells was imported and has a spend_potential of its own; leave --spend-per-household out, or \
             correct the file and import it again"
        )
    );
    let built = run(&lake, &["build"]);
    assert!(built.status.success(), "{}", text(&built.stderr));
    let rows = run(
        &lake,
        &[
            "query",
            "--format",
            "csv",
            "select h3_cell, spend_potential from market_cells",
        ],
    );
    assert_eq!(
        text(&rows.stdout),
        "h3_cell,spend_potential\n613196570331971583,1000.50\n"
    );
}

#[test]
fn a_sweep_takes_replaced_files_and_no_figure_changes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let lake = cdnow_lake(folder.path());
    for command in [&["build"] as &[&str], &["build", "--again"]] {
        let built = run(&lake, command);
        assert!(built.status.success(), "{}", text(&built.stderr));
    }
    let question = [
        "query",
        "--format",
        "csv",
        "overview/by_month",
        "-p",
        "from_on=1997-01-01",
        "-p",
        "to_on=1998-06-30",
    ];
    let before = run(&lake, &question);
    let kept = run(&lake, &["sweep"]);
    assert_eq!(
        text(&kept.stdout),
        "Removed 0 data files, 0.0 MB, that no lake version of the last 7 days needs.\n"
    );
    let counted = run(&lake, &["sweep", "--keep-days", "0", "--dry-run"]);
    let swept = run(&lake, &["sweep", "--keep-days", "0"]);
    assert!(!text(&swept.stdout).contains("Removed 0 "), "{}", text(&swept.stdout));
    assert_eq!(
        text(&counted.stdout).replace("Would remove", "Removed"),
        text(&swept.stdout)
    );
    assert!(text(&run(&lake, &["sweep", "--keep-days", "0"]).stdout).starts_with("Removed 0 data files"));
    assert_eq!(text(&run(&lake, &question).stdout), text(&before.stdout));
    assert!(run(&lake, &["check"]).status.success());
    assert!(
        run(&lake, &["build"]).status.success(),
        "the next writer finds its tables"
    );
}
