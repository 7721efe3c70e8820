//! The band with the map: layers, drawing, legend, panel, footer, table.

use super::{Chosen, Drawn, MAP_FIGURE, cell_name, index, mean_area_km2, panel, read};
use crate::day::day_words;
use crate::error::FigureError;
use crate::figure::{lake_words, log};
use crate::html::{filters, notice};
use crate::page::Page;
use crate::view::View;
use crate::words::{NOTHING, Say, show};
use chalandise_chart::Theme;
use chalandise_chart::format::{Style, number};
use chalandise_chart::map::{self, Base, MapSpec, PAGE_WIDTHS_PX};
use chalandise_serving::DataError;
use chalandise_serving::{Cell, Table};
use maud::{Markup, PreEscaped, html};

/// Rows of the table inside the page; the map's own page has them all.
const ROWS_IN_PAGE: usize = 20;

/// The band with the map.
///
/// # Errors
/// [`DataError::Deadline`] when the request's time is over; every other failure is said in the band.
pub async fn map_section(
    view: &View<'_>,
    page: &Page,
    chosen: &Chosen<'_>,
    finding: &str,
) -> Result<Markup, DataError> {
    let (drawn, panel) = futures::join!(
        read(view, chosen.map, &chosen.state, chosen.resolution.drawn),
        panel::panel(view, chosen),
    );
    match drawn {
        Ok(drawn) => {
            let panel = panel.unwrap_or_else(|| panel::first_cells(view, chosen, &drawn));
            Ok(band(view, page, chosen, &drawn, &panel, finding))
        }
        Err(error @ DataError::Deadline(_)) => Err(error),
        Err(error) => {
            log(&page.id, MAP_FIGURE, &FigureError::Data(error));
            Ok(notice::failed(view.say()))
        }
    }
}

fn band(view: &View<'_>, page: &Page, chosen: &Chosen<'_>, drawn: &Drawn, panel: &Markup, finding: &str) -> Markup {
    let say = view.say();
    let heading = say.word("map-map");
    html! {
        section.bleed id="map" aria-label=(heading) data-fragment="map" {
            div.bleed-in {
                (layers(view, chosen))
                div.maprow {
                    @let place = panel::place_link(view, chosen.map);
                    figure.map-box aria-label=(chosen.state.layer.label.of(view.language))
                        data-place-href=[place.as_ref().map(|place| &place.0)] data-place-words=[place.as_ref().map(|place| place.1)] {
                        @if drawn.data.cells.is_empty() {
                            (notice::empty(say))
                        } @else {
                            (PreEscaped(picture(view, chosen, drawn, finding)))
                            (PreEscaped(map::controls(&chosen.state.place, view.language, |place| {
                                view.link(&view.path, &[("view", Some(&place.to_string()))])
                            })))
                            div class=(if has_sea(chosen) { "map-legend" } else { "map-legend plate" }) {
                                (PreEscaped(map::legend(&spec(view, chosen, drawn, finding, Theme::Css, &PAGE_WIDTHS_PX, "map"), &drawn.data)))
                            }
                        }
                    }
                    (panel)
                }
                p.resolution { (resolution_words(view, chosen)) }
                div.ff {
                    p.src { (source(view, chosen)) }
                    (table_details(view, page, chosen, drawn))
                    (links(view, page, chosen))
                }
            }
        }
    }
}

/// Only the view of France leaves the Bay of Biscay free for the legend.
fn has_sea(chosen: &Chosen<'_>) -> bool {
    chosen.state.place == map::View::france()
}

/// What the map is drawn from, for a page or a file.
pub fn spec<'s>(
    view: &'s View<'_>,
    chosen: &'s Chosen<'_>,
    drawn: &'s Drawn,
    finding: &'s str,
    theme: Theme,
    widths_px: &'s [f64],
    id: &'s str,
) -> MapSpec<'s> {
    let layer = chosen.state.layer;
    MapSpec {
        id,
        title: layer.label.of(view.language),
        desc: finding,
        measure: layer.legend.of(view.language),
        style: layer.style,
        view: &chosen.state.place,
        breaks: &drawn.breaks,
        ramp: layer.ramp,
        smallest_group: view.min_group_size(),
        base: if theme == Theme::Css && !view.assets.base_map.is_empty() {
            Base::Linked(&view.assets.base_map)
        } else {
            Base::Inline
        },
        widths_px,
        language: view.language,
        theme,
        currency: view.data.currency(),
    }
}

fn picture(view: &View<'_>, chosen: &Chosen<'_>, drawn: &Drawn, finding: &str) -> String {
    map::render(
        &spec(view, chosen, drawn, finding, Theme::Css, &PAGE_WIDTHS_PX, "map"),
        &drawn.data,
    )
}

