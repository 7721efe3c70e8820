//! What can be wrong with a filter of an address, in words for the log and for the reader.

use super::filter::Filter;
use crate::words::Say;
use chalandise_chart::Language;

/// A filter in an address that means nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// The address has a name that no page reads: a typing error would show figures that nobody asked for.
    #[error("`{name}` is no filter{} The names are {}", nearest.as_ref().map(|near| format!(", did you mean `{near}`?")).unwrap_or_else(|| ".".into()), names.join(", "))]
    Unknown {
        /// The name, shortened.
        name: String,
        /// The name most like it.
        nearest: Option<String>,
        /// The names that the page takes.
        names: Vec<String>,
    },
    /// Other pages have the filter, this one does not: its figures would be read as filtered.
    #[error("this page does not take the filter `{name}`. It takes {}", names.join(", "))]
    NotTaken {
        /// The name.
        name: String,
        /// The names that the page takes.
        names: Vec<String>,
    },
    /// The page is about one value of a filter, and the address states none.
    #[error("`{}` is needed{}", .0.name, codes(.0).map(|codes| format!(": one of {codes}")).unwrap_or_default())]
    Needed(Filter),
    /// The page's path states the filter already: one state has one address.
    #[error("`{}` stands in the path of this page, and may not stand behind it too", .0.name)]
    InPath(Filter),
    /// The filter has no such value.
    #[error("the {} {}", filter.name.replace('_', " "), match codes(filter) { Some(codes) => format!("is none of {codes}"), None => "does not occur in the data".to_owned() })]
    Value {
        /// The filter.
        filter: Filter,
        /// Whether the page is about one value of it, which the data lack: then there is no such page.
        in_path: bool,
    },
    /// The filter is a number, and this is none or out of its range.
    #[error("the {} is no whole number{}", .0.name.replace('_', " "), .0.range().map(|(least, most)| format!(" from {least} to {most}")).unwrap_or_default())]
    Number(Filter),
    /// The period is not written in a known way.
    #[error("the period is none of 12m, 2026, 2026-10 and 2026-01-15..2026-02-14")]
    Period,
    /// The map has no such layer.
    #[error("the map has no such layer")]
    Layer,
    /// The map's view cannot be read.
    #[error("the map's view is none of fr, region:Bretagne, dep:44 and 47.2184,-1.5536,25")]
    MapView,
    /// The cell is no H3 cell.
    #[error("the cell is no H3 cell in hexadecimal")]
    Cell,
}

impl FilterError {
    /// The sentence for the page, in its language: what is wrong and what is allowed.
    #[must_use]
    pub fn words(&self, language: Language) -> String {
        let say = Say(language);
        let words = match self {
            FilterError::Unknown { name, nearest, names } => return unknown(name, nearest.as_deref(), names, say),
            FilterError::NotTaken { name, names } if names.is_empty() => {
                return say.words_with("filter-not-taken-nor-others", &[("name", name.into())]);
            }
            FilterError::NotTaken { name, names } => {
                let names = names.join(", ");
                return say.words_with("filter-not-taken", &[("name", name.into()), ("names", names.into())]);
            }
            FilterError::Needed(filter) => {
                let name = &filter.name;
                return match listed(filter, say) {
                    None => say.words_with("filter-needed", &[("name", name.into())]),
                    Some(values) => {
                        say.words_with("filter-needed-of", &[("name", name.into()), ("values", values.into())])
                    }
                };
            }
            FilterError::InPath(filter) => {
                let name = &filter.name;
                return say.words_with("filter-in-path", &[("name", name.into())]);
            }
            FilterError::Value { filter, .. } => {
                if let Some(unknown) = &filter.unknown {
                    return unknown.of(language).to_owned();
                }
                let label = filter.label.of(language);
                return match listed(filter, say) {
                    None => say.words_with("filter-no-such-value", &[("label", label.into())]),
                    Some(values) => say.words_with(
                        "filter-no-such-value-of",
                        &[("label", label.into()), ("values", values.into())],
                    ),
                };
            }
            FilterError::Number(filter) => {
                let (least, most) = filter.range().unwrap_or((0, u64::MAX));
                return say.words_with(
                    "filter-not-whole",
                    &[
                        ("label", filter.label.of(language).into()),
                        ("least", least.to_string().into()),
                        ("most", most.to_string().into()),
                    ],
                );
            }
            FilterError::Period => say.word("filter-no-period"),
            FilterError::Layer => say.word("filter-no-layer"),
            FilterError::MapView => say.word("filter-no-view"),
            FilterError::Cell => say.word("filter-no-cell"),
        };
        words.to_owned()
    }
}

fn unknown(name: &str, nearest: Option<&str>, names: &[String], say: Say) -> String {
    let names = names.join(", ");
    match nearest {
        None => say.words_with("filter-unknown", &[("name", name.into()), ("names", names.into())]),
        Some(near) => say.words_with(
            "filter-unknown-near",
            &[("name", name.into()), ("near", near.into()), ("names", names.into())],
        ),
    }
}

/// The values of a list, as addresses write them.
fn codes(filter: &Filter) -> Option<String> {
    let codes: Vec<&str> = filter.values().iter().map(|value| value.value.as_str()).collect();
    (!codes.is_empty()).then(|| codes.join(", "))
}

/// The values of a filter: "champions, loyal ou lost"; none of a filter without a list.
fn listed(filter: &Filter, say: Say) -> Option<String> {
    let codes: Vec<&str> = filter.values().iter().map(|value| value.value.as_str()).collect();
    let (last, others) = codes.split_last()?;
    if others.is_empty() {
        return Some((*last).to_owned());
    }
    let others = others.join(", ");
    Some(say.words_with("term-or", &[("others", others.into()), ("last", (*last).into())]))
}
