//! Boxes and strokes in pixels, and whether they touch: shared by the placing of labels and by the check of finished drawings.

/// An upright rectangle in pixels; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

impl Rect {
    /// The rectangle between two corners, in any order.
    pub fn between(a: (f64, f64), b: (f64, f64)) -> Rect {
        Rect {
            left: a.0.min(b.0),
            top: a.1.min(b.1),
            right: a.0.max(b.0),
            bottom: a.1.max(b.1),
        }
    }

    /// The smallest rectangle round all points; none without a point.
    pub fn around(points: &[(f64, f64)]) -> Option<Rect> {
        let spots = points.iter().map(|point| Rect::between(*point, *point));
        spots.reduce(|a, b| Rect {
            left: a.left.min(b.left),
            top: a.top.min(b.top),
            right: a.right.max(b.right),
            bottom: a.bottom.max(b.bottom),
        })
    }

    /// Width in pixels.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height in pixels.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// Grown on every side.
    pub fn grown(&self, by: f64) -> Rect {
        Rect {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    /// Grown at the sides and at top and bottom.
    pub fn grown_by(&self, level: f64, upright: f64) -> Rect {
        Rect {
            left: self.left - level,
            top: self.top - upright,
            right: self.right + level,
            bottom: self.bottom + upright,
        }
    }

    /// Whether the insides overlap; touching edges do not count.
    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// Whether the other lies inside, edges included.
    pub fn holds(&self, other: &Rect) -> bool {
        self.left <= other.left && self.top <= other.top && self.right >= other.right && self.bottom >= other.bottom
    }
}

/// Something that a text must keep clear of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Obstacle {
    /// A filled box.
    Box(Rect),
    /// A straight stroke from one point to another, with half its width.
    Stroke((f64, f64), (f64, f64), f64),
}

impl Obstacle {
    /// Whether it reaches into the box.
    pub fn hits(&self, rect: &Rect) -> bool {
        match self {
            Obstacle::Box(own) => own.overlaps(rect),
            Obstacle::Stroke(a, b, half) => segment_enters(*a, *b, &rect.grown(*half)),
        }
    }

    /// The box round it.
    pub fn bounds(&self) -> Rect {
        match self {
            Obstacle::Box(own) => *own,
            Obstacle::Stroke(a, b, half) => Rect::between(*a, *b).grown(*half),
        }
    }
}

/// Liang and Barsky's clipping: whether any part of the segment lies inside the box.
fn segment_enters(a: (f64, f64), b: (f64, f64), rect: &Rect) -> bool {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let mut from = 0.0_f64;
    let mut to = 1.0_f64;
    let sides = [
        (-dx, a.0 - rect.left),
        (dx, rect.right - a.0),
        (-dy, a.1 - rect.top),
        (dy, rect.bottom - a.1),
    ];
    for (step, room) in sides {
        if step == 0.0 {
            if room <= 0.0 {
                return false;
            }
        } else if step < 0.0 {
            from = from.max(room / step);
        } else {
            to = to.min(room / step);
        }
    }
    from < to
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Rect = Rect {
        left: 10.0,
        top: 10.0,
        right: 20.0,
        bottom: 20.0,
    };

    #[test]
    fn boxes_that_only_touch_do_not_overlap() {
        assert!(!BOX.overlaps(&Rect {
            left: 20.0,
            top: 10.0,
            right: 30.0,
            bottom: 20.0
        }));
        assert!(BOX.overlaps(&Rect {
            left: 19.9,
            top: 10.0,
            right: 30.0,
            bottom: 20.0
        }));
    }

    #[test]
    fn a_stroke_hits_where_it_crosses_or_grazes_with_its_width() {
        assert!(Obstacle::Stroke((0.0, 0.0), (30.0, 30.0), 0.5).hits(&BOX));
        assert!(!Obstacle::Stroke((0.0, 0.0), (30.0, 0.0), 0.5).hits(&BOX));
        assert!(Obstacle::Stroke((0.0, 9.0), (30.0, 9.0), 1.5).hits(&BOX));
        assert!(!Obstacle::Stroke((15.0, 0.0), (15.0, 9.0), 0.5).hits(&BOX));
    }
}
