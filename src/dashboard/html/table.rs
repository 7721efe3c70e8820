//! A figure's table: the same numbers, exact, in the page.

use crate::kinds::style_of;
use crate::page::{Figure, Page, TableHead};
use crate::view::View;
use crate::words::{NOTHING, show};
use chalandise_chart::format::Style;
use chalandise_serving::{Cell, Table};
use maud::{Markup, html};

/// A table with its caption. A figure's page shows all rows; in a page the first `rows` are shown.
#[must_use]
pub fn table(view: &View<'_>, page: &Page, figure: &Figure, data: &Table, caption: &str, rows: usize) -> Markup {
    let heads = heads(view, figure, data);
    html! {
        div.scroll role="region" tabindex="0" aria-label=(caption) {
            table {
                caption.vh { (caption) }
                thead { tr { @for head in &heads { th scope="col" class=[head.number.then_some("n")] { (head.label) } } } }
                tbody {
                    @for row in 0..data.len().min(rows) {
                        tr { @for (index, head) in heads.iter().enumerate() { (cell(view, page, data, row, head, index == 0)) } }
                    }
                }
            }
        }
    }
}

struct Head {
    column: String,
    label: String,
    style: Style,
    list: Option<String>,
    number: bool,
}

fn heads(view: &View<'_>, figure: &Figure, data: &Table) -> Vec<Head> {
    let is_number = |column: &str| {
        data.column(column)
            .and_then(|cells| cells.iter().find(|cell| **cell != Cell::Null))
            .is_some_and(|cell| cell.as_f64().is_some())
    };
    let declared = figure.table.iter().map(
        |TableHead {
             column,
             label,
             style,
             list,
         }| Head {
            column: column.clone(),
            label: label.of(view.language).to_owned(),
            style: *style,
            list: list.clone(),
            number: list.is_none() && is_number(column),
        },
    );
    if !figure.table.is_empty() {
        return declared.collect();
    }
    let query = view.data.library().get(&figure.query);
    let unit = |column: &str| {
        query
            .and_then(|query| query.column(column))
            .map_or("", |column| column.unit.as_str())
    };
    data.columns()
        .iter()
        .map(|column| Head {
            column: column.name.clone(),
            label: column.name.clone(),
            style: style_of(unit(&column.name)),
            list: None,
            number: is_number(&column.name),
        })
        .collect()
}

fn cell(view: &View<'_>, page: &Page, data: &Table, row: usize, head: &Head, first: bool) -> Markup {
    let value = data.cell(row, &head.column);
    let words = head
        .list
        .as_ref()
        .and_then(|list| page.lists.get(list))
        .and_then(|list| list.get(value.exact().as_str()));
    let text = match (value, words) {
        (_, Some(words)) => words.of(view.language).to_owned(),
        (Cell::Null, None) => NOTHING.to_owned(),
        (value, None) => show(value, head.style, view.language, view.data.currency()),
    };
    let class = match value {
        Cell::Date(_) => Some("w"),
        _ => head.number.then_some("n"),
    };
    html! {
        @if first { th scope="row" class=[class] { (text) } } @else { td class=[class] { (text) } }
    }
}
