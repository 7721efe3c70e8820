//! Axes: labels of the shared x axis, ticks and grid of a panel's own axis, baselines.

use super::{Layout, tick};
use crate::canvas::area::Area;
use crate::canvas::element::{Align, Element, Layer, Quiet, Shape, Stroke, Text};
use crate::canvas::plan::Plan;
use crate::format::{Style, date};
use crate::scale::{Scale, first_of};
use crate::scene::Scene;
use crate::spec::{MarkKind, Panel};
use crate::text::{CENTER_PX, SIZE_PX, Weight, truncate, width_px, wrap};
use crate::theme::Color;

const BASELINE_PX: f64 = 18.0;
const LINE_PX: f64 = 16.0;

/// Writes the labels of the shared x axis below the panel at `y` and gives the height that they take, in pixels.
pub(crate) fn labels_below(scene: &Scene<'_>, layout: &mut Layout<'_>, panel: usize, y: f64) -> f64 {
    let area = &layout.areas[panel];
    let labels: Vec<(f64, String)> = match &area.shared {
        Scale::Month { first, count } => return months(scene, layout, panel, y, *first, *count),
        Scale::Band { .. } => return bands(scene, layout, panel, y),
        Scale::Time { days, .. } => days_of(scene, &area.shared, *days),
        Scale::Linear { .. } => numbers(scene, &area.shared),
    };
    let own = area.own.range().0;
    let at: Vec<(f64, String)> = labels
        .into_iter()
        .map(|(at, text)| (area.px(area.at(at, own)).0, text))
        .collect();
    spread(scene, layout, at, y + BASELINE_PX);
    BASELINE_PX + 6.0
}

/// Labels centred on their places, shifted inside the picture; one that would touch its neighbour is left out.
fn spread(scene: &Scene<'_>, layout: &mut Layout<'_>, labels: Vec<(f64, String)>, y: f64) {
    let mut taken = f64::NEG_INFINITY;
    let width = scene.drawing.width_px;
    for (x, text) in labels {
        let text = truncate(&text, width, SIZE_PX, Weight::Regular);
        let half = width_px(&text, SIZE_PX, Weight::Regular) / 2.0;
        let x = x.clamp(
            half.min(scene.drawing.width_px / 2.0),
            (scene.drawing.width_px - half).max(half),
        );
        if x - half < taken {
            continue;
        }
        taken = x + half + 8.0;
        layout.heading(
            (x, y),
            &text,
            scene.drawing.width_px,
            Weight::Regular,
            Color::Ink2,
            Align::Middle,
        );
    }
}

/// One label per month; initials where names do not fit; every so many where initials do not. Years below when there is more than one.
fn months(scene: &Scene<'_>, layout: &mut Layout<'_>, panel: usize, y: f64, first: i32, count: i32) -> f64 {
    let area = &layout.areas[panel];
    let language = scene.drawing.language;
    let all: Vec<(i32, chrono::NaiveDate)> = (0..count)
        .filter_map(|month| Some((month, first_of(first + month)?)))
        .collect();
    let band = area.band_px();
    let styled = scene.shared().format;
    let fits = |style: Style| {
        all.iter()
            .take(12)
            .all(|(_, day)| width_px(&date(*day, style, language), SIZE_PX, Weight::Regular) + 4.0 <= band)
    };
    let style = match styled {
        Some(style) if fits(style) => style,
        _ if !scene.terse() && fits(Style::Month) => Style::Month,
        _ => Style::MonthInitial,
    };
    let x = |month: i32| area.px(area.at(f64::from(month) + 0.5, area.own.range().0)).0;
    let names: Vec<(f64, String)> = all
        .iter()
        .map(|(month, day)| (x(*month), date(*day, style, language)))
        .collect();
    let step = [1, 3, 6, 12]
        .into_iter()
        .find(|step| f64::from(*step) * band >= 14.0)
        .unwrap_or(12);
    let shown = names
        .into_iter()
        .zip(&all)
        .filter(|(_, (_, day))| step == 1 || chrono::Datelike::month0(day) as i32 % step == 0);
    let years: Vec<(f64, String)> = (all.iter().enumerate())
        .filter(|(nth, (_, day))| *nth == 0 || chrono::Datelike::month0(day) == 0)
        .map(|(_, (month, day))| (x(*month), date(*day, Style::Year, language)))
        .collect();
    let shown: Vec<(f64, String)> = shown.map(|(label, _)| label).collect();
    let with_years = count > 12;
    if step < 12 {
        spread(scene, layout, shown, y + BASELINE_PX);
    }
    if !with_years && step < 12 {
        return BASELINE_PX + 6.0;
    }
    let line = if step < 12 { LINE_PX } else { 0.0 };
    spread(scene, layout, years, y + BASELINE_PX + line);
    BASELINE_PX + line + 6.0
}

