//! The map of a page: its state in the address, its cells, its panel, its files.

mod files;
mod panel;
mod section;

use super::error::PageError;
use super::filters::FilterError;
use super::page::{Layer, MapSection, Page};
use super::template::Template;
use super::view::View;
use chalandise_chart::map::{self, CellState, MapCell, MapData, MapStore, Ramp, StoreStatus};
use chalandise_locale::geography::communes_in_cell;
use chalandise_serving::DataError;
use chalandise_serving::{Cell, Table};
use std::str::FromStr;
use std::sync::Arc;

pub use files::file;
pub use section::{map_page, map_section};

/// The name of the map among a page's figures, in addresses.
pub const MAP_FIGURE: &str = "map";
/// The most of the located revenue that may be hidden before the view takes coarser cells.
const MOST_HIDDEN: f64 = 0.25;
/// The coarsest cells that a view falls back to.
const COARSEST: u8 = 3;

/// What the address says about the map.
#[derive(Debug, Clone)]
pub struct MapState<'p> {
    /// What the colours mean.
    pub layer: &'p Layer,
    /// Where to look.
    pub place: map::View,
    /// The selected cell, an H3 index.
    pub cell: Option<u64>,
}

impl<'p> MapState<'p> {
    /// Reads layer, view and cell from an address.
    ///
    /// # Errors
    /// [`FilterError`] names what means nothing.
    pub fn read(view: &View<'_>, map: &'p MapSection) -> Result<MapState<'p>, FilterError> {
        let given = |key: &str| view.state.get(key).map(String::as_str).filter(|text| !text.is_empty());
        let layer = match given("layer") {
            None => map.layers.first(),
            Some(id) => map.layers.iter().find(|layer| layer.id == id),
        };
        let place = match given("view") {
            None => map::View::france(),
            Some(text) => map::View::from_str(text).map_err(|_| FilterError::MapView)?,
        };
        let cell = match given("cell") {
            None => None,
            Some(text) => Some(
                u64::from_str_radix(text, 16)
                    .ok()
                    .filter(|cell| map::boundary(*cell).is_some())
                    .ok_or(FilterError::Cell)?,
            ),
        };
        Ok(MapState {
            layer: layer.ok_or(FilterError::Layer)?,
            place,
            cell,
        })
    }
}

/// The map's resolution, and what it draws and leaves out there.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// The resolution drawn.
    pub drawn: u8,
    /// The view's usual one.
    pub usual: u8,
    /// Totals at the resolution drawn.
    pub summary: Arc<Table>,
}

/// The view's usual resolution (the layer's finest where that is coarser), else the next coarser one at which at most a quarter of the located revenue is hidden.
///
/// # Errors
/// [`DataError`] when the query of the totals fails.
pub async fn resolution(view: &View<'_>, map: &MapSection, state: &MapState<'_>) -> Result<Resolution, DataError> {
    let finest = state.layer.finest.unwrap_or(u8::MAX);
    let usual = state.place.default_resolution().min(finest);
    let mut drawn = usual;
    loop {
        let mut parameters = view.parameters();
        parameters.insert("resolution".to_owned(), drawn.to_string());
        let summary = view.data.rows(&map.totals, &parameters).await?;
        let hidden = summary.cell(0, "hidden_share").as_f64().unwrap_or(0.0);
        if hidden <= MOST_HIDDEN || drawn <= COARSEST {
            return Ok(Resolution { drawn, usual, summary });
        }
        drawn -= 1;
    }
}

/// Everything that the map draws.
#[derive(Debug)]
pub struct Drawn {
    /// The rows of the cells.
    pub cells: Arc<Table>,
    /// Cells and stores as the map takes them.
    pub data: MapData,
    /// The class limits.
    pub breaks: map::Breaks,
}

