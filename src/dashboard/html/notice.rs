//! Plain statements in place of what cannot be shown.

use super::marked;
use crate::day::day_words;
use crate::view::View;
use crate::words::Say;
use chalandise_lake::Operation;
use chalandise_model::contract;
use maud::{Markup, html};

/// What an error page says.
#[derive(Debug, Clone)]
pub struct Notice<'a> {
    /// The short statement, as a heading.
    pub title: &'a str,
    /// What happened and what to do.
    pub text: &'a str,
    /// Addresses to go on with, and their words.
    pub links: &'a [(String, String)],
}

/// The body of an error page.
#[must_use]
pub fn notice(notice: &Notice<'_>) -> Markup {
    html! {
        div.head {
            h1 { (notice.title) }
            p.lede { (notice.text) }
        }
        @for (address, words) in notice.links { p { a href=(address) { (words) } } }
    }
}

/// The sentence in place of a figure whose tables the lake lacks.
#[must_use]
pub fn lacks(say: Say, tables: &[&str]) -> Markup {
    let names = html! {
        @for (index, table) in tables.iter().enumerate() {
            @if index > 0 { ", " }
            code { (table) }
        }
    };
    html! {
        p.lacks {
            (marked(say, "figure-lacks", &[("count", tables.len().into())], &[("tables", names)]))
            " "
            @if tables.iter().all(|name| contract().table(name).is_some_and(|table| table.built)) {
                (marked(say, "figure-compute", &[], &[("command", html! { code { "chalandise build" } })]))
            } @else {
                (marked(say, "figure-import", &[], &[("command", html! { code { "chalandise import" } })]))
            }
        }
    }
}

/// Above a page that lacks what models compute, in a lake whose build goes on after the roll-ups.
#[must_use]
pub fn models_follow(view: &View<'_>) -> Markup {
    let of_figures = view.page.figures.iter().flat_map(|figure| &figure.needs);
    let needs: Vec<String> = view.page.needs.iter().chain(of_figures).cloned().collect();
    if view.data.version().operation.kind != Operation::ROLL_UPS || view.data.missing(&needs).is_empty() {
        return html! {};
    }
    let command = html! { code { "chalandise build" } };
    html! {
        p.follows role="status" { (marked(view.say(), "frame-models-follow", &[], &[("command", command)])) }
    }
}

/// Above a page whose models are older than what has been imported since.
#[must_use]
pub fn models_are_older(view: &View<'_>) -> Markup {
    let Some(dated) = view.older() else {
        return html! {};
    };
    let day = day_words(dated.as_of, view.language);
    let today = day_words(view.reach.as_of, view.language);
    let version = dated.lake_version.to_string();
    let command = html! { code { "chalandise build" } };
    html! {
        p.follows role="status" {
            (marked(
                view.say(),
                "frame-models-older",
                &[("day", day.into()), ("version", version.into()), ("today", today.into())],
                &[("command", command)],
            ))
        }
    }
}

/// The sentence in place of a figure without a row.
#[must_use]
pub fn empty(say: Say) -> Markup {
    html! { p.lacks { (say.word("figure-no-data")) } }
}

/// The sentence in place of a figure whose query failed; why is in the log.
#[must_use]
pub fn failed(say: Say) -> Markup {
    html! {
        p.lacks role="alert" { (say.word("figure-failed")) }
    }
}
