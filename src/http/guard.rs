//! Who may ask: this machine, under its own name. A page of another site that points its name at 127.0.0.1 may not.

use super::error::HttpError;
use axum::extract::Request;
use axum::http::header::HOST;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Scripts, styles, fonts and pictures come from this server only; no frame, no plug-in, forms stay here.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The longest address that is answered, in bytes. The server library itself ends at 65,534 without a word.
pub(super) const MOST_ADDRESS_BYTES: usize = 60_000;

/// Refuses addresses that are too long, with what to do instead.
pub(super) async fn address(request: Request, next: Next) -> Response {
    let length = request
        .uri()
        .path_and_query()
        .map_or(0, |address| address.as_str().len());
    if length > MOST_ADDRESS_BYTES {
        return HttpError::LongAddress.into_response();
    }
    next.run(request).await
}

/// Refuses requests that do not name a loopback host.
pub(super) async fn host(request: Request, next: Next) -> Response {
    if names_loopback(request.headers()) {
        next.run(request).await
    } else {
        HttpError::Host.into_response()
    }
}

fn names_loopback(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(host) = host.to_str() else { return false };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !port.is_empty() => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

/// Adds the headers that every answer carries.
pub(super) async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let fixed: [(HeaderName, &'static str); 5] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(host: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_str(host).unwrap());
        names_loopback(&headers)
    }

    #[test]
    fn only_loopback_names_are_answered() {
        for good in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:80",
            "127.8.8.8",
            "[::1]:8080",
            "[::1]",
            "LOCALHOST:1",
        ] {
            assert!(asked(good), "{good}");
        }
        for bad in [
            "example.org",
            "127.0.0.1.example.org",
            "localhost.example.org:80",
            "10.0.0.1",
            "",
            ":80",
        ] {
            assert!(!asked(bad), "{bad}");
        }
        assert!(!names_loopback(&HeaderMap::new()));
    }
}
