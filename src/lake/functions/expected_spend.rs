//! `expected_spend`: what a customer's purchase is worth.

use std::sync::Arc;

use arrow::array::ArrayRef;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::asked_model::{MEAN_VALUE, X, each};
use super::fits::Fits;
use super::scalar_function::{Arguments, FIT, Output, ScalarFunction};

pub(super) fn udf(fits: Arc<Fits>) -> ScalarUDF {
    ScalarFunction {
        name: "expected_spend",
        arguments: &[FIT, X, MEAN_VALUE],
        output: Output::Number,
        doc: "Expected net revenue of a purchase day to come, by Gamma-Gamma or what stands in its place: between the customer's own mean and that of all. Null when an argument is null or the numbers are no history.",
        example: "select expected_spend('current', frequency, repeat_value) from rfm",
        evaluate,
    }
    .under(fits)
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    each(arguments, 2, true, |fit, values| {
        let own = if values[1].is_nan() { 0.0 } else { values[1] };
        let sound = values[0] >= 0.0 && own >= 0.0;
        fit.spend.filter(|_| sound)?.expected_value(values[0] as u32, own)
    })
}
