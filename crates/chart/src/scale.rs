//! Scales: from a column's value to a coordinate. They are computed once per chart; plotters maps coordinates to the canvas.

use chrono::{Datelike, Days, Months, NaiveDate};
use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordf64;

use crate::frame::{Column, Frame};

/// More months than this would be thinner than a pixel each; the latest stay.
const MONTHS_MAX: i32 = 1200;

/// The share of its range by which a scale may be widened at either end to reach a round tick.
const WIDEN_MAX: f64 = 0.15;

/// A scale and its coordinate range.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scale {
    /// Band i takes the coordinates i to i + 1; a missing value has the last band, `gap` further on.
    Band { keys: Vec<Option<String>>, gap: f64 },
    /// Month i since the first takes i to i + 1; months are counted from year 0.
    Month { first: i32, count: i32 },
    /// Days since the first.
    Time { first: NaiveDate, days: f64 },
    /// Numbers, divided by a power of ten so that the canvas never sees extremes.
    Linear { factor: f64, min: f64, max: f64 },
}

fn month_of(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0() as i32
}

/// First day of a month counted from year 0.
pub(crate) fn first_of(month: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1)
}

/// What tells bands apart: a name, a number or a day as text.
fn key(column: &Column, row: usize) -> Option<String> {
    match (column.text(row), column.number(row), column.date(row)) {
        (Some(text), ..) => Some(text.to_owned()),
        (_, Some(number), _) => Some(number.to_string()),
        (.., day) => day.map(|day| day.to_string()),
    }
}

/// The bands of a column, in the order of these rows; the one of a missing value last.
fn keys(column: &Column, rows: impl Iterator<Item = usize>) -> Vec<Option<String>> {
    let mut seen = std::collections::BTreeSet::new();
    let mut missing = false;
    let mut keys = vec![];
    for key in rows.map(|row| key(column, row)) {
        if key.is_none() {
            missing = true;
        } else if seen.insert(key.clone()) {
            keys.push(key);
        }
    }
    if missing {
        keys.push(None);
    }
    keys
}

impl Scale {
    /// Bands in the order of the rows, a missing value last and apart by `gap` bands.
    pub(crate) fn band(frame: &Frame, column: &str, gap: f64) -> Scale {
        let column = frame.column(column);
        let keys = column.map_or_else(Vec::new, |column| keys(column, 0..column.len()));
        Scale::Band { keys, gap }
    }

    /// Bands of a panel's own axis: numbers and days ascend, so that a grid whose first row has a hole keeps its columns in
    /// order; names stand in the order of the rows.
    pub(crate) fn ordered_band(frame: &Frame, column: &str) -> Scale {
        let Some(column) = frame.column(column) else {
            return Scale::Band { keys: vec![], gap: 0.0 };
        };
        let mut rows: Vec<usize> = (0..column.len()).collect();
        match column {
            Column::Text(_) => {}
            Column::Number(_) => {
                let value = |row: usize| column.number(row).unwrap_or(f64::INFINITY);
                rows.sort_by(|a, b| value(*a).total_cmp(&value(*b)));
            }
            Column::Date(_) => rows.sort_by_key(|row| column.date(*row)),
        }
        Scale::Band {
            keys: keys(column, rows.into_iter()),
            gap: 0.0,
        }
    }

    /// The months from the first day to the last.
    pub(crate) fn month(frame: &Frame, column: &str) -> Scale {
        let days = days(frame, column).map(month_of);
        let (low, high) = days.fold((i32::MAX, i32::MIN), |(low, high), month| {
            (low.min(month), high.max(month))
        });
        if low > high {
            return Scale::Month { first: 0, count: 0 };
        }
        let first = low.max(high - MONTHS_MAX + 1);
        Scale::Month {
            first,
            count: high - first + 1,
        }
    }

    /// The days from the first to the last.
    pub(crate) fn time(frame: &Frame, column: &str) -> Scale {
        let (low, high) = days(frame, column).fold((NaiveDate::MAX, NaiveDate::MIN), |(low, high), day| {
            (low.min(day), high.max(day))
        });
        if low > high {
            return Scale::Time {
                first: NaiveDate::default(),
                days: 1.0,
            };
        }
        Scale::Time {
            first: low,
            days: ((high - low).num_days() as f64).max(1.0),
        }
    }

