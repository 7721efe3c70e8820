//! What stands round a grid of cells: heads of its columns, names of its axes, the strip of classes with its breaks.

use super::{Layout, Swatch};
use crate::canvas::area::Area;
use crate::canvas::element::{Align, Fill, Hatch};
use crate::canvas::geometry::Rect;
use crate::format::{Language, Style, Unit};
use crate::frame::Column;
use crate::map::legend::words::{plain, unit_of, with_unit};
use crate::mark::cell;
use crate::scale::Scale;
use crate::scene::Scene;
use crate::scene::layer::Layer;
use crate::spec::{Axis, Drop, LabelSide, Panel, ScaleKind};
use crate::text::{LINE_PX, SIZE_PX, Weight, width_px};
use crate::theme::Color;

/// From the lower edge of the grid to the baseline of what stands below it.
const BELOW_PX: f64 = 15.0;
const STRIP_PX: f64 = 8.0;
/// Space over the strip, and from it to the baseline of its breaks.
const OVER_STRIP_PX: f64 = 12.0;
const UNDER_STRIP_PX: f64 = 13.0;
/// Space between two breaks.
const BETWEEN_PX: f64 = 4.0;

/// Whether the panel has bands of its own.
pub(super) fn is_grid(scene: &Scene<'_>, panel: &Panel) -> bool {
    scene.own(panel).scale == Some(ScaleKind::Band)
}

/// Where the heads of a grid's columns stand.
pub(super) fn heads_side(scene: &Scene<'_>, panel: &Panel) -> LabelSide {
    scene.own(panel).labels.unwrap_or(LabelSide::Above)
}

/// The panel's own bands, as many as have room where the axis says which ones go.
pub(super) fn scale(scene: &Scene<'_>, panel: &Panel, layers: &[Layer<'_>], width: f64) -> Scale {
    let axis = scene.own(panel);
    let mut scale = Scale::ordered_band(&scene.frames.main, axis.column.as_deref().unwrap_or_default());
    let need = layers.iter().map(cell::column_px).fold(1.0, f64::max);
    let room = (width / need).floor().max(1.0) as usize;
    if let (Scale::Band { keys, .. }, Some(drop)) = (&mut scale, axis.drop)
        && keys.len() > room
    {
        match drop {
            Drop::First => {
                keys.drain(..keys.len() - room);
            }
            Drop::Last => keys.truncate(room),
        }
    }
    scale
}

/// Heads of the columns on one line: all of them, or every so many, or cut, as the room is.
pub(super) fn heads(scene: &Scene<'_>, layout: &mut Layout<'_>, axis: &Axis, area: &Area, y: f64) {
    let label = match (&axis.phone_label_column, scene.phone()) {
        (Some(column), true) => Some(column),
        _ => axis.label_column.as_ref(),
    };
    let names = super::names::names(scene, axis, label.map(String::as_str), &area.own);
    let column = axis.column.as_deref().and_then(|name| scene.frames.main.column(name));
    // Numbers and days go on by themselves where one is left out; names do not.
    let named = matches!(column, Some(Column::Text(_)));
    let band = area.plot.width() / area.own.range().1;
    let widest = super::widest(names.texts.iter().map(String::as_str), Weight::Regular);
    let (step, room) = if widest + BETWEEN_PX <= band {
        (1, band)
    } else if !named && widest <= 3.0 * band {
        let step = ((widest + BETWEEN_PX) / band).ceil().max(1.0);
        (step as usize, step * band)
    } else {
        (1, band - BETWEEN_PX)
    };
    let picture = scene.drawing.width_px;
    for (nth, name) in names.texts.iter().enumerate().step_by(step) {
        let middle = area.px(area.at(0.0, area.own.start_of(nth) + 0.5)).0;
        let half = width_px(name, SIZE_PX, Weight::Regular).min(room) / 2.0;
        // The head of a thinned row may reach beyond its own column; it must not leave the picture or its panel.
        if middle - half >= area.plot.left - BETWEEN_PX && middle + half <= (area.plot.right + BETWEEN_PX).min(picture)
        {
            layout.heading((middle, y), name, room, Weight::Regular, Color::Muted, Align::Middle);
        }
    }
}

