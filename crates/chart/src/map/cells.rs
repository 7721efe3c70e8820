//! Drawing H3 cells: one link for each coloured cell, one path for each kind of cell without figures.

use std::collections::HashMap;

use h3o::CellIndex;

use super::frame::Frame;
use super::furniture::{steady, steady_px};
use super::geography::projection::{Point, project};
use super::path::{Corner, Edges, push_line};
use super::{Breaks, CellState, MapCell, Ramp};
use crate::svg::Element;
use crate::theme::{Color, Theme};

/// Above so many coloured cells in view the links are left out and every class is one merged path.
pub const MOST_LINKED_CELLS: usize = 5_000;
/// Units of cell paths in a pixel.
const UNITS_PER_PX: f64 = 10.0;

/// A cell that lies at least partly in view.
pub(crate) struct Placed<'a> {
    pub(crate) cell: &'a MapCell,
    corners: Vec<Corner>,
}

/// The projected outline of a cell; `None` for what is no cell.
fn outline(cell: u64) -> Option<Vec<Point>> {
    let cell = CellIndex::try_from(cell).ok()?;
    let vertices = cell.boundary();
    Some(
        vertices
            .iter()
            .map(|vertex| project(vertex.lat(), vertex.lng()))
            .collect(),
    )
}

/// The outlines of cells that are drawn several times: in a figure's maps, in an inset. Finding one costs far more than placing it.
#[derive(Default)]
pub(crate) struct Shapes {
    /// The place of a cell's outline.
    places: HashMap<u64, usize>,
    outlines: Vec<Option<Vec<Point>>>,
}

impl Shapes {
    /// The outlines of all cells of some maps.
    pub(crate) fn of<'c>(cells: impl IntoIterator<Item = &'c MapCell>) -> Self {
        let mut shapes = Self::default();
        for cell in cells {
            shapes.places.entry(cell.cell).or_insert_with(|| {
                shapes.outlines.push(outline(cell.cell));
                shapes.outlines.len() - 1
            });
        }
        shapes
    }

    /// The cells that meet the frame, in the order given; a cell given twice is drawn once, the first time.
    pub(crate) fn place<'a>(&self, cells: &'a [MapCell], frame: &Frame) -> Vec<Placed<'a>> {
        let mut seen = vec![false; self.outlines.len()];
        let in_frame = |cell: &'a MapCell| {
            let place = *self.places.get(&cell.cell)?;
            if std::mem::replace(&mut seen[place], true) {
                return None;
            }
            let corners = in_pixels(self.outlines[place].as_ref()?, frame)?;
            Some(Placed { cell, corners })
        };
        cells.iter().filter_map(in_frame).collect()
    }
}

/// The outline of a cell in tenths of a pixel; `None` for what is no cell, or none that meets the frame.
pub(crate) fn corners(cell: u64, frame: &Frame) -> Option<Vec<Corner>> {
    in_pixels(&outline(cell)?, frame)
}

fn in_pixels(outline: &[Point], frame: &Frame) -> Option<Vec<Corner>> {
    let mut inside = (false, false, false, false);
    for &point in outline {
        let (x, y) = frame.pixel_of(point);
        if !x.is_finite() || !y.is_finite() {
            return None;
        }
        inside.0 |= x >= 0.0;
        inside.1 |= x <= frame.width_px;
        inside.2 |= y >= 0.0;
        inside.3 |= y <= frame.height_px;
    }
    let meets = inside.0 && inside.1 && inside.2 && inside.3;
    // A cell that is far too large for the view would need coordinates that no renderer takes.
    let bounded = |value: f64| (value * UNITS_PER_PX).round().clamp(-1e6, 1e6) as i32;
    let corner = |&point: &Point| {
        let (x, y) = frame.pixel_of(point);
        (bounded(x), bounded(y))
    };
    meets.then(|| outline.iter().map(corner).collect())
}

/// The class in which a cell is drawn; none unless it is shown and has a number.
pub(crate) fn class_of(cell: &MapCell, breaks: &Breaks) -> Option<usize> {
    match cell.state {
        CellState::Shown => cell.value.and_then(|value| breaks.class_of(value)),
        CellState::Suppressed | CellState::Zero => None,
    }
}

/// How cells are painted.
pub(crate) struct Paint<'a> {
    pub(crate) theme: Theme,
    pub(crate) breaks: &'a Breaks,
    pub(crate) ramp: Ramp,
    /// Id of the hatch pattern.
    pub(crate) hatch_id: &'a str,
    /// Whether each coloured cell is a mark of its own, as long as they are not too many.
    pub(crate) interactive: bool,
}

