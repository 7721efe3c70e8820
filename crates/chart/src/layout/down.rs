//! Panels stacked down, sharing x.

use super::{Layout, label_pads, layers, own_scale, shared_scale, tick, widest};
use crate::canvas::area::{Area, Pads};
use crate::canvas::element::Align;
use crate::canvas::geometry::Rect;
use crate::mark::triangle::{self, Track};
use crate::mark::{flow, text};
use crate::scale::Scale;
use crate::scene::Scene;
use crate::scene::layer::Layer;
use crate::spec::{LabelSide, MarkKind, Panel, Place};
use crate::text::{CENTER_PX, LINE_PX, RISE, SINK, SIZE_PX, Weight, width_px, wrap};
use crate::theme::Color;

/// Titles beside their panels are wrapped to this width.
const TITLE_PX: f64 = 100.0;
const GAP_PX: f64 = 14.0;
/// Room of a line of labels below a panel.
const LABELS_PX: f64 = 24.0;

struct Slot<'a> {
    panel: &'a Panel,
    layers: Vec<Layer<'a>>,
    own: (Scale, Vec<f64>),
    title: Option<String>,
    title_above: bool,
}

pub(super) fn layout(scene: Scene<'_>) -> Layout<'_> {
    let shared = shared_scale(&scene, 0.0);
    let slots: Vec<Slot<'_>> = (scene.panels())
        .map(|panel| {
            let layers = layers(scene, panel);
            let own = own_scale(&scene, panel, &layers);
            let title = scene.title(panel);
            let title_above = scene.phone() || !own.1.is_empty();
            Slot {
                panel,
                layers,
                own,
                title,
                title_above,
            }
        })
        .collect();
    let width = scene.drawing.width_px;
    let (left, right) = (left_px(&scene, &slots), (width - right_px(&scene, &slots)).max(1.0));
    let left = left.min(right - 1.0);
    let slots: Vec<Slot<'_>> = (slots.into_iter())
        .filter(|slot| numbers_fit(slot, (right - left) / shared.range().1))
        .collect();
    let inset = inset_px(&slots, &shared);
    let labelled = labelled_slot(&scene, &slots);
    let list_left = if scene.phone() { 0.0 } else { left };
    let track = Track {
        left,
        right,
        inset,
        list_left,
    };
    let mut layout = Layout::empty();
    let mut y = 0.0;
    for (nth, slot) in slots.into_iter().enumerate() {
        if nth > 0 {
            y += GAP_PX;
        }
        if let (true, Some(title)) = (slot.title_above, &slot.title) {
            layout.heading(
                (0.0, y + 11.0),
                title,
                width,
                Weight::Regular,
                Color::Muted,
                Align::Start,
            );
            y += LINE_PX + 6.0;
        }
        let height = height_px(&scene, &slot, &shared, track);
        let plot = Rect {
            left,
            top: y,
            right,
            bottom: y + height,
        };
        let pads = if slot.own.1.is_empty() {
            limited(label_pads(&slot.layers, |_, _| SIZE_PX, edge_px(&slot.layers)), height)
        } else {
            // Tick labels stand half above and below their lines.
            let labels = limited(label_pads(&slot.layers, |_, _| SIZE_PX, 6.0), height);
            Pads {
                low: labels.low.min(12.0),
                high: labels.high.max(8.0),
            }
        };
        let area = Area::new(plot, shared.clone(), slot.own.clone(), pads, inset, true);
        let floor = beside(&mut layout, &scene, &slot, &area);
        y += height;
        layout.within.push(Rect {
            left: 0.0,
            top: plot.top,
            right: width,
            bottom: plot.bottom,
        });
        layout.panels.push(slot.panel);
        layout.areas.push(area);
        if labelled == Some(nth) {
            y += super::axis::labels_below(&scene, &mut layout, nth, y);
        }
        y = y.max(floor);
    }
    layout.height_px = y.max(1.0);
    layout
}

/// Whether a row of numbers under columns has room for its widest; the table has them all.
fn numbers_fit(slot: &Slot<'_>, band_px: f64) -> bool {
    let numbers = |layer: &Layer<'_>| layer.mark.mark == MarkKind::Text && layer.mark.y.is_none();
    !slot.layers.iter().all(numbers)
        || slot
            .layers
            .iter()
            .all(|layer| text::widest_px(layer) <= band_px - text::BETWEEN_PX)
}

/// Stroke and dots at the edge of a panel without labels, as in a sparkline.
fn edge_px(layers: &[Layer<'_>]) -> f64 {
    if layers.iter().any(|layer| layer.mark.mark == MarkKind::Line) {
        3.0
    } else {
        0.0
    }
}

/// Points of a continuous scale, and lines in bands of a sparkline, keep off the panel's sides.
fn inset_px(slots: &[Slot<'_>], shared: &Scale) -> f64 {
    let dots = slots
        .iter()
        .flat_map(|slot| &slot.layers)
        .filter(|layer| layer.mark.mark == MarkKind::Dot);
    let reach = dots
        .map(|layer| layer.mark.radius_px.unwrap_or(4.0))
        .fold(0.0, f64::max);
    if matches!(shared, Scale::Time { .. } | Scale::Linear { .. }) {
        reach.max(2.0)
    } else {
        0.0
    }
}

fn limited(pads: Pads, height: f64) -> Pads {
    let most = height * 0.4;
    Pads {
        low: pads.low.min(most),
        high: pads.high.min(most),
    }
}

/// The gutter at the left: titles beside their panels or tick labels.
fn left_px(scene: &Scene<'_>, slots: &[Slot<'_>]) -> f64 {
    let mut left = 0.0_f64;
    for slot in slots {
        if let (false, Some(title)) = (slot.title_above, &slot.title) {
            let lines = wrap(title, TITLE_PX, SIZE_PX, Weight::Regular);
            left = left.max(widest(lines.iter().map(String::as_str), Weight::Regular) + 8.0);
        }
        let (own, ticks) = &slot.own;
        for label in tick::labels(scene, scene.own(slot.panel), own, ticks) {
            left = left.max(width_px(&label, SIZE_PX, Weight::Regular) + 8.0);
        }
    }
    left.min(scene.drawing.width_px * 0.4)
}

/// The gutter at the right: names at line ends.
fn right_px(scene: &Scene<'_>, slots: &[Slot<'_>]) -> f64 {
    let mut right = 0.0_f64;
    for layer in slots
        .iter()
        .flat_map(|slot| &slot.layers)
        .filter(|layer| layer.mark.mark == MarkKind::Line)
    {
        let Some(label) = layer
            .mark
            .text
            .as_ref()
            .filter(|label| label.place.is_none_or(|place| place == Place::End))
        else {
            continue;
        };
        let weight = label.weight.unwrap_or(Weight::Regular);
        for row in layer.rows() {
            if let Some(words) = scene.label(label, layer.frame, row) {
                right = right.max(width_px(&words, SIZE_PX, weight) + 9.0);
            }
        }
    }
    right.min(scene.drawing.width_px * 0.36)
}

/// The panel below which the shared axis is written: the one that says so, else the last one with more than triangles or texts.
fn labelled_slot(scene: &Scene<'_>, slots: &[Slot<'_>]) -> Option<usize> {
    if scene.shared().labels == Some(LabelSide::None) {
        return None;
    }
    // Triangles and numbers belong to the columns above them, and so do the labels.
    let aside = |slot: &Slot<'_>| {
        (slot.panel.marks.iter()).all(|mark| matches!(mark.mark, MarkKind::Triangle | MarkKind::Text))
    };
    let allowed = |slot: &Slot<'_>| slot.panel.x_labels != Some(false);
    let said = slots.iter().position(|slot| slot.panel.x_labels == Some(true));
    said.or_else(|| slots.iter().rposition(|slot| allowed(slot) && !aside(slot)))
        .or_else(|| slots.iter().rposition(allowed))
}

