//! Panels set across, sharing the bands of y.

use super::grid;
use super::names::{Names, names};
use super::{Hairline, Heading, Layout, label_pads, layers, own_scale, shared_scale, widest};
use crate::canvas::area::{Area, Pads};
use crate::canvas::element::Align;
use crate::canvas::geometry::Rect;
use crate::mark::{cell, text};
use crate::scale::Scale;
use crate::scene::Scene;
use crate::scene::layer::Layer;
use crate::spec::{LabelSide, MarkKind, Panel, Place};
use crate::text::{CENTER_PX, LINE_PX, SIZE_PX, Weight, width_px};
use crate::theme::Color;

/// The line under the headings, and where the first row starts.
const HEAD_LINE_PX: f64 = 20.0;
const HEAD_PX: f64 = 26.0;
/// Baseline of the headings.
const TITLE_PX: f64 = 12.0;
/// The line of a name above its bar, with the space before it.
const NAME_PX: f64 = 27.0;
/// Space before the row without a name, in pixels.
const APART_PX: f64 = 6.0;

struct Slot<'a> {
    panel: &'a Panel,
    layers: Vec<Layer<'a>>,
    title: Option<String>,
    /// Width that the panel asks for; none when it takes a share of what is left.
    fixed: Option<f64>,
}

