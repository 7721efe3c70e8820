//! Seasons that were planted come back, and a forecast on their clock is better than one on the calendar's.

use chalandise_analytics::forecast::tracking::{expected_cumulative, increments, observed_cumulative};
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::bg_nbd::BgNbd;
use chalandise_analytics::purchase::fittable::Fittable;
use chalandise_analytics::purchase::rfm::{History, Weighted};
use chalandise_analytics::purchase::season::{Month, SeasonClock};
use rand::RngExt;
use rand_distr::{Beta, Distribution, Exp, Gamma};

use crate::support::simulate;

/// 2020-12-31; three common years follow.
const START: i32 = 18_627;
const MONTH_DAYS: [i32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The last days of their months.
fn month_ends() -> Vec<i32> {
    let mut day = START;
    let years = (0..3).flat_map(|_| MONTH_DAYS);
    years
        .map(|days| {
            day += days;
            day
        })
        .collect()
}

/// The purchase days until `last` of customers who came over the three years; seasons are those of the clock, for all alike.
fn customers(count: usize, clock: &SeasonClock, last: i32) -> Vec<Vec<i32>> {
    let mut rng = simulate::seeded(11);
    let (rates, leaves) = (
        Gamma::new(0.9, 1.0 / 60.0).expect("positive"),
        Beta::new(0.8, 4.0).expect("positive"),
    );
    (0..count)
        .map(|_| {
            let first = START + 1 + rng.random_range(0..1_095);
            let (rate, leave): (f64, f64) = (rates.sample(&mut rng), leaves.sample(&mut rng));
            let mut days = vec![first];
            let Ok(wait) = Exp::new(rate) else { return days };
            let (mut time, until) = (0.0, clock.elapsed(first, last));
            loop {
                time += wait.sample(&mut rng);
                if time > until {
                    return days;
                }
                // The first day at whose end the clock shows as much.
                let (mut before, mut day) = (first, last);
                while day - before > 1 {
                    let middle = before + (day - before) / 2;
                    if clock.elapsed(first, middle) < time {
                        before = middle;
                    } else {
                        day = middle;
                    }
                }
                if days.last() != Some(&day) {
                    days.push(day);
                }
                if rng.random::<f64>() < leave {
                    return days;
                }
            }
        })
        .collect()
}

fn rows(customers: &[Vec<i32>], clock: &SeasonClock, end: i32) -> Vec<Weighted> {
    let known = customers.iter().map(|days| {
        let known: Vec<i32> = days.iter().copied().filter(|day| *day <= end).collect();
        let (first, last) = (known[0], known[known.len() - 1]);
        Weighted {
            history: History {
                x: known.len() as u32 - 1,
                t_x: clock.elapsed(first, last),
                t: clock.elapsed(first, end),
            },
            weight: 1.0,
        }
    });
    known.collect()
}

#[test]
fn planted_seasons_come_back_and_improve_the_forecast() {
    let index = [1.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 0.5, 0.9, 1.0, 1.1, 1.3];
    let truth = SeasonClock::new(index).expect("positive numbers");
    let ends = month_ends();
    let end = ends[ends.len() - 1];
    let later = end + 31;
    let customers = customers(12_000, &truth, later);

    // By the calendar, then the seasons from what that misses.
    let flat = SeasonClock::flat();
    let by_calendar = BgNbd::fit(&rows(&customers, &flat, end)).expect("good rows").model;
    let births: Vec<_> = customers.iter().map(|days| (f64::from(days[0]), 1.0)).collect();
    let repeats = customers.iter().flat_map(|days| &days[1..]);
    let repeats: Vec<_> = repeats.map(|day| (f64::from(*day), 1.0)).collect();
    let times: Vec<_> = ends.iter().map(|day| f64::from(*day)).collect();
    let observed = increments(&observed_cumulative(&repeats, &times));
    let expected = increments(&expected_cumulative(&by_calendar, &births, &times));
    let months: Vec<_> = observed
        .iter()
        .zip(&expected)
        .enumerate()
        .map(|(number, (observed, expected))| Month {
            month_of_year: (number % 12) as u8 + 1,
            observed: *observed,
            expected: *expected,
        })
        .collect();
    let clock = SeasonClock::estimate(&months).expect("purchases");
    for (found, truth) in clock.index().iter().zip(truth.index()) {
        assert!((found / truth - 1.0).abs() < 0.06, "{found} is not {truth}");
    }

    // The busy January that follows.
    let forecast = |model: &BgNbd, clock: &SeasonClock| -> f64 {
        let t = clock.elapsed(end, later);
        let rows = rows(&customers, clock, end);
        rows.iter().map(|row| model.expected(&row.history, t)).sum()
    };
    let by_season = BgNbd::fit(&rows(&customers, &clock, end)).expect("good rows").model;
    let happened = repeats.iter().filter(|(day, _)| *day > f64::from(end)).count() as f64;
    let (season, calendar) = (forecast(&by_season, &clock), forecast(&by_calendar, &flat));
    assert!((season / happened - 1.0).abs() < 0.05, "{season} of {happened}");
    assert!((calendar / happened - 1.0).abs() > 0.2, "{calendar} of {happened}");
}
