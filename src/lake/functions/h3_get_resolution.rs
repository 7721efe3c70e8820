//! `h3_get_resolution`: the resolution of a cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_get_resolution",
        arguments: &[("cell", Kind::Cell, "H3 cell")],
        output: Output::Integer,
        doc: "The resolution of a cell, 0 to 15. Null when the cell is invalid.",
        example: "select h3_get_resolution('822d57fffffffff'); -- 2",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let resolutions: Int64Array = cells
        .iter()
        .map(|value| Some(i64::from(u8::from(cell(value?)?.resolution()))))
        .collect();
    Ok(Arc::new(resolutions))
}
