//! The distance between two points as the crow flies, on a sphere whose radius is stated.

/// Mean radius of the earth, (2a + b) / 3 of the WGS 84 ellipsoid (IUGG), in kilometres.
pub const MEAN_EARTH_RADIUS_KM: f64 = 6371.0088;

/// Distance, in the unit of the radius, between two points in degrees (latitude, longitude).
///
/// The spherical law of cosines says that its angle has the cosine sin a sin b + cos a cos b cos l. Near 0 an arc cosine loses half of
/// the digits (10 m are wrong by centimetres), so that the angle is taken from sine and cosine of its half together, which is
/// the same function with all of its digits, at antipodes too.
///
/// ```
/// use chalandise_analytics::network::huff::{MEAN_EARTH_RADIUS_KM, great_circle_km};
/// // From Paris to Lyon.
/// let distance = great_circle_km((48.8566, 2.3522), (45.7640, 4.8357), MEAN_EARTH_RADIUS_KM);
/// assert!((distance - 391.5).abs() < 0.1);
/// ```
pub fn great_circle_km(from: (f64, f64), to: (f64, f64), radius_km: f64) -> f64 {
    let (a, b) = (from.0.to_radians(), to.0.to_radians());
    let half_a = 0.5 * (to.0 - from.0).to_radians();
    let half_l = 0.5 * (to.1 - from.1).to_radians();
    // Squares of sine and cosine of half the angle, both as sums of what is never negative: nothing cancels.
    let both = a.cos() * b.cos();
    let sine = half_a.sin().powi(2) + both * half_l.sin().powi(2);
    let cosine = (0.5 * (a + b)).sin().powi(2) + both * half_l.cos().powi(2);
    2.0 * radius_km * sine.sqrt().atan2(cosine.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn unit(from: (f64, f64), to: (f64, f64)) -> f64 {
        great_circle_km(from, to, 1.0)
    }

    #[test]
    fn near_and_far_points_keep_their_digits() {
        assert_eq!(unit((48.0, 7.0), (48.0, 7.0)), 0.0);
        // Along a meridian the angle is the difference of latitudes, however small.
        for step in [1e-9, 1e-6, 1e-3, 1.0, 60.0] {
            let angle = unit((48.0, 7.0), (48.0 - step, 7.0));
            let difference = (48.0_f64 - (48.0 - step)).to_radians();
            assert!((angle / difference - 1.0).abs() < 1e-14, "{step}: {angle}");
        }
        assert!((unit((10.0, 20.0), (-10.0, 200.0)) - PI).abs() < 1e-15);
        assert!((unit((0.0, 179.5), (0.0, -179.5)) - 1.0_f64.to_radians()).abs() < 1e-15);
    }

    #[test]
    fn it_is_the_law_of_cosines() {
        let law = |from: (f64, f64), to: (f64, f64)| {
            let (a, b, l) = (from.0.to_radians(), to.0.to_radians(), (to.1 - from.1).to_radians());
            (a.sin() * b.sin() + a.cos() * b.cos() * l.cos()).acos()
        };
        for to in [(45.0, 4.0), (-33.0, 151.0), (48.2, 7.3), (70.0, -120.0)] {
            let from = (48.0, 7.0);
            assert!((unit(from, to) / law(from, to) - 1.0).abs() < 1e-10, "{to:?}");
        }
    }
}
