//! The fixed words of the pages, in French and English side by side where they are used.

use super::day::day_words;
use chalandise_chart::Language;
use chalandise_chart::format::{self, Style};
use chalandise_serving::Cell;

/// Chooses between two wordings.
#[derive(Debug, Clone, Copy)]
pub struct Say(pub Language);

impl Say {
    /// The French or the English wording.
    #[must_use]
    pub fn one<'a>(self, french: &'a str, english: &'a str) -> &'a str {
        match self.0 {
            Language::French => french,
            Language::English => english,
        }
    }

    /// A label followed by its colon, spaced as the language does.
    #[must_use]
    pub fn labelled(self, label: &str, value: &str) -> String {
        match self.0 {
            Language::French => format!("{label}\u{a0}: {value}"),
            Language::English => format!("{label}: {value}"),
        }
    }
}

/// The name of a sales channel.
#[must_use]
pub fn channel_name(channel: &str, language: Language) -> &str {
    let say = Say(language);
    match channel {
        "store" => say.one("Magasin", "Store"),
        "web" => "Web",
        "post" => say.one("Courrier", "Post"),
        "phone" => say.one("Téléphone", "Phone"),
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
        Cell::Bool(value) => Say(language)
            .one(if *value { "oui" } else { "non" }, if *value { "yes" } else { "no" })
            .to_owned(),
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
