//! Pages: `/`, `/network`, `/customers/champions` and every other page file's path.

use super::asked::Asked;
use super::error::HttpError;
use super::state::{Rendered, State};
use axum::extract::State as Shared;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chalandise_dashboard::{Reach, answer_page, feature, with_period};
use std::sync::Arc;

pub(super) async fn show(Shared(state): Shared<Arc<State>>, asked: Asked) -> Result<Response, HttpError> {
    let place = state.pages.at(&asked.path).ok_or(HttpError::NotFound)?;
    if let Some(pairs) = with_period(&asked.pairs, &place.page.takes()) {
        return Ok(see(&asked.address(&pairs)));
    }
    let current = state.lake.current().await;
    let of_feature = asked.of_feature(&state, &current);
    let feature = feature::of(place.page);
    if let Some(feature) = feature
        && let Some(address) = feature.address(&of_feature).await?
    {
        return Ok(see(&address));
    }
    let data = current.data.within(state.deadline);
    let make = async {
        let reach = Reach::read(&data, &place.page.takes())
            .await?
            .ok_or(HttpError::NoOrders)?;
        let view = asked.view(&state, place, &data, &reach)?;
        let (markup, whole) = answer_page(&view, &of_feature).await?;
        let status = if whole {
            StatusCode::OK
        } else {
            StatusCode::UNPROCESSABLE_ENTITY
        };
        Ok(Rendered { status, ..html(markup) })
    };
    match feature {
        Some(feature) if !feature.is_lasting() => Ok(asked.fresh(&make.await?)),
        _ => asked.answer(&state, &data, make).await,
    }
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

/// Leads the reader to another address.
pub(super) fn see(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(address) => (StatusCode::SEE_OTHER, [(header::LOCATION, address)]).into_response(),
        Err(_) => HttpError::NotFound.into_response(),
    }
}
