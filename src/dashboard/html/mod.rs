//! Pages as HTML. Everything works without script; a script may only make it quicker to use.

pub mod catalog;
mod figure;
pub mod filters;
mod frame;
mod indicators;
mod key;
pub mod notice;
mod overview;
mod table;

pub use figure::{ROWS_ON_OWN_PAGE, figure_page, sql_page};
pub use frame::{Frame as PageFrame, page_frame};
pub use indicators::sparkline;
pub use overview::page;

use crate::words::{Argument, Say};
use maud::{Markup, PreEscaped, html};

/// A sentence of the catalogue with markup in some of its places; in the others stand `texts`.
fn marked(
    say: Say,
    key: &'static str,
    texts: &[(&'static str, Argument<'_>)],
    markup: &[(&'static str, Markup)],
) -> Markup {
    // A sign of the private use area holds the place of each while the sentence is put together and escaped.
    let signs: Vec<String> = ('\u{e000}'..).take(markup.len()).map(String::from).collect();
    let places = markup
        .iter()
        .zip(&signs)
        .map(|((name, _), sign)| (*name, Argument::from(sign)));
    let arguments: Vec<(&str, Argument<'_>)> = texts.iter().cloned().chain(places).collect();
    let mut sentence = html! { (say.words_with(key, &arguments)) }.into_string();
    for ((_, markup), sign) in markup.iter().zip(&signs) {
        sentence = sentence.replace(sign, &markup.0);
    }
    PreEscaped(sentence)
}

/// Words in which no amount parts from its sign at a line's end: a browser may break between `−` and `€`, which English writes so.
fn glued(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 8);
    let mut after_sign = false;
    for letter in words.chars() {
        if after_sign && !letter.is_ascii_digit() && !letter.is_whitespace() {
            out.push('\u{2060}');
        }
        after_sign = matches!(letter, '\u{2212}' | '+');
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::glued;

    #[test]
    fn a_sign_stays_with_its_currency() {
        assert_eq!(glued("\u{2212}€277K to +€1K"), "\u{2212}\u{2060}€277K to +\u{2060}€1K");
        assert_eq!(glued("\u{2212}277 k€, +3, 2 + 2"), "\u{2212}277 k€, +3, 2 + 2");
    }
}
