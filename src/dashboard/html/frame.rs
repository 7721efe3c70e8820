//! What stands round every page: head, header with navigation and preferences, footer with freshness.

use super::{filters, marked, notice};
use crate::day::day_words;
use crate::view::{AssetLinks, PageTheme, View};
use crate::words::Say;
use crate::{Page, Pages};
use chalandise_chart::{Language, Words};
use maud::{DOCTYPE, Markup, html};

/// What a page's frame needs to know; a page without data (an error) has no view.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The pages of the navigation.
    pub pages: &'a Pages,
    /// Style and scripts.
    pub assets: &'a AssetLinks,
    /// The reader's language.
    pub language: Language,
    /// The theme.
    pub theme: PageTheme,
    /// The path asked for.
    pub path: &'a str,
    /// The request, when the page shows data.
    pub view: Option<&'a View<'a>>,
    /// Whether the filters are shown.
    pub filters: bool,
}

impl<'a> Frame<'a> {
    /// The frame of a page with data.
    #[must_use]
    pub fn of(view: &'a View<'a>, filters: bool) -> Frame<'a> {
        Frame {
            pages: view.pages,
            assets: view.assets,
            language: view.language,
            theme: view.theme,
            path: &view.path,
            view: Some(view),
            filters,
        }
    }

    fn say(&self) -> Say {
        Say(self.language)
    }

    fn link(&self, path: &str, with: &[(&str, Option<&str>)]) -> String {
        match self.view {
            Some(view) => view.link(path, with),
            None => {
                let pairs = with.iter().filter_map(|(key, value)| value.map(|value| (*key, value)));
                format!("{path}{}", crate::filters::query_string(pairs))
            }
        }
    }
}

/// A whole document: `title` for the browser's tab, `main` inside the landmark.
#[must_use]
pub fn page_frame(frame: &Frame<'_>, title: &str, main: &Markup) -> Markup {
    let say = frame.say();
    html! {
        (DOCTYPE)
        html lang=(frame.language.code()) data-theme=[(frame.theme != PageTheme::System).then(|| frame.theme.code())] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Chalandise" }
                link rel="stylesheet" href=(frame.assets.style);
                link rel="icon" type="image/svg+xml" href=(frame.assets.icon);
                @for script in &frame.assets.scripts {
                    script type="module" src=(script) {}
                }
            }
            body class=[frame.assets.in_file.then_some("file")] {
                a.skip href="#main" { (say.word("frame-skip")) }
                (header(frame))
                @if let Some(view) = frame.view.filter(|view| frame.filters && !view.takes().filters.is_empty()) { (filters::bar(view)) }
                main id="main" tabindex="-1" {
                    @if let Some(view) = frame.view { (notice::models_follow(view)) (notice::models_are_older(view)) }
                    (main)
                }
                @if let Some(view) = frame.view { (footer(view)) }
            }
        }
    }
}

fn header(frame: &Frame<'_>) -> Markup {
    let say = frame.say();
    html! {
        header.top {
            div.top-in {
                a.brand href=(frame.link("/", &[])) {
                    (logo())
                    span { "Chalandise" }
                }
                nav aria-label=(say.word("frame-pages")) {
                    ul {
                        @for page in frame.pages.all().iter().filter(|page| page.parent.is_none()) {
                            @if let Some(words) = &page.navigation { li { (navigation_link(frame, page, words)) } }
                        }
                        li {
                            a href=(frame.link("/catalog", &[])) aria-current=[(frame.path == "/catalog").then_some("page")] {
                                (say.word("frame-definitions"))
                            }
                        }
                    }
                }
                (preferences(frame))
            }
            (parts(frame))
        }
    }
}

