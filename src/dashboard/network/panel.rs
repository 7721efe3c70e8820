//! The panel beside the map: what is known of the selected cell.

use super::{Chosen, Drawn, cell_name};
use crate::error::FigureError;
use crate::figure::log;
use crate::html::{notice, sparkline};
use crate::load_blocks::PLACE_SIGN;
use crate::page::MapSection;
use crate::view::View;
use crate::words::{NOTHING, channel_name, show};
use chalandise_chart::format::Style;
use chalandise_chart::map::{self, Ramp};
use chalandise_serving::DataError;
use chalandise_serving::{Cell, Table};
use maud::{Markup, html};
use std::sync::Arc;

/// Width of a full bar of the stores' list, in pixels.
const BAR_PX: f64 = 88.0;

struct Selected {
    cell: Arc<Table>,
    stores: Arc<Table>,
    months: Arc<Table>,
}

/// The panel of the selected cell; none when no cell is selected.
pub async fn panel(view: &View<'_>, chosen: &Chosen<'_>) -> Option<Markup> {
    let say = view.say();
    let cell = chosen.state.cell?;
    Some(match read(view, chosen, cell).await {
        Ok(selected) => aside(view, chosen, cell, &selected),
        Err(error) => {
            log("network", "cell", &FigureError::Data(error));
            html! { aside.side aria-label=(say.word("map-selected-cell")) { (notice::failed(say)) } }
        }
    })
}

/// Cells named in the panel while none is selected.
const FIRST_CELLS: usize = 10;

/// The panel while no cell is selected: the first cells of the layer, each a link to its figures.
pub fn first_cells(view: &View<'_>, chosen: &Chosen<'_>, drawn: &Drawn) -> Markup {
    let say = view.say();
    let layer = chosen.state.layer;
    let mut cells: Vec<(u64, f64)> = drawn
        .data
        .cells
        .iter()
        .filter_map(|cell| Some((cell.cell, cell.value?)))
        .collect();
    if cells.is_empty() {
        return Markup::default();
    }
    let size = |value: f64| match layer.ramp {
        Ramp::Sequence => value,
        Ramp::Difference => value.abs(),
    };
    cells.sort_by(|a, b| size(b.1).total_cmp(&size(a.1)).then(a.0.cmp(&b.0)));
    html! {
        aside.side aria-label=(say.word("map-first-cells")) {
            p.over { (layer.label.of(view.language)) }
            h2 { (say.word("map-first-cells")) }
            table.facts {
                caption.vh { (layer.legend.of(view.language)) }
                thead.vh { tr {
                    th scope="col" { (say.word("map-cell")) }
                    th scope="col" { (say.word("map-value")) }
                } }
                tbody {
                    @for (cell, value) in cells.into_iter().take(FIRST_CELLS) {
                        tr {
                            th scope="row" { a href=(view.link(&view.path, &[("cell", Some(&format!("{cell:x}")))])) { (cell_name(cell)) } }
                            td.n { b { (show(&Cell::Float(value), layer.style, view.language, view.data.currency())) } }
                        }
                    }
                }
            }
            p.note { (say.word("map-choose-cell")) }
        }
    }
}

async fn read(view: &View<'_>, chosen: &Chosen<'_>, cell: u64) -> Result<Selected, DataError> {
    let mut parameters = view.parameters();
    parameters.insert("cell".to_owned(), format!("{cell:x}"));
    let map = chosen.map;
    let (cell, stores, months) = futures::try_join!(
        view.data.rows(&map.cell, &parameters),
        view.data.rows(&map.cell_stores, &parameters),
        view.data.rows(&map.cell_months, &parameters),
    )?;
    Ok(Selected { cell, stores, months })
}

