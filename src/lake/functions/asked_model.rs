//! What the functions that ask a fitted model share: their arguments, and the asking of the fit that each row names.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array};
use chalandise_analytics::purchase::rfm::History;
use datafusion::common::Result;

use super::fits::Fitted;
use super::scalar_function::{Argument, Arguments, Kind};

pub(super) const X: Argument = ("x", Kind::Number, "Repeat purchase days (`frequency`)");
pub(super) const T_X: Argument = (
    "t_x",
    Kind::Number,
    "Days from the first purchase to the last (`recency_days`)",
);
pub(super) const T: Argument = (
    "t",
    Kind::Number,
    "Days from the first purchase to the forecast (`age_days`)",
);
pub(super) const DAYS: Argument = ("days", Kind::Number, "Days to come");
pub(super) const MEAN_VALUE: Argument = (
    "mean_value",
    Kind::Number,
    "Mean value of a repeat purchase day (`repeat_value`); null without a repeat",
);

/// Asks the fit of each row; `numbers` are the arguments behind the fit's name, of which only the last may be missing.
pub(super) fn each(
    arguments: &Arguments,
    numbers: usize,
    last_may_be_missing: bool,
    ask: impl Fn(&Fitted, &[f64]) -> Option<f64>,
) -> Result<ArrayRef> {
    let names = arguments.text_array(0)?;
    let columns = (1..=numbers)
        .map(|index| arguments.number_array(index))
        .collect::<Result<Vec<_>>>()?;
    let mut answers = Float64Array::builder(arguments.rows);
    let mut values = vec![0.0; numbers];
    for row in 0..arguments.rows {
        if names.is_null(row) {
            answers.append_null();
            continue;
        }
        let fit = arguments.fits.get(names.value(row))?;
        let mut whole = true;
        for (index, (value, column)) in values.iter_mut().zip(&columns).enumerate() {
            let may_miss = last_may_be_missing && index + 1 == numbers;
            *value = if column.is_valid(row) {
                column.value(row)
            } else {
                f64::NAN
            };
            whole &= column.is_valid(row) || may_miss;
        }
        answers.append_option(ask(fit, &values).filter(|answer| whole && answer.is_finite()));
    }
    Ok(Arc::new(answers.finish()))
}

/// A history, when the numbers make one.
pub(super) fn history(x: f64, t_x: f64, t: f64) -> Option<History> {
    let sound = x >= 0.0
        && x.fract() == 0.0
        && x <= f64::from(u32::MAX)
        && t_x >= 0.0
        && t >= t_x
        && (x == 0.0) == (t_x == 0.0);
    sound.then_some(History { x: x as u32, t_x, t })
}
