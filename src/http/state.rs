//! What all requests share: the newest lake version, the library, the pages, what was answered before.

use super::Options;
use super::ServeError;
use super::assets::Assets;
use super::freshness::Freshness;
use axum::http::{HeaderValue, StatusCode};
use bytes::Bytes;
use chalandise_dashboard::{Cache, Pages, Weigh};
use chalandise_notebook::Notebook;
use std::time::Duration;

/// The server's state.
#[derive(Debug)]
pub(super) struct State {
    pub(super) pages: Pages,
    pub(super) assets: Assets,
    pub(super) freshness: Freshness,
    pub(super) notebook: Notebook,
    /// Answers as they were rendered, by what they follow from.
    pub(super) rendered: Cache<Rendered>,
    pub(super) deadline: Duration,
    pub(super) min_group_size: u32,
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
        let freshness = Freshness::open(
            options.lake,
            options.engine,
            options.queries,
            options.notebook.clone(),
            options.cache_bytes,
        )
        .await?;
        Ok(State {
            pages: options.pages,
            assets: Assets::new(),
            freshness,
            notebook: options.notebook,
            rendered: Cache::new(options.cache_bytes),
            deadline: options.deadline,
            min_group_size: options.min_group_size,
        })
    }
}
