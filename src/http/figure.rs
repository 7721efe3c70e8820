//! Figures: `/f/overview/trend` as a page, `/f/overview/trend.svg` and the like as files. The address is the view; what
//! stands in the path of the figure's page stands here behind it: `/f/customer_segment/customers.csv?segment=lost`.

use super::asked::Asked;
use super::error::HttpError;
use super::page::{html, see};
use super::state::{Rendered, State};
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use chalandise_dashboard::{
    FileOptions, Format, Place, Reach, View, render_figure, render_figure_page, suppose, with_period,
};
use std::sync::Arc;

pub(super) async fn show(
    Shared(state): Shared<Arc<State>>,
    Path((page, name)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, HttpError> {
    let page = state.pages.get(&page).ok_or(HttpError::NotFound)?;
    let (name, format) = match name.rsplit_once('.') {
        Some((name, extension)) => (name, Some(Format::parse(extension).ok_or(HttpError::NotFound)?)),
        None => (name.as_str(), None),
    };
    if let Some(pairs) = with_period(&asked.pairs, &page.takes()) {
        return Ok(see(&asked.address(&pairs)));
    }
    let current = state.lake.current().await;
    let data = current.data.within(state.deadline);
    let make = async {
        let reach = Reach::read(&data, &page.takes()).await?.ok_or(HttpError::NoOrders)?;
        let view = asked.view(&state, Place { page, in_path: None }, &data, &reach)?;
        let supposed = suppose(&view, &asked.of_feature(&state, &current)).await?;
        let view = View {
            data: &supposed.data,
            supposed: supposed.pairs,
            ..view
        };
        match format {
            None => Ok(html(
                render_figure_page(&view, page, name)
                    .await?
                    .ok_or(HttpError::NotFound)?,
            )),
            Some(format) => {
                let options = FileOptions::read(&asked.query);
                let file = render_figure(&view, page, name, format, &options)
                    .await?
                    .ok_or(HttpError::NotFound)?;
                Ok(Rendered {
                    status: StatusCode::OK,
                    kind: HeaderValue::from_static(file.media_type),
                    file_name: Some(file.file_name),
                    body: file.bytes.into(),
                })
            }
        }
    };
    asked.answer(&state, &data, make).await
}
