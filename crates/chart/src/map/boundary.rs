//! The corners of a cell, for files that carry its shape.

use h3o::CellIndex;

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
