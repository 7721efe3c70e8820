//! `h3_cell_to_children_size`: how many finer cells make up a cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell, resolution};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_cell_to_children_size",
        arguments: &[
            ("cell", Kind::Cell, "H3 cell"),
            (
                "resolution",
                Kind::Integer,
                "Resolution of the children, the cell's own to 15",
            ),
        ],
        output: Output::Integer,
        doc: "The number of cells of a finer resolution that make up a cell. Null when the cell is invalid or the \
              resolution is coarser than the cell's.",
        example: "select h3_cell_to_children_size('822d57fffffffff', 4); -- 49",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let resolutions = arguments.integers(1)?;
    let sizes: Int64Array = cells
        .iter()
        .enumerate()
        .map(|(row, value)| {
            let parent = cell(value?)?;
            let wanted = resolution(resolutions.get(row)?)?;
            let finer = wanted >= parent.resolution();
            finer.then(|| i64::try_from(parent.children_count(wanted)).ok())?
        })
        .collect();
    Ok(Arc::new(sizes))
}
