//! The season on the clock: how much faster than on average customers buy in each month of the year.

use arrow::datatypes::Date32Type;
use chalandise_analytics::forecast::tracking::{expected_cumulative, increments};
use chalandise_analytics::purchase::PurchaseModel;
use chalandise_analytics::purchase::season::{Month, SeasonClock};
use chrono::{Datelike, Months, NaiveDate};

use super::histories::{Day, days_since_epoch};
use crate::status::{Status, Statuses};

/// A shorter observation has not seen every month of the year.
const SHORTEST_DAYS: i32 = 364;

/// The season in the repeat purchases of `days`, against what `model` on the plain calendar expects of the customers won until then:
/// so that a growing base is not taken for a season. None when less than a year was observed.
pub(super) fn estimate(
    model: &impl PurchaseModel,
    days: &[Day],
    until: i32,
    statuses: &mut Statuses,
) -> Option<SeasonClock> {
    let first = days.first()?.day;
    if until - first < SHORTEST_DAYS {
        statuses.note("season", Status::TooShort);
        return None;
    }
    let months = months(first, until)?;
    let births: Vec<(f64, f64)> = days
        .iter()
        .map(|day| (f64::from(day.day), day.new_customers))
        .filter(|(_, customers)| *customers > 0.0)
        .collect();
    let ends: Vec<f64> = months.iter().map(|(end, _)| f64::from(*end)).collect();
    let expected = increments(&expected_cumulative(model, &births, &ends));
    let mut begin = i32::MIN;
    let mut counted = Vec::with_capacity(months.len());
    for ((end, month_of_year), expected) in months.into_iter().zip(expected) {
        let within = |day: &&Day| day.day > begin && day.day <= end;
        counted.push(Month {
            month_of_year,
            observed: days.iter().filter(within).map(|day| day.repeats).sum(),
            expected,
        });
        begin = end;
    }
    let clock = SeasonClock::estimate(&counted);
    statuses.note("season", if clock.is_some() { Status::Ok } else { Status::TooFew });
    clock
}

/// Last days of the calendar months from one day to another, the last of them cut, with their month of the year, from 1.
fn months(first: i32, until: i32) -> Option<Vec<(i32, u8)>> {
    let mut day = Date32Type::to_naive_date_opt(first)?.with_day(1)?;
    let mut months = Vec::new();
    loop {
        let next: NaiveDate = day.checked_add_months(Months::new(1))?;
        let end = (days_since_epoch(next) - 1).min(until);
        months.push((end, u8::try_from(day.month()).ok()?));
        if end == until {
            return Some(months);
        }
        day = next;
    }
}