fn aside(view: &View<'_>, chosen: &Chosen<'_>, cell: u64, selected: &Selected) -> Markup {
    let say = view.say();
    let hidden = *selected.cell.cell(0, "suppressed") == Cell::Bool(true);
    html! {
        aside.side id="cell" aria-label=(say.word("map-selected-cell")) {
            p.over { (say.word("map-selected-cell")) " · " (format!("{cell:x}")) }
            h2 { (cell_name(cell)) }
            @if selected.cell.is_empty() {
                p.note { (say.word("map-no-sale")) }
            } @else if hidden {
                p.note { (say.word("map-too-few")) }
            } @else {
                (figures(view, &selected.cell))
                (stores(view, &selected.stores))
                (months(view, &selected.months))
            }
            (links(view, chosen, &selected.cell))
        }
    }
}

/// The cell's figures with their change against last year.
fn figures(view: &View<'_>, cell: &Table) -> Markup {
    let say = view.say();
    let rows = [
        ("net_revenue", say.word("map-revenue"), Style::MoneyShort),
        ("orders", say.word("term-orders"), Style::Count),
        ("customers", say.word("term-customers"), Style::Count),
        ("basket", say.word("term-basket"), Style::Money),
        (
            "revenue_per_household",
            say.word("term-revenue-per-household"),
            Style::Money,
        ),
    ];
    html! {
        table.facts {
            caption.vh { (say.word("map-figures-of-cell")) }
            thead.vh { tr {
                th scope="col" { (say.word("map-measure")) }
                th scope="col" { (say.word("map-value")) }
                th scope="col" { (say.word("map-change")) }
            } }
            tbody {
                @for (column, label, style) in rows {
                    tr {
                        th scope="row" { (label) }
                        td.n { b { (show(cell.cell(0, column), style, view.language, view.data.currency())) } }
                        (change(view, cell, column))
                    }
                }
            }
        }
    }
}

fn change(view: &View<'_>, cell: &Table, column: &str) -> Markup {
    let declared = cell.cell(0, &format!("{column}_change")).as_f64();
    let (now, before) = (
        cell.cell(0, column).as_f64(),
        cell.cell(0, &format!("{column}_last_year")).as_f64(),
    );
    let change = declared.or_else(|| {
        now.zip(before)
            .filter(|(_, before)| *before > 0.0)
            .map(|(now, before)| now / before - 1.0)
    });
    html! {
        @match change {
            Some(change) => {
                td class=(if change > 0.0 { "n up" } else if change < 0.0 { "n down" } else { "n flat" }) {
                    (show(&Cell::Float(change), Style::SignedPercent, view.language, view.data.currency()))
                }
            }
            None => { td.n.flat { (NOTHING) } }
        }
    }
}

/// Stores named one by one; the rest is one row.
const NAMED_STORES: usize = 6;

/// One line of the stores' list.
struct Place {
    name: String,
    class: &'static str,
    share: Option<f64>,
}

/// The largest stores, all others together, then the other channels.
fn places(view: &View<'_>, stores: &Table) -> Vec<Place> {
    let say = view.say();
    let channel = |row: &usize| stores.cell(*row, "sales_channel").as_text().unwrap_or_default();
    let share = |row: &usize| stores.cell(*row, "share").as_f64();
    let (mut shops, others): (Vec<usize>, Vec<usize>) = (0..stores.len()).partition(|row| channel(row) == "store");
    shops.sort_by(|a, b| {
        share(b)
            .unwrap_or(0.0)
            .total_cmp(&share(a).unwrap_or(0.0))
            .then(a.cmp(b))
    });
    let rest = shops.split_off(shops.len().min(NAMED_STORES));
    let mut places: Vec<Place> = shops
        .iter()
        .map(|row| Place {
            name: stores.cell(*row, "name").exact(),
            class: "f-store",
            share: share(row),
        })
        .collect();
    if !rest.is_empty() {
        places.push(Place {
            name: say.words_with("map-other-stores", &[("count", rest.len().into())]),
            class: "f-store",
            share: Some(rest.iter().filter_map(share).sum()),
        });
    }
    places.extend(others.iter().map(|row| Place {
        name: match channel(row) {
            "" => say.word("map-small-groups").to_owned(),
            other => channel_name(other, view.language).to_owned(),
        },
        class: bar_class(channel(row)),
        share: share(row),
    }));
    places
}

