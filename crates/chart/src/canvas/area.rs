//! A panel's place on the canvas: its box in pixels, its two scales, and the way from one to the other.

use plotters::coord::CoordTranslate;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;

use crate::canvas::backend::{to_px, to_units};
use crate::canvas::geometry::Rect;
use crate::scale::Scale;

/// plotters' coordinate system of a panel.
pub(crate) type Coord = Cartesian2d<RangedCoordf64, RangedCoordf64>;

/// A laid out panel.
pub(crate) struct Area {
    /// The panel's box.
    pub(crate) plot: Rect,
    /// The scale shared with the other panels.
    pub(crate) shared: Scale,
    /// The panel's own scale: numbers, or bands for cells.
    pub(crate) own: Scale,
    /// Ticks of the own scale, as coordinates.
    pub(crate) ticks: Vec<f64>,
    /// The share of each band that its heading takes.
    pub(crate) heading: f64,
    /// How far a continuous shared scale keeps off the box's ends, in pixels.
    pub(crate) inset: f64,
    pub(crate) coord: Coord,
    down: bool,
}

/// Room in pixels between the box and the ends of the own scale, for labels: at the low and at the high end.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Pads {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Area {
    /// A panel in its box. `inset` keeps points of a continuous shared scale off the box's ends.
    pub(crate) fn new(plot: Rect, shared: Scale, own: (Scale, Vec<f64>), pads: Pads, inset: f64, down: bool) -> Area {
        let (own, ticks) = own;
        let (s, o) = (shared.range(), own.range());
        let coord = if down {
            let x = to_units(plot.left + inset)..to_units(plot.right - inset);
            let y = to_units(plot.bottom - pads.low)..to_units(plot.top + pads.high);
            Coord::new(s.0..s.1, o.0..o.1, (x, y))
        } else {
            let x = to_units(plot.left + pads.low)..to_units(plot.right - pads.high);
            let y = to_units(plot.top + inset)..to_units(plot.bottom - inset);
            Coord::new(o.0..o.1, s.0..s.1, (x, y))
        };
        Area {
            plot,
            shared,
            own,
            ticks,
            heading: 0.0,
            inset,
            coord,
            down,
        }
    }

    /// Whether panels are stacked, so that the shared scale runs along x.
    pub(crate) fn down(&self) -> bool {
        self.down
    }

    /// The data point of a shared and an own coordinate.
    pub(crate) fn at(&self, shared: f64, own: f64) -> (f64, f64) {
        if self.down { (shared, own) } else { (own, shared) }
    }

    /// Where a data point falls, in pixels; exactly where plotters draws it.
    pub(crate) fn px(&self, point: (f64, f64)) -> (f64, f64) {
        to_px(self.coord.translate(&point))
    }

    /// A part of a band, given from 0 to 1, as shared coordinates; the heading is left out.
    pub(crate) fn in_band(&self, start: f64, share: f64) -> f64 {
        start + self.heading + share * (1.0 - self.heading)
    }

    /// The coordinate of a number on the own scale.
    pub(crate) fn number(&self, value: f64) -> f64 {
        self.own.number(value)
    }

    /// The coordinate of zero, or the end of the scale next to it.
    pub(crate) fn zero(&self) -> f64 {
        self.own.number(0.0)
    }

    /// Length of one shared coordinate (a band) in pixels.
    pub(crate) fn band_px(&self) -> f64 {
        let own = self.own.range().0;
        let (a, b) = (self.px(self.at(0.0, own)), self.px(self.at(1.0, own)));
        if self.down { b.0 - a.0 } else { b.1 - a.1 }
    }
}
