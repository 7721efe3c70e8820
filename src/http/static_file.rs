//! One file under `/static/`, answered.

use super::error::HttpError;
use super::state::State;
use axum::extract::{Path, State as Shared};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

pub(super) async fn show(Shared(state): Shared<Arc<State>>, Path(name): Path<String>) -> Result<Response, HttpError> {
    let asset = state.assets.get(&name).ok_or(HttpError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, asset.bytes.clone()).into_response())
}
