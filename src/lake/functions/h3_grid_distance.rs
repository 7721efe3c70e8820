//! `h3_grid_distance`: steps between two cells.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_grid_distance",
        arguments: &[
            ("origin", Kind::Cell, "H3 cell"),
            ("destination", Kind::Cell, "H3 cell of the same resolution"),
        ],
        output: Output::Integer,
        doc: "Steps on the grid between two cells. Null when a cell is invalid, the resolutions differ, or H3 cannot \
              lay one grid over both (too far apart, or a pentagon between).",
        example: "select h3_grid_distance(origin, destination);",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let origins = arguments.integer_array(0)?;
    let destinations = arguments.integer_array(1)?;
    let distances: Int64Array = origins
        .iter()
        .zip(&destinations)
        .map(|(origin, destination)| {
            let steps = cell(origin?)?.grid_distance(cell(destination?)?);
            steps.ok().map(i64::from)
        })
        .collect();
    Ok(Arc::new(distances))
}
