//! Heat map by stored cell, turn by turn with DuckDB on the same Parquet files.
//!
//! `CHALANDISE_LAKE=lake cargo bench --bench heat_map` (needs `pip install duckdb numpy`); prints medians and the paired ratio.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use chalandise::lake::{Engine, Lake, Reader, SessionContext, SessionOptions, Snapshot};

const RUNS: usize = 11;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let Ok(location) = std::env::var("CHALANDISE_LAKE") else {
        println!("heat_map: set CHALANDISE_LAKE to a lake with orders");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(compare(&location))
}

async fn compare(location: &str) -> Result<(), Failure> {
    let lake = Lake::open(location, chalandise::model::contract())?;
    let snapshot = lake.snapshot().await?;
    let engine = Engine::new(
        lake.location(),
        SessionOptions {
            partitions: 2,
            ..SessionOptions::default()
        },
    )?;
    let session = engine.session(&snapshot, &Reader::program()).await?;
    let mut duckdb = DuckDb::start(&lake, &snapshot)?;
    let last = one_text(&session, "select cast(max(ordered_on) as varchar) from orders").await?;
    let sums = "select h3_cell, sum(net_revenue) as net_revenue, count(*) as orders from orders";
    let cases = [
        (
            "one year",
            format!("{sums} where ordered_on > date '{last}' - interval '1 year' group by h3_cell"),
        ),
        ("whole table", format!("{sums} group by h3_cell")),
    ];
    for (name, sql) in cases {
        let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for run in 0..=RUNS {
            let (milliseconds, rows) = ours_once(&session, &sql).await?;
            let (duck_milliseconds, duck_rows) = duckdb.run(&sql)?;
            assert_eq!(rows, duck_rows, "both engines see the same cells");
            // The first turn warms both.
            if run > 0 {
                ours.push(milliseconds);
                theirs.push(duck_milliseconds);
                ratios.push(milliseconds / duck_milliseconds);
            }
        }
        println!(
            "{name}: ours {:.0} ms, DuckDB {:.0} ms, ratio {:.2} (medians of {RUNS} pairs)",
            median(&mut ours),
            median(&mut theirs),
            median(&mut ratios)
        );
    }
    Ok(())
}

async fn ours_once(session: &SessionContext, sql: &str) -> Result<(f64, usize), Failure> {
    let begun = Instant::now();
    let batches = session.sql(sql).await?.collect().await?;
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
    Ok((
        milliseconds,
        batches.iter().map(arrow::array::RecordBatch::num_rows).sum(),
    ))
}

async fn one_text(session: &SessionContext, sql: &str) -> Result<String, Failure> {
    let batches = session.sql(sql).await?.collect().await?;
    let batch = batches.first().ok_or("the lake has no orders")?;
    Ok(arrow::util::display::array_value_to_string(batch.column(0), 0)?)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

struct DuckDb {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl DuckDb {
    fn start(lake: &Lake, snapshot: &Snapshot) -> Result<DuckDb, Failure> {
        let folder = lake
            .location()
            .url
            .to_file_path()
            .map_err(|()| "a local lake is needed")?;
        let orders = snapshot.table("orders").ok_or("the lake has no orders")?;
        let files = orders
            .files
            .iter()
            .map(|file| folder.join("tables/orders").join(&file.path));
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/duckdb_turns.py");
        let mut child = Command::new("python3")
            .arg(script)
            .args(files)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take().ok_or("no input")?;
        let output = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(DuckDb { child, input, output })
    }

    fn run(&mut self, sql: &str) -> Result<(f64, usize), Failure> {
        writeln!(self.input, "{sql}")?;
        self.input.flush()?;
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        let (milliseconds, rows) = line.trim().split_once(' ').ok_or("DuckDB gave no answer")?;
        Ok((milliseconds.parse()?, rows.parse()?))
    }
}

impl Drop for DuckDb {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
