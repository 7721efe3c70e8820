//! `kill -9` at random instants of imports that touch several tables.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::root;

/// Kills by default; `CHALANDISE_KILLS=50` is the long form.
const KILLS: u64 = 6;

fn program(lake: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chalandise"));
    command
        .current_dir(root())
        .arg("--lake")
        .arg(lake)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

fn query(lake: &std::path::Path, sql: &str) -> Option<String> {
    let output = program(lake)
        .args(["query", "--format", "csv", sql])
        .output()
        .expect("the program runs");
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).expect("CSV is UTF-8"))
}

/// Orders and lines of the ERP files together: a half state would show one without the other.
const STATE: &str = "select (select count(*) from orders) as orders, (select sum(net_revenue) from orders) as revenue, \
                     (select count(*) from order_lines) as lines, (select count(*) from customers) as customers, \
                     (select count(*) from source_customers) as source_customers";

#[test]
fn imports_killed_at_any_instant_leave_the_lake_whole() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let sources = folder.path().join("sources");
    let made = Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .args([
            "generate",
            "--customers",
            "20000",
            "--months",
            "24",
            "--stores",
            "40",
            "--out",
        ])
        .arg(&sources)
        .stderr(Stdio::null())
        .status()
        .expect("the program runs");
    assert!(made.success());
    let mut files: Vec<_> = std::fs::read_dir(sources.join("erp"))
        .expect("ERP files")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let import = |lake: &std::path::Path| {
        let mut command = program(lake);
        command
            .args(["import", "--mapping", "sage100"])
            .args(&files)
            .stdout(Stdio::null());
        command
    };
    let whole_lake = folder.path().join("whole");
    let begun = Instant::now();
    assert!(import(&whole_lake).status().expect("runs").success());
    let duration = begun.elapsed();
    let whole = query(&whole_lake, STATE).expect("a whole lake answers");

    let lake = folder.path().join("lake");
    let kills = std::env::var("CHALANDISE_KILLS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(KILLS);
    let mut finished = 0;
    for kill in 0..kills {
        if finished == 1 {
            std::fs::remove_dir_all(&lake).expect("a fresh lake");
            finished = 0;
        }
        let mut child = import(&lake).spawn().expect("runs");
        // Instants spread over the whole import by the golden ratio: seeded, and never twice the same.
        let share = ((kill + 1) as f64 * 0.618_033_988_749_895).fract();
        let deadline = Instant::now() + duration.mul_f64(share * 1.05);
        while Instant::now() < deadline && child.try_wait().expect("a child").is_none() {
            std::thread::sleep(Duration::from_millis(20));
        }
        child.kill().expect("killed or ended");
        child.wait().expect("ended");
        match query(&lake, STATE) {
            None => {}
            Some(seen) => {
                assert_eq!(seen, whole, "kill {kill}: half a state is visible");
                finished = 1;
            }
        }
    }
    if finished == 0 {
        assert!(
            import(&lake).status().expect("runs").success(),
            "the next import succeeds"
        );
    }
    assert_eq!(query(&lake, STATE), Some(whole));
}
