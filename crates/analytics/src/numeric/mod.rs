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

/// The middle value, or the mean of the two middle ones, as SQL's `median` has it; none of no values. NaN counts as the largest.
///
/// ```
/// use chalandise_analytics::numeric::median;
/// assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
/// assert_eq!(median(vec![9.0, 1.0, 2.0, 3.0]), Some(2.5));
/// assert_eq!(median(Vec::new()), None);
/// ```
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    if values.len() % 2 == 1 {
        return Some(upper);
    }
    Some(f64::midpoint(values[values.len() / 2 - 1], upper))
}
