//! The CDNOW sample as the papers cut it: calibration to 1997-09-30, holdout to 1998-06-30.

pub mod drives;
#[expect(dead_code, reason = "the benchmark takes the rest")]
pub mod france;
pub mod simulate;
pub mod spend;

use std::collections::BTreeMap;
use std::path::Path;

use chalandise_analytics::purchase::gamma_gamma::Spend;
use chalandise_analytics::purchase::rfm::{History, Weighted};

/// A customer's purchase days, same-day orders merged, with their dollars.
#[derive(Clone, Debug)]
pub struct Purchases {
    /// By day since 1970-01-01.
    pub days: BTreeMap<i64, f64>,
}

/// One customer of the sample.
#[derive(Clone, Debug)]
pub struct Customer {
    /// Times in days.
    pub history: History,
    /// Mean value of the repeat purchases, in dollars; 0 without.
    pub mean_value: f64,
    /// Orders of the holdout, days merged.
    pub later_days: Vec<i64>,
}

fn day(text: &str) -> i64 {
    let number: i64 = text.parse().expect("a date");
    let (y, m, d) = (number / 10_000, number / 100 % 100, number % 100);
    civil_day(y, m, d)
}

/// Days since 1970-01-01 of a civil date.
fn civil_day(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let doy = (153 * (m + if m > 2 { -3 } else { 9 }) + 2) / 5 + d - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// All customers in the order of their sample ids, and the last day of the calibration.
pub fn purchases() -> (Vec<Purchases>, i64) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/cdnow/CDNOW_sample.txt");
    let text = std::fs::read_to_string(path).expect("the sample of the repository");
    let mut customers: BTreeMap<u32, BTreeMap<i64, f64>> = BTreeMap::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let &[_, id, date, _, dollars] = fields.as_slice() else {
            continue;
        };
        let dollars: f64 = dollars.parse().expect("dollars");
        let days = customers.entry(id.parse().expect("an id")).or_default();
        *days.entry(day(date)).or_default() += dollars;
    }
    let customers = customers.into_values().map(|days| Purchases { days }).collect();
    (customers, civil_day(1997, 9, 30))
}

/// The customers as the models take them.
pub fn customers() -> Vec<Customer> {
    let (customers, end) = purchases();
    customers
        .into_iter()
        .map(|Purchases { days }| {
            let (first, _) = days.first_key_value().expect("a purchase");
            let before: Vec<(i64, f64)> = days.range(..=end).map(|(day, value)| (*day, *value)).collect();
            let repeats = &before[1..];
            let total: f64 = repeats.iter().map(|(_, value)| value).sum();
            Customer {
                history: History {
                    x: repeats.len() as u32,
                    t_x: before.last().map_or(0.0, |(day, _)| (day - first) as f64),
                    t: (end - first) as f64,
                },
                mean_value: if repeats.is_empty() {
                    0.0
                } else {
                    total / repeats.len() as f64
                },
                later_days: days.range(end + 1..).map(|(day, _)| day - end).collect(),
            }
        })
        .collect()
}

/// Histories in another unit: `days` of it make a day's worth (7 for weeks).
pub fn rows(customers: &[Customer], days: f64) -> Vec<Weighted> {
    customers
        .iter()
        .map(|customer| Weighted {
            history: scaled(&customer.history, days),
            weight: 1.0,
        })
        .collect()
}

/// A history in another unit.
pub fn scaled(history: &History, days: f64) -> History {
    History {
        x: history.x,
        t_x: history.t_x / days,
        t: history.t / days,
    }
}

/// What Gamma-Gamma is fitted on.
pub fn spend(customers: &[Customer]) -> Vec<Spend> {
    let repeaters = customers.iter().filter(|customer| customer.history.x > 0);
    repeaters
        .map(|customer| Spend {
            x: customer.history.x,
            mean_value: customer.mean_value,
            weight: 1.0,
        })
        .collect()
}

/// Asserts that two numbers agree to a relative distance.
#[track_caller]
pub fn close(found: f64, expected: f64, within: f64) {
    let distance = (found - expected).abs() / expected.abs().max(f64::MIN_POSITIVE);
    assert!(distance <= within, "{found} is not {expected}: off by {distance:e}");
}
