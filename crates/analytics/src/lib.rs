//! Pure retail models.
//!
//! - [`purchase`]: when customers buy and leave, and what a purchase is worth;
//! - [`forecast`]: how good such a model's forecast was, once the outcome is known;
//! - [`customers`]: who they are, what they buy together, what those to come are worth;
//! - [`network`]: where customers live, how they choose among stores, and what a change of the stores does;
//! - [`numeric`]: what all of them calculate with.

pub mod customers;
pub mod forecast;
pub mod network;
pub mod numeric;
pub mod purchase;
