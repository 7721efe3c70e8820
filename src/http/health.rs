//! `/healthz`: whether the server answers and which lake version it shows.

use super::state::State;
use axum::extract::State as Shared;
use axum::http::header;
use axum::response::IntoResponse;
use std::sync::Arc;

pub(super) async fn show(Shared(state): Shared<Arc<State>>) -> impl IntoResponse {
    let version = state.lake.current().await.data.version().number;
    let body = serde_json::json!({ "status": "ok", "lake_version": version, "version": env!("CARGO_PKG_VERSION") });
    (
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        body.to_string(),
    )
}
