//! Cells dissolved into polygons.

use geo::MultiPolygon;
use geo::orient::{Direction, Orient};
use h3o::CellIndex;
use h3o::geom::SolventBuilder;

use super::OutlineError;

/// The outline of cells of one resolution, in degrees (x = longitude), holes kept, parts that do not touch as polygons of their own, the
/// largest first.
///
/// Rings are wound as RFC 7946 has it, exteriors counter-clockwise and holes clockwise. Three cells meet in a corner, so rings never touch
/// each other. Cells on both sides of the antimeridian are not cut along it.
///
/// # Errors
/// A number that is no cell, a cell twice, several resolutions.
///
/// ```
/// use chalandise_analytics::network::catchment::dissolve;
/// use h3o::CellIndex;
/// let centre = CellIndex::try_from(0x0881_fb46_62df_ffff).expect("a cell");
/// let ring: Vec<CellIndex> = centre.grid_ring(1);
/// let outline = dissolve(ring.into_iter().map(u64::from))?;
/// assert_eq!(outline.0[0].interiors().len(), 1);
/// # Ok::<(), chalandise_analytics::network::catchment::OutlineError>(())
/// ```
pub fn dissolve(cells: impl IntoIterator<Item = u64>) -> Result<MultiPolygon<f64>, OutlineError> {
    let index = |cell| CellIndex::try_from(cell).map_err(|_| OutlineError::NotACell { cell });
    let cells = cells.into_iter().map(index).collect::<Result<Vec<_>, _>>()?;
    let outline = SolventBuilder::new()
        .build()
        .dissolve(cells)
        .map_err(OutlineError::Cells)?;
    Ok(outline.orient(Direction::Default))
}
