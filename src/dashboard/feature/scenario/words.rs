//! What is wrong with a plan, and what a reader should know of it, in his language.

use crate::words::Say;
use chalandise_model::{Notice, PlannerFault};
use chalandise_notebook::scenario::{Change, Part, PlanFault, Wrong};
use chalandise_notebook::{NotebookError, TextFault};

use super::{EDIT, MOST_PLAN_BYTES};

/// What is wrong with the plan of an address.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// In form.
    Plan(PlanFault),
    /// Against the network.
    Planner(PlannerFault),
    /// No commune has the name.
    NoSuchPlace(String),
    /// The plan makes too long an address: so many bytes.
    TooLong(usize),
    /// The notebook does not take it: in French, in English.
    Notebook(String, String),
}

/// A text in quotation marks of the language.
fn quoted(say: Say, text: &str) -> String {
    match say.one("fr", "en") {
        "fr" => format!("«\u{a0}{text}\u{a0}»"),
        _ => format!("“{text}”"),
    }
}

impl Fault {
    /// What the notebook refuses.
    pub fn notebook(error: &NotebookError) -> Fault {
        let said = |french: &str, english: &str| Fault::Notebook(french.to_owned(), english.to_owned());
        match error {
            NotebookError::NameTaken { name, .. } => said(
                &format!(
                    "Un scénario s’appelle déjà «\u{a0}{name}\u{a0}». Donnez un autre nom, ou cochez «\u{a0}remplacer\u{a0}»."
                ),
                &format!("A scenario is called “{name}” already. Give another name, or tick “replace”."),
            ),
            NotebookError::Name { .. } => said(
                "Le nom du scénario manque ou ne peut pas servir. Écrivez 1 à 120 caractères visibles.",
                "The name of the scenario is missing or cannot be used. Write 1 to 120 visible characters.",
            ),
            NotebookError::Note { .. } => said(
                "La note ne peut pas être gardée. Écrivez un texte plus court, sans signes invisibles.",
                "The note cannot be kept. Write a shorter text without invisible signs.",
            ),
            NotebookError::Missing { .. } | NotebookError::Deleted { .. } => said(
                "Ce scénario n’est plus dans le carnet. Rechargez la liste.",
                "This scenario is not in the notebook any more. Reload the list.",
            ),
            NotebookError::ReadOnly { .. } | NotebookError::CannotOpen { .. } => said(
                "Le carnet ne peut pas être écrit à cet endroit. Vérifiez la clé «\u{a0}notebook\u{a0}» de la configuration et les droits du dossier.",
                "The notebook cannot be written there. Check the key “notebook” of the configuration and the rights of the folder.",
            ),
            NotebookError::Busy { .. } => said(
                "Un autre programme écrit dans le carnet. Réessayez dans un instant.",
                "Another program is writing to the notebook. Try again in a moment.",
            ),
            _ => said(
                "Le carnet ne répond pas\u{a0}; le journal du serveur dit pourquoi.",
                "The notebook does not answer; the server’s log says why.",
            ),
        }
    }

    /// Whether the lake is at fault and not the plan.
    pub fn is_the_lakes(&self) -> bool {
        matches!(self, Fault::Planner(PlannerFault::NoModel { .. }))
    }

    /// The fault for scripts: the part that is meant, its value as given where the form of the plan is wrong, and the sentence.
    pub fn json(&self, say: Say) -> serde_json::Value {
        let (part, value) = match self {
            Fault::Plan(fault) => (Some(part_json(&fault.part)), Some(fault.value.as_str())),
            Fault::NoSuchPlace(name) => (Some(serde_json::json!({ "key": "add_place" })), Some(name.as_str())),
            Fault::Planner(fault) => (None, subject(fault)),
            Fault::TooLong(_) | Fault::Notebook(..) => (None, None),
        };
        serde_json::json!({ "part": part, "value": value, "message": self.words(say) })
    }

