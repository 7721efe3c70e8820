//! Text alone: columns of numbers beside bars, notes at a value.

use super::Context;
use crate::element::{Align, Layer};
use crate::plan::{CENTER_PX, Plan, Slide, Wish, fitted};
use crate::spec::Place;
use crate::text::Weight;

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    let (layer, area) = (&context.layer, context.area);
    let Some(label) = &layer.mark.text else {
        return;
    };
    let weight = label.weight.unwrap_or(Weight::Regular);
    for (row, priority) in layer.labelled(label, &layer.rows()) {
        let Some(words) = layer.scene.label(label, layer.frame, row) else {
            continue;
        };
        let Some(middle) = context.middle(row) else {
            continue;
        };
        let own = context.own(row);
        if layer.value_channel().is_some() && own.is_none() {
            continue;
        }
        let (x, y) = area.px(area.at(middle, own.unwrap_or(area.own.range().0)));
        let plot = area.plot;
        let room = if area.down() {
            area.band_px().abs().max(plot.width() * 0.5)
        } else {
            plot.width()
        };
        let (align, at) = match (
            area.down(),
            own,
            label.place.unwrap_or(if area.down() {
                Place::Center
            } else {
                Place::Right
            }),
        ) {
            (true, None, _) => (
                Align::Middle,
                (x, (plot.top + plot.bottom) / 2.0 + CENTER_PX),
            ),
            (true, Some(_), Place::Above) => (Align::Middle, (x, y - 6.0)),
            (false, None, Place::Left) => (Align::Start, (plot.left, y + CENTER_PX)),
            (false, None, Place::Center) => (
                Align::Middle,
                ((plot.left + plot.right) / 2.0, y + CENTER_PX),
            ),
            (false, None, _) => (Align::End, (plot.right, y + CENTER_PX)),
            (_, Some(_), Place::Right | Place::End) => (Align::Start, (x + 6.0, y + CENTER_PX)),
            (_, Some(_), Place::Left) => (Align::End, (x - 6.0, y + CENTER_PX)),
            _ => (Align::Middle, (x, y + CENTER_PX)),
        };
        let color = layer.label_color(label, row);
        let (text, _) = fitted(&words, room, weight, color, align);
        if text.text.is_empty() {
            continue;
        }
        let layer = Layer::Mark(layer.link_row(row));
        plan.wish(Wish {
            text,
            at,
            slide: Slide::Stay,
            within: context.within,
            priority,
            layer,
        });
    }
}
