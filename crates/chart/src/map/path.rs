//! Short path data and the outlines of merged shapes, on an integer grid.
//!
//! Whole numbers and relative steps are what makes a view of thousands of cells light; they also make shared edges
//! equal, so that merging shapes is cancelling the edges that two of them have.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

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
    fn lines_stop_at_forks() {
        let mut edges = Edges::default();
        for end in [(0, 5), (5, 0), (-5, 0)] {
            edges.toggle((0, 0), end);
        }
        assert_eq!(edges.into_lines().len(), 3);
    }
}
