//! A figure's maps: the rows of its queries as cells, stores and outlines, on a page and in a file.

use super::figure::Ready;
use super::map_rows::MapRows;
use super::network::{cell_name, index};
use super::page::{FigureMap, MapPane, PaneScale};
use super::template::Template;
use super::view::View;
use super::words::show;
use chalandise_chart::Theme;
use chalandise_chart::map::{
    self, Base, Bounds, Breaks, CellState, MapCell, MapData, MapFigure, MapPanel, MapRing, MapScale, MapStore, Ramp,
    StoreStatus,
};
use chalandise_serving::{Cell, ColumnKind, Table, TableColumn};
use std::collections::BTreeSet;

/// The column with the names of communes that a map's table has beside its query's.
pub const COMMUNES: &str = "communes";

/// The maps as HTML for a place of so many pixels on a desk.
#[must_use]
pub fn html(view: &View<'_>, map: &FigureMap, ready: &Ready, id: &str, desk_px: f64) -> String {
    let drawn = figure(view, map, ready, id, Theme::Css);
    drawn.map_or_else(String::new, |figure| map::figure_page(&figure, desk_px))
}

/// The links that move and zoom the maps, to the same figure `id` of the page; nothing in a file.
#[must_use]
pub fn controls(view: &View<'_>, ready: &Ready, id: &str) -> String {
    let Some(rows) = ready.map.as_ref().filter(|_| !view.assets.in_file) else {
        return String::new();
    };
    map::controls(&rows.place, view.language, |place| {
        let address = view.link(&view.path, &[("view", Some(&place.to_string()))]);
        format!("{address}#{id}")
    })
}

/// The maps as one drawing of a width.
#[must_use]
pub fn file(view: &View<'_>, map: &FigureMap, ready: &Ready, id: &str, width_px: f64, theme: Theme) -> Option<String> {
    figure(view, map, ready, id, theme).map(|figure| map::figure_file(&figure, width_px))
}

/// The outlines of a figure, dissolved: share in percent and polygons of longitude and latitude.
#[must_use]
pub fn outlines(ready: &Ready) -> Vec<(u8, map::Polygons)> {
    let rings = ready.map.as_ref().map(rings).unwrap_or_default();
    let shares: BTreeSet<u8> = rings.iter().map(|ring| ring.percent).collect();
    let outline = |share: u8| {
        let held = rings.iter().filter(|ring| ring.percent <= share);
        Some((share, map::dissolve(held.map(|ring| ring.cell))?))
    };
    shares.into_iter().filter_map(outline).collect()
}

/// A table whose cells a person can read: the index as it is written elsewhere, and before it the communes. Only the
/// first rows are named.
#[must_use]
pub fn named(table: &Table, rows: usize) -> Table {
    let cells = table.column("h3_cell").unwrap_or_default();
    let text = |to: fn(u64) -> String| -> Vec<Cell> {
        let one = |(row, cell): (usize, &Cell)| match index(cell).filter(|_| row < rows) {
            Some(cell) => Cell::Text(to(cell).into()),
            None => Cell::Null,
        };
        cells.iter().enumerate().map(one).collect()
    };
    let column = |name: &str, cells| TableColumn {
        name: name.to_owned(),
        kind: ColumnKind::Text,
        cells,
    };
    let mut columns = vec![column(COMMUNES, text(cell_name))];
    for own in table.columns().iter().filter(|own| own.name != COMMUNES) {
        columns.push(match own.name.as_str() {
            "h3_cell" => column("h3_cell", text(|cell| format!("{cell:x}"))),
            _ => own.clone(),
        });
    }
    Table::from_columns(columns)
}

/// What is drawn, for a page or a file.
fn figure<'a>(
    view: &'a View<'_>,
    map: &'a FigureMap,
    ready: &'a Ready,
    id: &'a str,
    theme: Theme,
) -> Option<MapFigure<'a>> {
    let rows = ready.map.as_ref()?;
    let reader = Rows::new(view, map, &ready.table, (&rows.place.bounds(), theme));
    let panels = map.panes.iter().filter_map(|pane| {
        Some(MapPanel {
            label: pane.label.of(view.language),
            scale: pane.scale,
            large: pane.large,
            data: MapData {
                cells: reader.cells(pane, map.scales.get(pane.scale)?),
                stores: reader.stores(rows.stores.as_deref(), pane.before),
                selected: None,
            },
        })
    });
    let panels: Vec<MapPanel<'_>> = panels.collect();
    let scales = map.scales.iter().enumerate().map(|(index, scale)| MapScale {
        measure: scale.legend.of(view.language),
        style: scale.style,
        breaks: breaks(scale.ramp, panels.iter().filter(|panel| panel.scale == index)),
        ramp: scale.ramp,
    });
    Some(MapFigure {
        id,
        title: &ready.title,
        desc: &ready.subtitle,
        view: &rows.place,
        scales: scales.collect(),
        panels,
        rings: rings(rows),
        rings_of: map
            .outlines
            .as_ref()
            .map_or("", |outlines| outlines.of.of(view.language)),
        smallest_group: view.min_group_size(),
        base: if theme == Theme::Css && !view.assets.base_map.is_empty() {
            Base::Linked(&view.assets.base_map)
        } else {
            Base::Inline
        },
        language: view.language,
        theme,
        currency: view.data.currency(),
    })
}

