//! `h3_cell_to_children`: the finer cells that make up a cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Builder, ListBuilder};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell, resolution, to_int64, too_large};

const NAME: &str = "h3_cell_to_children";
/// More cells than this in one list are a mistake: seven steps down are 823,543.
const MOST_CHILDREN: u64 = 1_000_000;

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: NAME,
        arguments: &[
            ("cell", Kind::Cell, "H3 cell"),
            (
                "resolution",
                Kind::Integer,
                "Resolution of the children, the cell's own to 15",
            ),
        ],
        output: Output::Cells,
        doc: "The cells of a finer resolution that make up a cell, in ascending order. Null when the cell is invalid \
              or the resolution is coarser than the cell's; an error above 1,000,000 children.",
        example: "select unnest(h3_cell_to_children('822d57fffffffff', 3));",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let resolutions = arguments.integers(1)?;
    let mut lists = ListBuilder::new(Int64Builder::new());
    for (row, value) in cells.iter().enumerate() {
        let parent = value.and_then(cell);
        let wanted = resolutions.get(row).and_then(resolution);
        let (Some(parent), Some(wanted)) = (parent, wanted) else {
            lists.append(false);
            continue;
        };
        if wanted < parent.resolution() {
            lists.append(false);
            continue;
        }
        if parent.children_count(wanted) > MOST_CHILDREN {
            return too_large(NAME, "more than 1,000,000 children; ask for a coarser resolution");
        }
        for child in parent.children(wanted) {
            lists.values().append_value(to_int64(child));
        }
        lists.append(true);
    }
    Ok(Arc::new(lists.finish()))
}
