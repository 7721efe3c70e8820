//! The repairs that a mapping may allow. Nothing else is ever repaired, and each repair is counted under its name.

/// A stated repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Repair {
    /// Blanks at both ends are cut.
    Trim,
    /// Non-breaking and thin spaces become spaces.
    PlainSpaces,
    /// Control characters inside a text are dropped.
    DropControlCharacters,
    /// A post code that lost its leading zero gets it back: `1000` becomes `01000`.
    PadPostcode,
    /// A number written with the other decimal mark is taken, when at most two decimals make it unmistakable.
    OtherDecimalMark,
    /// A minus sign behind the number is taken: `12,50-`.
    TrailingMinus,
    /// An amount with more than two decimals is rounded to the cent, halves away from zero.
    RoundToCent,
    /// A five-digit spreadsheet serial number is taken as a day.
    SpreadsheetDate,
    /// `0000-00-00` is no date.
    ZeroDateIsNull,
    /// A value that cannot be read, or is out of its range, is dropped and the row kept.
    UnreadableIsNull,
}

/// Every repair with its name in a mapping.
pub const REPAIRS: [(&str, Repair); 10] = [
    ("trim", Repair::Trim),
    ("plain_spaces", Repair::PlainSpaces),
    ("drop_control_characters", Repair::DropControlCharacters),
    ("pad_postcode", Repair::PadPostcode),
    ("other_decimal_mark", Repair::OtherDecimalMark),
    ("trailing_minus", Repair::TrailingMinus),
    ("round_to_cent", Repair::RoundToCent),
    ("spreadsheet_date", Repair::SpreadsheetDate),
    ("zero_date_is_null", Repair::ZeroDateIsNull),
    ("unreadable_is_null", Repair::UnreadableIsNull),
];

/// Repair of a pair of coordinates given in the wrong order.
pub const SWAPPED_COORDINATES: &str = "swapped_coordinates";
/// Coordinates that are zero, out of range or half missing are dropped; the row is kept.
pub const PLACE_DROPPED: &str = "place_dropped";

impl Repair {
    /// Name in a mapping and in the account.
    pub fn name(self) -> &'static str {
        REPAIRS
            .iter()
            .find(|(_, repair)| *repair == self)
            .map_or("", |(name, _)| name)
    }
}
