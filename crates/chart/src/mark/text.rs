//! Text alone: columns of numbers beside bars, rows of numbers under columns, notes at a value.

use super::Context;
use crate::canvas::element::{Align, Layer};
use crate::canvas::place::{Slide, Spot, Wish};
use crate::canvas::plan::{Plan, fitted};
use crate::spec::{Label, Place};
use crate::text::{CENTER_PX, SIZE_PX, Weight, width_px};

pub(super) fn plan(context: &Context<'_>, plan: &mut Plan) {
    if context.layer.value_channel().is_some() {
        context.labels(plan, 0.0, Place::Center, Weight::Regular);
    } else if let Some(label) = &context.layer.mark.text {
        cells(context, plan, label);
    }
}

/// Space between the numbers of a row, in pixels.
pub(crate) const BETWEEN_PX: f64 = 4.0;

/// Width of the widest text of a layer, in pixels.
pub(crate) fn widest_px(layer: &crate::scene::layer::Layer<'_>) -> f64 {
    let Some(label) = &layer.mark.text else {
        return 0.0;
    };
    let weight = label.weight.unwrap_or_default();
    let rows = layer.labelled(label, &layer.rows());
    let words = (rows.into_iter()).filter_map(|(row, _)| layer.scene.label(label, layer.frame, row));
    words.map(|words| width_px(&words, SIZE_PX, weight)).fold(0.0, f64::max)
}

/// One text per row of a column, or per band of a row.
fn cells(context: &Context<'_>, plan: &mut Plan, label: &Label) {
    let layer = &context.layer;
    let weight = label.weight.unwrap_or(Weight::Regular);
    let plot = context.area.plot;
    let room = if context.area.down() {
        context.area.band_px().abs() - BETWEEN_PX
    } else {
        plot.width()
    };
    let written: Vec<(usize, String)> = (layer.labelled(label, &layer.rows()).into_iter())
        .filter_map(|(row, _)| Some((row, layer.scene.label(label, layer.frame, row)?)))
        .collect();
    // A row of numbers with holes reads as missing data: all of them, or none.
    if context.area.down() && widest_px(layer) > room {
        return;
    }
    let mut named = std::collections::BTreeSet::new();
    for (row, words) in written {
        // Beside a grid several rows share a band: what they say of the band is written once.
        let band = layer.band_start(&context.area.shared, row);
        if !context.area.down() && band.is_some_and(|band| !named.insert(band.to_bits())) {
            continue;
        }
        let Some((align, at)) = cell(context, label, row) else {
            continue;
        };
        let color = layer.label_color(label, row);
        let (text, _) = fitted(&words, room, weight, color, align);
        if !text.text.is_empty() {
            let spots = vec![Spot {
                at,
                align,
                slide: Slide::Stay,
            }];
            let part = Layer::Mark(layer.link_row(row));
            plan.wish(Wish {
                text,
                spots,
                inside: None,
                within: context.within,
                priority: 0,
                layer: part,
            });
        }
    }
}

/// Side and baseline point of a row's cell.
fn cell(context: &Context<'_>, label: &Label, row: usize) -> Option<(Align, (f64, f64))> {
    let area = context.area;
    let plot = area.plot;
    let middle = context.middle(row)?;
    let (x, y) = area.px(area.at(middle, area.own.range().0));
    if area.down() {
        return Some((Align::Middle, (x, (plot.top + plot.bottom) / 2.0 + CENTER_PX)));
    }
    let (align, x) = match label.place {
        Some(Place::Left) => (Align::Start, plot.left),
        Some(Place::Center) => (Align::Middle, (plot.left + plot.right) / 2.0),
        _ => (Align::End, plot.right),
    };
    Some((align, (x, y + CENTER_PX)))
}
