//! Numbers.

use super::digits::{MINUS, NO_BREAK, NONE, plain};
use super::unit::money_parts;
use super::{Language, Style, Unit};

/// Narrow space before `%` in French.
const NARROW: char = '\u{202f}';

/// Writes a number. A ratio 0.031 becomes `3,1 %`; money takes the symbol of `currency` (an ISO 4217 code).
/// A number that is not finite is written as a dash.
///
/// ```
/// use chalandise_chart::format::{number, Language, Style};
/// assert_eq!(number(0.031, Style::SignedPercent, Language::French, "EUR"), "+3,1\u{202f}%");
/// assert_eq!(number(612_400_000.0, Style::MoneyShort, Language::English, "EUR"), "€612.4M");
/// ```
pub fn number(value: f64, style: Style, language: Language, currency: &str) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    match style {
        Style::Count => plain(value, 0, language, false),
        Style::SignedCount => plain(value, 0, language, true),
        Style::Decimal(places) => plain(value, places, language, false),
        Style::SignedDecimal(places) => plain(value, places, language, true),
        Style::CountShort => count_short(value, value, language, false),
        Style::PercentBare(places) => plain(value * 100.0, places, language, false),
        Style::Money => money(value, 2, Unit::ONE, language, currency, false),
        Style::MoneyShort => money_short(value, language, currency, false),
        Style::SignedMoneyShort => money_short(value, language, currency, true),
        Style::MoneyUnit | Style::SignedMoneyUnit => Unit::of(value).number(value, style, language),
        Style::Percent => percent(value, language, false),
        Style::SignedPercent => percent(value, language, true),
        Style::SignedPercentBare => plain(value * 100.0, 1, language, true),
        Style::SignedPoints => format!("{}{NO_BREAK}pt", plain(value * 100.0, 1, language, true)),
        Style::Year => format!("{value:.0}"),
        _ => any(value, language),
    }
}

/// With one or two decimals, or none for a whole number.
fn any(value: f64, language: Language) -> String {
    let places = (0..=2).find(|places| {
        let scale = 10f64.powi(i32::from(*places));
        (value * scale).round() / scale == value
    });
    plain(value, places.unwrap_or(2), language, false)
}

fn percent(ratio: f64, language: Language, signed: bool) -> String {
    let digits = plain(ratio * 100.0, 1, language, signed);
    match language {
        Language::French => format!("{digits}{NARROW}%"),
        Language::English => format!("{digits}%"),
    }
}

/// The change of a count beside the count itself, in the unit and with the decimals of that one: `147 k  −7 k`.
pub(crate) fn count_change(change: f64, count: f64, language: Language) -> String {
    if change.is_finite() {
        count_short(change, count, language, true)
    } else {
        NONE.to_owned()
    }
}

/// In the unit and with the decimals that suit a value `like` it.
fn count_short(value: f64, like: f64, language: Language, signed: bool) -> String {
    let size = like.abs();
    let (unit, places) = match size {
        _ if size < 10e3 => (Unit::ONE, 0),
        _ if size < 100e3 => (Unit::THOUSAND, 1),
        _ if size < 10e6 => (Unit::THOUSAND, 0),
        _ if size < 1e9 => (Unit::MILLION, 1),
        _ => (Unit::BILLION, 2),
    };
    let digits = plain(value / unit.factor(), places, language, signed);
    match (unit.prefix(language), language) {
        ("", _) => digits,
        (prefix, Language::French) => format!("{digits}{NO_BREAK}{prefix}"),
        (prefix, Language::English) => format!("{digits}{prefix}"),
    }
}

fn money_short(value: f64, language: Language, currency: &str, signed: bool) -> String {
    let size = value.abs();
    let (unit, places) = match size {
        _ if size < 1e3 => (Unit::ONE, 2),
        _ if size < 10e3 => (Unit::ONE, 0),
        _ if size < 100e3 => (Unit::THOUSAND, 1),
        _ if size < 1e6 => (Unit::THOUSAND, 0),
        _ if size < 10e6 => (Unit::MILLION, 2),
        _ if size < 1e9 => (Unit::MILLION, 1),
        _ => (Unit::BILLION, 2),
    };
    money(value, places, unit, language, currency, signed)
}

