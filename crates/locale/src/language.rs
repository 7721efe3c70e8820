//! The languages that pages speak.

use std::str::FromStr;

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `fr`.
    French,
    /// `en`, with British dates.
    English,
}

impl Language {
    /// All of them, the first being the default.
    pub const ALL: [Language; 2] = [Language::French, Language::English];

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Language::French => "fr",
            Language::English => "en",
        }
    }
}

/// A text that names no language of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language '{0}'; give fr or en")]
pub struct UnknownLanguage(pub String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Language, UnknownLanguage> {
        match code {
            "fr" => Ok(Language::French),
            "en" => Ok(Language::English),
            other => Err(UnknownLanguage(other.to_owned())),
        }
    }
}

/// The same words in both languages, as page files have them.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The words of one language.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::French => &self.fr,
            Language::English => &self.en,
        }
    }
}
