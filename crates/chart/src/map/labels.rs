//! Placing city names: the largest first, none over another, none over the picture's furniture.

use super::frame::Frame;
use super::geography::communes;
use crate::text::{RISE, SINK, SIZE_PX, Weight, width_px};

/// A box of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Rect {
    pub(crate) fn new(left: f64, top: f64, width: f64, height: f64) -> Self {
        Self {
            left,
            top,
            right: left + width,
            bottom: top + height,
        }
    }

    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn grown(&self, by: f64) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    fn inside(&self, width: f64, height: f64) -> bool {
        self.left >= 0.0 && self.top >= 0.0 && self.right <= width && self.bottom <= height
    }

    fn holds(&self, (x, y): (f64, f64)) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    /// Whether a circle reaches into the box.
    fn meets_circle(&self, (x, y, radius): (f64, f64, f64)) -> bool {
        let (dx, dy) = (x - x.clamp(self.left, self.right), y - y.clamp(self.top, self.bottom));
        dx * dx + dy * dy < radius * radius
    }
}

/// A text that has found its place; `x` is its left end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) text: &'static str,
    pub(crate) weight: Weight,
    pub(crate) x: f64,
    pub(crate) baseline: f64,
    /// The place that it names.
    pub(crate) at: (f64, f64),
}

/// What the names must keep clear of, and how many there may be.
pub(crate) struct Room<'a> {
    pub(crate) frame: &'a Frame,
    /// Boxes that stay free: legend, inset, buttons, scale bar.
    pub(crate) taken: Vec<Rect>,
    /// Frames drawn on the map: a name does not cross one, and what lies inside is named outside.
    pub(crate) frames: Vec<Rect>,
    /// Circles that a name avoids when it can: x, y, radius.
    pub(crate) circles: &'a [(f64, f64, f64)],
    /// Names at most.
    pub(crate) most: usize,
    /// The first so many are bold.
    pub(crate) bold: usize,
    /// A place closer than this to a named larger one stays unnamed, in pixels.
    pub(crate) spacing_px: f64,
}

/// Free pixels round every name: its halo.
const HALO_PX: f64 = 2.0;
/// Pixels between a place and its name.
const GAP_PX: f64 = 6.0;
/// Weight of a position's rank against covering one store.
const RANK_COST: f64 = 0.4;

/// Names the largest communes of the view.
pub(crate) fn place(room: &Room<'_>) -> Vec<Label> {
    let mut taken: Vec<Rect> = room.taken.iter().chain(&room.frames).copied().collect();
    let mut labels: Vec<Label> = Vec::new();
    for commune in communes() {
        if labels.len() >= room.most {
            break;
        }
        let at = room.frame.pixel_of(commune.point);
        let crowded = |label: &Label| (label.at.0 - at.0).hypot(label.at.1 - at.1) < room.spacing_px;
        if !room.frame.holds_well(at) || labels.iter().any(crowded) || room.taken.iter().any(|rect| rect.holds(at)) {
            continue;
        }
        let weight = if labels.len() < room.bold {
            Weight::Bold
        } else {
            Weight::Regular
        };
        if let Some((rect, label)) = best(room, &taken, commune.name, weight, at) {
            taken.push(rect);
            labels.push(label);
        }
    }
    labels
}

/// The position with the fewest stores under the name, the usual ones first; `None` when all are taken.
fn best(room: &Room<'_>, taken: &[Rect], text: &'static str, weight: Weight, at: (f64, f64)) -> Option<(Rect, Label)> {
    let width = width_px(text, SIZE_PX, weight);
    let (rise, height) = (RISE * SIZE_PX, (RISE + SINK) * SIZE_PX);
    // What is named is a point, or the whole frame that holds it.
    let named = room
        .frames
        .iter()
        .find(|frame| frame.holds(at))
        .copied()
        .unwrap_or(Rect::new(at.0, at.1, 0.0, 0.0));
    let (middle, centred) = (at.1 - height / 2.0, at.0 - width / 2.0);
    let (above, below) = (named.top - GAP_PX - height, named.bottom + GAP_PX);
    let (right, left) = (named.right + GAP_PX, named.left - GAP_PX - width);
    let positions = [
        (right, middle),
        (centred, below),
        (centred, above),
        (left, middle),
        (right, above + 4.0),
        (right, below - 4.0),
        (left, above + 4.0),
        (left, below - 4.0),
    ];
    positions
        .into_iter()
        .enumerate()
        .filter_map(|(rank, (x, top))| {
            let rect = Rect::new(x, top, width, height).grown(HALO_PX);
            if !rect.inside(room.frame.width_px, room.frame.height_px) || taken.iter().any(|t| t.overlaps(&rect)) {
                return None;
            }
            let stores = room.circles.iter().filter(|circle| rect.meets_circle(**circle)).count();
            let cost = stores as f64 + RANK_COST * rank as f64;
            Some((
                cost,
                rect,
                Label {
                    text,
                    weight,
                    x,
                    baseline: top + rise,
                    at,
                },
            ))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, rect, label)| (rect, label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::View;

    fn names(view: &View, width: f64, most: usize, taken: Vec<Rect>) -> Vec<Label> {
        let frame = view.frame(width);
        place(&Room {
            frame: &frame,
            taken,
            frames: Vec::new(),
            circles: &[],
            most,
            bold: 5,
            spacing_px: 64.0,
        })
    }

    #[test]
    fn the_phone_names_the_five_largest_that_fit() {
        let labels = names(&View::france(), 358.0, 5, Vec::new());
        let texts: Vec<&str> = labels.iter().map(|label| label.text).collect();
        assert_eq!(texts[..2], ["Paris", "Marseille"]);
        assert_eq!(texts.len(), 5);
    }

    #[test]
    fn no_name_covers_another_or_leaves_the_picture() {
        for text in ["fr", "region:Île-de-France", "dep:44", "dep:75", "48.85,2.35,30"] {
            let view: View = text.parse().expect(text);
            let labels = names(&view, 904.0, 40, vec![Rect::new(0.0, 500.0, 220.0, 276.0)]);
            assert!(!labels.is_empty(), "{text}");
            let rects: Vec<Rect> = labels
                .iter()
                .map(|l| {
                    Rect::new(
                        l.x,
                        l.baseline - RISE * SIZE_PX,
                        width_px(l.text, SIZE_PX, l.weight),
                        12.24,
                    )
                })
                .collect();
            for (index, rect) in rects.iter().enumerate() {
                assert!(rect.inside(904.0, 776.0), "{text}: {}", labels[index].text);
                assert!(
                    rects[..index].iter().all(|other| !other.overlaps(rect)),
                    "{text}: {}",
                    labels[index].text
                );
            }
        }
    }
}
