//! `clv`: a customer's value over a horizon.

use std::sync::Arc;

use arrow::array::ArrayRef;
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::asked_model::{MEAN_VALUE, T, T_X, X, each, history};
use super::fits::Fits;
use super::scalar_function::{Arguments, FIT, Kind, Output, ScalarFunction};

/// Days of a month.
const MONTH_DAYS: f64 = 365.25 / 12.0;

pub(super) fn udf(fits: Arc<Fits>) -> ScalarUDF {
    ScalarFunction {
        name: "clv",
        arguments: &[FIT, X, T_X, T, ("months", Kind::Number, "Months of the horizon, 1 to 600"), ("annual_discount", Kind::Number, "Discount of a year, such as 0.08"), MEAN_VALUE],
        output: Output::Number,
        doc: "Discounted expected net revenue of the months to come, each month's at its end; times the margin rate, and the `calibration`, it is the `clv` of `customer_value`. Null when an argument is null or the numbers are no history.",
        example: "select clv('current', frequency, recency_days, age_days, 36, 0.08, repeat_value) from rfm",
        evaluate,
    }
    .under(fits)
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    each(arguments, 6, true, |fit, values| {
        let history = history(values[0], values[1], values[2])?;
        if !(values[3] >= 1.0 && values[3] <= 600.0 && values[4] > -1.0) {
            return None;
        }
        let monthly = (1.0 + values[4]).powf(1.0 / 12.0) - 1.0;
        let own = if values[5].is_nan() { 0.0 } else { values[5] };
        let value = fit.spend?.expected_value(history.x, own)?;
        Some(
            fit.purchases
                .discounted(&history, values[3] as u32, MONTH_DAYS, monthly)
                * value,
        )
    })
}
