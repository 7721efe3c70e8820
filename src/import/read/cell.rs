//! One field of one row: from text to a typed value, by the mapping's rules.

use std::borrow::Cow;

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use crate::dates::{self, DateFormat, Reading};
use crate::mapping::{ColumnKind, Dialect, Repair, SourceColumn};
use crate::numbers::{Exact, NotANumber, NumberStyle};

/// An amount beyond this (ten million, in millionths) is a slip of the pen unless the mapping says otherwise.
const ABSURD_MILLIONTHS: i128 = 10_000_000 * 1_000_000;
/// Days before this year are slips of the pen: `0204` for `2024`.
const FIRST_YEAR: i32 = 1900;

/// A typed value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// Text.
    Text(String),
    /// Whole number.
    Integer(i64),
    /// Amount in cents.
    Cents(i128),
    /// Exact number in millionths.
    Millionths(i128),
    /// Floating-point number.
    Number(f64),
    /// Day.
    Day(NaiveDate),
    /// Local date and time.
    Moment(NaiveDateTime),
    /// True or false.
    Flag(bool),
}

/// Why a field cannot be taken; never with the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Class of the value: "text where money is expected".
    pub class: String,
    /// Why it cannot be taken.
    pub reason: String,
}

impl Bad {
    fn new(class: impl Into<String>, reason: impl Into<String>) -> Bad {
        Bad {
            class: class.into(),
            reason: reason.into(),
        }
    }
}

/// The repairs applied to one row; each is counted once a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepairSet(u32);

impl RepairSet {
    /// Notes a repair.
    pub fn add(&mut self, repair: Repair) {
        self.0 |= 1 << (repair as u32);
    }

    /// Whether a repair was applied.
    pub fn has(self, repair: Repair) -> bool {
        self.0 & (1 << (repair as u32)) != 0
    }

    /// Whether none was.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// Reads the fields of one column.
#[derive(Clone, Debug)]
pub struct ColumnReader<'m> {
    column: &'m SourceColumn,
    nulls: &'m [String],
    numbers: NumberStyle,
    dates: &'m [DateFormat],
    not_after: Option<NaiveDate>,
    /// Bounds in millionths, for money and exact numbers.
    exact_min: Option<i128>,
    exact_max: Option<i128>,
}

