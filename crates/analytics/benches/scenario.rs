//! How long a network takes to build, to change and to search, and what memory it needs.
//!
//!     cargo bench -p chalandise-analytics --bench scenario

use std::hint::black_box;
use std::time::Instant;

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::scenario::{Cell, Change, Distances, Kind, Network, Place, Rule, Site};
use chalandise_analytics::network::site_search::{Closable, Filter, Search, Selection, closings};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, Normal};

/// Towns of a country: a store is near one of them, the first ones have the most.
const TOWNS: usize = 60;

fn main() {
    // `cargo test --all-targets` runs benches too: there they only have to compile.
    if !std::env::args().any(|word| word == "--bench") {
        return;
    }
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
    let network = timed("build", || {
        Network::new(&cells, sites, rule(60.0)).expect("good inputs")
    });
    let (now, peak) = (memory("VmRSS"), memory("VmHWM"));
    println!(
        "  {} pairs; memory {:.0} MB, at the peak of the build {:.0} MB, beside the inputs ({now:.0} and {peak:.0} MB with them)",
        network.pairs(),
        now - inputs,
        peak - inputs,
    );
    drop(cells);
    timed("full recompute", || network.recompute());
    timed("full recompute", || network.recompute());
    scenarios(&network, &spare);
    let peak = memory("VmHWM");
    println!(
        "  memory at its peak {:.0} MB, inputs included; {:.0} MB beside them",
        peak,
        peak - inputs
    );
}

/// As many cells and stores as the demo, and 26,000 candidates.
fn demo() {
    let (cells, mut sites) = country(190_000, 340, 0.7, 2);
    let spare = sites.split_off(340);
    println!("190,000 cells x 340 stores within 80 km");
    let network = timed("build", || {
        Network::new(&cells, sites, rule(80.0)).expect("good inputs")
    });
    println!("  {} pairs", network.pairs());
    scenarios(&network, &spare);
    let every_seventh = network.sites().step_by(7).take(45);
    let closings: Vec<Change> = every_seventh
        .map(|(id, ..)| Change::Close { id: id.to_owned() })
        .collect();
    timed("45 closings together", || {
        network.evaluate(&closings).expect("known stores")
    });
    let many = spare
        .iter()
        .cycle()
        .take(1_000)
        .zip(0..)
        .map(|(site, number)| renamed(site, number));
    let many: Vec<Change> = many.collect();
    timed("1,000 openings together", || {
        network.evaluate(&many).expect("new stores")
    });
    let base = timed("gradients of all totals", || network.base_gradients());
    let openings = spare
        .iter()
        .map(|site| vec![Change::Open(site.clone())])
        .collect::<Vec<_>>();
    percentiles("opening with gradients", &openings, |changes| {
        network
            .evaluate_with_gradients(&base, changes)
            .expect("a new store")
            .0
            .cells
            .len()
    });
    search(&network, &openings);
}

/// A standard store in 26,000 places.
fn search(network: &Network, openings: &[Vec<Change>]) {
    let side = 161;
    let at = |number: usize| {
        place(
            (number / side) as f64 / side as f64,
            (number % side) as f64 / side as f64,
        )
    };
    let places: Vec<Place> = (0..side * side).map(at).collect();
    let search = Search::new(network, &places, 1.0).expect("places");
    println!("{} candidates", places.len());
    let ranking = timed("ranked", || search.rank(&[], |_, _| {}).expect("no changes"));
    percentiles("ranked again after an opening", &openings[..20], |changes| {
        search
            .rerank(&ranking, changes, |_, _| {})
            .expect("a new store")
            .computed
    });
    let missed = timed("closings ranked", || {
        closings(network, &[], 0.4, |_| 3e5).expect("a margin")
    });
    let eligible = ranking.best(&Filter::default());
    let closable = missed.iter().map(|store| Closable {
        id: store.id.clone(),
        saving: 3e5,
    });
    let with_closings = Selection {
        margin: 0.4,
        closable: closable.collect(),
        most_closings: 10,
        yearly_costs: vec![2e5; places.len()],
        ..Selection::of(10)
    };
    for (what, selection) in [
        ("best 5 together", Selection::of(5)),
        ("best 20 together", Selection::of(20)),
        ("best 10 together, with up to 10 closings among all", with_closings),
    ] {
        let chosen = timed(what, || {
            search
                .choose(&ranking, &eligible, &selection, |_, _| {})
                .expect("candidates")
        });
        println!(
            "  {} closings, {} candidates computed, {} moves, at least {:.1} % of the best",
            chosen.closings.len(),
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
    let evaluate = |changes: &[Change]| network.evaluate(changes).expect("good changes").cells.len();
    let openings: Vec<_> = spare.iter().map(|site| vec![Change::Open(site.clone())]).collect();
    percentiles("opening", &openings, evaluate);
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let ids: Vec<String> = network.sites().map(|(id, ..)| id.to_owned()).collect();
    let any = |random: &mut ChaCha8Rng| ids[random.random_range(0..ids.len())].clone();
    let closings: Vec<_> = (0..200).map(|_| vec![Change::Close { id: any(&mut random) }]).collect();
    percentiles("closing", &closings, evaluate);
}

fn percentiles(what: &str, scenarios: &[Vec<Change>], mut evaluate: impl FnMut(&[Change]) -> usize) {
    let (mut count, before) = (0, worked());
    let milliseconds = scenarios.iter().map(|changes| {
        let begun = Instant::now();
        count += black_box(evaluate(changes));
        begun.elapsed().as_secs_f64() * 1e3
    });
    let (p50, p95) = quantiles(milliseconds.collect());
    let runs = scenarios.len();
    let work = 1e3 * (worked() - before) / runs as f64;
    println!(
        "{what}: p50 {p50:.1} ms, p95 {p95:.1} ms over {runs} ({work:.1} ms of work and {} computed each)",
        count / runs
    );
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

/// Seconds that all threads of the process have worked: what a machine without other work would need, on one core.
fn worked() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<f64> = stat.split_whitespace().filter_map(|field| field.parse().ok()).collect();
    // Number, then without name and state: the 14th and 15th fields, in hundredths.
    fields
        .get(11)
        .zip(fields.get(12))
        .map_or(f64::NAN, |(user, system)| (user + system) / 100.0)
}

/// Runs something, and says how long it took.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (begun, before) = (Instant::now(), worked());
    let done = black_box(work());
    println!(
        "{what}: {:.3} s ({:.2} s of work)",
        begun.elapsed().as_secs_f64(),
        worked() - before
    );
    done
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
