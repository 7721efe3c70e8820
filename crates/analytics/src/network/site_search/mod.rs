//! Where a store would pay, which ones together, and which one would be missed least.
//!
//! All of it stands on the model of [`crate::network::scenario`]. With others_i = O + what competitors draw in cell i and own_i what stores of
//! our own draw there, the network takes
//!
//! ```text
//! F = sum_i P_i own_i / (others_i + own_i)
//! ```
//!
//! and the **net gain** of an opening is what F grows by: what comes from the outside and from competitors. The rest of the new
//! store's sales is **transferred** from stores of our own.
//!
//! # Why the choice of several sites has a guarantee
//! own_i is a sum over the stores that are open, and own / (others + own) is concave and increasing in it. So F, as a function of the
//! set of open stores, is monotone (a store never takes from the network) and submodular (it adds the less the more stores there are).
//! Three bounds of the best possible value follow for any set S that is looked at, and [`Search::choose`] states the lowest:
//!
//! - for k sites, none with a cost, the greedy choice has at least 1 - (1 - 1/k)^k > 1 - 1/e of the best (Nemhauser, Wolsey & Fisher
//!   1978);
//! - F(best) <= F(S) + the k largest marginal gains at S, as F(best) <= F(best and S);
//! - F(best) <= any tangent of F, as the sum is concave in the own_i, and stays so when parts of sites are opened: F(x) - sum of the
//!   slopes times the parts x + the k largest slopes. It counts what sites cost each other. It is the lowest where stores take small
//!   parts of many cells, and says little where a store takes most of the cells next to it.
//!
//! With costs, budget and closings the last two hold with the costs taken off each site, the budget filled by a fraction of the last
//! site, and the saving of every closing set against the slope of the store.
//!
//! # What it costs
//! Weights of candidates are computed when they are needed and not kept (for 26,000 candidates with 8,000 cells each they would take
//! gigabytes): a search holds a few numbers for each cell and candidate, and the draws of the sites that were chosen at some time.

mod bound;
mod chooser;
mod closings;
mod error;
mod moves;
mod rank;
mod selection;
mod state;

pub use closings::{Closing, closings};
pub use error::SearchError;
pub use rank::{Filter, Lists, Ranking, Rated, Search};
pub use selection::{Budget, Chosen, ChosenClosing, ChosenSite, Closable, Selection};
