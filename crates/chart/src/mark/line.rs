//! Lines: one per series, broken where values are missing, in the notation of each stretch, named at their end.

use super::{Context, stroke_color};
use crate::element::{Align, Element, Layer as Part, Shape, Stroke, Text};
use crate::layer::{Layer, Notation};
use crate::place::LineEnd;
use crate::plan::Plan;
use crate::spec::{ColorChannel, Place};
use crate::text::Weight;
use crate::theme::Color;

/// More lines than this cannot be told apart; the others are drawn grey and without a name.
const NAMED_MAX: usize = 7;

/// The rows of each series, in the order of their first rows.
pub(super) fn series(layer: &Layer<'_>) -> Vec<Vec<usize>> {
    let Some(column) = layer
        .mark
        .series
        .as_deref()
        .and_then(|name| layer.frame.column(name))
    else {
        return vec![layer.rows()];
    };
    let mut found: Vec<(Option<&str>, Vec<usize>)> = vec![];
    for row in layer.rows() {
        let name = column.text(row);
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(row),
            None => found.push((name, vec![row])),
        }
    }
    found.into_iter().map(|(_, rows)| rows).collect()
}

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let layer = &context.layer;
    let all = series(layer);
    // Surplus lines first, so that named ones lie over them.
    for (nth, rows) in all
        .iter()
        .enumerate()
        .skip(NAMED_MAX)
        .chain(all.iter().enumerate().take(NAMED_MAX))
    {
        let surplus = nth >= NAMED_MAX;
        for stretch in stretches(context, rows) {
            draw(context, plan, &stretch, surplus);
        }
        let end = layer
            .mark
            .text
            .as_ref()
            .is_none_or(|label| label.place.is_none_or(|place| place == Place::End));
        if end && !surplus {
            name(context, plan, rows);
        }
    }
    if layer
        .mark
        .text
        .as_ref()
        .is_some_and(|label| matches!(label.place, Some(Place::Above | Place::Below)))
    {
        context.labels(plan, 2.0, Place::Above, Weight::Bold);
    }
}

/// A stretch of points in one notation.
struct Stretch {
    first_row: usize,
    points: Vec<(f64, f64)>,
}

/// Cuts a series at missing values and where its notation changes; a new notation starts at the last point of the old one.
fn stretches(context: &Context<'_>, rows: &[usize]) -> Vec<Stretch> {
    let (layer, area) = (&context.layer, context.area);
    let mut out: Vec<Stretch> = vec![];
    let mut last: Option<(Notation, (f64, f64))> = None;
    for row in rows {
        let point = layer
            .place(&area.shared, *row, false)
            .zip(context.own(*row))
            .map(|(at, own)| area.at(at, own));
        let Some(point) = point else {
            last = None;
            continue;
        };
        let notation = layer.notation(*row);
        match (last, out.last_mut()) {
            (Some((before, _)), Some(stretch)) if before == notation => stretch.points.push(point),
            (Some((_, before)), _) => out.push(Stretch {
                first_row: *row,
                points: vec![before, point],
            }),
            (None, _) => out.push(Stretch {
                first_row: *row,
                points: vec![point],
            }),
        }
        last = Some((notation, point));
    }
    out
}

fn draw(context: &Context<'_>, plan: &mut Plan, stretch: &Stretch, surplus: bool) {
    let (layer, row) = (&context.layer, stretch.first_row);
    let (width_px, dash) = match layer.notation(row) {
        Notation::Measured => (2.25, None),
        Notation::LastYear => (1.5, None),
        Notation::Predicted => (2.0, Some("5 3")),
        Notation::Simulated => (2.0, Some("1.5 2.5")),
    };
    let color = if surplus {
        Color::PySoft
    } else {
        series_color(layer, row)
    };
    let width_px = if surplus {
        1.0
    } else {
        layer.mark.stroke_px.unwrap_or(width_px)
    };
    let title = layer.scene.tooltip(layer.mark, layer.frame, row);
    let shape = match stretch.points.len() {
        // A lone point between two gaps would be no line at all.
        1 => Element::new(
            stretch.points.clone(),
            Shape::Circle {
                radius_px: width_px,
            },
            Part::Mark(None),
        )
        .fill(crate::element::Fill::Solid(color)),
        _ => Element::new(stretch.points.clone(), Shape::Line, Part::Mark(None)).stroke(Stroke {
            color,
            width_px,
            dash,
        }),
    };
    plan.data(context.panel, context.area, shape.title(title));
}

/// Several series take category colours unless the mark says otherwise.
fn series_color(layer: &Layer<'_>, row: usize) -> Color {
    match (&layer.mark.series, &layer.mark.color) {
        (Some(series), None) if layer.notation(row) != Notation::LastYear => {
            let column = layer.frame.column(series);
            let nth = super::line::series(layer).iter().position(|rows| {
                rows.first().is_some_and(|first| {
                    column.and_then(|c| c.text(*first)) == column.and_then(|c| c.text(row))
                })
            });
            nth.and_then(|nth| Color::CATEGORIES.get(nth))
                .copied()
                .unwrap_or(Color::Py)
        }
        _ => stroke_color(layer, row),
    }
}

/// The name beside the last point.
fn name(context: &Context<'_>, plan: &mut Plan, rows: &[usize]) {
    let (layer, area) = (&context.layer, context.area);
    let Some(label) = &layer.mark.text else {
        return;
    };
    let Some(row) = rows.iter().rev().copied().find(|row| {
        context.own(*row).is_some() && layer.place(&area.shared, *row, false).is_some()
    }) else {
        return;
    };
    let (Some(at), Some(own)) = (layer.place(&area.shared, row, false), context.own(row)) else {
        return;
    };
    let Some(words) = layer.scene.label(label, layer.frame, row) else {
        return;
    };
    let end = area.px(area.at(at, own));
    let color = match (&label.color, &layer.mark.color) {
        (Some(color), _) => layer.color_of(color, row),
        // The channels' colours are too light for text on white; position and ink tell enough.
        (None, Some(ColorChannel::SalesChannel(_) | ColorChannel::Category(_))) => Color::Ink,
        (None, None) if layer.mark.series.is_some() => Color::Ink,
        (None, _) if layer.notation(row) == Notation::LastYear => Color::Muted,
        (None, _) => stroke_color(layer, row),
    };
    let room = context.within.right - area.plot.right - 8.0;
    let weight = label.weight.unwrap_or(Weight::Regular);
    let (text, _) = crate::plan::fitted(&words, room, weight, color, Align::Start);
    if !text.text.is_empty() {
        plan.line_end(LineEnd {
            text: Text {
                halo: false,
                ..text
            },
            at: end,
            panel: context.panel,
        });
    }
}
