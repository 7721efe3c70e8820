//! Triangles on the time axis: events such as mailings, with name and note. When the names do not all fit beside their
//! triangles, numbered discs take their place and a list below says the names.

use super::Context;
use crate::canvas::element::{Align, Element, Fill, Layer as Part, Shape, Text, text_box};
use crate::canvas::geometry::Rect;
use crate::canvas::plan::Plan;
use crate::scale::Scale;
use crate::scene::layer::Layer;
use crate::spec::Label;
use crate::text::{LINE_PX, SIZE_PX, Weight, truncate, width_px};
use crate::theme::Color;

const TOP_PX: f64 = 6.0;
/// Middle of triangles and discs below the panel's top, where its title stands.
pub(crate) const MIDDLE_PX: f64 = TOP_PX + DISC_PX;
const REACH_PX: f64 = 5.0;
/// Below the triangle: name and note.
const NAME_PX: f64 = 28.0;
const DISC_PX: f64 = 8.0;

/// Where events go: the edges of the time axis, how far it keeps off them, and where lists start, in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Track {
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) inset: f64,
    pub(crate) list_left: f64,
}

/// One event in pixels.
struct Event {
    row: usize,
    x: f64,
    name: String,
    note: String,
}

/// How events are written at the width at hand.
enum Manner {
    /// Beside each triangle, starting or ending at it.
    Beside(Vec<Align>),
    /// A list of so many lines under numbered discs.
    Listed(Vec<String>),
}

/// Events inside the time axis, from left to right.
fn events(layer: &Layer<'_>, shared: &Scale, track: Track) -> Vec<Event> {
    let word = |label: &Option<Label>, row| {
        let words = label
            .as_ref()
            .and_then(|label| layer.scene.label(label, layer.frame, row));
        words.unwrap_or_default()
    };
    let (from, to) = shared.range();
    let length = track.right - track.left - 2.0 * track.inset;
    let rows = layer.rows().into_iter();
    let mut out: Vec<Event> = rows
        .filter_map(|row| {
            let share = (layer.place(shared, row, true)? - from) / (to - from);
            let x = track.left + track.inset + share * length;
            Some(Event {
                row,
                x,
                name: word(&layer.mark.text, row),
                note: word(&layer.mark.note, row),
            })
        })
        .collect();
    out.sort_by(|a, b| a.x.total_cmp(&b.x));
    out
}

fn manner(layer: &Layer<'_>, events: &[Event], track: Track) -> Manner {
    match beside(events, track.left, track.right) {
        Some(aligns) if !layer.scene.phone() => Manner::Beside(aligns),
        _ => Manner::Listed(list(events, track.right - track.list_left)),
    }
}

/// The side on which each name stands, when all fit without touching.
fn beside(events: &[Event], left: f64, right: f64) -> Option<Vec<Align>> {
    let mut aligns = vec![];
    let mut taken = f64::NEG_INFINITY;
    for event in events {
        let align = [Align::Start, Align::End].into_iter().find(|align| {
            let bounds = beside_box(event, *align);
            bounds.left >= taken.max(left - 0.5) && bounds.right <= right + 0.5
        })?;
        taken = beside_box(event, align).right + 12.0;
        aligns.push(align);
    }
    Some(aligns)
}

fn beside_x(event: &Event, align: Align) -> f64 {
    if align == Align::Start {
        event.x - REACH_PX
    } else {
        event.x + REACH_PX
    }
}

fn beside_box(event: &Event, align: Align) -> Rect {
    let longer = if width_px(&event.name, SIZE_PX, Weight::Regular) >= width_px(&event.note, SIZE_PX, Weight::Regular) {
        &event.name
    } else {
        &event.note
    };
    text_box(longer, (beside_x(event, align), 0.0), align, Weight::Regular)
}

/// `1 Name note · 2 Name note`, as many to a line as fit.
fn list(events: &[Event], width: f64) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for (at, event) in events.iter().enumerate() {
        let item = format!("{} {} {}", at + 1, event.name, event.note).trim().to_owned();
        let longer = lines.last().map(|line| format!("{line} · {item}"));
        match (longer, lines.last_mut()) {
            (Some(longer), Some(line)) if width_px(&longer, SIZE_PX, Weight::Regular) <= width => *line = longer,
            _ => lines.push(truncate(&item, width, SIZE_PX, Weight::Regular)),
        }
    }
    lines
}

