//! Where a figure's maps look, and the rows of stores and outlines that they draw beside the figure's own.

use super::page::{Figure, FigureMap};
use super::view::View;
use chalandise_chart::map::{self, Bounds};
use chalandise_serving::{DataError, Parameters, Table};
use std::sync::Arc;

/// What the queries of a map are given beside the filters: the box in view and its usual resolution.
pub const PLACE: [&str; 5] = ["south", "west", "north", "east", "resolution"];

/// Where a map looks and what it draws beside the figure's rows.
#[derive(Debug)]
pub struct MapRows {
    /// Where it looks.
    pub(super) place: map::View,
    /// The stores.
    pub(super) stores: Option<Arc<Table>>,
    /// The cells of the outlines.
    pub(super) rings: Option<Arc<Table>>,
}

/// Where a map looks: the view of the address, else the box that its query gives, the region of the filter, or France. The
/// other queries get it as parameters.
///
/// # Errors
/// [`DataError`] when the query fails.
pub async fn place(view: &View<'_>, map: &FigureMap, parameters: &mut Parameters) -> Result<map::View, DataError> {
    let asked = view.state.get("view").and_then(|place| place.parse().ok());
    let framed = match &map.frame {
        Some(query) if asked.is_none() => bounds(&*view.data.rows(query, parameters).await?),
        _ => None,
    };
    let region = || map::View::region(view.filters.get("region")?).ok();
    let place = asked.or(framed).or_else(region).unwrap_or_else(map::View::france);
    let held = place.bounds();
    for (name, degrees) in PLACE.iter().zip([held.south, held.west, held.north, held.east]) {
        parameters.insert((*name).to_owned(), format!("{degrees:.5}"));
    }
    let resolution = place.default_resolution().to_string();
    parameters.entry("resolution".to_owned()).or_insert(resolution);
    Ok(place)
}

/// The view of a box; none without a row, or when its numbers are no box in France.
fn bounds(frame: &Table) -> Option<map::View> {
    let side = |name| frame.cell(0, name).as_f64();
    let bounds = Bounds {
        south: side("south")?,
        west: side("west")?,
        north: side("north")?,
        east: side("east")?,
    };
    map::View::covering(&bounds).ok()
}

/// Stores and outlines of a figure at a place; none of a figure without a map.
///
/// # Errors
/// [`DataError`] when a query fails.
pub async fn rows(
    view: &View<'_>,
    figure: &Figure,
    place: Option<map::View>,
    parameters: &Parameters,
) -> Result<Option<MapRows>, DataError> {
    let (Some(map), Some(place)) = (&figure.map, place) else {
        return Ok(None);
    };
    let table = async |query: Option<&String>| match query {
        Some(query) => view.data.rows(query, parameters).await.map(Some),
        None => Ok(None),
    };
    let (stores, rings) = futures::try_join!(
        table(map.stores.as_ref()),
        table(map.outlines.as_ref().map(|outlines| &outlines.query)),
    )?;
    Ok(Some(MapRows { place, stores, rings }))
}
