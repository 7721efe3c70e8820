//! What is going to be drawn, gathered before anything is: shapes in order, what labels must avoid, and the labels wished for.

use std::sync::Arc;

use plotters::drawing::IntoDrawingArea;

use crate::area::Area;
use crate::backend::{SvgBackend, to_units};
use crate::element::{Align, Element, Layer, Shape, Stroke, Text};
use crate::geometry::{Obstacle, Rect};
use crate::text::{LINE_PX, SIZE_PX};
use crate::theme::Color;

/// From a line's middle to the baseline of text that is centred on it, in pixels.
pub(crate) const CENTER_PX: f64 = 4.2;

/// One shape, on data coordinates of a panel or on the canvas.
enum Drawn {
    Data(usize, Element<(f64, f64)>),
    Canvas(Element<(i32, i32)>),
}

/// Direction in which a label may give way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slide {
    Stay,
    Up,
    Down,
    Left,
    Right,
}

/// A label that wants a place.
pub(crate) struct Wish {
    pub(crate) text: Text,
    /// Baseline point.
    pub(crate) at: (f64, f64),
    pub(crate) slide: Slide,
    /// The box that it must not leave.
    pub(crate) within: Rect,
    /// Small is served first.
    pub(crate) priority: u8,
    pub(crate) layer: Layer,
}

/// A series' name beside the end of its line.
pub(crate) struct LineEnd {
    pub(crate) text: Text,
    pub(crate) y: f64,
    pub(crate) panel: usize,
}

/// Everything of a picture.
#[derive(Default)]
pub(crate) struct Plan {
    drawn: Vec<Drawn>,
    obstacles: Vec<Obstacle>,
    wishes: Vec<Wish>,
    ends: Vec<LineEnd>,
}

impl Plan {
    /// Adds a shape on data coordinates of a panel.
    pub(crate) fn data(&mut self, panel: usize, area: &Area, element: Element<(f64, f64)>) {
        let px: Vec<(f64, f64)> = element.points.iter().map(|point| area.px(*point)).collect();
        self.obstacles.extend(element.obstacles(&px));
        self.drawn.push(Drawn::Data(panel, element));
    }

    /// Adds a shape in pixels of the picture.
    pub(crate) fn canvas(
        &mut self,
        points: &[(f64, f64)],
        make: impl FnOnce(Vec<(i32, i32)>) -> Element<(i32, i32)>,
    ) {
        let units = points
            .iter()
            .map(|(x, y)| (to_units(*x), to_units(*y)))
            .collect();
        let element = make(units);
        self.obstacles.extend(element.obstacles(points));
        self.drawn.push(Drawn::Canvas(element));
    }

    /// Adds a straight line in pixels of the picture.
    pub(crate) fn line(&mut self, a: (f64, f64), b: (f64, f64), color: Color, layer: Layer) {
        self.canvas(&[a, b], |points| {
            Element::new(points, Shape::Line, layer).stroke(Stroke::solid(color, 1.0))
        });
    }

    /// Adds text whose place is certain, such as a heading; later labels keep clear of it.
    pub(crate) fn text(&mut self, at: (f64, f64), text: Text, layer: Layer) {
        self.titled_text(at, text, layer, None);
    }

    /// The same with a tooltip, for a text that had to be cut.
    pub(crate) fn titled_text(
        &mut self,
        at: (f64, f64),
        text: Text,
        layer: Layer,
        title: Option<&str>,
    ) {
        let bounds = text.bounds(at);
        let title = title.map(Arc::from);
        self.canvas(&[at], |points| {
            Element::new(points, Shape::Text(text), layer).title(title)
        });
        self.obstacles.push(Obstacle::Box(bounds));
    }

    pub(crate) fn wish(&mut self, wish: Wish) {
        self.wishes.push(wish);
    }

    pub(crate) fn line_end(&mut self, end: LineEnd) {
        self.ends.push(end);
    }

