//! The pixels of one picture.

use super::geography::projection::Point;

/// Pixels of a picture: x to the right, y down, 0 at the upper left corner of the view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) width_px: f64,
    pub(crate) height_px: f64,
    pub(crate) west_m: f64,
    pub(crate) north_m: f64,
    /// The scale: pixels in a metre.
    pub(crate) px_per_m: f64,
}

impl Frame {
    /// Where a projected point falls.
    pub(crate) fn pixel_of(&self, point: Point) -> (f64, f64) {
        (
            (point.east_m - self.west_m) * self.px_per_m,
            (self.north_m - point.north_m) * self.px_per_m,
        )
    }

    /// A frame of another place and scale inside the picture: `factor` times this one's scale round a point.
    pub(crate) fn magnified(&self, centre: Point, factor: f64, width_px: f64, height_px: f64) -> Self {
        let px_per_m = self.px_per_m * factor;
        Self {
            width_px,
            height_px,
            west_m: centre.east_m - width_px / px_per_m / 2.0,
            north_m: centre.north_m + height_px / px_per_m / 2.0,
            px_per_m,
        }
    }

    /// Whether a pixel lies in the picture with room for a mark.
    pub(crate) fn holds_well(&self, (x, y): (f64, f64)) -> bool {
        (5.0..=self.width_px - 5.0).contains(&x) && (5.0..=self.height_px - 5.0).contains(&y)
    }

    /// Whether a pixel lies in the picture.
    pub(crate) fn holds(&self, (x, y): (f64, f64)) -> bool {
        (0.0..=self.width_px).contains(&x) && (0.0..=self.height_px).contains(&y)
    }
}
