//! Lambert-93, the legal projection of metropolitan France (EPSG:2154).
//!
//! A Lambert conformal conic with two standard parallels on the GRS 80 ellipsoid. Formulas: IOGP Guidance Note 7-2,
//! method 9802; the same as the French mapping agency's note NTG 71, whose constants the tests compare with.
//! Conformal matters here: an H3 cell keeps its shape all over the map, so that size and darkness alone carry meaning.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};
use std::sync::LazyLock;

/// Equatorial radius of GRS 80, in metres.
const SEMI_MAJOR_AXIS_M: f64 = 6_378_137.0;
/// Inverse flattening of GRS 80.
const INVERSE_FLATTENING: f64 = 298.257_222_101;
/// Latitude of the false origin, in degrees.
const LATITUDE_OF_ORIGIN: f64 = 46.5;
/// Longitude of the false origin, in degrees.
const LONGITUDE_OF_ORIGIN: f64 = 3.0;
/// Standard parallels, in degrees.
const STANDARD_PARALLELS: [f64; 2] = [44.0, 49.0];
/// Easting at the false origin, in metres.
const FALSE_EASTING_M: f64 = 700_000.0;
/// Northing at the false origin, in metres.
const FALSE_NORTHING_M: f64 = 6_600_000.0;

/// A point in Lambert-93 metres: east and north of the projection's false origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Easting in metres.
    pub east_m: f64,
    /// Northing in metres.
    pub north_m: f64,
}

/// The constants that follow from the ellipsoid and the parallels.
struct Cone {
    /// First eccentricity of the ellipsoid.
    eccentricity: f64,
    /// Ratio of an angle on the map to the difference of longitude.
    exponent: f64,
    /// Radius of the image of the equator, in metres.
    equator_radius_m: f64,
    /// Northing of the cone's apex, in metres.
    apex_north_m: f64,
}

static CONE: LazyLock<Cone> = LazyLock::new(Cone::lambert_93);

impl Cone {
    fn lambert_93() -> Self {
        let flattening = 1.0 / INVERSE_FLATTENING;
        let eccentricity = (flattening * (2.0 - flattening)).sqrt();
        let [south, north] = STANDARD_PARALLELS.map(f64::to_radians);
        let radius_of_parallel =
            |latitude: f64| latitude.cos() / (1.0 - (eccentricity * latitude.sin()).powi(2)).sqrt();
        let (m1, m2) = (radius_of_parallel(south), radius_of_parallel(north));
        let (t1, t2) = (colatitude(south, eccentricity), colatitude(north, eccentricity));
        let exponent = (m1 / m2).ln() / (t1 / t2).ln();
        let equator_radius_m = SEMI_MAJOR_AXIS_M * m1 / (exponent * t1.powf(exponent));
        let origin = colatitude(LATITUDE_OF_ORIGIN.to_radians(), eccentricity);
        Self {
            eccentricity,
            exponent,
            equator_radius_m,
            apex_north_m: FALSE_NORTHING_M + equator_radius_m * origin.powf(exponent),
        }
    }
}

/// The isometric colatitude `t` of method 9802: 0 at the north pole, without bound at the south pole.
fn colatitude(latitude: f64, eccentricity: f64) -> f64 {
    let e_sin = eccentricity * latitude.sin();
    (FRAC_PI_4 - latitude / 2.0).tan() / ((1.0 - e_sin) / (1.0 + e_sin)).powf(eccentricity / 2.0)
}

/// Projects a latitude and longitude in degrees.
///
/// Any finite input gives a result; near the south pole it is not finite, and the map draws nothing there.
///
/// ```
/// let paris = chalandise_chart::map::project(48.85341, 2.3488);
/// assert!((paris.east_m - 652_216.6).abs() < 0.1);
/// ```
#[must_use]
pub fn project(latitude: f64, longitude: f64) -> Point {
    let cone = &*CONE;
    let t = colatitude(latitude.to_radians(), cone.eccentricity);
    let radius_m = cone.equator_radius_m * t.powf(cone.exponent);
    let angle = cone.exponent * (longitude - LONGITUDE_OF_ORIGIN).to_radians();
    Point {
        east_m: FALSE_EASTING_M + radius_m * angle.sin(),
        north_m: cone.apex_north_m - radius_m * angle.cos(),
    }
}

/// The latitude and longitude in degrees of a projected point: the inverse of [`project`].
#[must_use]
pub fn unproject(point: Point) -> (f64, f64) {
    let cone = &*CONE;
    let east_m = point.east_m - FALSE_EASTING_M;
    let south_m = cone.apex_north_m - point.north_m;
    let t = (east_m.hypot(south_m) / cone.equator_radius_m).powf(1.0 / cone.exponent);
    let longitude = east_m.atan2(south_m).to_degrees() / cone.exponent + LONGITUDE_OF_ORIGIN;
    // The fixed point converges by a factor of e^2 (about 150) a step; eight steps reach the last bit.
    let mut latitude = FRAC_PI_2 - 2.0 * t.atan();
    for _ in 0..8 {
        let e_sin = cone.eccentricity * latitude.sin();
        let ratio = ((1.0 - e_sin) / (1.0 + e_sin)).powf(cone.eccentricity / 2.0);
        latitude = FRAC_PI_2 - 2.0 * (t * ratio).atan();
    }
    (latitude.to_degrees(), longitude)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lambert-93 coordinates by the reference implementation PROJ 9 (EPSG:2154), in metres.
    const KNOWN: [(&str, f64, f64, f64, f64); 6] = [
        ("false origin", 46.5, 3.0, 700_000.0, 6_600_000.0),
        ("Paris", 48.85341, 2.3488, 652_216.635, 6_861_682.612),
        ("Nantes", 47.21725, -1.55336, 355_588.572, 6_689_594.529),
        ("Nice", 43.70313, 7.26608, 1_043_781.014, 6_298_633.237),
        ("Brest", 48.39029, -4.48628, 146_618.555, 6_836_251.416),
        ("Ajaccio", 41.91886, 8.73812, 1_176_630.509, 6_108_232.639),
    ];

    #[test]
    fn constants_are_the_published_ones() {
        // Note NTG 71: n = 0.7256077650, C = 11 754 255.426 m, Ys = 12 655 612.050 m.
        assert!((CONE.exponent - 0.725_607_765_0).abs() < 1e-10);
        assert!((CONE.equator_radius_m - 11_754_255.426).abs() < 1e-3);
        assert!((CONE.apex_north_m - 12_655_612.050).abs() < 1e-3);
    }

    #[test]
    fn known_cities_fall_within_a_millimetre() {
        for (name, latitude, longitude, east_m, north_m) in KNOWN {
            let point = project(latitude, longitude);
            assert!((point.east_m - east_m).abs() < 1e-3, "{name}: {point:?}");
            assert!((point.north_m - north_m).abs() < 1e-3, "{name}: {point:?}");
        }
    }

    #[test]
    fn the_inverse_gives_the_degrees_back() {
        for (name, latitude, longitude, ..) in KNOWN {
            let (back_latitude, back_longitude) = unproject(project(latitude, longitude));
            assert!((back_latitude - latitude).abs() < 1e-11, "{name}");
            assert!((back_longitude - longitude).abs() < 1e-11, "{name}");
        }
    }
}
