//! A figure in a page, a figure as a page of its own, and the SQL behind it.

use super::frame::{Frame, page_frame};
use super::{filters, glued, key, notice, table};
use crate::drawing::draw;
use crate::export::{OUTLINES, has_places};
use crate::figure::{Prepared, ROWS, Ready, log};
use crate::map_figure;
use crate::page::{Figure, KeyEntry, Page};
use crate::view::View;
use chalandise_chart::Theme;
use chalandise_chart::format::{self, Style};
use chalandise_query::Query;
use maud::{Markup, PreEscaped, html};

/// The rows of a table inside a page, unless the figure says how many.
const ROWS_IN_PAGE: usize = 60;
/// The rows on a figure's own page: more than anyone reads, and no more than a browser shows at once. Files have all.
pub const ROWS_ON_OWN_PAGE: usize = 1_000;

/// Widths between the phone's and the desk's, where every figure takes the whole measure. The style sheet shows one
/// drawing and knows the same borders.
const BETWEEN: [(&str, f64); 2] = [("at-680", 680.0), ("at-880", 880.0)];
const PHONE: (&str, f64) = ("at-phone", 358.0);

/// The width of a place of so many of the twelve columns in the 1200 px measure with its 32 px gutters.
#[must_use]
pub fn place_px(columns: u8) -> f64 {
    const GUTTER: f64 = 32.0;
    const MEASURE: f64 = 1200.0;
    let column = (MEASURE - 11.0 * GUTTER) / 12.0;
    let columns = f64::from(columns.clamp(1, 12));
    (columns * column + (columns - 1.0) * GUTTER).floor()
}

/// A figure in its place on a page.
#[must_use]
pub fn figure(view: &View<'_>, page: &Page, figure: &Figure, prepared: &Prepared) -> Markup {
    html! {
        div class=(format!("c{}", figure.columns)) {
            (framed(view, page, figure, prepared, place_px(figure.columns), figure.rows.unwrap_or(ROWS_IN_PAGE)))
        }
    }
}

fn framed(view: &View<'_>, page: &Page, figure: &Figure, prepared: &Prepared, desk_px: f64, rows: usize) -> Markup {
    let heading = format!("h-{}", figure.id);
    html! {
        figure.fig id=(figure.id) aria-labelledby=(heading) {
            @match prepared {
                Prepared::Ready(ready) => { (content(view, page, figure, ready, &heading, desk_px, rows)) }
                Prepared::Lacks(tables) => {
                    h2.ft id=(heading) { (name(view, figure)) }
                    (notice::lacks(view.say(), &tables.iter().map(String::as_str).collect::<Vec<_>>()))
                }
                Prepared::Failed => {
                    h2.ft id=(heading) { (name(view, figure)) }
                    (notice::failed(view.say()))
                }
            }
        }
    }
}

/// What a figure is called while its finding is not known.
fn name(view: &View<'_>, figure: &Figure) -> String {
    figure.name.of(view.language).to_owned()
}

fn content(
    view: &View<'_>,
    page: &Page,
    figure: &Figure,
    ready: &Ready,
    heading: &str,
    desk_px: f64,
    rows: usize,
) -> Markup {
    let title = if ready.title.is_empty() {
        name(view, figure)
    } else {
        ready.title.clone()
    };
    html! {
        h2.ft id=(heading) { (glued(&title)) }
        p.fs { (glued(&ready.subtitle)) }
        @if ready.table.is_empty() {
            @match ready.offer.as_ref().filter(|_| !view.assets.in_file) {
                Some(offer) => p.lacks { a href=(view.follow(&offer.href)) { (offer.label.of(view.language)) } },
                None => (notice::empty(view.say())),
            }
        } @else {
            (key::key(figure.key.iter().filter(|entry| is_drawn(entry, ready)), view.language))
            @if let Some(map) = &figure.map {
                div class=(if map.panes.len() > 1 { "moves labelled" } else { "moves" }) {
                    (PreEscaped(map_figure::controls(view, ready, &figure.id)))
                    (PreEscaped(map_figure::html(view, map, ready, &format!("{}-{}", page.id, figure.id), desk_px)))
                }
            } @else {
                (drawings(view, page, figure, ready, desk_px))
            }
            @if !figure.is_drawn() { (listed(view, page, figure, ready, &title, rows)) }
        }
        figcaption.ff {
            p.src { (ready.source) }
            @if figure.is_drawn() && !ready.table.is_empty() {
                details.tab open[rows == ROWS_ON_OWN_PAGE] {
                    summary { (view.say().word("term-table")) span.vh { ", " (name(view, figure)) } }
                    (listed(view, page, figure, ready, &title, rows))
                }
            }
            (links(view, page, figure))
        }
    }
}

/// The first rows as a table, and what leads to the others when there are more: the figure's own page if it has them
/// all, the file anyway.
fn listed(view: &View<'_>, page: &Page, figure: &Figure, ready: &Ready, title: &str, rows: usize) -> Markup {
    let say = view.say();
    let count = |rows: usize| format::number(rows as f64, Style::Count, view.language, view.data.currency());
    let query = view.data.library().get(&figure.query);
    let counted = query.is_some_and(|query| query.param(ROWS).is_none());
    let fits = counted && ready.table.len() <= ROWS_ON_OWN_PAGE;
    let own_page = view.link(&format!("/f/{}/{}", page.id, figure.id), &[]);
    let first_rows = say.words_with("figure-first-rows", &[("count", count(rows).into())]);
    html! {
        @if figure.map.is_some() {
            (table::table(view, page, figure, &map_figure::named(&ready.table, rows), title, rows))
        } @else {
            (table::table(view, page, figure, &ready.table, title, rows))
        }
        @if ready.table.len() > rows {
            p.more {
                @if view.assets.in_file {
                    (first_rows)
                } @else if fits {
                    a href=(own_page) { (say.words_with("figure-all-rows", &[("count", count(ready.table.len()).into())])) }
                } @else {
                    (first_rows) " · "
                    @if rows < ROWS_ON_OWN_PAGE { a href=(own_page) { (say.word("figure-more-rows")) } " · " }
                    a href=(view.file_link(&page.id, &figure.id, "csv")) { (say.word("figure-all-csv")) }
                }
            }
        }
    }
}

