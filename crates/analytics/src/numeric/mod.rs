//! What the models are computed with: special functions, integrals, small matrices, the search for a maximum.

pub mod maximise;
pub mod mixture;
pub mod quadrature;
pub mod special;
pub mod symmetric;

pub use maximise::{Evaluation, Optimum, Status, maximise};
pub use symmetric::Symmetric;
