//! The only place where an error becomes HTTP.
//!
//! Handlers return an [`HttpError`]; it travels as a bare status with the error attached, and [`pages`] turns it into a
//! page in the reader's language. What the engine says goes to the log and never into a page.

use super::asked::Asked;
use super::state::State;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chalandise_chart::Language;
use chalandise_dashboard::feature::scenario::Fault;
use chalandise_dashboard::{
    FeatureError, FigureError, Filter, FilterError, FilterValue as Value, Notice, PageError, Say, log_failure,
    notice_page,
};
use chalandise_notebook::scenario::MOST_CHANGES;
use chalandise_serving::DataError;
use futures::FutureExt;
use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::time::timeout;

/// Where scripts ask: what goes wrong there is answered in JSON.
const API: &str = "/api/";
/// The longest body that is read: many times a scenario of the most changes.
pub(super) const MOST_BODY_BYTES: usize = 2 << 20;
/// The most faults that an answer lists.
const MOST_FAULTS: usize = 100;

/// Everything that can go wrong with a request.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum HttpError {
    /// Nothing lives at this address.
    #[error("not found")]
    NotFound,
    /// The address allows reading only.
    #[error("method not allowed")]
    Method,
    /// The request does not name this machine as its host.
    #[error("the host is not this machine")]
    Host,
    /// A filter of the address means nothing.
    #[error("a filter cannot be read: {0}")]
    Filter(#[from] FilterError),
    /// The plan of the request cannot be computed.
    #[error("the plan cannot be computed")]
    Plan(Vec<Fault>),
    /// The body of a request is no plan.
    #[error("the body is no plan: {0}")]
    Body(Arc<str>),
    /// The body of a request is longer than is read.
    #[error("the body is too large")]
    TooLarge,
    /// The address is longer than is read.
    #[error("the address is too long")]
    LongAddress,
    /// The lake has no order yet.
    #[error("the lake has no order")]
    NoOrders,
    /// The request took too long.
    #[error("the request took too long")]
    Deadline,
    /// Something failed; the log says what.
    #[error("the request failed")]
    Failed,
}

impl From<DataError> for HttpError {
    fn from(error: DataError) -> HttpError {
        FigureError::from(error).into()
    }
}

impl From<FeatureError> for HttpError {
    fn from(error: FeatureError) -> HttpError {
        match error {
            FeatureError::Plan(faults) => HttpError::Plan(faults),
            // Logged where it failed.
            FeatureError::Failed(_) => HttpError::Failed,
            FeatureError::Data(error) => match *error {
                DataError::Deadline(_) => HttpError::Deadline,
                _ => {
                    log_failure(&FigureError::Feature(FeatureError::Data(error)));
                    HttpError::Failed
                }
            },
        }
    }
}

impl From<PageError> for HttpError {
    fn from(error: PageError) -> HttpError {
        match error {
            PageError::Filter(error) => error.into(),
            PageError::Data(error) => error.into(),
            PageError::Feature(error) => error.into(),
        }
    }
}

impl From<FigureError> for HttpError {
    fn from(error: FigureError) -> HttpError {
        match &error {
            FigureError::Filter(filter) => HttpError::Filter(filter.clone()),
            FigureError::Feature(feature) => feature.clone().into(),
            FigureError::Data(DataError::Deadline(_)) => HttpError::Deadline,
            FigureError::Data(DataError::Unknown(_)) => HttpError::NotFound,
            _ => {
                log_failure(&error);
                HttpError::Failed
            }
        }
    }
}

