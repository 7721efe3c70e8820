//! The period of a page: what the address says, which days that means, and how a person reads it.

use super::day::{day_words, month_short};
use super::words::{Say, capital};
use chalandise_chart::Language;
use chrono::{Datelike, Days, Months, NaiveDate};
use std::fmt;

/// A period as an address states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// The twelve months to the as-of date: the default.
    TwelveMonths,
    /// A calendar year.
    Year(i32),
    /// A calendar month: year, month from 1.
    Month(i32, u32),
    /// From one day to another, both included.
    Days(NaiveDate, NaiveDate),
}

/// The days of a period, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from_on: NaiveDate,
    /// Last day.
    pub to_on: NaiveDate,
}

/// The days between a day and its like a year earlier: 52 whole weeks, so that week days agree.
pub const LAST_YEAR_DAYS: u64 = 364;

impl Span {
    /// The same week days one year earlier.
    #[must_use]
    pub fn last_year(self) -> Span {
        let back = |day: NaiveDate| day.checked_sub_days(Days::new(LAST_YEAR_DAYS)).unwrap_or(day);
        Span {
            from_on: back(self.from_on),
            to_on: back(self.to_on),
        }
    }
}

impl Period {
    /// Reads `12m`, `2026`, `2026-10` or `2026-01-15..2026-02-14`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Period> {
        if text.is_empty() || text == "12m" {
            return Some(Period::TwelveMonths);
        }
        if let Some((from, to)) = text.split_once("..") {
            let from_on = NaiveDate::parse_from_str(from, "%Y-%m-%d").ok()?;
            let to_on = NaiveDate::parse_from_str(to, "%Y-%m-%d").ok()?;
            return (from_on <= to_on && in_range(from_on.year()) && in_range(to_on.year()))
                .then_some(Period::Days(from_on, to_on));
        }
        if let Some((year, month)) = text.split_once('-') {
            let period = Period::Month(year_of(year)?, two_digits(month)?);
            return period.first_day().map(|_| period);
        }
        year_of(text).map(Period::Year)
    }

    /// First day of a year or a month.
    fn first_day(self) -> Option<NaiveDate> {
        match self {
            Period::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1),
            Period::Month(year, month) => NaiveDate::from_ymd_opt(year, month, 1),
            Period::Days(from_on, _) => Some(from_on),
            Period::TwelveMonths => None,
        }
    }

    /// The days meant, given the last day that the data cover.
    ///
    /// A year or month that the data do not cover whole ends with the data: comparing ten months with twelve would
    /// read as a fall.
    #[must_use]
    pub fn span(self, as_of: NaiveDate) -> Span {
        let whole = match self {
            Period::TwelveMonths => return twelve_months(as_of),
            Period::Days(from_on, to_on) => Span { from_on, to_on },
            Period::Year(_) => self.calendar(12, as_of),
            Period::Month(..) => self.calendar(1, as_of),
        };
        let to_on = if whole.from_on <= as_of {
            whole.to_on.min(as_of)
        } else {
            whole.to_on
        };
        Span {
            from_on: whole.from_on,
            to_on,
        }
    }

    /// A calendar period of so many months.
    fn calendar(self, months: u32, as_of: NaiveDate) -> Span {
        let from_on = self.first_day().unwrap_or(as_of);
        let to_on = from_on
            .checked_add_months(Months::new(months))
            .and_then(|day| day.pred_opt())
            .unwrap_or(from_on);
        Span { from_on, to_on }
    }

    /// How a person reads it: "12 mois à fin oct. 2026", "Oct. 2026", "Année 2025".
    #[must_use]
    pub fn words(self, as_of: NaiveDate, language: Language) -> String {
        let span = self.span(as_of);
        let ends_early = |whole: Span| span.to_on < whole.to_on;
        match self {
            Period::TwelveMonths => twelve_months_words(as_of, language),
            Period::Year(year) => {
                let name = Say(language).words_with("filter-year", &[("year", year.to_string().into())]);
                if ends_early(self.calendar(12, as_of)) {
                    until(&name, span.to_on, language)
                } else {
                    name
                }
            }
            Period::Month(year, month) => {
                let name = capital(&format!("{} {year}", month_short(month, language)));
                if ends_early(self.calendar(1, as_of)) {
                    until(&name, span.to_on, language)
                } else {
                    name
                }
            }
            Period::Days(..) => span_words(span, language),
        }
    }

    /// The periods offered in the form: the default, the last twelve months one by one, and each year with data.
    #[must_use]
    pub fn offered(as_of: NaiveDate, first_on: Option<NaiveDate>) -> Vec<Period> {
        let mut offered = vec![Period::TwelveMonths];
        let first_year = first_on.map_or(as_of.year(), |day| day.year()).max(as_of.year() - 30);
        offered.extend((first_year..=as_of.year()).rev().map(Period::Year));
        let this_month = NaiveDate::from_ymd_opt(as_of.year(), as_of.month(), 1).unwrap_or(as_of);
        for back in 0..12 {
            if let Some(month) = this_month.checked_sub_months(Months::new(back))
                && first_on.is_none_or(|first| {
                    month
                        .checked_add_months(Months::new(1))
                        .is_some_and(|next| next > first)
                })
            {
                offered.push(Period::Month(month.year(), month.month()));
            }
        }
        offered
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Period::TwelveMonths => out.write_str("12m"),
            Period::Year(year) => write!(out, "{year:04}"),
            Period::Month(year, month) => write!(out, "{year:04}-{month:02}"),
            Period::Days(from_on, to_on) => write!(out, "{from_on}..{to_on}"),
        }
    }
}

