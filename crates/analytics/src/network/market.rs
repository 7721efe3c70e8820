//! The market: where the residents of a commune live, on H3 cells.
//!
//! Only a point and a population are known per commune. Residents are spread round the point by a Gaussian kernel
//! whose peak density grows with the size of the commune, cut at [`KERNEL_REACH`] standard deviations and clipped
//! to the commune's departement. It is an assumption, stated here once and used by everything that needs a market:
//!
//! - peak density (residents per km2) = 400 (residents / 1,000)^0.53, so about 400 in a village of 1,000, 1,350 in a
//!   town of 10,000, 4,600 in a city of 100,000 and 23,000 in Paris;
//! - standard deviation (km) = sqrt(residents / (2 pi peak density)), which makes the kernel hold all residents;
//! - a cell's weight is the kernel at its centre, and the weights are scaled so that no resident is lost.

use geo::{BoundingRect, Contains, MultiPolygon, Point, Rect};
use h3o::{CellIndex, LatLng, Resolution};

/// Residents per household in France (INSEE, census of 2020: 2.17). A stated assumption, printed where it is used.
pub const RESIDENTS_PER_HOUSEHOLD: f64 = 2.17;

/// H3 resolution of the market's cells: about 0.74 km2 each.
pub const MARKET_RESOLUTION: Resolution = Resolution::Eight;

/// Standard deviations of the kernel beyond which nobody is placed.
pub const KERNEL_REACH: f64 = 2.5;

/// Smallest distance (km) between the centres of neighbouring cells at [`MARKET_RESOLUTION`] in Europe, rounded down:
/// rings counted with it always cover the kernel.
const SMALLEST_CELL_STEP_KM: f64 = 0.7;

/// A departement (or any other boundary) into which communes are clipped, with its bounding box kept at hand.
#[derive(Debug, Clone)]
pub struct Boundary {
    shape: MultiPolygon<f64>,
    bounds: Option<Rect<f64>>,
}

impl Boundary {
    /// A boundary from polygons in degrees (x = longitude, y = latitude).
    pub fn new(shape: MultiPolygon<f64>) -> Self {
        let bounds = shape.bounding_rect();
        Self { shape, bounds }
    }

    /// The polygons that it was made from.
    pub fn shape(&self) -> &MultiPolygon<f64> {
        &self.shape
    }

    /// Whether the point lies inside.
    pub fn contains(&self, point: LatLng) -> bool {
        let point = Point::new(point.lng(), point.lat());
        self.bounds.is_some_and(|bounds| {
            point.x() >= bounds.min().x
                && point.x() <= bounds.max().x
                && point.y() >= bounds.min().y
                && point.y() <= bounds.max().y
        }) && self.shape.contains(&point)
    }
}

/// Residents of one commune who live in one cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellResidents {
    /// Cell at [`MARKET_RESOLUTION`].
    pub cell: CellIndex,
    /// Residents, not rounded: those of a commune add up to its population.
    pub residents: f64,
}

/// Peak density of the kernel, in residents per km2, of a commune with so many residents.
pub fn peak_density_per_km2(residents: f64) -> f64 {
    400.0 * (residents.max(1.0) / 1_000.0).powf(0.53)
}

/// Standard deviation of the kernel, in km, of a commune with so many residents.
pub fn kernel_deviation_km(residents: f64) -> f64 {
    (residents.max(1.0) / (2.0 * std::f64::consts::PI * peak_density_per_km2(residents))).sqrt()
}

/// Households of so many residents.
pub fn households(residents: f64) -> f64 {
    residents / RESIDENTS_PER_HOUSEHOLD
}

