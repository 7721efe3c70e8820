//! Exact decimal numbers as exports write them: decimal mark, thousands, sign. No float in between.

/// The dialect of a number.
#[derive(Clone, Debug)]
pub struct NumberStyle {
    /// Decimal mark, `.` or `,`.
    pub decimal_mark: char,
    /// Characters that may part groups of three digits.
    pub thousands: Vec<char>,
}

/// An exact decimal number: `digits / 10^decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    /// All digits, with sign.
    pub digits: i128,
    /// How many of them stand after the mark.
    pub decimals: u32,
}

/// Why a text is not a number of the style.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotANumber {
    /// It would be one with the other decimal mark, and cannot be anything else.
    OtherMark(Exact),
    /// It is one with the minus sign behind.
    TrailingMinus(Exact),
    /// It has more digits than any amount.
    TooLong,
    /// It is something else.
    Text,
}

/// More digits than this are no amount and no count.
const MAX_DIGITS: usize = 30;

impl NumberStyle {
    /// Reads a number written in this style.
    ///
    /// # Errors
    /// What the text is instead; [`NotANumber::OtherMark`] and [`NotANumber::TrailingMinus`] carry the number that a stated
    /// repair would take.
    pub fn read(&self, text: &str) -> Result<Exact, NotANumber> {
        let first = self.read_plain(text);
        if first != Err(NotANumber::Text) {
            return first;
        }
        if let Some(body) = text.strip_suffix('-')
            && !body.starts_with(['-', '+'])
            && let Ok(exact) = self.read_plain(body)
        {
            return Err(NotANumber::TrailingMinus(Exact {
                digits: -exact.digits,
                ..exact
            }));
        }
        let other = NumberStyle {
            decimal_mark: if self.decimal_mark == ',' { '.' } else { ',' },
            thousands: Vec::new(),
        };
        match other.read_plain(text) {
            // Three digits behind the mark could be thousands: "1.234" stays unread.
            Ok(exact) if (1..=2).contains(&exact.decimals) => Err(NotANumber::OtherMark(exact)),
            _ => Err(NotANumber::Text),
        }
    }

    fn read_plain(&self, text: &str) -> Result<Exact, NotANumber> {
        let (negative, body) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let mut state = Digits::default();
        for character in body.chars() {
            match character {
                '0'..='9' => state.digit(character)?,
                mark if mark == self.decimal_mark => state.mark()?,
                mark if self.thousands.contains(&mark) => state.group()?,
                _ => return Err(NotANumber::Text),
            }
        }
        state.finish(negative)
    }
}

/// The digits read so far.
#[derive(Default)]
struct Digits {
    value: i128,
    count: usize,
    decimals: u32,
    after_mark: bool,
    grouped: bool,
    in_group: usize,
}

impl Digits {
    fn digit(&mut self, character: char) -> Result<(), NotANumber> {
        self.count += 1;
        if self.count > MAX_DIGITS {
            return Err(NotANumber::TooLong);
        }
        self.value = self.value * 10 + i128::from(character as u8 - b'0');
        if self.after_mark {
            self.decimals += 1;
        } else {
            self.in_group += 1;
        }
        Ok(())
    }

    fn mark(&mut self) -> Result<(), NotANumber> {
        if self.after_mark || (self.grouped && self.in_group != 3) {
            return Err(NotANumber::Text);
        }
        self.after_mark = true;
        Ok(())
    }

    fn group(&mut self) -> Result<(), NotANumber> {
        let fits = match self.grouped {
            true => self.in_group == 3,
            false => (1..=3).contains(&self.in_group),
        };
        if self.after_mark || !fits {
            return Err(NotANumber::Text);
        }
        self.grouped = true;
        self.in_group = 0;
        Ok(())
    }

    fn finish(self, negative: bool) -> Result<Exact, NotANumber> {
        let short_group = self.grouped && !self.after_mark && self.in_group != 3;
        if self.count == 0 || short_group {
            return Err(NotANumber::Text);
        }
        Ok(Exact {
            digits: if negative { -self.value } else { self.value },
            decimals: self.decimals,
        })
    }
}

impl Exact {
    /// The number in units of `10^-scale`, and whether digits had to be rounded away (halves away from zero).
    pub fn at_scale(self, scale: u32) -> (i128, bool) {
        if self.decimals <= scale {
            return (self.digits * 10_i128.pow(scale - self.decimals), false);
        }
        let divisor = 10_i128.pow(self.decimals - scale);
        let (quotient, remainder) = (self.digits / divisor, self.digits % divisor);
        let away = if remainder.abs() * 2 >= divisor {
            self.digits.signum()
        } else {
            0
        };
        (quotient + away, remainder != 0)
    }

    /// The nearest float; for coordinates, areas and rates only.
    pub fn to_f64(self) -> f64 {
        // Through text, so that 48.8566 is the float that a programmer would write.
        let scale = i32::try_from(self.decimals).unwrap_or(0);
        format!("{}e-{scale}", self.digits).parse().unwrap_or(f64::NAN)
    }

    /// The whole number, when nothing stands after the mark but zeros.
    pub fn to_i64(self) -> Option<i64> {
        let (whole, rounded) = self.at_scale(0);
        if rounded { None } else { i64::try_from(whole).ok() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn french() -> NumberStyle {
        NumberStyle {
            decimal_mark: ',',
            thousands: vec![' ', '\u{a0}', '\u{202f}'],
        }
    }

    fn exact(digits: i128, decimals: u32) -> Exact {
        Exact { digits, decimals }
    }

    #[test]
    fn french_numbers() {
        for (text, digits, decimals) in [
            ("12", 12, 0),
            ("12,5", 125, 1),
            ("-0,99", -99, 2),
            ("+3,00", 300, 2),
            ("1 234,56", 123_456, 2),
            ("1\u{202f}234\u{a0}567", 1_234_567, 0),
            ("0,000001", 1, 6),
        ] {
            assert_eq!(french().read(text), Ok(exact(digits, decimals)), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_number() {
        for text in [
            "", "-", "abc", "1 23,4", "12 34", "1,2,3", "1e5", "NaN", "inf", "12,5 €", "1.234", "--1", "1 ", ",",
        ] {
            assert_eq!(french().read(text), Err(NotANumber::Text), "{text}");
        }
        assert_eq!(french().read("12.50"), Err(NotANumber::OtherMark(exact(1250, 2))));
        assert_eq!(french().read("12,50-"), Err(NotANumber::TrailingMinus(exact(-1250, 2))));
        assert_eq!(french().read(&"9".repeat(31)), Err(NotANumber::TooLong));
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        assert_eq!(exact(12_345, 3).at_scale(2), (1235, true));
        assert_eq!(exact(-12_345, 3).at_scale(2), (-1235, true));
        assert_eq!(exact(12_344, 3).at_scale(2), (1234, true));
        assert_eq!(exact(12_340, 3).at_scale(2), (1234, false));
        assert_eq!(exact(12, 0).at_scale(2), (1200, false));
        assert_eq!(exact(488_566, 4).to_f64(), 48.8566);
        assert_eq!(exact(1_000_000, 6).to_i64(), Some(1));
        assert_eq!(exact(15, 1).to_i64(), None);
    }
}
