//! Where one can drive.

use std::collections::BTreeSet;

use geo::{Coord, LineString, LinesIter, MultiPolygon};
use h3o::geom::{ContainmentMode, TilerBuilder};
use h3o::{CellIndex, LatLng, Resolution};

use crate::network::market::MARKET_RESOLUTION;
use crate::numeric::side_by_side;

use super::TravelTimeError;

/// Bridges to islands of France, as lines for [`crossing`]. The outlines of the departements hold the islands, but no bridge.
pub const BRIDGES_OF_FRANCE: [(Point, Point); 3] = [
    // Île de Ré, Île d'Oléron, Noirmoutier.
    ((46.160, -1.151), (46.187, -1.327)),
    ((45.822, -1.105), (45.911, -1.262)),
    ((46.850, -2.060), (47.000, -2.245)),
];

/// Latitude and longitude in degrees.
pub type Point = (f64, f64);

/// Cells of this resolution that touch a shape are looked through for those of the market.
const COARSE: Resolution = Resolution::Five;

/// Height (degrees) of the strips by which the edges of a shape are kept.
const STRIP: f64 = 0.02;

/// The cells of [`MARKET_RESOLUTION`] whose centres lie in the shapes (degrees, x = longitude), sorted and distinct: the land, when
/// the shapes are the outlines of a country or of its departements ([`crate::network::market::Boundary::shape`]). Shapes must not cross the
/// antimeridian.
///
/// # Errors
/// Coordinates that are no degrees.
///
/// ```
/// use chalandise_analytics::network::travel_time::land_cells;
/// use geo::{MultiPolygon, polygon};
/// let square = polygon![(x: 2.0, y: 48.0), (x: 2.1, y: 48.0), (x: 2.1, y: 48.1), (x: 2.0, y: 48.1)];
/// let cells = land_cells([&MultiPolygon::new(vec![square])])?;
/// assert!((100..160).contains(&cells.len()));
/// # Ok::<(), chalandise_analytics::network::travel_time::TravelTimeError>(())
/// ```
pub fn land_cells<'a>(shapes: impl IntoIterator<Item = &'a MultiPolygon<f64>>) -> Result<Vec<u64>, TravelTimeError> {
    let shapes: Vec<_> = shapes.into_iter().collect();
    let inside = side_by_side(shapes.len() as u64, |number| {
        cells_in(shapes[number as usize]).ok_or(TravelTimeError::Outline { shape: number as usize })
    });
    let mut cells = inside.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    cells.sort_unstable();
    cells.dedup();
    Ok(cells)
}

fn cells_in(shape: &MultiPolygon<f64>) -> Option<Vec<u64>> {
    let strips = Strips::new(shape)?;
    let mut tiler = TilerBuilder::new(COARSE)
        .containment_mode(ContainmentMode::Covers)
        .build();
    tiler.add_batch(shape.iter().cloned()).ok()?;
    // A cell's children reach a little over its edge, hence the cells round it.
    let coarse: BTreeSet<CellIndex> = tiler
        .into_coverage()
        .flat_map(|cell| cell.grid_disk::<Vec<_>>(1))
        .collect();
    let children = coarse.into_iter().flat_map(|cell| cell.children(MARKET_RESOLUTION));
    Some(
        children
            .filter(|cell| strips.contain(LatLng::from(*cell)))
            .map(u64::from)
            .collect(),
    )
}

/// The edges of a shape by the strips of latitude that they cross, so that a point is compared with a few of them only.
struct Strips {
    south: f64,
    edges: Vec<Vec<[Coord<f64>; 2]>>,
}

impl Strips {
    fn new(shape: &MultiPolygon<f64>) -> Option<Self> {
        let degrees = |point: &Coord<f64>| point.x.abs() <= 360.0 && point.y.abs() <= 90.0;
        let rings = || {
            shape
                .iter()
                .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
        };
        if !rings().flat_map(LineString::coords).all(degrees) {
            return None;
        }
        let south = rings()
            .flat_map(LineString::coords)
            .map(|point| point.y)
            .fold(90.0, f64::min);
        let strip = |latitude: f64| ((latitude - south) / STRIP) as usize;
        let mut edges: Vec<Vec<_>> = Vec::new();
        for line in rings().flat_map(LineString::lines_iter) {
            let [low, high] = if line.start.y <= line.end.y {
                [line.start, line.end]
            } else {
                [line.end, line.start]
            };
            let (first, last) = (strip(low.y), strip(high.y));
            if edges.len() <= last {
                edges.resize_with(last + 1, Vec::new);
            }
            edges[first..=last].iter_mut().for_each(|strip| strip.push([low, high]));
        }
        Some(Self { south, edges })
    }

    /// Whether a line from the point to the east crosses the edges an odd number of times. Neighbours that share an edge never both
    /// contain a point.
    fn contain(&self, point: LatLng) -> bool {
        let (x, y) = (point.lng(), point.lat());
        if y < self.south {
            return false;
        }
        let strip = self.edges.get(((y - self.south) / STRIP) as usize);
        let crossed = strip.into_iter().flatten().filter(|[low, high]| {
            low.y <= y && y < high.y && x < low.x + (y - low.y) / (high.y - low.y) * (high.x - low.x)
        });
        crossed.count() % 2 == 1
    }
}

/// The cells of a straight line between two points (latitude, longitude), to be added to the land: a bridge, or a tunnel.
///
/// # Errors
/// Points that are none; points too far apart for a line of cells.
///
/// ```
/// use chalandise_analytics::network::travel_time::crossing;
/// // The bridge to the Île de Ré.
/// let cells = crossing((46.171, -1.226), (46.177, -1.262))?;
/// assert!((2..10).contains(&cells.len()));
/// # Ok::<(), chalandise_analytics::network::travel_time::TravelTimeError>(())
/// ```
pub fn crossing(from: Point, to: Point) -> Result<Vec<u64>, TravelTimeError> {
    let cell = |(latitude, longitude)| {
        LatLng::new(latitude, longitude)
            .map(|point| point.to_cell(MARKET_RESOLUTION))
            .map_err(|_| TravelTimeError::Point { latitude, longitude })
    };
    let (from, to) = (cell(from)?, cell(to)?);
    let no_line = |_| TravelTimeError::Crossing {
        from: from.into(),
        to: to.into(),
    };
    let line = from.grid_path_cells(to).map_err(no_line)?;
    let cells: Result<Vec<CellIndex>, _> = line.collect();
    Ok(cells.map_err(no_line)?.into_iter().map(u64::from).collect())
}
