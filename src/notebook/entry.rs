//! An entry of the notebook: what all kinds have, and what a kind brings.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What one kind of entry says, kept as JSON.
pub trait Content: Serialize + DeserializeOwned {
    /// The kind's word in the file and in messages, such as `scenario`: never changed, never used twice.
    const KIND: &'static str;
}

/// Number of an entry in its notebook: short, never given twice, the same after a rename.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub(super) i64);

impl EntryId {
    /// Reads the number as an address spells it: digits only; none when the text is anything else.
    pub fn parse(text: &str) -> Option<EntryId> {
        let digits = !text.is_empty() && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse().ok().map(EntryId)).flatten()
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// An entry to be written.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEntry<C> {
    /// Unique among the entries of its kind, case and spaces aside: 1 to 120 characters.
    pub name: String,
    /// What its author wants to remember: up to 4,000 characters, may be empty.
    pub note: String,
    /// What it says.
    pub content: C,
}

/// An entry as it stands in the notebook.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<C> {
    /// Its number.
    pub id: EntryId,
    /// Unique among the entries of its kind.
    pub name: String,
    /// What its author wanted to remember.
    pub note: String,
    /// What it says.
    pub content: C,
    /// Lake version whose figures its author saw when saving; none when the lake was empty.
    pub lake_version: Option<u64>,
    /// 1, and one more at every change: whoever replaces an entry names the revision that he started from.
    pub revision: i64,
    /// First saved, to the microsecond.
    pub created_at: DateTime<Utc>,
    /// Last saved, renamed or restored.
    pub updated_at: DateTime<Utc>,
    /// When it went to the trash; none when it is not there.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// An entry that this program cannot read, since the file was edited or damaged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// Its number.
    pub id: EntryId,
    /// Its name.
    pub name: String,
    /// Why, for the log.
    pub reason: String,
}

/// Entries of a kind, the last changed first. One that cannot be read does not hide the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<C> {
    /// Those that can be read.
    pub entries: Vec<Entry<C>>,
    /// Those that cannot.
    pub unreadable: Vec<Unreadable>,
}

impl<C> Default for Listed<C> {
    fn default() -> Self {
        Listed {
            entries: Vec::new(),
            unreadable: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_plain_digits() {
        assert_eq!(EntryId::parse("12"), Some(EntryId(12)));
        assert_eq!(EntryId(12).to_string(), "12");
        for text in ["", "0", "012", "-1", "+1", "1.0", " 1", "9223372036854775808", "١"] {
            assert_eq!(EntryId::parse(text), None, "{text}");
        }
    }
}
