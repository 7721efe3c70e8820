//! Page files become validated pages, pages become HTML.
//!
//! `queries/<dashboard>/page.toml` says what stands on a page; [`Pages::load`] checks it against the query library and
//! lists every fault. A [`View`] is one request understood (filters, language, theme, lake version); rendering follows
//! from it alone. [`render_page`] gives the page, [`render_figure`] a figure's file, with or without a server.

mod cache;
mod cells;
mod data;
mod export;
mod figure;
mod filters;
mod html;
mod kinds;
mod load;
mod load_blocks;
mod load_filters;
mod load_map;
mod load_parts;
mod map_figure;
mod network;
mod page;
mod path;
mod period;
mod reader;
mod template;
mod view;
mod words;

pub use cache::{Cache, Weigh};
pub use cells::{Cell, CellsError, Table, TableColumn};
pub use data::{Data, DataError, Parameters};
pub use export::{Dialect, FILE_WIDTH_PX, File, FileOptions, Format, PictureError, render_figure};
pub use figure::{FigureError, Prepared, Ready, Sentences};
pub use filters::{Filter, FilterError, Filters, Reach, StoreName, Takes, query_string};
pub use html::{PageFrame, notice::Notice, sql_page};
pub use load::{PAGE_FILE, Pages, Place};
pub use network::PageError;
pub use page::{
    Case, Caveat, Change, Comparison, Count, Figure, FigureMap, Finding, Indicator, Indicators, KeyEntry, LabelColumn,
    Layer, MapPane, MapSection, Outlines, Page, PaneScale, Sign, TableHead, Trend,
};
pub use path::PagePath;
pub use period::{LAST_YEAR_DAYS, Period, Span};
pub use template::{Phrase, Speech, Template, TemplateFault, WordLists};
pub use view::{AssetLinks, PageTheme, STATE_KEYS, View};
pub use words::Say;

use maud::Markup;

/// A page as HTML.
///
/// # Errors
/// [`PageError`] when the address means nothing, or the request's time is over; every other failure is said in its
/// place on the page.
pub async fn render_page(view: &View<'_>, page: &Page) -> Result<Markup, PageError> {
    html::page(view, page, None).await
}

/// A page with a form of the caller's beside what the page says, and perhaps nothing to say yet.
///
/// # Errors
/// As [`render_page`].
pub async fn render_page_beside(view: &View<'_>, page: &Page, form: &Markup) -> Result<Markup, PageError> {
    html::page(view, page, Some(form)).await
}

/// A page of the caller's own making in the frame of the page that `view` asks for.
#[must_use]
pub fn own_page(view: &View<'_>, title: &str, main: &Markup) -> Markup {
    html::page_frame(&PageFrame::of(view, false), title, main)
}

/// A figure as a page of its own; none when the page has no such figure.
///
/// # Errors
/// [`FigureError`] when the address means nothing, a query fails or the chart cannot be drawn.
pub async fn render_figure_page(view: &View<'_>, page: &Page, figure: &str) -> Result<Option<Markup>, FigureError> {
    if figure == network::MAP_FIGURE && page.map.is_some() {
        return map_page(view, page).await;
    }
    let Some(figure) = page.figure(figure) else {
        return Ok(None);
    };
    let first = figure::first(view, figure, html::ROWS_ON_OWN_PAGE);
    let prepared = figure::prepare_or_fail(&first, page, figure).await?;
    Ok(Some(html::figure_page(view, page, figure, &prepared)))
}

async fn map_page(view: &View<'_>, page: &Page) -> Result<Option<Markup>, FigureError> {
    let chosen = match network::choose(view, page).await {
        Ok(Some(chosen)) => chosen,
        Ok(None) => return Ok(None),
        Err(PageError::Filter(error)) => return Err(error.into()),
        Err(PageError::Data(error)) => return Err(error.into()),
    };
    let main = network::map_page(view, page, &chosen).await?;
    Ok(Some(html::page_frame(&PageFrame::of(view, true), &view.name(), &main)))
}

/// The catalogue of tables, queries, functions and definitions.
#[must_use]
pub fn catalog_page(frame: &PageFrame<'_>, data: &Data) -> Markup {
    html::catalog::catalog(frame, data)
}

/// A page that says plainly what went wrong.
#[must_use]
pub fn notice_page(frame: &PageFrame<'_>, notice: &Notice<'_>) -> Markup {
    html::page_frame(frame, notice.title, &html::notice::notice(notice))
}

/// Writes a failure to the log: what failed; causes, which may quote values, only when the log is asked for everything.
pub fn log_failure(error: &FigureError) {
    figure::log("", "", error);
}