fn money(value: f64, places: u8, unit: Unit, language: Language, currency: &str, signed: bool) -> String {
    let digits = plain(value / unit.factor(), places, language, signed);
    let (before, after) = money_parts(unit, language, currency);
    let sign = digits.chars().next().filter(|c| ['+', MINUS].contains(c));
    match (before.as_str(), sign) {
        ("", _) => format!("{digits}{after}"),
        (symbol, None) => format!("{symbol}{digits}{after}"),
        (symbol, Some(sign)) => format!("{sign}{symbol}{}{after}", &digits[sign.len_utf8()..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fr(value: f64, style: Style) -> String {
        number(value, style, Language::French, "EUR")
    }

    fn en(value: f64, style: Style) -> String {
        number(value, style, Language::English, "EUR")
    }

    #[test]
    fn french_spaces_and_signs() {
        assert_eq!(fr(2_604_117.0, Style::Count), "2\u{202f}604\u{202f}117");
        assert_eq!(fr(1234.56, Style::Money), "1\u{202f}234,56\u{a0}€");
        assert_eq!(fr(-0.013, Style::SignedPercent), "−1,3\u{202f}%");
        assert_eq!(fr(0.019, Style::SignedPoints), "+1,9\u{a0}pt");
        assert_eq!(fr(32.0, Style::SignedCount), "+32");
        assert_eq!(fr(-612.4e6, Style::MoneyShort), "−612,4\u{a0}M\u{a0}€");
    }

    #[test]
    fn a_change_has_the_unit_of_the_count_beside_it() {
        let change = |change, count| count_change(change, count, Language::French);
        assert_eq!(change(-7_000.0, 207_000.0), "−7\u{a0}k");
        assert_eq!(change(14_000.0, 45_000.0), "+14,0\u{a0}k");
        assert_eq!(change(0.0, 12.0), "0");
        assert_eq!(fr(0.183, Style::PercentBare(0)), "18");
    }

    #[test]
    fn english_money_has_its_sign_before_the_symbol() {
        assert_eq!(en(-1234.5, Style::Money), "−€1,234.50");
        assert_eq!(en(18.4e6, Style::SignedMoneyShort), "+€18.4M");
        assert_eq!(number(9.9, Style::Money, Language::English, "CHF"), "CHF\u{a0}9.90");
    }

    #[test]
    fn short_forms_keep_three_or_four_digits() {
        assert_eq!(fr(2_604_117.0, Style::CountShort), "2\u{202f}604\u{a0}k");
        assert_eq!(fr(17_100.0, Style::CountShort), "17,1\u{a0}k");
        assert_eq!(fr(9_999.0, Style::CountShort), "9\u{202f}999");
        assert_eq!(fr(235.18, Style::MoneyShort), "235,18\u{a0}€");
        assert_eq!(fr(1_250_000_000.0, Style::MoneyShort), "1,25\u{a0}Md\u{a0}€");
    }

    #[test]
    fn rounding_is_half_away_from_zero_and_zero_has_no_sign() {
        assert_eq!(fr(0.125, Style::Decimal(2)), "0,13");
        assert_eq!(fr(-0.0004, Style::SignedPercent), "0,0\u{202f}%");
        assert_eq!(fr(0.0, Style::SignedCount), "0");
    }

    #[test]
    fn no_number_is_a_dash_and_extremes_do_not_panic() {
        assert_eq!(fr(f64::NAN, Style::Money), "–");
        assert_eq!(fr(f64::INFINITY, Style::Count), "–");
        assert!(fr(f64::MAX, Style::MoneyShort).len() > 100);
        assert_eq!(fr(f64::MIN_POSITIVE, Style::Decimal(1)), "0,0");
    }
}