    /// The field of the form that it is about, by its key: one of the form that adds change number `added`, or an assumption's.
    pub(super) fn field(&self, added: usize) -> Option<&'static str> {
        match self {
            Fault::NoSuchPlace(_) => Some("add_place"),
            Fault::Plan(PlanFault {
                part: Part::Assumption(key),
                ..
            }) => Some(key),
            Fault::Plan(PlanFault {
                part:
                    Part::Change {
                        number,
                        field: Some(field),
                    },
                ..
            }) if *number == added => match *field {
                "latitude" | "longitude" => Some("add_place"),
                "name" => Some("add_name"),
                "sales_area_m2" => Some("add_sales_area_m2"),
                "store_id" => Some("add_store_id"),
                _ => None,
            },
            _ => None,
        }
    }

    /// The field of the list of changes that it is about, by its name in the address.
    pub(super) fn edited(&self) -> Option<String> {
        let Fault::Plan(PlanFault {
            part: Part::Change {
                number,
                field: Some(field),
            },
            ..
        }) = self
        else {
            return None;
        };
        let field = match *field {
            "latitude" | "longitude" => "place",
            field => field,
        };
        Some(format!("{EDIT}{number}.{field}"))
    }

    /// Whether the network refuses this change.
    pub(super) fn is_about(&self, change: &Change) -> bool {
        let Fault::Planner(fault) = self else { return false };
        match fault {
            PlannerFault::UnknownStore { store_id } | PlannerFault::NotOpen { store_id } => {
                change.store_id() == Some(store_id.as_str())
            }
            PlannerFault::NobodyNear { name, .. } => match change {
                Change::Open { name: own, .. } | Change::Competitor { name: own, .. } => own == name,
                _ => false,
            },
            _ => false,
        }
    }

    /// The sentence: what, where, what to do.
    pub fn words(&self, say: Say) -> String {
        let french = say.one("fr", "en") == "fr";
        match self {
            Fault::Plan(fault) => plan_words(fault, say),
            Fault::NoSuchPlace(name) if french => format!(
                "Aucune commune ne s’appelle {}. Écrivez son nom, son code INSEE, ou deux coordonnées comme 47.1683, -1.4712.",
                quoted(say, name)
            ),
            Fault::NoSuchPlace(name) => format!(
                "No commune is called {}. Write its name, its INSEE code, or two coordinates such as 47.1683, -1.4712.",
                quoted(say, name)
            ),
            Fault::TooLong(bytes) if french => format!(
                "L’adresse de ce scénario aurait {bytes} octets, plus que les {MOST_PLAN_BYTES} d’une page. Partagez-le en plusieurs, ou envoyez-le en JSON à POST /api/scenario."
            ),
            Fault::TooLong(bytes) => format!(
                "The address of this scenario would have {bytes} bytes, more than the {MOST_PLAN_BYTES} of a page. Split it into several, or send it as JSON to POST /api/scenario."
            ),
            Fault::Planner(fault) => planner_words(fault, say),
            Fault::Notebook(french_words, english_words) => say.one(french_words, english_words).to_owned(),
        }
    }
}

/// The part of a plan that a fault is about.
fn part_json(part: &Part) -> serde_json::Value {
    match part {
        Part::Changes => serde_json::json!({ "changes": null }),
        Part::Change { number, field } => serde_json::json!({ "change": number, "field": field }),
        Part::Assumption(key) => serde_json::json!({ "assumption": key }),
        Part::Key => serde_json::json!({ "key": null }),
    }
}

/// The store or site that the network refuses.
fn subject(fault: &PlannerFault) -> Option<&str> {
    match fault {
        PlannerFault::UnknownStore { store_id } | PlannerFault::NotOpen { store_id } => Some(store_id),
        PlannerFault::NobodyNear { name, .. } => Some(name),
        _ => None,
    }
}