    /// Numbers from the smallest to the largest value, with zero when asked, or a fixed range.
    pub(crate) fn linear(values: impl Iterator<Item = f64>, zero: bool, domain: Option<[f64; 2]>) -> Scale {
        let (mut low, mut high) = values
            .filter(|value| value.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        if let Some([from, to]) = domain {
            (low, high) = (from, to);
        } else if low > high {
            (low, high) = (0.0, 1.0);
        } else if zero {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        let largest = low.abs().max(high.abs());
        let factor = if largest > 0.0 {
            10f64.powf(largest.log10().floor()).max(f64::MIN_POSITIVE)
        } else {
            1.0
        };
        let (mut min, mut max) = (low / factor, high / factor);
        // Values that differ by less than this are one value to the eye, and to the arithmetic of ticks.
        if max - min < 1e-6 {
            let room = if min == 0.0 && max == 0.0 {
                1.0
            } else {
                max.abs().max(min.abs()) * 0.1
            };
            (min, max) = match (zero, max > 0.0) {
                (true, _) if min == 0.0 && max == 0.0 => (0.0, 1.0),
                (_, _) => (min - room, max + room),
            };
        }
        Scale::Linear { factor, min, max }
    }

    /// The coordinates of round ticks, at most so many and at least two where the range holds two, and the scale widened to
    /// whole steps of them where that costs little room.
    pub(crate) fn nice(self, at_most: usize) -> (Scale, Vec<f64>) {
        let Scale::Linear { factor, min, max } = self else {
            return (self, vec![]);
        };
        for wanted in (2..=at_most).rev() {
            let points = key_points(min, max, wanted);
            let (Some(first), Some(second)) = (points.first(), points.get(1)) else {
                continue;
            };
            let step = second - first;
            let (mut from, mut to) = ((min / step + 1e-9).floor(), (max / step - 1e-9).ceil());
            let little = (max - min) * WIDEN_MAX;
            let (low, high) = (min.min(from * step), max.max(to * step));
            let low = if min - low <= little { low } else { min };
            let high = if high - max <= little { high } else { max };
            (from, to) = ((low / step - 1e-9).ceil(), (high / step + 1e-9).floor());
            if to - from < at_most as f64 && to > from {
                let ticks = (0..=(to - from) as usize).map(|at| (from + at as f64) * step);
                return (
                    Scale::Linear {
                        factor,
                        min: low,
                        max: high,
                    },
                    ticks.collect(),
                );
            }
        }
        (Scale::Linear { factor, min, max }, vec![min, max])
    }

    /// The range of coordinates.
    pub(crate) fn range(&self) -> (f64, f64) {
        match self {
            Scale::Band { keys, gap } => {
                let apart = if keys.last().is_some_and(Option::is_none) {
                    *gap
                } else {
                    0.0
                };
                (0.0, (keys.len() as f64 + apart).max(1.0))
            }
            Scale::Month { count, .. } => (0.0, f64::from((*count).max(1))),
            Scale::Time { days, .. } => (0.0, *days),
            Scale::Linear { min, max, .. } => (*min, *max),
        }
    }

    /// Where the band of a row starts; none on a continuous scale or for a value without a band.
    pub(crate) fn band_start(&self, column: &Column, row: usize) -> Option<f64> {
        match self {
            Scale::Band { keys, .. } => {
                let key = key(column, row);
                keys.iter().position(|known| *known == key).map(|at| self.start_of(at))
            }
            Scale::Month { first, count } => {
                let month = column.date(row).map(month_of)? - first;
                (0..*count).contains(&month).then_some(f64::from(month))
            }
            Scale::Time { .. } | Scale::Linear { .. } => None,
        }
    }

    /// Where the n-th band starts.
    pub(crate) fn start_of(&self, band: usize) -> f64 {
        match self {
            Scale::Band { keys, gap } if keys.get(band).is_some_and(Option::is_none) => band as f64 + gap,
            _ => band as f64,
        }
    }

    /// The coordinate of a row's value: the middle of its band, or exactly where a continuous scale has it.
    pub(crate) fn middle(&self, column: &Column, row: usize) -> Option<f64> {
        match self {
            Scale::Band { .. } | Scale::Month { .. } => self.band_start(column, row).map(|start| start + 0.5),
            Scale::Time { .. } | Scale::Linear { .. } => self.exact(column, row),
        }
    }

    /// As [`Scale::middle`], but a day falls in proportion inside its month.
    pub(crate) fn exact(&self, column: &Column, row: usize) -> Option<f64> {
        match self {
            Scale::Band { .. } => self.middle(column, row),
            Scale::Month { .. } => {
                let day = column.date(row)?;
                let start = self.band_start(column, row)?;
                Some(start + (f64::from(day.day0()) + 0.5) / f64::from(days_in_month(day)))
            }
            Scale::Time { first, days } => {
                let at = (column.date(row)? - *first).num_days() as f64;
                (0.0..=*days).contains(&at).then_some(at)
            }
            Scale::Linear { .. } => column.number(row).map(|value| self.number(value)),
        }
    }

    /// The coordinate of a number, held inside the range.
    pub(crate) fn number(&self, value: f64) -> f64 {
        match self {
            Scale::Linear { factor, min, max } => (value / factor).clamp(*min, *max),
            _ => value,
        }
    }

    /// The number at a coordinate.
    pub(crate) fn value(&self, coordinate: f64) -> f64 {
        match self {
            Scale::Linear { factor, .. } => coordinate * factor,
            _ => coordinate,
        }
    }

    /// The day at a coordinate of a time scale.
    pub(crate) fn day(&self, coordinate: f64) -> Option<NaiveDate> {
        match self {
            Scale::Time { first, .. } => first.checked_add_days(Days::new(coordinate.max(0.0) as u64)),
            _ => None,
        }
    }

    /// Starts of months (every `step`, counted from January) on a time scale, as coordinate and day.
    pub(crate) fn months(&self, step: u32) -> Vec<(f64, NaiveDate)> {
        let Scale::Time { first, days } = self else {
            return vec![];
        };
        let mut out = vec![];
        let mut day = first.with_day(1);
        while let Some(start) = day {
            let at = (start - *first).num_days() as f64;
            if at > *days || out.len() > 400 {
                break;
            }
            if at >= 0.0 && month_of(start).rem_euclid(step.max(1) as i32) == 0 {
                out.push((at, start));
            }
            day = start.checked_add_months(Months::new(1));
        }
        out
    }
}

fn days<'a>(frame: &'a Frame, column: &str) -> impl Iterator<Item = NaiveDate> + 'a {
    let column = frame.column(column);
    (0..frame.len()).filter_map(move |row| column.and_then(|column| column.date(row)))
}