impl Paint<'_> {
    /// The colour of a class.
    pub(crate) fn colour(&self, class: usize) -> Color {
        class_colour(self.breaks, self.ramp, class)
    }

    /// All cells as one group in tenths of a pixel.
    pub(crate) fn draw(&self, placed: &[Placed<'_>]) -> Element {
        let coloured = placed
            .iter()
            .filter(|p| class_of(p.cell, self.breaks).is_some())
            .count();
        let linked = self.interactive && coloured <= MOST_LINKED_CELLS;
        let mut group = Element::new("g")
            .set("class", "cells")
            .set("transform", "scale(.1)")
            .stroke(self.theme, Color::Land, 2.0);
        let of_state = |state| placed.iter().filter(move |p| p.cell.state == state);
        let hidden = merged(of_state(CellState::Suppressed), coloured > MOST_LINKED_CELLS);
        if !hidden.is_empty() {
            let fill = format!("url(#{})", self.hatch_id);
            group = group.child(
                Element::new("path")
                    .set("class", "hidden")
                    .set("fill", fill)
                    .set("d", hidden),
            );
        }
        let zero = merged(of_state(CellState::Zero), coloured > MOST_LINKED_CELLS);
        if !zero.is_empty() {
            let path = Element::new("path").set("class", "zero").fill(self.theme, Color::Land);
            group = group.child(path.stroke(self.theme, Color::Line, 5.0).set("d", zero));
        }
        for class in 0..self.breaks.classes() {
            let members: Vec<&Placed<'_>> = placed
                .iter()
                .filter(|p| class_of(p.cell, self.breaks) == Some(class))
                .collect();
            if members.is_empty() {
                continue;
            }
            let colour = self.colour(class);
            let drawn = Element::new("g").set("class", colour.name()).fill(self.theme, colour);
            group = group.child(if linked {
                drawn.children(members.into_iter().map(link))
            } else {
                let path = merged(members.into_iter(), coloured > MOST_LINKED_CELLS);
                drawn.child(Element::new("path").set("fill-rule", "evenodd").set("d", path))
            });
        }
        group
    }
}

/// The colour of a class on a ramp.
pub(crate) fn class_colour(breaks: &Breaks, ramp: Ramp, class: usize) -> Color {
    let colour = breaks.colour_of(class) as u8;
    match ramp {
        Ramp::Sequence => Color::Sequence(colour),
        Ramp::Difference => Color::Difference(colour),
    }
}

/// One cell with its accessible name. Cells are reached with the arrow keys or in the table, not by thousands of tabs.
fn link(placed: &Placed<'_>) -> Element {
    let mut path = String::with_capacity(48);
    push_line(&mut path, &placed.corners, true);
    let shape = Element::new("path").set("d", path);
    match &placed.cell.href {
        Some(href) => Element::new("a")
            .set("href", href.as_str())
            .set("aria-label", placed.cell.label.as_str())
            .set("tabindex", "-1")
            .child(shape),
        None => shape.set("data-tip", placed.cell.label.as_str()),
    }
}

/// One path for several cells: side by side, or dissolved where they touch.
fn merged<'a, 'b: 'a>(placed: impl Iterator<Item = &'a Placed<'b>>, dissolve: bool) -> String {
    let mut path = String::new();
    if dissolve {
        let mut edges = Edges::default();
        placed.for_each(|placed| edges.toggle_ring(&placed.corners));
        edges
            .into_rings()
            .iter()
            .for_each(|ring| push_line(&mut path, ring, true));
    } else {
        placed.for_each(|placed| push_line(&mut path, &placed.corners, true));
    }
    path
}

/// The outline of the selected cell over its halo; nothing when it is out of view.
pub(crate) fn selection(cell: u64, frame: &Frame, theme: Theme) -> Option<Element> {
    let mut path = String::new();
    push_line(&mut path, &corners(cell, frame)?, true);
    let line = |colour, width_px| {
        let path = Element::new("path").set("d", path.as_str());
        steady(path, theme).stroke(theme, colour, steady_px(width_px, theme))
    };
    Some(
        Element::new("g")
            .set("class", "selection")
            .set("transform", "scale(.1)")
            .set("fill", "none")
            .set("stroke-linejoin", "round")
            .set("pointer-events", "none")
            .child(line(Color::Halo, 5.0))
            .child(line(Color::Mark, 2.25)),
    )
}

/// The hatch of suppressed cells: fine lines at 45 degrees. `scale` is the number of its user units in a pixel.
pub(crate) fn hatch(id: &str, scale: f64, theme: Theme) -> Element {
    let step = crate::svg::fmt(4.0 * scale);
    Element::new("pattern")
        .set("id", id)
        .set("width", step.clone())
        .set("height", step.clone())
        .set("patternUnits", "userSpaceOnUse")
        .set("patternTransform", "rotate(45)")
        .child(
            Element::new("rect")
                .set("width", step.clone())
                .set("height", step.clone())
                .fill(theme, Color::NoData),
        )
        .child(
            Element::new("path")
                .set("d", format!("M0 0V{step}"))
                .stroke(theme, Color::Axis, 1.2 * scale),
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::map::View;

    #[test]
    fn cells_elsewhere_are_left_out() {
        let frame = View::france().frame(904.0);
        assert!(
            corners(0x0851_8447_7fff_ffff, &frame).is_some(),
            "a cell on the coast of Morbihan"
        );
        // San Francisco, from the H3 documentation.
        assert!(corners(0x0892_8308_2803_ffff, &frame).is_none());
    }

    #[test]
    fn every_coarse_cell_and_pentagon_on_earth_is_drawn_or_left_out() {
        let frame = View::france().frame(904.0);
        for cell in CellIndex::base_cells() {
            let _ = corners(cell.into(), &frame);
            for child in cell.children(h3o::Resolution::Two) {
                let _ = corners(child.into(), &frame);
            }
        }
    }

    proptest! {
        #[test]
        fn no_number_is_too_odd_to_be_a_cell(number: u64) {
            let _ = corners(number, &View::france().frame(904.0));
            // Near a true index, where a wrong bit is likelier to pass for one.
            let _ = corners(0x0851_8447_7fff_ffff ^ (number & 0xffff_ffff), &View::france().frame(904.0));
        }
    }
}
