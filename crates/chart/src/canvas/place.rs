//! Finding a place for labels: measured first, moved out of the way when the wished place is taken, dropped when nothing is near.

use crate::canvas::element::{Align, Layer, Text};
use crate::canvas::geometry::{Obstacle, Rect};
use crate::text::{CENTER_PX, LINE_PX, SIZE_PX};

/// Clear space that a label keeps in the direction in which it stands off its mark, in pixels.
const CLEAR_PX: f64 = 3.0;
const CLEAR_LEVEL_PX: f64 = 5.0;
/// Clear space at its other sides.
const BESIDE_PX: f64 = 0.5;
/// How far a label may stand off its wished place before it no longer belongs to its mark, up or down and to the side.
const FAR_UPRIGHT_PX: f64 = 24.0;
const FAR_LEVEL_PX: f64 = 72.0;

/// Direction in which a label may give way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slide {
    Stay,
    Up,
    Down,
    Left,
    Right,
}

/// A place for a label: its baseline point, the side of the text there, and where it may move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spot {
    pub(crate) at: (f64, f64),
    pub(crate) align: Align,
    pub(crate) slide: Slide,
}

/// A label that wants a place.
pub(crate) struct Wish {
    pub(crate) text: Text,
    /// The places that it would take, best first.
    pub(crate) spots: Vec<Spot>,
    /// Where it stands when all of these are taken, in another colour: inside its own bar.
    pub(crate) inside: Option<(Text, (f64, f64))>,
    /// The box that it must not leave.
    pub(crate) within: Rect,
    /// Small is served first.
    pub(crate) priority: u8,
    pub(crate) layer: Layer,
}

/// A series' name beside the end of its line.
pub(crate) struct LineEnd {
    pub(crate) text: Text,
    /// The line's last point, in pixels.
    pub(crate) at: (f64, f64),
    pub(crate) panel: usize,
}

/// The first place, or the nearest one in the direction of its slide, that is free and inside.
pub(crate) fn free_spot(wish: &Wish, obstacles: &[Obstacle]) -> Option<Spot> {
    let mut text = wish.text.clone();
    wish.spots.iter().find_map(|spot| {
        text.align = spot.align;
        slid(&text, *spot, wish.within, obstacles)
    })
}

fn slid(text: &Text, wished: Spot, within: Rect, obstacles: &[Obstacle]) -> Option<Spot> {
    let mut spot = wished;
    for _ in 0..12 {
        let bounds = text.bounds(spot.at);
        let far = (spot.at.0 - wished.at.0).abs() > FAR_LEVEL_PX || (spot.at.1 - wished.at.1).abs() > FAR_UPRIGHT_PX;
        if far || !within.grown(0.5).holds(&bounds) {
            return None;
        }
        let needed = match spot.slide {
            Slide::Up | Slide::Down => bounds.grown_by(BESIDE_PX, CLEAR_PX),
            Slide::Left | Slide::Right => bounds.grown_by(CLEAR_LEVEL_PX, BESIDE_PX),
            Slide::Stay => bounds.grown(BESIDE_PX),
        };
        let hit = obstacles.iter().find(|obstacle| !text.inside && obstacle.hits(&needed));
        let Some(hit) = hit else { return Some(spot) };
        let clear = match spot.slide {
            Slide::Left | Slide::Right => CLEAR_LEVEL_PX,
            _ => CLEAR_PX,
        };
        // A slanting stroke has no edge to stand off from: move on a little and look again.
        let step = |edge: f64| match hit {
            Obstacle::Stroke(..) => clear,
            Obstacle::Box(_) => edge + clear + 0.1,
        };
        let block = hit.bounds();
        match spot.slide {
            Slide::Stay => return None,
            Slide::Up => spot.at.1 -= step(bounds.bottom - block.top),
            Slide::Down => spot.at.1 += step(block.bottom - bounds.top),
            Slide::Left => spot.at.0 -= step(bounds.right - block.left),
            Slide::Right => spot.at.0 += step(block.right - bounds.left),
        }
    }
    None
}

