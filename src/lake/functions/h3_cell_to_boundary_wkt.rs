//! `h3_cell_to_boundary_wkt`: the outline of a cell as well-known text.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use h3o::CellIndex;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_cell_to_boundary_wkt",
        arguments: &[("cell", Kind::Cell, "H3 cell")],
        output: Output::Text,
        doc: "The outline of a cell as a well-known-text polygon, longitude before latitude, in degrees with six \
              digits, counter-clockwise and closed. Null when the cell is invalid.",
        example: "select h3_cell_to_boundary_wkt('8075fffffffffff'); -- POLYGON ((...))",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let outlines: StringViewArray = cells.iter().map(|value| Some(polygon(cell(value?)?))).collect();
    Ok(Arc::new(outlines))
}

fn polygon(cell: CellIndex) -> String {
    let boundary = cell.boundary();
    let mut text = String::from("POLYGON ((");
    for (index, vertex) in boundary.iter().chain(boundary.first()).enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(text, "{separator}{:.6} {:.6}", vertex.lng(), vertex.lat()).expect("writing to a String cannot fail");
    }
    text.push_str("))");
    text
}
