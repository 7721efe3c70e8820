//! Plain statements in place of what cannot be shown.

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
    html! {
        p.lacks {
            (say.one(
                if tables.len() == 1 { "Cette partie demande une table que le lac n’a pas encore\u{a0}: " } else { "Cette partie demande des tables que le lac n’a pas encore\u{a0}: " },
                if tables.len() == 1 { "This part needs a table that the lake does not have yet: " } else { "This part needs tables that the lake does not have yet: " },
            ))
            @for (index, table) in tables.iter().enumerate() {
                @if index > 0 { ", " }
                code { (table) }
            }
            ". "
            @if tables.iter().all(|name| contract().table(name).is_some_and(|table| table.built)) {
                (say.one("Calculez-la avec ", "Compute it with ")) code { "chalandise build" } "."
            } @else {
                (say.one("Importez-les avec ", "Import them with ")) code { "chalandise import" } "."
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
    let say = view.say();
    html! {
        p.follows role="status" {
            (say.one(
                "Les modèles de cette page suivent\u{a0}: leur calcul dure une minute ou deux, rechargez ensuite la page. Si rien ne calcule, lancez ",
                "The models of this page are to follow: they take a minute or two, then reload the page. If nothing is at work, run ",
            ))
            code { "chalandise build" } "."
        }
    }
}

/// Above a page whose models are older than what has been imported since.
#[must_use]
pub fn models_are_older(view: &View<'_>) -> Markup {
    let Some(dated) = view.older() else {
        return html! {};
    };
    let (say, of) = (view.say(), day_words(dated.as_of, view.language));
    let today = day_words(view.reach.as_of, view.language);
    html! {
        p.follows role="status" {
            (say.one(
                "Les modèles de cette page datent d’avant le dernier import\u{a0}: leurs chiffres s’arrêtent au ",
                "The models of this page are older than the last import: their figures stop at ",
            ))
            (of) " (" (say.one("lac", "lake")) " v" (dated.lake_version) ")"
            (say.one("\u{a0}; les ventes vont jusqu’au ", "; sales go up to ")) (today) ". "
            (say.one("Pour les mettre à jour\u{a0}: ", "To bring them up to date, run ")) code { "chalandise build" } "."
        }
    }
}

/// The sentence in place of a figure without a row.
#[must_use]
pub fn empty(say: Say) -> Markup {
    html! { p.lacks { (say.one("Aucune donnée pour ces filtres.", "No data for these filters.")) } }
}

/// The sentence in place of a figure whose query failed; why is in the log.
#[must_use]
pub fn failed(say: Say) -> Markup {
    html! {
        p.lacks role="alert" { (say.one(
            "Cette partie n’a pas pu être calculée. Le journal du serveur dit pourquoi.",
            "This part could not be computed. The server’s log says why.",
        )) }
    }
}
