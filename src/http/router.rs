//! Every route, on one screen.

use super::state::State;
use super::{catalog, compress, error, error_page, figure, guard, health, log, page, scenario, static_file};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use std::sync::Arc;

/// The routes, and what stands round all of them (the last line comes first).
pub(super) fn router(state: Arc<State>) -> Router {
    let mut router = Router::new()
        .route("/f/{page}/{figure}", get(figure::show))
        .route("/catalog", get(catalog::show))
        .route("/sql/{*query}", get(catalog::sql))
        .route("/static/{name}", get(static_file::show))
        .route("/api/scenario", get(scenario::show).post(scenario::evaluate_body))
        .route("/network/scenarios/save", post(scenario::save))
        .route("/network/scenarios/delete", post(scenario::delete))
        .route("/healthz", get(health::show));
    for page in state.pages.all() {
        router = router.route(page.path.as_str(), get(page::show));
    }
    router
        .fallback(async || error::HttpError::NotFound)
        .layer(DefaultBodyLimit::max(error::MOST_BODY_BYTES))
        .layer(from_fn(guard::address))
        .layer(from_fn(guard::host))
        .layer(from_fn_with_state(state.clone(), error_page::pages))
        .layer(compress::layer())
        .layer(from_fn(guard::headers))
        .layer(from_fn(log::line))
        .with_state(state)
}