/// Places as near to the wished ones, which ascend, as keeps them a step apart and inside.
pub(crate) fn apart(wished: &[f64], step: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut y: Vec<f64> = wished.iter().map(|y| y.clamp(top, bottom.max(top))).collect();
    for at in 1..y.len() {
        y[at] = y[at].max(y[at - 1] + step);
    }
    // What was pushed out at the bottom pushes back up.
    let mut limit = bottom;
    for at in (0..y.len()).rev() {
        y[at] = y[at].min(limit);
        limit = y[at] - step;
    }
    y
}

/// Names beside line ends, all in one column: pushed apart until a line of text lies between any two; the last ones go when
/// room is short. The column stands right of the last point, or right of the panel when something is in its way there.
pub(crate) fn line_ends(mut ends: Vec<LineEnd>, plot: &Rect, obstacles: &[Obstacle]) -> Vec<((f64, f64), Text)> {
    let (top, bottom) = (plot.top + SIZE_PX * 0.4, plot.bottom - SIZE_PX * 0.2);
    let room = ((bottom - top) / LINE_PX).floor().max(0.0) as usize + 1;
    ends.truncate(room);
    let last = ends.iter().map(|end| end.at.0).fold(plot.left, f64::max);
    ends.sort_by(|a, b| a.at.1.total_cmp(&b.at.1));
    let wished: Vec<f64> = ends.iter().map(|end| end.at.1).collect();
    let y = apart(&wished, LINE_PX, top, bottom);
    let column = |x: f64| -> Vec<((f64, f64), Text)> {
        let names = ends.iter().zip(&y);
        names
            .map(|(end, y)| ((x + 8.0, y + CENTER_PX), end.text.clone()))
            .collect()
    };
    let near = column(last);
    let blocked = near.iter().any(|(at, text)| {
        let bounds = text.bounds(*at).grown(BESIDE_PX);
        obstacles.iter().any(|obstacle| obstacle.hits(&bounds))
    });
    if blocked { column(plot.right) } else { near }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Weight;
    use crate::theme::Color;

    fn wish(slide: Slide) -> Wish {
        let text = Text::new("12,3", Weight::Regular, Color::Ink, Align::Middle);
        let within = Rect {
            left: 0.0,
            top: 0.0,
            right: 200.0,
            bottom: 100.0,
        };
        let spots = vec![Spot {
            at: (100.0, 50.0),
            align: Align::Middle,
            slide,
        }];
        Wish {
            text,
            spots,
            inside: None,
            within,
            priority: 0,
            layer: Layer::Mark(None),
        }
    }

    #[test]
    fn a_label_moves_off_a_bar_and_is_dropped_when_that_is_too_far() {
        let bar = |top: f64| {
            Obstacle::Box(Rect {
                left: 80.0,
                top,
                right: 120.0,
                bottom: 100.0,
            })
        };
        let free = free_spot(&wish(Slide::Up), &[]).map(|spot| spot.at);
        assert_eq!(free, Some((100.0, 50.0)));
        let moved = free_spot(&wish(Slide::Up), &[bar(45.0)]).map(|spot| spot.at.1);
        assert!(moved.is_some_and(|y| y < 40.0));
        assert_eq!(free_spot(&wish(Slide::Up), &[bar(5.0)]), None);
        assert_eq!(free_spot(&wish(Slide::Stay), &[bar(45.0)]), None);
    }

    #[test]
    fn names_at_line_ends_keep_a_line_apart_and_stay_inside() {
        let text = Text::new("a", Weight::Regular, Color::Ink, Align::Start);
        let plot = Rect {
            left: 0.0,
            top: 0.0,
            right: 100.0,
            bottom: 60.0,
        };
        let ends = [58.0, 57.0, 3.0].map(|y| LineEnd {
            text: text.clone(),
            at: (90.0, y),
            panel: 0,
        });
        let y: Vec<f64> = line_ends(ends.into(), &plot, &[])
            .into_iter()
            .map(|(at, _)| at.1)
            .collect();
        assert_eq!(y.len(), 3);
        assert!(y[1] - y[0] >= LINE_PX && y[2] - y[1] >= LINE_PX && y[2] <= 62.0);
    }
}
