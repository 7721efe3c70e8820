//! One spelling for French contact data.
//!
//! Sources write the same person in many ways: accents lost to capitals, street types abbreviated, the zero of a telephone eaten
//! by a spreadsheet. These functions bring a text to one spelling without guessing: where a text is not what it should be, the
//! result is `None`, never a half-truth. They do not decide whether two records are one person.

mod address;
mod contact;
mod name;

pub use address::{city, postcode, street};
pub use contact::{Phone, email, phone};
pub use name::{FullName, NameOrder, full_name, name};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Capitals without accents; everything but letters and digits becomes one space; no space at the ends.
///
/// ```
/// use chalandise_analytics::customers::record_linkage::normalise::plain;
/// assert_eq!(plain(" L’Haÿ-les-Roses "), "L HAY LES ROSES");
/// assert_eq!(plain("Œuvre d'Ærø"), "OEUVRE D AERO");
/// ```
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|letter| push(&mut out, letter));
    } else {
        text.nfd()
            .filter(|&letter| !is_combining_mark(letter))
            .for_each(|letter| push(&mut out, letter));
    }
    while out.ends_with(' ') {
        out.pop();
    }
    out
}

fn push(out: &mut String, letter: char) {
    match letter {
        'a'..='z' => out.push(letter.to_ascii_uppercase()),
        'A'..='Z' | '0'..='9' => out.push(letter),
        'œ' | 'Œ' => out.push_str("OE"),
        'æ' | 'Æ' => out.push_str("AE"),
        'ß' => out.push_str("SS"),
        'ø' | 'Ø' => out.push('O'),
        'ł' | 'Ł' => out.push('L'),
        'đ' | 'Đ' | 'ð' | 'Ð' => out.push('D'),
        other if other.is_alphanumeric() => out.extend(other.to_uppercase()),
        _ if out.is_empty() || out.ends_with(' ') => {}
        _ => out.push(' '),
    }
}
