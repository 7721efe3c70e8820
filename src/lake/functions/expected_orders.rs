//! `expected_orders`: purchase days that a customer is expected to have.

use std::sync::Arc;

use arrow::array::ArrayRef;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::asked_model::{DAYS, T, T_X, X, each, history};
use super::fits::Fits;
use super::scalar_function::{Arguments, FIT, Output, ScalarFunction};

pub(super) fn udf(fits: Arc<Fits>) -> ScalarUDF {
    ScalarFunction {
        name: "expected_orders",
        arguments: &[FIT, X, T_X, T, DAYS],
        output: Output::Number,
        doc: "Purchase days expected within so many days, under a fit of the last build; `customer_value` multiplies it with its `calibration`. Null when an argument is null or the numbers are no history.",
        example: "select expected_orders('current', frequency, recency_days, age_days, 365) from rfm",
        evaluate,
    }
    .under(fits)
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    each(arguments, 4, false, |fit, values| {
        let history = history(values[0], values[1], values[2])?;
        (values[3] >= 0.0).then(|| fit.purchases.expected(&history, values[3]))
    })
}
