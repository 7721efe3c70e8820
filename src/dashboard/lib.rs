//! Page files become validated pages, pages become HTML.
//!
//! `queries/<dashboard>/page.toml` says what stands on a page; [`Pages::load`] checks it against the query library and
//! lists every fault. A [`View`] is one request understood (filters, language, theme, lake version); rendering follows
//! from it alone. [`render_page`] gives the page, [`render_figure`] a figure's file, with or without a server.

mod dated;
mod day;
mod drawing;
mod error;
mod export;
pub mod feature;
mod figure;
mod filters;
mod frame;
mod html;
mod kinds;
mod load;
mod load_blocks;
mod load_filters;
mod load_map;
mod load_parts;
mod map_figure;
mod map_rows;
mod network;
mod page;
mod pages;
mod path;
mod period;
mod template;
mod view;
mod words;

pub use error::{FigureError, PageError, PictureError};
pub use export::{Dialect, FILE_WIDTH_PX, File, FileOptions, Format, render_figure};
pub use feature::{Asked, Feature, FeatureError, Supposed};
pub use figure::{Prepared, Ready, Sentences};
pub use filters::{
    Filter, FilterError, FilterList, Filters, Kind as FilterKind, Reach, Takes, Value as FilterValue, query_string,
    with_period,
};
pub use html::{PageFrame, notice::Notice, sql_page};
pub use load::PAGE_FILE;
pub use page::{
    Case, Caveat, Change, Comparison, Count, Figure, FigureMap, Finding, Indicator, Indicators, KeyEntry, LabelColumn,
    Layer, MapPane, MapSection, Outlines, Page, PageFeature, PaneScale, Sign, TableHead, Trend,
};
pub use pages::{Pages, Place};
pub use path::PagePath;
pub use period::{LAST_YEAR_DAYS, Period, Span};
pub use template::{Phrase, Speech, Template, TemplateFault, WordLists};
pub use view::{AssetLinks, PageTheme, STATE_KEYS, View};
pub use words::Say;

use chalandise_serving::Data;
use maud::Markup;

/// A page as HTML.
///
/// # Errors
/// [`PageError`] when the address means nothing, or the request's time is over; every other failure is said in its
/// place on the page.
pub async fn render_page(view: &View<'_>, page: &Page) -> Result<Markup, PageError> {
    html::page(view, page, None).await
}

/// A page as it answers an address, with what its feature supposes and the form beside it; and whether the whole address could be
/// followed.
///
/// # Errors
/// As [`render_page`]; [`PageError::Feature`] when the feature cannot do what the address asks.
pub async fn answer_page(view: &View<'_>, asked: &Asked<'_>) -> Result<(Markup, bool), PageError> {
    let Some(feature) = feature::of(view.page) else {
        return Ok((render_page(view, view.page).await?, true));
    };
    let feature::Prepared { supposed, form, whole } = feature.prepare(view, asked).await?;
    let view = View {
        data: &supposed.data,
        supposed: supposed.pairs,
        ..view.clone()
    };
    let form = form.map(|form| form.markup(&view));
    Ok((html::page(&view, view.page, form.as_ref()).await?, whole))
}

/// What a figure of the page that `view` asks for supposes; nothing on a page without a feature.
///
/// # Errors
/// [`FeatureError`] when the feature cannot do what the address asks.
pub async fn suppose(view: &View<'_>, asked: &Asked<'_>) -> Result<Supposed, FeatureError> {
    match feature::of(view.page) {
        Some(feature) => feature.suppose(view, asked).await,
        None => Ok(Supposed {
            data: view.data.clone(),
            pairs: view.supposed.clone(),
        }),
    }
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
    let Some(chosen) = network::choose(view, page).await? else {
        return Ok(None);
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