/// Reads cells and stores of a view.
///
/// # Errors
/// [`DataError`] when a query fails.
pub async fn read(view: &View<'_>, map: &MapSection, state: &MapState<'_>, drawn: u8) -> Result<Drawn, DataError> {
    let bounds = state.place.bounds();
    let mut parameters = view.parameters();
    parameters.insert("resolution".to_owned(), drawn.to_string());
    for (name, value) in [
        ("south", bounds.south),
        ("north", bounds.north),
        ("west", bounds.west),
        ("east", bounds.east),
    ] {
        parameters.insert(name.to_owned(), format!("{value:.5}"));
    }
    let (cells, stores) = futures::try_join!(
        view.data.rows(map.cells_of(state.layer), &parameters),
        view.data.rows(&map.stores, &parameters)
    )?;
    let link = map.store_link.as_ref().filter(|_| !view.assets.in_file);
    let link = link.and_then(|address| Template::parse(&view.follow(address)).ok());
    let column = &state.layer.column;
    let shown: Vec<f64> = (0..cells.len())
        .filter_map(|row| cells.cell(row, column).as_f64())
        .collect();
    let data = MapData {
        cells: (0..cells.len())
            .filter_map(|row| map_cell(view, state, &cells, row))
            .collect(),
        stores: (0..stores.len())
            .filter_map(|row| map_store(&stores, row, link.as_ref()))
            .collect(),
        selected: state.cell,
    };
    Ok(Drawn {
        cells,
        data,
        breaks: match state.layer.ramp {
            Ramp::Sequence => map::Breaks::sequence(&shown),
            Ramp::Difference => map::Breaks::difference(&shown),
        },
    })
}

fn map_cell(view: &View<'_>, state: &MapState<'_>, cells: &Table, row: usize) -> Option<MapCell> {
    let cell = index(cells.cell(row, "h3_cell"))?;
    let suppressed = *cells.cell(row, "suppressed") == Cell::Bool(true);
    let value = cells.cell(row, &state.layer.column);
    let text = format!("{cell:x}");
    let words = super::words::show(value, state.layer.style, view.language, view.data.currency());
    Some(MapCell {
        cell,
        value: value.as_f64(),
        state: if suppressed {
            CellState::Suppressed
        } else {
            CellState::Shown
        },
        href: (!suppressed).then(|| view.link("", &[("cell", Some(&text))])),
        label: view.say().labelled(&cell_name(cell), &words),
    })
}

fn map_store(stores: &Table, row: usize, link: Option<&Template>) -> Option<MapStore> {
    Some(MapStore {
        id: stores.cell(row, "store_id").exact(),
        name: stores.cell(row, "name").exact(),
        latitude: stores.cell(row, "latitude").as_f64()?,
        longitude: stores.cell(row, "longitude").as_f64()?,
        revenue: stores.cell(row, "net_revenue").as_f64().unwrap_or(0.0),
        href: link.map(|link| link.address(|column| stores.cell(row, column).exact())),
        status: match stores.cell(row, "status").as_text() {
            Some("closing") => StoreStatus::Closing,
            _ => StoreStatus::Open,
        },
        selected: false,
    })
}

/// The H3 index in a cell of a result: signed in the lake, unsigned in H3, the same 64 bits.
pub fn index(cell: &Cell) -> Option<u64> {
    cell.as_i64().map(i64::cast_unsigned)
}

/// The largest communes of a cell, or its index where none lies in it.
pub fn cell_name(cell: u64) -> String {
    const NAMED: usize = 3;
    let mut communes = communes_in_cell(cell);
    communes.sort_by(|a, b| b.residents.cmp(&a.residents).then(a.code.cmp(&b.code)));
    if communes.is_empty() {
        return format!("{cell:x}");
    }
    let names: Vec<&str> = communes
        .iter()
        .take(NAMED)
        .map(|commune| commune.name.as_str())
        .collect();
    names.join(", ")
}

/// The mean area of a cell of a resolution in km², from the H3 tables of cell statistics.
fn mean_area_km2(resolution: u8) -> f64 {
    const AREAS: [f64; 10] = [
        4_357_449.4,
        609_788.4,
        86_801.8,
        12_393.4,
        1_770.3,
        252.9,
        36.13,
        5.161,
        0.7373,
        0.1053,
    ];
    AREAS[usize::from(resolution.min(9))]
}

/// A map that can be shown: its state and resolution.
#[derive(Debug)]
pub struct Chosen<'p> {
    /// The page's map.
    pub map: &'p MapSection,
    /// What the address says.
    pub state: MapState<'p>,
    /// The resolution.
    pub resolution: Resolution,
}

/// Reads the map's state and chooses its resolution; none on a page without a map, or when the lake lacks its tables.
///
/// # Errors
/// [`PageError`] when the address means nothing or the query of the totals fails.
pub async fn choose<'p>(view: &View<'_>, page: &'p Page) -> Result<Option<Chosen<'p>>, PageError> {
    let Some(map) = &page.map else { return Ok(None) };
    let state = MapState::read(view, map)?;
    if !view.data.missing(&map.needs).is_empty() {
        return Ok(None);
    }
    let resolution = resolution(view, map, &state).await?;
    Ok(Some(Chosen { map, state, resolution }))
}
