//! All pages, and which of them an address means.

use super::filters::Filter;
use super::page::Page;

/// All pages, in the navigation's order.
#[derive(Debug, Default)]
pub struct Pages {
    pub(super) pages: Vec<Page>,
}

/// A page, and what the path that it was found at states.
#[derive(Debug, Clone, Copy)]
pub struct Place<'p> {
    /// The page.
    pub page: &'p Page,
    /// The value of the filter in its path.
    pub in_path: Option<(&'p Filter, &'p str)>,
}

impl Pages {
    /// The pages, in the navigation's order.
    #[must_use]
    pub fn all(&self) -> &[Page] {
        &self.pages
    }

    /// A page by its name.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// The page that a page is a part of, or a part of a part.
    #[must_use]
    pub fn root<'p>(&'p self, page: &'p Page) -> &'p Page {
        let up = |page: &&'p Page| page.parent.as_ref().and_then(|parent| self.get(parent));
        // A ring of parents ends somewhere too.
        std::iter::successors(Some(page), up)
            .take(self.pages.len().max(1))
            .last()
            .unwrap_or(page)
    }

    /// The page that is served at a path.
    #[must_use]
    pub fn at<'p>(&'p self, path: &'p str) -> Option<Place<'p>> {
        let (page, given) = self.fitting(path)?;
        let Some(filter) = page.path.parameter() else {
            return Some(Place { page, in_path: None });
        };
        // Values of the lake's own are known only where its data are read.
        let value = match filter.values() {
            [] => given,
            values => &values.iter().find(|value| value.value == given)?.value,
        };
        Some(Place {
            page,
            in_path: Some((filter, value)),
        })
    }

    /// The page whose path fits, whatever stands in place of its parameter, with what stands there.
    #[must_use]
    pub fn fitting<'a>(&self, path: &'a str) -> Option<(&Page, &'a str)> {
        // A plain path goes before one with a parameter, as in the router.
        let plain = self.pages.iter().filter(|page| page.path.parameter().is_none());
        plain
            .chain(&self.pages)
            .find_map(|page| Some((page, page.path.fit(path)?)))
    }
}