fn height_px(scene: &Scene<'_>, slot: &Slot<'_>, shared: &Scale, track: Track) -> f64 {
    let wide = slot.panel.height_px;
    let given = if scene.phone() {
        slot.panel
            .phone_height_px
            .or(wide.map(|height| (height * 0.75).max(height.min(80.0))))
    } else {
        wide
    };
    if let Some(layer) = slot.layers.iter().find(|layer| layer.mark.mark == MarkKind::Flow) {
        // A flow is not flattened on a phone: its groups need as many lines there.
        let phone = slot.panel.phone_height_px.filter(|_| scene.phone());
        return flow::height_px(layer, phone.or(wide));
    }
    let triangles = slot.layers.iter().filter(|layer| layer.mark.mark == MarkKind::Triangle);
    let measured = triangles
        .map(|layer| triangle::height_px(layer, shared, track))
        .fold(0.0, f64::max);
    if measured > 0.0 {
        return measured;
    }
    let only_text = slot.layers.iter().all(|layer| layer.mark.mark == MarkKind::Text);
    given.unwrap_or(if only_text {
        LABELS_PX
    } else if scene.phone() {
        180.0
    } else {
        240.0
    })
}

/// The title left of the panel, level with its zero line; gives the y below which it is over, in pixels.
fn beside(layout: &mut Layout<'_>, scene: &Scene<'_>, slot: &Slot<'_>, area: &Area) -> f64 {
    let (false, Some(title)) = (slot.title_above, &slot.title) else {
        return 0.0;
    };
    let lines = wrap(title, TITLE_PX, SIZE_PX, Weight::Regular);
    let has = |mark| slot.layers.iter().any(|layer| layer.mark.mark == mark);
    let middle = if has(MarkKind::Triangle) {
        area.plot.top + triangle::MIDDLE_PX
    } else if has(MarkKind::Bar) {
        area.px(area.at(0.0, area.zero())).1
    } else {
        (area.plot.top + area.plot.bottom) / 2.0
    };
    let half = lines.len().saturating_sub(1) as f64 * LINE_PX / 2.0;
    let mut y = (middle + CENTER_PX - half).max(area.plot.top + RISE * SIZE_PX);
    let room = area.plot.left.min(scene.drawing.width_px) - 4.0;
    for line in lines {
        let at = (0.0, y);
        layout.heading(at, &line, room, Weight::Regular, Color::Muted, Align::Start);
        y += LINE_PX;
    }
    y - LINE_PX + SINK * SIZE_PX + 1.0
}
