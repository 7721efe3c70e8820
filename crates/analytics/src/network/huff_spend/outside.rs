//! What keeps the outside finite beside rivals.
//!
//! Without rivals the outside takes all that the stores do not, and that is never nothing. Rivals may account for all of it, or for more,
//! where their areas, their appeal or the potentials are not what they seem: the outside's weight then falls without end, and the
//! likelihood has no maximum. In models with rivals, its utility o therefore has a prior, normal round what would take all that is spent
//! elsewhere, and so wide that it says nothing where the flows say anything.

use super::model::SpendModel;
use super::unseen::Unseen;
use crate::numeric::{Evaluation, Symmetric};

/// Standard deviation of the prior: a factor of e^5.
const DEVIATION: f64 = 5.0;
/// Of what is not observed, the outside's share that a search starts with at least.
const LEAST_AT_START: f64 = 0.1;

impl SpendModel<'_> {
    /// Utility of the outside that a search starts with: it weighs what the rivals leave, if that is not as good as nothing.
    pub(super) fn outside_at_start(&self) -> f64 {
        let Unseen { all, rivals } = self.unseen;
        (all - rivals).max(LEAST_AT_START * all).ln()
    }

    fn outside_precision(&self) -> f64 {
        if self.has_rivals() { DEVIATION.powi(-2) } else { 0.0 }
    }

    /// How far the outside's utility is from the middle of its prior.
    fn outside_apart(&self, parameters: &[f64]) -> f64 {
        parameters[self.width() + 1] - self.unseen.all.ln()
    }

    /// Half of the squared distance from the middle of the prior, in its deviations.
    pub(super) fn outside_penalty(&self, parameters: &[f64]) -> f64 {
        0.5 * self.outside_precision() * self.outside_apart(parameters).powi(2)
    }

    /// Its derivative by the outside's utility.
    pub(super) fn outside_pull(&self, parameters: &[f64]) -> f64 {
        self.outside_precision() * self.outside_apart(parameters)
    }

    /// Adds the prior's precision, times `factor`, to an information, or to score products as what a draw from the prior would score.
    pub(super) fn add_outside_prior(&self, matrix: &mut Symmetric, factor: f64) {
        let outside = self.width() + 1;
        matrix.add(outside, outside, factor * self.outside_precision());
    }

    /// What a search maximises: the likelihood in mean flows, which stand for the dispersion while this is unknown, less the penalty.
    pub(super) fn objective(&self, parameters: &[f64], step: usize) -> Evaluation {
        let mut evaluation = self.evaluate(parameters, step);
        evaluation.value -= self.outside_penalty(parameters);
        evaluation.gradient[self.width() + 1] -= self.outside_pull(parameters);
        self.add_outside_prior(&mut evaluation.hessian, -1.0);
        evaluation
    }
}
