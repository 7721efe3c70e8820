//! Bars and columns: from zero, or from a second value, in a part of their band.

use super::{Context, Point};
use crate::canvas::element::{Align, Element, Shape, Text, text_box};
use crate::canvas::place::{Slide, Spot, Wish};
use crate::canvas::plan::Plan;
use crate::spec::{ColorChannel, Place};
use crate::text::{CENTER_PX, Weight};
use crate::theme::Color;

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let (layer, area) = (&context.layer, context.area);
    let [from, to] = context.span();
    for row in layer.rows() {
        let (Some(start), Some(end)) = (layer.band_start(&area.shared, row), context.own(row)) else {
            continue;
        };
        let base = match layer.value2_channel() {
            None => area.zero(),
            channel => match layer.value(channel, row) {
                Some(value) => area.number(value),
                None => continue,
            },
        };
        let points = vec![
            area.at(area.in_band(start, from), base),
            area.at(area.in_band(start, to), end),
        ];
        let (fill, stroke) = layer.body(row);
        let mut bar = Element::new(points, Shape::Rect, context.element_layer(row)).fill(fill);
        bar.stroke = stroke;
        plan.data(
            context.panel,
            area,
            bar.title(layer.scene.tooltip(layer.mark, layer.frame, row)),
        );
    }
    let signed = matches!(layer.mark.color, Some(ColorChannel::Sign(_)));
    let weight = if signed { Weight::Regular } else { Weight::Bold };
    if layer
        .mark
        .text
        .as_ref()
        .is_some_and(|label| label.place == Some(Place::Inside))
    {
        inside(context, plan, weight);
    } else {
        context.labels(plan, 0.0, Place::End, weight);
    }
}

/// Labels in the middle of their bars; one that is wider than its bar stands at the end instead.
fn inside(context: &Context<'_>, plan: &mut Plan, weight: Weight) {
    let (layer, area) = (&context.layer, context.area);
    let Some(label) = &layer.mark.text else {
        return;
    };
    for (row, priority) in layer.labelled(label, &layer.rows()) {
        let (Some(middle), Some(end)) = (context.middle(row), context.own(row)) else {
            continue;
        };
        let base = layer
            .value(layer.value2_channel(), row)
            .map_or(area.zero(), |value| area.number(value));
        let (a, b) = (area.px(area.at(middle, base)), area.px(area.at(middle, end)));
        let Some(words) = layer.scene.label(label, layer.frame, row) else {
            continue;
        };
        let size = text_box(&words, (0.0, 0.0), Align::Middle, label.weight.unwrap_or(weight));
        let [from, to] = context.span();
        let thick = (to - from) * (1.0 - area.heading) * area.band_px().abs();
        let (across, along) = if area.down() {
            (thick, (a.1 - b.1).abs())
        } else {
            ((a.0 - b.0).abs(), thick)
        };
        if size.width() + 8.0 > across || size.height() + 2.0 > along {
            let backwards = layer.value(layer.value_channel(), row).is_some_and(|value| value < 0.0);
            context.label(
                plan,
                label,
                row,
                Point {
                    at: b,
                    reach: 0.0,
                    place: Place::End,
                    backwards,
                    priority,
                    weight,
                },
            );
            continue;
        }
        let mut text = Text::new(words, label.weight.unwrap_or(weight), Color::Page, Align::Middle);
        text.inside = true;
        let at = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0 + CENTER_PX);
        plan.wish(Wish {
            text,
            spots: vec![Spot {
                at,
                align: Align::Middle,
                slide: Slide::Stay,
            }],
            inside: None,
            within: context.within,
            priority,
            layer: context.element_layer(row),
        });
    }
}