fn layers(view: &View<'_>, chosen: &Chosen<'_>) -> Markup {
    let first = chosen.map.layers.first().map(|layer| layer.id.as_str());
    html! {
        div.layers-row {
            nav.layers aria-label=(view.say().word("map-layers")) {
                ul {
                    @for layer in &chosen.map.layers {
                        @let id = (Some(layer.id.as_str()) != first).then_some(layer.id.as_str());
                        li { a href=(view.link(&view.path, &[("layer", id)]))
                            aria-current=[(layer.id == chosen.state.layer.id).then_some("true")] { (layer.label.of(view.language)) } }
                    }
                }
            }
            p.unlocated { (unlocated(view, &chosen.resolution.summary)) }
        }
    }
}

/// "612,4 M € dont 87,3 M € (14,3 %) sans adresse".
fn unlocated(view: &View<'_>, summary: &Table) -> String {
    let value = |name: &str, style| show(summary.cell(0, name), style, view.language, view.data.currency());
    let (total, without) = (
        value("net_revenue", Style::MoneyShort),
        value("unlocated_revenue", Style::MoneyShort),
    );
    if *summary.cell(0, "unlocated_revenue") == Cell::Null {
        // So few customers that they carry no figure.
        return total;
    }
    let share = value("unlocated_share", Style::Percent);
    view.say().words_with(
        "map-unlocated",
        &[
            ("total", total.into()),
            ("without", without.into()),
            ("share", share.into()),
        ],
    )
}

/// Which cells are drawn, and why coarser ones when they are.
fn resolution_words(view: &View<'_>, chosen: &Chosen<'_>) -> String {
    let (drawn, usual) = (chosen.resolution.drawn, chosen.resolution.usual);
    let area = number(
        mean_area_km2(drawn),
        Style::Decimal(if drawn >= 7 { 1 } else { 0 }),
        view.language,
        "",
    );
    let say = view.say();
    let words = say.words_with(
        "map-cells-drawn",
        &[
            ("place", chosen.state.place.name(view.language).into()),
            ("level", drawn.to_string().into()),
            ("area", area.into()),
        ],
    );
    if drawn < usual {
        let coarser = say.words_with("map-coarser", &[("level", usual.to_string().into())]);
        return format!("{words} {coarser}");
    }
    words
}

/// Source, freshness, what is drawn and what is masked.
pub fn source(view: &View<'_>, chosen: &Chosen<'_>) -> String {
    let say = view.say();
    let summary = &chosen.resolution.summary;
    let value = |name: &str, style| show(summary.cell(0, name), style, view.language, view.data.currency());
    let mut parts = vec![
        say.labelled(say.word("term-source"), &chosen.map.needs.join(", ")),
        lake_words(view, view.data.version().number),
        say.words_with(
            "term-to-day",
            &[("day", day_words(view.reach.as_of, view.language).into())],
        ),
    ];
    if chosen.state.layer.query.is_some() {
        // The totals are those of the map's own rows, under the filters.
        return parts.join(" · ");
    }
    let count = |name: &str| value(name, Style::Count);
    let is_known = |name: &str| *summary.cell(0, name) != Cell::Null;
    if is_known("located_orders") {
        parts.push(say.words_with("map-located-orders", &[("count", count("located_orders").into())]));
    }
    parts.push(say.words_with("map-shown-cells", &[("count", count("shown_cells").into())]));
    let mut hidden = say.words_with(
        "map-hidden-cells",
        &[
            ("count", count("hidden_cells").into()),
            ("least", view.min_group_size().to_string().into()),
        ],
    );
    if is_known("hidden_revenue") {
        hidden = format!("{hidden}, {}", value("hidden_revenue", Style::MoneyShort));
    }
    parts.push(hidden);
    if summary
        .cell(0, "coarse_orders")
        .as_i64()
        .is_some_and(|orders| orders > 0)
    {
        let coarse = value("coarse_revenue", Style::MoneyShort);
        parts.push(say.words_with("map-coarse", &[("revenue", coarse.into())]));
    }
    parts.join(" · ")
}

fn links(view: &View<'_>, page: &Page, chosen: &Chosen<'_>) -> Markup {
    let say = view.say();
    let kinds = [
        ("csv", "CSV"),
        ("json", "JSON"),
        ("geojson", "GeoJSON"),
        ("svg", "SVG"),
        ("png", "PNG"),
    ];
    let cells = chosen.map.cells_of(chosen.state.layer);
    html! {
        ul.lk aria-label=(say.word("map-files")) {
            @for (extension, name) in kinds {
                li { a href=(view.file_link(&page.id, MAP_FIGURE, extension)) aria-label=(format!("{name}, {}", say.word("map-of-map"))) { (name) } }
            }
            li { a href=(view.link(&format!("/sql/{cells}"), &[])) aria-label=(format!("SQL, {}", say.word("map-of-map"))) { "SQL" } }
        }
    }
}

