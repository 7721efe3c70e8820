//! `h3_child_pos_to_cell`: a finer cell of a cell by its position.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell, resolution, to_int64};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_child_pos_to_cell",
        arguments: &[
            (
                "position",
                Kind::Integer,
                "Position among the children in ascending order, from 0",
            ),
            ("cell", Kind::Cell, "H3 cell"),
            (
                "resolution",
                Kind::Integer,
                "Resolution of the child, the cell's own to 15",
            ),
        ],
        output: Output::Cell,
        doc: "The child of a cell at a position. The children of a cell at one resolution are the valid cells from the \
              one at position 0 to the last. Null when the cell is invalid, the resolution coarser than the cell's, \
              or the position outside.",
        example: "select h3_child_pos_to_cell(0, '822d57fffffffff', 3);",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let positions = arguments.integers(0)?;
    let cells = arguments.integer_array(1)?;
    let resolutions = arguments.integers(2)?;
    let children: Int64Array = cells
        .iter()
        .enumerate()
        .map(|(row, value)| {
            let position = u64::try_from(positions.get(row)?).ok()?;
            let wanted = resolution(resolutions.get(row)?)?;
            cell(value?)?.child_at(position, wanted).map(to_int64)
        })
        .collect();
    Ok(Arc::new(children))
}
