//! The list of filters: `queries/filters.toml`, read with all its faults.

use super::filter::{Filter, FilterSpec, Kind, Value};
use crate::load_parts::{read_words, required_words};
use chalandise_faults::{Document, Faults, Section, did_you_mean};
use chalandise_query::Library;
use std::path::Path;
use std::sync::Arc;

/// The file, in the folder of queries.
pub const FILTERS_FILE: &str = "filters.toml";
/// The kinds, as the file calls them.
const KINDS: [&str; 6] = ["period", "list", "query", "number", "month", "day"];

/// All filters that pages may take. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct FilterList {
    all: Arc<Vec<Filter>>,
    usual: Arc<Vec<Filter>>,
}

impl FilterList {
    /// Reads the file in the folder of queries and holds it against the library.
    ///
    /// # Errors
    /// [`Faults`] lists everything that is wrong in it.
    pub fn load(dir: &Path, library: &Library) -> Result<FilterList, Faults> {
        let text = std::fs::read_to_string(dir.join(FILTERS_FILE));
        let document = Document::new(FILTERS_FILE, text.as_deref().unwrap_or_default());
        if text.is_err() {
            document.fault(
                0,
                "the list of filters cannot be read",
                "put back the file that comes with the program",
            );
        }
        let root = document.root();
        let list = read(Section::root(&document, &root, "the list"), library);
        let faults = document.finish();
        if faults.is_empty() { Ok(list) } else { Err(faults) }
    }

    /// The filters, in the order of addresses and forms.
    #[must_use]
    pub fn all(&self) -> &[Filter] {
        &self.all
    }

    /// Those of a page whose file names none.
    #[must_use]
    pub fn usual(&self) -> &[Filter] {
        &self.usual
    }

    /// The filter of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Filter> {
        self.all.iter().find(|filter| filter.name == name)
    }

    /// The filters that a page file names under a key, each once.
    pub(crate) fn named(&self, section: &Section<'_, '_>, key: &'static str) -> Vec<Filter> {
        let mut filters: Vec<Filter> = Vec::new();
        for name in &section.texts(key) {
            match self.get(name) {
                Some(filter) if filters.contains(filter) => {
                    section.fault(key, format!("{name:?} stands there twice"), "leave one out");
                }
                Some(filter) => filters.push(filter.clone()),
                None => {
                    let known = || self.all.iter().map(|filter| filter.name.as_str());
                    let remedy = did_you_mean(name, known(), || {
                        format!("filters: {}", known().collect::<Vec<_>>().join(", "))
                    });
                    section.fault(key, format!("there is no filter {name:?}"), remedy);
                }
            }
        }
        filters
    }
}

fn read(section: Section<'_, '_>, library: &Library) -> FilterList {
    let mut all: Vec<Filter> = Vec::new();
    for entry in section.sections("filter") {
        if let Some(filter) = filter(entry, all.len(), library) {
            if all.contains(&filter) {
                section.fault(
                    "filter",
                    format!("two filters are called {:?}", filter.name),
                    "give each its own name",
                );
            }
            all.push(filter);
        }
    }
    let mut list = FilterList {
        all: Arc::new(all),
        usual: Arc::default(),
    };
    list.usual = Arc::new(list.named(&section, "usual"));
    section.close();
    list
}

fn filter(mut section: Section<'_, '_>, place: usize, library: &Library) -> Option<Filter> {
    let name = section.required_text("name");
    if let Some(name) = &name {
        section.rename(format!("filter {name:?}"));
    }
    let kind = kind(&section, library);
    let parameters = section.texts("parameters");
    let parameters = match (parameters.is_empty(), &name) {
        (true, Some(name)) => vec![name.clone()],
        _ => parameters,
    };
    let wanted = if kind == Some(Kind::Period) { 2 } else { 1 };
    if parameters.len() != wanted {
        section.fault(
            "parameters",
            format!("a filter of this kind gives {wanted} parameters of queries"),
            "write so many names",
        );
    }
    let (label, all) = (required_words(&section, "label"), required_words(&section, "all"));
    let [unset, line, unknown] = ["unset", "line", "unknown"].map(|key| section.section(key).and_then(read_words));
    let lower = section.flag("lower").unwrap_or(false);
    section.close();
    Some(Filter::new(FilterSpec {
        place,
        name: name?,
        parameters,
        kind: kind?,
        label: label?,
        all: all?,
        unset,
        line,
        lower,
        unknown,
    }))
}

fn kind(section: &Section<'_, '_>, library: &Library) -> Option<Kind> {
    let kind = section.required_text("kind")?;
    match kind.as_str() {
        "period" => Some(Kind::Period),
        "month" => Some(Kind::Month),
        "day" => Some(Kind::Day),
        "list" => {
            let values: Vec<Value> = section.sections("values").into_iter().filter_map(value).collect();
            if values.is_empty() {
                section.fault(
                    "values",
                    "a list without values",
                    "add values = [{ value = \"…\", fr = \"…\", en = \"…\" }]",
                );
            }
            Some(Kind::List(values))
        }
        "number" => {
            let [least, most] = ["least", "most"].map(|key| {
                let number = section.whole(key, 0..i64::MAX);
                if !section.has(key) {
                    section.fault(key, format!("{key} is missing"), format!("add {key}, a whole number"));
                }
                number.and_then(|number| u64::try_from(number).ok())
            });
            Some(Kind::Number {
                least: least?,
                most: most?,
            })
        }
        "query" => {
            let (query, column) = (section.required_text("query")?, section.required_text("column")?);
            let shown = section.text("shown");
            match library.get(&query) {
                None => section.fault(
                    "query",
                    format!("there is no query {query:?}"),
                    "name a query of the library",
                ),
                Some(found) => {
                    let wanted = std::iter::once(("column", &column)).chain(shown.iter().map(|name| ("shown", name)));
                    for (key, name) in wanted.filter(|(_, name)| found.column(name).is_none()) {
                        section.fault(
                            key,
                            format!("the query does not give {name:?}"),
                            "name a column of the query",
                        );
                    }
                    if found.params.iter().any(|param| param.default.is_none()) {
                        section.fault("query", "the query needs parameters", "name a query without");
                    }
                }
            }
            Some(Kind::Query { query, column, shown })
        }
        other => {
            section.fault(
                "kind",
                format!("{other:?} is no kind"),
                format!("the kinds are {}", KINDS.join(", ")),
            );
            None
        }
    }
}

fn value(section: Section<'_, '_>) -> Option<Value> {
    let [value, fr, en] = ["value", "fr", "en"].map(|key| section.required_text(key));
    section.close();
    Some(Value {
        value: value?,
        name: chalandise_locale::Words { fr: fr?, en: en? },
    })
}