fn planner_words(fault: &PlannerFault, say: Say) -> String {
    let french = say.one("fr", "en") == "fr";
    match fault {
        PlannerFault::NoModel { reason } if reason.is_empty() => say
            .one(
                "Le modèle n’est pas encore calé : lancez « chalandise build » après l’import.",
                "The model has not been calibrated yet: run “chalandise build” after the import.",
            )
            .to_owned(),
        PlannerFault::NoModel { reason } if french => {
            format!("Le modèle n’a pas pu être calé sur les ventes. Détail technique\u{a0}: {reason}.")
        }
        PlannerFault::NoModel { reason } => format!("The model could not be calibrated on the sales: {reason}."),
        PlannerFault::UnknownStore { store_id } if french => format!(
            "Aucun magasin ne porte l’identifiant {}. Choisissez-le dans la liste.",
            quoted(say, store_id)
        ),
        PlannerFault::UnknownStore { store_id } => {
            format!("No store has the id {}. Choose it in the list.", quoted(say, store_id))
        }
        PlannerFault::NotOpen { store_id } if french => format!(
            "Le magasin {} n’est pas ouvert à la fin des données\u{a0}: il ne peut pas être changé.",
            quoted(say, store_id)
        ),
        PlannerFault::NotOpen { store_id } => format!(
            "The store {} is not open at the end of the data: it cannot be changed.",
            quoted(say, store_id)
        ),
        PlannerFault::NobodyNear { name, within_km } if french => format!(
            "Personne n’habite à moins de {within_km:.0}\u{a0}km de {}\u{a0}: le point est en mer ou hors du marché. Choisissez un lieu habité.",
            quoted(say, name)
        ),
        PlannerFault::NobodyNear { name, within_km } => format!(
            "Nobody lives within {within_km:.0} km of {}: the point is in the sea or outside the market. Choose a place where people live.",
            quoted(say, name)
        ),
        PlannerFault::NoMargin { .. } => say
            .one(
                "Les fermetures se pèsent en marge\u{a0}: il faut le taux de marge brute et les frais fixes des magasins (table stores). Importez-les, ou n’autorisez aucune fermeture.",
                "Closings are weighed in margin: the gross margin rate and the fixed costs of stores are needed (table stores). Import them, or allow no closings.",
            )
            .to_owned(),
        PlannerFault::Scenario(error) if french => {
            format!("Le scénario ne peut pas être calculé. Détail technique\u{a0}: {error}.")
        }
        PlannerFault::Scenario(error) => format!("The scenario cannot be computed: {error}."),
        PlannerFault::Search(error) if french => {
            format!("Les emplacements ne peuvent pas être choisis. Détail technique\u{a0}: {error}.")
        }
        PlannerFault::Search(error) => format!("The places cannot be chosen: {error}."),
    }
}

/// The field's name as forms call it.
fn field_words(field: &str, say: Say) -> &'static str {
    match field {
        "name" => say.one("le nom", "the name"),
        "latitude" => say.one("la latitude", "the latitude"),
        "longitude" => say.one("la longitude", "the longitude"),
        "sales_area_m2" => say.one("la surface", "the area"),
        "store_id" => say.one("le magasin", "the store"),
        "format" => say.one("le format", "the format"),
        "fixed_cost" => say.one("les frais fixes", "the fixed cost"),
        "investment" => say.one("l’investissement", "the investment"),
        _ => say.one("un champ", "a field"),
    }
}

fn assumption_words(key: &str, say: Say) -> &'static str {
    match key {
        "margin" | "margin_rate" => say.one("la marge brute", "the gross margin"),
        "web" | "web_effect" => say.one("l’effet web", "the web effect"),
        "kept" | "web_kept" => say.one("la part gardée par le web", "the share kept by the web shop"),
        "ramp" | "first_year_ramp" => say.one("la montée de première année", "the first-year ramp"),
        other => field_words(other, say),
    }
}

fn plan_words(fault: &PlanFault, say: Say) -> String {
    let french = say.one("fr", "en") == "fr";
    let value = quoted(say, &fault.value);
    let place = match &fault.part {
        Part::Changes => say.one("La liste des changements", "The list of changes").to_owned(),
        Part::Change { number, field: None } => format!("{} {number}", say.one("Le changement", "Change")),
        Part::Change {
            number,
            field: Some(field),
        } => format!(
            "{} {number}, {}",
            say.one("Changement", "Change"),
            field_words(field, say)
        ),
        Part::Assumption(key) => format!("{}, {}", say.one("Hypothèse", "Assumption"), assumption_words(key, say)),
        Part::Key => say.one("Une clé de l’adresse", "A key of the address").to_owned(),
    };
    let wrong = wrong_words(&fault.wrong, say);
    if french {
        format!("{place}, {value}\u{a0}: {wrong}")
    } else {
        format!("{place}, {value}: {wrong}")
    }
}

