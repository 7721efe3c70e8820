//! Lines: one per series, broken where values are missing, in the notation of each stretch, named at their end.

use super::{Context, stroke_color};
use crate::canvas::element::{Align, Element, Fill, Layer as Part, Quiet, Shape, Stroke, Text};
use crate::canvas::place::LineEnd;
use crate::canvas::plan::Plan;
use crate::scale::Scale;
use crate::scene::layer::{Layer, Notation};
use crate::spec::{ColorChannel, Place};
use crate::text::Weight;
use crate::theme::Color;

/// More lines than this cannot be told apart; the others are drawn grey and without a name.
const NAMED_MAX: usize = 7;
/// Radius of the place round a point that shows its tooltip, in pixels.
const HOVER_PX: f64 = 8.0;

/// Rows with their places on the shared axis.
type Placed = Vec<(f64, usize)>;

/// The rows of each series from left to right, the series in the order of their first rows.
pub(super) fn series(layer: &Layer<'_>, shared: &Scale) -> Vec<Vec<usize>> {
    let column = layer.mark.series.as_deref().and_then(|name| layer.frame.column(name));
    let mut found: Vec<(Option<&str>, Placed)> = vec![];
    for row in layer.rows() {
        let Some(at) = layer.place(shared, row, false) else {
            continue;
        };
        let name = column.and_then(|column| column.text(row));
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push((at, row)),
            None => found.push((name, vec![(at, row)])),
        }
    }
    let sorted = |mut rows: Placed| {
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        rows.into_iter().map(|(_, row)| row).collect()
    };
    found.into_iter().map(|(_, rows)| sorted(rows)).collect()
}

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let layer = &context.layer;
    let all = series(layer, &context.area.shared);
    let place = layer.mark.text.as_ref().and_then(|label| label.place);
    // Surplus lines first, so that named ones lie over them.
    let surplus = all.iter().enumerate().skip(NAMED_MAX);
    for (nth, rows) in surplus.chain(all.iter().enumerate().take(NAMED_MAX)) {
        for stretch in stretches(context, rows) {
            draw(context, plan, &stretch, nth);
        }
        if layer.mark.title.is_some() {
            hover(context, plan, rows);
        }
        if nth < NAMED_MAX && place.is_none_or(|place| place == Place::End) {
            name(context, plan, rows);
        }
    }
    if matches!(place, Some(Place::Above | Place::Below)) {
        context.labels(plan, 2.0, Place::Above, Weight::Bold);
    }
}

/// Invisible places round the points that carry their tooltips.
fn hover(context: &Context<'_>, plan: &mut Plan, rows: &[usize]) {
    let (layer, area) = (&context.layer, context.area);
    for row in rows {
        let place = layer.place(&area.shared, *row, false);
        let (Some(at), Some(own)) = (place, context.own(*row)) else {
            continue;
        };
        let shape = Shape::Circle { radius_px: HOVER_PX };
        let spot = Element::new(vec![area.at(at, own)], shape, Part::Front).quiet(Quiet::Hit);
        let title = layer.scene.tooltip(layer.mark, layer.frame, *row);
        plan.data(context.panel, area, spot.title(title));
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

fn draw(context: &Context<'_>, plan: &mut Plan, stretch: &Stretch, nth: usize) {
    let (layer, row) = (&context.layer, stretch.first_row);
    let (width_px, dash) = match layer.notation(row) {
        Notation::Measured => (2.25, None),
        Notation::LastYear => (1.5, None),
        Notation::Predicted => (2.0, Some("5 3")),
        Notation::Simulated => (2.0, Some("1.5 2.5")),
    };
    let (color, width_px) = match nth {
        NAMED_MAX.. => (Color::PySoft, 1.0),
        _ => (series_color(layer, row, nth), layer.mark.stroke_px.unwrap_or(width_px)),
    };
    let points = stretch.points.clone();
    let shape = match points.len() {
        // A lone point between two gaps would be no line at all.
        1 => Element::new(points, Shape::Circle { radius_px: width_px }, Part::Mark(None)).fill(Fill::Solid(color)),
        _ => Element::new(points, Shape::Line, Part::Mark(None)).stroke(Stroke { color, width_px, dash }),
    };
    plan.data(context.panel, context.area, shape);
}

/// Several series take category colours unless the mark says otherwise.
fn series_color(layer: &Layer<'_>, row: usize, nth: usize) -> Color {
    let plain = layer.mark.series.is_some() && layer.mark.color.is_none();
    match Color::CATEGORIES.get(nth) {
        Some(color) if plain && layer.notation(row) != Notation::LastYear => *color,
        _ => stroke_color(layer, row),
    }
}

/// The name beside the last point.
fn name(context: &Context<'_>, plan: &mut Plan, rows: &[usize]) {
    let (layer, area) = (&context.layer, context.area);
    let Some(label) = &layer.mark.text else {
        return;
    };
    let Some(row) = rows
        .iter()
        .rev()
        .copied()
        .find(|row| context.own(*row).is_some() && layer.place(&area.shared, *row, false).is_some())
    else {
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
    let (text, _) = crate::canvas::plan::fitted(&words, room, weight, color, Align::Start);
    if !text.text.is_empty() {
        plan.line_end(LineEnd {
            text: Text {
                halo: context.over_pale(),
                ..text
            },
            at: end,
            panel: context.panel,
        });
    }
}
