//! Ticks: a short stroke across the band at a value, such as last year's over this year's bar.

use super::Context;
use crate::canvas::element::{Element, Shape, Stroke};
use crate::canvas::plan::Plan;
use crate::theme::Color;

/// How far a tick stands out of the bar that it crosses, in pixels on either side.
const OVERHANG_PX: f64 = 3.0;

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let (layer, area) = (&context.layer, context.area);
    let [from, to] = context.span();
    let reach_px = (to - from) * (1.0 - area.heading) * area.band_px().abs() / 2.0 + OVERHANG_PX;
    for row in layer.rows() {
        let (Some(middle), Some(own)) = (context.middle(row), context.own(row)) else {
            continue;
        };
        let color = layer
            .mark
            .color
            .as_ref()
            .map_or(Color::Ink, |color| layer.color_of(color, row));
        let width_px = layer.mark.stroke_px.unwrap_or(2.0);
        // Edges in the page's colour part the tick from the bar that it crosses, in light and dark.
        for (color, width_px) in [(Color::Page, width_px + 2.0), (color, width_px)] {
            let shape = Shape::Cross {
                reach_px,
                upright: !area.down(),
            };
            let tick = Element::new(vec![area.at(middle, own)], shape, context.element_layer(row));
            let title = layer.scene.tooltip(layer.mark, layer.frame, row);
            let tick = tick
                .stroke(Stroke::solid(color, width_px))
                .title(title.filter(|_| color != Color::Page));
            plan.data(context.panel, area, tick);
        }
    }
}