/// One label per band, on two lines where one is too short, cut where two are.
fn bands(scene: &Scene<'_>, layout: &mut Layout<'_>, panel: usize, y: f64) -> f64 {
    let axis = scene.shared();
    let frame = &scene.frames.main;
    let Some(column) = axis.column.as_deref().and_then(|name| frame.column(name)) else {
        return 0.0;
    };
    let label = axis
        .label_column
        .as_deref()
        .or(axis.column.as_deref())
        .unwrap_or_default();
    let style = axis.format.unwrap_or(Style::Text);
    let area = &layout.areas[panel];
    let band = area.band_px();
    let own = area.own.range().0;
    let mut seen = std::collections::BTreeSet::new();
    let mut labels: Vec<(f64, String)> = vec![];
    for row in 0..frame.len() {
        let Some(start) = area.shared.band_start(column, row) else {
            continue;
        };
        if !seen.insert(start.to_bits()) {
            continue;
        }
        let missing = || {
            axis.missing
                .as_ref()
                .map_or_else(|| "–".to_owned(), |words| scene.words(words))
        };
        let text = scene.filling(frame).value(label, row, style).unwrap_or_else(missing);
        labels.push((area.px(area.at(start + 0.5, own)).0, text));
    }
    let short = labels
        .iter()
        .all(|(_, text)| width_px(text, SIZE_PX, Weight::Regular) + 6.0 <= band);
    // Numbers and other short labels are thinned, names are broken and cut.
    let names = labels.iter().any(|(_, text)| text.chars().any(char::is_alphabetic));
    if short || !names || band < 24.0 {
        spread(scene, layout, labels, y + BASELINE_PX);
        return BASELINE_PX + 6.0;
    }
    let mut lines_max = 1;
    for (x, text) in labels {
        let mut lines = wrap(&text, band - 6.0, SIZE_PX, Weight::Regular);
        if lines.len() > 2 {
            let rest = lines.split_off(1).join(" ");
            lines.push(truncate(&rest, band - 6.0, SIZE_PX, Weight::Regular));
        }
        lines_max = lines_max.max(lines.len());
        let cut = lines.join(" ") != text;
        for (nth, line) in lines.iter().enumerate() {
            layout.heading(
                (x, y + BASELINE_PX + nth as f64 * LINE_PX),
                line,
                band,
                Weight::Regular,
                Color::Ink2,
                Align::Middle,
            );
            if let Some(heading) = layout.headings.last_mut().filter(|_| cut) {
                heading.whole = Some(text.clone());
            }
        }
    }
    BASELINE_PX + (lines_max - 1) as f64 * LINE_PX + 6.0
}

/// Starts of years or months, as many as there is room for; the year is named where it begins.
fn days_of(scene: &Scene<'_>, shared: &Scale, days: f64) -> Vec<(f64, String)> {
    let language = scene.drawing.language;
    let room = (scene.drawing.width_px / 70.0).clamp(2.0, 12.0);
    if days < 45.0 {
        let step = (days / room.min(6.0)).ceil().max(1.0);
        let count = (days / step).floor() as usize;
        let ats = (0..=count).map(|nth| nth as f64 * step);
        let style = scene.shared().format.unwrap_or(Style::DayMonth);
        return ats
            .filter_map(|at| Some((at, date(shared.day(at)?, style, language))))
            .collect();
    }
    let step = [1, 2, 3, 6, 12, 24, 60, 120, 240]
        .into_iter()
        .find(|step| days / (30.4 * f64::from(*step)) <= room)
        .unwrap_or(600);
    let label = |day: chrono::NaiveDate| {
        let style = if step >= 12 {
            Style::Year
        } else if chrono::Datelike::month0(&day) == 0 {
            Style::MonthYear
        } else {
            Style::Month
        };
        date(day, scene.shared().format.unwrap_or(style), language)
    };
    shared
        .months(step)
        .into_iter()
        .map(|(at, day)| (at, label(day)))
        .collect()
}

fn numbers(scene: &Scene<'_>, shared: &Scale) -> Vec<(f64, String)> {
    let axis = scene.shared();
    let (from, to) = shared.range();
    let (scale, mut ticks) = shared.clone().nice(axis.ticks.unwrap_or(5).clamp(2, 6));
    ticks.retain(|at| (from - 1e-9..=to + 1e-9).contains(at));
    let labels = tick::labels(scene, axis, &scale, &ticks);
    ticks.into_iter().zip(labels).collect()
}

/// Grid, tick labels and baseline of one panel.
pub(crate) fn own_axis(scene: &Scene<'_>, plan: &mut Plan, panel: usize, spec: &Panel, area: &Area) {
    let (from, to) = area.shared.range();
    let labels = tick::labels(scene, scene.own(spec), &area.own, &area.ticks);
    let mut taken = f64::NEG_INFINITY;
    for (tick, text) in area.ticks.iter().zip(labels) {
        let a = area.px(area.at(from, *tick));
        let (at, align) = match area.down() {
            true => ((area.plot.left - 8.0, a.1 + CENTER_PX), Align::End),
            false => ((a.0, area.plot.bottom + 14.0), Align::Middle),
        };
        let text = Text::new(text, Weight::Regular, Color::Muted, align);
        let bounds = text.bounds(at);
        let fits = bounds.left >= 0.0 && bounds.right <= scene.drawing.width_px;
        if fits && (area.down() || bounds.left >= taken) {
            taken = bounds.right + 8.0;
            plan.text(at, text, Layer::Front);
        }
        if scene.own(spec).grid {
            let line = vec![area.at(from, *tick), area.at(to, *tick)];
            let line = Element::new(line, Shape::Line, Layer::Back).quiet(Quiet::Grid);
            plan.data(panel, area, line.stroke(Stroke::solid(Color::Grid, 1.0)));
        }
    }
    let stands = spec.marks.iter().any(|mark| mark.mark == MarkKind::Bar);
    let (low, high) = area.own.range();
    let labelled = !area.ticks.is_empty() && low <= 0.0;
    if area.down() && (stands || labelled) && high >= 0.0 {
        let line = Element::new(
            vec![area.at(from, area.zero()), area.at(to, area.zero())],
            Shape::Line,
            Layer::Front,
        );
        plan.data(panel, area, line.stroke(Stroke::solid(Color::Axis, 1.0)));
    }
}
