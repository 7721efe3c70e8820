//! What is wrong with a plan: the part, the value, and the remedy. Pages say the same in their language from the same types.

use std::fmt;

use super::MOST_CHANGES;
use crate::TextFault;

/// Where a fault is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The list of changes.
    Changes,
    /// A change, counted from 1, and the field of it; none when the change as a whole is meant.
    Change {
        /// Its place.
        number: usize,
        /// Name of the field, as in JSON.
        field: Option<&'static str>,
    },
    /// An assumption, by its key in the address or its name in JSON.
    Assumption(&'static str),
    /// A key of the address that no plan has.
    Key,
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Changes => write!(out, "the list of changes"),
            Part::Change { number, field: None } => write!(out, "change {number}"),
            Part::Change {
                number,
                field: Some(field),
            } => write!(out, "`{field}` of change {number}"),
            Part::Assumption(key) => write!(out, "`{key}`"),
            Part::Key => write!(out, "a key of the address"),
        }
    }
}

/// What is wrong with a part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// More changes than are read.
    #[error("there are more than {MOST_CHANGES}; split the plan into several")]
    TooMany,
    /// The change starts with no known word.
    #[error(
        "it starts with no known kind{} Write one of {}",
        .nearest.map(|near| format!("; did you mean `{near}`?")).unwrap_or_else(|| ".".into()),
        super::Change::KINDS.join(", ")
    )]
    Kind {
        /// The kind most like the word given.
        nearest: Option<&'static str>,
    },
    /// The change does not have the shape of its kind.
    #[error("it does not have the parts of its kind; write it as `{shape}`")]
    Shape {
        /// How it is written.
        shape: &'static str,
    },
    /// No plan has the key.
    #[error(
        "a plan has no such key; {}",
        .nearest.map(|near| format!("did you mean `{near}`?")).unwrap_or_else(|| format!("its keys are {}", super::pasted::spelled_keys()))
    )]
    Key {
        /// The key most like it.
        nearest: Option<&'static str>,
    },
    /// An option of a change has no known name.
    #[error("there is no such option; write one of {}", super::text::OPTIONS.join(", "))]
    Option,
    /// A field of the form is empty.
    #[error("it is missing; fill it in")]
    Missing,
    /// The text is no number.
    #[error("it is no number; write digits with a point, such as 47.2184")]
    Number,
    /// The number is out of range.
    #[error("it is out of range; give a number from {least} to {most}")]
    Range {
        /// Smallest value allowed, as text.
        least: String,
        /// Largest value allowed, as text.
        most: String,
    },
    /// The text cannot be used.
    #[error(transparent)]
    Text(#[from] TextFault),
    /// The same thing is said twice.
    #[error("it is given twice; keep one")]
    Twice,
    /// Another opening or competitor has the name.
    #[error("change {other} has this name, too; give each its own, so that results can be told apart")]
    SameName {
        /// Place of the earlier change.
        other: usize,
    },
    /// The store is changed elsewhere in a way that excludes this one.
    #[error(
        "change {other} says otherwise of this store; keep one of the two (a store may move and be resized, but each once, \
         and not when it closes)"
    )]
    Contradicts {
        /// Place of the earlier change.
        other: usize,
    },
}

/// One fault of a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part} is `{value}`: {wrong}")]
pub struct PlanFault {
    /// Where.
    pub part: Part,
    /// The value as given, shortened; for [`Wrong::TooMany`] their number.
    pub value: String,
    /// What is wrong and what to do.
    pub wrong: Wrong,
}

/// All faults of a plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PlanError {
    /// At least one, in the order of the changes.
    pub faults: Vec<PlanFault>,
}

impl PlanError {
    pub(super) fn too_many(count: usize) -> PlanError {
        PlanError {
            faults: vec![PlanFault {
                part: Part::Changes,
                value: count.to_string(),
                wrong: Wrong::TooMany,
            }],
        }
    }

    pub(super) fn unless_empty(faults: Vec<PlanFault>) -> Result<(), PlanError> {
        if faults.is_empty() {
            Ok(())
        } else {
            Err(PlanError { faults })
        }
    }
}

/// The first ten faults, and how many more there are.
impl fmt::Display for PlanError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let count = self.faults.len();
        write!(out, "the plan has {count} fault{}:", if count == 1 { "" } else { "s" })?;
        for fault in self.faults.iter().take(SHOWN) {
            write!(out, "\n  {fault}")?;
        }
        if count > SHOWN {
            write!(out, "\n  and {} more", count - SHOWN)?;
        }
        Ok(())
    }
}
