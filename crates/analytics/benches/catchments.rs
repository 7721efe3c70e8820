//! How long travel times and catchments of 340 stores take, with the medians of several runs.
//!
//!     cargo bench -p chalandise-analytics --bench catchments

#[path = "../tests/all/support/france.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod france;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

use chalandise_analytics::network::catchment::{
    Catchment, DISTANCE_LIMITS_KM, MarketCell, Order, Ring, StoreCell, decay_curve, overlaps,
};
use chalandise_analytics::network::geo_parquet::multi_polygon_wkb;
use chalandise_analytics::network::market::households;
use chalandise_analytics::network::travel_time::{Friction, Reached, land_cells};

use france::France;

const STORES: usize = 340;

fn timed<T>(what: &str, runs: usize, mut work: impl FnMut() -> T) -> T {
    let mut seconds = Vec::with_capacity(runs);
    let mut last = None;
    for _ in 0..runs {
        let begun = Instant::now();
        last = Some(black_box(work()));
        seconds.push(begun.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    println!("{what}: {:.1} ms (median of {runs})", seconds[runs / 2] * 1e3);
    last.expect("at least one run")
}

/// What a store sells: less by the minute, in whole orders of 80.
fn sold(reached: &[Reached], residents: &BTreeMap<u64, f64>) -> Vec<StoreCell> {
    let cells = reached.iter().filter_map(|reached| {
        let orders = (0.05 * residents.get(&reached.cell)? * (-reached.minutes / 15.0).exp()) as u64;
        (orders > 0).then_some(StoreCell {
            cell: reached.cell,
            distance: reached.minutes,
            revenue: 8_000 * orders as i64,
            customers: orders.div_ceil(2),
            orders,
        })
    });
    cells.collect()
}

fn market(reached: &[Reached], residents: &BTreeMap<u64, f64>) -> Vec<MarketCell> {
    let cells = reached.iter().filter_map(|reached| {
        let residents = residents.get(&reached.cell)?;
        Some(MarketCell {
            distance: reached.minutes,
            households: households(*residents),
            potential: 500.0 * residents,
            revenue: 0,
            customers: 0,
        })
    });
    cells.collect()
}

fn main() {
    // `cargo test --all-targets` runs benches too: there they only have to compile.
    if !std::env::args().any(|word| word == "--bench") {
        return;
    }
    let france = France::load();
    let residents = france.residents();
    let land = timed("cells of the land of France", 5, || {
        land_cells(france.shapes()).expect("outlines")
    });
    let friction = timed("friction, on all cores", 5, || {
        Friction::new(&residents, &land).expect("cells")
    });
    println!("  {} cells, {} with residents", friction.cells(), residents.len());
    let stores = france.largest(STORES);
    for most_minutes in [60.0, 75.0, 90.0] {
        let cells = timed(
            &format!("{STORES} stores, up to {most_minutes} minutes, on one core"),
            5,
            || {
                let reached = stores
                    .iter()
                    .map(|store| friction.from_point(store.0, store.1, most_minutes));
                reached.map(|reached| reached.expect("land").len()).sum::<usize>()
            },
        );
        println!("  {cells} cells reached");
    }
    let residents: BTreeMap<u64, f64> = residents.into_iter().collect();
    let market_cells = |_, mut reached: Vec<Reached>| {
        reached.retain(|reached| residents.contains_key(&reached.cell));
        reached
    };
    let reached: Vec<Vec<Reached>> = timed("up to 90 minutes, on all cores, cells of the market kept", 5, || {
        friction.from_points(&stores, 90.0, market_cells)
    })
    .into_iter()
    .map(|reached| reached.expect("land"))
    .collect();
    let sales: Vec<_> = reached.iter().map(|reached| sold(reached, &residents)).collect();
    println!("sales to {} cells of stores", sales.iter().map(Vec::len).sum::<usize>());
    let catchments = timed(&format!("{STORES} catchments"), 11, || {
        let made = sales
            .iter()
            .map(|sold| Catchment::new(sold, Order::NearestFirst).expect("good rows"));
        made.collect::<Vec<_>>()
    });
    let outlines = timed("their outlines at 50, 80 and 95 %", 5, || {
        let rings = [Ring::Primary, Ring::Secondary, Ring::Tertiary];
        let outlines = catchments
            .iter()
            .flat_map(|store| rings.map(|ring| store.outline(ring).expect("cells")));
        outlines.collect::<Vec<_>>()
    });
    let wkb = timed("their WKB", 11, || {
        outlines.iter().map(multi_polygon_wkb).collect::<Vec<_>>()
    });
    println!(
        "  {} outlines, {} bytes",
        wkb.len(),
        wkb.iter().map(Vec::len).sum::<usize>()
    );
    let pairs = timed("overlaps at 80 %", 11, || {
        overlaps(&catchments, Ring::Secondary).expect("one resolution")
    });
    println!("  {} pairs of stores", pairs.len());
    let markets: Vec<_> = reached.iter().map(|reached| market(reached, &residents)).collect();
    timed("decay curves", 11, || {
        let curves = markets
            .iter()
            .map(|market| decay_curve(market, &DISTANCE_LIMITS_KM).expect("good rows"));
        curves.map(|curve| curve.beyond.cells).sum::<u64>()
    });
}
