//! `h3_cell_to_latlng`: the centre of a cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Builder, ListBuilder};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use h3o::LatLng;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_cell_to_latlng",
        arguments: &[("cell", Kind::Cell, "H3 cell")],
        output: Output::Numbers,
        doc: "The centre of a cell as a list of latitude and longitude, in degrees. Null when the cell is invalid.",
        example: "select h3_cell_to_latlng('822d57fffffffff')[1]; -- latitude",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let mut lists = ListBuilder::new(Float64Builder::with_capacity(2 * cells.len()));
    for value in &cells {
        match value.and_then(cell) {
            Some(cell) => {
                let centre = LatLng::from(cell);
                lists.values().append_value(centre.lat());
                lists.values().append_value(centre.lng());
                lists.append(true);
            }
            None => lists.append(false),
        }
    }
    Ok(Arc::new(lists.finish()))
}
