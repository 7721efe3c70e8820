//! Law "seasonality": months, weeks of sales, days of the week and closed days, on the clock.
//!
//! Customers buy on an *operational* clock on which a week is always a week; the calendar runs faster in January than
//! in February. So purchasing stays BG/NBD in operational time, whatever the season: t_calendar = L^-1(t_operational)
//! where L is the running sum of the day factors below, scaled so that an average day counts 1/7 week.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::{Value, json};

/// Sales of a month against an average month, January first.
pub const MONTH_FACTORS: [f64; 12] = [1.10, 0.86, 0.95, 0.93, 0.98, 1.05, 1.02, 0.82, 1.08, 1.06, 1.12, 1.03];

/// Sales of a day of the week against an average day, Monday first.
pub const WEEKDAY_FACTORS: [f64; 7] = [0.75, 0.82, 1.02, 0.88, 1.02, 1.72, 0.79];

/// Factor of the weeks of sales ("soldes"): four weeks from the second Wednesday of January and from the last
/// Wednesday of June.
pub const SALES_WEEKS_FACTOR: f64 = 1.28;

/// Factor of the days on which stores are closed and only the web shop sells: 1 January, 1 May, 25 December.
pub const CLOSED_DAY_FACTOR: f64 = 0.15;

/// Whether all stores are closed.
pub fn is_closed_day(day: NaiveDate) -> bool {
    matches!((day.month(), day.day()), (1, 1) | (5, 1) | (12, 25))
}

fn sales_start(year: i32, month: u32) -> Option<NaiveDate> {
    let nth = if month == 1 { 2 } else { 4 };
    let wednesday = NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Wed, nth)?;
    let later = wednesday + Days::new(7);
    Some(if month == 6 && later.month() == 6 {
        later
    } else {
        wednesday
    })
}

/// Whether the day lies in the legal weeks of sales (four weeks each).
pub fn is_sales_week(day: NaiveDate) -> bool {
    [1, 6]
        .iter()
        .any(|month| sales_start(day.year(), *month).is_some_and(|start| (0..28).contains(&(day - start).num_days())))
}

/// Sales of a day against an average day, before scaling.
pub fn day_factor(day: NaiveDate) -> f64 {
    let month = MONTH_FACTORS[day.month0() as usize];
    let weekday = WEEKDAY_FACTORS[day.weekday().num_days_from_monday() as usize];
    let sales = if is_sales_week(day) { SALES_WEEKS_FACTOR } else { 1.0 };
    let closed = if is_closed_day(day) { CLOSED_DAY_FACTOR } else { 1.0 };
    month * weekday * sales * closed
}

/// The two clocks: days (from `first_day`) and weeks of operational time.
#[derive(Debug, Clone)]
pub struct Clock {
    first_day: NaiveDate,
    /// Operational weeks before each midnight; one entry more than there are days.
    weeks: Vec<f64>,
}

impl Clock {
    /// Clock over `days` days from `first_day`; flat (a day is 1/7 week) when the law is off.
    pub fn new(first_day: NaiveDate, days: usize, seasonal: bool) -> Self {
        let scale = if seasonal { 1.0 / mean_factor() } else { 1.0 };
        let mut weeks = Vec::with_capacity(days + 1);
        let mut total = 0.0;
        weeks.push(total);
        for day in first_day.iter_days().take(days) {
            total += scale * if seasonal { day_factor(day) } else { 1.0 } / 7.0;
            weeks.push(total);
        }
        Self { first_day, weeks }
    }

    /// Days on the clock.
    pub fn days(&self) -> i32 {
        self.weeks.len() as i32 - 1
    }

    /// The date of a day number.
    pub fn date(&self, day: i32) -> NaiveDate {
        self.first_day + Days::new(day.max(0) as u64)
    }

    /// The day number of a date (may lie outside the clock).
    pub fn day_of(&self, date: NaiveDate) -> i32 {
        (date - self.first_day).num_days() as i32
    }

    /// Operational weeks before the midnight that opens a day; clamped to the clock.
    pub fn weeks_at(&self, day: i32) -> f64 {
        self.weeks[(day.max(0) as usize).min(self.weeks.len() - 1)]
    }

    /// Operational weeks on the whole clock.
    pub fn total_weeks(&self) -> f64 {
        self.weeks_at(self.days())
    }

    /// The day in which an operational instant falls; clamped to the last day.
    pub fn day_at(&self, weeks: f64) -> i32 {
        let after = self.weeks.partition_point(|midnight| *midnight <= weeks);
        (after as i32 - 1).clamp(0, self.days() - 1)
    }
}

/// Mean factor over four whole years, so that the scale depends on no option.
fn mean_factor() -> f64 {
    let days = 4 * 365 + 1;
    let start = NaiveDate::from_ymd_opt(2023, 1, 1).unwrap_or_default();
    start.iter_days().take(days).map(day_factor).sum::<f64>() / days as f64
}

/// Parameters, for truth.json.
pub fn parameters(on: bool) -> Value {
    json!({
        "on": on,
        "month_factors": MONTH_FACTORS,
        "weekday_factors_from_monday": WEEKDAY_FACTORS,
        "sales_weeks_factor": SALES_WEEKS_FACTOR,
        "sales_weeks": "28 days from the second Wednesday of January and from the last Wednesday of June",
        "closed_day_factor": CLOSED_DAY_FACTOR,
        "closed_days": ["01-01", "05-01", "12-25"],
        "mean_factor_2023_2026": mean_factor(),
        "operational_time": "weeks; a day counts its factor / mean factor / 7",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_year_lasts_a_year_on_both_clocks() {
        let clock = Clock::new(date("2023-01-01"), 1461, true);
        assert!((clock.total_weeks() - 1461.0 / 7.0).abs() < 1e-9);
        let flat = Clock::new(date("2023-01-01"), 70, false);
        assert!((flat.total_weeks() - 10.0).abs() < 1e-12);
    }

    #[test]
    fn days_and_weeks_are_inverse() {
        let clock = Clock::new(date("2023-11-01"), 1096, true);
        for day in 0..1096 {
            let middle = (clock.weeks_at(day) + clock.weeks_at(day + 1)) / 2.0;
            assert_eq!(clock.day_at(middle), day);
            assert_eq!(clock.day_of(clock.date(day)), day);
        }
    }

    #[test]
    fn sales_begin_on_the_legal_wednesdays() {
        assert!(!is_sales_week(date("2025-01-07")));
        assert!(is_sales_week(date("2025-01-08")));
        assert!(is_sales_week(date("2025-06-25")));
        assert!(!is_sales_week(date("2025-06-24")));
        assert!(is_sales_week(date("2026-06-24")));
    }
}
