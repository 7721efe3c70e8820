//! Placing names of cities and stores: the first ones first, none over another, none over the picture's furniture.

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

    pub(crate) fn grown(&self, by: f64) -> Self {
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
    pub(crate) text: String,
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
    /// Signs that no name covers.
    pub(crate) marks: Vec<Rect>,
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
/// Pixels by which a name may come nearer to a sign than to a point.
const SIGN_GAP_PX: f64 = 2.0;
/// Weight of a position's rank against covering one store.
const RANK_COST: f64 = 0.4;

/// What is to be named.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) text: &'a str,
    pub(crate) weight: Weight,
    pub(crate) at: (f64, f64),
    /// Radius of the sign that stands there; 0 for none.
    pub(crate) radius_px: f64,
    /// A place closer than this to a named one stays unnamed, in pixels.
    pub(crate) spacing_px: f64,
}

/// Names that have found their places.
pub(crate) struct Labels<'a, 'r> {
    room: &'r Room<'a>,
    taken: Vec<Rect>,
    pub(crate) placed: Vec<Label>,
}

impl<'a, 'r> Labels<'a, 'r> {
    pub(crate) fn new(room: &'r Room<'a>) -> Self {
        Self {
            room,
            taken: room
                .taken
                .iter()
                .chain(&room.frames)
                .chain(&room.marks)
                .copied()
                .collect(),
            placed: Vec::new(),
        }
    }

    /// Names a place, when there is room for its name.
    pub(crate) fn add(&mut self, wanted: Wanted<'_>) {
        let at = wanted.at;
        let crowded = |label: &Label| (label.at.0 - at.0).hypot(label.at.1 - at.1) < wanted.spacing_px;
        let hidden = self.room.taken.iter().any(|rect| rect.holds(at));
        if !self.room.frame.holds_well(at) || hidden || self.placed.iter().any(crowded) {
            return;
        }
        if let Some((rect, label)) = best(self.room, &self.taken, wanted) {
            self.taken.push(rect);
            self.placed.push(label);
        }
    }
}

/// Names the largest communes of the view.
pub(crate) fn place(room: &Room<'_>) -> Vec<Label> {
    let mut labels = Labels::new(room);
    for commune in communes() {
        if labels.placed.len() >= room.most {
            break;
        }
        labels.add(Wanted {
            text: commune.name,
            weight: if labels.placed.len() < room.bold {
                Weight::Bold
            } else {
                Weight::Regular
            },
            at: room.frame.pixel_of(commune.point),
            radius_px: 0.0,
            spacing_px: room.spacing_px,
        });
    }
    labels.placed
}

/// The position with the fewest stores under the name, the usual ones first; `None` when all are taken.
fn best(room: &Room<'_>, taken: &[Rect], wanted: Wanted<'_>) -> Option<(Rect, Label)> {
    let Wanted {
        text,
        weight,
        at,
        radius_px,
        ..
    } = wanted;
    let width = width_px(text, SIZE_PX, weight);
    let (rise, height) = (RISE * SIZE_PX, (RISE + SINK) * SIZE_PX);
    // What is named is a point, or the whole frame that holds it.
    let named = room
        .frames
        .iter()
        .find(|frame| frame.holds(at))
        .copied()
        .unwrap_or(Rect::new(at.0, at.1, 0.0, 0.0).grown((radius_px - SIGN_GAP_PX).max(0.0)));
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
                    text: text.to_owned(),
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
            marks: Vec::new(),
            circles: &[],
            most,
            bold: 5,
            spacing_px: 64.0,
        })
    }

    #[test]
    fn the_phone_names_the_five_largest_that_fit() {
        let labels = names(&View::france(), 358.0, 5, Vec::new());
        let texts: Vec<&str> = labels.iter().map(|label| label.text.as_str()).collect();
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
                        width_px(&l.text, SIZE_PX, l.weight),
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
