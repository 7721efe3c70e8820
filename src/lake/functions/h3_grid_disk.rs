//! `h3_grid_disk`: the cells within k steps of a cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, ListBuilder};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell, to_int64, too_large};

const NAME: &str = "h3_grid_disk";
/// A wider disk is a mistake: this one has 751,501 cells.
const LARGEST_K: i64 = 500;

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: NAME,
        arguments: &[
            ("cell", Kind::Cell, "H3 cell at the centre"),
            ("k", Kind::Integer, "Steps from the centre, 0 to 500"),
        ],
        output: Output::Cells,
        doc: "The cells within k steps of a cell, the cell itself among them, nearest first. Null when the cell is \
              invalid or k negative; an error above 500 steps.",
        example: "select unnest(h3_grid_disk(h3_latlng_to_cell(48.8566, 2.3522, 7), 1)); -- seven cells",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let steps = arguments.integers(1)?;
    let mut lists = ListBuilder::new(Int64Builder::new());
    for (row, value) in cells.iter().enumerate() {
        let k = steps.get(row);
        if k.is_some_and(|k| k > LARGEST_K) {
            return too_large(NAME, "k is above 500; ask for a smaller disk or coarser cells");
        }
        let k = k.and_then(|k| u32::try_from(k).ok());
        match (value.and_then(cell), k) {
            (Some(centre), Some(k)) => {
                let disk: Vec<_> = centre.grid_disk(k);
                for cell in disk {
                    lists.values().append_value(to_int64(cell));
                }
                lists.append(true);
            }
            _ => lists.append(false),
        }
    }
    Ok(Arc::new(lists.finish()))
}
