//! `GET /api/scenario`: what the plan in the address does, for scripts.

use super::words::Fault;
use super::{evaluate, failed, read};
use crate::http::asked::Asked;
use crate::http::error::HttpError;
use crate::http::state::{Rendered, State};
use axum::extract::State as Shared;
use axum::http::HeaderValue;
use axum::response::Response;
use std::sync::Arc;

/// The tables of the plan in the address, by name.
pub(in crate::http) async fn show(Shared(state): Shared<Arc<State>>, asked: Asked) -> Result<Response, HttpError> {
    let read = read::plan(&asked.pairs).map_err(HttpError::Plan)?;
    let current = state.freshness.current().await;
    let planner = current.planner().await.map_err(|error| failed(&error))?;
    let planner = planner.map_err(|fault| HttpError::Plan(vec![Fault::Planner(fault)]))?;
    let answer = evaluate(&planner, &read.plan).await?;
    let answer = answer.map_err(|faults| HttpError::Plan(faults.into_iter().map(Fault::Planner).collect()))?;
    let tables = answer.tables().map_err(|error| failed(&error))?;
    let mut out = serde_json::Map::new();
    out.insert("lake_version".into(), current.data.version().number.into());
    for (name, batch) in tables {
        let mut writer = arrow::json::ArrayWriter::new(Vec::new());
        writer.write(&batch).map_err(|error| failed(&error))?;
        writer.finish().map_err(|error| failed(&error))?;
        let rows: serde_json::Value =
            serde_json::from_slice(&writer.into_inner()).unwrap_or_else(|_| serde_json::json!([]));
        out.insert(name, if rows.is_null() { serde_json::json!([]) } else { rows });
    }
    Ok(asked.fresh(&Rendered {
        kind: HeaderValue::from_static("application/json"),
        file_name: None,
        body: serde_json::Value::Object(out).to_string().into(),
    }))
}
