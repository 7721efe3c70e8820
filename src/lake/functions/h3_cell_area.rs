//! `h3_cell_area`: the area of a cell.

use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, cell};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_cell_area",
        arguments: &[
            ("cell", Kind::Cell, "H3 cell"),
            ("unit", Kind::Text, "'km^2', 'm^2' or 'rads^2'"),
        ],
        output: Output::Number,
        doc: "The exact area of a cell on the sphere. Null when the cell is invalid or the unit unknown.",
        example: "select h3_cell_area('8a1fb46622dffff', 'm^2'); -- about 13408",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let cells = arguments.integer_array(0)?;
    let units = arguments.text_array(1)?;
    let areas: Float64Array = cells
        .iter()
        .zip(units.iter())
        .map(|(value, unit)| {
            let cell = cell(value?)?;
            match unit? {
                "km^2" => Some(cell.area_km2()),
                "m^2" => Some(cell.area_m2()),
                "rads^2" => Some(cell.area_rads2()),
                _ => None,
            }
        })
        .collect();
    Ok(Arc::new(areas))
}
