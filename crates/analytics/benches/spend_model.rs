//! How long a spend model of the real size takes: 190,000 cells, 340 stores within 80 km, without rivals and with 400; and how much memory.
//!
//!     cargo bench -p chalandise-analytics --bench spend_model

#[path = "../tests/all/support/spend.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod spend;

use std::hint::black_box;
use std::time::Instant;

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::huff_spend::{Refit, SpendModel, compare};

use spend::{Chain, draw};

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = black_box(work());
    let (seconds, peak) = (begun.elapsed().as_secs_f64(), peak_mb());
    println!("{what}: {seconds:.2} s, peak memory so far {peak:.0} MB");
    done
}

/// The most memory that this process has held, MB; 0 where the system does not say.
fn peak_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1_024.0
}

fn main() {
    // `cargo test --all-targets` runs benches too: there they only have to compile.
    if !std::env::args().any(|word| word == "--bench") {
        return;
    }
    for (stores, towns, rivals) in [(340, 90, 0), (500, 120, 0), (340, 90, 400)] {
        let chain = Chain {
            cells: 190_000,
            stores,
            side_km: 740.0,
            towns,
            reach_km: 80.0,
            decay: Decay::Power,
            truth: [0.85, -1.7, 160.0_f64.ln()],
            sigma: 0.25,
            young_level: 1.0,
            rivals,
            potential: 60_000.0,
        };
        let drawn = timed("drawn", || draw(&chain, 1));
        println!(
            "{stores} stores, {rivals} rivals: {} rows, {} pairs, {} with rivals, revenue {:.0} of a potential of {:.0}",
            drawn.situations.rows(),
            drawn.situations.pairs(),
            drawn.situations.rival_pairs(),
            drawn.situations.revenue(),
            drawn.situations.potential(),
        );
        let model = timed("prepared", || {
            SpendModel::new(&drawn.situations, &drawn.columns, chain.decay).expect("good data")
        });
        let fit = timed("fit", || model.fit());
        println!(
            "  {} iterations, {:?}: {:?}; outside share {:?} (expected {:.4}), rivals {:?} (expected {:.4})",
            fit.iterations,
            fit.status,
            fit.parameters,
            fit.outside_share,
            drawn.outside_share,
            fit.rival_share,
            drawn.rival_share
        );
        let effects = timed("store effects", || model.fit_effects(&fit).expect("a fit"));
        println!(
            "  {} rounds, {} steps, {:?}: {:?} +- {:?}, sigma {:.3}",
            effects.rounds,
            effects.iterations,
            effects.status,
            effects.parameters,
            effects.standard_errors(),
            effects.sigma
        );
        let left_out = timed("each store left out once", || {
            model.leave_one_out(&effects, Refit::OneStep).expect("a fit")
        });
        println!("  {:?}", left_out.errors.expect("stores with revenue"));
        drop(model);
        timed("four forms of decay", || {
            compare(&drawn.situations, &drawn.columns, &Decay::ALL).best
        });
    }
}
