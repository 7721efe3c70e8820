//! One request, read: path, address pairs, preferences. What follows from it, and the lake version, is its ETag.

use super::error::HttpError;
use super::preferences::Preferences;
use super::state::{Rendered, State};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use chalandise_chart::map::View as MapView;
use chalandise_dashboard::{
    self as dashboard, FilterError, Filters, PageFrame, Place, Reach, STATE_KEYS, View, feature,
};
use chalandise_serving::{Data, Version};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

/// The most address pairs that are read: a scenario of hundreds of changes has a pair for each, other pages use fewer than ten.
const MOST_PAIRS: usize = 20_000;

/// A request's parts that answers follow from.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) path: String,
    /// All pairs, in their order.
    pub(super) pairs: Vec<(String, String)>,
    /// The pairs by their key; of one given twice, the last.
    pub(super) query: BTreeMap<String, String>,
    pub(super) preferences: Preferences,
    etags: Option<String>,
}

impl Asked {
    pub(super) fn read(uri: &Uri, headers: &HeaderMap) -> Asked {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .take(MOST_PAIRS)
            .filter(|(key, _)| !is_of_a_mailing(key))
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        let query: BTreeMap<String, String> = pairs.iter().cloned().collect();
        let preferences = Preferences::read(&query, headers);
        let etags = headers
            .get(header::IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        Asked {
            path: uri.path().to_owned(),
            pairs,
            query,
            preferences,
            etags,
        }
    }

    /// The address pairs that pages carry on: the map's state, and language and theme where the address states them.
    fn state(&self) -> BTreeMap<String, String> {
        let carried = |key: &str| {
            STATE_KEYS.contains(&key)
                || (key == "lang" && self.preferences.language_given)
                || (key == "theme" && self.preferences.theme_given)
        };
        self.query
            .iter()
            .filter(|(key, _)| carried(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// The filters as the address states them, in its path or behind it.
    fn filters(&self, place: Place<'_>, reach: &Reach) -> Result<Filters, FilterError> {
        let mut query = Cow::Borrowed(&self.query);
        if let Some(feature) = feature::of(place.page) {
            query.to_mut().retain(|key, _| !feature.is_key(key));
        }
        if let Some((filter, value)) = place.in_path
            && query.to_mut().insert(filter.name.clone(), value.to_owned()).is_some()
        {
            return Err(FilterError::InPath(filter.clone()));
        }
        Filters::read(&query, reach, &place.page.takes())
    }

    /// The request with data and pages behind it.
    pub(super) fn view<'a>(
        &self,
        state: &'a State,
        place: Place<'a>,
        data: &'a Data,
        reach: &'a Reach,
    ) -> Result<View<'a>, FilterError> {
        let map_view = self.query.get("view").filter(|text| !text.is_empty());
        if map_view.is_some_and(|text| text.parse::<MapView>().is_err()) {
            return Err(FilterError::MapView);
        }
        Ok(View {
            pages: &state.pages,
            page: place.page,
            data,
            reach,
            filters: self.filters(place, reach)?,
            language: self.preferences.language,
            theme: self.preferences.theme,
            path: self.path.clone(),
            state: self.state(),
            supposed: Vec::new(),
            assets: state.assets.links(),
            chosen: BTreeMap::new(),
        })
    }

    /// The same path with other pairs.
    pub(super) fn address(&self, pairs: &[(String, String)]) -> String {
        let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        format!("{}{}", self.path, dashboard::query_string(pairs))
    }

    /// What the feature of a page reads it from.
    pub(super) fn of_feature<'a>(&'a self, state: &'a State, version: &'a Version) -> dashboard::Asked<'a> {
        dashboard::Asked {
            version,
            notebook: state.lake.notebook(),
            path: &self.path,
            pairs: &self.pairs,
        }
    }

    /// The frame of a page without data.
    pub(super) fn frame<'a>(&'a self, state: &'a State) -> PageFrame<'a> {
        PageFrame {
            pages: &state.pages,
            assets: state.assets.links(),
            language: self.preferences.language,
            theme: self.preferences.theme,
            path: &self.path,
            view: None,
            filters: false,
        }
    }

    /// Everything that an answer follows from, as text.
    fn key(&self, state: &State, data: &Data) -> String {
        let mut key = format!(
            "{}\u{1}{}\u{1}{}\u{1}{}\u{1}{}\u{1}{}",
            state.assets.build(),
            data.version().number,
            data.reader().key(),
            self.path,
            self.preferences.language.code(),
            self.preferences.theme.code()
        );
        for (name, value) in &self.pairs {
            key.push_str(&format!("\u{1}{name}\u{2}{value}"));
        }
        key
    }

    /// Answers with what was just rendered, which nobody may keep: it follows from more than the address and the lake version.
    pub(super) fn fresh(&self, rendered: &Rendered) -> Response {
        let mut response = into_response(rendered);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        for cookie in self.preferences.cookies() {
            headers.append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// Answers with what was rendered before, or with what `make` renders; 304 when the client has it already.
    pub(super) async fn answer(
        &self,
        state: &State,
        data: &Data,
        make: impl Future<Output = Result<Rendered, HttpError>>,
    ) -> Result<Response, HttpError> {
        let key = self.key(state, data);
        let etag = format!("\"{}\"", &blake3::hash(key.as_bytes()).to_hex()[..24]);
        let mut response = if self.has(&etag) {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            let rendered: Arc<Rendered> = state.rendered.get(&key, make).await?;
            into_response(&rendered)
        };
        let wrong = response.status().is_client_error();
        let headers = response.headers_mut();
        if !wrong {
            headers.extend(HeaderValue::from_str(&etag).map(|etag| (header::ETAG, etag)));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        headers.append(header::VARY, HeaderValue::from_static("cookie, accept-language"));
        for cookie in self.preferences.cookies() {
            headers.append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }

    fn has(&self, etag: &str) -> bool {
        self.etags.as_ref().is_some_and(|known| {
            known
                .split(',')
                .map(|one| one.trim().trim_start_matches("W/"))
                .any(|one| one == etag || one == "*")
        })
    }
}

fn into_response(rendered: &Rendered) -> Response {
    let mut response = (rendered.status, rendered.body.clone()).into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, rendered.kind.clone());
    if let Some(name) = &rendered.file_name {
        let disposition = format!("inline; filename=\"{name}\"");
        response
            .headers_mut()
            .extend(HeaderValue::from_str(&disposition).map(|value| (header::CONTENT_DISPOSITION, value)));
    }
    response
}

/// Whether a mail tool, an advertisement or a social network has added the key to a link of ours: it says who sent the reader, and nothing
/// about the page.
fn is_of_a_mailing(key: &str) -> bool {
    const ADDED: [&str; 16] = [
        "fbclid",
        "gclid",
        "gclsrc",
        "gbraid",
        "wbraid",
        "dclid",
        "msclkid",
        "twclid",
        "ttclid",
        "li_fat_id",
        "igshid",
        "yclid",
        "mc_cid",
        "mc_eid",
        "_hsenc",
        "_hsmi",
    ];
    key.starts_with("utm_") || ADDED.contains(&key)
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Asked, Infallible> {
        Ok(Asked::read(&parts.uri, &parts.headers))
    }
}
