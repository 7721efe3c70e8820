//! Outlines round cells that belong together: the 50, 80 and 95 % of a catchment.

use std::collections::BTreeSet;

use super::cells::corners;
use super::frame::Frame;
use super::furniture::{steady, steady_px};
use super::path::{Edges, push_line};
use crate::svg::Element;
use crate::theme::{Color, Theme};

/// A cell of an outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapRing {
    /// H3 index; what is no H3 cell is left out.
    pub cell: u64,
    /// The smallest share in percent, such as 50, 80 or 95, whose outline holds the cell; larger ones hold it as well.
    pub percent: u8,
}

/// How an outline is drawn.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// Width of the line in pixels.
    pub(super) width_px: f64,
    /// Dashes and gaps in pixels; none for a solid line.
    pub(super) dashes: Option<[f64; 2]>,
}

/// The smallest share is solid, the next dashed, the largest dotted.
const LINES: [Line; 3] = [
    Line {
        width_px: 2.25,
        dashes: None,
    },
    Line {
        width_px: 1.5,
        dashes: Some([6.0, 3.0]),
    },
    Line {
        width_px: 1.1,
        dashes: Some([1.5, 2.5]),
    },
];
/// Width of the halo under every outline, in pixels.
const HALO_PX: f64 = 4.0;

impl Line {
    /// Strokes a path, `scale` user units to a pixel.
    pub(super) fn stroke(self, path: Element, theme: Theme, scale: f64) -> Element {
        let path = path.stroke(theme, Color::Mark, self.width_px * scale);
        match self.dashes {
            Some([dash, gap]) => path.set("stroke-dasharray", format!("{} {}", dash * scale, gap * scale)),
            None => path,
        }
    }
}

/// The shares that occur, ascending, each with its line.
pub(super) fn shares(rings: &[MapRing]) -> Vec<(u8, Line)> {
    let shares: BTreeSet<u8> = rings.iter().map(|ring| ring.percent).collect();
    let last = LINES.len() - 1;
    shares
        .into_iter()
        .enumerate()
        .map(|(rank, share)| (share, LINES[rank.min(last)]))
        .collect()
}

/// The outlines over their halos, the largest first; nothing when no cell is in view.
pub(super) fn draw(rings: &[MapRing], frame: &Frame, theme: Theme) -> Option<Element> {
    let mut group = Element::new("g")
        .set("class", "outlines")
        .set("transform", "scale(.1)")
        .set("fill", "none")
        .set("stroke-linejoin", "round")
        .set("pointer-events", "none");
    let mut drawn = false;
    for (share, line) in shares(rings).into_iter().rev() {
        let path = outline(rings, share, frame);
        if path.is_empty() {
            continue;
        }
        drawn = true;
        let shape = || steady(Element::new("path").set("d", path.as_str()), theme);
        let halo = shape().stroke(theme, Color::Halo, steady_px(HALO_PX, theme));
        group = group
            .child(halo.set("stroke-opacity", ".8"))
            .child(line.stroke(shape(), theme, steady_px(1.0, theme)));
    }
    drawn.then_some(group)
}

/// The cells up to a share, dissolved: in tenths of a pixel, where the edges of neighbours are equal and cancel.
fn outline(rings: &[MapRing], share: u8, frame: &Frame) -> String {
    let cells: BTreeSet<u64> = rings
        .iter()
        .filter(|ring| ring.percent <= share)
        .map(|ring| ring.cell)
        .collect();
    let mut edges = Edges::default();
    for corners in cells.into_iter().filter_map(|cell| corners(cell, frame)) {
        edges.toggle_ring(&corners);
    }
    let mut path = String::new();
    for ring in edges.into_rings() {
        push_line(&mut path, &ring, true);
    }
    path
}
