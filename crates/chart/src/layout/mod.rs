//! Where everything stands: text is measured, then panels take the room that is left.

mod across;
pub(crate) mod axis;
mod down;
mod grid;
mod names;
pub(crate) mod tick;

use crate::canvas::area::{Area, Pads};
use crate::canvas::element::{Align, Fill, Text};
use crate::canvas::geometry::Rect;
use crate::scale::Scale;
use crate::scene::Scene;
use crate::scene::layer::Layer;
use crate::spec::{MarkKind, Panel, Place, ScaleKind};
use crate::text::{SIZE_PX, Weight, width_px};
use crate::theme::Color;

/// A text whose place the layout decides.
pub(crate) struct Heading {
    pub(crate) at: (f64, f64),
    pub(crate) text: Text,
    /// The whole text when it had to be cut.
    pub(crate) whole: Option<String>,
    /// The row of the main data that it names.
    pub(crate) row: Option<usize>,
}

/// A level line across the picture: its colour and its y in pixels.
pub(crate) struct Hairline {
    pub(crate) color: Color,
    pub(crate) y: f64,
}

/// A sample of a colour or hatch in a legend.
pub(crate) struct Swatch {
    pub(crate) place: Rect,
    pub(crate) fill: Fill,
}

/// A laid out picture, before marks are planned.
pub(crate) struct Layout<'a> {
    pub(crate) height_px: f64,
    pub(crate) panels: Vec<&'a Panel>,
    pub(crate) areas: Vec<Area>,
    /// The box that each panel's labels must not leave.
    pub(crate) within: Vec<Rect>,
    pub(crate) headings: Vec<Heading>,
    /// Straight lines that are no marks.
    pub(crate) lines: Vec<Hairline>,
    /// Samples of classes and hatches.
    pub(crate) swatches: Vec<Swatch>,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(scene: Scene<'a>) -> Layout<'a> {
        if scene.down() {
            down::layout(scene)
        } else {
            across::layout(scene)
        }
    }

    fn empty() -> Layout<'a> {
        Layout {
            height_px: 0.0,
            panels: vec![],
            areas: vec![],
            within: vec![],
            headings: vec![],
            lines: vec![],
            swatches: vec![],
        }
    }

    pub(crate) fn heading(
        &mut self,
        at: (f64, f64),
        text: &str,
        room: f64,
        weight: Weight,
        color: Color,
        align: Align,
    ) {
        let (text, whole) = crate::canvas::plan::fitted(text, room.max(0.0), weight, color, align);
        if !text.text.is_empty() {
            self.headings.push(Heading {
                at,
                text,
                whole,
                row: None,
            });
        }
    }
}

/// The scale that the panels share.
fn shared_scale(scene: &Scene<'_>, gap: f64) -> Scale {
    let axis = scene.shared();
    let frame = &scene.frames.main;
    let column = axis.column.as_deref().unwrap_or_default();
    match axis.scale {
        None | Some(ScaleKind::Band) => Scale::band(frame, column, gap),
        Some(ScaleKind::Month) => Scale::month(frame, column),
        Some(ScaleKind::Time) => Scale::time(frame, column),
        Some(ScaleKind::Linear) => {
            let values = frame.column(column).map(|column| {
                (0..column.len())
                    .filter_map(|row| column.number(row))
                    .collect::<Vec<_>>()
            });
            Scale::linear(
                values.unwrap_or_default().into_iter(),
                axis.zero.unwrap_or(false),
                axis.domain,
            )
        }
    }
}

/// A panel's layers, one per mark whose data are there.
pub(crate) fn layers<'a>(scene: Scene<'a>, panel: &'a Panel) -> Vec<Layer<'a>> {
    panel.marks.iter().filter_map(|mark| Layer::new(scene, mark)).collect()
}

/// A panel's own scale with its ticks.
fn own_scale(scene: &Scene<'_>, panel: &Panel, layers: &[Layer<'_>]) -> (Scale, Vec<f64>) {
    let axis = scene.own(panel);
    let stands = |layer: &Layer<'_>| {
        matches!(layer.mark.mark, MarkKind::Bar)
            || (layer.mark.mark == MarkKind::Area && layer.mark.low80.is_none() && layer.mark.low95.is_none())
    };
    let zero = axis.zero.unwrap_or_else(|| layers.iter().any(stands));
    let values = layers.iter().flat_map(Layer::values);
    let scale = Scale::linear(values, zero, axis.domain);
    match axis.ticks.unwrap_or(if axis.grid { 5 } else { 0 }) {
        0 => (scale, vec![]),
        ticks => scale.nice(ticks.clamp(2, 6)),
    }
}

/// Room that the labels of a panel's marks need at the ends of its own scale; `size` measures a label along that scale.
fn label_pads(layers: &[Layer<'_>], size: impl Fn(&str, Weight) -> f64, stroke_px: f64) -> Pads {
    let mut pads = Pads {
        low: stroke_px,
        high: stroke_px,
    };
    for layer in layers {
        let reach = if layer.mark.mark == MarkKind::Dot {
            layer.mark.radius_px.unwrap_or(4.0)
        } else {
            0.0
        };
        pads.low = pads.low.max(reach);
        pads.high = pads.high.max(reach);
        let label = match (&layer.mark.text, layer.mark.mark) {
            (Some(label), MarkKind::Bar | MarkKind::Dot) => label,
            (Some(label), MarkKind::Line | MarkKind::Text)
                if matches!(label.place, Some(Place::Above | Place::Below)) =>
            {
                label
            }
            _ => continue,
        };
        let weight = label.weight.unwrap_or(Weight::Bold);
        for (row, _) in layer.labelled(label, &layer.rows()) {
            let Some(value) = layer.value(layer.value_channel(), row) else {
                continue;
            };
            let Some(words) = layer.scene.label(label, layer.frame, row) else {
                continue;
            };
            let need = size(&words, weight) + reach + 8.0;
            match label.place {
                Some(Place::Inside | Place::Center) => {}
                Some(place) if place != Place::End && sideways(place) == layer.scene.down() => {}
                Some(Place::Below | Place::Left) => pads.low = pads.low.max(need),
                Some(Place::Above | Place::Right) => pads.high = pads.high.max(need),
                _ if value < 0.0 => pads.low = pads.low.max(need),
                _ => pads.high = pads.high.max(need),
            }
        }
    }
    pads
}

/// Left and right take no room along an upright scale, above and below none along a level one.
fn sideways(place: Place) -> bool {
    matches!(place, Place::Left | Place::Right)
}

fn widest<'t>(texts: impl Iterator<Item = &'t str>, weight: Weight) -> f64 {
    texts.map(|text| width_px(text, SIZE_PX, weight)).fold(0.0, f64::max)
}
