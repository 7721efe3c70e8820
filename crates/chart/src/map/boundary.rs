//! The corners of a cell and the outline of several, for files that carry their shape.

use std::collections::BTreeSet;

use h3o::CellIndex;
use h3o::geom::SolventBuilder;

/// The outline of a cell as longitude and latitude in degrees, anticlockwise and closed (the last corner is the first
/// again), as GeoJSON wants a ring; `None` for what is no H3 cell.
///
/// ```
/// let ring = chalandise_chart::map::boundary(0x0881_fb46_625f_ffff).expect("a cell");
/// assert_eq!(ring.first(), ring.last());
/// assert!(chalandise_chart::map::boundary(1).is_none());
/// ```
#[must_use]
pub fn boundary(cell: u64) -> Option<Vec<[f64; 2]>> {
    let cell = CellIndex::try_from(cell).ok()?;
    let mut ring: Vec<[f64; 2]> = cell
        .boundary()
        .iter()
        .map(|corner| [corner.lng(), corner.lat()])
        .collect();
    let first = *ring.first()?;
    ring.push(first);
    Some(ring)
}

/// Polygons of closed rings of longitude and latitude in degrees, the outer ring first and the holes behind it, as GeoJSON
/// wants a `MultiPolygon`.
pub type Polygons = Vec<Vec<Vec<[f64; 2]>>>;

/// The outline of cells of one resolution, dissolved. What is no H3 cell is left out; `None` when nothing is left or the
/// cells are of several resolutions.
///
/// ```
/// let cells = [0x0881_fb46_625f_ffff, 0x0881_fb46_627f_ffff];
/// let outline = chalandise_chart::map::dissolve(cells).expect("two neighbours");
/// assert_eq!(outline.len(), 1);
/// assert_eq!(outline[0][0].len(), 11);
/// ```
#[must_use]
pub fn dissolve(cells: impl IntoIterator<Item = u64>) -> Option<Polygons> {
    let cells: BTreeSet<CellIndex> = cells
        .into_iter()
        .filter_map(|cell| CellIndex::try_from(cell).ok())
        .collect();
    if cells.is_empty() {
        return None;
    }
    let outline = SolventBuilder::new().build().dissolve(cells).ok()?;
    let polygons = outline.0.iter().map(|polygon| {
        std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(|ring| ring.coords().map(|corner| [corner.x, corner.y]).collect())
            .collect()
    });
    Some(polygons.collect())
}
