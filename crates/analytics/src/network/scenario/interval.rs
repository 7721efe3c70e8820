//! Intervals of a scenario by the delta method.

use crate::numeric::Symmetric;
use crate::numeric::special::{Z_80, Z_95};

use super::error::ScenarioError;
use super::gradient::{Effect, EffectKind, Gradient};

/// What is not known of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertainty {
    /// Covariance of the parameters (exponents, distance coefficient, ln outside); zeros for one that is given.
    pub covariance: Symmetric,
    /// Variance sigma^2 of the effects of stores, independent of each other, for sites opened or moved.
    pub effect_variance: f64,
    /// Variance of the effect of a store that is resized, 0 when it is taken to stay.
    pub resized_effect_variance: f64,
    /// Variance of the effect of a store as it is, when it is closed, moved or resized: what is left of it once its sales are known, 0 when it
    /// is taken as known.
    pub closed_effect_variance: f64,
}

/// A range that holds the truth with a stated probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// How far an amount may be off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Variance from the parameters.
    pub from_parameters: f64,
    /// Variance from effects that no data have shown: the model's own error.
    pub from_model: f64,
    /// Square root of both together, in the unit of the amount.
    pub standard_error: f64,
    /// Holds the truth 80 times of 100.
    pub interval_80: Interval,
    /// Holds it 95 times of 100.
    pub interval_95: Interval,
}

impl Uncertainty {
    /// The spread of an amount that the model estimates, from its gradient: gradient' covariance gradient, plus the same of the effects,
    /// which are independent but for the two of one site ([`Effect::kept`]). The intervals are those of a normal distribution.
    ///
    /// # Errors
    /// When the covariance has another size than the gradient.
    pub fn spread(&self, estimate: f64, gradient: &Gradient, effects: &[Effect]) -> Result<Spread, ScenarioError> {
        let size = gradient.parameters.len();
        if self.covariance.size() != size {
            return Err(ScenarioError::Covariance {
                given: self.covariance.size(),
                needed: size,
            });
        }
        let mut from_parameters = 0.0;
        for (row, left) in gradient.parameters.iter().enumerate() {
            for (column, right) in gradient.parameters.iter().enumerate() {
                from_parameters += left * self.covariance.get(row, column) * right;
            }
        }
        let from_parameters = from_parameters.max(0.0);
        let scaled = |place: usize| -> f64 {
            let variance = match effects[place].kind {
                EffectKind::Closed | EffectKind::Left => self.closed_effect_variance,
                EffectKind::Resized => self.resized_effect_variance,
                EffectKind::Opened | EffectKind::Moved => self.effect_variance,
            };
            variance.sqrt() * gradient.effects.get(place).copied().unwrap_or(0.0)
        };
        let mut from_model = 0.0;
        for (place, effect) in effects.iter().enumerate() {
            let own = scaled(place);
            // What is left stands behind what the same site has under the scenario. As a sum of squares, it is nothing when both cancel.
            if effect.kind == EffectKind::Left && place > 0 {
                let (other, kept) = (scaled(place - 1), effect.kept);
                from_model += (own + kept * other).powi(2) + (1.0 - kept * kept) * other * other;
            } else if effects.get(place + 1).is_none_or(|next| next.kind != EffectKind::Left) {
                from_model += own * own;
            }
        }
        let standard_error = (from_parameters + from_model).sqrt();
        let interval = |z: f64| Interval {
            low: estimate - z * standard_error,
            high: estimate + z * standard_error,
        };
        Ok(Spread {
            from_parameters,
            from_model,
            standard_error,
            interval_80: interval(Z_80),
            interval_95: interval(Z_95),
        })
    }
}
