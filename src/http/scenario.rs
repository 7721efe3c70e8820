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
//!
//! `POST /network/scenarios/save` and `/delete` write the notebook, from forms of our own pages only.

use super::asked::Asked;
use super::error::HttpError;
use super::page::see;
use super::state::{Rendered, State};
use arrow::array::RecordBatch;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use chalandise_dashboard::Say;
use chalandise_dashboard::feature::refused;
use chalandise_dashboard::feature::scenario::{Fault, evaluate_on, is_own, notice_words, plan as read_plan};
use chalandise_notebook::scenario::{JsonError, Plan, Scenario, unknown_keys};
use chalandise_notebook::{EntryId, NewEntry, NotebookError};
use chrono::Utc;
use std::sync::Arc;

/// Where saved scenarios are listed.
const LIST: &str = "/network/scenarios";

/// The tables of the plan in the address, by name.
pub(super) async fn show(Shared(state): Shared<Arc<State>>, asked: Asked) -> Result<Response, HttpError> {
    let own = |key: &&str| !is_own(key);
    let unknown = unknown_keys(asked.pairs.iter().map(|(key, _)| key.as_str()).filter(own));
    if !unknown.is_empty() {
        return Err(HttpError::Plan(unknown.into_iter().map(Fault::Plan).collect()));
    }
    let read = read_plan(&asked.pairs).map_err(HttpError::Plan)?;
    answer(&state, &asked, &read.plan).await
}

/// The tables of the plan in the body.
pub(super) async fn evaluate_body(
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
    let current = state.lake.current().await;
    let answer = evaluate_on(&current, plan).await?;
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

/// Saves the plan of a form under its name, or under a name that stands already when the form says to replace it.
pub(super) async fn save(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, HttpError> {
    let pairs = own_form(&headers, &body)?;
    let value = |wanted: &str| {
        pairs
            .iter()
            .find(|(key, _)| key == wanted)
            .map(|(_, value)| value.trim().to_owned())
    };
    let plan = read_plan(&pairs).map_err(HttpError::Plan)?.plan;
    let entry = NewEntry {
        name: value("name").unwrap_or_default(),
        note: value("note").unwrap_or_default(),
        content: plan,
    };
    let replace = value("replace").is_some();
    let version = state.lake.current().await.data.version().number;
    let notebook = state.lake.notebook().clone();
    let saved = tokio::task::spawn_blocking(move || {
        let now = Utc::now();
        match notebook.save(&entry, Some(version), now) {
            Err(NotebookError::NameTaken { id, revision, .. }) if replace => {
                notebook.replace(id, revision, &entry, Some(version), now)
            }
            other => other,
        }
    });
    let saved: Result<Scenario, NotebookError> = saved.await.map_err(|error| failed(&error))?;
    match saved {
        Ok(_) => Ok(see(LIST)),
        Err(error) => Err(refused(&error).into()),
    }
}

/// Puts a scenario into the trash.
pub(super) async fn delete(
    Shared(state): Shared<Arc<State>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, HttpError> {
    let pairs = own_form(&headers, &body)?;
    let id = pairs
        .iter()
        .find(|(key, _)| key == "id")
        .and_then(|(_, id)| EntryId::parse(id));
    let id = id.ok_or(HttpError::NotFound)?;
    let notebook = state.lake.notebook().clone();
    let deleted = tokio::task::spawn_blocking(move || notebook.delete::<Plan>(id, Utc::now())).await;
    match deleted.map_err(|error| failed(&error))? {
        Ok(()) => Ok(see(LIST)),
        Err(error) => Err(refused(&error).into()),
    }
}

/// The pairs of a form that a page of this server sent; another site's are refused.
fn own_form(headers: &HeaderMap, body: &Bytes) -> Result<Vec<(String, String)>, HttpError> {
    let site = headers.get("sec-fetch-site").and_then(|site| site.to_str().ok());
    let origin = headers.get("origin").and_then(|origin| origin.to_str().ok());
    let host = headers
        .get("host")
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let same = match (site, origin) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin.split("://").nth(1) == Some(host),
        (None, None) => true,
    };
    if !same {
        return Err(HttpError::Host);
    }
    let pairs = url::form_urlencoded::parse(body);
    Ok(pairs
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect())
}

fn failed(error: &(dyn std::error::Error + 'static)) -> HttpError {
    tracing::error!(error, "a scenario failed");
    HttpError::Failed
}
