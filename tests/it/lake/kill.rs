//! `kill -9` at instants spread over imports that touch several tables, while a reader looks on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use chalandise::lake::{Engine, Lake, Reader, SessionOptions};

use super::root;

/// Kills by default; `LAKE_KILLS=50` is the long form, whose imports are also longer.
const KILLS: u64 = 6;
/// What the long form's imports must last at least.
const LONG: Duration = Duration::from_secs(5);

/// Several tables together: half a state would show one without the other.
const STATE: &str = "select (select count(*) from orders) as orders, (select sum(net_revenue) from orders) as revenue, \
                     (select count(*) from order_lines) as lines, (select sum(net_revenue) from order_lines) as line_revenue, \
                     (select count(*) from customers) as customers, (select count(acquired_on) from customers) as dated, \
                     (select count(*) from source_customers) as source_customers";

fn program(lake: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chalandise"));
    command
        .current_dir(root())
        .arg("--lake")
        .arg(lake)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn import(lake: &Path, files: &[PathBuf]) -> Command {
    let mut command = program(lake);
    command.args(["import", "--mapping", "sage100"]).args(files);
    command
}

/// What a reader sees now, through an engine of this process.
async fn state(lake: &Path) -> String {
    let lake = Lake::open(&lake.display().to_string(), chalandise::model::contract()).expect("a lake");
    let snapshot = lake.snapshot().await.expect("a lake version");
    let engine = Engine::new(lake.location(), SessionOptions::default()).expect("an engine");
    let session = engine.session(&snapshot, &Reader::program()).await.expect("a session");
    let rows = session
        .sql(STATE)
        .await
        .expect("sound SQL")
        .collect()
        .await
        .expect("what a reader has pinned stays readable");
    arrow::util::pretty::pretty_format_batches(&rows)
        .expect("rows")
        .to_string()
}

/// The ERP's files of a small chain: those of the first year with the customers, and all.
fn sources(folder: &Path, customers: u64) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let made = Command::new(env!("CARGO_BIN_EXE_chalandise"))
        .args(["generate", "--months", "24", "--stores", "40", "--only"])
        .args([
            "purchasing,history,same-day,seasonality,store-choice,sales-channel,stores,dirt",
            "--customers",
        ])
        .arg(customers.to_string())
        .arg("--out")
        .arg(folder)
        .stderr(Stdio::null())
        .status()
        .expect("the program runs");
    assert!(made.success());
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder.join("erp"))
        .expect("ERP files")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    all.sort();
    let year = |path: &PathBuf| {
        let name = path.file_stem()?.to_str()?;
        name.rsplit('_').next()?.parse::<u32>().ok()
    };
    let first_year = all.iter().filter_map(year).min().expect("files of years");
    let first = all
        .iter()
        .filter(|path| year(path).is_none_or(|it| it == first_year))
        .cloned();
    (first.collect(), all)
}

/// Reads the lake again and again until told to end; holds `standing` while it reads. Gives all states that it saw.
fn poll(
    lake: PathBuf,
    standing: Arc<RwLock<()>>,
    end: Arc<AtomicBool>,
) -> std::thread::JoinHandle<(u64, BTreeSet<String>)> {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let (mut reads, mut seen) = (0, BTreeSet::new());
        while !end.load(Ordering::Acquire) {
            let reading = standing.read().expect("no panic while the lake is replaced");
            seen.insert(runtime.block_on(state(&lake)));
            drop(reading);
            reads += 1;
            std::thread::sleep(Duration::from_millis(10));
        }
        (reads, seen)
    })
}

fn copy(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    for (path, bytes) in super::contents(from) {
        let target = to.join(path);
        std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        std::fs::write(target, bytes).expect("a copy");
    }
}

#[test]
fn imports_killed_at_any_instant_leave_the_lake_whole() {
    let asked: Option<u64> = std::env::var("LAKE_KILLS").ok().and_then(|text| text.parse().ok());
    let kills = asked.unwrap_or(KILLS);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (first, all) = sources(
        &folder.path().join("sources"),
        if asked.is_some() { 150_000 } else { 20_000 },
    );
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let seen_in = |lake: &Path| runtime.block_on(state(lake));

    let base = folder.path().join("base");
    assert!(import(&base, &first).status().expect("runs").success());
    let before = seen_in(&base);
    let lake = folder.path().join("lake");
    copy(&base, &lake);
    let begun = Instant::now();
    assert!(import(&lake, &all).status().expect("runs").success());
    let duration = begun.elapsed();
    let whole = seen_in(&lake);
    assert_ne!(before, whole);
    assert!(
        asked.is_none() || duration >= LONG,
        "an import of {duration:?} is too short"
    );

    copy(&base, &lake);
    let (standing, end) = (Arc::new(RwLock::new(())), Arc::new(AtomicBool::new(false)));
    let reader = poll(lake.clone(), Arc::clone(&standing), Arc::clone(&end));
    let mut finished = 0;
    for kill in 0..kills {
        let mut child = import(&lake, &all).spawn().expect("runs");
        // Instants spread over the whole import by the golden ratio: never twice the same, and the same in every run.
        let share = ((kill + 1) as f64 * 0.618_033_988_749_895).fract();
        let deadline = Instant::now() + duration.mul_f64(share * 1.1);
        while Instant::now() < deadline && child.try_wait().expect("a child").is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().expect("killed or ended");
        child.wait().expect("ended");
        let seen = seen_in(&lake);
        assert!(
            seen == before || seen == whole,
            "kill {kill} left half a state:\n{seen}"
        );
        if seen == whole {
            finished += 1;
            let _replacing = standing.write().expect("the reader did not panic");
            copy(&base, &lake);
        }
    }
    end.store(true, Ordering::Release);
    let (reads, seen) = reader.join().expect("the reader did not panic");
    assert!(reads > kills, "{reads} reads beside {kills} kills");
    for state in seen {
        assert!(state == before || state == whole, "a reader saw half a state:\n{state}");
    }
    assert!(finished < kills, "every import ended before its kill");
    assert!(
        import(&lake, &all).status().expect("runs").success(),
        "the next import succeeds"
    );
    assert_eq!(seen_in(&lake), whole);
    println!("{kills} kills of imports of {duration:?}, {finished} after the end; {reads} reads");
}
