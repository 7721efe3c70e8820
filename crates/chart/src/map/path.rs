//! Short path data and the outlines of merged shapes, on an integer grid.
//!
//! Whole numbers and relative steps are what makes a view of thousands of cells light; they also make shared edges
//! equal, so that merging shapes is cancelling the edges that two of them have.

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
pub(crate) struct Edges(Vec<(Corner, Corner)>);

impl Edges {
    /// Adds the edge, or removes it when it is there already.
    pub(crate) fn toggle(&mut self, a: Corner, b: Corner) {
        if a != b {
            self.0.push(ordered(a, b));
        }
    }

    /// Adds a closed ring by its corners.
    pub(crate) fn toggle_ring(&mut self, corners: &[Corner]) {
        for (index, &corner) in corners.iter().enumerate() {
            self.toggle(corner, corners[(index + 1) % corners.len()]);
        }
    }

    /// Joins the edges into lines that run on wherever exactly two edges meet; closed ones repeat their first corner.
    pub(crate) fn into_lines(self) -> Vec<Vec<Corner>> {
        let mut graph = Graph::new(self);
        let mut lines = Vec::new();
        for fork in graph.forks() {
            for &(next, edge) in graph.ends(fork).to_vec().iter() {
                lines.extend(graph.line(fork, next, edge));
            }
        }
        while let Some((edge, (a, b))) = graph.first_left() {
            lines.extend(graph.line(a, b, edge));
        }
        lines
    }

    /// The rings of a sum of rings: closed walks that use each edge once and fill the merged shape by the even-odd rule.
    pub(crate) fn into_rings(self) -> Vec<Vec<Corner>> {
        let mut graph = Graph::new(self);
        let mut rings = Vec::new();
        while let Some((edge, (start, second))) = graph.first_left() {
            graph.left[edge] = false;
            let mut ring = vec![start];
            let mut here = second;
            // Every corner of a sum of rings has an even number of edges, so the walk can only end where it began.
            while here != start {
                ring.push(here);
                match graph.step(here) {
                    Some(next) => here = next,
                    None => break,
                }
            }
            rings.push(ring);
        }
        rings
    }
}

/// Edges on their way to lines: sorted once, since they are far more than the steps of any one walk.
struct Graph {
    edges: Vec<(Corner, Corner)>,
    /// Whether an edge is in no line yet.
    left: Vec<bool>,
    /// All edges before this one are in a line.
    first: usize,
    /// Corners ascending, with where their ends begin.
    corners: Vec<(Corner, usize)>,
    /// The other corner of each edge of a corner, ascending, and the edge.
    ends: Vec<(Corner, usize)>,
}

impl Graph {
    fn new(Edges(mut all): Edges) -> Self {
        all.sort_unstable();
        let edges: Vec<(Corner, Corner)> = all
            .chunk_by(|a, b| a == b)
            .filter(|same| same.len() % 2 == 1)
            .map(|same| same[0])
            .collect();
        let both = edges.iter().enumerate();
        let mut directed: Vec<(Corner, Corner, usize)> =
            both.flat_map(|(edge, &(a, b))| [(a, b, edge), (b, a, edge)]).collect();
        directed.sort_unstable();
        let mut corners: Vec<(Corner, usize)> = Vec::with_capacity(edges.len());
        for (place, &(from, ..)) in directed.iter().enumerate() {
            if corners.last().is_none_or(|&(last, _)| last != from) {
                corners.push((from, place));
            }
        }
        Self {
            left: vec![true; edges.len()],
            edges,
            first: 0,
            corners,
            ends: directed.into_iter().map(|(_, to, edge)| (to, edge)).collect(),
        }
    }

    /// The other corners of the edges of a corner.
    fn ends(&self, corner: Corner) -> &[(Corner, usize)] {
        let Ok(place) = self.corners.binary_search_by_key(&corner, |&(corner, _)| corner) else {
            return &[];
        };
        let until = self.corners.get(place + 1).map_or(self.ends.len(), |&(_, start)| start);
        &self.ends[self.corners[place].1..until]
    }

    /// The corners where a line cannot simply run on.
    fn forks(&self) -> Vec<Corner> {
        let corners = self.corners.iter().map(|&(corner, _)| corner);
        corners.filter(|&corner| self.ends(corner).len() != 2).collect()
    }

    /// The first edge that is in no line yet.
    fn first_left(&mut self) -> Option<(usize, (Corner, Corner))> {
        self.first += self.left[self.first..].iter().position(|&left| left)?;
        Some((self.first, self.edges[self.first]))
    }

    /// Takes the first edge left at a corner and gives its other end.
    fn step(&mut self, here: Corner) -> Option<Corner> {
        let (next, edge) = self.ends(here).iter().copied().find(|&(_, edge)| self.left[edge])?;
        self.left[edge] = false;
        Some(next)
    }

    /// Follows an edge from `start` to `next` until a fork or the start; `None` when the edge is used up.
    fn line(&mut self, start: Corner, next: Corner, edge: usize) -> Option<Vec<Corner>> {
        if !std::mem::replace(&mut self.left[edge], false) {
            return None;
        }
        let mut line = vec![start, next];
        let mut here = next;
        while here != start && self.ends(here).len() == 2 {
            let Some(next) = self.step(here) else { break };
            line.push(next);
            here = next;
        }
        Some(line)
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
