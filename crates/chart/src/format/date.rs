//! Days and months.

use chrono::{Datelike, NaiveDate};
use icu_calendar::{Date, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter as Formatter;
use icu_datetime::fieldsets::{M, MD, YM, YMD};
use icu_locale_core::{Locale, locale};

use super::{Language, Style};

fn locale(language: Language) -> Locale {
    match language {
        Language::French => locale!("fr"),
        // Readers are in Europe: 1 Nov 2026, not Nov 1, 2026.
        Language::English => locale!("en-GB"),
    }
}

/// Writes a day. A style that is not one of days gives the day in full (`1 nov. 2026`).
///
/// ```
/// use chalandise_chart::format::{date, Language, Style};
/// let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 1).expect("a day");
/// assert_eq!(date(day, Style::Date, Language::French), "1 nov. 2026");
/// assert_eq!(date(day, Style::MonthYearLong, Language::English), "November 2026");
/// ```
pub fn date(day: NaiveDate, style: Style, language: Language) -> String {
    match style {
        Style::Year => day.year().to_string(),
        Style::Quarter => {
            let letter = if language == Language::French { 'T' } else { 'Q' };
            format!("{letter}{} {}", day.month0() / 3 + 1, day.year())
        }
        Style::MonthInitial => {
            let month = written(day, Style::Month, language).unwrap_or_default();
            month.chars().take(1).flat_map(char::to_uppercase).collect()
        }
        other => written(day, other, language).unwrap_or_else(|| day.to_string()),
    }
}

/// The day through CLDR; none beyond the calendar's years, which no lake holds.
fn written(day: NaiveDate, style: Style, language: Language) -> Option<String> {
    let date = Date::try_new_gregorian(
        day.year(),
        u8::try_from(day.month()).ok()?,
        u8::try_from(day.day()).ok()?,
    )
    .ok()?;
    let locale = locale(language);
    Some(match style {
        Style::Month => Formatter::<Gregorian, _>::try_new(locale.into(), M::medium())
            .ok()?
            .format(&date)
            .to_string(),
        Style::DayMonth => Formatter::<Gregorian, _>::try_new(locale.into(), MD::medium())
            .ok()?
            .format(&date)
            .to_string(),
        Style::MonthYear => Formatter::<Gregorian, _>::try_new(locale.into(), YM::medium())
            .ok()?
            .format(&date)
            .to_string(),
        Style::MonthYearLong => Formatter::<Gregorian, _>::try_new(locale.into(), YM::long())
            .ok()?
            .format(&date)
            .to_string(),
        _ => Formatter::<Gregorian, _>::try_new(locale.into(), YMD::medium())
            .ok()?
            .format(&date)
            .to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_months_in_both_languages() {
        let day = NaiveDate::from_ymd_opt(2026, 2, 9).expect("a day");
        let all = |language| {
            [
                Style::Date,
                Style::DayMonth,
                Style::Month,
                Style::MonthInitial,
                Style::MonthYear,
                Style::MonthYearLong,
                Style::Quarter,
                Style::Year,
            ]
            .map(|style| date(day, style, language))
        };
        assert_eq!(
            all(Language::French),
            [
                "9 févr. 2026",
                "9 févr.",
                "févr.",
                "F",
                "févr. 2026",
                "février 2026",
                "T1 2026",
                "2026"
            ]
        );
        assert_eq!(
            all(Language::English),
            [
                "9 Feb 2026",
                "9 Feb",
                "Feb",
                "F",
                "Feb 2026",
                "February 2026",
                "Q1 2026",
                "2026"
            ]
        );
    }

    #[test]
    fn a_day_beyond_the_calendar_is_still_written() {
        assert_eq!(
            date(NaiveDate::MAX, Style::Date, Language::French),
            NaiveDate::MAX.to_string()
        );
    }
}
