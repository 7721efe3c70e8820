//! Huff's model of store choice: a store draws customers by its attraction and loses them with distance.
//!
//! The share of origin i that goes to store j is p_ij = U_ij / sum over j' of U_ij' with U_ij = product of A_jk^gamma_k times
//! exp(lambda t(d_ij)) (Huff, *Defining and estimating a trading area*, Journal of Marketing, 1964; Nakanishi & Cooper 1974 for
//! several attractions). In logarithms it is linear: [`ChoiceSets`] has the logarithms of the attractions and the distance as
//! [`Decay`] transforms it, and its coefficients are found
//!
//! - from flows by multinomial maximum likelihood, [`fit_multinomial`]: the one to take;
//! - from flows by least squares on log-centred shares, [`fit_mci`], as in the literature on MCI models;
//! - from the totals of stores and markets alone, [`fit_totals`].
//!
//! [`Huff`] says what given coefficients make of given stores.

mod apply;
mod calibration;
mod choices;
mod climb;
mod decay;
mod design;
mod distance;
mod error;
mod mci;
mod multinomial;
mod totals;

pub use apply::{ApplyError, Flows, Huff};
pub use calibration::{Calibration, Ending};
pub use choices::ChoiceSets;
pub use decay::{Decay, UnknownDecay};
pub use design::Redundancy;
pub use distance::{MEAN_EARTH_RADIUS_KM, great_circle_km};
pub use error::ChoiceError;
pub use mci::fit_mci;
pub use multinomial::fit_multinomial;
pub use totals::fit_totals;
