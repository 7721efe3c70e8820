//! Language and theme: from the address, else the cookie, else (language) what the browser prefers.

use axum::http::{HeaderMap, HeaderValue, header};
use chalandise_chart::Language;
use chalandise_dashboard::PageTheme;
use std::collections::BTreeMap;
use std::str::FromStr;

/// What one request prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Preferences {
    pub(super) language: Language,
    pub(super) theme: PageTheme,
    /// The address itself states the language.
    pub(super) language_given: bool,
    /// The address itself states the theme.
    pub(super) theme_given: bool,
}

/// A year: a preference outlives a session.
const REMEMBER_SECONDS: u32 = 31_536_000;

impl Preferences {
    pub(super) fn read(query: &BTreeMap<String, String>, headers: &HeaderMap) -> Preferences {
        let language = query.get("lang").and_then(|text| Language::from_str(text).ok());
        let theme = query.get("theme").and_then(|text| PageTheme::parse(text));
        Preferences {
            language: language
                .or_else(|| cookie(headers, "lang").and_then(|text| Language::from_str(text).ok()))
                .unwrap_or_else(|| accepted(headers)),
            theme: theme
                .or_else(|| cookie(headers, "theme").and_then(PageTheme::parse))
                .unwrap_or(PageTheme::System),
            language_given: language.is_some(),
            theme_given: theme.is_some(),
        }
    }

    /// The cookies that remember what the address stated.
    pub(super) fn cookies(&self) -> Vec<HeaderValue> {
        let mut cookies = Vec::new();
        let mut remember = |name: &str, value: &str| {
            let text = format!("{name}={value}; Path=/; Max-Age={REMEMBER_SECONDS}; SameSite=Lax; HttpOnly");
            cookies.extend(HeaderValue::from_str(&text));
        };
        if self.language_given {
            remember("lang", self.language.code());
        }
        if self.theme_given {
            remember("theme", self.theme.code());
        }
        cookies
    }
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// The first of our languages by the browser's weights; French when it names neither.
fn accepted(headers: &HeaderMap) -> Language {
    let listed = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut best: Option<(f32, Language)> = None;
    for choice in listed.split(',') {
        let mut parts = choice.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .and_then(|q| q.parse().ok())
            .unwrap_or(1.0);
        let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
        if let Ok(language) = Language::from_str(&primary)
            && best.is_none_or(|(known, _)| weight > known)
        {
            best = Some((weight, language));
        }
    }
    best.map_or(Language::French, |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)], headers: &[(header::HeaderName, &str)]) -> Preferences {
        let query = query
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let headers = headers
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()))
            .collect();
        Preferences::read(&query, &headers)
    }

    #[test]
    fn the_address_beats_the_cookie_and_the_cookie_beats_the_browser() {
        let english = (header::ACCEPT_LANGUAGE, "de, en-GB;q=0.8, fr;q=0.3");
        assert_eq!(read(&[], std::slice::from_ref(&english)).language, Language::English);
        assert_eq!(
            read(&[], &[english.clone(), (header::COOKIE, "theme=dark; lang=fr")]).language,
            Language::French
        );
        assert_eq!(
            read(&[("lang", "en")], &[(header::COOKIE, "lang=fr")]).language,
            Language::English
        );
        assert_eq!(read(&[("lang", "xx")], &[]).language, Language::French);
        assert_eq!(read(&[], &[(header::COOKIE, "theme=dark")]).theme, PageTheme::Dark);
    }

    #[test]
    fn what_the_address_states_is_remembered() {
        let cookies = read(&[("theme", "light")], &[]).cookies();
        assert_eq!(cookies.len(), 1);
        assert!(cookies[0].to_str().unwrap().starts_with("theme=light; Path=/;"));
    }
}