/// The second row of the navigation: a page and those that are a part of it, where they have words for it.
fn parts(frame: &Frame<'_>) -> Markup {
    let Some(root) = frame.view.map(|view| frame.pages.root(view.page)) else {
        return html! {};
    };
    let parts = || {
        frame
            .pages
            .all()
            .iter()
            .filter(|page| page.parent.as_ref() == Some(&root.id))
    };
    let named: Vec<(&Page, &Words)> = parts()
        .filter_map(|page| Some((page, page.navigation.as_ref()?)))
        .collect();
    if named.is_empty() {
        return html! {};
    }
    let first = root
        .part
        .as_ref()
        .or(root.navigation.as_ref())
        .map(|words| (root, words));
    let here = frame.view.map(|view| view.page);
    html! {
        nav.parts aria-label=(root.title.of(frame.language)) {
            ul {
                @for (page, words) in first.into_iter().chain(named) {
                    @let current = here.is_some_and(|here| here.id == page.id || (page.id != root.id && here.parent.as_ref() == Some(&page.id)));
                    li { a href=(frame.link(page.path.as_str(), &[])) aria-current=[current.then_some("page")] { (words.of(frame.language)) } }
                }
            }
        }
    }
}

/// The page itself, its figures and the pages that are a part of it are all at its place.
fn navigation_link(frame: &Frame<'_>, page: &Page, words: &Words) -> Markup {
    let current = match frame.view.map(|view| view.page) {
        Some(here) => frame.pages.root(here).id == page.id,
        None => page.path.as_str() == frame.path,
    };
    html! {
        a href=(frame.link(page.path.as_str(), &[])) aria-current=[current.then_some("page")] { (words.of(frame.language)) }
    }
}

fn preferences(frame: &Frame<'_>) -> Markup {
    let say = frame.say();
    let languages = [("fr", "FR", "Français"), ("en", "EN", "English")];
    let themes = [("light", say.word("frame-light")), ("dark", say.word("frame-dark"))];
    html! {
        div.prefs {
            span.seg role="group" aria-label=(say.word("frame-language")) {
                @for (code, short, name) in languages {
                    a href=(frame.link(frame.path, &[("lang", Some(code))])) lang=(code) hreflang=(code) aria-label=(format!("{short}, {name}"))
                        aria-current=[(frame.language.code() == code).then_some("true")] { (short) }
                }
            }
            span.seg role="group" aria-label=(say.word("frame-theme")) {
                @for (code, name) in themes {
                    a href=(frame.link(frame.path, &[("theme", Some(code))]))
                        aria-current=[(frame.theme.code() == code).then_some("true")] { (name) }
                }
            }
        }
    }
}

/// What the figures stand on: lake version, freshness, currency, and that the retailer is generated when it is.
fn footer(view: &View<'_>) -> Markup {
    let say = view.say();
    let version = view.data.version();
    let written = version.created_at;
    let written_at = say.words_with(
        "frame-written-at",
        &[
            ("day", day_words(written.date_naive(), view.language).into()),
            ("time", written.format("%H:%M").to_string().into()),
        ],
    );
    html! {
        footer.foot {
            @if version.generated {
                p.generated { (say.word("frame-generated")) }
            }
            p {
                (say.labelled(say.word("term-lake-version"), &version.number.to_string()))
                " · " (marked(say, "frame-written", &[], &[("time", html! {
                    time datetime=(written.format("%Y-%m-%dT%H:%M:%SZ")) { (written_at) }
                })]))
                " · " (say.words_with("frame-data-to", &[("day", day_words(view.reach.as_of, view.language).into())]))
                " · " (say.labelled(say.word("term-currency"), view.data.currency()))
                " · " a href=(view.link("/catalog", &[])) { (say.word("frame-definitions")) }
            }
        }
    }
}

/// Three nested cells: a catchment.
fn logo() -> Markup {
    html! {
        svg.logo viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false" {
            path.l1 d="M12 1.5 21.1 6.75v10.5L12 22.5 2.9 17.25V6.75z" {}
            path.l2 d="M12 6.2 17 9.1v5.8l-5 2.9-5-2.9V9.1z" {}
            circle.l3 cx="12" cy="12" r="2" {}
        }
    }
}
