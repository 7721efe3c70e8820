//! The drawing of a figure at any width.

use super::error::FigureError;
use super::figure::Ready;
use super::map_figure;
use super::page::Figure;
use super::view::View;
use chalandise_chart::spec::Link;
use chalandise_chart::{Drawing, Spec, Theme};
use std::borrow::Cow;

/// Below this width a chart is drawn for a phone.
pub const PHONE_BORDER_PX: f64 = 500.0;

/// Draws a figure at a width.
///
/// # Errors
/// [`FigureError::Chart`] when the chart refuses its data.
pub fn draw(
    view: &View<'_>,
    figure: &Figure,
    ready: &Ready,
    id: &str,
    width_px: f64,
    theme: Theme,
) -> Result<Option<String>, FigureError> {
    if let Some(map) = &figure.map {
        return Ok(map_figure::file(view, map, ready, id, width_px, theme));
    }
    let Some(chart) = &figure.chart else { return Ok(None) };
    let chart = figure
        .phone
        .as_ref()
        .filter(|_| width_px < PHONE_BORDER_PX)
        .unwrap_or(chart);
    let chart = &linked(view, chart, theme);
    let drawing = Drawing {
        id,
        title: &ready.title,
        desc: &ready.subtitle,
        width_px,
        language: view.language,
        theme,
        currency: view.data.currency(),
    };
    chalandise_chart::render(chart, &ready.frames, &drawing)
        .map(Some)
        .map_err(|source| FigureError::Chart {
            figure: figure.id.clone(),
            source,
        })
}

/// The chart with its links as this page's addresses; a drawing in a file of its own leads nowhere.
fn linked<'c>(view: &View<'_>, chart: &'c Spec, theme: Theme) -> Cow<'c, Spec> {
    let Some(link) = &chart.link else {
        return Cow::Borrowed(chart);
    };
    let followed = theme == Theme::Css && !view.assets.in_file;
    let link = followed.then(|| Link {
        href: view.follow(&link.href),
        label: link.label.clone(),
    });
    Cow::Owned(Spec { link, ..chart.clone() })
}
