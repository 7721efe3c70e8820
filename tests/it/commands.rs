//! The program as its user meets it: results, messages, exit codes.

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