impl<'m> ColumnReader<'m> {
    /// A reader of a column; `not_after` is the last plausible day.
    pub fn new(column: &'m SourceColumn, dialect: &'m Dialect, not_after: Option<NaiveDate>) -> ColumnReader<'m> {
        ColumnReader {
            column,
            nulls: &dialect.nulls,
            numbers: NumberStyle {
                decimal_mark: dialect.decimal_mark,
                thousands: dialect.thousands.clone(),
            },
            dates: if column.dates.is_empty() {
                &dialect.dates
            } else {
                &column.dates
            },
            not_after: not_after.filter(|_| !column.may_be_future),
            exact_min: column.min.map(millionths),
            exact_max: column.max.map(millionths),
        }
    }

    /// The column read.
    pub fn column(&self) -> &'m SourceColumn {
        self.column
    }

    fn allows(&self, repair: Repair) -> bool {
        self.column.repairs.contains(&repair)
    }

    /// Reads a field's text.
    ///
    /// # Errors
    /// [`Bad`] with the class of the value and the reason.
    pub fn read(&self, text: &str, used: &mut RepairSet) -> Result<Cell, Bad> {
        let mut repairs = *used;
        let cleaned = self.clean(text, &mut repairs);
        if cleaned.is_empty() || self.nulls.iter().any(|null| null == cleaned.as_ref()) {
            *used = repairs;
            return self.null();
        }
        let result = self.typed(&cleaned, &mut repairs).and_then(|cell| self.in_range(cell));
        self.settle(result, repairs, used)
    }

    /// Takes a value that a typed source (Parquet) gives, under the same rules.
    ///
    /// # Errors
    /// [`Bad`] with the class of the value and the reason.
    pub fn take(&self, cell: Cell, used: &mut RepairSet) -> Result<Cell, Bad> {
        match cell {
            Cell::Null => self.null(),
            Cell::Text(text) => self.read(&text, used),
            other => self.settle(self.in_range(other), *used, used),
        }
    }

    fn settle(&self, result: Result<Cell, Bad>, repairs: RepairSet, used: &mut RepairSet) -> Result<Cell, Bad> {
        match result {
            Ok(cell) => {
                *used = repairs;
                Ok(cell)
            }
            Err(_) if self.allows(Repair::UnreadableIsNull) => {
                used.add(Repair::UnreadableIsNull);
                self.null()
            }
            Err(bad) => Err(bad),
        }
    }

    fn null(&self) -> Result<Cell, Bad> {
        if self.column.required {
            Err(Bad::new("no value", "a value is required"))
        } else {
            Ok(Cell::Null)
        }
    }

    fn clean<'t>(&self, text: &'t str, used: &mut RepairSet) -> Cow<'t, str> {
        let mut cleaned = Cow::Borrowed(text);
        if !text.is_ascii() && self.allows(Repair::PlainSpaces) && text.contains(is_odd_space) {
            cleaned = Cow::Owned(cleaned.replace(is_odd_space, " "));
            used.add(Repair::PlainSpaces);
        }
        if self.allows(Repair::DropControlCharacters) && cleaned.contains(is_control) {
            cleaned = Cow::Owned(cleaned.replace(is_control, ""));
            used.add(Repair::DropControlCharacters);
        }
        if self.allows(Repair::Trim) {
            let trimmed = cleaned.trim();
            if trimmed.len() != cleaned.len() {
                used.add(Repair::Trim);
                cleaned = Cow::Owned(trimmed.to_owned());
            }
        }
        cleaned
    }

    fn typed(&self, text: &str, used: &mut RepairSet) -> Result<Cell, Bad> {
        let text = if self.column.values.is_empty() {
            text
        } else {
            self.column.values.get(text).ok_or_else(|| {
                Bad::new(
                    "a code that is not in the mapping",
                    "the code has no meaning here; add it to `values` of the mapping",
                )
            })?
        };
        match self.column.kind {
            ColumnKind::Text => self.text(text, used),
            ColumnKind::Integer => self.integer(text, used),
            ColumnKind::Money => self.money(text, used),
            ColumnKind::Decimal => self.decimal(text, used),
            ColumnKind::Number => Ok(Cell::Number(self.exact(text, used)?.to_f64())),
            ColumnKind::Date => self
                .moment(text, used)?
                .map_or_else(|| self.null(), |moment| Ok(Cell::Day(moment.date()))),
            ColumnKind::Timestamp => self
                .moment(text, used)?
                .map_or_else(|| self.null(), |moment| Ok(Cell::Moment(moment))),
            ColumnKind::Boolean => flag(text),
        }
    }

    fn text(&self, text: &str, used: &mut RepairSet) -> Result<Cell, Bad> {
        if text.contains(is_control) {
            return Err(Bad::new(
                "text with control characters",
                "control characters stand in the text",
            ));
        }
        if self.allows(Repair::PadPostcode) && text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            used.add(Repair::PadPostcode);
            return Ok(Cell::Text(format!("0{text}")));
        }
        let allowed = &self.column.allowed;
        if !allowed.is_empty() && !allowed.iter().any(|it| it == text) {
            return Err(Bad::new(
                "a word that is not allowed",
                format!("only these are allowed: {}", allowed.join(", ")),
            ));
        }
        Ok(Cell::Text(text.to_owned()))
    }

    fn exact(&self, text: &str, used: &mut RepairSet) -> Result<Exact, Bad> {
        let expected = self.expected();
        match self.numbers.read(text) {
            Ok(exact) => Ok(exact),
            Err(NotANumber::OtherMark(exact)) if self.allows(Repair::OtherDecimalMark) => {
                used.add(Repair::OtherDecimalMark);
                Ok(exact)
            }
            Err(NotANumber::TrailingMinus(exact)) if self.allows(Repair::TrailingMinus) => {
                used.add(Repair::TrailingMinus);
                Ok(exact)
            }
            Err(NotANumber::OtherMark(_)) => {
                let (found, wanted) = match self.numbers.decimal_mark {
                    ',' => ("point", "comma"),
                    _ => ("comma", "point"),
                };
                Err(Bad::new(
                    format!("decimal {found} where a decimal {wanted} is expected"),
                    format!("the mapping says decimal {wanted}"),
                ))
            }
            Err(NotANumber::TrailingMinus(_)) => Err(Bad::new(
                "a minus sign behind the number",
                "the mapping does not allow trailing_minus",
            )),
            Err(NotANumber::TooLong) => Err(Bad::new(
                "a number of more than 30 digits",
                format!("{expected} has fewer digits"),
            )),
            Err(NotANumber::Text) if dates_like(text) => Err(Bad::new(
                format!("a date where {expected} is expected"),
                "the columns may have moved",
            )),
            Err(NotANumber::Text) => Err(Bad::new(
                format!("text where {expected} is expected"),
                "it cannot be read as a number",
            )),
        }
    }

    fn expected(&self) -> &'static str {
        match self.column.kind {
            ColumnKind::Integer => "a whole number",
            ColumnKind::Money => "money",
            _ => "a number",
        }
    }

    fn integer(&self, text: &str, used: &mut RepairSet) -> Result<Cell, Bad> {
        let exact = self.exact(text, used)?;
        exact.to_i64().map(Cell::Integer).ok_or_else(|| {
            Bad::new(
                "a broken number where a whole number is expected",
                "it has decimals or is too large",
            )
        })
    }

    fn money(&self, text: &str, used: &mut RepairSet) -> Result<Cell, Bad> {
        let (cents, rounded) = self.exact(text, used)?.at_scale(2);
        if rounded {
            if !self.allows(Repair::RoundToCent) {
                return Err(Bad::new(
                    "an amount with more than two decimals",
                    "the mapping does not allow round_to_cent",
                ));
            }
            used.add(Repair::RoundToCent);
        }
        Ok(Cell::Cents(cents))
    }

    fn decimal(&self, text: &str, used: &mut RepairSet) -> Result<Cell, Bad> {
        let (millionths, rounded) = self.exact(text, used)?.at_scale(6);
        if rounded {
            return Err(Bad::new(
                "a number with more than six decimals",
                "at most six decimals are kept exactly",
            ));
        }
        Ok(Cell::Millionths(millionths))
    }

    /// A date and time; none for a zero date that may be one.
    fn moment(&self, text: &str, used: &mut RepairSet) -> Result<Option<NaiveDateTime>, Bad> {
        match dates::read_any(self.dates, text) {
            Reading::Moment(moment) => return Ok(Some(moment)),
            _ if dates::is_zero_date(text) => {
                return if self.allows(Repair::ZeroDateIsNull) && !self.column.required {
                    used.add(Repair::ZeroDateIsNull);
                    Ok(None)
                } else {
                    Err(Bad::new("a date of zeros", "it names no day"))
                };
            }
            Reading::Impossible => {
                return Err(Bad::new("an impossible date", "the calendar has no such day"));
            }
            Reading::OtherShape => {}
        }
        if let Some(day) = dates::from_spreadsheet_serial(text) {
            if self.allows(Repair::SpreadsheetDate) {
                used.add(Repair::SpreadsheetDate);
                return Ok(day.and_hms_opt(0, 0, 0));
            }
            return Err(Bad::new(
                "a spreadsheet's serial number where a date is expected",
                "the mapping does not allow spreadsheet_date",
            ));
        }
        let class = if dates_like(text) {
            "a date in another format"
        } else {
            "text where a date is expected"
        };
        let formats: Vec<&str> = self.dates.iter().map(DateFormat::text).collect();
        Err(Bad::new(class, format!("the mapping allows {}", formats.join(", "))))
    }

    fn in_range(&self, cell: Cell) -> Result<Cell, Bad> {
        match &cell {
            Cell::Cents(cents) => self.exact_range(cents * 10_000)?,
            Cell::Millionths(millionths) => self.exact_range(*millionths)?,
            Cell::Integer(number) => self.float_range(*number as f64)?,
            Cell::Number(number) => self.float_range(*number)?,
            Cell::Day(day) => self.day_range(*day)?,
            Cell::Moment(moment) => self.day_range(moment.date())?,
            Cell::Null | Cell::Text(_) | Cell::Flag(_) => {}
        }
        Ok(cell)
    }

    fn exact_range(&self, millionths: i128) -> Result<(), Bad> {
        let bound = ABSURD_MILLIONTHS;
        let (min, max) = (self.exact_min.unwrap_or(-bound), self.exact_max.unwrap_or(bound));
        if millionths > max && self.exact_max.is_none() || millionths < min && self.exact_min.is_none() {
            return Err(Bad::new(
                "an absurd amount",
                "it lies beyond 10 million, the limit where the mapping sets none",
            ));
        }
        if millionths < min && self.exact_min == Some(0) {
            return Err(Bad::new(
                "a negative amount",
                "the mapping does not allow amounts below 0",
            ));
        }
        if millionths < min || millionths > max {
            return Err(Bad::new("an amount out of range", self.range_text()));
        }
        Ok(())
    }

    fn float_range(&self, number: f64) -> Result<(), Bad> {
        let low = self.column.min.is_some_and(|min| number < min);
        let high = self.column.max.is_some_and(|max| number > max);
        if low || high || !number.is_finite() {
            return Err(Bad::new("a number out of range", self.range_text()));
        }
        Ok(())
    }

    fn range_text(&self) -> String {
        match (self.column.min, self.column.max) {
            (Some(min), Some(max)) => format!("the mapping allows {min} to {max}"),
            (Some(min), None) => format!("the mapping allows {min} and more"),
            (None, Some(max)) => format!("the mapping allows {max} and less"),
            (None, None) => "it is not finite".to_owned(),
        }
    }

    fn day_range(&self, day: NaiveDate) -> Result<(), Bad> {
        if day.year() < FIRST_YEAR {
            return Err(Bad::new("a date before 1900", "no export reaches so far back"));
        }
        match self.not_after {
            Some(last) if day > last => Err(Bad::new(
                "a date in the future",
                format!("the last plausible day of this import is {last}"),
            )),
            _ => Ok(()),
        }
    }
}

fn millionths(bound: f64) -> i128 {
    (bound * 1e6).round() as i128
}

fn flag(text: &str) -> Result<Cell, Bad> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "t" | "yes" | "y" | "oui" | "o" => Ok(Cell::Flag(true)),
        "0" | "false" | "f" | "no" | "n" | "non" => Ok(Cell::Flag(false)),
        _ => Err(Bad::new(
            "text where yes or no is expected",
            "allowed are 1, 0, true, false, yes, no, oui, non",
        )),
    }
}

/// Whether a text has the look of some date: digits parted by two equal marks.
fn dates_like(text: &str) -> bool {
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    ['/', '-', '.'].iter().any(|&mark| {
        let parts: Vec<&str> = day.split(mark).collect();
        parts.len() == 3
            && parts
                .iter()
                .all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn is_odd_space(character: char) -> bool {
    matches!(character, '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// Control characters, except the white space that a quoted text may hold.
fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r')
}
