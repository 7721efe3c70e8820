//! What all requests share: the newest lake version, the library, the pages, what was answered before.

use super::Options;
use super::ServeError;
use super::assets::Assets;
use axum::http::{HeaderValue, StatusCode};
use bytes::Bytes;
use chalandise_dashboard::Pages;
use chalandise_serving::{Cache, OpenLake, Weigh};
use std::time::Duration;

/// The server's state.
#[derive(Debug)]
pub(super) struct State {
    pub(super) pages: Pages,
    pub(super) assets: Assets,
    pub(super) lake: OpenLake,
    /// Answers as they were rendered, by what they follow from.
    pub(super) rendered: Cache<Rendered>,
    pub(super) deadline: Duration,
}

/// A finished answer's body.
#[derive(Debug, Clone)]
pub(super) struct Rendered {
    /// 200, or what an answer that helps all the same says is wrong with the request.
    pub(super) status: StatusCode,
    pub(super) kind: HeaderValue,
    /// Name for saving; a page has none.
    pub(super) file_name: Option<String>,
    pub(super) body: Bytes,
}

impl Weigh for Rendered {
    fn bytes(&self) -> usize {
        self.body.len()
    }
}

impl State {
    pub(super) async fn open(options: Options) -> Result<State, ServeError> {
        let cache_bytes = options.lake.cache_bytes;
        let lake = OpenLake::open(options.lake).await?;
        Ok(State {
            pages: options.pages,
            assets: Assets::new(),
            lake,
            rendered: Cache::new(cache_bytes),
            deadline: options.deadline,
        })
    }
}
