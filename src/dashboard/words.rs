//! Values in words. The words of the program are in the catalogue of `chalandise_locale`.

use super::day::day_words;
use chalandise_chart::Language;
use chalandise_chart::format::{self, Style};
use chalandise_serving::Cell;

pub use chalandise_locale::{Argument, Say};

/// The name of a sales channel.
#[must_use]
pub fn channel_name(channel: &str, language: Language) -> &str {
    let say = Say(language);
    match channel {
        "store" => say.word("term-channel-store"),
        "web" => say.word("term-channel-web"),
        "post" => say.word("term-channel-post"),
        "phone" => say.word("term-channel-phone"),
        other => other,
    }
}

/// What stands where a value is missing.
pub const NOTHING: &str = "–";

/// A value in words, in a style; text passes unchanged.
#[must_use]
pub fn show(cell: &Cell, style: Style, language: Language, currency: &str) -> String {
    match cell {
        Cell::Null => NOTHING.to_owned(),
        Cell::Text(text) => text.to_string(),
        Cell::Date(day) => format::date(*day, style, language),
        Cell::Instant(instant) => day_words(instant.date_naive(), language),
        Cell::Bool(true) => Say(language).word("term-yes").to_owned(),
        Cell::Bool(false) => Say(language).word("term-no").to_owned(),
        Cell::Int(_) | Cell::Float(_) | Cell::Decimal { .. } => cell.as_f64().map_or_else(
            || NOTHING.to_owned(),
            |value| format::number(value, style, language, currency),
        ),
    }
}

/// The text with a capital at its start.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
