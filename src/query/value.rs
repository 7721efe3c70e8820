//! Kinds of parameters and their values: from the text of a URL to a typed literal.

use std::fmt;

use chrono::NaiveDate;
use datafusion::sql::sqlparser::ast::{CastKind, DataType, ExactNumberInfo, Expr, Value as Literal};

/// Digits of a decimal parameter: `decimal(18,2)`.
const DECIMAL_PRECISION: u64 = 18;
/// Cents of the largest decimal parameter.
const LARGEST_CENTS: i128 = 10_i128.pow(DECIMAL_PRECISION as u32) - 1;

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// UTF-8 text.
    Text,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// 64-bit integer.
    Integer,
    /// `decimal(18,2)`: money.
    Decimal,
    /// 64-bit float: coordinates, rates.
    Number,
    /// `true` or `false`.
    Boolean,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 6] = [
        Kind::Text,
        Kind::Date,
        Kind::Integer,
        Kind::Decimal,
        Kind::Number,
        Kind::Boolean,
    ];

    /// The word for this kind in a header.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Date => "date",
            Kind::Integer => "integer",
            Kind::Decimal => "decimal",
            Kind::Number => "number",
            Kind::Boolean => "boolean",
        }
    }

    /// How a value of this kind is written, for messages.
    pub fn written(self) -> &'static str {
        match self {
            Kind::Text => "any text",
            Kind::Date => "a day as YYYY-MM-DD",
            Kind::Integer => "a whole number",
            Kind::Decimal => "an amount with at most two decimals, with a point: 12.50",
            Kind::Number => "a number, with a point: 48.85",
            Kind::Boolean => "true or false",
        }
    }

    /// The kind that a header's word names.
    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == word)
    }

    /// The value that a text spells in this kind; none when it spells none.
    pub fn value(self, text: &str) -> Option<Value> {
        match self {
            Kind::Text => Some(Value::Text(text.to_owned())),
            Kind::Date => parse_date(text).map(Value::Date),
            Kind::Integer => text.parse().ok().map(Value::Int),
            Kind::Decimal => parse_cents(text).map(Value::Decimal),
            Kind::Number => parse_number(text).map(Value::Float),
            Kind::Boolean => match text {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                _ => None,
            },
        }
    }

    fn sql_type(self) -> DataType {
        match self {
            Kind::Text => DataType::Varchar(None),
            Kind::Date => DataType::Date,
            Kind::Integer => DataType::BigInt(None),
            Kind::Decimal => DataType::Decimal(ExactNumberInfo::PrecisionAndScale(DECIMAL_PRECISION, 2)),
            Kind::Number => DataType::Double(ExactNumberInfo::None),
            Kind::Boolean => DataType::Boolean,
        }
    }

    /// A literal of exactly this kind's type, as a node of a parsed statement. The value sits in the node as a string
    /// and is never scanned as SQL.
    pub(super) fn literal(self, value: &Value) -> Expr {
        let inner = match value {
            Value::Null => Literal::Null,
            value => Literal::SingleQuotedString(value.to_string()),
        };
        Expr::Cast {
            kind: CastKind::Cast,
            expr: Box::new(Expr::Value(inner.into())),
            data_type: self.sql_type(),
            array: false,
            format: None,
        }
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Text.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// An amount, in cents.
    Decimal(i128),
}

/// The text that spells the value, as in a URL; `null` for none.
impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => write!(out, "null"),
            Value::Text(text) => write!(out, "{text}"),
            Value::Date(day) => write!(out, "{day}"),
            Value::Int(number) => write!(out, "{number}"),
            Value::Float(number) => write!(out, "{number}"),
            Value::Bool(truth) => write!(out, "{truth}"),
            Value::Decimal(cents) => {
                let sign = if *cents < 0 { "-" } else { "" };
                let cents = cents.unsigned_abs();
                write!(out, "{sign}{}.{:02}", cents / 100, cents % 100)
            }
        }
    }
}

/// A day in the one form in which URLs carry it; years 1 to 9999, which every date type holds.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let day = shape
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()?;
    (day >= NaiveDate::from_ymd_opt(1, 1, 1)?).then_some(day)
}

fn parse_cents(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "00"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || fraction.len() > 2 {
        return None;
    }
    let cents: i128 = format!("{whole}{fraction:0<2}").parse().ok()?;
    (cents <= LARGEST_CENTS).then_some(if negative { -cents } else { cents })
}

fn parse_number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_back_as_they_are_written() {
        let cases = [
            (Kind::Text, "null"),
            (Kind::Text, "L’Haÿ-les-Roses"),
            (Kind::Date, "2026-02-28"),
            (Kind::Integer, "-11"),
            (Kind::Decimal, "-0.05"),
            (Kind::Decimal, "1234.50"),
            (Kind::Number, "48.85"),
            (Kind::Boolean, "true"),
        ];
        for (kind, text) in cases {
            assert_eq!(kind.value(text).unwrap().to_string(), text);
        }
        assert_eq!(Kind::Decimal.value("7"), Some(Value::Decimal(700)));
        assert_eq!(Kind::Decimal.value("7.5"), Some(Value::Decimal(750)));
    }

    #[test]
    fn what_is_no_value_of_its_kind_is_refused() {
        let cases = [
            (Kind::Date, "2026-02-29"),
            (Kind::Date, "28/02/2026"),
            (Kind::Date, "+2026-02-1"),
            (Kind::Date, "0000-01-01"),
            (Kind::Integer, "1.0"),
            (Kind::Integer, "99999999999999999999"),
            (Kind::Decimal, "1.234"),
            (Kind::Decimal, "1,50"),
            (Kind::Decimal, "99999999999999999.99"),
            (Kind::Decimal, "--1"),
            (Kind::Decimal, "1."),
            (Kind::Number, "NaN"),
            (Kind::Number, "inf"),
            (Kind::Boolean, "1"),
        ];
        for (kind, text) in cases {
            assert_eq!(kind.value(text), None, "{text}");
        }
    }
}
