//! BG/NBD: beta-geometric leaving, negative binomial purchases.
//!
//! Fader, Hardie & Lee (2005), "'Counting your customers' the easy way: an alternative to the Pareto/NBD model", Marketing Science 24.
//! What it shares with its sibling, and why that needs no hypergeometric function, stands in [`beta_geometric`](crate::purchase::beta_geometric).

use crate::purchase::beta_geometric::BetaGeometric;

/// A customer may leave after every repeat purchase: x chances.
pub type BgNbd = BetaGeometric<0>;