/// Years that a retailer can mean; anything else in an address is a slip.
fn in_range(year: i32) -> bool {
    (1900..=2200).contains(&year)
}

fn year_of(text: &str) -> Option<i32> {
    (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
        .filter(|year| in_range(*year))
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Whether a day is the last of its month.
fn ends_month(day: NaiveDate) -> bool {
    day.succ_opt().is_none_or(|next| next.month() != day.month())
}

/// Twelve calendar months when the as-of date ends one, else the year to the day.
fn twelve_months(as_of: NaiveDate) -> Span {
    let next = as_of.succ_opt().unwrap_or(as_of);
    let from_on = if ends_month(as_of) {
        next.checked_sub_months(Months::new(12))
    } else {
        as_of.checked_sub_months(Months::new(12)).and_then(|day| day.succ_opt())
    };
    Span {
        from_on: from_on.unwrap_or(as_of),
        to_on: as_of,
    }
}

fn twelve_months_words(as_of: NaiveDate, language: Language) -> String {
    let say = Say(language);
    if ends_month(as_of) {
        let month = format!("{} {}", month_short(as_of.month(), language), as_of.year());
        say.words_with("filter-12-months-to-end", &[("month", month.into())])
    } else {
        say.words_with("filter-12-months-to-day", &[("day", day_words(as_of, language).into())])
    }
}

fn until(name: &str, day: NaiveDate, language: Language) -> String {
    let day = day_words(day, language);
    Say(language).words_with("filter-until", &[("period", name.into()), ("day", day.into())])
}

/// A span in words: "1 nov. 2025 – 31 oct. 2026".
#[must_use]
pub fn span_words(span: Span, language: Language) -> String {
    format!(
        "{} – {}",
        day_words(span.from_on, language),
        day_words(span.to_on, language)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
    }

    fn span(period: &str, as_of: &str) -> (String, String) {
        let span = Period::parse(period).unwrap().span(day(as_of));
        (span.from_on.to_string(), span.to_on.to_string())
    }

    #[test]
    fn twelve_months_are_calendar_months_at_a_month_end_and_a_year_to_the_day_elsewhere() {
        assert_eq!(span("12m", "2026-10-31"), ("2025-11-01".into(), "2026-10-31".into()));
        assert_eq!(span("", "2026-10-15"), ("2025-10-16".into(), "2026-10-15".into()));
        assert_eq!(span("12m", "2024-02-29"), ("2023-03-01".into(), "2024-02-29".into()));
        assert_eq!(span("12m", "2025-02-28"), ("2024-03-01".into(), "2025-02-28".into()));
    }

    #[test]
    fn a_period_that_the_data_do_not_cover_whole_ends_with_the_data() {
        assert_eq!(span("2026", "2026-10-31"), ("2026-01-01".into(), "2026-10-31".into()));
        assert_eq!(
            span("2026-10", "2026-10-20"),
            ("2026-10-01".into(), "2026-10-20".into())
        );
        assert_eq!(span("2030", "2026-10-31"), ("2030-01-01".into(), "2030-12-31".into()));
    }

    #[test]
    fn last_year_falls_on_the_same_week_days() {
        let now = Span {
            from_on: day("2025-11-01"),
            to_on: day("2026-10-31"),
        };
        assert_eq!(now.last_year().from_on.weekday(), now.from_on.weekday());
        assert_eq!(now.last_year().to_on, day("2025-11-01"));
    }

    #[test]
    fn slips_are_not_periods_and_addresses_read_back() {
        for slip in [
            "13m",
            "2026-13",
            "2026-1",
            "26",
            "2026-02-30..2026-03-01",
            "2026-03-01..2026-02-01",
            "0001",
            "é026",
        ] {
            assert_eq!(Period::parse(slip), None, "{slip}");
        }
        for good in ["12m", "2025", "2026-10", "2026-01-15..2026-02-14"] {
            assert_eq!(Period::parse(good).unwrap().to_string(), good);
        }
    }

    #[test]
    fn people_read_periods_in_their_language() {
        let as_of = day("2026-10-31");
        assert_eq!(
            Period::TwelveMonths.words(as_of, Language::French),
            "12 mois à fin oct. 2026"
        );
        assert_eq!(Period::Month(2026, 8).words(as_of, Language::French), "Août 2026");
        assert_eq!(
            Period::Year(2026).words(as_of, Language::English),
            "Year 2026 (to 31\u{a0}Oct 2026)"
        );
    }

    #[test]
    fn the_form_offers_months_and_years_that_have_data_only() {
        let offered = Period::offered(day("1997-06-30"), Some(day("1997-01-01")));
        assert_eq!(offered[..2], [Period::TwelveMonths, Period::Year(1997)]);
        assert_eq!(offered.len(), 2 + 6);
    }
}
