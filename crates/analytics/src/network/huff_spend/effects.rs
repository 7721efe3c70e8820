//! Store effects with shrinkage: what draws customers to a store beyond its columns.
//!
//! u_j ~ N(0, sigma^2) is added to the utility of store j. Given sigma and the dispersion phi, shared parameters and effects maximise
//! l / phi - sum of u^2 / (2 sigma^2) together (penalised quasi likelihood: Breslow & Clayton 1993). Between such fits,
//!
//! - sigma is set by `variance`, and
//! - phi by the cells' scores on the stores' levels. Customers order again and in several stores of their cell, so the noise of a level is
//!   not that of single pairs: phi = squared scores of whole cells over expected information.
//!
//! A store that opened lately is not yet what it will be. Its level may be left free: it is then a parameter like the shared ones, not a
//! draw from the stores' levels, and tells nothing of sigma. A prior so wide that it says nothing keeps it finite where there is no flow.
//! Rivals have no effects, since nothing tells them: where a rival draws more than its columns say, the stores near it seem to draw less.

use super::cells::Account;
use super::error::SpendError;
use super::fit::{Estimate, SpendFit, StoreTotal, standard_errors, totals};
use super::information::{Curvature, Levels, quadratic, times};
use super::model::{SpendModel, dot};
use super::predictor::Predictor;
use super::variance::{LEAST_DEVIATION, fitted_variance};
use crate::network::huff::Decay;
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
/// A standard deviation for free levels: e^5 to either side is no news about any store.
const FREE_DEVIATION: f64 = 5.0;

