//! `p_alive`: the probability that a customer is still one.

use std::sync::Arc;

use arrow::array::ArrayRef;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::asked_model::{T, T_X, X, each, history};
use super::fits::Fits;
use super::scalar_function::{Arguments, FIT, Output, ScalarFunction};

pub(super) fn udf(fits: Arc<Fits>) -> ScalarUDF {
    ScalarFunction {
        name: "p_alive",
        arguments: &[FIT, X, T_X, T],
        output: Output::Number,
        doc: "P(still a customer) of a customer of this history, under a fit of the last build. Null when an argument is null or the numbers are no history.",
        example: "select p_alive('current', frequency, recency_days, age_days) from rfm",
        evaluate,
    }
    .under(fits)
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    each(arguments, 3, false, |fit, values| {
        Some(fit.purchases.p_alive(&history(values[0], values[1], values[2])?))
    })
}
