//! Which answers are packed.

use axum::http::Response;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

/// Shorter answers fit one packet anyway.
const WORTH_IT: u16 = 1_400;

/// Packs texts for clients that take it, on the way out.
pub(super) fn layer() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new()
        .quality(CompressionLevel::Precise(5))
        .compress_when(SizeAbove::new(WORTH_IT).and(Texts))
}

/// Parquet, PNG and fonts are packed already.
#[derive(Clone, Copy, Debug)]
struct Texts;

impl Predicate for Texts {
    fn should_compress<B: axum::body::HttpBody>(&self, response: &Response<B>) -> bool {
        let kind = response.headers().get(axum::http::header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        kind.starts_with("text/") || ["json", "svg", "javascript"].iter().any(|text| kind.contains(text))
    }
}
