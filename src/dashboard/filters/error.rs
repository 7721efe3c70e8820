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
            FilterError::Unknown { name, nearest, names } => return unknown(name, nearest.as_deref(), names, language),
            FilterError::NotTaken { name, names } => {
                let takes = match (names.join(", ").as_str(), language) {
                    ("", Language::French) => "Elle n’en prend aucun.".to_owned(),
                    ("", Language::English) => "It takes none.".to_owned(),
                    (names, Language::French) => format!("Ses filtres sont {names}."),
                    (names, Language::English) => format!("Its filters are {names}."),
                };
                return match language {
                    Language::French => format!("Cette page ne prend pas le filtre «\u{a0}{name}\u{a0}». {takes}"),
                    Language::English => format!("This page does not take the filter “{name}”. {takes}"),
                };
            }
            FilterError::Needed(filter) => {
                let (name, values) = (&filter.name, listed(filter, language));
                return match (language, values.as_str()) {
                    (Language::French, "") => format!("L’adresse doit dire «\u{a0}{name}\u{a0}»."),
                    (Language::English, "") => format!("The address must state “{name}”."),
                    (Language::French, values) => format!("L’adresse doit dire «\u{a0}{name}\u{a0}»\u{a0}: {values}."),
                    (Language::English, values) => format!("The address must state “{name}”: {values}."),
                };
            }
            FilterError::InPath(filter) => {
                let name = &filter.name;
                return match language {
                    Language::French => format!(
                        "Le filtre «\u{a0}{name}\u{a0}» est déjà dans le chemin de cette page. Retirez-le de la suite de l’adresse."
                    ),
                    Language::English => format!(
                        "The filter “{name}” is in the path of this page already. Take it from the rest of the address."
                    ),
                };
            }
            FilterError::Value { filter, .. } => {
                if let Some(unknown) = &filter.unknown {
                    return unknown.of(language).to_owned();
                }
                let (label, values) = (filter.label.of(language), listed(filter, language));
                return match (language, values.as_str()) {
                    (Language::French, "") => format!(
                        "«\u{a0}{label}\u{a0}»\u{a0}: la valeur de l’adresse n’existe pas. Choisissez-la dans le filtre."
                    ),
                    (Language::English, "") => {
                        format!("“{label}”: the value in the address does not exist. Choose it in the filter.")
                    }
                    (Language::French, values) => format!(
                        "«\u{a0}{label}\u{a0}»\u{a0}: la valeur de l’adresse n’existe pas. Écrivez {values}."
                    ),
                    (Language::English, values) => {
                        format!("“{label}”: the value in the address does not exist. Write {values}.")
                    }
                };
            }
            FilterError::Number(filter) => {
                let label = filter.label.of(language);
                let (least, most) = filter.range().unwrap_or((0, u64::MAX));
                return match language {
                    Language::French => {
                        format!("«\u{a0}{label}\u{a0}»\u{a0}: écrivez un nombre entier de {least} à {most}.")
                    }
                    Language::English => format!("“{label}”: write a whole number from {least} to {most}."),
                };
            }
            FilterError::Period => say.one(
                "La période de l’adresse ne se lit pas. Écrivez 12m, une année (2026), un mois (2026-10) ou deux jours (2026-01-15..2026-02-14).",
                "The period in the address cannot be read. Write 12m, a year (2026), a month (2026-10) or two days (2026-01-15..2026-02-14).",
            ),
            FilterError::Layer => say.one(
                "La carte n’a pas cette couche. Choisissez-en une au-dessus de la carte.",
                "The map has no such layer. Choose one above the map.",
            ),
            FilterError::MapView => say.one(
                "La vue de la carte ne se lit pas. Écrivez fr, region:Bretagne, dep:44, ou latitude,longitude,demi-largeur en km.",
                "The map’s view cannot be read. Write fr, region:Bretagne, dep:44, or latitude,longitude,half-width in km.",
            ),
            FilterError::Cell => say.one(
                "La cellule de l’adresse n’est pas une cellule H3. Choisissez-la sur la carte.",
                "The cell in the address is no H3 cell. Choose it on the map.",
            ),
        };
        words.to_owned()
    }
}

fn unknown(name: &str, nearest: Option<&str>, names: &[String], language: Language) -> String {
    let meant = nearest.as_ref().map(|near| match language {
        Language::French => format!(" Vouliez-vous dire «\u{a0}{near}\u{a0}»\u{a0}?"),
        Language::English => format!(" Did you mean “{near}”?"),
    });
    let (meant, names) = (meant.unwrap_or_default(), names.join(", "));
    match language {
        Language::French => {
            format!("L’adresse porte un filtre inconnu, «\u{a0}{name}\u{a0}».{meant} Les filtres sont {names}.")
        }
        Language::English => {
            format!("The address has an unknown filter, “{name}”.{meant} The filters are {names}.")
        }
    }
}

/// The values of a list, as addresses write them.
fn codes(filter: &Filter) -> Option<String> {
    let codes: Vec<&str> = filter.values().iter().map(|value| value.value.as_str()).collect();
    (!codes.is_empty()).then(|| codes.join(", "))
}

/// The values of a filter: "champions, loyal ou lost".
fn listed(filter: &Filter, language: Language) -> String {
    let or = Say(language).one(" ou ", " or ");
    let codes: Vec<&str> = filter.values().iter().map(|value| value.value.as_str()).collect();
    match codes.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{}{or}{last}", others.join(", ")),
        None => String::new(),
    }
}
