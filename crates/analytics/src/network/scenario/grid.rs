//! Cells sorted so that those near a point are found without looking at the others.

use std::f64::consts::{FRAC_PI_2, PI};
use std::ops::Range;

use h3o::EARTH_RADIUS_KM;

use super::change::Place;

/// A point on the unit sphere.
pub(crate) type Vector = [f64; 3];

/// The point of a place.
pub(crate) fn vector(place: Place) -> Vector {
    let (sin_latitude, cos_latitude) = place.latitude.to_radians().sin_cos();
    let (sin_longitude, cos_longitude) = place.longitude.to_radians().sin_cos();
    [cos_latitude * cos_longitude, cos_latitude * sin_longitude, sin_latitude]
}

/// Square of the straight line through the sphere between two of its points.
pub(crate) fn chord_squared(a: Vector, b: Vector) -> f64 {
    let (x, y, z) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    x * x + y * y + z * z
}

/// Kilometres along the great circle between points so far apart through the sphere.
pub(crate) fn kilometres(chord_squared: f64) -> f64 {
    let square = 0.25 * chord_squared;
    let sine = square.sqrt();
    let angle = if square < 4e-4 {
        // Within 250 km the series of the arcsine is exact to the last digit, and quicker.
        let tail = 1.0 / 6.0 + square * (3.0 / 40.0 + square * (5.0 / 112.0 + square * (35.0 / 1152.0)));
        sine + sine * square * tail
    } else {
        sine.min(1.0).asin()
    };
    2.0 * EARTH_RADIUS_KM * angle
}

/// What lies within some kilometres of a place.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    pub(crate) centre: Vector,
    /// Square of the chord of the edge.
    pub(crate) chord_squared: f64,
    /// Radius, in radians.
    pub(crate) angle: f64,
    latitude: f64,
    longitude: f64,
}

impl Disk {
    pub(crate) fn new(place: Place, kilometres: f64) -> Disk {
        let angle = (kilometres / EARTH_RADIUS_KM).min(PI);
        Disk {
            centre: vector(place),
            // The whole globe has no edge that rounding could lie beyond.
            chord_squared: if angle < PI {
                (2.0 * (0.5 * angle).sin()).powi(2)
            } else {
                f64::INFINITY
            },
            angle,
            latitude: place.latitude.to_radians(),
            longitude: place.longitude.to_radians(),
        }
    }

    /// The furthest that the disk goes east or west between two latitudes.
    fn half_width(&self, south: f64, north: f64) -> f64 {
        if self.latitude.abs() + self.angle >= FRAC_PI_2 - 1e-9 {
            return PI;
        }
        // Its widest latitude, or the nearest to it. Rounding may leave a sliver whose north is south of its south.
        let widest = (self.latitude.sin() / self.angle.cos()).clamp(-1.0, 1.0).asin();
        let latitude = widest.max(south).min(north);
        let cosine = (self.angle.cos() - latitude.sin() * self.latitude.sin()) / (latitude.cos() * self.latitude.cos());
        cosine.clamp(-1.0, 1.0).acos() + 1e-9
    }
}

/// Cells in bins about a step high and wide, neighbouring bins mostly near each other.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// Height and width of a bin, in radians.
    step: f64,
    /// Longitude from which columns are counted, so that those of one row lie above those of the next.
    meridian: f64,
    keys: Vec<u64>,
    /// First cell of each bin, and the number of cells at the end.
    starts: Vec<u32>,
}

impl Grid {
    /// The bins of the places, and the numbers of the places in the order of the bins. At most `u32::MAX` places.
    pub(super) fn new(places: impl Iterator<Item = Place> + Clone, step: f64) -> (Grid, Vec<u32>) {
        let (mut x, mut y) = (0.0, 0.0);
        for place in places.clone() {
            let [east, north, _] = vector(place);
            x += east;
            y += north;
        }
        let mut grid = Grid {
            step: step.clamp(1e-6, PI),
            meridian: f64::atan2(y, x),
            keys: Vec::new(),
            starts: Vec::new(),
        };
        let keys = places.map(|place| grid.key(place.latitude.to_radians(), place.longitude.to_radians()));
        let mut numbered: Vec<(u64, u32)> = keys.zip(0..).collect();
        numbered.sort_unstable();
        for (position, (key, _)) in numbered.iter().enumerate() {
            if grid.keys.last() != Some(key) {
                grid.keys.push(*key);
                grid.starts.push(position as u32);
            }
        }
        grid.starts.push(numbered.len() as u32);
        grid.keys.shrink_to_fit();
        grid.starts.shrink_to_fit();
        (grid, numbered.into_iter().map(|(_, number)| number).collect())
    }

    /// Number of bins that have cells.
    pub(super) fn bins(&self) -> u32 {
        self.keys.len() as u32
    }

    /// The cells of a bin.
    pub(super) fn cells(&self, bin: u32) -> Range<u32> {
        self.starts[bin as usize]..self.starts[bin as usize + 1]
    }

    /// The bin of a cell.
    pub(super) fn bin_of(&self, cell: u32) -> u32 {
        self.starts.partition_point(|start| *start <= cell) as u32 - 1
    }

