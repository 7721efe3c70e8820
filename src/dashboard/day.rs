//! A day as running text writes it.

use chalandise_chart::Language;
use chrono::{Datelike, NaiveDate};

/// A short month name as running text writes it.
#[must_use]
pub fn month_short(month: u32, language: Language) -> &'static str {
    const FRENCH: [&str; 12] = [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
    ];
    const ENGLISH: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let names = match language {
        Language::French => FRENCH,
        Language::English => ENGLISH,
    };
    names[(month.clamp(1, 12) - 1) as usize]
}

/// A day in words: "1 nov. 2026", "1 Nov 2026".
#[must_use]
pub fn day_words(day: NaiveDate, language: Language) -> String {
    format!(
        "{}\u{a0}{} {}",
        day.day(),
        month_short(day.month(), language),
        day.year()
    )
}