/// What is not usual about some stores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EffectsOptions<'a> {
    /// Stores whose level is not drawn towards the others, nor tells how far these spread: those that opened lately and still grow. In any
    /// order; a store named twice counts once.
    pub free: &'a [u16],
}

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
    /// Effect of each store on the logarithm of its attraction, shrunk towards 0 unless it is free; 0 for a store that no cell reaches.
    pub effects: Vec<f64>,
    /// By store, whether its level was left free.
    pub free: Vec<bool>,
    /// Standard deviation of the effects between the other stores, by restricted maximum likelihood; 0 when these differ by no more than
    /// chance.
    pub sigma: f64,
    /// Variance over mean of revenue as the levels of the stores feel it, in money.
    pub level_dispersion: f64,
    /// Variance over mean of a cell's revenue in a store, in money.
    pub dispersion: f64,
    /// Share of the potential that is spent elsewhere, with rivals or otherwise.
    pub outside_share: Estimate,
    /// The part of it that the rivals are predicted to take; none where no rival stands beside a store.
    pub rival_share: Option<Estimate>,
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

    /// Prior variance of a store's effect; never 0.
    pub(super) fn prior(&self, store: usize) -> f64 {
        if self.free[store] {
            FREE_DEVIATION * FREE_DEVIATION
        } else if self.sigma > 0.0 {
            self.sigma * self.sigma
        } else {
            LEAST_DEVIATION * LEAST_DEVIATION
        }
    }

    /// Whether there are effects: those of free stores are there whatever the others' spread.
    pub(super) fn has_effects(&self) -> bool {
        self.sigma > 0.0 || self.free.contains(&true)
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
        self.fit_effects_with(fit, &EffectsOptions::default())
    }

    /// The same, with some stores' levels left free.
    ///
    /// # Errors
    /// As above, without counting the free stores; and when one of these is unknown.
    pub fn fit_effects_with(&self, fit: &SpendFit, options: &EffectsOptions<'_>) -> Result<EffectsFit, SpendError> {
        self.check_fit(fit)?;
        let free = self.free_stores(options)?;
        let bound = self
            .reached
            .iter()
            .zip(&free)
            .filter(|(reached, free)| **reached && !**free);
        let found = bound.count();
        let needed = self.width() + MORE_STORES_THAN_COLUMNS;
        if found < needed {
            return Err(SpendError::TooFewStores { found, needed });
        }
        self.rounds(fit, free)
    }

    fn free_stores(&self, options: &EffectsOptions<'_>) -> Result<Vec<bool>, SpendError> {
        let mut free = vec![false; self.stores()];
        for &store in options.free {
            let stores = self.stores();
            let place = free.get_mut(usize::from(store));
            *place.ok_or(SpendError::UnknownFreeStore { store, stores })? = true;
        }
        Ok(free)
    }

    /// Effects, spread and dispersion in turn, until they stay.
    fn rounds(&self, fit: &SpendFit, free: Vec<bool>) -> Result<EffectsFit, SpendError> {
        // Flows that the model hits exactly have no dispersion to divide by.
        let least = LEAST_DISPERSION * self.money;
        let mut dispersion = fit.dispersion.max(least);
        let mut variance = FIRST_DEVIATION * FIRST_DEVIATION;
        let (mut parameters, mut effects) = (fit.scaled.clone(), vec![0.0; self.stores()]);
        let (mut steps, mut rounds) = (0, 0);
        loop {
            rounds += 1;
            let precisions: Vec<f64> = free.iter().map(|free| precision(*free, variance)).collect();
            let settled = self.settle(&parameters, &effects, &precisions, dispersion);
            steps += settled.steps;
            (parameters, effects) = (settled.parameters.clone(), settled.effects.clone());
            let account = self.account(&self.point(&parameters, &effects));
            let next_dispersion = account.level_dispersion(Some(&precisions), dispersion).max(least);
            let pulls = effects.iter().map(|effect| effect * dispersion / variance);
            let next = self.next_variance(&settled, &pulls.collect::<Vec<f64>>(), next_dispersion, &free);
            let mut next = next.unwrap_or(variance);
            let none = next == 0.0;
            if none && !free.contains(&true) {
                return self.without_effects(fit, rounds, steps);
            }
            if none {
                // The free stores' levels are still to be found; the others have as good as none.
                next = LEAST_DEVIATION * LEAST_DEVIATION;
            }
            let still = (next / variance).ln().abs() < 1e-4 && (next_dispersion / dispersion).ln().abs() < 1e-5;
            if still || rounds == MOST_ROUNDS || settled.status != Status::Converged {
                let status = if still { settled.status } else { Status::NoMaximum };
                let found = Found {
                    settled,
                    account,
                    precisions,
                    sigma: if none { 0.0 } else { variance.sqrt() },
                    dispersion,
                    free,
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
        let value = levels.value / dispersion - 0.5 * squares.sum::<f64>() - self.outside_penalty(&parameters);
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
        gradient[self.width() + 1] -= self.outside_pull(&here.parameters);
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
        self.add_outside_prior(&mut joint, 1.0);
        joint
    }

    /// The variance that fits at a maximum, given the scores of the effects there. Free stores answer for themselves, like the shared
    /// parameters.
    fn next_variance(&self, settled: &Settled, scores: &[f64], dispersion: f64, free: &[bool]) -> Option<f64> {
        let point = self.point(&settled.parameters, &settled.effects);
        let levels = self.levels(&point, Curvature::Expected);
        let mut joint = self.joint_matrix(&levels.information, 1.0 / dispersion);
        self.add_outside_prior(&mut joint, 1.0);
        let (size, stores) = (self.size(), 0..self.stores());
        let (loose, bound): (Vec<usize>, Vec<usize>) = stores.partition(|store| free[*store]);
        for store in &loose {
            joint.add(size + store, size + store, FREE_DEVIATION.powi(-2));
        }
        let beside: Vec<usize> = (0..size).chain(loose.iter().map(|store| size + store)).collect();
        let shared = picked(&joint, &beside).inverse()?;
        let across: Vec<Vec<f64>> = bound
            .iter()
            .map(|store| beside.iter().map(|index| joint.get(size + store, *index)).collect())
            .collect();
        let mut own = Symmetric::zeros(bound.len());
        for row in 0..bound.len() {
            let through = times(&shared, &across[row]);
            for (column, other) in across[..=row].iter().enumerate() {
                let both = joint.get(size + bound[row], size + bound[column]);
                own.add(row, column, both - dot(&through, other));
            }
        }
        let effects: Vec<f64> = bound.iter().map(|store| settled.effects[*store]).collect();
        let unshrunk = times(&own, &effects);
        let pulls = unshrunk.iter().zip(&bound);
        let pull: Vec<f64> = pulls
            .map(|(unshrunk, store)| unshrunk + scores[*store] / dispersion)
            .collect();
        fitted_variance(&own, &pull)
    }
}

/// Prior precision of a store's effect.
fn precision(free: bool, variance: f64) -> f64 {
    if free { FREE_DEVIATION.powi(-2) } else { 1.0 / variance }
}

/// What the rounds end with.
struct Found {
    settled: Settled,
    account: Account,
    precisions: Vec<f64>,
    sigma: f64,
    dispersion: f64,
    free: Vec<bool>,
    status: Status,
}

impl SpendModel<'_> {
    fn finish(&self, fit: &SpendFit, found: Found, rounds: usize, iterations: usize) -> Result<EffectsFit, SpendError> {
        let Found { settled, account, .. } = &found;
        let size = self.size();
        let point = self.point(&settled.parameters, &settled.effects);
        let factor = self.few_clusters() / (found.dispersion * found.dispersion);
        let mut middle = self.joint_matrix(&self.score_products(&point), factor);
        for (store, precision) in found.precisions.iter().enumerate() {
            middle.add(size + store, size + store, *precision);
        }
        self.add_outside_prior(&mut middle, 1.0);
        let inverse = settled.information.inverse().ok_or(SpendError::NotConverged)?;
        let joint_covariance = self.natural_covariance(&between(&inverse, &middle));
        let share = |value: f64, slopes: &[f64]| {
            let slopes = times(&inverse, &self.joint_vector(slopes));
            Estimate {
                value,
                standard_error: Some(quadratic(&middle, &slopes).sqrt() / self.potential),
            }
        };
        let outside_share = share(1.0 - account.inside() / self.potential, &account.slopes);
        let rivals = self.has_rivals();
        let rival_share = rivals.then(|| share(account.taken / self.potential, &account.rival_slopes));
        Ok(EffectsFit {
            decay: self.decay,
            names: fit.names.clone(),
            parameters: self.natural(&settled.parameters),
            covariance: self.shared_part(&joint_covariance),
            joint_covariance,
            effects: settled.effects.clone(),
            sigma: found.sigma,
            level_dispersion: found.dispersion,
            dispersion: account.dispersion(),
            outside_share,
            rival_share,
            totals: totals(account),
            rounds,
            iterations,
            status: found.status,
            scaled: settled.parameters.clone(),
            free: found.free,
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
            free: vec![false; stores],
            sigma: 0.0,
            level_dispersion: account.level_dispersion(None, fit.dispersion),
            dispersion: fit.dispersion,
            outside_share: fit.outside_share,
            rival_share: fit.rival_share,
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

/// Some rows of a matrix, and the same columns.
pub(super) fn picked(matrix: &Symmetric, places: &[usize]) -> Symmetric {
    let mut picked = Symmetric::zeros(places.len());
    for (row, place) in places.iter().enumerate() {
        for (column, other) in places[..=row].iter().enumerate() {
            picked.add(row, column, matrix.get(*place, *other));
        }
    }
    picked
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
