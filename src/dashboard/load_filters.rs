//! The path of a page file, the filters that it offers, and whether its queries take them.

use super::filters::Filter;
use super::map_figure::PLACE;
use super::page::{FigureMap, Page};
use super::path::PagePath;
use super::reader::{Section, nearest};
use chalandise_query::{Library, Query};
use std::collections::BTreeSet;

/// Parameters that every page gives its queries.
const ALWAYS: [&str; 2] = ["as_of", "min_group_size"];

/// `path = "/customers/{segment}"`.
pub(super) fn path(root: &Section<'_, '_>) -> Option<PagePath> {
    match PagePath::parse(&root.required_text("path")?) {
        Ok(path) => Some(path),
        Err((what, remedy)) => {
            root.fault("path", what, remedy);
            None
        }
    }
}

/// `filters = ["sales_channel", "cohort"]`: the usual ones when the key is absent.
pub(super) fn filters(root: &Section<'_, '_>, in_path: Option<Filter>) -> Vec<Filter> {
    let names = root.texts("filters");
    if !root.has("filters") {
        return Filter::USUAL.to_vec();
    }
    let mut filters = Vec::new();
    for name in &names {
        match Filter::parse(name) {
            Some(filter) if in_path == Some(filter) => {
                root.fault("filters", format!("the path states {name:?} already"), "leave it out");
            }
            Some(filter) if filters.contains(&filter) => {
                root.fault("filters", format!("{name:?} stands there twice"), "leave one out");
            }
            Some(filter) => filters.push(filter),
            None => {
                let known = || Filter::ALL.into_iter().map(Filter::name);
                let remedy = match nearest(name, known()) {
                    Some(meant) => format!("did you mean {meant:?}?"),
                    None => format!("filters: {}", known().collect::<Vec<_>>().join(", ")),
                };
                root.fault("filters", format!("there is no filter {name:?}"), remedy);
            }
        }
    }
    filters
}

/// A filter that no query takes would change nothing; a parameter that nothing gives would fail on every request.
pub(super) fn check_parameters(root: &Section<'_, '_>, page: &Page, library: &Library) {
    let queries: Vec<(&Query, Vec<&str>)> = queries(page)
        .into_iter()
        .filter_map(|(name, own)| Some((library.get(name)?, own)))
        .collect();
    let takes = page.takes();
    if root.has("filters") || takes.in_path.is_some() {
        for filter in Filter::ALL.into_iter().filter(|filter| takes.has(*filter)) {
            let names = filter.parameters();
            let taken = |(query, _): &(&Query, _)| names.iter().any(|name| query.param(name).is_some());
            if !queries.iter().any(taken) {
                root.fault(
                    "filters",
                    format!("no query of the page takes the filter {:?}", filter.name()),
                    format!("declare the parameter {}, or leave the filter out", names.join(" and ")),
                );
            }
        }
    }
    let given: BTreeSet<&str> = Filter::ALL
        .into_iter()
        .filter(|filter| takes.has(*filter))
        .flat_map(Filter::parameters)
        .copied()
        .chain(ALWAYS)
        .collect();
    for (query, own) in &queries {
        for param in query.params.iter().filter(|param| param.default.is_none()) {
            let name = param.name.as_str();
            if !given.contains(name) && !own.contains(&name) && page.map.is_none() {
                root.fault(
                    "filters",
                    format!(
                        "the query {:?} needs {name:?}, which the page does not give",
                        query.name
                    ),
                    "add the filter that gives it, or a default to the parameter",
                );
            }
        }
    }
}

/// The queries that the page's filters reach, each with the parameters that its figure fixes.
fn queries(page: &Page) -> Vec<(&str, Vec<&str>)> {
    let mut queries = vec![(page.finding.query.as_str(), Vec::new())];
    let places = page.candidates.iter().chain(&page.closable);
    queries.extend(places.map(|query| (query.as_str(), Vec::new())));
    queries.extend(page.caveats.iter().map(|caveat| (caveat.query.as_str(), Vec::new())));
    if let Some(block) = &page.indicators {
        queries.push((&block.query, Vec::new()));
        queries.extend(block.trend.iter().map(|trend| (trend.as_str(), Vec::new())));
    }
    let outlines = page
        .outlines
        .iter()
        .flat_map(|outlines| [&outlines.rows, &outlines.cells]);
    queries.extend(outlines.map(|query| (query.as_str(), Vec::new())));
    for figure in &page.figures {
        let mut own: Vec<&str> = figure.parameters.keys().map(String::as_str).collect();
        if figure.map.is_some() {
            own.extend(PLACE);
        }
        let maps = figure.map.iter().flat_map(FigureMap::queries);
        let named = figure.data.values().chain([&figure.query]).chain(maps);
        queries.extend(named.map(|query| (query.as_str(), own.clone())));
        queries.push((&figure.finding.query, Vec::new()));
    }
    if let Some(map) = &page.map {
        queries.push((&map.cells, Vec::new()));
        let own = map.layers.iter().filter_map(|layer| layer.query.as_deref());
        queries.extend(own.map(|query| (query, Vec::new())));
    }
    queries
}
