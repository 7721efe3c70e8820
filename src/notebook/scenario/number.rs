//! Numbers as addresses spell them, and the steps to which they are kept.

/// Longest spelling that is read: more digits than any step keeps.
const LONGEST: usize = 40;

/// Reads plain digits with at most one point and a sign: no exponent, no comma, no word such as `inf`.
pub(super) fn read(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') && text.len() <= LONGEST;
    plain.then(|| text.parse().ok()).flatten()
}

/// The nearest multiple of `1 / steps`: the double nearest to that decimal, so that its shortest spelling is the decimal.
pub(super) fn rounded(value: f64, steps: f64) -> f64 {
    // Zero is added to have no negative zero.
    (value * steps).round() / steps + 0.0
}

/// A fraction as percent, to a ten thousandth.
pub(super) fn percent(fraction: f64) -> f64 {
    rounded(fraction * 100.0, 1e4)
}

/// Percent as a fraction, to a millionth.
pub(super) fn fraction(percent: f64) -> f64 {
    // Rounded as percent first: dividing moves the last digit.
    (percent * 1e4).round() / 1e6 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimals_are_numbers() {
        for (text, value) in [
            ("47.2184", 47.2184),
            (" -1.5536 ", -1.5536),
            ("+2", 2.0),
            ("007", 7.0),
            (".5", 0.5),
        ] {
            assert_eq!(read(text), Some(value), "{text}");
        }
        let long = "1".repeat(41);
        for text in [
            "", " ", ".", "-", "1e3", "inf", "NaN", "47,2", "1.2.3", "0x10", "--1", "1 000", "٣", &long,
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn rounding_is_exact_and_done_once() {
        assert_eq!(rounded(47.123_456_789, 1e6).to_string(), "47.123457");
        assert_eq!(rounded(-0.000_000_1, 1e6).to_string(), "0");
        for tenth in 0..=10_000_u32 {
            let percent_given = f64::from(tenth) / 100.0;
            let kept = fraction(percent_given);
            assert_eq!(percent(kept), percent_given);
            assert_eq!(rounded(kept, 1e6), kept);
        }
        assert_eq!(fraction(51.8), 0.518);
    }
}
