//! Short texts that users type: names, notes, ids.

/// Most characters of a name or an id.
pub(super) const LONGEST_NAME: usize = 120;
/// Most characters of a note.
pub(super) const LONGEST_NOTE: usize = 4_000;

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextFault {
    /// Nothing but spaces.
    #[error("it is empty; give at least one letter or digit")]
    Empty,
    /// More characters than fit.
    #[error("it has {length} characters; give at most {most}")]
    TooLong {
        /// Characters of the text.
        length: usize,
        /// Most that fit.
        most: usize,
    },
    /// A character that is not printed, or that turns the order of the others: two names would look the same.
    #[error("it has the invisible character U+{:04X}; take it out", u32::from(*.character))]
    Invisible {
        /// The first such character.
        character: char,
    },
}

/// A name as it is kept: without spaces round it.
///
/// # Errors
/// [`TextFault`] when it is empty, longer than [`LONGEST_NAME`], or has invisible characters.
pub(super) fn name(text: &str) -> Result<&str, TextFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextFault::Empty);
    }
    fits(text, LONGEST_NAME, |_| false)?;
    Ok(text)
}

/// A note as it is kept: lines end as on Unix (forms send both characters), without spaces round it. It may be empty.
///
/// # Errors
/// [`TextFault`] when it is longer than [`LONGEST_NOTE`], or has invisible characters.
pub(super) fn note(text: &str) -> Result<String, TextFault> {
    let text = text.replace("\r\n", "\n").trim().to_owned();
    fits(&text, LONGEST_NOTE, |character| matches!(character, '\n' | '\t'))?;
    Ok(text)
}

fn fits(text: &str, most: usize, allowed: impl Fn(char) -> bool) -> Result<(), TextFault> {
    if let Some(character) = text.chars().find(|c| is_invisible(*c) && !allowed(*c)) {
        return Err(TextFault::Invisible { character });
    }
    match text.chars().count() {
        length if length > most => Err(TextFault::TooLong { length, most }),
        _ => Ok(()),
    }
}

/// Control characters, separators of lines, marks that turn the writing direction, and spaces of no width. The joiners
/// U+200C and U+200D stay: some languages and emoji are written with them.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// What two names have in common that a reader would take for the same one: case and spaces aside.
pub(super) fn key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A text for a message: at most 60 characters, invisible ones written out.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text
        .chars()
        .take(MOST)
        .map(|c| {
            if is_invisible(c) {
                c.escape_unicode().to_string()
            } else {
                c.to_string()
            }
        })
        .collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("  Loire\u{a0}Sud "), Ok("Loire\u{a0}Sud"));
        assert_eq!(name(" \t"), Err(TextFault::Empty));
        assert_eq!(name(&"é".repeat(120)).map(str::len), Ok(240));
        assert_eq!(
            name(&"é".repeat(121)),
            Err(TextFault::TooLong { length: 121, most: 120 })
        );
        for character in ['\n', '\0', '\u{202e}', '\u{feff}', '\u{85}', '\u{200b}'] {
            assert_eq!(name(&format!("a{character}b")), Err(TextFault::Invisible { character }));
        }
    }

    #[test]
    fn notes_keep_their_lines() {
        assert_eq!(note("one\r\ntwo\tthree \r\n").as_deref(), Ok("one\ntwo\tthree"));
        assert_eq!(note("").as_deref(), Ok(""));
        assert!(note(&"a".repeat(4_001)).is_err());
        assert!(note("a\u{1b}[31m").is_err());
    }

    #[test]
    fn names_that_read_alike_have_one_key() {
        assert_eq!(key("Loire  SUD"), key("loire\u{a0}sud"));
        assert_eq!(key("ÉVRY"), key("évry"));
        assert_ne!(key("Evry"), key("Évry"));
    }

    #[test]
    fn messages_show_no_invisible_characters() {
        assert_eq!(shown("a\u{202e}\nb"), "a\\u{202e}\\u{a}b");
        assert_eq!(shown(&"x".repeat(61)), format!("{}…", "x".repeat(60)));
    }
}