/// Breaks on the values of all panels that are to be compared.
fn breaks<'p>(ramp: Ramp, panels: impl Iterator<Item = &'p MapPanel<'p>>) -> Breaks {
    let values: Vec<f64> = panels
        .flat_map(|panel| &panel.data.cells)
        .filter(|cell| cell.state == CellState::Shown)
        .filter_map(|cell| cell.value)
        .collect();
    match ramp {
        Ramp::Sequence => Breaks::sequence(&values),
        Ramp::Difference => Breaks::difference(&values),
    }
}

/// The cells of the outlines; a share that is none is left out.
fn rings(rows: &MapRows) -> Vec<MapRing> {
    let Some(table) = &rows.rings else { return Vec::new() };
    (0..table.len())
        .filter_map(|row| {
            let percent = table.cell(row, "ring").as_f64()?;
            Some(MapRing {
                cell: index(table.cell(row, "h3_cell"))?,
                percent: (1.0..=100.0).contains(&percent).then_some(percent.round() as u8)?,
            })
        })
        .collect()
}

/// The rows of the figure's query on their way to the maps.
struct Rows<'a> {
    view: &'a View<'a>,
    table: &'a Table,
    /// Row, index and name of each cell; a file names none.
    cells: Vec<(usize, u64, String)>,
    link: Option<Template>,
    store_link: Option<Template>,
}

impl<'a> Rows<'a> {
    /// The cells that `held` holds.
    fn new(view: &'a View<'_>, map: &FigureMap, table: &'a Table, (held, theme): (&Bounds, Theme)) -> Self {
        let on_page = theme == Theme::Css;
        let cells = (0..table.len()).filter_map(|row| {
            let cell = index(table.cell(row, "h3_cell")).filter(|cell| held.holds(*cell))?;
            let name = if on_page { cell_name(cell) } else { String::new() };
            Some((row, cell, name))
        });
        // A drawing in a file of its own leads nowhere.
        let followed = on_page && !view.assets.in_file;
        let link = |address: &Option<String>| {
            let address = address.as_ref().filter(|_| followed)?;
            Template::parse(&view.follow(address)).ok()
        };
        Self {
            view,
            table,
            cells: cells.collect(),
            link: link(&map.link),
            store_link: link(&map.store_link),
        }
    }

    fn cells(&self, pane: &MapPane, scale: &PaneScale) -> Vec<MapCell> {
        self.cells
            .iter()
            .map(|(row, cell, name)| {
                let value = self.table.cell(*row, &pane.column);
                let state = if *self.table.cell(*row, "suppressed") == Cell::Bool(true) {
                    CellState::Suppressed
                } else if scale.ramp == Ramp::Sequence && value.as_f64() == Some(0.0) {
                    CellState::Zero
                } else {
                    CellState::Shown
                };
                let words = show(value, scale.style, self.view.language, self.view.data.currency());
                let shown = state == CellState::Shown;
                MapCell {
                    cell: *cell,
                    value: value.as_f64().filter(|_| shown),
                    state,
                    href: self.link.as_ref().filter(|_| shown).map(|link| {
                        link.address(|column| match column {
                            "h3_cell" => format!("{cell:x}"),
                            _ => self.table.cell(*row, column).exact(),
                        })
                    }),
                    label: self.view.say().labelled(name, &words),
                }
            })
            .collect()
    }

    /// The stores of a panel; before their change, none has opened and those that close are open. A store whose address lacks a
    /// value leads nowhere.
    fn stores(&self, stores: Option<&Table>, before: bool) -> Vec<MapStore> {
        let Some(stores) = stores else { return Vec::new() };
        (0..stores.len())
            .filter_map(|row| {
                let status = match stores.cell(row, "status").as_text() {
                    Some("opening") if before => return None,
                    Some("opening") => StoreStatus::Opening,
                    Some("closing") if !before => StoreStatus::Closing,
                    Some("competitor") => StoreStatus::Competitor,
                    _ => StoreStatus::Open,
                };
                Some(MapStore {
                    id: stores.cell(row, "store_id").exact(),
                    name: stores.cell(row, "name").exact(),
                    latitude: stores.cell(row, "latitude").as_f64()?,
                    longitude: stores.cell(row, "longitude").as_f64()?,
                    revenue: stores.cell(row, "net_revenue").as_f64().unwrap_or(f64::NAN),
                    href: self
                        .store_link
                        .as_ref()
                        .filter(|link| link.columns().all(|column| *stores.cell(row, column) != Cell::Null))
                        .map(|link| link.address(|column| stores.cell(row, column).exact())),
                    status,
                    selected: *stores.cell(row, "selected") == Cell::Bool(true),
                })
            })
            .collect()
    }
}
