//! How long a network takes to build, to change and to search, and what memory it needs.
//!
//!     cargo bench -p chalandise-analytics --bench scenario

use std::hint::black_box;
use std::time::Instant;

use chalandise_analytics::huff::Decay;
use chalandise_analytics::scenario::{Cell, Change, Distances, Kind, Network, Place, Rule, Site};
use chalandise_analytics::site_search::{Closable, Filter, Search, Selection, closings};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Normal};

/// Towns of a country: a store is near one of them, the first ones have the most.
const TOWNS: usize = 60;

fn main() {
    let only = std::env::args().nth(1).filter(|word| !word.starts_with('-'));
    if only.as_deref().is_none_or(|word| word == "large") {
        large();
    }
    if only.as_deref().is_none_or(|word| word == "demo") {
        demo();
    }
}

/// 1,000,000 cells and 500 stores within 60 km.
fn large() {
    let (cells, mut sites) = country(1_000_000, 500, 1.0, 1);
    let spare = sites.split_off(500);
    let inputs = memory("VmRSS");
    println!("1,000,000 cells x 500 stores within 60 km; the process with these inputs: {inputs:.0} MB");
    let rule = rule(60.0);
    let begun = Instant::now();
    let network = Network::new(&cells, sites, rule).expect("good inputs");
    println!("build: {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    println!(
        "  {} pairs; memory now {:.0} MB, at its peak {:.0} MB, inputs included",
        network.pairs(),
        memory("VmRSS"),
        memory("VmHWM")
    );
    for _ in 0..2 {
        let begun = Instant::now();
        black_box(network.recompute());
        println!("full recompute: {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    }
    scenarios(&network, &spare);
    println!("  memory at its peak {:.0} MB", memory("VmHWM"));
}

/// As many cells and stores as the demo.
fn demo() {
    let (cells, mut sites) = country(190_000, 340, 0.7, 2);
    let spare = sites.split_off(340);
    let begun = Instant::now();
    let network = Network::new(&cells, sites, rule(80.0)).expect("good inputs");
    let built = begun.elapsed().as_secs_f64() * 1e3;
    println!(
        "190,000 cells x 340 stores within 80 km: build {built:.0} ms, {} pairs",
        network.pairs()
    );
    scenarios(&network, &spare);
    let ids: Vec<String> = network.sites().map(|(id, ..)| id.to_owned()).collect();
    let closings: Vec<Change> = ids
        .iter()
        .step_by(7)
        .take(45)
        .map(|id| Change::Close { id: id.clone() })
        .collect();
    let begun = Instant::now();
    let outcome = network.evaluate(&closings).expect("known stores");
    let took = begun.elapsed().as_secs_f64() * 1e3;
    println!(
        "45 closings together: {took:.1} ms, {} transfers",
        outcome.transfers.len()
    );
    let many: Vec<Change> = spare
        .iter()
        .cycle()
        .take(1_000)
        .zip(0..)
        .map(|(site, number)| renamed(site, number))
        .collect();
    let begun = Instant::now();
    let outcome = network.evaluate(&many).expect("new stores");
    let took = begun.elapsed().as_secs_f64() * 1e3;
    println!(
        "1,000 openings together: {took:.0} ms, {} transfers",
        outcome.transfers.len()
    );
    gradients(&network, &spare);
    search(&network, &spare);
}

/// A standard store in 26,000 places.
fn search(network: &Network, spare: &[Site]) {
    let side = 161;
    let places: Vec<Place> = (0..side * side)
        .map(|number| {
            place(
                (number / side) as f64 / side as f64,
                (number % side) as f64 / side as f64,
            )
        })
        .collect();
    let search = Search::new(network, &places, 1.0).expect("places");
    let begun = Instant::now();
    let ranking = search.rank(&[], |_, _| {}).expect("no changes");
    println!(
        "{} candidates ranked: {:.2} s",
        places.len(),
        begun.elapsed().as_secs_f64()
    );
    let seconds = spare.iter().step_by(10).map(|site| {
        let begun = Instant::now();
        black_box(
            search
                .rerank(&ranking, &[Change::Open(site.clone())], |_, _| {})
                .expect("a new store"),
        );
        begun.elapsed().as_secs_f64()
    });
    let (p50, p95) = quantiles(seconds.collect());
    println!("ranked again after an opening: p50 {p50:.2} s, p95 {p95:.2} s");
    let begun = Instant::now();
    let missed = closings(network, &[], 0.4, |_| 3e5).expect("a margin");
    println!(
        "{} closings ranked: {:.0} ms",
        missed.len(),
        begun.elapsed().as_secs_f64() * 1e3
    );
    let eligible = ranking.best(&Filter::default());
    let closable = missed
        .iter()
        .map(|store| Closable {
            id: store.id.clone(),
            saving: 3e5,
        })
        .collect();
    let with_closings = Selection {
        margin: 0.4,
        closable,
        most_closings: 10,
        yearly_costs: vec![2e5; places.len()],
        ..Selection::of(10)
    };
    let wishes = [(5, Selection::of(5)), (20, Selection::of(20)), (10, with_closings)];
    for (count, selection) in wishes {
        let begun = Instant::now();
        let chosen = search
            .choose(&ranking, &eligible, &selection, |_, _| {})
            .expect("candidates");
        println!(
            "best {count} together, {} closings: {:.1} s, {} candidates computed, {} moves, at least {:.1} % of the best",
            chosen.closings.len(),
            begun.elapsed().as_secs_f64(),
            chosen.evaluations,
            chosen.improvements,
            100.0 * chosen.guarantee
        );
    }
}

fn renamed(site: &Site, number: usize) -> Change {
    let mut site = site.clone();
    site.id = format!("{}-{number}", site.id);
    Change::Open(site)
}

fn scenarios(network: &Network, spare: &[Site]) {
    let openings: Vec<_> = spare.iter().map(|site| vec![Change::Open(site.clone())]).collect();
    percentiles(network, "opening", &openings);
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let ids: Vec<String> = network.sites().map(|(id, ..)| id.to_owned()).collect();
    let closings: Vec<_> = (0..200)
        .map(|_| {
            vec![Change::Close {
                id: ids[random.random_range(0..ids.len())].clone(),
            }]
        })
        .collect();
    percentiles(network, "closing", &closings);
}

fn percentiles(network: &Network, what: &str, scenarios: &[Vec<Change>]) {
    let mut cells = 0;
    let milliseconds = scenarios.iter().map(|changes| {
        let begun = Instant::now();
        let outcome = black_box(network.evaluate(changes).expect("good changes"));
        cells += outcome.cells.len();
        begun.elapsed().as_secs_f64() * 1e3
    });
    let (p50, p95) = quantiles(milliseconds.collect());
    println!(
        "{what}: p50 {p50:.1} ms, p95 {p95:.1} ms over {}; {} cells each",
        scenarios.len(),
        cells / scenarios.len()
    );
}

fn gradients(network: &Network, spare: &[Site]) {
    let begun = Instant::now();
    let base = network.base_gradients();
    println!("gradients of all totals: {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    let milliseconds = spare.iter().map(|site| {
        let changes = [Change::Open(site.clone())];
        let begun = Instant::now();
        black_box(network.evaluate_with_gradients(&base, &changes).expect("a new store"));
        begun.elapsed().as_secs_f64() * 1e3
    });
    let (p50, p95) = quantiles(milliseconds.collect());
    println!("opening with gradients: p50 {p50:.1} ms, p95 {p95:.1} ms");
}

fn quantiles(mut milliseconds: Vec<f64>) -> (f64, f64) {
    milliseconds.sort_by(f64::total_cmp);
    let at = |share: f64| milliseconds[(share * (milliseconds.len() - 1) as f64).round() as usize];
    (at(0.5), at(0.95))
}

fn rule(reach: f64) -> Rule {
    Rule {
        decay: Decay::Power,
        coefficient: -2.0,
        smallest_distance: 0.4,
        largest_distance: reach,
        outside: 0.05,
    }
}

/// Cells on a grid over some 550,000 km2, and stores near its towns, 200 of them to spare. The towns lie in so much of its width and
/// height.
fn country(cells: usize, stores: usize, spread: f64, seed: u64) -> (Vec<Cell>, Vec<Site>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let within = |part: f64| 0.5 + (part - 0.5) * spread;
    let towns: Vec<(f64, f64)> = (0..TOWNS)
        .map(|_| (within(random.random()), within(random.random())))
        .collect();
    let side = 1_000;
    let at = |number: usize| {
        (
            (number / side) as f64 / side as f64,
            (number % side) as f64 / side as f64,
        )
    };
    let spend = LogNormal::new(11.0, 1.2).expect("a deviation");
    // Where not all cells are populated, those near a town are the first.
    let mut scores: Vec<(f64, usize)> = (0..side * side)
        .map(|number| {
            let (row, column) = at(number);
            let near = towns
                .iter()
                .map(|town| (town.0 - row).hypot(town.1 - column))
                .fold(1.0, f64::min);
            (near - 0.06 * random.random::<f64>().ln(), number)
        })
        .collect();
    scores.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    scores.truncate(cells);
    scores.sort_unstable_by_key(|(_, number)| *number);
    let all: Vec<Cell> = scores
        .into_iter()
        .map(|(_, number)| Cell {
            place: place(at(number).0, at(number).1),
            potential: spend.sample(&mut random),
        })
        .collect();
    let round = Normal::new(0.0, 0.03).expect("a deviation");
    let size = LogNormal::new(0.0, 0.4).expect("a deviation");
    let sites = (0..stores + 200).map(|number| {
        let town = towns[(TOWNS as f64 * random.random::<f64>().powi(2)) as usize];
        let near = |centre: f64, random: &mut ChaCha8Rng| (centre + round.sample(random)).clamp(0.0, 1.0);
        let attraction: f64 = size.sample(&mut random);
        Site {
            id: number.to_string(),
            place: place(near(town.0, &mut random), near(town.1, &mut random)),
            attraction,
            kind: Kind::Own,
            covariates: vec![attraction.ln(), 0.5],
            distances: Distances::GreatCircle,
        }
    });
    let sites = sites.collect();
    (all, sites)
}

/// From 0 to 1 both ways, a place in a rectangle of 740 km.
fn place(north: f64, east: f64) -> Place {
    let latitude = 43.3 + 6.67 * north;
    Place {
        latitude,
        longitude: 2.5 + (east - 0.5) * 6.67 / latitude.to_radians().cos(),
    }
}

/// A line of the process's status, in MB.
fn memory(line: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let found = status.lines().find(|it| it.starts_with(line)).unwrap_or_default();
    let kilobytes = found
        .split_whitespace()
        .nth(1)
        .and_then(|number| number.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes / 1_000.0)
}
