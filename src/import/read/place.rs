//! Coordinates as a pair: swapped ones are put right, impossible ones dropped.

use crate::mapping::{PLACE_DROPPED, SWAPPED_COORDINATES};

/// Boxes round metropolitan France and its overseas departements: latitude from, to, longitude from, to, in degrees.
///
/// They are wide on purpose: they only decide whether exchanging two numbers brings a point home.
const FRANCE: [[f64; 4]; 6] = [
    [41.0, 51.5, -5.6, 10.0],
    [15.7, 18.2, -63.2, -60.8],
    [14.3, 15.0, -61.4, -60.7],
    [2.0, 6.0, -54.8, -51.4],
    [-21.6, -20.7, 55.0, 56.0],
    [-13.2, -12.4, 44.9, 45.5],
];

/// A pair of coordinates after inspection, and the repair that was needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Latitude and longitude, in degrees; none when they cannot be used.
    pub point: Option<(f64, f64)>,
    /// Name of the repair applied.
    pub repair: Option<&'static str>,
}

/// Inspects a pair of coordinates.
pub fn inspect(latitude: Option<f64>, longitude: Option<f64>) -> Place {
    let (latitude, longitude) = match (latitude, longitude) {
        (None, None) => {
            return Place {
                point: None,
                repair: None,
            };
        }
        (Some(latitude), Some(longitude)) => (latitude, longitude),
        _ => return dropped(),
    };
    // Nobody lives at 0, 0; an export writes it where it knows nothing.
    if latitude == 0.0 && longitude == 0.0 {
        return dropped();
    }
    if !in_france(latitude, longitude) && in_france(longitude, latitude) {
        return Place {
            point: Some((longitude, latitude)),
            repair: Some(SWAPPED_COORDINATES),
        };
    }
    if latitude.abs() <= 90.0 && longitude.abs() <= 180.0 {
        Place {
            point: Some((latitude, longitude)),
            repair: None,
        }
    } else {
        dropped()
    }
}

fn dropped() -> Place {
    Place {
        point: None,
        repair: Some(PLACE_DROPPED),
    }
}

fn in_france(latitude: f64, longitude: f64) -> bool {
    FRANCE
        .iter()
        .any(|[south, north, west, east]| (*south..=*north).contains(&latitude) && (*west..=*east).contains(&longitude))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_swapped_or_dropped() {
        let kept = inspect(Some(48.85), Some(2.35));
        assert_eq!((kept.point, kept.repair), (Some((48.85, 2.35)), None));
        let swapped = inspect(Some(2.35), Some(48.85));
        assert_eq!(
            (swapped.point, swapped.repair),
            (Some((48.85, 2.35)), Some(SWAPPED_COORDINATES))
        );
        let reunion = inspect(Some(55.45), Some(-20.88));
        assert_eq!(reunion.point, Some((-20.88, 55.45)));
        // Madrid: outside every box, and so is its exchange; a foreign customer stays.
        assert_eq!(inspect(Some(40.4), Some(-3.7)).point, Some((40.4, -3.7)));
        for (latitude, longitude) in [
            (Some(0.0), Some(0.0)),
            (Some(488_566.0), Some(2.35)),
            (Some(48.85), Some(200.0)),
            (Some(48.85), None),
            (Some(f64::NAN), Some(2.0)),
        ] {
            let place = inspect(latitude, longitude);
            assert_eq!((place.point, place.repair), (None, Some(PLACE_DROPPED)));
        }
        assert_eq!(
            inspect(None, None),
            Place {
                point: None,
                repair: None
            }
        );
    }
}
