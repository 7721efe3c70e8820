//! What is assumed of driving.

use super::TravelTimeError;

/// The assumptions behind approximate travel times; a page that shows such times prints them.
///
/// ```
/// use chalandise_analytics::network::travel_time::Driving;
/// let driving = Driving::default();
/// assert!(driving.speed_kmh(10_000.0) < driving.speed_kmh(1_000.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Driving {
    /// Speed (km/h) where nobody lives: v_open, a mean over motorways and lanes.
    pub open_kmh: f64,
    /// Speed (km/h) towards which ever denser cities fall: v_city.
    pub city_kmh: f64,
    /// Residents per km2 at which the speed lies half-way between the two: rho_half.
    pub half_density: f64,
    /// How sharply it falls there: k.
    pub steepness: f64,
    /// Kilometres on the road for one as the crow flies.
    pub detour: f64,
    /// Minutes at each end.
    pub access_minutes: f64,
}

impl Default for Driving {
    fn default() -> Self {
        Self {
            open_kmh: 105.0,
            city_kmh: 20.0,
            half_density: 4_000.0,
            steepness: 0.55,
            detour: 1.25,
            access_minutes: 5.0,
        }
    }
}

impl Driving {
    /// Speed (km/h) in a cell with so many residents per km2.
    pub fn speed_kmh(&self, residents_per_km2: f64) -> f64 {
        let density = residents_per_km2.max(0.0) / self.half_density;
        self.city_kmh + (self.open_kmh - self.city_kmh) / (1.0 + density.powf(self.steepness))
    }

    /// Whether the assumptions are such as cars can have.
    ///
    /// # Errors
    /// The first one that is not, with the values that it may have.
    pub fn check(&self) -> Result<(), TravelTimeError> {
        let ranges = [
            ("city_kmh", self.city_kmh, 3.0, 200.0),
            // Not slower than the city, or more residents would make it quicker.
            ("open_kmh", self.open_kmh, self.city_kmh, 200.0),
            ("half_density", self.half_density, 1.0, 1e6),
            ("steepness", self.steepness, 0.1, 10.0),
            ("detour", self.detour, 1.0, 3.0),
            ("access_minutes", self.access_minutes, 0.0, 60.0),
        ];
        for (name, value, least, most) in ranges {
            if !(least..=most).contains(&value) {
                return Err(TravelTimeError::Driving {
                    name,
                    value,
                    least,
                    most,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_speed_falls_with_every_resident() {
        let driving = Driving::default();
        assert_eq!(driving.speed_kmh(0.0), driving.open_kmh);
        let speeds: Vec<f64> = (0..60_000)
            .map(|density| driving.speed_kmh(f64::from(density)))
            .collect();
        assert!(speeds.windows(2).all(|pair| pair[0] > pair[1]));
        assert!(speeds[59_999] > driving.city_kmh);
        let half = driving.speed_kmh(driving.half_density);
        assert!((half - 0.5 * (driving.open_kmh + driving.city_kmh)).abs() < 1e-9);
    }

    #[test]
    fn assumptions_that_no_car_has_are_named() {
        assert_eq!(Driving::default().check(), Ok(()));
        let wrong = Driving {
            detour: f64::NAN,
            ..Driving::default()
        };
        assert_eq!(
            wrong.check().expect_err("no number").to_string(),
            "the driving assumption detour is NaN; it must be from 1 to 3"
        );
        let wrong = Driving {
            open_kmh: 10.0,
            ..Driving::default()
        };
        assert!(wrong.check().is_err());
    }
}