/// Spreads a commune's residents over the cells round its point, in the order of the cells' indexes.
///
/// The result adds up to `residents`. When no cell centre lies both inside the kernel and inside the boundary (a very
/// small commune, or a point beside a simplified border), all residents get the cell of the point.
///
/// ```
/// use chalandise_analytics::network::market::spread_commune;
/// use h3o::LatLng;
/// let point = LatLng::new(47.0667, 3.0118).expect("finite degrees");
/// let cells = spread_commune(point, 645.0, None);
/// let total: f64 = cells.iter().map(|part| part.residents).sum();
/// assert!((total - 645.0).abs() < 1e-9);
/// ```
pub fn spread_commune(point: LatLng, residents: f64, boundary: Option<&Boundary>) -> Vec<CellResidents> {
    let deviation_km = kernel_deviation_km(residents);
    let reach_km = KERNEL_REACH * deviation_km;
    let rings = (reach_km / SMALLEST_CELL_STEP_KM).ceil() as u32;
    let home = point.to_cell(MARKET_RESOLUTION);
    let mut weights: Vec<(CellIndex, f64)> = home
        .grid_disk::<Vec<_>>(rings)
        .into_iter()
        .filter_map(|cell| {
            let centre = LatLng::from(cell);
            let distance_km = centre.distance_km(point);
            let inside = distance_km <= reach_km && boundary.is_none_or(|b| b.contains(centre));
            inside.then(|| (cell, (-0.5 * (distance_km / deviation_km).powi(2)).exp()))
        })
        .collect();
    if weights.is_empty() {
        return vec![CellResidents { cell: home, residents }];
    }
    weights.sort_unstable_by_key(|(cell, _)| u64::from(*cell));
    let total: f64 = weights.iter().map(|(_, weight)| weight).sum();
    weights
        .into_iter()
        .map(|(cell, weight)| CellResidents {
            cell,
            residents: residents * weight / total,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::polygon;

    fn point(latitude: f64, longitude: f64) -> LatLng {
        LatLng::new(latitude, longitude).expect("finite degrees")
    }

    #[test]
    fn nobody_is_lost_and_cells_are_distinct_and_sorted() {
        for residents in [1.0, 58.0, 645.0, 15_934.0, 519_127.0, 2_103_778.0] {
            let cells = spread_commune(point(48.85341, 2.3488), residents, None);
            let total: f64 = cells.iter().map(|part| part.residents).sum();
            assert!((total - residents).abs() < 1e-6 * residents, "{residents}");
            assert!(
                cells
                    .windows(2)
                    .all(|pair| u64::from(pair[0].cell) < u64::from(pair[1].cell))
            );
        }
    }

    #[test]
    fn the_rings_cover_the_whole_kernel() {
        // One ring more must not find a cell: the step used for counting rings is small enough.
        for (latitude, longitude) in [(51.0, 2.5), (42.0, 9.0), (48.0, -4.5), (43.5, 7.2)] {
            let centre = point(latitude, longitude);
            let found = spread_commune(centre, 300_000.0, None).len();
            let reach_km = KERNEL_REACH * kernel_deviation_km(300_000.0);
            let all = centre
                .to_cell(MARKET_RESOLUTION)
                .grid_disk::<Vec<_>>(40)
                .into_iter()
                .filter(|cell| LatLng::from(*cell).distance_km(centre) <= reach_km)
                .count();
            assert_eq!(found, all);
        }
    }

    #[test]
    fn a_boundary_clips_and_an_impossible_one_falls_back_to_the_point() {
        let centre = point(48.0, 2.0);
        let east = Boundary::new(MultiPolygon::new(vec![
            polygon![(x: 2.0, y: 47.0), (x: 3.0, y: 47.0), (x: 3.0, y: 49.0), (x: 2.0, y: 49.0)],
        ]));
        let cells = spread_commune(centre, 50_000.0, Some(&east));
        assert!(cells.iter().all(|part| LatLng::from(part.cell).lng() >= 2.0));
        let total: f64 = cells.iter().map(|part| part.residents).sum();
        assert!((total - 50_000.0).abs() < 1e-6);
        let nowhere = Boundary::new(MultiPolygon::new(vec![]));
        let fallback = spread_commune(centre, 50_000.0, Some(&nowhere));
        assert_eq!(fallback.len(), 1);
        assert_eq!(fallback[0].cell, centre.to_cell(MARKET_RESOLUTION));
    }

    #[test]
    fn larger_communes_are_denser() {
        assert!((peak_density_per_km2(1_000.0) - 400.0).abs() < 1e-9);
        let density = peak_density_per_km2(2_103_778.0);
        assert!((20_000.0..26_000.0).contains(&density), "{density}");
        assert!(kernel_deviation_km(100_000.0) > kernel_deviation_km(10_000.0));
    }
}
