//! Pages: `/`, `/network`, `/customers/champions` and every other page file's path.

use super::asked::Asked;
use super::best_sites;
use super::error::HttpError;
use super::scenario;
use super::state::{Rendered, State};
use axum::extract::State as Shared;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use chalandise_dashboard::View;
use std::sync::Arc;

pub(super) async fn show(Shared(state): Shared<Arc<State>>, asked: Asked) -> Result<Response, HttpError> {
    let place = state.pages.at(&asked.path).ok_or(HttpError::NotFound)?;
    if place.page.supposes {
        return scenario::show(&state, &asked, place).await;
    }
    let current = state.freshness.current().await;
    let data = current.data.within(state.deadline);
    let make = async {
        let reach = current.reach(state.deadline).await?.ok_or(HttpError::NoOrders)?;
        let view = asked.view(&state, place, &data, reach, Vec::new())?;
        let data = best_sites::chosen(&current, &view, &data).await?;
        let view = View { data: &data, ..view };
        Ok(html(chalandise_dashboard::render_page(&view, place.page).await?))
    };
    asked.answer(&state, &data, make).await
}

/// A page's body.
pub(super) fn html(markup: maud::Markup) -> Rendered {
    Rendered {
        status: StatusCode::OK,
        kind: HeaderValue::from_static("text/html; charset=utf-8"),
        file_name: None,
        body: markup.into_string().into(),
    }
}