/// Everything below the grid; gives its height in pixels.
pub(super) fn below(
    scene: &Scene<'_>,
    layout: &mut Layout<'_>,
    panel: &Panel,
    layers: &[Layer<'_>],
    area: &Area,
    rows_title: bool,
) -> f64 {
    let axis = scene.own(panel);
    let mut y = area.plot.bottom;
    if heads_side(scene, panel) == LabelSide::Below {
        heads(scene, layout, axis, area, y + BELOW_PX);
        y += BELOW_PX + 4.0;
    }
    let left = scene.spec.y.title.as_ref().filter(|_| rows_title);
    let left = left.map(|words| scene.words(words)).unwrap_or_default();
    let right = axis.title.as_ref().map(|words| scene.words(words)).unwrap_or_default();
    let measure = |text: &str| width_px(text, SIZE_PX, Weight::Regular);
    let beside = measure(&left) + 12.0 + measure(&right) <= area.plot.right;
    if !left.is_empty() {
        let at = (0.0, y + BELOW_PX);
        layout.heading(at, &left, area.plot.right, Weight::Regular, Color::Muted, Align::Start);
    }
    if !left.is_empty() && !right.is_empty() && !beside {
        y += LINE_PX;
    }
    if !right.is_empty() {
        let at = (area.plot.right, y + BELOW_PX);
        let room = if left.is_empty() || !beside {
            area.plot.width()
        } else {
            area.plot.right
        };
        layout.heading(at, &right, room, Weight::Regular, Color::Muted, Align::End);
    }
    if !left.is_empty() || !right.is_empty() {
        y += BELOW_PX + 4.0;
    }
    for layer in layers {
        y = strip(layout, layer, area, y);
    }
    y - area.plot.bottom
}

/// The classes as they are drawn, the limits printed between them, and what a hatched cell is.
fn strip(layout: &mut Layout<'_>, layer: &Layer<'_>, area: &Area, y: f64) -> f64 {
    let breaks = cell::breaks(layer);
    let plot = area.plot;
    let (top, classes) = (y + OVER_STRIP_PX, breaks.classes());
    let edge = |class: usize| (plot.left + plot.width() * class as f64 / classes as f64).round();
    for class in 0..classes {
        let place = Rect {
            left: edge(class),
            top,
            right: edge(class + 1),
            bottom: top + STRIP_PX,
        };
        let fill = Fill::Solid(cell::colors(&breaks, class).0);
        layout.swatches.push(Swatch { place, fill });
    }
    let baseline = top + STRIP_PX + UNDER_STRIP_PX;
    let texts = limits(layer, breaks.limits());
    let boxes: Vec<(f64, f64)> = (texts.iter().enumerate())
        .map(|(nth, text)| (edge(nth + 1), width_px(text, SIZE_PX, Weight::Regular) / 2.0))
        .collect();
    // The last limit carries the unit, so it is served first; the others from the left.
    let (from, to) = (
        (plot.left - BETWEEN_PX).max(0.0),
        (plot.right + BETWEEN_PX).min(layer.scene.drawing.width_px),
    );
    let mut taken = from;
    let end = boxes.last().map_or(f64::INFINITY, |(x, half)| x - half - BETWEEN_PX);
    for (nth, (text, (x, half))) in texts.iter().zip(&boxes).enumerate() {
        let last = nth + 1 == texts.len();
        let free = if last {
            x - half >= from && x + half <= to
        } else {
            x - half >= taken && x + half <= end
        };
        if free {
            taken = x + half + BETWEEN_PX;
            let at = (*x, baseline);
            layout.heading(at, text, plot.width(), Weight::Regular, Color::Ink2, Align::Middle);
        }
    }
    let mut y = baseline + 4.0;
    if layer.rows().into_iter().any(|row| cell::hidden(layer, row)) {
        let place = Rect {
            left: plot.left,
            top: y + 6.0,
            right: plot.left + 18.0,
            bottom: y + 18.0,
        };
        let room = plot.right - place.right - 6.0;
        if room > 0.0 {
            let fill = Fill::Hatch(Hatch::Unlocated);
            let at = (place.right + 6.0, y + 16.0);
            let words = cell::hidden_words(layer);
            layout.swatches.push(Swatch { place, fill });
            layout.heading(at, &words, room, Weight::Regular, Color::Ink2, Align::Start);
            y += 20.0;
        }
    }
    y
}

/// The limits in one unit, which the last of them names.
fn limits(layer: &Layer<'_>, limits: &[f64]) -> Vec<String> {
    let scene = &layer.scene;
    let (language, currency) = (scene.drawing.language, scene.drawing.currency);
    let text = layer.mark.text.as_ref().and_then(|label| label.format);
    let style = layer.mark.legend_format.or(text).unwrap_or(Style::Text);
    let largest = limits.iter().fold(0.0_f64, |most, limit| most.max(limit.abs()));
    let percent = if language == Language::French { "\u{202f}%" } else { "%" };
    let money = |unit: Unit| (unit.factor(), Some(unit));
    let (factor, unit) = match style {
        Style::Percent | Style::SignedPercent | Style::PercentBare(_) | Style::SignedPercentBare => (0.01, None),
        Style::MoneyUnit | Style::SignedMoneyUnit => money(scene.unit),
        Style::Money | Style::MoneyShort | Style::SignedMoneyShort => money(unit_of(largest)),
        Style::CountShort => (unit_of(largest).factor(), None),
        _ => (1.0, None),
    };
    let mut texts: Vec<String> = limits.iter().map(|limit| plain(limit / factor, language)).collect();
    if let Some(last) = texts.last_mut() {
        *last = match (style, unit) {
            (Style::Percent | Style::SignedPercent, _) => format!("{last}{percent}"),
            (Style::CountShort, _) => {
                let prefix = unit_of(largest).prefix(language);
                match language {
                    _ if prefix.is_empty() => last.clone(),
                    Language::French => format!("{last}\u{a0}{prefix}"),
                    Language::English => format!("{last}{prefix}"),
                }
            }
            (_, Some(unit)) => with_unit(last, unit, language, currency),
            _ => last.clone(),
        };
    }
    texts
}