pub(super) fn layout(scene: Scene<'_>) -> Layout<'_> {
    let axis = &scene.spec.y;
    let phone = scene.phone();
    let row_px = if phone {
        axis.phone_row_px.or(axis.row_px)
    } else {
        axis.row_px
    }
    .unwrap_or(24.0);
    let shared = shared_scale(&scene, APART_PX / row_px);
    let width = scene.drawing.width_px;
    let slots: Vec<Slot<'_>> = scene.panels().map(|panel| slot(scene, panel)).collect();
    let names = names(&scene, axis, axis.label_column.as_deref(), &shared);
    let grids = |side: LabelSide| {
        let stands =
            |slot: &Slot<'_>| grid::is_grid(&scene, slot.panel) && grid::heads_side(&scene, slot.panel) == side;
        slots.iter().any(stands)
    };
    let (heads_above, heads_below) = (grids(LabelSide::Above), grids(LabelSide::Below));
    let any_grid = slots.iter().any(|slot| grid::is_grid(&scene, slot.panel));
    let side = axis.labels.unwrap_or(LabelSide::Left);
    // Where a grid's columns are named below it, so is what its rows are; and where no column of names has it as its heading.
    let rows_below = any_grid && ((heads_below && !heads_above) || side != LabelSide::Left);
    let gap = if phone { 12.0 } else { 24.0 };
    let left = match side {
        LabelSide::Left => {
            let need = widest(names.texts.iter().map(String::as_str), axis.weight.unwrap_or_default())
                .max(if rows_below { 0.0 } else { heading_px(&scene) })
                + 8.0;
            need.min(if phone { width * 0.38 } else { (width * 0.32).max(120.0) })
        }
        _ => 0.0,
    };
    let mut layout = Layout::empty();
    let headed = (axis.title.is_some() && !rows_below) || slots.iter().any(|slot| slot.title.is_some()) || heads_above;
    let titled = |slot: &Slot<'_>| slot.title.is_some() && grid::is_grid(&scene, slot.panel);
    // A grid with a title of its own has the heads of its columns on a second line, and so have the panels beside it.
    let shift = if heads_above && slots.iter().any(titled) {
        LINE_PX
    } else {
        0.0
    };
    let top = match (headed, any_grid) {
        (true, true) => HEAD_LINE_PX + shift,
        (true, false) => HEAD_PX,
        _ => 0.0,
    };
    let bottom = top + shared.range().1 * row_px;
    let heading = if side == LabelSide::Above {
        (NAME_PX / row_px).min(0.7)
    } else {
        0.0
    };
    let mut rows_title = rows_below;
    let mut under = 0.0_f64;
    for (slot, (from, to)) in slots.iter().zip(edges(&slots, left, width, gap)) {
        let plot = Rect {
            left: from,
            top,
            right: to,
            bottom,
        };
        let cells = grid::is_grid(&scene, slot.panel);
        let (own, pads) = if cells {
            // The gaps round the outer cells lie outside the plot, so that the grid's edges are the plot's.
            let gap = -cell::GAP_PX / 2.0;
            let scale = grid::scale(&scene, slot.panel, &slot.layers, plot.width());
            ((scale, vec![]), Pads { low: gap, high: gap })
        } else {
            let labels = label_pads(&slot.layers, |text, weight| width_px(text, SIZE_PX, weight) + 2.0, 1.0);
            (
                own_scale(&scene, slot.panel, &slot.layers),
                limited(labels, plot.width()),
            )
        };
        let mut area = Area::new(plot, shared.clone(), own, pads, 0.0, false);
        area.heading = heading;
        if let Some(title) = &slot.title {
            let y = if cells { TITLE_PX } else { TITLE_PX + shift };
            head(&mut layout, slot, title, plot, &area, y);
        }
        if cells {
            if grid::heads_side(&scene, slot.panel) == LabelSide::Above {
                grid::heads(&scene, &mut layout, scene.own(slot.panel), &area, TITLE_PX + shift);
            }
            let first = std::mem::take(&mut rows_title);
            let height = grid::below(&scene, &mut layout, slot.panel, &slot.layers, &area, first);
            under = under.max(height);
        }
        layout.within.push(Rect {
            left: from - gap / 2.0,
            top: 0.0,
            right: (to + gap / 2.0).min(width),
            bottom,
        });
        layout.panels.push(slot.panel);
        layout.areas.push(area);
    }
    if headed && !any_grid {
        layout.lines.push(Hairline {
            color: Color::Axis,
            y: HEAD_LINE_PX,
        });
    }
    if let Some(title) = axis.title.as_ref().filter(|_| !rows_below) {
        let room = if side == LabelSide::Left {
            left - 4.0
        } else {
            width * 0.5
        };
        let text = scene.words(title);
        layout.heading(
            (0.0, TITLE_PX + shift),
            &text,
            room,
            Weight::Regular,
            Color::Muted,
            Align::Start,
        );
    }
    name_bands(&scene, &mut layout, &names, &shared, (left, top, row_px, side));
    separators(&scene, &mut layout, &shared, top, row_px);
    let ticks = layout.areas.iter().any(|area| !area.ticks.is_empty());
    layout.height_px = (bottom + under.max(if ticks { 20.0 } else { 1.0 })).max(1.0);
    layout
}

fn slot<'a>(scene: Scene<'a>, panel: &'a Panel) -> Slot<'a> {
    let layers = layers(scene, panel);
    let title = scene.title(panel);
    let texts = panel
        .marks
        .iter()
        .all(|mark| mark.mark == MarkKind::Text && mark.x.is_none());
    let fixed = panel.width_px.or_else(|| {
        let head = title
            .as_deref()
            .map_or(0.0, |title| width_px(title, SIZE_PX, Weight::Regular));
        (texts && panel.share.is_none()).then(|| {
            layers
                .iter()
                .map(|layer| text::widest_px(layer) + 1.0)
                .fold(head, f64::max)
                .ceil()
        })
    });
    Slot {
        panel,
        layers,
        title,
        fixed,
    }
}

fn heading_px(scene: &Scene<'_>) -> f64 {
    scene
        .spec
        .y
        .title
        .as_ref()
        .map_or(0.0, |title| width_px(&scene.words(title), SIZE_PX, Weight::Regular))
}

/// Left and right edge of each panel: fixed ones as they ask, the others by their shares of the rest.
fn edges(slots: &[Slot<'_>], left: f64, width: f64, gap: f64) -> Vec<(f64, f64)> {
    let gaps = gap * slots.len().saturating_sub(1) as f64;
    let fixed: f64 = slots.iter().filter_map(|slot| slot.fixed).sum();
    let shares: f64 = slots
        .iter()
        .filter(|slot| slot.fixed.is_none())
        .map(|slot| slot.panel.share.unwrap_or(1.0))
        .sum();
    let rest = (width - left - gaps - fixed).max(0.0);
    // Fixed panels that ask for more than there is shrink alike.
    let squeeze = ((width - left - gaps).max(1.0) / fixed.max(1.0)).min(1.0);
    let mut x = left;
    let mut out = vec![];
    for slot in slots {
        let room = match slot.fixed {
            Some(fixed) => fixed * squeeze,
            None => rest * slot.panel.share.unwrap_or(1.0) / shares.max(f64::MIN_POSITIVE),
        };
        let to = (x + room.max(1.0)).min(width.max(2.0));
        out.push(((x).min(to - 1.0), to));
        x = to + gap;
    }
    out
}

fn limited(pads: Pads, width: f64) -> Pads {
    let both = pads.low + pads.high;
    let most = width * 0.8;
    let shrink = if both > most { most / both } else { 1.0 };
    Pads {
        low: pads.low * shrink,
        high: pads.high * shrink,
    }
}

/// The heading of a panel: over the column's right edge for texts, over the zero line where a panel has both signs, else at its left.
fn head(layout: &mut Layout<'_>, slot: &Slot<'_>, title: &str, plot: Rect, area: &Area, y: f64) {
    let right = slot.panel.marks.first().is_some_and(|mark| {
        let place = mark.text.as_ref().and_then(|label| label.place);
        mark.mark == MarkKind::Text && mark.x.is_none() && !matches!(place, Some(Place::Left | Place::Center))
    });
    if right {
        layout.heading(
            (plot.right, y),
            title,
            plot.width() + 8.0,
            Weight::Regular,
            Color::Muted,
            Align::End,
        );
        return;
    }
    let (low, high) = area.own.range();
    let zero = area.px((area.zero(), area.shared.range().0)).0;
    let wide = width_px(title, SIZE_PX, Weight::Regular);
    if low < 0.0 && high > 0.0 && zero - wide / 2.0 >= plot.left && zero + wide / 2.0 <= plot.right {
        layout.heading(
            (zero, y),
            title,
            wide + 1.0,
            Weight::Regular,
            Color::Muted,
            Align::Middle,
        );
    } else {
        layout.heading(
            (plot.left, y),
            title,
            plot.width(),
            Weight::Regular,
            Color::Muted,
            Align::Start,
        );
    }
}

/// Writes the bands' names beside or above what they hold.
fn name_bands(
    scene: &Scene<'_>,
    layout: &mut Layout<'_>,
    names: &Names,
    shared: &Scale,
    (left, top, row_px, side): (f64, f64, f64, LabelSide),
) {
    let Scale::Band { keys, .. } = shared else {
        return;
    };
    if side == LabelSide::None {
        return;
    }
    let width = scene.drawing.width_px;
    let (weight, room) = match side {
        LabelSide::Above => (scene.spec.y.weight.unwrap_or(Weight::Bold), width),
        _ => (scene.spec.y.weight.unwrap_or_default(), left - 6.0),
    };
    for (band, (row, name)) in names.rows.iter().zip(&names.texts).enumerate() {
        let start = top + shared.start_of(band) * row_px;
        let y = if side == LabelSide::Above {
            start + NAME_PX - 8.0
        } else {
            start + row_px / 2.0 + CENTER_PX
        };
        let color = if keys[band].is_none() { Color::Muted } else { Color::Ink };
        let (text, whole) = crate::canvas::plan::fitted(name, room.max(0.0), weight, color, Align::Start);
        // In a grid a row of data is one cell, and the name belongs to all cells of its line.
        let grid = layout.panels.iter().any(|panel| grid::is_grid(scene, panel));
        let row = (scene.spec.link.is_some() && !grid).then_some(*row);
        if !text.text.is_empty() {
            layout.headings.push(Heading {
                at: (0.0, y),
                text,
                whole,
                row,
            });
        }
    }
}

/// Hairlines between rows, and one that sets the row without a name apart.
fn separators(scene: &Scene<'_>, layout: &mut Layout<'_>, shared: &Scale, top: f64, row_px: f64) {
    let Scale::Band { keys, .. } = shared else {
        return;
    };
    for (band, key) in keys.iter().enumerate().skip(1) {
        if scene.spec.y.separators || key.is_none() {
            let shift = if key.is_none() { APART_PX / 2.0 } else { 0.0 };
            let y = top + shared.start_of(band) * row_px - shift;
            layout.lines.push(Hairline { color: Color::Grid, y });
        }
    }
}
