//! Store effects with shrinkage: what draws customers to a store beyond its columns.
//!
//! u_j ~ N(0, sigma^2) is added to the utility of store j. Given sigma and the dispersion phi, shared parameters and effects maximise
//! l / phi - sum of u^2 / (2 sigma^2) together (penalised quasi likelihood: Breslow & Clayton 1993). Between such fits,
//!
//! - sigma is set by `variance`, and
//! - phi by the cells' scores on the stores' levels. Customers order again and in several stores of their cell, so the noise of a level is
//!   not that of single pairs: phi = squared scores of whole cells over expected information.

use super::cells::Account;
use super::error::SpendError;
use super::fit::{Estimate, SpendFit, StoreTotal, standard_errors, totals};
use super::information::{Curvature, Levels, quadratic, times};
use super::model::{SpendModel, dot};
use super::predictor::Predictor;
use super::variance::fitted_variance;
use crate::huff::Decay;
use crate::numeric::{Status, Symmetric};

/// More stores within reach than columns by so many, for a spread to be told from.
const MORE_STORES_THAN_COLUMNS: usize = 5;
/// Least variance over mean, as a share of a mean flow.
const LEAST_DISPERSION: f64 = 1e-9;
const MOST_ROUNDS: usize = 40;
const MOST_STEPS: usize = 60;
/// The search ends where the next step would gain half of this: a step of a hundred-thousandth of a standard error.
const CLOSE: f64 = 1e-10;
/// A standard deviation where the search begins: wide, so that the first dispersion is free of what sets stores apart.
const FIRST_DEVIATION: f64 = 0.5;

/// A spend model with store effects.
#[derive(Clone, Debug)]
pub struct EffectsFit {
    /// The form of decay.
    pub decay: Decay,
    /// Names of the shared parameters, as in [`SpendFit`].
    pub names: Vec<String>,
    /// Shared parameters, as in [`SpendFit`].
    pub parameters: Vec<f64>,
    /// Their covariance, with cells as clusters and the stores that there are as a draw from all there could be:
    /// H^-1 (score products of the cells + prior precision) H^-1, H being the penalised information.
    pub covariance: Symmetric,
    /// Covariance of the shared parameters and then the effects, by the same matrix: what an interval of anything that depends on both needs
    /// (delta method). That of an effect is its mean squared error.
    pub joint_covariance: Symmetric,
    /// Effect of each store on the logarithm of its attraction, shrunk towards 0; 0 for a store that no cell reaches.
    pub effects: Vec<f64>,
    /// Standard deviation of the effects between stores, by restricted maximum likelihood; 0 when stores differ by no more than chance.
    pub sigma: f64,
    /// Variance over mean of revenue as the levels of the stores feel it, in money.
    pub level_dispersion: f64,
    /// Variance over mean of a cell's revenue in a store, in money.
    pub dispersion: f64,
    /// Share of the potential that is spent elsewhere.
    pub outside_share: Estimate,
    /// By store.
    pub totals: Vec<StoreTotal>,
    /// Rounds of effects, spread and dispersion.
    pub rounds: usize,
    /// Newton steps in all rounds.
    pub iterations: usize,
    /// How the search ended; only a converged fit is to be used.
    pub status: Status,
    pub(super) scaled: Vec<f64>,
    /// Inverse of the penalised information over shared parameters and effects; score products with the prior precision.
    pub(super) inverse: Symmetric,
    pub(super) middle: Symmetric,
}

/// The maximum of the penalised quasi likelihood.
pub(super) struct Settled {
    pub(super) parameters: Vec<f64>,
    pub(super) effects: Vec<f64>,
    /// Penalised information, over the dispersion.
    pub(super) information: Symmetric,
    pub(super) steps: usize,
    pub(super) status: Status,
}

/// The objective at one point.
struct Here {
    parameters: Vec<f64>,
    effects: Vec<f64>,
    levels: Levels,
    value: f64,
}

