//! How long fits and forecasts take, on one core, with the medians of several runs.
//!
//!     cargo bench -p chalandise-analytics

#[path = "../tests/all/support/simulate.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod simulate;

use std::hint::black_box;
use std::time::Instant;

use chalandise_analytics::forecast::tracking::expected_cumulative;
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::gamma_gamma::GammaGamma;
use chalandise_analytics::purchase::mbg_nbd::MbgNbd;
use chalandise_analytics::purchase::pareto_nbd::ParetoNbd;
use chalandise_analytics::purchase::resampling::{log_covariance, refit, spend_log_covariance};
use chalandise_analytics::purchase::rfm::{Weighted, distinct};

use simulate::{Leaving, histories, in_days, spend};

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

fn cdnow() -> Vec<Weighted> {
    // As many customers as the sample, of its parameters, for 39 weeks in days.
    let mut rows = histories(2_357, 0.243, 30.9, Leaving::AfterRepeats(0.793, 2.426), 273.0, 1);
    in_days(&mut rows);
    rows
}

fn main() {
    // `cargo test --all-targets` runs benches too: there they only have to compile.
    if !std::env::args().any(|word| word == "--bench") {
        return;
    }
    let sample = cdnow();
    timed("BG/NBD fit, 2,357 customers", 51, || {
        BgNbd::fit(&sample).expect("good rows").iterations
    });
    timed("MBG/NBD fit, 2,357 customers", 51, || {
        MbgNbd::fit(&sample).expect("good rows").iterations
    });
    timed("Pareto/NBD fit, 2,357 customers", 11, || {
        ParetoNbd::fit(&sample).expect("good rows").iterations
    });
    for (customers, runs) in [(1_000_000, 5), (10_000_000, 1)] {
        let mut rows = histories(customers, 0.6, 120.0, Leaving::AfterRepeats(0.8, 2.5), 1_096.0, 2);
        in_days(&mut rows);
        let fit = timed(&format!("BG/NBD fit, {customers} customers from rows"), runs, || {
            BgNbd::fit(&rows).expect("good rows")
        });
        println!(
            "  {} distinct rows, {} iterations, converged: {}",
            fit.distinct_rows,
            fit.iterations,
            fit.converged()
        );
        if customers > 1_000_000 {
            continue;
        }
        timed(
            "scoring 1,000,000 customers: P(alive), expectation, P(>= 1, 2, 3), 12 months discounted",
            3,
            || {
                let mut sum = 0.0;
                for row in &rows {
                    let mut at_least = [0.0; 3];
                    fit.model.at_least(&row.history, 273.0, &mut at_least);
                    sum += fit.model.p_alive(&row.history) + fit.model.expected(&row.history, 273.0) + at_least[2];
                    sum += fit.model.discounted(&row.history, 12, 30.4, 0.01);
                }
                sum
            },
        );
        let rows = distinct(rows);
        let parameters = fit.parameters.clone().try_into().expect("four parameters");
        timed(
            "one of 200 resamples: drawn, fitted, the total of 273 days forecast",
            5,
            || {
                let model: BgNbd = refit(&rows, parameters, 1, 7).expect("a maximum");
                rows.iter()
                    .map(|row| row.weight * model.expected(&row.history, 273.0))
                    .sum::<f64>()
            },
        );
        timed("covariance of 200 resamples, on all cores", 1, || {
            log_covariance::<BgNbd>(&rows, parameters, 1, 200).expect("maxima")
        });
        timed("Pareto/NBD fit, the same distinct rows", 1, || {
            ParetoNbd::fit_distinct(&rows, None).expect("good rows").iterations
        });
    }
    let model = BgNbd::new(0.6, 120.0, 0.8, 2.5);
    for (what, length) in [("days", 1.0), ("days of a clock that no whole number fits", 0.999)] {
        let births: Vec<_> = (0..4_000).map(|day| (length * f64::from(day), 10.0)).collect();
        let ends: Vec<_> = (1..=300).map(|end| length * f64::from(13 * end)).collect();
        timed(
            &format!("expected until 300 ends, first purchases on 4,000 {what}"),
            3,
            || expected_cumulative(&model, &births, &ends),
        );
    }
    let spend = spend(400_000, 6.2, 3.7, 15.0, 3);
    let fit = timed("Gamma-Gamma fit, 400,000 customers with repeats", 3, || {
        GammaGamma::fit(&spend, None).expect("good rows")
    });
    println!("  {} iterations", fit.iterations);
    let parameters = fit.parameters.try_into().expect("three parameters");
    timed("its covariance of 200 resamples, on all cores", 1, || {
        spend_log_covariance(&spend, parameters, 1, 200).expect("maxima")
    });
}
