//! `prob_orders`: the probability of at least so many orders.

use std::sync::Arc;

use arrow::array::ArrayRef;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::asked_model::{DAYS, T, T_X, X, each, history};
use super::fits::Fits;
use super::scalar_function::{Arguments, FIT, Kind, Output, ScalarFunction};

pub(super) fn udf(fits: Arc<Fits>) -> ScalarUDF {
    ScalarFunction {
        name: "prob_orders",
        arguments: &[FIT, ("n", Kind::Number, "At least so many purchase days, 1 to 1,000"), X, T_X, T, DAYS],
        output: Output::Number,
        doc: "P(at least n purchase days within so many days), under a fit of the last build; P(exactly n) is the difference of two. `customer_value` multiplies it with its `calibration`. Null when an argument is null or the numbers are no history.",
        example: "select prob_orders('current', 2, frequency, recency_days, age_days, 365) from rfm",
        evaluate,
    }
    .under(fits)
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    each(arguments, 5, false, |fit, values| {
        let history = history(values[1], values[2], values[3])?;
        if !(values[0] >= 1.0 && values[0] <= 1_000.0 && values[4] >= 0.0) {
            return None;
        }
        let mut at_least = vec![0.0; values[0] as usize];
        fit.purchases.at_least(&history, values[4], &mut at_least);
        at_least.last().copied()
    })
}