impl EffectsFit {
    /// Whether the fit is at a maximum.
    pub fn converged(&self) -> bool {
        self.status == Status::Converged
    }

    /// Standard errors of the shared parameters.
    pub fn standard_errors(&self) -> Vec<f64> {
        standard_errors(&self.covariance)
    }

    /// Root of the mean squared error of each effect.
    pub fn effect_errors(&self) -> Vec<f64> {
        standard_errors(&self.joint_covariance).split_off(self.parameters.len())
    }

    /// What predicts with these parameters; the effect of a store is given with its site.
    pub fn predictor(&self) -> Predictor {
        Predictor::new(self.decay, &self.parameters)
    }
}

impl SpendModel<'_> {
    /// Adds store effects to a fit of this model. 1 / sigma^2 is the prior precision of every effect.
    ///
    /// # Errors
    /// [`SpendError`] when the fit has no maximum or is of another model, or when there are fewer stores within reach than columns and five
    /// more.
    pub fn fit_effects(&self, fit: &SpendFit) -> Result<EffectsFit, SpendError> {
        self.check_fit(fit)?;
        let found = self.reached.iter().filter(|reached| **reached).count();
        let needed = self.width() + MORE_STORES_THAN_COLUMNS;
        if found < needed {
            return Err(SpendError::TooFewStores { found, needed });
        }
        // Flows that the model hits exactly have no dispersion to divide by.
        let least = LEAST_DISPERSION * self.money;
        let mut dispersion = fit.dispersion.max(least);
        let mut variance = FIRST_DEVIATION * FIRST_DEVIATION;
        let (mut parameters, mut effects) = (fit.scaled.clone(), vec![0.0; self.stores()]);
        let (mut steps, mut rounds) = (0, 0);
        loop {
            rounds += 1;
            let precisions = vec![1.0 / variance; self.stores()];
            let settled = self.settle(&parameters, &effects, &precisions, dispersion);
            steps += settled.steps;
            (parameters, effects) = (settled.parameters.clone(), settled.effects.clone());
            let account = self.account(&self.point(&parameters, &effects));
            let next_dispersion = account.level_dispersion(Some(1.0 / variance), dispersion).max(least);
            let pulls = effects.iter().map(|effect| effect * dispersion / variance);
            let next = self.next_variance(&settled, &pulls.collect::<Vec<f64>>(), next_dispersion);
            let next = next.unwrap_or(variance);
            if next == 0.0 {
                return self.without_effects(fit, rounds, steps);
            }
            let still = (next / variance).ln().abs() < 1e-4 && (next_dispersion / dispersion).ln().abs() < 1e-5;
            if still || rounds == MOST_ROUNDS || settled.status != Status::Converged {
                let status = if still { settled.status } else { Status::NoMaximum };
                let found = Found {
                    settled,
                    account,
                    variance,
                    dispersion,
                    status,
                };
                return self.finish(fit, found, rounds, steps);
            }
            (variance, dispersion) = (next, next_dispersion);
        }
    }

    pub(super) fn check_fit(&self, fit: &SpendFit) -> Result<(), SpendError> {
        self.check_shape(fit.decay, &fit.scaled, fit.totals.len())?;
        if !fit.converged() || fit.covariance.is_none() {
            return Err(SpendError::NotConverged);
        }
        Ok(())
    }

    /// Whether a fit may be one of this model.
    pub(super) fn check_shape(&self, decay: Decay, scaled: &[f64], found: usize) -> Result<(), SpendError> {
        let stores = self.stores();
        if found != stores || scaled.len() != self.size() || decay != self.decay {
            return Err(SpendError::OtherModel { found, stores });
        }
        Ok(())
    }

    /// The maximum given precisions of the effects and the dispersion, by Newton's method with exact derivatives; where the observed
    /// information is not positive, with the expected one.
    pub(super) fn settle(&self, parameters: &[f64], effects: &[f64], precisions: &[f64], dispersion: f64) -> Settled {
        let mut here = self.look(parameters.to_vec(), effects.to_vec(), precisions, dispersion);
        let mut steps = 0;
        loop {
            let gradient = self.penalised_gradient(&here, precisions, dispersion);
            let mut information = self.penalised(&here.levels, precisions, dispersion);
            let step = information.solve(&gradient).or_else(|| {
                let point = self.point(&here.parameters, &here.effects);
                information = self.penalised(&self.levels(&point, Curvature::Expected), precisions, dispersion);
                information.solve(&gradient)
            });
            let close = step.as_ref().is_some_and(|step| dot(step, &gradient) < CLOSE);
            let next = step
                .filter(|_| !close && steps < MOST_STEPS)
                .and_then(|step| self.climb(&here, &step, precisions, dispersion));
            let Some(next) = next else {
                let status = if close { Status::Converged } else { Status::NoMaximum };
                return Settled {
                    parameters: here.parameters,
                    effects: here.effects,
                    information,
                    steps,
                    status,
                };
            };
            here = next;
            steps += 1;
        }
    }

    fn look(&self, parameters: Vec<f64>, effects: Vec<f64>, precisions: &[f64], dispersion: f64) -> Here {
        let levels = self.levels(&self.point(&parameters, &effects), Curvature::Observed);
        let squares = effects.iter().zip(precisions).map(|(u, precision)| u * u * precision);
        let value = levels.value / dispersion - 0.5 * squares.sum::<f64>();
        Here {
            parameters,
            effects,
            levels,
            value,
        }
    }

    /// The step, or the largest half, quarter ... of it that does not lead down; none when none does.
    fn climb(&self, here: &Here, step: &[f64], precisions: &[f64], dispersion: f64) -> Option<Here> {
        let noise = 1e-12 * here.value.abs();
        let (shared, own) = step.split_at(self.size());
        (0..30).map(|halved| 0.5_f64.powi(halved)).find_map(|part| {
            let moved = |from: &[f64], by: &[f64]| from.iter().zip(by).map(|(x, dx)| x + part * dx).collect();
            let (parameters, effects) = (moved(&here.parameters, shared), moved(&here.effects, own));
            let there = self.look(parameters, effects, precisions, dispersion);
            (there.value >= here.value - noise).then_some(there)
        })
    }

    fn penalised_gradient(&self, here: &Here, precisions: &[f64], dispersion: f64) -> Vec<f64> {
        let mut gradient = self.joint_vector(&here.levels.gradient);
        gradient.iter_mut().for_each(|slope| *slope /= dispersion);
        let own = gradient[self.size()..].iter_mut();
        for ((slope, u), precision) in own.zip(&here.effects).zip(precisions) {
            *slope -= u * precision;
        }
        gradient
    }

    fn penalised(&self, levels: &Levels, precisions: &[f64], dispersion: f64) -> Symmetric {
        let mut joint = self.joint_matrix(&levels.information, 1.0 / dispersion);
        for (store, precision) in precisions.iter().enumerate() {
            joint.add(self.size() + store, self.size() + store, *precision);
        }
        joint
    }

    /// The variance that fits at a maximum, given the scores of the effects there.
    fn next_variance(&self, settled: &Settled, scores: &[f64], dispersion: f64) -> Option<f64> {
        let point = self.point(&settled.parameters, &settled.effects);
        let levels = self.levels(&point, Curvature::Expected);
        let joint = self.joint_matrix(&levels.information, 1.0 / dispersion);
        let (size, stores) = (self.size(), self.stores());
        let shared = self.shared_part(&joint).inverse()?;
        let across: Vec<Vec<f64>> = (0..stores)
            .map(|store| (0..size).map(|index| joint.get(size + store, index)).collect())
            .collect();
        let mut own = Symmetric::zeros(stores);
        for row in 0..stores {
            let through = times(&shared, &across[row]);
            for (column, other) in across[..=row].iter().enumerate() {
                let both = joint.get(size + row, size + column);
                own.add(row, column, both - dot(&through, other));
            }
        }
        let unshrunk = times(&own, &settled.effects);
        let pulls = unshrunk.iter().zip(scores);
        let pull: Vec<f64> = pulls.map(|(unshrunk, score)| unshrunk + score / dispersion).collect();
        fitted_variance(&own, &pull)
    }
}

