//! `h3_latlng_to_cell`: the cell in which a point lies.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Int64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;
use h3o::LatLng;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction, resolution, to_int64};

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "h3_latlng_to_cell",
        arguments: &[
            ("latitude", Kind::Number, "Latitude, degrees"),
            ("longitude", Kind::Number, "Longitude, degrees"),
            ("resolution", Kind::Integer, "H3 resolution, 0 to 15"),
        ],
        output: Output::Cell,
        doc: "The H3 cell of a point. Null when a coordinate is not finite or the resolution is not one of H3's.",
        example: "select h3_latlng_to_cell(0, 0, 1); -- 583031433791012863",
        evaluate,
    }
    .into_udf()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let latitudes = arguments.number_array(0)?;
    let longitudes = arguments.number_array(1)?;
    let resolutions = arguments.integers(2)?;
    let cells: Int64Array = (0..arguments.rows)
        .map(|row| {
            if latitudes.is_null(row) || longitudes.is_null(row) {
                return None;
            }
            let point = LatLng::new(latitudes.value(row), longitudes.value(row)).ok()?;
            Some(to_int64(point.to_cell(resolution(resolutions.get(row)?)?)))
        })
        .collect();
    Ok(Arc::new(cells))
}
