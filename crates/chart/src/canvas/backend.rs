//! Our drawing surface for plotters: it writes semantic SVG instead of pixels.
//!
//! plotters counts in whole units, so the canvas has 16 of them per pixel; text is measured with the shipped font. Beside what
//! plotters asks of a backend it takes our own [`Element`]s, which carry theme colours, tooltips, links and notation.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::rc::Rc;

use plotters::element::Drawable;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

use crate::canvas::element::{Align, Element, Fill, Hatch, Layer, Quiet, Shape, Stroke, Text};
use crate::svg::{self, fmt};
use crate::text::{self, LINE_PX, Weight};
use crate::theme::{Color, Theme};

/// Units of the virtual canvas in a pixel.
pub(crate) const UNITS: f64 = 16.0;

/// A canvas point in pixels.
pub(crate) fn to_px((x, y): BackendCoord) -> (f64, f64) {
    (f64::from(x) / UNITS, f64::from(y) / UNITS)
}

/// A length or coordinate in canvas units.
pub(crate) fn to_units(px: f64) -> i32 {
    // The cast saturates, so an absurd coordinate stays at the edge of the numbers.
    (px * UNITS).round() as i32
}

/// What has been drawn so far.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    pub(crate) back: Vec<svg::Element>,
    /// Marks in order; those of one linked row stand together where the row came first.
    pub(crate) marks: Vec<(Option<usize>, Vec<svg::Element>)>,
    pub(crate) front: Vec<svg::Element>,
    pub(crate) hatches: BTreeSet<String>,
    pub(crate) defs: Vec<svg::Element>,
}

