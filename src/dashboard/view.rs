//! Everything one answer depends on: page files, data, filters, language, theme. Rendering reads it and nothing else.

use super::dated::Dated;
use super::filters::{Filter, Filters, Reach, Takes, query_string};
use super::page::Page;
use super::pages::Pages;
use super::template::{Speech, WordLists};
use super::words::Say;
use chalandise_chart::{Language, Theme};
use chalandise_serving::{Data, Parameters};
use chrono::NaiveDate;
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
    /// The page asked for, or the page of the figure asked for.
    pub page: &'a Page,
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
    /// What the address supposes, as pairs in their order; links to the page and to its figures carry it on.
    pub supposed: Vec<(String, String)>,
    /// Style and scripts.
    pub assets: &'a AssetLinks,
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

    /// A cell or group of fewer customers carries no figure.
    #[must_use]
    pub fn min_group_size(&self) -> u32 {
        self.data.reader().min_group_size()
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

    /// What the page takes from its address.
    #[must_use]
    pub fn takes(&self) -> Takes<'a> {
        self.page.takes()
    }

    /// The filters as a person reads them: "12 mois à fin oct. 2026 · tous canaux · toutes régions".
    #[must_use]
    pub fn words(&self) -> String {
        self.filters
            .words(self.reach, self.as_of(), &self.takes(), self.language)
    }

    /// The days of the page in words, or the day that it stands on.
    #[must_use]
    pub fn days(&self) -> String {
        let as_of = self.older().map_or(self.reach.as_of, |dated| dated.as_of);
        self.filters.span_words(self.reach, as_of, &self.takes(), self.language)
    }

    /// The day that the page's figures are of: of its models, where they are older than the orders.
    fn as_of(&self) -> NaiveDate {
        self.older().map_or(self.reach.as_of, |dated| dated.as_of)
    }

    /// Of which day and lake version figures are that read these tables.
    #[must_use]
    pub fn dated(&self, needs: &[String]) -> Dated {
        let (version, as_of) = (self.data.version(), self.reach.as_of);
        Dated::older(version, as_of, needs).unwrap_or(Dated {
            as_of,
            lake_version: version.number,
        })
    }

    /// The day and the lake version of the page's models, where something that they read has changed since.
    #[must_use]
    pub fn older(&self) -> Option<Dated> {
        let of_figures = self.page.figures.iter().flat_map(|figure| &figure.needs);
        let needs = self.page.needs.iter().chain(of_figures);
        Dated::older(self.data.version(), self.reach.as_of, needs)
    }

    /// What the page is called: its title, and the value in its path.
    #[must_use]
    pub fn name(&self) -> String {
        let title = self.page.title.of(self.language);
        match self.path_value() {
            Some((filter, value)) => self
                .say()
                .labelled(title, &self.reach.value_name(filter, &value, self.language)),
            None => title.to_owned(),
        }
    }

    /// The filter in the page's path and its value.
    #[must_use]
    pub fn path_value(&self) -> Option<(&'a Filter, String)> {
        let filter = self.page.path.parameter()?;
        Some((filter, self.filters.get(&filter.name)?.to_owned()))
    }

    /// The parameters that the filters give every query.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        let mut parameters = self.filters.parameters(self.reach, &self.takes());
        parameters.insert("min_group_size".to_owned(), self.min_group_size().to_string());
        parameters.extend(self.chosen.clone());
        parameters
    }

    /// The address of a path with the same filters, as far as the page there takes them; `with` adds, replaces or (with
    /// `None`) removes other state.
    #[must_use]
    pub fn link(&self, path: &str, with: &[(&str, Option<&str>)]) -> String {
        let mut pairs = self.carried(path);
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

    /// The address pairs that a link to a path carries on.
    fn carried(&self, path: &str) -> Vec<(String, String)> {
        let is_figure = |path: &str| path.starts_with("/f/");
        let to = if path.is_empty() { self.path.as_str() } else { path };
        let page = match to.strip_prefix("/f/").and_then(|rest| rest.split('/').next()) {
            Some(id) => self.pages.get(id),
            None => self.pages.fitting(to).map(|(page, _)| page),
        };
        let carries = |filter: &Filter| {
            page.is_some_and(|page| {
                let takes = page.takes();
                takes.has(filter) && (is_figure(to) || takes.in_path != Some(filter))
            })
        };
        let takes = self.takes();
        let filters = self
            .filters
            .pairs(&takes)
            .into_iter()
            .filter(|(filter, _)| carries(filter));
        let mut pairs: Vec<(String, String)> = filters.map(|(filter, value)| (filter.name.clone(), value)).collect();
        if path == self.path || is_figure(path) {
            pairs.extend(self.state.iter().map(|(key, value)| (key.clone(), value.clone())));
            pairs.extend(self.supposed.iter().cloned());
        }
        pairs
    }

    /// The address that a chart's link means on this page: `?…` leads to the page itself, and every link carries on the
    /// filters that the page there takes and that it does not state itself. Placeholders stay as they are.
    #[must_use]
    pub fn follow(&self, href: &str) -> String {
        let (rest, fragment) = href.split_at(href.find('#').unwrap_or(href.len()));
        let (path, stated) = rest.split_once('?').unwrap_or((rest, ""));
        let own = self.page.address(&self.filters);
        let path = if path.is_empty() { &own } else { path };
        let states = |key: &str| {
            let mut names = stated.split('&').map(|pair| pair.split('=').next());
            names.any(|name| name == Some(key))
        };
        let pairs = self.carried(path);
        let kept = pairs.iter().filter(|(key, _)| !states(key));
        let kept = query_string(kept.map(|(key, value)| (key.as_str(), value.as_str())));
        match (kept.as_str(), stated) {
            (_, "") => format!("{path}{kept}{fragment}"),
            ("", _) => format!("{path}?{stated}{fragment}"),
            _ => format!("{path}{kept}&{stated}{fragment}"),
        }
    }

    /// The address of a figure's file: it states the language, so that it gives whoever opens it the same.
    #[must_use]
    pub fn file_link(&self, page: &str, figure: &str, extension: &str) -> String {
        let path = format!("/f/{page}/{figure}.{extension}");
        self.link(&path, &[("lang", Some(self.language.code())), ("theme", None)])
    }
}
