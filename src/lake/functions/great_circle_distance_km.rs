//! `great_circle_distance_km`: the distance between two points as the crow flies.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, Float64Array};
use datafusion::common::Result;
use datafusion::logical_expr::ScalarUDF;

use super::scalar_function::{Arguments, Kind, Output, ScalarFunction};

/// Mean radius of the earth, R1 = (2a + b) / 3 of the WGS 84 ellipsoid (IUGG), in kilometres.
const EARTH_RADIUS_KM: f64 = 6371.0088;

pub(super) fn udf() -> ScalarUDF {
    ScalarFunction {
        name: "great_circle_distance_km",
        arguments: &[
            ("latitude_1", Kind::Number, "Latitude of the first point, degrees"),
            ("longitude_1", Kind::Number, "Longitude of the first point, degrees"),
            ("latitude_2", Kind::Number, "Latitude of the second point, degrees"),
            ("longitude_2", Kind::Number, "Longitude of the second point, degrees"),
        ],
        output: Output::Number,
        doc: "The distance in kilometres between two points on a sphere of 6371.0088 km radius (haversine formula; \
              within 0.6 % of the ellipsoid). Null when a coordinate is null or not finite.",
        example: "select great_circle_distance_km(48.8566, 2.3522, 45.7640, 4.8357); -- Paris to Lyon, about 391.5",
        evaluate,
    }
    .into_udf()
}

/// The distance in kilometres between two points given in degrees, by the haversine formula.
///
/// ```
/// use chalandise_lake::functions::great_circle_distance_km;
///
/// let quarter = great_circle_distance_km(0.0, 0.0, 90.0, 0.0);
/// assert!((quarter - 10_007.557).abs() < 0.001);
/// ```
pub fn great_circle_distance_km(latitude_1: f64, longitude_1: f64, latitude_2: f64, longitude_2: f64) -> f64 {
    let (phi_1, phi_2) = (latitude_1.to_radians(), latitude_2.to_radians());
    let half_phi = (phi_2 - phi_1) / 2.0;
    let half_lambda = (longitude_2 - longitude_1).to_radians() / 2.0;
    let haversine = half_phi.sin().powi(2) + phi_1.cos() * phi_2.cos() * half_lambda.sin().powi(2);
    2.0 * EARTH_RADIUS_KM * haversine.sqrt().min(1.0).asin()
}

fn evaluate(arguments: &Arguments) -> Result<ArrayRef> {
    let columns = (0..4)
        .map(|index| arguments.number_array(index))
        .collect::<Result<Vec<_>>>()?;
    let at = |column: &Float64Array, row| column.is_valid(row).then(|| column.value(row));
    let distances: Float64Array = (0..arguments.rows)
        .map(|row| {
            let distance = great_circle_distance_km(
                at(&columns[0], row)?,
                at(&columns[1], row)?,
                at(&columns[2], row)?,
                at(&columns[3], row)?,
            );
            distance.is_finite().then_some(distance)
        })
        .collect();
    Ok(Arc::new(distances))
}
