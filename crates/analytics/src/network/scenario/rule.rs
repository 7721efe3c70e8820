//! How the weight of a site falls with the distance.

use crate::network::huff::Decay;

use super::error::ScenarioError;

/// Nothing that is multiplied may be larger, so that no product overflows.
pub(super) const LARGEST: f64 = 1e150;

/// The model's distance decay and outside option.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// The form.
    pub decay: Decay,
    /// Its coefficient, below 0.
    pub coefficient: f64,
    /// Smaller distances count as this one, so that a store in a cell's centre does not draw without end. Above 0 for a power.
    pub smallest_distance: f64,
    /// Reach: beyond it a site has no weight. In kilometres, or in the unit of the listed distances.
    pub largest_distance: f64,
    /// Weight O of the outside option, from 0.
    pub outside: f64,
}

impl Rule {
    /// exp(coefficient * transform(distance)); 0 beyond reach.
    pub fn weight(&self, distance: f64) -> f64 {
        if distance <= self.largest_distance {
            self.weight_within(distance)
        } else {
            0.0
        }
    }

    /// The weight of a distance known to be within reach.
    ///
    /// 0 where it is so small that it has lost digits (below about 1e-290): such a site is out of reach.
    pub(crate) fn weight_within(&self, distance: f64) -> f64 {
        let weight = (self.coefficient * self.decay.transform(distance.max(self.smallest_distance))).exp();
        if weight > 1e-290 { weight } else { 0.0 }
    }

    /// What the coefficient multiplies, of a weight above 0.
    pub(super) fn transformed(&self, weight: f64) -> f64 {
        weight.ln() / self.coefficient
    }

    pub(super) fn check(&self) -> Result<(), ScenarioError> {
        let fault = |name, value, allowed| Err(ScenarioError::Rule { name, value, allowed });
        if !(self.coefficient.is_finite() && self.coefficient < 0.0) {
            let allowed = "below 0, or customers would not mind the distance";
            return fault("the distance coefficient", self.coefficient, allowed);
        }
        let smallest = self.smallest_distance;
        if !(smallest.is_finite() && smallest >= 0.0) || (self.decay == Decay::Power && smallest == 0.0) {
            return fault("the smallest distance", smallest, "from 0, and above 0 for a power");
        }
        if self.largest_distance.is_nan() || self.largest_distance < smallest || self.largest_distance <= 0.0 {
            let allowed = "above 0 and not below the smallest distance";
            return fault("the largest distance", self.largest_distance, allowed);
        }
        if !(0.0..=LARGEST).contains(&self.outside) {
            return fault("the outside weight", self.outside, "from 0 to 1e150");
        }
        let most = self.weight_within(smallest);
        if most > LARGEST {
            return fault("the weight at the smallest distance", most, "at most 1e150");
        }
        Ok(())
    }
}
