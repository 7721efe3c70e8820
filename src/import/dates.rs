//! Days and times in the formats that a mapping states, parsed byte by byte.
//!
//! A format is written with `%Y %y %m %d %H %M %S` and literal characters. Every part has its full width: `1/3/2024` is not
//! `%d/%m/%Y`, since accepting it would let `1/13/2024` pass for a typing error rather than for another order of day and month.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// A date format of a mapping, ready to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFormat {
    text: String,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Year4,
    Year2,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    Literal(u8),
}

/// What a text is, read as a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A day, and a time of day when the format has one.
    Moment(NaiveDateTime),
    /// The text has the format's shape but names no day: 31 February.
    Impossible,
    /// The text has another shape.
    OtherShape,
}

impl DateFormat {
    /// Reads a format such as `%d/%m/%Y`.
    ///
    /// # Errors
    /// A sentence saying what is wrong, when a code is not known or year, month or day is missing.
    pub fn parse(text: &str) -> Result<DateFormat, String> {
        let mut parts = Vec::new();
        let mut bytes = text.bytes();
        while let Some(byte) = bytes.next() {
            if byte != b'%' {
                parts.push(Part::Literal(byte));
                continue;
            }
            parts.push(match bytes.next() {
                Some(b'Y') => Part::Year4,
                Some(b'y') => Part::Year2,
                Some(b'm') => Part::Month,
                Some(b'd') => Part::Day,
                Some(b'H') => Part::Hour,
                Some(b'M') => Part::Minute,
                Some(b'S') => Part::Second,
                _ => return Err("it may hold %Y %y %m %d %H %M %S only".to_owned()),
            });
        }
        let has = |wanted: &[Part]| parts.iter().any(|part| wanted.contains(part));
        if has(&[Part::Year4, Part::Year2]) && has(&[Part::Month]) && has(&[Part::Day]) {
            Ok(DateFormat {
                text: text.to_owned(),
                parts,
            })
        } else {
            Err("it must name year, month and day".to_owned())
        }
    }

    /// The format as written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads a text by this format.
    pub fn read(&self, text: &str) -> Reading {
        let (mut year, mut month, mut day) = (0_u32, 0_u32, 0_u32);
        let (mut hour, mut minute, mut second) = (0_u32, 0_u32, 0_u32);
        let mut rest = text.as_bytes();
        for part in &self.parts {
            let (width, target) = match part {
                Part::Year4 => (4, &mut year),
                Part::Year2 => (2, &mut year),
                Part::Month => (2, &mut month),
                Part::Day => (2, &mut day),
                Part::Hour => (2, &mut hour),
                Part::Minute => (2, &mut minute),
                Part::Second => (2, &mut second),
                Part::Literal(byte) => match rest.split_first() {
                    Some((first, tail)) if first == byte => {
                        rest = tail;
                        continue;
                    }
                    _ => return Reading::OtherShape,
                },
            };
            match digits(rest, width) {
                Some(value) => *target = value,
                None => return Reading::OtherShape,
            }
            if *part == Part::Year2 {
                // The pivot of POSIX: 69 to 99 are of the last century.
                year += if year >= 69 { 1900 } else { 2000 };
            }
            rest = &rest[width..];
        }
        if !rest.is_empty() {
            return Reading::OtherShape;
        }
        let date = i32::try_from(year)
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
        match (date, NaiveTime::from_hms_opt(hour, minute, second)) {
            (Some(date), Some(time)) => Reading::Moment(date.and_time(time)),
            _ => Reading::Impossible,
        }
    }
}

fn digits(bytes: &[u8], width: usize) -> Option<u32> {
    let field = bytes.get(..width)?;
    field.iter().try_fold(0_u32, |sum, byte| {
        byte.is_ascii_digit().then(|| sum * 10 + u32::from(byte - b'0'))
    })
}

/// Reads a text by the first format whose shape it has.
pub fn read_any(formats: &[DateFormat], text: &str) -> Reading {
    let mut result = Reading::OtherShape;
    for format in formats {
        match format.read(text) {
            Reading::Moment(moment) => return Reading::Moment(moment),
            Reading::Impossible => result = Reading::Impossible,
            Reading::OtherShape => {}
        }
    }
    result
}

/// The day of a spreadsheet's serial number (days since 30 December 1899), for days from 1954 to 2064.
///
/// The range keeps a year, an amount or `yyyymmdd` from passing for a day.
pub fn from_spreadsheet_serial(text: &str) -> Option<NaiveDate> {
    if text.len() != 5 {
        return None;
    }
    let serial = digits(text.as_bytes(), 5)?;
    if !(20_000..=60_000).contains(&serial) {
        return None;
    }
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(chrono::Days::new(u64::from(serial)))
}

/// Whether a text is the "no date" of MySQL: zeros where a date would stand, with or without a time.
pub fn is_zero_date(text: &str) -> bool {
    !text.is_empty()
        && text.contains('0')
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0' | b'-' | b'/' | b':' | b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> Reading {
        NaiveDate::from_ymd_opt(year, month, day)
            .and_then(|date| date.and_hms_opt(0, 0, 0))
            .map_or(Reading::OtherShape, Reading::Moment)
    }

    #[test]
    fn four_formats_are_read() {
        for (format, text) in [
            ("%d/%m/%Y", "07/03/2024"),
            ("%Y-%m-%d", "2024-03-07"),
            ("%Y%m%d", "20240307"),
            ("%d%m%y", "070324"),
        ] {
            let format = DateFormat::parse(format).expect("a format");
            assert_eq!(format.read(text), day(2024, 3, 7));
        }
        let format = DateFormat::parse("%Y-%m-%d %H:%M:%S").expect("a format");
        assert_eq!(
            format.read("2024-03-07 09:05:59"),
            Reading::Moment(
                NaiveDate::from_ymd_opt(2024, 3, 7)
                    .and_then(|date| date.and_hms_opt(9, 5, 59))
                    .expect("a moment")
            )
        );
    }

    #[test]
    fn impossible_days_are_told_from_other_shapes() {
        let format = DateFormat::parse("%d/%m/%Y").expect("a format");
        assert_eq!(format.read("31/02/2024"), Reading::Impossible);
        assert_eq!(format.read("02/13/2024"), Reading::Impossible);
        for text in [
            "2024-03-07",
            "7/3/2024",
            "07/03/24",
            "07/03/2024 10:00",
            "",
            "é7/03/2024",
        ] {
            assert_eq!(format.read(text), Reading::OtherShape, "{text}");
        }
    }

    #[test]
    fn formats_must_name_a_day() {
        assert!(DateFormat::parse("%Y-%m").is_err());
        assert!(DateFormat::parse("%d/%b/%Y").is_err());
    }

    #[test]
    fn spreadsheet_serials_and_zero_dates() {
        assert_eq!(from_spreadsheet_serial("45358"), NaiveDate::from_ymd_opt(2024, 3, 7));
        assert_eq!(from_spreadsheet_serial("2024"), None);
        assert_eq!(from_spreadsheet_serial("99999"), None);
        assert!(is_zero_date("0000-00-00 00:00:00") && is_zero_date("00/00/0000"));
        assert!(!is_zero_date("") && !is_zero_date("2024-00-00") && !is_zero_date("-"));
    }
}