impl HttpError {
    fn status(&self) -> StatusCode {
        match self {
            HttpError::NotFound | HttpError::Filter(FilterError::Value { in_path: true, .. }) => StatusCode::NOT_FOUND,
            HttpError::Method => StatusCode::METHOD_NOT_ALLOWED,
            HttpError::Host => StatusCode::MISDIRECTED_REQUEST,
            HttpError::Filter(_) | HttpError::Body(_) => StatusCode::BAD_REQUEST,
            HttpError::Plan(faults) if !faults.iter().all(Fault::is_the_lakes) => StatusCode::UNPROCESSABLE_ENTITY,
            HttpError::NoOrders | HttpError::Plan(_) => StatusCode::SERVICE_UNAVAILABLE,
            HttpError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            HttpError::LongAddress => StatusCode::URI_TOO_LONG,
            HttpError::Deadline => StatusCode::GATEWAY_TIMEOUT,
            HttpError::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Heading and explanation: what happened, what to do.
    fn words(&self, say: Say) -> (&'static str, Cow<'static, str>) {
        let (title, text) = match self {
            HttpError::NotFound => (
                say.one("Cette page n’existe pas", "There is no such page"),
                say.one(
                    "Vérifiez l’adresse, ou repartez de la vue d’ensemble.",
                    "Check the address, or start again from the overview.",
                ),
            ),
            HttpError::Method => (
                say.one("Cette adresse se lit seulement", "This address can only be read"),
                say.one(
                    "Ouvrez-la par un lien ou par le formulaire des filtres.",
                    "Open it by a link or by the filter form.",
                ),
            ),
            HttpError::Host => (
                say.one(
                    "Ce serveur ne répond qu’à cette machine",
                    "This server answers this machine only",
                ),
                say.one(
                    "Ouvrez l’adresse affichée au démarrage, en 127.0.0.1 ou localhost.",
                    "Open the address printed at the start, with 127.0.0.1 or localhost.",
                ),
            ),
            HttpError::Filter(filter) => {
                let title = say.one("Ce filtre ne se lit pas", "This filter cannot be read");
                return (title, filter.words(say.0).into());
            }
            HttpError::Plan(faults) => {
                let title = say.one(
                    "Ce scénario ne peut pas être calculé",
                    "This scenario cannot be computed",
                );
                let all: Vec<String> = faults.iter().take(10).map(|fault| fault.words(say)).collect();
                return (title, all.join(" ").into());
            }
            HttpError::Body(what) => {
                let title = say.one("Ce corps n’est pas un scénario", "This body is not a scenario");
                return (title, what.to_string().into());
            }
            HttpError::TooLarge => {
                let title = say.one("Ce corps est trop long", "This body is too long");
                return (title, too_large(say).into());
            }
            HttpError::LongAddress => (
                say.one("Cette adresse est trop longue", "This address is too long"),
                say.one(
                    "Partagez le scénario en plusieurs, ou envoyez-le en JSON à POST /api/scenario.",
                    "Split the scenario into several, or send it as JSON to POST /api/scenario.",
                ),
            ),
            HttpError::NoOrders => (
                say.one("Le lac n’a pas encore de commande", "The lake has no order yet"),
                say.one(
                    "Importez un export avec « chalandise import », ou lancez « chalandise demo ».",
                    "Import an export with “chalandise import”, or run “chalandise demo”.",
                ),
            ),
            HttpError::Deadline => (
                say.one("Le calcul a pris trop de temps", "The computation took too long"),
                say.one(
                    "Resserrez les filtres (une période plus courte, un canal) puis réessayez.",
                    "Narrow the filters (a shorter period, one channel) and try again.",
                ),
            ),
            HttpError::Failed => (
                say.one("Cette page n’a pas pu être calculée", "This page could not be computed"),
                say.one(
                    "Le journal du serveur dit pourquoi ; « chalandise check » vérifie le lac et les requêtes.",
                    "The server’s log says why; “chalandise check” verifies the lake and the queries.",
                ),
            ),
        };
        (title, text.into())
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

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

/// What is too large, and what to do.
fn too_large(say: Say) -> String {
    let megabytes = MOST_BODY_BYTES >> 20;
    match say.0 {
        Language::French => format!(
            "Un scénario a au plus {MOST_CHANGES} changements et {megabytes}\u{a0}Mio de JSON. Partagez-le en plusieurs."
        ),
        Language::English => {
            format!("A scenario has at most {MOST_CHANGES} changes and {megabytes} MiB of JSON. Split it into several.")
        }
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
    let overview = || ("/".to_owned(), say.one("Vue d’ensemble", "Overview").to_owned());
    if !matches!(error, HttpError::Filter(_)) {
        return overview();
    }
    let without = |path: &str| (path.to_owned(), say.one("Sans filtres", "Without filters").to_owned());
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
    let text = match say.0 {
        Language::French => format!("L’adresse se termine par l’une de ces valeurs\u{a0}: {values}."),
        Language::English => format!("The address ends with one of these values: {values}."),
    };
    (say.one("Cette page n’existe pas", "There is no such page"), text)
}
