//! Cells of a grid over two band axes, each in one of the classes that the strip under the grid prints.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Context;
use crate::canvas::element::{Align, Element, Fill, Hatch, Layer as Part, Shape, Text};
use crate::canvas::geometry::Rect;
use crate::canvas::plan::Plan;
use crate::format::Say;
use crate::frame::Column;
use crate::map::Breaks;
use crate::scene::layer::Layer;
use crate::spec::{Axis, Channel, ColorChannel, Label};
use crate::text::{CENTER_PX, SIZE_PX, Weight, width_px};
use crate::theme::Color;

/// Space between two cells, half of it on either side, in pixels.
pub(crate) const GAP_PX: f64 = 2.0;
/// Space between a text and the edges of its cell, both sides together, in pixels.
const PADDING_PX: f64 = 4.0;
/// A cell narrower than this is no cell to point at: columns go before.
const NARROWEST_PX: f64 = 20.0;
/// Height of one and of two lines of text in a cell, in pixels.
const ONE_LINE_PX: f64 = 14.0;
const TWO_LINES_PX: f64 = 30.0;

/// The classes of a layer's cells: the limits that the specification gives, or round ones from the values that are shown.
pub(crate) fn breaks(layer: &Layer<'_>) -> Breaks {
    let given = layer.mark.breaks.clone().and_then(|limits| Breaks::given(limits).ok());
    given.unwrap_or_else(|| {
        let shown = layer.rows().into_iter().filter(|row| !hidden(layer, *row));
        Breaks::sequence(&shown.filter_map(|row| value(layer, row)).collect::<Vec<_>>())
    })
}

/// The colour of a class, and of the text on it.
pub(crate) fn colors(breaks: &Breaks, class: usize) -> (Color, Color) {
    let step = breaks.colour_of(class) as u8;
    (Color::Sequence(step), Color::OnSequence(step))
}

/// Whether the row's figure must not be shown, in any form.
pub(crate) fn hidden(layer: &Layer<'_>, row: usize) -> bool {
    let column = (layer.mark.hidden.as_ref()).and_then(|hidden| layer.frame.column(&hidden.column));
    column.is_some_and(|column| {
        column.text(row) == Some("true") || column.number(row).is_some_and(|number| number != 0.0)
    })
}

/// What is said of cells without figure.
pub(crate) fn hidden_words(layer: &Layer<'_>) -> String {
    let words = layer.mark.hidden.as_ref().and_then(|hidden| hidden.words.as_ref());
    words.map_or_else(
        || Say(layer.scene.drawing.language).word("chart-hidden").to_owned(),
        |words| layer.scene.words(words),
    )
}

fn value(layer: &Layer<'_>, row: usize) -> Option<f64> {
    match &layer.mark.color {
        Some(ColorChannel::Sequence(column)) => layer.frame.column(column)?.number(row),
        _ => None,
    }
}

/// The column that places cells on the panel's own bands.
fn own_column<'a>(layer: &Layer<'a>, axis: &Axis) -> Option<&'a Column> {
    let name = match layer.value_channel() {
        Some(Channel::Column(name)) => name,
        Some(Channel::Constant(_)) => return None,
        None => axis.column.as_ref()?,
    };
    layer.frame.column(name)
}

/// The label with its format for a phone, where it has one.
fn short(label: &Label) -> Label {
    Label {
        format: label.phone_format.or(label.format),
        ..label.clone()
    }
}

fn weight(layer: &Layer<'_>, label: &Label) -> Weight {
    // Bold only tells the lines of a pair apart.
    let first = layer.mark.text.as_ref().is_some_and(|text| std::ptr::eq(text, label));
    let bold = first && layer.mark.note.is_some();
    label
        .weight
        .unwrap_or(if bold { Weight::Bold } else { Weight::Regular })
}

fn widest_px(layer: &Layer<'_>, label: &Label, weight: Weight) -> f64 {
    let shown = (layer.rows().into_iter()).filter(|row| !hidden(layer, *row) && value(layer, *row).is_some());
    let words = shown.filter_map(|row| layer.scene.label(label, layer.frame, row));
    words.map(|words| width_px(&words, SIZE_PX, weight)).fold(0.0, f64::max)
}

/// How wide a column of cells has to be for the shortest form of its text, gap included.
pub(crate) fn column_px(layer: &Layer<'_>) -> f64 {
    let text = layer
        .mark
        .text
        .as_ref()
        .map_or(0.0, |label| widest_px(layer, &short(label), weight(layer, label)));
    (text + PADDING_PX + GAP_PX).max(NARROWEST_PX)
}

