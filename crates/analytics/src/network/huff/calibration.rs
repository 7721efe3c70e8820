//! What every calibration gives: coefficients, their errors, how good the fit is and how the search ended.

use crate::numeric::Symmetric;

use super::design::{Design, Redundancy};

/// How a calibration ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// At the one best set of coefficients.
    Converged,
    /// A covariate says nothing that others do not: its coefficient is given as 0, and those of the others are the best without it.
    Redundant {
        /// The first such covariate, from 0.
        covariate: usize,
        /// Why.
        why: Redundancy,
    },
    /// The likelihood rises for ever, or stays as it is, as a coefficient grows in size: the flows are separated. The coefficients
    /// are where the search stopped, and not to be used.
    Unbounded {
        /// The covariate that matters most in that direction, from 0.
        covariate: usize,
    },
    /// The search found no maximum. The coefficients are not to be used.
    NoMaximum,
}

impl Ending {
    /// What is wrong and what to do, in a sentence; none when nothing is. `names` are those of the covariates.
    pub fn reason(self, names: &[&str]) -> Option<String> {
        let name = |covariate: usize| match names.get(covariate) {
            Some(name) => format!("`{name}`"),
            None => format!("covariate {covariate}"),
        };
        match self {
            Ending::Converged => None,
            Ending::Redundant {
                covariate,
                why: Redundancy::Constant,
            } => Some(format!(
                "{} is the same for all destinations of each origin, so it cannot tell why one is chosen; leave it out",
                name(covariate)
            )),
            Ending::Redundant {
                covariate,
                why: Redundancy::Collinear,
            } => Some(format!(
                "{} follows from the columns before it, so that their coefficients cannot be told apart; leave one of them out",
                name(covariate)
            )),
            Ending::Unbounded { covariate } => Some(format!(
                "the larger the coefficient of {} in size, the better the fit, without end: it tells the chosen destinations from the \
                 others without a miss, or the flows are too few; leave it out, or observe more flows",
                name(covariate)
            )),
            Ending::NoMaximum => Some(
                "the search found no best coefficients; leave columns out, or observe more origins and destinations"
                    .to_owned(),
            ),
        }
    }
}

/// A calibrated model.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// A coefficient for each covariate.
    pub coefficients: Vec<f64>,
    /// Covariance of the coefficients; none unless converged and with more observations than coefficients.
    pub covariance: Option<Symmetric>,
    /// Logarithm of the likelihood, as the method defines it.
    pub log_likelihood: Option<f64>,
    /// Akaike's criterion, 2 parameters - 2 log likelihood: lower is better, among models of one method on the same data.
    pub aic: Option<f64>,
    /// 1 - (sum of squared errors) / (sum of squares about the mean) of what the method explains; none where that does not vary.
    pub r2: Option<f64>,
    /// Observations that are left when the coefficients are known; none for the multinomial model, which needs no residuals to
    /// know its errors.
    pub degrees_of_freedom: Option<usize>,
    /// Newton steps; 1 for least squares.
    pub iterations: usize,
    /// How the calibration ended.
    pub ending: Ending,
}

impl Calibration {
    /// Whether the coefficients can be used.
    pub fn converged(&self) -> bool {
        self.ending == Ending::Converged
    }

    /// Standard errors of the coefficients; none as for the covariance.
    pub fn standard_errors(&self) -> Option<Vec<f64>> {
        let covariance = self.covariance.as_ref()?;
        Some((0..covariance.size()).map(|i| covariance.get(i, i).sqrt()).collect())
    }
}

/// How a calibration ended that looked no further than the ready columns.
pub(super) fn ending(of_search: Ending, design: &Design) -> Ending {
    match design.redundant.first() {
        Some((covariate, why)) if of_search == Ending::Converged => Ending::Redundant {
            covariate: *covariate,
            why: *why,
        },
        _ => of_search,
    }
}

/// The share of the squares about the mean that is explained.
pub(super) fn r2(observed: &[f64], predicted: &[f64]) -> Option<f64> {
    let mean = observed.iter().sum::<f64>() / observed.len() as f64;
    let largest = observed.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    if largest == 0.0 {
        return None;
    }
    // Divided by the largest, so that no square is too large or too small.
    let square = |difference: f64| (difference / largest).powi(2);
    let total: f64 = observed.iter().map(|value| square(value - mean)).sum();
    let pairs = observed.iter().zip(predicted);
    let errors: f64 = pairs.map(|(observed, predicted)| square(observed - predicted)).sum();
    (total > 1e-24).then_some(1.0 - errors / total)
}