fn wrong_words(wrong: &Wrong, say: Say) -> String {
    let french = say.one("fr", "en") == "fr";
    if !french {
        let words = wrong.to_string();
        return format!("{words}.");
    }
    match wrong {
        Wrong::TooMany => "c’est plus de 500 changements. Partagez-les entre plusieurs scénarios.".into(),
        Wrong::Kind { nearest } => {
            let meant = nearest.map(|near| format!(" Vouliez-vous dire «\u{a0}{near}\u{a0}»\u{a0}?"));
            format!(
                "il ne commence par aucun mot connu.{} Les mots sont {}.",
                meant.unwrap_or_default(),
                Change::KINDS.join(", ")
            )
        }
        Wrong::Key { nearest } => match nearest {
            Some(near) => format!("un scénario n’a pas cette clé. Vouliez-vous dire «\u{a0}{near}\u{a0}»\u{a0}?"),
            None => "un scénario n’a pas cette clé. La documentation du réseau les énumère.".into(),
        },
        Wrong::Shape { shape } => format!("il n’a pas la forme attendue. Écrivez {}.", quoted(say, shape)),
        Wrong::Option => "cette option n’existe pas. Les options sont format, fixed_cost et investment.".into(),
        Wrong::Missing => "il manque une valeur. Remplissez le champ.".into(),
        Wrong::Number => "ce n’est pas un nombre. Écrivez des chiffres, comme 1740 ou 51,8.".into(),
        Wrong::Range { least, most } => format!("la valeur doit aller de {least} à {most}."),
        Wrong::Text(TextFault::Empty) => "le texte est vide. Écrivez un nom.".into(),
        Wrong::Text(_) => "ce texte ne peut pas servir de nom. Écrivez 1 à 120 caractères visibles.".into(),
        Wrong::Twice => "la même chose est dite deux fois. Gardez-en une.".into(),
        Wrong::SameName { other } => format!("le changement {other} porte déjà ce nom. Donnez-lui le sien."),
        Wrong::Contradicts { other } => format!(
            "le changement {other} dit autre chose de ce magasin. Un magasin se déplace et change de surface une fois, et ne fait rien d’autre s’il ferme."
        ),
    }
}

/// A notice as a sentence.
pub fn notice_words(notice: &Notice, say: Say) -> String {
    let french = say.one("fr", "en") == "fr";
    match notice {
        Notice::OnTop {
            name,
            store,
            distance_m,
        } if french => {
            format!("{name} est à {distance_m:.0}\u{a0}m de {store}\u{a0}: les deux se partagent les mêmes clients.")
        }
        Notice::OnTop {
            name,
            store,
            distance_m,
        } => format!("{name} is {distance_m:.0} m from {store}: they share the same customers."),
        Notice::NoWay { name } if french => format!(
            "Aucun trajet ne mène à {name}\u{a0}: le lieu est trop loin de la terre ferme, et il n’attire personne."
        ),
        Notice::NoWay { name } => {
            format!("No way by car leads to {name}: it is too far from the land, and draws nobody.")
        }
        Notice::NoArea { name } if french => format!("{name} n’a pas de surface\u{a0}: il n’attire personne."),
        Notice::NoArea { name } => format!("{name} has no sales area: it draws nobody."),
        Notice::UnusualArea {
            name,
            smallest_m2,
            largest_m2,
        } if french => format!(
            "La surface de {name} sort de ce que le réseau connaît ({smallest_m2:.0} à {largest_m2:.0}\u{a0}m²)\u{a0}: la prévision est une extrapolation."
        ),
        Notice::UnusualArea {
            name,
            smallest_m2,
            largest_m2,
        } => format!(
            "The area of {name} is outside what the network knows ({smallest_m2:.0} to {largest_m2:.0} m²): the forecast is an extrapolation."
        ),
    }
}
