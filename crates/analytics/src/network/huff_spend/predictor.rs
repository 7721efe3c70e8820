//! What a fitted model says of a place: the three numbers that a scenario needs.

use super::error::SpendError;
use crate::network::huff::Decay;

/// A fitted model without its data: p_ij = attraction_j weight(d_ij) / (outside + sum over the open stores k of attraction_k weight(d_ik)).
#[derive(Clone, Debug, PartialEq)]
pub struct Predictor {
    decay: Decay,
    exponents: Vec<f64>,
    distance: f64,
    outside: f64,
}

impl Predictor {
    /// From parameters in the order of a fit: exponents, coefficient of distance, logarithm of the outside's weight.
    pub(super) fn new(decay: Decay, parameters: &[f64]) -> Predictor {
        let columns = parameters.len() - 2;
        Predictor {
            decay,
            exponents: parameters[..columns].to_vec(),
            distance: parameters[columns],
            outside: parameters[columns + 1],
        }
    }

    /// Attraction of a site from the logarithms of its columns and its effect (0 for a site that is not open yet):
    /// exp(sum of exponent times logarithm + effect).
    ///
    /// # Errors
    /// [`SpendError::SiteColumns`] when there is not one value for each column of the model.
    pub fn attraction(&self, logs: &[f64], effect: f64) -> Result<f64, SpendError> {
        if logs.len() != self.exponents.len() {
            let (found, needed) = (logs.len(), self.exponents.len());
            return Err(SpendError::SiteColumns { found, needed });
        }
        let drawn = logs.iter().zip(&self.exponents).map(|(log, a)| a * log);
        Ok((drawn.sum::<f64>() + effect).exp())
    }

    /// What is left of an attraction at a distance, as a factor. Like in the data of the fit, the caller raises distances to the smallest
    /// that counts and gives no weight beyond the reach.
    pub fn weight(&self, distance: f64) -> f64 {
        (self.distance * self.decay.transform(distance)).exp()
    }

    /// Weight of everything that is not the retailer.
    pub fn outside(&self) -> f64 {
        self.outside.exp()
    }
}