/// One line of the cells: what is written, and how heavy.
struct Line {
    label: Label,
    weight: Weight,
}

/// The form of a label in which it fits in every cell: a grid with some figures missing would read as missing data.
fn line(layer: &Layer<'_>, label: &Label, room_px: f64) -> Option<Line> {
    let weight = weight(layer, label);
    let whole = (!layer.scene.phone()).then(|| label.clone());
    let mut forms = whole.into_iter().chain([short(label)]);
    let label = forms.find(|form| widest_px(layer, form, weight) + PADDING_PX <= room_px)?;
    Some(Line { label, weight })
}

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let layer = &context.layer;
    let Some(column) = own_column(layer, context.axis) else {
        return;
    };
    let cells: Vec<(usize, Rect)> = places(context, column);
    let narrowest = |size: fn(&Rect) -> f64| cells.iter().map(|(_, cell)| size(cell)).fold(f64::INFINITY, f64::min);
    let (width, height) = (narrowest(Rect::width), narrowest(Rect::height));
    let text = (layer.mark.text.as_ref())
        .filter(|_| height >= ONE_LINE_PX)
        .and_then(|label| line(layer, label, width));
    let note = (layer.mark.note.as_ref())
        .filter(|_| text.is_some() && height >= TWO_LINES_PX)
        .and_then(|label| line(layer, label, width));
    let breaks = breaks(layer);
    let secret = hidden_words(layer);
    for (row, cell) in cells {
        let corners = [(cell.left, cell.top), (cell.right, cell.bottom)];
        if hidden(layer, row) {
            // Neither its tooltip nor its link may tell what the cell does not.
            plan.canvas(&corners, |points| {
                Element::new(points, Shape::Rect, Part::Mark(None))
                    .fill(Fill::Hatch(Hatch::Unlocated))
                    .title(Some(Arc::from(secret.as_str())))
            });
            continue;
        }
        // A cell without value stays empty: it is not zero.
        let Some(class) = value(layer, row).and_then(|value| breaks.class_of(value)) else {
            continue;
        };
        let (ground, ink) = colors(&breaks, class);
        let title = layer.scene.tooltip(layer.mark, layer.frame, row);
        plan.canvas(&corners, |points| {
            Element::new(points, Shape::Rect, context.element_layer(row))
                .fill(Fill::Solid(ground))
                .title(title)
        });
        let middle = (
            (cell.left + cell.right) / 2.0,
            (cell.top + cell.bottom) / 2.0 + CENTER_PX,
        );
        let lines: Vec<&Line> = text.iter().chain(&note).collect();
        for (nth, line) in lines.iter().enumerate() {
            let Some(words) = layer.scene.label(&line.label, layer.frame, row) else {
                continue;
            };
            let down = if lines.len() > 1 { 15.0 * nth as f64 - 7.5 } else { 0.0 };
            let mut text = Text::new(words, line.weight, ink, Align::Middle);
            text.inside = true;
            plan.text((middle.0, middle.1 + down), text, context.element_layer(row));
        }
    }
}

/// The box of each row's cell; of rows with the same place the first counts.
fn places(context: &Context<'_>, column: &Column) -> Vec<(usize, Rect)> {
    let (layer, area) = (&context.layer, context.area);
    let mut taken = BTreeSet::new();
    let mut cells = vec![];
    for row in layer.rows() {
        let (Some(down), Some(along)) = (layer.band_start(&area.shared, row), area.own.band_start(column, row)) else {
            continue;
        };
        if !taken.insert((down.to_bits(), along.to_bits())) {
            continue;
        }
        let (left, top) = area.px(area.at(area.in_band(down, 0.0), along));
        let (right, bottom) = area.px(area.at(area.in_band(down, 1.0), along + 1.0));
        // Whole pixels keep the gaps crisp and equal.
        let (left, top, right, bottom) = (left.round(), top.round(), right.round(), bottom.round());
        let gap = |size: f64| GAP_PX.min(size / 4.0) / 2.0;
        let (level, upright) = (gap(right - left), gap(bottom - top));
        let cell = Rect {
            left: left + level,
            top: top + upright,
            right: right - level,
            bottom: bottom - upright,
        };
        cells.push((row, cell));
    }
    cells
}