/// What the rounds end with.
struct Found {
    settled: Settled,
    account: Account,
    variance: f64,
    dispersion: f64,
    status: Status,
}

impl SpendModel<'_> {
    fn finish(&self, fit: &SpendFit, found: Found, rounds: usize, iterations: usize) -> Result<EffectsFit, SpendError> {
        let Found { settled, account, .. } = &found;
        let size = self.size();
        let point = self.point(&settled.parameters, &settled.effects);
        let factor = self.few_clusters() / (found.dispersion * found.dispersion);
        let mut middle = self.joint_matrix(&self.score_products(&point), factor);
        for store in 0..self.stores() {
            middle.add(size + store, size + store, 1.0 / found.variance);
        }
        let inverse = settled.information.inverse().ok_or(SpendError::NotConverged)?;
        let joint_covariance = self.natural_covariance(&between(&inverse, &middle));
        let slopes = times(&inverse, &self.joint_vector(&account.slopes));
        Ok(EffectsFit {
            decay: self.decay,
            names: fit.names.clone(),
            parameters: self.natural(&settled.parameters),
            covariance: self.shared_part(&joint_covariance),
            joint_covariance,
            effects: settled.effects.clone(),
            sigma: found.variance.sqrt(),
            level_dispersion: found.dispersion,
            dispersion: account.dispersion(),
            outside_share: Estimate {
                value: 1.0 - account.inside() / self.potential,
                standard_error: Some(quadratic(&middle, &slopes).sqrt() / self.potential),
            },
            totals: totals(account),
            rounds,
            iterations,
            status: found.status,
            scaled: settled.parameters.clone(),
            inverse,
            middle,
        })
    }

    /// Stores that differ by no more than chance: the fit without effects, in the shape of one with them.
    fn without_effects(&self, fit: &SpendFit, rounds: usize, iterations: usize) -> Result<EffectsFit, SpendError> {
        let stores = self.stores();
        let account = self.account(&self.point(&fit.scaled, &vec![0.0; stores]));
        let covariance = fit.covariance.clone().ok_or(SpendError::NotConverged)?;
        let mut joint_covariance = Symmetric::zeros(self.size() + stores);
        for row in 0..self.size() {
            for column in 0..=row {
                joint_covariance.add(row, column, covariance.get(row, column));
            }
        }
        Ok(EffectsFit {
            decay: self.decay,
            names: fit.names.clone(),
            parameters: fit.parameters.clone(),
            covariance,
            joint_covariance,
            effects: vec![0.0; stores],
            sigma: 0.0,
            level_dispersion: account.level_dispersion(None, fit.dispersion),
            dispersion: fit.dispersion,
            outside_share: fit.outside_share,
            totals: fit.totals.clone(),
            rounds,
            iterations,
            status: fit.status,
            scaled: fit.scaled.clone(),
            inverse: Symmetric::zeros(0),
            middle: Symmetric::zeros(0),
        })
    }
}

/// inverse middle inverse.
fn between(inverse: &Symmetric, middle: &Symmetric) -> Symmetric {
    let size = inverse.size();
    let lines: Vec<Vec<f64>> = (0..size)
        .map(|row| (0..size).map(|column| inverse.get(row, column)).collect())
        .collect();
    let mut product = Symmetric::zeros(size);
    for row in 0..size {
        let through = times(middle, &lines[row]);
        for (column, line) in lines[..=row].iter().enumerate() {
            product.add(row, column, dot(&through, line));
        }
    }
    product
}