/// The backend; clones of its sheet outlive it.
pub(crate) struct SvgBackend {
    pub(crate) sheet: Rc<RefCell<Sheet>>,
    id: String,
    size: (u32, u32),
    theme: Theme,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl SvgBackend {
    pub(crate) fn new(id: &str, width_px: f64, height_px: f64, theme: Theme) -> SvgBackend {
        let size = (
            to_units(width_px).max(1).unsigned_abs(),
            to_units(height_px).max(1).unsigned_abs(),
        );
        SvgBackend {
            sheet: Rc::default(),
            id: id.to_owned(),
            size,
            theme,
        }
    }

    /// Draws one of our elements on points in pixels.
    pub(crate) fn element<C>(&mut self, element: &Element<C>, points: &[(f64, f64)]) {
        let Some(&first) = points.first() else { return };
        if element.quiet == Some(Quiet::Hit) && self.theme != Theme::Css {
            return;
        }
        let shape = match &element.shape {
            Shape::Rect => rect(first, points.last().copied().unwrap_or(first)),
            Shape::Line => svg::Element::new("path").set("d", path(points, false)),
            Shape::Area => svg::Element::new("path").set("d", path(points, true)),
            Shape::Circle { radius_px } => svg::Element::new("circle")
                .px("cx", first.0)
                .px("cy", first.1)
                .px("r", *radius_px),
            Shape::Cross { reach_px, upright } => {
                let (dx, dy) = if *upright { (0.0, *reach_px) } else { (*reach_px, 0.0) };
                line((first.0 - dx, first.1 - dy), (first.0 + dx, first.1 + dy))
            }
            Shape::Triangle { reach_px } => {
                let (x, y, reach) = (first.0, first.1, *reach_px);
                let corners = [
                    (x, y - reach * 0.8),
                    (x + reach, y + reach * 0.8),
                    (x - reach, y + reach * 0.8),
                ];
                svg::Element::new("path").set("d", path(&corners, true))
            }
            Shape::Ribbon => svg::Element::new("path").set("d", ribbon(points)),
            Shape::Text(text) => self.text(text, first),
        };
        let filled = self.fill(shape, element.fill, element.stroke.is_some());
        let mut drawn = match element.stroke {
            Some(stroke) => self.stroke(filled, stroke),
            None => filled,
        };
        drawn = match element.quiet {
            Some(Quiet::Grid) => drawn.set("data-role", "grid"),
            Some(Quiet::Band) => drawn.set("data-role", "band"),
            Some(Quiet::Hit) => drawn.set("class", "hit").set("data-role", "hit"),
            None => drawn,
        };
        if let Some(title) = &element.title {
            drawn = drawn.title(title);
        }
        self.put(drawn, element.layer);
    }

    fn put(&mut self, drawn: svg::Element, layer: Layer) {
        let mut sheet = self.sheet.borrow_mut();
        match layer {
            Layer::Back => sheet.back.push(drawn),
            Layer::Front => sheet.front.push(drawn),
            Layer::Mark(row) => {
                let known = match row {
                    None => sheet.marks.last_mut().filter(|(last, _)| last.is_none()),
                    Some(_) => sheet.marks.iter_mut().find(|(known, _)| *known == row),
                };
                match known {
                    Some((_, group)) => group.push(drawn),
                    None => sheet.marks.push((row, vec![drawn])),
                }
            }
        }
    }

    fn fill(&mut self, shape: svg::Element, fill: Fill, stroked: bool) -> svg::Element {
        match fill {
            Fill::None if stroked => shape.set("fill", "none"),
            Fill::None => shape,
            Fill::Solid(color) => shape.fill(self.theme, color),
            Fill::Sheer(color, opacity) => shape.fill(self.theme, color).set("fill-opacity", format!("{opacity}")),
            Fill::Hatch(hatch) => {
                let id = self.hatch(hatch);
                shape.set("fill", format!("url(#{id})"))
            }
        }
    }

    /// The id of a hatch pattern, which is defined on first use.
    fn hatch(&mut self, hatch: Hatch) -> String {
        let (color, width) = match hatch {
            Hatch::Predicted(color) => (color, 3.0),
            Hatch::Unlocated => (Color::Axis, 1.2),
        };
        let id = format!(
            "{}-hatch-{}-{}",
            self.id,
            color.name(),
            if width > 2.0 { "predicted" } else { "thin" }
        );
        let mut sheet = self.sheet.borrow_mut();
        if sheet.hatches.insert(id.clone()) {
            let ground = svg::Element::new("rect")
                .px("width", 6.0)
                .px("height", 6.0)
                .fill(self.theme, Color::Page);
            let stroke = svg::Element::new("line")
                .px("y2", 6.0)
                .stroke(self.theme, color, width * 2.0);
            let pattern = svg::Element::new("pattern")
                .set("id", id.clone())
                .px("width", 6.0)
                .px("height", 6.0)
                .set("patternUnits", "userSpaceOnUse")
                .set("patternTransform", "rotate(45)");
            sheet.defs.push(pattern.child(ground).child(stroke));
        }
        id
    }

    fn stroke(&self, shape: svg::Element, stroke: Stroke) -> svg::Element {
        let drawn = shape.stroke(self.theme, stroke.color, stroke.width_px);
        match stroke.dash {
            Some(dash) => drawn.set("stroke-dasharray", dash),
            None if stroke.width_px > 1.5 => drawn.set("stroke-linejoin", "round"),
            None => drawn,
        }
    }

    fn text(&self, text: &Text, at: (f64, f64)) -> svg::Element {
        let mut drawn = svg::Element::new("text").px("x", at.0).px("y", at.1);
        drawn = match text.align {
            Align::Start => drawn,
            Align::Middle => drawn.set("text-anchor", "middle"),
            Align::End => drawn.set("text-anchor", "end"),
        };
        drawn = drawn.fill(self.theme, text.color);
        if text.weight == Weight::Bold {
            drawn = drawn.set("font-weight", "600");
        }
        if text.inside {
            drawn = drawn.set("data-role", "inside");
        }
        if text.halo {
            drawn = match Color::Page.literal(self.theme) {
                None => drawn.set("class", "halo"),
                Some(hex) => drawn
                    .set("paint-order", "stroke")
                    .set("stroke", hex)
                    .set("stroke-width", "3")
                    .set("stroke-linejoin", "round"),
            };
            drawn = drawn.set("data-role", "halo");
        }
        drawn.text(text.text.clone())
    }
}

fn rect(a: (f64, f64), b: (f64, f64)) -> svg::Element {
    let rect = crate::canvas::geometry::Rect::between(a, b);
    svg::Element::new("rect")
        .px("x", rect.left)
        .px("y", rect.top)
        .px("width", rect.width())
        .px("height", rect.height())
}

fn line(a: (f64, f64), b: (f64, f64)) -> svg::Element {
    svg::Element::new("line")
        .px("x1", a.0)
        .px("y1", a.1)
        .px("x2", b.0)
        .px("y2", b.1)
}

fn path(points: &[(f64, f64)], closed: bool) -> String {
    let mut out = String::new();
    for (at, point) in points.iter().enumerate() {
        out.push(if at == 0 { 'M' } else { 'L' });
        out.push_str(&fmt(point.0));
        out.push(' ');
        out.push_str(&fmt(point.1));
    }
    if closed {
        out.push('Z');
    }
    out
}

/// Level at both ends, as wide in the middle as there; anything but four points is nothing.
fn ribbon(points: &[(f64, f64)]) -> String {
    let &[a, b, c, d] = points else {
        return String::new();
    };
    let middle = fmt((a.0 + b.0) / 2.0);
    let [a, b, c, d] = [a, b, c, d].map(|(x, y)| (fmt(x), fmt(y)));
    format!(
        "M{} {}C{middle} {} {middle} {} {} {}L{} {}C{middle} {} {middle} {} {} {}Z",
        a.0, a.1, a.1, b.1, b.0, b.1, c.0, c.1, c.1, d.1, d.0, d.1
    )
}

/// A literal colour that plotters asks for.
fn literal(color: BackendColor) -> (String, String) {
    let (red, green, blue) = color.rgb;
    (format!("#{red:02x}{green:02x}{blue:02x}"), format!("{}", color.alpha))
}

/// What plotters itself needs, so that its own series and meshes can be drawn on the same surface.
impl DrawingBackend for SvgBackend {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        let at = to_px(point);
        let (hex, alpha) = literal(color);
        let dot = rect(at, (at.0 + 1.0, at.1 + 1.0))
            .set("fill", hex)
            .set("fill-opacity", alpha);
        self.put(dot, Layer::Mark(None));
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Drawn {
        let shape = rect(to_px(a), to_px(b));
        self.put(styled(shape, style, fill), Layer::Mark(None));
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, points: I, style: &S) -> Drawn {
        let points: Vec<(f64, f64)> = points.into_iter().map(to_px).collect();
        let shape = svg::Element::new("path").set("d", path(&points, false));
        self.put(styled(shape, style, false), Layer::Mark(None));
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        let (x, y) = to_px(center);
        let shape = svg::Element::new("circle")
            .px("cx", x)
            .px("cy", y)
            .px("r", f64::from(radius) / UNITS);
        self.put(styled(shape, style, fill), Layer::Mark(None));
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, points: I, style: &S) -> Drawn {
        let points: Vec<(f64, f64)> = points.into_iter().map(to_px).collect();
        let shape = svg::Element::new("path").set("d", path(&points, true));
        self.put(styled(shape, style, true), Layer::Mark(None));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let (x, y) = to_px(at);
        let size = style.size() / UNITS;
        let anchor = style.anchor();
        let dy = match anchor.v_pos {
            VPos::Top => text::RISE * size,
            VPos::Center => (text::RISE - text::SINK) / 2.0 * size,
            VPos::Bottom => -text::SINK * size,
        };
        let align = match anchor.h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let (hex, alpha) = literal(style.color());
        let drawn = svg::Element::new("text")
            .px("x", x)
            .px("y", y + dy)
            .set("text-anchor", align)
            .set("font-size", fmt(size))
            .set("fill", hex)
            .set("fill-opacity", alpha)
            .text(text);
        self.put(drawn, Layer::Front);
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let weight = if matches!(style.style(), FontStyle::Bold) {
            Weight::Bold
        } else {
            Weight::Regular
        };
        let width = text::width_px(text, style.size(), weight);
        let height = style.size() * LINE_PX / text::SIZE_PX;
        Ok((width.ceil() as u32, height.ceil() as u32))
    }
}

impl<C> Drawable<SvgBackend> for Element<C> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        backend: &mut SvgBackend,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let points: Vec<(f64, f64)> = points.map(to_px).collect();
        backend.element(self, &points);
        Ok(())
    }
}

fn styled<S: BackendStyle>(shape: svg::Element, style: &S, fill: bool) -> svg::Element {
    let (hex, alpha) = literal(style.color());
    if fill {
        return shape.set("fill", hex).set("fill-opacity", alpha);
    }
    let width = fmt(f64::from(style.stroke_width()) / UNITS);
    shape
        .set("fill", "none")
        .set("stroke", hex)
        .set("stroke-opacity", alpha)
        .set("stroke-width", width)
}
