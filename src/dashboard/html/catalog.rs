//! The catalogue: every table, query, function, column, unit and definition, from the same lists the program uses.

use super::frame::{Frame, page_frame};
use crate::words::Say;
use chalandise_lake::contract::Table;
use chalandise_query::Query;
use chalandise_serving::Data;
use maud::{Markup, html};

/// The whole catalogue.
#[must_use]
pub fn catalog(frame: &Frame<'_>, data: &Data) -> Markup {
    let say = Say(frame.language);
    let title = say.one("Définitions", "Definitions");
    let main = html! {
        div.head {
            p.over { (say.labelled(say.one("Version du lac", "Lake version"), &data.version().number.to_string())) }
            h1 { (say.one("Tables, requêtes et fonctions", "Tables, queries and functions")) }
            p.lede { (say.one(
                "Chaque nombre d’une page vient d’une requête, chaque requête de ces tables. Les textes techniques sont en anglais.",
                "Every number on a page comes from a query, every query from these tables.",
            )) }
        }
        (definitions(say))
        h2.part { "Tables" }
        @for table in chalandise_model::contract().tables().iter().filter(|table| data.reader().sees(table)) { (canonical(say, table, data)) }
        h2.part { (say.one("Requêtes", "Queries")) }
        (queries(frame, data))
        h2.part { (say.one("Fonctions", "Functions")) }
        (functions(say))
    };
    page_frame(frame, title, &main)
}

/// The terms that every page uses in one sense.
fn definitions(say: Say) -> Markup {
    let terms = [
        (
            say.one("Chiffre d’affaires net", "Net revenue"),
            say.one(
                "Ce que le client a payé, sans TVA ni port, après remises et avant remboursement. Un remboursement est une ligne négative à son propre jour.",
                "What the customer paid, without VAT and shipping, after discounts and before any refund. A refund is a negative row of its own day.",
            ),
        ),
        (
            say.one("Commandes", "Orders"),
            say.one("Les lignes de nature « order » seulement ; un remboursement n’est pas une commande.", "Rows of kind order only; a refund is no order."),
        ),
        (
            say.one("An passé", "Last year"),
            say.one("Les mêmes jours de semaine, 364 jours plus tôt.", "The same week days, 364 days earlier."),
        ),
        (
            say.one("À périmètre constant", "Like for like"),
            say.one("Les magasins ouverts pendant les deux périodes.", "Stores open in both periods."),
        ),
        (
            say.one("Client actif", "Active customer"),
            say.one("A commandé dans les 12 mois avant la date des données.", "Ordered in the 12 months to the as-of date."),
        ),
        (
            say.one("Nouveau client", "New customer"),
            say.one("Acquis dans la période (acquired_on).", "Acquired in the period (acquired_on)."),
        ),
        (
            say.one("Date des données", "As-of date"),
            say.one(
                "Le plus ancien des derniers jours que livrent les sources de commandes : une source en retard ne se lit pas comme une baisse.",
                "The earliest of the last days that the order sources deliver: a late source is not read as a fall.",
            ),
        ),
        (
            say.one("Petites cellules", "Small cells"),
            say.one(
                "Une cellule de moins de 11 clients est hachurée et ne porte aucun chiffre, ni en bulle, ni en table, ni en fichier.",
                "A cell of fewer than 11 customers is hatched and carries no figure, in tooltip, table and file alike.",
            ),
        ),
    ];
    html! {
        h2.part { (say.one("Termes", "Terms")) }
        dl.terms { @for (term, meaning) in terms { div { dt { (term) } dd { (meaning) } } } }
    }
}

fn canonical(say: Say, table: &'static Table, data: &Data) -> Markup {
    let rows = data.version().tables.get(table.name).map(|table| table.rows);
    html! {
        details.entry id=(format!("table-{}", table.name)) {
            summary {
                code { (table.name) } " " span.doc { (table.row) } " "
                span.rows { @match rows {
                    Some(rows) => { (rows) " " (say.one("lignes", "rows")) }
                    None => { (say.one("absente de ce lac", "not in this lake")) }
                } }
            }
            div.scroll role="region" tabindex="0" aria-label=(table.name) {
                table {
                    thead { tr {
                        th scope="col" { (say.one("Colonne", "Column")) }
                        th scope="col" { (say.one("Type", "Type")) }
                        th scope="col" { (say.one("Unité", "Unit")) }
                        th scope="col" { (say.one("Sens", "Meaning")) }
                    } }
                    tbody { @for column in data.reader().columns(table) {
                        tr {
                            th scope="row" { code { (column.name) } }
                            td { (column.kind.name()) @if !column.required { (say.one(", peut manquer", ", may be missing")) } }
                            td { (column.unit) }
                            td {
                                (column.doc)
                                @if !column.allowed.is_empty() { " (" (column.allowed.join(", ")) ")" }
                            }
                        }
                    } }
                }
            }
        }
    }
}

fn queries(frame: &Frame<'_>, data: &Data) -> Markup {
    let say = Say(frame.language);
    let row = |query: &Query| {
        html! {
            tr {
                th scope="row" { a href=(format!("/sql/{}", query.name)) { (query.name) } }
                td { (query.summary()) }
                td { @for (index, column) in query.columns.iter().enumerate() {
                    @if index > 0 { ", " } code { (column.name) } " (" (column.unit) ")"
                } }
            }
        }
    };
    html! {
        div.scroll role="region" tabindex="0" aria-label=(say.one("Requêtes", "Queries")) {
            table {
                thead { tr {
                    th scope="col" { (say.one("Requête", "Query")) }
                    th scope="col" { (say.one("Sens", "Meaning")) }
                    th scope="col" { (say.one("Colonnes (unité)", "Columns (unit)")) }
                } }
                tbody { @for query in data.library().iter() { (row(query)) } }
            }
        }
    }
}

fn functions(say: Say) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label=(say.one("Fonctions", "Functions")) {
            table {
                thead { tr {
                    th scope="col" { (say.one("Fonction", "Function")) }
                    th scope="col" { (say.one("Sens", "Meaning")) }
                } }
                tbody { @for function in &chalandise_lake::functions::all() {
                    tr {
                        th scope="row" { code { (function.documentation().map_or(function.name(), |doc| doc.syntax_example.as_str())) } }
                        td { (function.documentation().map_or("", |doc| doc.description.as_str())) }
                    }
                } @for function in &chalandise_lake::functions::tables() {
                    tr {
                        th scope="row" { code { (function.syntax) } }
                        td { (function.description) " " code { (function.example) } }
                    }
                } }
            }
        }
    }
}
