//! `h3_cell_to_lng`: the longitude of a cell's centre.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use h3o::LatLng;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_cell_to_lng",
        arguments: &[("cell", Kind::Cell, "H3 cell")],
        output: Output::Number,
        doc: "The longitude, in degrees, of the centre of a cell. Null when the cell is invalid.",
        example: "select h3_cell_to_lng('822d57fffffffff');",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let values: Float64Array = cells
        .iter()
        .map(|value| Some(LatLng::from(cell(value?)?).lng()))
        .collect();
    Ok(Arc::new(values))
}