/// The drawing at every width; the style sheet shows one.
fn drawings(view: &View<'_>, page: &Page, figure: &Figure, ready: &Ready, desk_px: f64) -> Markup {
    let widths = [("at-desk", desk_px)].into_iter().chain(BETWEEN).chain([PHONE]);
    html! {
        @for (class, width_px) in widths {
            @let id = format!("{}-{}-{width_px:.0}", page.id, figure.id);
            @match draw(view, figure, ready, &id, width_px, Theme::Css) {
                Ok(Some(svg)) => { div class=(format!("drawing {class}")) { (PreEscaped(svg)) } }
                Ok(None) => {}
                Err(error) => {
                    @let () = log(&page.id, &figure.id, &error);
                    div class=(format!("drawing {class}")) { (notice::failed(view.say())) }
                }
            }
        }
    }
}

/// The files of a figure and its SQL.
fn links(view: &View<'_>, page: &Page, figure: &Figure) -> Markup {
    let say = view.say();
    let link = |extension| view.file_link(&page.id, &figure.id, extension);
    let of = |kind: &str| format!("{kind}, {}", name(view, figure));
    html! {
        ul.lk aria-label=(say.word("figure-files")) {
            li { a href=(link("csv")) aria-label=(of("CSV")) { "CSV" } }
            li { a href=(link("json")) aria-label=(of("JSON")) { "JSON" } }
            li { a href=(link("parquet")) aria-label=(of("Parquet")) { "Parquet" } }
            @if has_places(view, figure) {
                li { a href=(link("geojson")) aria-label=(of("GeoJSON")) { "GeoJSON" } }
            }
            @if figure.is_drawn() {
                li { a href=(link("svg")) aria-label=(of("SVG")) { "SVG" } }
                li { a href=(link("png")) aria-label=(of("PNG")) { "PNG" } }
            }
            li { a href=(view.link(&format!("/sql/{}", figure.query), &[])) aria-label=(of("SQL")) { "SQL" } }
            @if let Some(outlines) = page.outlines.as_ref().filter(|outlines| outlines.figure == figure.id) {
                @for (extension, kind) in [("geojson", "GeoJSON"), ("parquet", "GeoParquet")] {
                    li { a href=(view.file_link(&page.id, OUTLINES, extension)) {
                        (say.labelled(outlines.label.of(view.language), kind))
                    } }
                }
            }
        }
    }
}

/// A figure as a page of its own: large, with all rows of its table.
#[must_use]
pub fn figure_page(view: &View<'_>, page: &Page, figure: &Figure, prepared: &Prepared) -> Markup {
    let main = html! {
        div.head {
            p.over {
                a href=(view.link(&page.address(&view.filters), &[])) { (view.name()) }
                " · " (filters::context(view))
            }
            h1 { (name(view, figure)) }
        }
        (framed(view, page, figure, prepared, place_px(12), ROWS_ON_OWN_PAGE))
    };
    page_frame(&Frame::of(view, true), &name(view, figure), &main)
}

/// The SQL of a query, with its header as documentation.
#[must_use]
pub fn sql_page(frame: &Frame<'_>, query: &Query) -> Markup {
    let say = crate::words::Say(frame.language);
    let main = html! {
        div.head {
            p.over { (say.word("catalogue-query")) }
            h1 { (query.name) }
            p.lede { (query.doc) }
        }
        @if !query.params.is_empty() {
            h2.ft { (say.word("catalogue-parameters")) }
            div.scroll role="region" tabindex="0" aria-label=(say.word("catalogue-parameters")) {
                table {
                    thead { tr {
                        th scope="col" { (say.word("catalogue-name")) }
                        th scope="col" { (say.word("catalogue-type")) }
                        th scope="col" { (say.word("catalogue-meaning")) }
                    } }
                    tbody { @for param in &query.params {
                        tr {
                            th scope="row" { code { (param.name) } }
                            td { @let kind = param.kind.name();
                                @if param.default.is_some() { (say.words_with("catalogue-optional", &[("type", kind.into())])) } @else { (kind) } }
                            td { (param.doc) }
                        }
                    } }
                }
            }
        }
        h2.ft { (say.word("catalogue-columns")) }
        div.scroll role="region" tabindex="0" aria-label=(say.word("catalogue-columns")) {
            table {
                thead { tr {
                    th scope="col" { (say.word("catalogue-name")) }
                    th scope="col" { (say.word("catalogue-unit")) }
                    th scope="col" { (say.word("catalogue-meaning")) }
                } }
                tbody { @for column in &query.columns {
                    tr { th scope="row" { code { (column.name) } } td { (column.unit) } td { (column.doc) } }
                } }
            }
        }
        h2.ft id="sql" { "SQL" }
        pre.sql tabindex="0" aria-labelledby="sql" { code { (query.sql) } }
    };
    page_frame(frame, &query.name, &main)
}

/// Whether what a key's entry stands for has rows to be drawn.
fn is_drawn(entry: &KeyEntry, ready: &Ready) -> bool {
    let data = entry.data.as_deref();
    data.is_none_or(|name| ready.frames.named.get(name).is_some_and(|frame| !frame.is_empty()))
}