/// Height of a panel of triangles on its track, in pixels.
pub(crate) fn height_px(layer: &Layer<'_>, shared: &Scale, track: Track) -> f64 {
    match manner(layer, &events(layer, shared, track), track) {
        Manner::Beside(_) if layer.mark.note.is_some() => TOP_PX + NAME_PX + LINE_PX,
        Manner::Beside(_) => TOP_PX + NAME_PX,
        Manner::Listed(lines) => TOP_PX + 2.0 * DISC_PX + 8.0 + lines.len() as f64 * LINE_PX,
    }
}

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let (layer, area) = (&context.layer, context.area);
    let (left, right) = (area.plot.left, area.plot.right);
    let list_left = if layer.scene.phone() { 0.0 } else { left };
    let track = Track {
        left,
        right,
        inset: area.inset,
        list_left,
    };
    let events = events(layer, &area.shared, track);
    match manner(layer, &events, track) {
        Manner::Beside(aligns) => write_beside(context, plan, &events, &aligns),
        Manner::Listed(lines) => write_list(context, plan, &events, &lines, list_left),
    }
}

fn write_beside(context: &Context<'_>, plan: &mut Plan, events: &[Event], aligns: &[Align]) {
    let top = context.area.plot.top + TOP_PX;
    for (event, align) in events.iter().zip(aligns) {
        triangle(context, plan, event, top);
        let x = beside_x(event, *align);
        for (text, color, line) in [(&event.name, Color::Ink2, 0.0), (&event.note, Color::Muted, LINE_PX)] {
            if !text.is_empty() {
                let y = top + NAME_PX - 6.0 + line;
                plan.text(
                    (x, y),
                    Text::new(text.clone(), Weight::Regular, color, *align),
                    Part::Front,
                );
            }
        }
    }
}

fn triangle(context: &Context<'_>, plan: &mut Plan, event: &Event, top: f64) {
    let layer = &context.layer;
    let color = layer
        .mark
        .color
        .as_ref()
        .map_or(Color::Ink, |color| layer.color_of(color, event.row));
    let title = layer.scene.tooltip(layer.mark, layer.frame, event.row);
    plan.canvas(&[(event.x, top + 4.0)], |points| {
        let shape = Shape::Triangle { reach_px: REACH_PX };
        Element::new(points, shape, Part::Mark(None))
            .fill(Fill::Solid(color))
            .title(title)
    });
}

/// Discs that would overlap give way to plain triangles; the list keeps the order.
fn write_list(context: &Context<'_>, plan: &mut Plan, events: &[Event], lines: &[String], left: f64) {
    let top = context.area.plot.top + TOP_PX;
    let crowded = events.windows(2).any(|pair| pair[1].x - pair[0].x < 2.0 * DISC_PX) || events.len() > 99;
    for (at, event) in events.iter().enumerate() {
        if crowded {
            triangle(context, plan, event, top);
            continue;
        }
        let x = disc_x(event.x, context.within);
        let title = context
            .layer
            .scene
            .tooltip(context.layer.mark, context.layer.frame, event.row);
        plan.canvas(&[(x, top + DISC_PX)], |points| {
            Element::new(points, Shape::Circle { radius_px: DISC_PX }, Part::Mark(None))
                .fill(Fill::Solid(Color::Ink))
                .title(title)
        });
        let mut number = Text::new((at + 1).to_string(), Weight::Bold, Color::Page, Align::Middle);
        number.inside = true;
        plan.text((x, top + DISC_PX + crate::text::CENTER_PX), number, Part::Front);
    }
    for (at, line) in lines.iter().enumerate() {
        let y = top + 2.0 * DISC_PX + 8.0 + 10.0 + at as f64 * LINE_PX;
        plan.text(
            (left, y),
            Text::new(line.clone(), Weight::Regular, Color::Muted, Align::Start),
            Part::Front,
        );
    }
}

/// A disc never leaves the picture.
fn disc_x(x: f64, within: Rect) -> f64 {
    x.clamp(
        within.left + DISC_PX,
        (within.right - DISC_PX).max(within.left + DISC_PX),
    )
}
