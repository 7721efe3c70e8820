//! What is going to be drawn, gathered before anything is: shapes in order, what labels must avoid, and the labels wished for.

use std::sync::Arc;

use plotters::drawing::IntoDrawingArea;

use crate::canvas::area::Area;
use crate::canvas::backend::{SvgBackend, to_units};
use crate::canvas::element::{Align, Element, Layer, Shape, Text};
use crate::canvas::geometry::Obstacle;
use crate::canvas::place::{self, LineEnd, Wish};
use crate::text::SIZE_PX;
use crate::theme::Color;

/// One shape, on data coordinates of a panel or on the canvas.
enum Drawn {
    Data(usize, Element<(f64, f64)>),
    Canvas(Element<(i32, i32)>),
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
    pub(crate) fn canvas(&mut self, points: &[(f64, f64)], make: impl FnOnce(Vec<(i32, i32)>) -> Element<(i32, i32)>) {
        let units = points.iter().map(|(x, y)| (to_units(*x), to_units(*y))).collect();
        let element = make(units);
        self.obstacles.extend(element.obstacles(points));
        self.drawn.push(Drawn::Canvas(element));
    }

    /// Adds text whose place is certain, such as a heading; later labels keep clear of it.
    pub(crate) fn text(&mut self, at: (f64, f64), text: Text, layer: Layer) {
        self.titled_text(at, text, layer, None);
    }

    /// The same with a tooltip, for a text that had to be cut.
    pub(crate) fn titled_text(&mut self, at: (f64, f64), text: Text, layer: Layer, title: Option<&str>) {
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
            let (ends, others) = std::mem::take(&mut self.ends)
                .into_iter()
                .partition(|end| end.panel == panel);
            self.ends = others;
            for (at, text) in place::line_ends(ends, &area.plot, &self.obstacles) {
                self.text(at, text, Layer::Front);
            }
        }
        let mut wishes = std::mem::take(&mut self.wishes);
        wishes.sort_by_key(|wish| wish.priority);
        for mut wish in wishes {
            if let Some(spot) = place::free_spot(&wish, &self.obstacles) {
                wish.text.align = spot.align;
                self.text(spot.at, wish.text, wish.layer);
            } else if let Some((text, at)) = wish.inside {
                self.text(at, text, wish.layer);
            }
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
                Drawn::Data(panel, element) => panels[*panel].draw(element).map_err(|fault| fault.to_string())?,
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
