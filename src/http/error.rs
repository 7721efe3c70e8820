//! The only place where an error becomes HTTP.
//!
//! Handlers return an [`HttpError`]; it travels as a bare status with the error attached, and `error_page` turns it
//! into a page in the reader's language. What the engine says goes to the log and never into a page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chalandise_dashboard::feature::scenario::Fault;
use chalandise_dashboard::{FeatureError, FigureError, FilterError, PageError, Say, log_failure};
use chalandise_notebook::scenario::MOST_CHANGES;
use chalandise_serving::DataError;
use std::borrow::Cow;
use std::sync::Arc;

/// The longest body that is read: many times a scenario of the most changes.
pub(super) const MOST_BODY_BYTES: usize = 2 << 20;

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
    pub(super) fn status(&self) -> StatusCode {
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
    pub(super) fn words(&self, say: Say) -> (&'static str, Cow<'static, str>) {
        let (title, text) = match self {
            HttpError::NotFound => (say.word("error-not-found"), say.word("error-not-found-do")),
            HttpError::Method => (say.word("error-read-only"), say.word("error-read-only-do")),
            HttpError::Host => (say.word("error-host"), say.word("error-host-do")),
            HttpError::Filter(filter) => {
                let title = say.word("error-filter");
                return (title, filter.words(say.0).into());
            }
            HttpError::Plan(faults) => {
                let title = say.word("error-plan");
                let all: Vec<String> = faults.iter().take(10).map(|fault| fault.words(say)).collect();
                return (title, all.join(" ").into());
            }
            HttpError::Body(what) => {
                let title = say.word("error-body");
                return (title, what.to_string().into());
            }
            HttpError::TooLarge => {
                let title = say.word("error-too-large");
                return (title, too_large(say).into());
            }
            HttpError::LongAddress => (say.word("error-long-address"), say.word("error-long-address-do")),
            HttpError::NoOrders => (say.word("error-no-orders"), say.word("error-no-orders-do")),
            HttpError::Deadline => (say.word("error-deadline"), say.word("error-deadline-do")),
            HttpError::Failed => (say.word("error-failed"), say.word("error-failed-do")),
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

/// What is too large, and what to do.
fn too_large(say: Say) -> String {
    let megabytes = MOST_BODY_BYTES >> 20;
    say.words_with(
        "error-too-large-do",
        &[
            ("changes", MOST_CHANGES.to_string().into()),
            ("megabytes", megabytes.to_string().into()),
        ],
    )
}
