//! What went wrong, as the reader sees it: a page in his language, and for scripts an error in JSON.

use super::asked::Asked;
use super::error::HttpError;
use super::state::State;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chalandise_dashboard::{Filter, FilterValue as Value, Notice, Say, notice_page};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::time::timeout;

/// Where scripts ask: what goes wrong there is answered in JSON.
const API: &str = "/api/";
/// The most faults that an answer lists.
const MOST_FAULTS: usize = 100;

/// Gives every request its deadline, catches panics, and turns errors into pages.
pub(super) async fn pages(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let asked = Asked::read(request.uri(), request.headers());
    let running = AssertUnwindSafe(next.run(request)).catch_unwind();
    let response = match timeout(state.deadline, running).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => HttpError::Failed.into_response(),
        Err(_) => HttpError::Deadline.into_response(),
    };
    let bare = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => Some(HttpError::Method),
        _ => None,
    };
    match response.extensions().get::<HttpError>().cloned().or(bare) {
        Some(error) if asked.path.starts_with(API) => json(&asked, &error),
        Some(error) => page(&state, &asked, &error),
        None => response,
    }
}

/// An error of the API for scripts: `{"error": {"status", "title", "message", "faults": [{"part", "value", "message"}]}}`.
fn json(asked: &Asked, error: &HttpError) -> Response {
    let say = Say(asked.preferences.language);
    let (title, message) = error.words(say);
    let status = error.status();
    let faults: Vec<serde_json::Value> = match error {
        HttpError::Plan(faults) => faults.iter().take(MOST_FAULTS).map(|fault| fault.json(say)).collect(),
        _ => Vec::new(),
    };
    let body = serde_json::json!({
        "error": { "status": status.as_u16(), "title": title, "message": message, "faults": faults }
    });
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn page(state: &State, asked: &Asked, error: &HttpError) -> Response {
    let say = Say(asked.preferences.language);
    let values = match error {
        HttpError::NotFound => values(state, asked),
        _ => None,
    };
    let (title, text, links) = match values {
        Some((filter, links)) => {
            let (title, text) = no_such_value(filter, say);
            (title, text.into(), links)
        }
        None => {
            let (title, text) = error.words(say);
            (title, text, vec![way_back(state, asked, error)])
        }
    };
    let html = notice_page(
        &asked.frame(state),
        &Notice {
            title,
            text: &text,
            links: &links,
        },
    );
    let mut response = (error.status(), html.into_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The filters' own page without filters is the way back from a bad filter, the overview from everything else.
fn way_back(state: &State, asked: &Asked, error: &HttpError) -> (String, String) {
    let say = Say(asked.preferences.language);
    let overview = || ("/".to_owned(), say.word("error-overview").to_owned());
    if !matches!(error, HttpError::Filter(_)) {
        return overview();
    }
    let without = |path: &str| (path.to_owned(), say.word("error-without-filters").to_owned());
    let figure = asked.path.strip_prefix("/f/").and_then(|rest| rest.split('/').next());
    let page = figure.and_then(|id| state.pages.get(id));
    match page.and_then(|page| Some((page, page.path.parameter()?))) {
        None => without(&asked.path),
        // A figure of a page with a value in its path cannot do without it.
        Some((page, filter)) => match asked.query.get(&filter.name) {
            Some(value) if filter.values().iter().any(|known| known.value == *value) => without(&page.path.with(value)),
            _ => overview(),
        },
    }
}

/// A path that would be a page with another value in it: the filter, and the pages that there are.
fn values<'s>(state: &'s State, asked: &Asked) -> Option<(&'s Filter, Vec<(String, String)>)> {
    let (page, _) = state.pages.fitting(&asked.path)?;
    let filter = page.path.parameter()?;
    let language = asked.preferences.language;
    let link = |known: &Value| (page.path.with(&known.value), known.name.of(language).to_owned());
    Some((filter, filter.values().iter().map(link).collect()))
}

fn no_such_value(filter: &Filter, say: Say) -> (&'static str, String) {
    let values: Vec<&str> = filter.values().iter().map(|known| known.value.as_str()).collect();
    let values = values.join(", ");
    let text = say.words_with("error-not-found-values", &[("values", values.into())]);
    (say.word("error-not-found"), text)
}
