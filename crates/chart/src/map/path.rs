//! Short path data and the outlines of merged shapes, on an integer grid.
//!
//! Whole numbers and relative steps are what makes a view of thousands of cells light; they also make shared edges
//! equal, so that merging shapes is cancelling the edges that two of them have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::frame::Frame;

/// A corner on the integer grid of a drawing.
pub(crate) type Corner = (i32, i32);

/// Appends a number of a path: a minus sign is its own separator.
fn push_number(path: &mut String, number: i32, first: bool) {
    if !first && number >= 0 {
        path.push(' ');
    }
    // Writing to a String cannot fail.
    let _ = write!(path, "{number}");
}

/// Appends `M x y l dx dy …` for a line, with `z` when it is closed. Repeated corners are left out.
pub(crate) fn push_line(path: &mut String, corners: &[Corner], closed: bool) {
    let Some((&start, rest)) = corners.split_first() else {
        return;
    };
    path.push('M');
    push_number(path, start.0, true);
    push_number(path, start.1, false);
    let mut here = start;
    let mut first = true;
    for &corner in rest {
        if corner == here || (closed && corner == start) {
            continue;
        }
        if first {
            path.push('l');
        }
        push_number(path, corner.0.wrapping_sub(here.0), first);
        push_number(path, corner.1.wrapping_sub(here.1), false);
        here = corner;
        first = false;
    }
    if closed {
        path.push('z');
    }
}

/// Edges without direction, each at most once: adding one twice takes it away.
#[derive(Default)]
pub(crate) struct Edges(BTreeSet<(Corner, Corner)>);

impl Edges {
    /// Adds the edge, or removes it when it is there already.
    pub(crate) fn toggle(&mut self, a: Corner, b: Corner) {
        if a == b {
            return;
        }
        let edge = if a < b { (a, b) } else { (b, a) };
        if !self.0.remove(&edge) {
            self.0.insert(edge);
        }
    }

    /// Adds a closed ring by its corners.
    pub(crate) fn toggle_ring(&mut self, corners: &[Corner]) {
        for (index, &corner) in corners.iter().enumerate() {
            self.toggle(corner, corners[(index + 1) % corners.len()]);
        }
    }

    /// The corners that each corner has an edge to, in order.
    fn neighbours(&self) -> BTreeMap<Corner, Vec<Corner>> {
        let mut neighbours: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
        for &(a, b) in &self.0 {
            neighbours.entry(a).or_default().push(b);
            neighbours.entry(b).or_default().push(a);
        }
        neighbours
    }

    /// Joins the edges into lines that run on wherever exactly two edges meet; closed ones repeat their first corner.
    pub(crate) fn into_lines(self) -> Vec<Vec<Corner>> {
        let neighbours = self.neighbours();
        let forks: Vec<Corner> = neighbours
            .iter()
            .filter(|(_, ends)| ends.len() != 2)
            .map(|(&corner, _)| corner)
            .collect();
        let mut lines = Vec::new();
        let mut left = self.0;
        for fork in forks {
            for &next in &neighbours[&fork] {
                if let Some(line) = walk(fork, next, &neighbours, &mut left) {
                    lines.push(line);
                }
            }
        }
        while let Some(&(a, b)) = left.first() {
            if let Some(line) = walk(a, b, &neighbours, &mut left) {
                lines.push(line);
            }
        }
        lines
    }

    /// The rings of a sum of rings: closed walks that use each edge once and fill the merged shape by the even-odd rule.
    pub(crate) fn into_rings(self) -> Vec<Vec<Corner>> {
        let neighbours = self.neighbours();
        let mut rings = Vec::new();
        let mut left = self.0;
        while let Some(&(start, second)) = left.first() {
            left.remove(&(start, second));
            let mut ring = vec![start];
            let mut here = second;
            // Every corner of a sum of rings has an even number of edges, so the walk can only end where it began.
            while here != start {
                ring.push(here);
                let next = neighbours[&here]
                    .iter()
                    .copied()
                    .find(|&next| left.remove(&ordered(here, next)));
                match next {
                    Some(next) => here = next,
                    None => break,
                }
            }
            rings.push(ring);
        }
        rings
    }
}

/// A box outside of which nothing is seen, in tenths of a pixel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    left: i32,
    top: i32,
    right: i32,
    bottom: i32,
}

/// Tenths of a pixel by which the box is larger than the picture: edges made by cutting stay out of sight with their
/// stroke.
const CUT_MARGIN: i32 = 200;

impl Window {
    /// The box round a frame.
    pub(crate) fn round(frame: &Frame) -> Self {
        let far = |px: f64| (px * 10.0).round() as i32 + CUT_MARGIN;
        Self {
            left: -CUT_MARGIN,
            top: -CUT_MARGIN,
            right: far(frame.width_px),
            bottom: far(frame.height_px),
        }
    }