    /// Places the names at line ends, then all other labels by priority; what fits nowhere is dropped.
    pub(crate) fn place(&mut self, areas: &[Area]) {
        for (panel, area) in areas.iter().enumerate() {
            self.place_ends(panel, area);
        }
        let mut wishes = std::mem::take(&mut self.wishes);
        wishes.sort_by_key(|wish| wish.priority);
        for wish in wishes {
            if let Some(at) = self.free_place(&wish) {
                self.text(at, wish.text, wish.layer);
            }
        }
    }

    /// The wished place, or the nearest one in the direction of the slide that is free and inside.
    fn free_place(&self, wish: &Wish) -> Option<(f64, f64)> {
        let gap = 6.0;
        let mut at = wish.at;
        for _ in 0..8 {
            let bounds = wish.text.bounds(at);
            if !wish.within.grown(0.5).holds(&bounds) {
                return None;
            }
            let hit = self
                .obstacles
                .iter()
                .find(|obstacle| !wish.text.inside && obstacle.hits(&bounds.grown(0.5)));
            let Some(hit) = hit else { return Some(at) };
            let (block, step) = match hit {
                Obstacle::Box(block) => (*block, 0.0),
                Obstacle::Stroke(..) => (bounds, gap),
            };
            match wish.slide {
                Slide::Stay => return None,
                Slide::Up => {
                    at.1 -= (bounds.bottom - block.top).max(0.0).min(bounds.height())
                        + if step > 0.0 { step } else { 4.0 }
                }
                Slide::Down => {
                    at.1 += (block.bottom - bounds.top).max(0.0).min(bounds.height())
                        + if step > 0.0 { step } else { 4.0 }
                }
                Slide::Right => at.0 += (block.right - bounds.left).max(0.0) + gap,
                Slide::Left => at.0 -= (bounds.right - block.left).max(0.0) + gap,
            }
        }
        None
    }

    /// Names beside line ends: pushed apart until a line of text lies between any two; the last ones go when room is short.
    fn place_ends(&mut self, panel: usize, area: &Area) {
        let (mut ends, others): (Vec<LineEnd>, Vec<LineEnd>) = std::mem::take(&mut self.ends)
            .into_iter()
            .partition(|end| end.panel == panel);
        self.ends = others;
        let (top, bottom) = (
            area.plot.top + SIZE_PX * 0.4,
            area.plot.bottom - SIZE_PX * 0.2,
        );
        let room = ((bottom - top) / LINE_PX).floor().max(0.0) as usize + 1;
        ends.truncate(room);
        ends.sort_by(|a, b| a.y.total_cmp(&b.y));
        let mut y: Vec<f64> = ends.iter().map(|end| end.y.clamp(top, bottom)).collect();
        for at in 1..y.len() {
            y[at] = y[at].max(y[at - 1] + LINE_PX);
        }
        // What was pushed out at the bottom pushes back up.
        let mut limit = bottom;
        for at in (0..y.len()).rev() {
            y[at] = y[at].min(limit);
            limit = y[at] - LINE_PX;
        }
        for (end, y) in ends.into_iter().zip(y) {
            self.text(
                (area.plot.right + 8.0, y + CENTER_PX),
                end.text,
                Layer::Front,
            );
        }
    }

    /// Draws everything through plotters.
    pub(crate) fn draw(self, backend: SvgBackend, areas: &[Area]) -> Result<(), String> {
        let root = backend.into_drawing_area();
        let panels: Vec<_> = areas
            .iter()
            .map(|area| root.apply_coord_spec(area.coord.clone()))
            .collect();
        for drawn in &self.drawn {
            match drawn {
                Drawn::Data(panel, element) => panels[*panel]
                    .draw(element)
                    .map_err(|fault| fault.to_string())?,
                Drawn::Canvas(element) => root.draw(element).map_err(|fault| fault.to_string())?,
            }
        }
        root.present().map_err(|fault| fault.to_string())
    }
}

/// Text that is no longer than its room, with the whole of it as a tooltip when it is cut.
pub(crate) fn fitted(
    text: &str,
    room_px: f64,
    weight: crate::text::Weight,
    color: Color,
    align: Align,
) -> (Text, Option<String>) {
    let cut = crate::text::truncate(text, room_px, SIZE_PX, weight);
    let whole = (cut != text).then(|| text.to_owned());
    (Text::new(cut, weight, color, align), whole)
}