/// Where the cell's customers buy, as bars.
fn stores(view: &View<'_>, stores: &Table) -> Markup {
    let say = view.say();
    let places = places(view, stores);
    let most = places.iter().filter_map(|place| place.share).fold(0.0, f64::max);
    html! {
        @if most > 0.0 {
            h3 { (say.word("map-where-customers-buy")) }
            table.facts.bars {
                thead.vh { tr {
                    th scope="col" { (say.word("map-store-or-channel")) }
                    th scope="col" { (say.word("map-bar")) }
                    th scope="col" { (say.word("map-share")) }
                } }
                tbody { @for place in &places { (bar(view, place, most)) } }
            }
        }
    }
}

fn bar(view: &View<'_>, place: &Place, most: f64) -> Markup {
    let share = place.share.map_or(Cell::Null, Cell::Float);
    html! {
        tr {
            th scope="row" { (place.name) }
            td.bar {
                @if let Some(share) = place.share.filter(|share| *share > 0.0) {
                    svg.chart width=(BAR_PX) height="12" viewBox=(format!("0 0 {BAR_PX} 12")) aria-hidden="true" focusable="false" {
                        rect class=(place.class) width=(format!("{:.1}", (BAR_PX * share / most).max(1.0))) height="12" {}
                    }
                }
            }
            td.n { (show(&share, Style::Percent, view.language, view.data.currency())) }
        }
    }
}

fn bar_class(channel: &str) -> &'static str {
    match channel {
        "store" => "f-store",
        "web" => "f-web",
        "post" => "f-post",
        "phone" => "f-phone",
        _ => "f-py",
    }
}

fn months(view: &View<'_>, months: &Table) -> Markup {
    let values = |column: &str| {
        months
            .column(column)
            .unwrap_or_default()
            .iter()
            .map(Cell::as_f64)
            .collect::<Vec<_>>()
    };
    html! {
        h3 { (view.say().word("map-monthly-revenue")) }
        (sparkline(&values("net_revenue"), &values("last_year"), (272.0, 40.0)))
    }
}

/// To a store at the middle of the cell, closer, and away.
fn links(view: &View<'_>, chosen: &Chosen<'_>, cell: &Table) -> Markup {
    let say = view.say();
    let place = cell
        .cell(0, "latitude")
        .as_f64()
        .zip(cell.cell(0, "longitude").as_f64());
    let closer = place.and_then(|(latitude, longitude)| {
        let half_width_km = (chosen.state.place.half_width_km() / 4.0).max(3.0);
        map::View::around(latitude, longitude, half_width_km).ok()
    });
    let open = place
        .zip(place_link(view, chosen.map))
        .map(|((latitude, longitude), (href, words))| {
            (
                href.replace(PLACE_SIGN, &format!("{latitude:.4},{longitude:.4}")),
                words,
            )
        });
    html! {
        @if let Some((href, words)) = open { p.acts { a.do href=(href) { (words) } } }
        p.acts {
            @if let Some(closer) = closer {
                a href=(view.link(&view.path, &[("view", Some(&closer.to_string()))])) { (say.word("map-look-closer")) }
                " · "
            }
            a href=(view.link(&view.path, &[("cell", None)])) { (say.word("map-close-panel")) }
        }
    }
}

/// Where a place of the map leads, `{place}` standing for it, and the words; none when the lake lacks what it needs there.
pub(super) fn place_link<'v>(view: &'v View<'_>, map: &'v MapSection) -> Option<(String, &'v str)> {
    let link = map.place_link.as_ref().filter(|_| !view.assets.in_file)?;
    let offered = view.data.missing(&link.needs).is_empty();
    offered.then(|| (view.follow(&link.href), link.label.of(view.language)))
}
