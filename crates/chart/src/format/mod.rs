//! Numbers, money and dates as French and English readers write them (CLDR through ICU4X), with the project's own rules on
//! spaces and signs: U+202F in thousands and before `%`, U+00A0 before units, a real minus, four digits at most.

mod date;
mod digits;
mod number;
pub(crate) mod template;
mod unit;

use std::fmt;
use std::str::FromStr;

pub use chalandise_locale::{Language, Say, Words};
pub use date::date;
pub(crate) use number::count_change;
pub use number::number;
pub use template::Template;
pub use unit::Unit;

/// How a value is written. The examples are French.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `2 604 117`
    Count,
    /// `2 604 k`
    CountShort,
    /// `1 234,56 €`
    Money,
    /// `612,4 M €`
    MoneyShort,
    /// `612,4`: money in the one unit of the chart, which a title names as `{unit}`
    MoneyUnit,
    /// `+18,4`: a difference in that unit
    SignedMoneyUnit,
    /// `+18,4 M €`
    SignedMoneyShort,
    /// `3,1 %` of a ratio 0.031
    Percent,
    /// `+3,1 %`
    SignedPercent,
    /// `+3,1`: percent whose sign stands in the title
    SignedPercentBare,
    /// `3,1`: percent with so many decimals, whose sign stands elsewhere
    PercentBare(u8),
    /// `+1,9 pt` of a difference of ratios 0.019
    SignedPoints,
    /// `+32`
    SignedCount,
    /// A number with so many decimals
    Decimal(u8),
    /// `+0,4` with so many decimals
    SignedDecimal(u8),
    /// `1 nov. 2026`
    Date,
    /// `12 nov.`
    DayMonth,
    /// `nov.`
    Month,
    /// `N`
    MonthInitial,
    /// `nov. 2026`
    MonthYear,
    /// `novembre 2026`
    MonthYearLong,
    /// `T4 2026`
    Quarter,
    /// `2026`
    Year,
    /// As it is; a number with up to two decimals, a day in full
    Text,
}

/// Every style by its name in a page file.
const STYLES: &[(&str, Style)] = &[
    ("count", Style::Count),
    ("count_short", Style::CountShort),
    ("money", Style::Money),
    ("money_short", Style::MoneyShort),
    ("money_unit", Style::MoneyUnit),
    ("signed_money_unit", Style::SignedMoneyUnit),
    ("signed_money_short", Style::SignedMoneyShort),
    ("percent", Style::Percent),
    ("signed_percent", Style::SignedPercent),
    ("signed_percent_bare", Style::SignedPercentBare),
    ("percent_bare", Style::PercentBare(1)),
    ("signed_points", Style::SignedPoints),
    ("signed_count", Style::SignedCount),
    ("decimal", Style::Decimal(1)),
    ("signed_decimal", Style::SignedDecimal(1)),
    ("date", Style::Date),
    ("day_month", Style::DayMonth),
    ("month", Style::Month),
    ("month_initial", Style::MonthInitial),
    ("month_year", Style::MonthYear),
    ("month_year_long", Style::MonthYearLong),
    ("quarter", Style::Quarter),
    ("year", Style::Year),
    ("text", Style::Text),
];

/// A text that names no style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownStyle(pub String);

impl fmt::Display for UnknownStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = STYLES.iter().map(|(name, _)| *name).collect();
        write!(
            f,
            "unknown format '{}'; allowed are {}, and decimal:0 to decimal:6 (signed_decimal and percent_bare likewise)",
            self.0,
            names.join(", ")
        )
    }
}

impl std::error::Error for UnknownStyle {}

impl FromStr for Style {
    type Err = UnknownStyle;

    fn from_str(name: &str) -> Result<Style, UnknownStyle> {
        if let Some((base, digits)) = name.split_once(':') {
            let places = digits.parse::<u8>().ok().filter(|places| *places <= 6);
            return match (base, places) {
                ("decimal", Some(places)) => Ok(Style::Decimal(places)),
                ("signed_decimal", Some(places)) => Ok(Style::SignedDecimal(places)),
                ("percent_bare", Some(places)) => Ok(Style::PercentBare(places)),
                _ => Err(UnknownStyle(name.to_owned())),
            };
        }
        let known = STYLES.iter().find(|(known, _)| *known == name);
        known
            .map(|(_, style)| *style)
            .ok_or_else(|| UnknownStyle(name.to_owned()))
    }
}

impl<'de> serde::Deserialize<'de> for Style {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Style, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_and_languages_are_read_by_name() {
        assert_eq!("money_short".parse(), Ok(Style::MoneyShort));
        assert_eq!("decimal:2".parse(), Ok(Style::Decimal(2)));
        let fault = "monney".parse::<Style>().expect_err("no such style").to_string();
        assert!(fault.starts_with("unknown format 'monney'; allowed are count, count_short,"));
        assert_eq!("fr".parse(), Ok(Language::French));
        assert!("de".parse::<Language>().is_err());
    }
}
