//! What the models are computed with: special functions, integrals, small matrices, the search for a maximum,
//! tasks side by side.

pub mod maximise;
pub mod mixture;
pub mod quadrature;
pub mod side_by_side;
pub mod special;
pub mod symmetric;

pub use maximise::{Evaluation, Optimum, Status, maximise};
pub use side_by_side::side_by_side;
pub use symmetric::Symmetric;
