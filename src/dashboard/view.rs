//! Everything one answer depends on: page files, data, filters, language, theme. Rendering reads it and nothing else.

use super::data::{Data, Parameters};
use super::filters::{Filters, Reach, query_string};
use super::load::Pages;
use super::template::{Speech, WordLists};
use super::words::Say;
use chalandise_chart::{Language, Theme};
use std::collections::BTreeMap;

/// The theme of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageTheme {
    /// What the reader's system prefers.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl PageTheme {
    /// Reads `light` or `dark`.
    #[must_use]
    pub fn parse(text: &str) -> Option<PageTheme> {
        match text {
            "light" => Some(PageTheme::Light),
            "dark" => Some(PageTheme::Dark),
            _ => None,
        }
    }

    /// As an address writes it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            PageTheme::System => "system",
            PageTheme::Light => "light",
            PageTheme::Dark => "dark",
        }
    }

    /// The chart theme of a file: what the reader sees, light when only the system knows.
    #[must_use]
    pub fn of_file(self) -> Theme {
        if self == PageTheme::Dark {
            Theme::Dark
        } else {
            Theme::Light
        }
    }
}

/// Where a page finds its style, scripts and icon.
#[derive(Debug, Clone, Default)]
pub struct AssetLinks {
    /// Address of the style sheet.
    pub style: String,
    /// Addresses of the script modules.
    pub scripts: Vec<String>,
    /// Address of the icon.
    pub icon: String,
    /// Address of the base map's drawing; empty when the page carries it.
    pub base_map: String,
    /// Whether the page is to stand alone in a file: style and icon are `data:` addresses, and nothing asks the server.
    pub in_file: bool,
}

/// One request, understood.
#[derive(Debug, Clone)]
pub struct View<'a> {
    /// All pages.
    pub pages: &'a Pages,
    /// The lake version read.
    pub data: &'a Data,
    /// The data's reach.
    pub reach: &'a Reach,
    /// The filters.
    pub filters: Filters,
    /// The reader's language.
    pub language: Language,
    /// The theme.
    pub theme: PageTheme,
    /// The path asked for: `/network`.
    pub path: String,
    /// Address pairs that are no filters: layer, place, cell, and `lang` and `theme` when the address states them.
    pub state: BTreeMap<String, String>,
    /// Style and scripts.
    pub assets: &'a AssetLinks,
    /// A cell or group of fewer customers carries no figure.
    pub min_group_size: u32,
    /// Parameters beside the filters that the page itself chose, such as the map's resolution.
    pub chosen: Parameters,
}

/// The address pairs beside the filters that a page may carry.
pub const STATE_KEYS: [&str; 3] = ["layer", "view", "cell"];

impl<'a> View<'a> {
    /// The same request with a parameter that the page chose.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> View<'a> {
        let mut view = self.clone();
        view.chosen.insert(name.to_owned(), value.to_owned());
        view
    }

    /// Chooses a wording.
    #[must_use]
    pub fn say(&self) -> Say {
        Say(self.language)
    }

    /// How values are said on this page.
    #[must_use]
    pub fn speech<'s>(&'s self, lists: &'s WordLists) -> Speech<'s> {
        Speech {
            language: self.language,
            currency: self.data.currency(),
            lists,
        }
    }

    /// The parameters that the filters give every query.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        let mut parameters = self.filters.parameters(self.reach);
        parameters.insert("min_group_size".to_owned(), self.min_group_size.to_string());
        parameters.extend(self.chosen.clone());
        parameters
    }

    /// The address of a path with the same filters; `with` adds, replaces or (with `None`) removes other state.
    #[must_use]
    pub fn link(&self, path: &str, with: &[(&str, Option<&str>)]) -> String {
        let mut pairs: Vec<(String, String)> = self
            .filters
            .pairs()
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        if path == self.path || path.starts_with("/f/") {
            pairs.extend(self.state.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        for (key, value) in with {
            pairs.retain(|(known, _)| known != key);
            if let Some(value) = value {
                pairs.push(((*key).to_owned(), (*value).to_owned()));
            }
        }
        format!(
            "{path}{}",
            query_string(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())))
        )
    }

    /// The address of a figure's file: it states the language, so that it gives whoever opens it the same.
    #[must_use]
    pub fn file_link(&self, page: &str, figure: &str, extension: &str) -> String {
        let path = format!("/f/{page}/{figure}.{extension}");
        self.link(&path, &[("lang", Some(self.language.code())), ("theme", None)])
    }
}
