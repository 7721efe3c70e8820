//! The path of a page file, the filters that it offers, and whether its queries take them.

use super::filters::{Filter, FilterList};
use super::load_parts::read_words;
use super::map_rows::PLACE;
use super::page::{FigureMap, Page};
use super::path::PagePath;
use chalandise_faults::Section;
use chalandise_locale::Words;
use chalandise_query::{Library, Query};
use std::collections::{BTreeMap, BTreeSet};

/// Parameters that every page gives its queries.
const ALWAYS: [&str; 2] = ["as_of", "min_group_size"];

/// `path = "/customers/{segment}"`.
pub(super) fn path(root: &Section<'_, '_>, known: &FilterList) -> Option<PagePath> {
    match PagePath::parse(&root.required_text("path")?, known) {
        Ok(path) => Some(path),
        Err((what, remedy)) => {
            root.fault("path", what, remedy);
            None
        }
    }
}

/// `filters = ["sales_channel", "cohort"]`: the usual ones when the key is absent.
pub(super) fn filters(root: &Section<'_, '_>, in_path: Option<&Filter>, known: &FilterList) -> Vec<Filter> {
    let mut filters = known.named(root, "filters");
    if !root.has("filters") {
        return known.usual().to_vec();
    }
    filters.retain(|filter| {
        let is_stated = in_path == Some(filter);
        if is_stated {
            let what = format!("the path states {:?} already", filter.name);
            root.fault("filters", what, "leave it out");
        }
        !is_stated
    });
    filters
}

/// `[filter_labels]` with `region = { fr = "…", en = "…" }`: what filters are called on this page.
pub(super) fn filter_labels(root: &Section<'_, '_>, known: &FilterList) -> BTreeMap<String, Words> {
    let Some(section) = root.section("filter_labels") else {
        return BTreeMap::new();
    };
    let mut labels = BTreeMap::new();
    for (name, label) in section.free_tables() {
        if known.get(&name).is_none() {
            root.fault(
                "filter_labels",
                format!("there is no filter {name:?}"),
                "name one of the page's filters",
            );
        }
        labels.extend(read_words(label).map(|words| (name, words)));
    }
    labels
}

/// A filter that no query takes would change nothing; a parameter that nothing gives would fail on every request.
pub(super) fn check_parameters(root: &Section<'_, '_>, page: &Page, library: &Library) {
    let queries: Vec<(&Query, Vec<&str>)> = queries(page)
        .into_iter()
        .filter_map(|(name, own)| Some((library.get(name)?, own)))
        .collect();
    let takes = page.takes();
    if root.has("filters") || takes.in_path.is_some() {
        for filter in takes.all() {
            let names = &filter.parameters;
            let taken = |(query, _): &(&Query, _)| names.iter().any(|name| query.param(name).is_some());
            if !queries.iter().any(taken) {
                root.fault(
                    "filters",
                    format!("no query of the page takes the filter {:?}", filter.name),
                    format!("declare the parameter {}, or leave the filter out", names.join(" and ")),
                );
            }
        }
    }
    let given: BTreeSet<&str> = takes
        .all()
        .flat_map(|filter| filter.parameters.iter().map(String::as_str))
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
    let of_feature = page.feature.iter().flat_map(|feature| feature.queries.values());
    queries.extend(of_feature.map(|query| (query.as_str(), Vec::new())));
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