    /// A closed ring cut at the box's four sides, one after the other (Sutherland and Hodgman 1974); empty when it lies
    /// outside, as it is when it lies inside.
    pub(crate) fn cut_ring(&self, ring: Vec<Corner>) -> Vec<Corner> {
        let turn = |(x, y): Corner| (y, x);
        let mut ring = cut_side(ring, |x| x >= self.left, self.left);
        ring = cut_side(ring, |x| x <= self.right, self.right);
        ring = ring.into_iter().map(turn).collect();
        ring = cut_side(ring, |y| y >= self.top, self.top);
        ring = cut_side(ring, |y| y <= self.bottom, self.bottom);
        ring.into_iter().map(turn).collect()
    }

    /// The parts of an open line whose steps may be seen.
    pub(crate) fn parts_of<'l>(&self, line: &'l [Corner]) -> Vec<&'l [Corner]> {
        let seen = |step: &[Corner]| {
            let ((ax, ay), (bx, by)) = (step[0], step[1]);
            ax.max(bx) >= self.left && ax.min(bx) <= self.right && ay.max(by) >= self.top && ay.min(by) <= self.bottom
        };
        let mut parts = Vec::new();
        let mut start = None;
        for (index, step) in line.windows(2).enumerate() {
            match (seen(step), start) {
                (true, None) => start = Some(index),
                (false, Some(first)) => {
                    parts.push(&line[first..=index]);
                    start = None;
                }
                _ => {}
            }
        }
        parts.extend(start.map(|first| &line[first..]));
        parts
    }
}

/// The part of a ring on one side of the line where the first coordinate is `at`.
fn cut_side(ring: Vec<Corner>, inside: impl Fn(i32) -> bool, at: i32) -> Vec<Corner> {
    if ring.iter().all(|corner| inside(corner.0)) {
        return ring;
    }
    let mut cut = Vec::with_capacity(ring.len());
    for (index, &here) in ring.iter().enumerate() {
        let before = ring[(index + ring.len() - 1) % ring.len()];
        if inside(before.0) != inside(here.0) {
            let share = f64::from(at - before.0) / f64::from(here.0 - before.0);
            let across = f64::from(before.1) + share * f64::from(here.1 - before.1);
            cut.push((at, across.round() as i32));
        }
        if inside(here.0) {
            cut.push(here);
        }
    }
    cut
}

fn ordered(a: Corner, b: Corner) -> (Corner, Corner) {
    if a < b { (a, b) } else { (b, a) }
}

/// Follows the edge from `start` to `next` until a fork or the start; `None` when the edge is used up.
fn walk(
    start: Corner,
    next: Corner,
    neighbours: &BTreeMap<Corner, Vec<Corner>>,
    left: &mut BTreeSet<(Corner, Corner)>,
) -> Option<Vec<Corner>> {
    if !left.remove(&ordered(start, next)) {
        return None;
    }
    let mut line = vec![start, next];
    let mut here = next;
    while here != start && neighbours[&here].len() == 2 {
        let Some(next) = neighbours[&here]
            .iter()
            .copied()
            .find(|&next| left.remove(&ordered(here, next)))
        else {
            break;
        };
        line.push(next);
        here = next;
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_relative_whole_steps_and_no_idle_separators() {
        let mut path = String::new();
        push_line(&mut path, &[(10, 20), (15, 10), (15, 10), (-3, 12), (10, 20)], true);
        assert_eq!(path, "M10 20l5-10-18 2z");
    }

    #[test]
    fn two_squares_merge_into_one_outline() {
        let mut edges = Edges::default();
        edges.toggle_ring(&[(0, 0), (1, 0), (1, 1), (0, 1)]);
        edges.toggle_ring(&[(1, 0), (2, 0), (2, 1), (1, 1)]);
        let rings = edges.into_rings();
        assert_eq!(rings.len(), 1);
        assert_eq!(rings[0].len(), 6);
    }

    #[test]
    fn squares_that_touch_in_a_corner_still_close() {
        let mut edges = Edges::default();
        edges.toggle_ring(&[(0, 0), (1, 0), (1, 1), (0, 1)]);
        edges.toggle_ring(&[(1, 1), (2, 1), (2, 2), (1, 2)]);
        let corners: usize = edges.into_rings().iter().map(Vec::len).sum();
        assert_eq!(corners, 8);
    }

    #[test]
    fn what_lies_outside_the_window_is_cut_off() {
        let window = Window {
            left: 0,
            top: 0,
            right: 10,
            bottom: 10,
        };
        let inside = vec![(1, 1), (9, 1), (9, 9)];
        assert_eq!(window.cut_ring(inside.clone()), inside);
        assert_eq!(window.cut_ring(vec![(20, 0), (30, 0), (30, 10)]), []);
        let round = window.cut_ring(vec![(-5, -5), (15, -5), (15, 15), (-5, 15)]);
        let mut corners = round.clone();
        corners.sort_unstable();
        assert_eq!(corners, [(0, 0), (0, 10), (10, 0), (10, 10)], "{round:?}");
        let line = [(-9, 5), (-8, 5), (2, 5), (20, 5), (40, 5), (40, 50), (5, 5)];
        assert_eq!(window.parts_of(&line), [&line[1..4], &line[5..7]]);
    }

    #[test]
    fn lines_stop_at_forks() {
        let mut edges = Edges::default();
        for end in [(0, 5), (5, 0), (-5, 0)] {
            edges.toggle((0, 0), end);
        }
        assert_eq!(edges.into_lines().len(), 3);
    }
}
