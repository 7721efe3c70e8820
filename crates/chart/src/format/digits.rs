//! Digits: a number without unit as a language groups and separates it, which all numbers and amounts are written with.

use std::str::FromStr;

use fixed_decimal::{Decimal, SignedRoundingMode, UnsignedRoundingMode};
use icu_decimal::DecimalFormatter;
use icu_decimal::options::{DecimalFormatterOptions, GroupingStrategy};
use icu_locale_core::{Locale, locale};

use super::Language;

/// Space between a number and its unit.
pub(super) const NO_BREAK: char = '\u{a0}';
pub(super) const MINUS: char = '\u{2212}';
/// What stands for a value that is no number.
pub(super) const NONE: &str = "–";

thread_local! {
    /// One formatter per language and thread: they are cheap to use, not to make.
    static FORMATTERS: [Option<DecimalFormatter>; 2] = [formatter(locale!("fr")), formatter(locale!("en"))];
}

fn formatter(locale: Locale) -> Option<DecimalFormatter> {
    let mut options = DecimalFormatterOptions::default();
    options.grouping_strategy = Some(GroupingStrategy::Always);
    DecimalFormatter::try_new(locale.into(), options).ok()
}

/// A number without unit: rounded half away from zero on its shortest decimal form, so that 0.125 is 0,13.
pub(super) fn plain(value: f64, places: u8, language: Language, signed: bool) -> String {
    let Ok(mut decimal) = Decimal::from_str(&format!("{}", value.abs())) else {
        return NONE.to_owned();
    };
    let places = i16::from(places);
    decimal.round_with_mode(-places, SignedRoundingMode::Unsigned(UnsignedRoundingMode::HalfExpand));
    decimal.absolute.trim_end();
    decimal.absolute.pad_end(-places);
    let digits = FORMATTERS.with(|formatters| match &formatters[language as usize] {
        Some(formatter) => formatter.format(&decimal).to_string(),
        None => decimal.to_string(),
    });
    let zero = decimal.absolute.is_zero();
    match (value < 0.0 && !zero, signed && !zero) {
        (true, _) => format!("{MINUS}{digits}"),
        (false, true) => format!("+{digits}"),
        (false, false) => digits,
    }
}
