//! RFM of all customers from their orders, in the engine.
//!
//! `CHALANDISE_LAKE=lake cargo bench --bench rfm`; prints customers, orders and the median of several runs.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use chalandise::lake::{Engine, Lake, Reader, SessionOptions};
use chalandise::query::{self, Library};
use futures::TryStreamExt;

const RUNS: usize = 5;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let Ok(location) = std::env::var("CHALANDISE_LAKE") else {
        println!("rfm: set CHALANDISE_LAKE to a lake with orders");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(&location))
}

async fn run(location: &str) -> Result<(), Failure> {
    let library = Library::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("queries"))?;
    let lake = Lake::open(location, chalandise::model::contract())?;
    let snapshot = lake.snapshot().await?;
    let options = SessionOptions {
        library: Some(Arc::new(library.clone())),
        ..SessionOptions::default()
    };
    let session = Engine::new(lake.location(), options)?
        .session(&snapshot, &Reader::program())
        .await?;
    let counted = "select cast(count(*) as varchar), cast(max(ordered_on) as varchar) from orders";
    let batches = session.sql(counted).await?.collect().await?;
    let batch = batches.first().ok_or("the lake has no orders")?;
    let text = |column: usize| arrow::util::display::array_value_to_string(batch.column(column), 0);
    let (orders, last) = (text(0)?, text(1)?);
    let query = library.get("model/rfm").ok_or("no query `model/rfm`")?;
    let bound = query
        .bind(&BTreeMap::from([("as_of".to_owned(), last)]))
        .map_err(|faults| format!("{faults:?}"))?;
    let (mut seconds, mut customers) = (Vec::new(), 0);
    for _ in 0..RUNS {
        let begun = Instant::now();
        let mut rows = query::stream(&session, query, &bound).await?;
        customers = 0;
        while let Some(batch) = rows.try_next().await? {
            customers += batch.num_rows();
        }
        seconds.push(begun.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    println!(
        "rfm: {customers} customers from {orders} orders and refunds in {:.2} s (median of {RUNS})",
        seconds[RUNS / 2]
    );
    Ok(())
}
