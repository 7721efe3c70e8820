//! A page of indicators and figures, in reading order: context, finding, indicators, figures.

use super::figure::figure;
use super::frame::{Frame, page_frame};
use super::indicators::indicators;
use super::{filters, glued, notice};
use crate::error::{FigureError, PageError};
use crate::figure::{Prepared, Sentences, caveats, log, prepare_all, sentences, stands};
use crate::network::{choose, map_section};
use crate::page::{Figure, Page};
use crate::view::View;
use chalandise_serving::DataError;
use maud::{Markup, html};

/// The whole page. All its queries run together; what cannot be shown says so in its place.
///
/// # Errors
/// [`PageError`] when the address means nothing, or the request's time is over; every other failure stays in its place
/// on the page.
pub async fn page(view: &View<'_>, page: &Page, form: Option<&Markup>) -> Result<Markup, PageError> {
    let chosen = choose(view, page).await?;
    let view = match &chosen {
        Some(chosen) => &view.with("resolution", &chosen.resolution.drawn.to_string()),
        None => view,
    };
    // What stands on the page may follow from its finding; else all queries run together.
    let early = match by_case(page) {
        true => Some(sentences(view, page, &page.finding).await),
        false => None,
    };
    let case = early.as_ref().and_then(|found| found.as_ref().ok()?.case.clone());
    let finding = async {
        match early {
            Some(found) => found,
            None => sentences(view, page, &page.finding).await,
        }
    };
    let (found, caveats, block, figures) = futures::join!(
        finding,
        caveats(view, page),
        block(view, page, case.as_deref()),
        prepare_all(view, page, case.as_deref())
    );
    let found = match found {
        Ok(found) => found,
        Err(error @ DataError::Deadline(_)) => return Err(error.into()),
        Err(error) => {
            log(&page.id, "finding", &FigureError::Data(error));
            Sentences::default()
        }
    };
    let title = if found.title.is_empty() {
        view.name()
    } else {
        found.title.clone()
    };
    let map = match &chosen {
        Some(chosen) => Some(map_section(view, page, chosen, &title).await?),
        None => None,
    };
    let lacks = view.data.missing(&page.needs);
    let results = html! {
        @if let Some(block) = block { (block) }
        @if let Some(map) = map { (map) }
        @if map_lacks(view, page, chosen.is_some()) { (notice::lacks(view.say(), &view.data.missing(map_needs(page)))) }
        div.row { @for item in &page.figures { (placed(view, page, item, figures.get(item.id.as_str()))) } }
    };
    let main = html! {
        (filters::siblings(view))
        div.head data-live="head" {
            p.over {
                @if let Some(parent) = parent(view) {
                    @if view.assets.in_file { (parent.title.of(view.language)) }
                    @else { a href=(view.link(parent.path.as_str(), &[])) { (parent.title.of(view.language)) } }
                    " · "
                }
                (view.name()) " · " (filters::context(view))
            }
            h1 { (glued(&title)) }
            @if let Some(lede) = &found.lede { p.lede { (glued(lede)) } }
            @for caveat in &caveats { p.caveat { (glued(caveat)) } }
            @if !lacks.is_empty() { (notice::lacks(view.say(), &lacks)) }
            // Where the form stands below the results.
            @if form.is_some() && !view.assets.in_file {
                p.jump { a href="#plan" { (view.say().word("frame-to-form")) } }
            }
        }
        @if let Some(form) = form {
            div.beside { (form) div.results data-live="results" { (results) } }
        } @else { (results) }
    };
    Ok(page_frame(&Frame::of(view, true), &title, &main))
}

/// The page that this one is a part of.
fn parent<'a>(view: &View<'a>) -> Option<&'a Page> {
    view.pages.get(view.page.parent.as_deref()?)
}

fn map_needs(page: &Page) -> &[String] {
    page.map.as_ref().map_or(&[], |map| &map.needs)
}

fn map_lacks(view: &View<'_>, page: &Page, shown: bool) -> bool {
    !shown && !view.data.missing(map_needs(page)).is_empty()
}

fn placed(view: &View<'_>, page: &Page, item: &Figure, prepared: Option<&Prepared>) -> Markup {
    html! { @if let Some(prepared) = prepared { (figure(view, page, item, prepared)) } }
}

/// Whether something stands on the page only in some cases of its finding.
fn by_case(page: &Page) -> bool {
    let block = page.indicators.as_ref().is_some_and(|block| !block.cases.is_empty());
    block || page.figures.iter().any(|figure| !figure.cases.is_empty())
}

/// The indicators, or the sentence in their place; none in a case of the finding in which they do not stand on the page.
async fn block(view: &View<'_>, page: &Page, case: Option<&str>) -> Option<Markup> {
    let block = page.indicators.as_ref().filter(|block| stands(&block.cases, case))?;
    let parameters = view.parameters();
    let values = view.data.rows(&block.query, &parameters);
    let months = async {
        match &block.trend {
            Some(trend) => view.data.rows(trend, &parameters).await.map(Some),
            None => Ok(None),
        }
    };
    match futures::try_join!(values, months) {
        Ok((values, months)) => Some(indicators(view, page, block, &values, months.as_deref())),
        Err(error) => {
            log(&page.id, "indicators", &FigureError::Data(error));
            Some(notice::failed(view.say()))
        }
    }
}
