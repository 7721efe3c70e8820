//! `/catalog`: every table, query, function, column, unit and definition. `/sql/<query>`: the SQL behind a number.

use super::asked::Asked;
use super::error::HttpError;
use super::page::html;
use super::state::State;
use axum::extract::{Path, State as Shared};
use axum::response::Response;
use std::sync::Arc;

pub(super) async fn show(Shared(state): Shared<Arc<State>>, asked: Asked) -> Result<Response, HttpError> {
    let current = state.lake.current().await;
    let make = async {
        Ok(html(chalandise_dashboard::catalog_page(
            &asked.frame(&state),
            &current.data,
        )))
    };
    asked.answer(&state, &current.data, make).await
}

pub(super) async fn sql(
    Shared(state): Shared<Arc<State>>,
    Path(name): Path<String>,
    asked: Asked,
) -> Result<Response, HttpError> {
    let current = state.lake.current().await;
    let name = name.strip_suffix(".sql").unwrap_or(&name);
    let query = current.data.library().get(name).ok_or(HttpError::NotFound)?;
    let make = async { Ok(html(chalandise_dashboard::sql_page(&asked.frame(&state), query))) };
    asked.answer(&state, &current.data, make).await
}
