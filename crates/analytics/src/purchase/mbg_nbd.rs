//! MBG/NBD: as BG/NBD, and a customer may leave after the first purchase too.
//!
//! Batislam, Denizel & Filiztekin (2007), "Empirical validation and comparison of models for customer base analysis"; Hoppe & Wagner (2007),
//! "Customer base analysis: the case for a central variant of the Betageometric/NBD model".
//! What it shares with its sibling, and why that needs no hypergeometric function, stands in [`beta_geometric`](crate::purchase::beta_geometric).

use crate::purchase::beta_geometric::BetaGeometric;

/// A customer may leave after every purchase, the first one included: x + 1 chances.
pub type MbgNbd = BetaGeometric<1>;
