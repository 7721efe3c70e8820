//! The block of indicators: each value against last year, with its months as a small line.

use super::glued;
use crate::page::{Change, Comparison, Indicator, Indicators, Page};
use crate::view::View;
use crate::words::{NOTHING, show};
use chalandise_chart::format::Style;
use chalandise_serving::{Cell, Table};
use maud::{Markup, html};
use std::fmt::Write;

/// The block; `values` has one row, `months` one row a month.
#[must_use]
pub fn indicators(view: &View<'_>, page: &Page, block: &Indicators, values: &Table, months: Option<&Table>) -> Markup {
    html! {
        section.kpis aria-label=(view.say().word("figure-indicators")) {
            @for (index, item) in block.items.iter().enumerate() {
                (indicator(view, page, item, values, months, index == 0))
            }
        }
    }
}

fn indicator(
    view: &View<'_>,
    page: &Page,
    item: &Indicator,
    values: &Table,
    months: Option<&Table>,
    hero: bool,
) -> Markup {
    let lacks = view.data.missing(&item.needs);
    let say = view.say();
    let row = values.row(0);
    html! {
        div class=(if hero { "kpi hero" } else { "kpi" }) {
            dl {
                dt { (item.label.of(view.language)) }
                @if lacks.is_empty() {
                    dd.v { (glued(&value(view, values.cell(0, &item.column), item.style))) }
                    @if let Some(comparison) = &item.comparison {
                        dd.d {
                            (change(view, item, comparison, values))
                            @if hero { " " (against(view, item, comparison, values)) }
                            @else { span.vh { " " (against(view, item, comparison, values)) } }
                        }
                    }
                    @if let Some(note) = item.note.as_ref().filter(|note| note.known(&row)) { dd.note { (glued(&note.fill(&row, &view.speech(&page.lists)))) } }
                } @else {
                    dd.v.none { (NOTHING) }
                    dd.d { (say.labelled(say.word("figure-needs"), &lacks.join(", "))) }
                }
            }
            @if let (Some(trend), Some(months), true) = (&item.trend, months, lacks.is_empty()) {
                @let now = numbers(months, &trend.column);
                @let before = trend.last_year.as_ref().map(|column| numbers(months, column)).unwrap_or_default();
                (sparkline(&now, &before, if hero { (276.0, 64.0) } else { (96.0, 28.0) }))
            }
        }
    }
}

fn value(view: &View<'_>, cell: &Cell, style: Style) -> String {
    show(cell, style, view.language, view.data.currency())
}

/// The change with its sign; colour only where a rise is good or bad.
fn change(view: &View<'_>, item: &Indicator, comparison: &Comparison, values: &Table) -> Markup {
    let cell = values.cell(0, &comparison.change);
    let style = match comparison.kind {
        Change::Percent => Style::SignedPercent,
        Change::Points => Style::SignedPoints,
    };
    let words = value(view, cell, style);
    // What reads as zero is neither gain nor loss.
    let reads_zero = !words.contains(|letter: char| ('1'..='9').contains(&letter));
    let class = match cell.as_f64() {
        Some(change) if change > 0.0 && !item.neutral && !reads_zero => "up",
        Some(change) if change < 0.0 && !item.neutral && !reads_zero => "down",
        _ => "flat",
    };
    html! {
        @if cell == &Cell::Null {
            span.flat { (view.say().word("figure-no-last-year")) }
        } @else {
            b class=(class) { (words) }
        }
    }
}

fn against(view: &View<'_>, item: &Indicator, comparison: &Comparison, values: &Table) -> String {
    match values.cell(0, &comparison.last_year) {
        Cell::Null => String::new(),
        before => {
            let before = value(view, before, item.style);
            view.say()
                .words_with("figure-against-last-year", &[("value", before.into())])
        }
    }
}

fn numbers(table: &Table, column: &str) -> Vec<Option<f64>> {
    table
        .column(column)
        .unwrap_or_default()
        .iter()
        .map(Cell::as_f64)
        .collect()
}

/// A small line without axes. It repeats what the figures say, so it is hidden from screen readers.
#[must_use]
pub fn sparkline(now: &[Option<f64>], before: &[Option<f64>], (width, height): (f64, f64)) -> Markup {
    let known: Vec<f64> = now.iter().chain(before).flatten().copied().collect();
    let (low, high) = known
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
    if known.len() < 2 || now.len() < 2 {
        return html! {};
    }
    let span = if high > low { high - low } else { 1.0 };
    let edge = 3.0;
    let x = |index: usize| edge + (width - 2.0 * edge) * index as f64 / (now.len() - 1) as f64;
    let y = |value: f64| height - edge - (height - 2.0 * edge) * (value - low) / span;
    let last = now
        .iter()
        .enumerate()
        .rev()
        .find_map(|(index, value)| value.map(|value| (index, value)));
    html! {
        svg.chart.spark viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height) aria-hidden="true" focusable="false" {
            @if before.iter().flatten().count() > 1 { path.s-py d=(path(before, &x, &y)) fill="none" stroke-width="1" {} }
            path.s-accent d=(path(now, &x, &y)) fill="none" stroke-width="1.75" stroke-linejoin="round" {}
            @if let Some((index, value)) = last {
                circle.f-accent cx=(format!("{:.1}", x(index))) cy=(format!("{:.1}", y(value))) r="2.5" {}
            }
        }
    }
}

/// A path through the known values; a missing month breaks it.
fn path(values: &[Option<f64>], x: &impl Fn(usize) -> f64, y: &impl Fn(f64) -> f64) -> String {
    let mut path = String::new();
    let mut pen_up = true;
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen_up = true;
            continue;
        };
        // Writing into a text cannot fail.
        let _ = write!(
            path,
            "{}{:.1} {:.1}",
            if pen_up { 'M' } else { 'L' },
            x(index),
            y(*value)
        );
        pen_up = false;
    }
    path
}
