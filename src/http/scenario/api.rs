//! `GET /api/scenario` and `POST /api/scenario`: what a plan does, for scripts.
//!
//! GET reads the plan from the address, as the page does: `?change=close:S004&margin=52`. POST reads it from a body of JSON, which has room
//! for the most changes, with the names of the contract and rates as fractions:
//!
//! ```json
//! {
//!   "changes": [
//!     {"kind": "open", "name": "Vertou", "latitude": 47.1683, "longitude": -1.4712, "sales_area_m2": 2400},
//!     {"kind": "close", "store_id": "S004"}
//!   ],
//!   "assumptions": {"margin_rate": 0.52}
//! }
//! ```
//!
//! Both answer with one object: `lake_version`, `notices`, and the tables `scenario_*` as lists of rows. What is wrong is an object too, with
//! status 400 (no JSON, other fields), 413 (longer than is read), 422 (a plan that cannot be computed, each fault listed) or 503 (the lake has no
//! calibrated model).

use super::words::{Fault, notice_words};
use super::{evaluate, failed, read};
use crate::asked::Asked;
use crate::error::HttpError;
use crate::state::{Rendered, State};
use arrow::array::RecordBatch;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use chalandise_dashboard::Say;
use chalandise_notebook::scenario::{JsonError, Plan, unknown_keys};
use std::sync::Arc;

/// The tables of the plan in the address, by name.
pub(crate) async fn show(Shared(state): Shared<Arc<State>>, asked: Asked) -> Result<Response, HttpError> {
    let own = |key: &&str| !read::is_own(key);
    let unknown = unknown_keys(asked.pairs.iter().map(|(key, _)| key.as_str()).filter(own));
    if !unknown.is_empty() {
        return Err(HttpError::Plan(unknown.into_iter().map(Fault::Plan).collect()));
    }
    let read = read::plan(&asked.pairs).map_err(HttpError::Plan)?;
    answer(&state, &asked, &read.plan).await
}

/// The tables of the plan in the body.
pub(crate) async fn evaluate_body(
    Shared(state): Shared<Arc<State>>,
    asked: Asked,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, HttpError> {
    let unread = asked
        .pairs
        .iter()
        .map(|(key, _)| key.as_str())
        .find(|key| !matches!(*key, "lang" | "theme"));
    if let Some(key) = unread {
        let words = format!(
            "`{key}` stands in the address, and the plan is read from the body alone; write it there, or use GET"
        );
        return Err(HttpError::Body(words.into()));
    }
    let body = body.map_err(|rejected| match rejected.status() {
        StatusCode::PAYLOAD_TOO_LARGE => HttpError::TooLarge,
        _ => HttpError::Body("it could not be read to its end".into()),
    })?;
    let plan = Plan::from_json(&body).map_err(|error| match error {
        JsonError::Plan(error) => HttpError::Plan(error.faults.into_iter().map(Fault::Plan).collect()),
        shape => HttpError::Body(shape.to_string().into()),
    })?;
    answer(&state, &asked, &plan).await
}

async fn answer(state: &State, asked: &Asked, plan: &Plan) -> Result<Response, HttpError> {
    let current = state.freshness.current().await;
    let planner = current.planner().await.map_err(|error| failed(&error))?;
    let planner = planner.map_err(|fault| HttpError::Plan(vec![Fault::Planner(fault)]))?;
    let answer = evaluate(&planner, plan).await?;
    let answer = answer.map_err(|faults| HttpError::Plan(faults.into_iter().map(Fault::Planner).collect()))?;
    let say = Say(asked.preferences.language);
    let notices: Vec<String> = answer.notices.iter().map(|notice| notice_words(notice, say)).collect();
    let mut out = serde_json::Map::new();
    out.insert("lake_version".into(), current.data.version().number.into());
    out.insert("notices".into(), notices.into());
    for (name, batch) in answer.tables().map_err(|error| failed(&error))? {
        out.insert(name, rows(&batch)?);
    }
    Ok(asked.fresh(&Rendered {
        status: StatusCode::OK,
        kind: HeaderValue::from_static("application/json"),
        file_name: None,
        body: serde_json::Value::Object(out).to_string().into(),
    }))
}

/// Rows as a list of objects, each with every column.
fn rows(batch: &RecordBatch) -> Result<serde_json::Value, HttpError> {
    let mut writer = arrow::json::WriterBuilder::new()
        .with_explicit_nulls(true)
        .build::<_, arrow::json::writer::JsonArray>(Vec::new());
    writer.write(batch).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    let text = writer.into_inner();
    if text.is_empty() {
        return Ok(serde_json::json!([]));
    }
    serde_json::from_slice(&text).map_err(|error| failed(&error))
}
