//! Rules: straight lines across a panel at one value or place, and the stems of lollipops.

use super::Context;
use crate::canvas::element::{Element, Layer, Quiet, Shape, Stroke};
use crate::canvas::plan::Plan;
use crate::spec::{Channel, ColorChannel};
use crate::theme::Color;

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let (layer, area) = (&context.layer, context.area);
    let width_px = layer
        .mark
        .stroke_px
        .unwrap_or(if layer.value2_channel().is_some() { 1.5 } else { 1.0 });
    if let (Some(Channel::Constant(value)), None) = (layer.value_channel(), layer.value2_channel()) {
        // One line for the whole panel, not one per row.
        let (from, to) = area.shared.range();
        let own = area.number(*value);
        let color = layer
            .mark
            .color
            .as_ref()
            .map_or(Color::Axis, |color| layer.color_of(color, 0));
        let line = Element::new(vec![area.at(from, own), area.at(to, own)], Shape::Line, Layer::Back);
        plan.data(context.panel, area, line.stroke(Stroke::solid(color, width_px)));
        return;
    }
    for row in layer.rows() {
        let Some(points) = ends(context, row) else {
            continue;
        };
        let color = match &layer.mark.color {
            Some(color) => layer.color_of(color, row),
            None => Color::Axis,
        };
        let mut line =
            Element::new(points, Shape::Line, context.element_layer(row)).stroke(Stroke::solid(color, width_px));
        if layer.mark.color == Some(ColorChannel::Axis) && layer.value_channel().is_none() {
            line = line.quiet(Quiet::Grid);
        }
        plan.data(
            context.panel,
            area,
            line.title(layer.scene.tooltip(layer.mark, layer.frame, row)),
        );
    }
}

/// From value to value in the middle of the band; across the band at one value; or across the panel at a place.
fn ends(context: &Context<'_>, row: usize) -> Option<Vec<(f64, f64)>> {
    let (layer, area) = (&context.layer, context.area);
    if layer.value_channel().is_none() {
        let at = layer.place(&area.shared, row, true)?;
        let (from, to) = area.own.range();
        return Some(vec![area.at(at, from), area.at(at, to)]);
    }
    let own = context.own(row)?;
    if let Some(channel) = layer.value2_channel() {
        let second = area.number(layer.value(Some(channel), row)?);
        let middle = context.middle(row)?;
        return Some(vec![area.at(middle, own), area.at(middle, second)]);
    }
    let start = layer.band_start(&area.shared, row)?;
    let [from, to] = layer.mark.span.unwrap_or([0.0, 1.0]);
    Some(vec![
        area.at(area.in_band(start, from), own),
        area.at(area.in_band(start, to), own),
    ])
}
