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
    let title = say.word("frame-definitions");
    let main = html! {
        div.head {
            p.over { (say.labelled(say.word("term-lake-version"), &data.version().number.to_string())) }
            h1 { (say.word("catalogue-title")) }
            p.lede { (say.word("catalogue-about")) }
        }
        (definitions(say))
        h2.part { (say.word("catalogue-tables")) }
        @for table in chalandise_model::contract().tables().iter().filter(|table| data.reader().sees(table)) { (canonical(say, table, data)) }
        h2.part { (say.word("catalogue-queries")) }
        (queries(frame, data))
        h2.part { (say.word("catalogue-functions")) }
        (functions(say))
    };
    page_frame(frame, title, &main)
}

/// The terms that every page uses in one sense.
fn definitions(say: Say) -> Markup {
    let terms = [
        (say.word("term-net-revenue"), say.word("catalogue-net-revenue-means")),
        (say.word("term-orders"), say.word("catalogue-orders-mean")),
        (say.word("catalogue-last-year"), say.word("catalogue-last-year-means")),
        (
            say.word("catalogue-like-for-like"),
            say.word("catalogue-like-for-like-means"),
        ),
        (
            say.word("catalogue-active-customer"),
            say.word("catalogue-active-customer-means"),
        ),
        (
            say.word("catalogue-new-customer"),
            say.word("catalogue-new-customer-means"),
        ),
        (say.word("catalogue-as-of-date"), say.word("catalogue-as-of-date-means")),
        (
            say.word("catalogue-small-cells"),
            say.word("catalogue-small-cells-mean"),
        ),
    ];
    html! {
        h2.part { (say.word("catalogue-terms")) }
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
                    Some(rows) => { (say.words_with("catalogue-rows", &[("count", rows.into())])) }
                    None => { (say.word("catalogue-no-rows")) }
                } }
            }
            div.scroll role="region" tabindex="0" aria-label=(table.name) {
                table {
                    thead { tr {
                        th scope="col" { (say.word("catalogue-column")) }
                        th scope="col" { (say.word("catalogue-type")) }
                        th scope="col" { (say.word("catalogue-unit")) }
                        th scope="col" { (say.word("catalogue-meaning")) }
                    } }
                    tbody { @for column in data.reader().columns(table) {
                        tr {
                            th scope="row" { code { (column.name) } }
                            td {
                                @let kind = column.kind.name();
                                @if column.required { (kind) } @else { (say.words_with("catalogue-may-be-missing", &[("type", kind.into())])) }
                            }
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
        div.scroll role="region" tabindex="0" aria-label=(say.word("catalogue-queries")) {
            table {
                thead { tr {
                    th scope="col" { (say.word("catalogue-query")) }
                    th scope="col" { (say.word("catalogue-meaning")) }
                    th scope="col" { (say.word("catalogue-columns-and-units")) }
                } }
                tbody { @for query in data.library().iter() { (row(query)) } }
            }
        }
    }
}

fn functions(say: Say) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label=(say.word("catalogue-functions")) {
            table {
                thead { tr {
                    th scope="col" { (say.word("catalogue-function")) }
                    th scope="col" { (say.word("catalogue-meaning")) }
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
