//! A plan as a script sends it: one JSON object.

use serde::de::Error as _;

use super::{Plan, PlanError, Unchecked};

/// Why a text of JSON is no plan.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It is no JSON, or has other fields than a plan.
    #[error(
        "the body is not a plan in JSON: {0}; write an object such as {{\"changes\": [{{\"kind\": \"close\", \"store_id\": \"S004\"}}]}}"
    )]
    Shape(serde_json::Error),
    /// Its values cannot be.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl Plan {
    /// Reads a plan from JSON, spelled as [`super::Change`] and [`super::Assumptions`] are: numbers in their units, rates as fractions.
    ///
    /// # Errors
    /// [`JsonError`] with what is wrong and where.
    pub fn from_json(text: &[u8]) -> Result<Plan, JsonError> {
        // Some programs write a mark before their text.
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        // A list of values without names would be read by their order.
        if text.trim_ascii_start().first() == Some(&b'[') {
            let words = "a list stands where an object is expected";
            return Err(JsonError::Shape(serde_json::Error::custom(words)));
        }
        let read: Unchecked = serde_json::from_slice(text).map_err(JsonError::Shape)?;
        Ok(Plan::try_from(read)?)
    }
}
