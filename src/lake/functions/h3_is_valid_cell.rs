//! `h3_is_valid_cell`: whether a number or a text is an H3 cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_is_valid_cell",
        arguments: &[("cell", Kind::Cell, "Number or hexadecimal text")],
        output: Output::Boolean,
        doc: "Whether a number or a hexadecimal text is a valid H3 cell. Null only for null.",
        example: "select h3_is_valid_cell('822d57fffffffff'), h3_is_valid_cell('822d'); -- true, false",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let valid: BooleanArray = cells
        .iter()
        .map(|value| value.map(|value| cell(value).is_some()))
        .collect();
    Ok(Arc::new(valid))
}
