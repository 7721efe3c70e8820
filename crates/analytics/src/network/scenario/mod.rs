//! What an opening, a closing, a move or a resize does to every store, to the outside and to the network.
//!
//! The Huff model with an outside option, built once as a [`Network`] and then only read:
//!
//! ```text
//! p_ij = A_j f(d_ij) / (O + sum_k A_k f(d_ik))      T_j = sum_i P_i p_ij      T_0 = sum_i P_i p_i0
//! ```
//!
//! with the spend potential P_i of cell i (EUR a year), the attraction A_j of site j (0 for one that draws nobody), the weight f of the
//! distance d ([`Rule::weight`], 0 beyond reach) and the weight O of the outside option. Stores of ours and of competitors obey the
//! same arithmetic and are counted apart. A cell that no site reaches spends all outside, also with O = 0. Totals and outside add up
//! to the potential.
//!
//! A scenario is a set of [`Change`]s laid over the network: [`Network::evaluate`] walks only the cells in reach of a changed site and
//! says who gains, who loses and who gives to whom ([`Outcome`]). [`Network::evaluate_with_gradients`] adds the derivatives of the same amounts by
//! the model's parameters, from which [`Uncertainty`] makes intervals by the delta method.
//!
//! ```
//! use chalandise_analytics::network::huff::Decay;
//! use chalandise_analytics::network::scenario::{Cell, Change, Distances, Kind, Network, Place, Rule, Site};
//!
//! let place = |latitude, longitude| Place { latitude, longitude };
//! let site = |id: &str, place| Site {
//!     id: id.to_owned(),
//!     place,
//!     attraction: 2.0,
//!     kind: Kind::Own,
//!     covariates: Vec::new(),
//!     distances: Distances::GreatCircle,
//! };
//! let cells = [
//!     Cell { place: place(47.0, 3.0), potential: 1_000.0 },
//!     Cell { place: place(47.1, 3.0), potential: 500.0 },
//! ];
//! let rule = Rule { decay: Decay::Power, coefficient: -2.0, smallest_distance: 0.5, largest_distance: 60.0, outside: 0.1 };
//! let network = Network::new(&cells, vec![site("old", place(47.0, 3.1))], rule)?;
//! let outcome = network.evaluate(&[Change::Open(site("new", place(47.05, 3.0)))])?;
//! let given: f64 = outcome.sites.iter().map(|site| site.amount.change).sum();
//! assert!((given + outcome.outside.change).abs() < 1e-9);
//! # Ok::<(), chalandise_analytics::network::scenario::ScenarioError>(())
//! ```

mod change;
mod changing;
mod differentiate;
mod draws;
mod error;
mod evaluate;
mod gradient;
mod grid;
mod interval;
mod network;
mod outcome;
mod plan;
mod rows;
mod rule;

pub use change::{Cell, Change, Distances, Kind, MOST_CHANGES, Place, Site};
pub use error::ScenarioError;
pub use gradient::{BaseGradients, Effect, EffectKind, Gradient, Gradients, QuantityGradients, SiteGradients};
pub use interval::{Interval, Spread, Uncertainty};
pub use network::{Network, Totals};
pub use outcome::{Amount, CellOutcome, Outcome, Party, Role, SiteOutcome, Transfer};
pub use rule::Rule;

pub(crate) use draws::Draws;
pub(crate) use grid::{Vector, chord_squared, vector};
pub(crate) use network::Column;
pub(crate) use plan::Plan;
