//! Scenarios of the network planner: changes to the stores, and what is assumed where the lake has no figure.
//!
//! A [`Plan`] is valid in form once it exists: numbers are in range, no store is changed in two ways. Whether a store exists
//! or a site lies in the sea is for those to say who know the lake. A further change is a variant of [`Change`] with its
//! checks in `check`, its text in `text` and its form fields in `form`; a further assumption is a field of [`Assumptions`]
//! with its row in [`assumption::ASSUMED`].
//!
//! A plan has two written forms: JSON, for scripts and for the file, with rates as fractions (`"margin_rate": 0.518`); and
//! the readable pairs of an address ([`text`]), with percent (`margin=51.8`).
//!
//! Numbers are kept to a fixed step: coordinates to a millionth of a degree (11 cm), square metres and money to a
//! hundredth, rates to a millionth. So an address stays short, and a plan that was written and read is the same plan.

pub mod assumption;
mod check;
mod fault;
mod form;
mod json;
mod number;
mod pasted;
mod rows;
pub mod text;

use chalandise_faults::nearest;
use serde::{Deserialize, Serialize};

pub use assumption::Assumptions;
pub use fault::{Part, PlanError, PlanFault, Wrong};
pub use json::JsonError;
pub use pasted::{spelled_keys, unknown_keys};
pub use rows::{COLUMNS, TABLE, scenarios_batch, schema};
pub use text::Address;

use super::{Content, Entry};

/// Most changes of one plan: a network of thousands of stores is changed in steps that a reader can follow.
pub const MOST_CHANGES: usize = 500;

/// A plan that someone named and saved.
pub type Scenario = Entry<Plan>;

impl Content for Plan {
    const KIND: &'static str = "scenario";
}

/// Changes of the network and what is assumed of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct Plan {
    changes: Vec<Change>,
    assumptions: Assumptions,
}

/// A plan as JSON spells it, before it is checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with changes and assumptions")]
struct Unchecked {
    changes: Vec<Change>,
    #[serde(default)]
    assumptions: Assumptions,
}

impl TryFrom<Unchecked> for Plan {
    type Error = PlanError;

    fn try_from(plan: Unchecked) -> Result<Plan, PlanError> {
        Plan::new(plan.changes, plan.assumptions)
    }
}

/// One change of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// A store opens.
    Open {
        /// Its name in results, unique among the openings of the plan.
        name: String,
        /// Degrees, WGS 84.
        latitude: f64,
        /// Degrees, WGS 84.
        longitude: f64,
        /// Square metres; 0 is a store that draws nobody.
        sales_area_m2: f64,
        /// Format, as `stores.format` has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        format: Option<String>,
        /// Fixed cost a year in the lake's currency; that of the assumptions when none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fixed_cost: Option<f64>,
        /// What opening costs once, in the lake's currency; that of the assumptions when none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        investment: Option<f64>,
    },
    /// A store closes.
    Close {
        /// The store.
        store_id: String,
    },
    /// A store moves.
    Move {
        /// The store.
        store_id: String,
        /// Degrees, WGS 84.
        latitude: f64,
        /// Degrees, WGS 84.
        longitude: f64,
    },
    /// A store gets another sales area.
    Resize {
        /// The store.
        store_id: String,
        /// Square metres afterwards.
        sales_area_m2: f64,
    },
    /// A rival opens.
    Competitor {
        /// Its name in results, unique among the competitors of the plan.
        name: String,
        /// Degrees, WGS 84.
        latitude: f64,
        /// Degrees, WGS 84.
        longitude: f64,
        /// Square metres.
        sales_area_m2: f64,
    },
}

impl Change {
    /// The words of all kinds, in addresses and in JSON.
    pub const KINDS: [&str; 5] = ["open", "close", "move", "resize", "competitor"];

    /// The kind that a word nearly spells.
    fn nearest_kind(kind: &str) -> Option<&'static str> {
        nearest(kind, Self::KINDS)
    }

    /// The word of this kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Change::Open { .. } => "open",
            Change::Close { .. } => "close",
            Change::Move { .. } => "move",
            Change::Resize { .. } => "resize",
            Change::Competitor { .. } => "competitor",
        }
    }

    /// The store of the lake that changes; none for what is new.
    pub fn store_id(&self) -> Option<&str> {
        match self {
            Change::Close { store_id } | Change::Move { store_id, .. } | Change::Resize { store_id, .. } => {
                Some(store_id)
            }
            Change::Open { .. } | Change::Competitor { .. } => None,
        }
    }
}

impl Plan {
    /// A plan of these changes, in this order, checked in form. Texts lose the spaces round them, numbers are rounded to
    /// their step.
    ///
    /// # Errors
    /// [`PlanError`] with every fault: too many changes, numbers out of range, empty names, a store that is changed twice
    /// in one way or closed and changed.
    pub fn new(mut changes: Vec<Change>, mut assumptions: Assumptions) -> Result<Plan, PlanError> {
        let mut faults = Vec::new();
        if changes.len() > MOST_CHANGES {
            return Err(PlanError::too_many(changes.len()));
        }
        for (index, change) in changes.iter_mut().enumerate() {
            check::change(index + 1, change, &mut faults);
        }
        let numbered = changes.iter().enumerate().map(|(index, change)| (index + 1, change));
        check::together(numbered, &mut faults);
        check::assumptions(&mut assumptions, &mut faults);
        PlanError::unless_empty(faults)?;
        Ok(Plan { changes, assumptions })
    }

    /// The changes, in the order in which they were written.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// What is assumed.
    pub fn assumptions(&self) -> &Assumptions {
        &self.assumptions
    }

    /// The plan without the change at a place, counted from 0: what a link that takes a change back leads to. The same
    /// plan when there is no such change.
    #[must_use]
    pub fn without(&self, index: usize) -> Plan {
        let mut plan = self.clone();
        if index < plan.changes.len() {
            plan.changes.remove(index);
        }
        plan
    }
}
