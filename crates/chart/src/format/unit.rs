//! The one unit that a chart's money is written in, so that its labels are short and comparable.

use super::digits::{NO_BREAK, plain};
use super::{Language, Style};

/// A power of a thousand: one, thousand, million or (French) milliard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit(u8);

impl Unit {
    /// Plain units.
    pub const ONE: Unit = Unit(0);
    /// 1,000.
    pub const THOUSAND: Unit = Unit(1);
    /// 1,000,000.
    pub const MILLION: Unit = Unit(2);
    /// 1,000,000,000.
    pub const BILLION: Unit = Unit(3);

    /// The unit in which the largest value of a chart has one to four digits before the decimal point.
    ///
    /// ```
    /// use chalandise_chart::format::Unit;
    /// assert_eq!(Unit::of(60.6e6), Unit::MILLION);
    /// assert_eq!(Unit::of(4_100.0), Unit::ONE);
    /// ```
    pub fn of(largest: f64) -> Unit {
        match largest.abs() {
            size if size >= 10e9 => Unit::BILLION,
            size if size >= 10e6 => Unit::MILLION,
            size if size >= 10e3 => Unit::THOUSAND,
            _ => Unit::ONE,
        }
    }

    /// What a value is divided by.
    pub fn factor(self) -> f64 {
        [1.0, 1e3, 1e6, 1e9][usize::from(self.0.min(3))]
    }

    /// The letter before the currency.
    pub fn prefix(self, language: Language) -> &'static str {
        match (self, language) {
            (Unit::THOUSAND, Language::French) => "k",
            (Unit::THOUSAND, Language::English) => "K",
            (Unit::MILLION, _) => "M",
            (Unit::BILLION, Language::French) => "Md",
            (Unit::BILLION, Language::English) => "B",
            _ => "",
        }
    }

    /// The unit as a title writes it: `M €` or `€M`.
    pub fn label(self, language: Language, currency: &str) -> String {
        let symbol = symbol(currency);
        match (self.prefix(language), language) {
            ("", _) => symbol.to_owned(),
            (prefix, Language::French) => format!("{prefix}{NO_BREAK}{symbol}"),
            (prefix, Language::English) if symbol == currency => {
                format!("{symbol}{NO_BREAK}{prefix}")
            }
            (prefix, Language::English) => format!("{symbol}{prefix}"),
        }
    }

    /// A value in this unit, without its name: one decimal, none for plain units.
    pub fn number(self, value: f64, style: Style, language: Language) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        let places = u8::from(self != Unit::ONE);
        plain(value / self.factor(), places, language, style == Style::SignedMoneyUnit)
    }
}

/// The sign of the currencies that readers here know by sign; others keep their code.
fn symbol(currency: &str) -> &str {
    match currency {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        other => other,
    }
}

/// What stands before and behind the digits of an amount.
pub(super) fn money_parts(unit: Unit, language: Language, currency: &str) -> (String, String) {
    let symbol = symbol(currency);
    let prefix = unit.prefix(language);
    match language {
        Language::French if prefix.is_empty() => (String::new(), format!("{NO_BREAK}{symbol}")),
        Language::French => (String::new(), format!("{NO_BREAK}{prefix}{NO_BREAK}{symbol}")),
        Language::English if symbol == currency => (format!("{symbol}{NO_BREAK}"), prefix.to_owned()),
        Language::English => (symbol.to_owned(), prefix.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_has_one_unit_in_either_language() {
        let unit = Unit::of(60.6e6);
        assert_eq!(unit.number(6_040_000.0, Style::MoneyUnit, Language::French), "6,0");
        assert_eq!(unit.label(Language::French, "EUR"), "M\u{a0}€");
        assert_eq!(unit.label(Language::English, "EUR"), "€M");
        assert_eq!(unit.label(Language::English, "CHF"), "CHF\u{a0}M");
        assert_eq!(Unit::ONE.label(Language::French, "EUR"), "€");
    }
}
