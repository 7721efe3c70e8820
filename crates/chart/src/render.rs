//! From a specification and its data to one `<svg>` element.

use crate::Drawing;
use crate::canvas::backend::{Sheet, SvgBackend};
use crate::canvas::element::{Align, Element, Layer, Quiet, Shape, Stroke, Text};
use crate::canvas::geometry::Rect;
use crate::canvas::plan::Plan;
use crate::error::ChartError;
use crate::format::{Say, Template};
use crate::frame::Frames;
use crate::layout::{Layout, Swatch, axis, layers};
use crate::mark::Context;
use crate::scale::Scale;
use crate::scene::Scene;
use crate::spec::{Link, Spec};
use crate::svg::{self, Svg};
use crate::text::Weight;
use crate::theme::Color;

/// Height of a picture that only says that there is nothing to show, in pixels.
const EMPTY_PX: f64 = 48.0;
/// Widths beyond these are no picture.
const WIDTH_PX: std::ops::RangeInclusive<f64> = 24.0..=8000.0;

/// Draws the chart: one `<svg>…</svg>` at exactly `drawing.width_px`.
///
/// Rows with missing values draw what they have. No row at all draws a note in the drawing's language.
///
/// # Errors
/// [`ChartError::Spec`] with every fault when the specification names columns or datasets that are not there, and
/// [`ChartError::Surface`] when the width is not between 24 and 8000 pixels.
pub fn render(spec: &Spec, frames: &Frames, drawing: &Drawing<'_>) -> Result<String, ChartError> {
    let named = frames
        .named
        .iter()
        .map(|(name, frame)| (name.clone(), frame.kinds()))
        .collect();
    let faults = spec.check_with(&frames.main.kinds(), &named);
    if !faults.is_empty() {
        return Err(ChartError::Spec(faults));
    }
    if !WIDTH_PX.contains(&drawing.width_px) {
        return Err(ChartError::Surface(format!(
            "a width of {} pixels cannot be drawn; give 24 to 8000",
            drawing.width_px
        )));
    }
    let id = safe_id(drawing.id);
    let drawing = &Drawing { id: &id, ..*drawing };
    if frames.main.is_empty() {
        return Ok(nothing(spec, frames, drawing));
    }
    let scene = Scene::new(spec, frames, drawing);
    let layout = Layout::new(scene);
    let mut plan = Plan::default();
    hits(&scene, &layout, &mut plan);
    frame_of(&layout, drawing.width_px, &mut plan);
    for (panel, (area, own)) in layout.areas.iter().zip(&layout.panels).enumerate() {
        axis::own_axis(&scene, &mut plan, panel, own, area);
        for layer in layers(scene, own) {
            let within = bounded(layout.within[panel], drawing.width_px);
            Context {
                layer,
                area,
                panel,
                company: &own.marks,
                axis: scene.own(own),
                within,
            }
            .plan(&mut plan);
        }
    }
    plan.place(&layout.areas);
    let backend = SvgBackend::new(drawing.id, drawing.width_px, layout.height_px, drawing.theme);
    let sheet = backend.sheet.clone();
    plan.draw(backend, &layout.areas).map_err(ChartError::Surface)?;
    Ok(page(spec, &scene, layout.height_px, sheet.take()))
}

/// Ids stand in `url(#…)` and in style sheets: other characters than letters, digits, `-` and `_` become `-`.
fn safe_id(id: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }
    };
    let id: String = id.chars().map(safe).collect();
    if id.starts_with(|c: char| c.is_ascii_alphabetic()) {
        id
    } else {
        format!("c{id}")
    }
}

fn bounded(within: Rect, width_px: f64) -> Rect {
    Rect {
        left: within.left.max(0.0),
        right: within.right.min(width_px),
        ..within
    }
}

/// The place of each linked row takes the pointer as a whole: bars and numbers alone are small targets.
fn hits(scene: &Scene<'_>, layout: &Layout<'_>, plan: &mut Plan) {
    let (Some(first), Some(last)) = (layout.areas.first(), layout.areas.last()) else {
        return;
    };
    let frame = &scene.frames.main;
    let column = scene.shared().column.as_deref().and_then(|name| frame.column(name));
    let (Some(column), Some(_)) = (column, &scene.spec.link) else {
        return;
    };
    // Cells are targets of their own.
    if layout.areas.iter().any(|area| matches!(area.own, Scale::Band { .. })) {
        return;
    }
    let own = first.own.range().0;
    for row in 0..frame.len() {
        let Some(start) = first.shared.band_start(column, row) else {
            continue;
        };
        let (a, b) = (first.px(first.at(start, own)), first.px(first.at(start + 1.0, own)));
        let corners = if first.down() {
            [(a.0, first.plot.top), (b.0, last.plot.bottom)]
        } else {
            [(0.0, a.1), (scene.drawing.width_px, b.1)]
        };
        plan.canvas(&corners, |points| {
            Element::new(points, Shape::Rect, Layer::Mark(Some(row))).quiet(Quiet::Hit)
        });
    }
}

