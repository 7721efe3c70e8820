//! `h3_cell_to_center_child`: the finer cell at the centre of a cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell, resolution, to_int64};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_cell_to_center_child",
        arguments: &[
            ("cell", Kind::Cell, "H3 cell"),
            (
                "resolution",
                Kind::Integer,
                "Resolution of the child, the cell's own to 15",
            ),
        ],
        output: Output::Cell,
        doc: "The cell of a finer resolution at the centre of a cell. Null when the cell is invalid or the resolution \
              is coarser than the cell's.",
        example: "select h3_cell_to_center_child(586265647244115967, 4); -- 595272305332977663",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let resolutions = arguments.integers(1)?;
    let children: Int64Array = cells
        .iter()
        .enumerate()
        .map(|(row, value)| {
            let wanted = resolution(resolutions.get(row)?)?;
            cell(value?)?.center_child(wanted).map(to_int64)
        })
        .collect();
    Ok(Arc::new(children))
}
