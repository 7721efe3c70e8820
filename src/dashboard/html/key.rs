//! The key of a figure: small signs with what they mean.

use crate::page::{KeyEntry, Sign};
use chalandise_chart::Language;
use maud::{Markup, html};

/// The key's line; nothing when a figure needs none.
#[must_use]
pub fn key<'a>(entries: impl Iterator<Item = &'a KeyEntry>, language: Language) -> Markup {
    let mut entries = entries.peekable();
    html! {
        @if entries.peek().is_some() {
            ul.key {
                @for entry in entries { li { (sign(entry.sign)) span { (entry.label.of(language)) } } }
            }
        }
    }
}

fn sign(sign: Sign) -> Markup {
    html! {
        svg.chart width="14" height="12" viewBox="0 0 14 12" aria-hidden="true" focusable="false" {
            @match sign {
                Sign::Measured => { rect.f-accent x="0" y="0" width="12" height="12" {} }
                Sign::LastYear => { rect.f-py x="0" y="0" width="12" height="12" {} }
                Sign::Difference => {
                    rect.f-gain x="0" y="0" width="6" height="12" {}
                    rect.f-loss x="7" y="0" width="6" height="12" {}
                }
                Sign::Mailing => { path.f-ink d="M6 2 11 10H1z" {} }
                Sign::Hatched => {
                    path.s-axis d="M0 6 6 0M0 12 12 0M6 12 12 6" fill="none" stroke-width="1.5" {}
                }
                Sign::Better => { rect.f-gain x="0" y="0" width="12" height="12" opacity="0.5" {} }
                Sign::Worse => { rect.f-loss x="0" y="0" width="12" height="12" opacity="0.5" {} }
                Sign::Stable => { rect.f-py-soft x="0" y="0" width="12" height="12" opacity="0.75" {} }
                Sign::Gain => { rect.f-gain x="0" y="0" width="12" height="12" {} }
                Sign::Loss => { rect.f-loss x="0" y="0" width="12" height="12" {} }
                Sign::Tick => { rect.f-ink x="5" y="0" width="2" height="12" {} }
            }
        }
    }
}