fn days_in_month(day: NaiveDate) -> u32 {
    let first = day.with_day(1).unwrap_or(day);
    first
        .checked_add_months(Months::new(1))
        .map_or(31, |next| (next - first).num_days() as u32)
}

/// plotters' own round numbers between two coordinates.
fn key_points(min: f64, max: f64, at_most: usize) -> Vec<f64> {
    if at_most == 0 || !(max - min).is_finite() || max - min < 1e-6 {
        return vec![];
    }
    RangedCoordf64::from(min..max).key_points(BoldPoints(at_most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(column: Column) -> Frame {
        Frame::new(vec![("c".to_owned(), column)]).expect("one column")
    }

    #[test]
    fn bands_follow_the_rows_and_a_missing_value_stands_apart() {
        let frame = frame(Column::Text(vec![
            None,
            Some("b".into()),
            Some("a".into()),
            Some("b".into()),
        ]));
        let scale = Scale::band(&frame, "c", 0.25);
        let column = frame.column("c").expect("the column");
        assert_eq!(
            (0..4).map(|row| scale.band_start(column, row)).collect::<Vec<_>>(),
            [Some(2.25), Some(0.0), Some(1.0), Some(0.0)]
        );
        assert_eq!(scale.range(), (0.0, 3.25));
    }

    #[test]
    fn own_bands_of_numbers_ascend() {
        let frame = frame(Column::Number(vec![Some(1.0), Some(10.0), None, Some(2.0), Some(1.0)]));
        let keys = [Some("1"), Some("2"), Some("10"), None].map(|key| key.map(str::to_owned));
        let gap = 0.0;
        assert_eq!(Scale::ordered_band(&frame, "c"), Scale::Band { keys: keys.into(), gap });
    }

    #[test]
    fn a_day_falls_in_proportion_inside_its_month() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        let frame = frame(Column::Date(vec![day(2025, 11, 1), day(2026, 1, 31), day(2026, 2, 15)]));
        let scale = Scale::month(&frame, "c");
        let column = frame.column("c").expect("the column");
        assert_eq!(
            scale,
            Scale::Month {
                first: 2025 * 12 + 10,
                count: 4
            }
        );
        assert_eq!(scale.middle(column, 1), Some(2.5));
        assert!(scale.exact(column, 2).is_some_and(|at| (at - 3.52).abs() < 0.01));
    }

    #[test]
    fn ticks_are_round_and_extremes_are_tamed() {
        let (scale, ticks) = Scale::linear([0.0, 61e6].into_iter(), true, None).nice(5);
        let ticks: Vec<f64> = ticks.into_iter().map(|at| scale.value(at)).collect();
        assert_eq!(ticks, [0.0, 20e6, 40e6, 60e6]);
        for values in [
            vec![f64::MAX, f64::MIN],
            vec![1e15, 1e15 + 1.0],
            vec![5e-324],
            vec![],
            vec![0.0],
            vec![-3.0],
        ] {
            for zero in [true, false] {
                let (scale, ticks) = Scale::linear(values.iter().copied(), zero, None).nice(5);
                let (min, max) = scale.range();
                assert!(min < max && min.is_finite() && max.is_finite(), "{values:?}");
                assert!((2..=5).contains(&ticks.len()), "{values:?}: {ticks:?}");
            }
        }
    }
}