    /// The bins that a disk may touch, in order.
    pub(super) fn bins_in(&self, disk: &Disk) -> Vec<u32> {
        let mut found = Vec::new();
        let (south, north) = (disk.latitude - disk.angle, disk.latitude + disk.angle);
        let centre = wrapped(disk.longitude - self.meridian);
        for row in self.row(south - 1e-9)..=self.row(north + 1e-9) {
            let foot = f64::from(row) * self.step - FRAC_PI_2;
            let half = disk.half_width(foot.max(south), (foot + self.step).min(north));
            let (west, east) = (centre - half, centre + half);
            if half >= PI {
                self.push_columns(row, -PI, PI, &mut found);
            } else {
                self.push_columns(row, west.max(-PI), east.min(PI), &mut found);
                // What goes round the back of the globe.
                if west < -PI {
                    self.push_columns(row, west + 2.0 * PI, PI, &mut found);
                }
                if east > PI {
                    self.push_columns(row, -PI, east - 2.0 * PI, &mut found);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn push_columns(&self, row: u32, west: f64, east: f64, found: &mut Vec<u32>) {
        for column in self.column(row, west)..=self.column(row, east) {
            if let Ok(bin) = self.keys.binary_search(&interleaved(row, column)) {
                found.push(bin as u32);
            }
        }
    }

    fn row(&self, latitude: f64) -> u32 {
        // A negative number is 0.
        ((latitude + FRAC_PI_2) / self.step) as u32
    }

    /// The column of a longitude counted from the meridian.
    fn column(&self, row: u32, longitude: f64) -> u32 {
        let cosine = ((f64::from(row) + 0.5) * self.step - FRAC_PI_2).cos().max(0.0);
        ((longitude * cosine / self.step).floor() + 2_147_483_648.0) as u32
    }

    fn key(&self, latitude: f64, longitude: f64) -> u64 {
        let row = self.row(latitude);
        interleaved(row, self.column(row, wrapped(longitude - self.meridian)))
    }
}

/// An angle as one from -pi to pi.
fn wrapped(angle: f64) -> f64 {
    let turned = angle.rem_euclid(2.0 * PI);
    if turned > PI { turned - 2.0 * PI } else { turned }
}

/// The bits of both numbers in turn (Morton order): what is near in both is mostly near in the result.
fn interleaved(row: u32, column: u32) -> u64 {
    (spread(row) << 1) | spread(column)
}

fn spread(number: u32) -> u64 {
    let mut bits = u64::from(number);
    for (shift, mask) in [
        (16, 0x0000_FFFF_0000_FFFF),
        (8, 0x00FF_00FF_00FF_00FF),
        (4, 0x0F0F_0F0F_0F0F_0F0F),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        bits = (bits | (bits << shift)) & mask;
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;
    use h3o::LatLng;
    use proptest::prelude::*;

    fn place() -> impl Strategy<Value = Place> {
        (-90.0..=90.0, -180.0..=180.0).prop_map(|(latitude, longitude)| Place { latitude, longitude })
    }

    proptest! {
        #[test]
        fn distances_are_those_of_h3(a in place(), b in place()) {
            let found = kilometres(chord_squared(vector(a), vector(b)));
            let point = |place: Place| LatLng::new(place.latitude, place.longitude).unwrap();
            let known = point(a).distance_km(point(b));
            prop_assume!(known < 19_000.0);
            prop_assert!((found - known).abs() <= 1e-12 * known.max(1_000.0), "{found} is not {known}");
        }

        #[test]
        fn every_place_in_a_disk_is_in_one_of_its_bins(
            places in prop::collection::vec(place(), 1..200), centre in place(), reach in 1.0..12_000.0_f64, step in 0.005..0.5_f64,
        ) {
            let (grid, order) = Grid::new(places.iter().copied(), step);
            let disk = Disk::new(centre, reach);
            let bins = grid.bins_in(&disk);
            for (position, number) in order.iter().enumerate() {
                let inside = chord_squared(vector(places[*number as usize]), disk.centre) <= disk.chord_squared;
                let bin = grid.bin_of(position as u32);
                prop_assert!(grid.cells(bin).contains(&(position as u32)));
                prop_assert!(!inside || bins.binary_search(&bin).is_ok());
            }
        }
    }

    #[test]
    fn a_disk_may_end_where_a_row_does() {
        let step = 0.01;
        let places = [Place {
            latitude: 47.0,
            longitude: 3.0,
        }];
        let (grid, _) = Grid::new(places.iter().copied(), step);
        for row in 100..300 {
            for sliver in [-2e-9, -5e-10, 0.0, 5e-10, 2e-9] {
                let reach = 5.0 * step;
                let latitude = (f64::from(row) * step - FRAC_PI_2 + reach + sliver).to_degrees();
                let place = Place {
                    latitude,
                    longitude: 3.0,
                };
                let disk = Disk::new(place, reach * EARTH_RADIUS_KM);
                let inside = chord_squared(vector(places[0]), disk.centre) <= disk.chord_squared;
                assert!(!inside || grid.bins_in(&disk) == [0]);
            }
        }
    }

    #[test]
    fn near_places_keep_their_digits() {
        let at = |latitude, longitude| LatLng::new(latitude, longitude).unwrap();
        for step in [1e-4, 1e-3, 0.1, 1.0, 3.0] {
            let (a, b) = ((47.0, 3.0), (47.0 + 0.4 * step, 3.0 - step));
            let vectors = [a, b].map(|(latitude, longitude)| vector(Place { latitude, longitude }));
            let found = kilometres(chord_squared(vectors[0], vectors[1]));
            let known = at(a.0, a.1).distance_km(at(b.0, b.1));
            assert!((found / known - 1.0).abs() < 1e-10, "{found} is not {known}");
        }
    }
}