/// Headings, names and lines that the layout placed.
fn frame_of(layout: &Layout<'_>, width_px: f64, plan: &mut Plan) {
    for line in &layout.lines {
        let ends = [(0.0, line.y), (width_px, line.y)];
        plan.canvas(&ends, |points| {
            let drawn = Element::new(points, Shape::Line, Layer::Back);
            let drawn = drawn.stroke(Stroke::solid(line.color, 1.0));
            if line.color == Color::Grid {
                drawn.quiet(Quiet::Grid)
            } else {
                drawn
            }
        });
    }
    for Swatch { place, fill } in &layout.swatches {
        let corners = [(place.left, place.top), (place.right, place.bottom)];
        plan.canvas(&corners, |points| {
            Element::new(points, Shape::Rect, Layer::Back).fill(*fill)
        });
    }
    for heading in &layout.headings {
        let layer = heading.row.map_or(Layer::Front, |row| Layer::Mark(Some(row)));
        plan.titled_text(heading.at, heading.text.clone(), layer, heading.whole.as_deref());
    }
}

/// The whole picture, with the marks of each linked row inside its link.
fn page(spec: &Spec, scene: &Scene<'_>, height_px: f64, sheet: Sheet) -> String {
    let drawing = scene.drawing;
    let mut svg = Svg::new(
        drawing.id,
        drawing.title,
        drawing.desc,
        drawing.width_px,
        height_px,
        drawing.theme,
    );
    svg.defs = sheet.defs;
    svg.body = sheet.back;
    for (row, shapes) in sheet.marks {
        match (row, &spec.link) {
            (Some(row), Some(link)) => {
                svg.linked = true;
                svg.body.push(link_of(link, scene, row, shapes));
            }
            _ => svg.body.extend(shapes),
        }
    }
    svg.body.extend(sheet.front);
    svg.finish()
}

/// A link round the shapes of a row. Its name begins with the texts that are seen in it, so that whoever speaks to the
/// page can say what he reads; the words of the chart are its tooltip.
fn link_of(link: &Link, scene: &Scene<'_>, row: usize, shapes: Vec<svg::Element>) -> svg::Element {
    let frame = &scene.frames.main;
    let href = Template::parse(&link.href)
        .map(|template| template.fill_address(frame, row))
        .unwrap_or_default();
    let label = scene.fill(&link.label, frame, row);
    let seen: Vec<String> = shapes.iter().filter_map(svg::Element::seen).collect();
    let mut drawn = svg::Element::new("a").set("href", href);
    if seen.is_empty() {
        drawn = drawn.set("aria-label", label);
    } else {
        drawn = drawn
            .set("aria-label", format!("{}, {label}", seen.join(" ")))
            .set("data-tip", label);
    }
    let mut texts = 0;
    for shape in shapes {
        if shape.seen().is_some() {
            // Without a space, two texts would be read as one word.
            drawn = if texts > 0 { drawn.text(" ") } else { drawn };
            texts += 1;
        }
        drawn = drawn.child(shape);
    }
    drawn
}

/// A picture that says that no row answers.
fn nothing(spec: &Spec, frames: &Frames, drawing: &Drawing<'_>) -> String {
    let scene = Scene::new(spec, frames, drawing);
    let words = spec.no_data.as_ref().map_or_else(
        || Say(drawing.language).word("chart-no-data").to_owned(),
        |words| scene.words(words),
    );
    let backend = SvgBackend::new(drawing.id, drawing.width_px, EMPTY_PX, drawing.theme);
    let sheet = backend.sheet.clone();
    let (text, whole) =
        crate::canvas::plan::fitted(&words, drawing.width_px, Weight::Regular, Color::Muted, Align::Start);
    let mut plan = Plan::default();
    plan.titled_text(
        (0.0, 28.0),
        Text { halo: false, ..text },
        Layer::Front,
        whole.as_deref(),
    );
    // Drawing shapes on our own surface cannot fail; an empty picture would still be a truthful answer.
    let _ = plan.draw(backend, &[]);
    page(spec, &scene, EMPTY_PX, sheet.take())
}