fn table_details(view: &View<'_>, page: &Page, chosen: &Chosen<'_>, drawn: &Drawn) -> Markup {
    let say = view.say();
    html! {
        @if !drawn.cells.is_empty() {
            details.tab {
                summary { (say.word("term-table")) span.vh { ", " (say.word("map-of-map")) } }
                (cells_table(view, chosen, &drawn.cells, ROWS_IN_PAGE))
                @if drawn.cells.len() > ROWS_IN_PAGE {
                    p.more { a href=(view.link(&format!("/f/{}/{MAP_FIGURE}", page.id), &[])) {
                        (say.words_with("map-all-cells", &[("count", drawn.cells.len().into())]))
                    } }
                }
            }
        }
    }
}

/// What the table lists of a cell, as far as the layer's rows have it.
fn table_columns(say: Say, cells: &Table) -> Vec<(&'static str, &'static str, Style)> {
    let columns = [
        ("net_revenue", say.word("term-net-revenue"), Style::Money),
        ("orders", say.word("term-orders"), Style::Count),
        ("customers", say.word("term-customers"), Style::Count),
        ("basket", say.word("term-basket"), Style::Money),
        (
            "revenue_per_household",
            say.word("term-revenue-per-household"),
            Style::Money,
        ),
        ("penetration", say.word("map-penetration"), Style::Percent),
        ("spend_potential", say.word("map-potential"), Style::Money),
        ("share_of_potential", say.word("map-share-of-potential"), Style::Percent),
        ("observed", say.word("map-observed"), Style::Money),
        ("expected", say.word("map-expected"), Style::Money),
        ("residual", say.word("map-residual"), Style::SignedDecimal(1)),
    ];
    let has = |(column, _, _): &(&str, &str, Style)| cells.column(column).is_some();
    columns.into_iter().filter(has).collect()
}

/// The cells with most revenue first, or with most of what a layer of its own rows shows; those without figures last.
fn cells_table(view: &View<'_>, chosen: &Chosen<'_>, cells: &Table, rows: usize) -> Markup {
    let say = view.say();
    let columns = table_columns(say, cells);
    let layer = chosen.state.layer;
    let by = match layer.query {
        Some(_) => layer.column.as_str(),
        None => "net_revenue",
    };
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by(|a, b| {
        let value = |row: &usize| cells.cell(*row, by).as_f64().unwrap_or(f64::NEG_INFINITY);
        value(b).total_cmp(&value(a)).then(a.cmp(b))
    });
    let caption = say.word("map-cells");
    html! {
        div.scroll role="region" tabindex="0" aria-label=(caption) {
            table {
                caption.vh { (caption) }
                thead { tr {
                    th scope="col" { (say.word("map-communes")) }
                    th scope="col" { (say.word("map-h3-cell")) }
                    @for (_, label, _) in &columns { th.n scope="col" { (label) } }
                } }
                tbody {
                    @for row in order.into_iter().take(rows) {
                        @let cell = index(cells.cell(row, "h3_cell")).unwrap_or_default();
                        @let hidden = *cells.cell(row, "suppressed") == Cell::Bool(true);
                        tr {
                            th scope="row" { (cell_name(cell)) }
                            td { code { (format!("{cell:x}")) } }
                            @for (column, _, style) in &columns {
                                td.n {
                                    @if hidden { (NOTHING) }
                                    @else { (show(cells.cell(row, column), *style, view.language, view.data.currency())) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The map's own page: all cells as a table.
///
/// # Errors
/// [`DataError`] when a query fails.
pub async fn map_page(view: &View<'_>, page: &Page, chosen: &Chosen<'_>) -> Result<Markup, DataError> {
    let drawn = read(view, chosen.map, &chosen.state, chosen.resolution.drawn).await?;
    Ok(html! {
        div.head {
            p.over {
                a href=(view.link(page.path.as_str(), &[])) { (view.name()) }
                " · " (filters::context(view))
            }
            h1 { (view.say().word("map-cells")) }
            p.lede { (resolution_words(view, chosen)) }
        }
        div.ff { p.src { (source(view, chosen)) } (links(view, page, chosen)) }
        (cells_table(view, chosen, &drawn.cells, usize::MAX))
    })
}
