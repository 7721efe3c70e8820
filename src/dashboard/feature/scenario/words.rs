//! What is wrong with a plan, and what a reader should know of it, in his language.

use crate::words::Say;
use chalandise_model::{Notice, PlannerFault};
use chalandise_notebook::scenario::text::OPTIONS;
use chalandise_notebook::scenario::{Change, MOST_CHANGES, Part, PlanFault, Wrong, spelled_keys};
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
    /// The notebook does not take it.
    Notebook(Refusal),
}

/// Why the notebook does not take a scenario.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Another scenario has the name.
    NameTaken(String),
    /// The name cannot be used.
    Name,
    /// The note cannot be kept.
    Note,
    /// The scenario is not there any more.
    Gone,
    /// The file cannot be written.
    ReadOnly,
    /// Another program is writing.
    Busy,
    /// The log says what.
    Failed,
}

impl Fault {
    /// What the notebook refuses.
    pub fn notebook(error: &NotebookError) -> Fault {
        Fault::Notebook(match error {
            NotebookError::NameTaken { name, .. } => Refusal::NameTaken(name.clone()),
            NotebookError::Name { .. } => Refusal::Name,
            NotebookError::Note { .. } => Refusal::Note,
            NotebookError::Missing { .. } | NotebookError::Deleted { .. } => Refusal::Gone,
            NotebookError::ReadOnly { .. } | NotebookError::CannotOpen { .. } => Refusal::ReadOnly,
            NotebookError::Busy { .. } => Refusal::Busy,
            _ => Refusal::Failed,
        })
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
            Fault::TooLong(_) | Fault::Notebook(_) => (None, None),
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
        match self {
            Fault::Plan(fault) => plan_words(fault, say),
            Fault::NoSuchPlace(name) => say.words_with("scenario-no-such-place", &[("name", name.into())]),
            Fault::TooLong(bytes) => {
                let (bytes, most) = (bytes.to_string(), MOST_PLAN_BYTES.to_string());
                say.words_with("scenario-too-long", &[("bytes", bytes.into()), ("most", most.into())])
            }
            Fault::Planner(fault) => planner_words(fault, say),
            Fault::Notebook(refusal) => refusal_words(refusal, say),
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

fn refusal_words(refusal: &Refusal, say: Say) -> String {
    let words = match refusal {
        Refusal::NameTaken(name) => return say.words_with("scenario-name-taken", &[("name", name.into())]),
        Refusal::Name => say.word("scenario-bad-name"),
        Refusal::Note => say.word("scenario-bad-note"),
        Refusal::Gone => say.word("scenario-gone"),
        Refusal::ReadOnly => say.word("scenario-read-only"),
        Refusal::Busy => say.word("scenario-busy"),
        Refusal::Failed => say.word("scenario-no-notebook"),
    };
    words.to_owned()
}

fn planner_words(fault: &PlannerFault, say: Say) -> String {
    match fault {
        PlannerFault::NoModel { reason } if reason.is_empty() => say.word("scenario-not-calibrated").to_owned(),
        PlannerFault::NoModel { reason } => say.words_with("scenario-no-model", &[("reason", reason.into())]),
        PlannerFault::UnknownStore { store_id } => {
            say.words_with("scenario-unknown-store", &[("store", store_id.into())])
        }
        PlannerFault::NotOpen { store_id } => say.words_with("scenario-not-open", &[("store", store_id.into())]),
        PlannerFault::NobodyNear { name, within_km } => {
            let distance = format!("{within_km:.0}");
            say.words_with(
                "scenario-nobody-near",
                &[("name", name.into()), ("distance", distance.into())],
            )
        }
        PlannerFault::NoMargin { .. } => say.word("scenario-no-margin").to_owned(),
        PlannerFault::Scenario(error) => {
            say.words_with("scenario-not-computed", &[("reason", error.to_string().into())])
        }
        PlannerFault::Search(error) => say.words_with("scenario-no-sites", &[("reason", error.to_string().into())]),
    }
}

/// The field's name as forms call it.
fn field_words(field: &str, say: Say) -> &'static str {
    match field {
        "name" => say.word("scenario-field-name"),
        "latitude" => say.word("scenario-field-latitude"),
        "longitude" => say.word("scenario-field-longitude"),
        "sales_area_m2" => say.word("scenario-field-area"),
        "store_id" => say.word("scenario-field-store"),
        "format" => say.word("scenario-field-format"),
        "fixed_cost" => say.word("scenario-field-fixed-cost"),
        "investment" => say.word("scenario-field-investment"),
        _ => say.word("scenario-field-other"),
    }
}

fn assumption_words(key: &str, say: Say) -> &'static str {
    match key {
        "margin" | "margin_rate" => say.word("scenario-field-margin"),
        "web" | "web_effect" => say.word("scenario-field-web"),
        "kept" | "web_kept" => say.word("scenario-field-kept"),
        "ramp" | "first_year_ramp" => say.word("scenario-field-ramp"),
        other => field_words(other, say),
    }
}

fn plan_words(fault: &PlanFault, say: Say) -> String {
    let place = match &fault.part {
        Part::Changes => say.word("scenario-in-changes").to_owned(),
        Part::Change { number, field: None } => {
            say.words_with("scenario-in-change", &[("number", number.to_string().into())])
        }
        Part::Change {
            number,
            field: Some(field),
        } => {
            let (number, field) = (number.to_string(), field_words(field, say));
            say.words_with(
                "scenario-in-field",
                &[("number", number.into()), ("field", field.into())],
            )
        }
        Part::Assumption(key) => say.words_with(
            "scenario-in-assumption",
            &[("field", assumption_words(key, say).into())],
        ),
        Part::Key => say.word("scenario-in-key").to_owned(),
    };
    let (value, wrong) = (&fault.value, wrong_words(&fault.wrong, say));
    say.words_with(
        "scenario-fault",
        &[
            ("place", place.into()),
            ("value", value.into()),
            ("wrong", wrong.into()),
        ],
    )
}

fn wrong_words(wrong: &Wrong, say: Say) -> String {
    let words = match wrong {
        Wrong::TooMany => {
            return say.words_with("scenario-wrong-too-many", &[("most", MOST_CHANGES.to_string().into())]);
        }
        Wrong::Kind { nearest } => {
            let kinds = Change::KINDS.join(", ");
            return match *nearest {
                Some(near) => say.words_with(
                    "scenario-wrong-kind-near",
                    &[("near", near.into()), ("kinds", kinds.into())],
                ),
                None => say.words_with("scenario-wrong-kind", &[("kinds", kinds.into())]),
            };
        }
        Wrong::Key { nearest: Some(near) } => {
            return say.words_with("scenario-wrong-key-near", &[("near", (*near).into())]);
        }
        Wrong::Key { nearest: None } => {
            return say.words_with("scenario-wrong-key", &[("keys", spelled_keys().into())]);
        }
        Wrong::Shape { shape } => return say.words_with("scenario-wrong-shape", &[("shape", (*shape).into())]),
        Wrong::Option => {
            return say.words_with("scenario-wrong-option", &[("options", OPTIONS.join(", ").into())]);
        }
        Wrong::Missing => say.word("scenario-wrong-missing"),
        Wrong::Number => say.word("scenario-wrong-number"),
        Wrong::Range { least, most } => {
            return say.words_with(
                "scenario-wrong-range",
                &[("least", least.into()), ("most", most.into())],
            );
        }
        Wrong::Text(TextFault::Empty) => say.word("scenario-wrong-empty"),
        Wrong::Text(TextFault::TooLong { length, most }) => {
            let (length, most) = (length.to_string(), most.to_string());
            return say.words_with(
                "scenario-wrong-too-long",
                &[("length", length.into()), ("most", most.into())],
            );
        }
        Wrong::Text(TextFault::Invisible { character }) => {
            let code = format!("U+{:04X}", u32::from(*character));
            return say.words_with("scenario-wrong-invisible", &[("character", code.into())]);
        }
        Wrong::Twice => say.word("scenario-wrong-twice"),
        Wrong::SameName { other } => {
            return say.words_with("scenario-wrong-same-name", &[("other", other.to_string().into())]);
        }
        Wrong::Contradicts { other } => {
            return say.words_with("scenario-wrong-contradicts", &[("other", other.to_string().into())]);
        }
    };
    words.to_owned()
}

/// A notice as a sentence.
pub fn notice_words(notice: &Notice, say: Say) -> String {
    match notice {
        Notice::OnTop {
            name,
            store,
            distance_m,
        } => {
            let distance = format!("{distance_m:.0}");
            say.words_with(
                "scenario-on-top",
                &[
                    ("name", name.into()),
                    ("distance", distance.into()),
                    ("store", store.into()),
                ],
            )
        }
        Notice::NoWay { name } => say.words_with("scenario-no-way", &[("name", name.into())]),
        Notice::NoArea { name } => say.words_with("scenario-no-area", &[("name", name.into())]),
        Notice::UnusualArea {
            name,
            smallest_m2,
            largest_m2,
        } => {
            let (smallest, largest) = (format!("{smallest_m2:.0}"), format!("{largest_m2:.0}"));
            say.words_with(
                "scenario-unusual-area",
                &[
                    ("name", name.into()),
                    ("smallest", smallest.into()),
                    ("largest", largest.into()),
                ],
            )
        }
    }
}
