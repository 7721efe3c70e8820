//! How wrong the model is about a store that it has not seen.
//!
//! Store j's own level is made unknown: the prior on its effect is taken away, so that the effect alone answers for its total and the
//! shared parameters and the other effects learn nothing from it. With C the inverse of the penalised information, the maximum then moves
//! by C_j u_j / (sigma^2 - C_jj) to first order (Sherman & Morrison 1950). The store's total is predicted there with u_j = 0: what a new
//! store of its columns would be given at its place. Sigma and the dispersions stay those of all stores.
//!
//! The interval, on the logarithm of the total, adds three things: parameters and other effects (delta method through the shares), the
//! store's own effect (sigma), and chance in what its customers bought (dispersion / total). What is predicted is the middle of what such a
//! store may take, not its mean: effects multiply, so all predictions together lie below the revenue, by about sigma^2 / 2.
//!
//! A store whose level is free is predicted likewise, with its own wide prior in the place of sigma^2 above and sigma in its interval: as
//! what it may grow to. How far it is from that is its youth, and counts in no error.

use super::columns::StoreColumns;
use super::effects::{EffectsFit, picked};
use super::error::SpendError;
use super::fit::SpendFit;
use super::information::{Curvature, quadratic, times};
use super::model::{Point, SpendModel, dot};
use super::moments::Parted;
use super::situations::Row;
use crate::numeric::special::{Z_80, Z_95};
use crate::numeric::{maximise, side_by_side};

/// Normal quantiles of 80 and 95 % in the middle.
const QUANTILES: [f64; 2] = [Z_80, Z_95];

/// A store whose effect is known no better than by this share of its prior variance teaches nothing, and its effect is 0.
const LEAST_KNOWN: f64 = 1e-12;

/// How the model without a store's level is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refit {
    /// One Newton step from the fit of all stores: for a chain of hundreds.
    OneStep,
    /// A search of its own for each store: exact, and as slow as so many fits.
    Full,
}

/// A store predicted by a model that does not know its level. Money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeftOutStore {
    /// Its number.
    pub store: usize,
    /// Sum of its flows.
    pub observed: f64,
    /// What the model predicts.
    pub predicted: f64,
    /// Where 80 % of such stores lie.
    pub interval_80: (f64, f64),
    /// Where 95 % of such stores lie.
    pub interval_95: (f64, f64),
    /// Logarithm of observed over predicted; none when the store has no revenue above 0, or is predicted none.
    pub log_error: Option<f64>,
    /// Whether its level was left free, so that it counts in no error.
    pub free: bool,
}

/// How wrong the predictions are, over the stores with revenue above 0 whose level is not free. Each is none where there is no such store.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OutOfSample {
    /// Stores with revenue.
    pub stores: usize,
    /// Stores without, which count in nothing below.
    pub without_revenue: usize,
    /// Stores whose level is free, which count in nothing above or below.
    pub free: usize,
    /// Sum of |predicted - observed| over the sum of observed.
    pub weighted_error: f64,
    /// Median of |predicted - observed| / observed.
    pub median_error: f64,
    /// Sum of predicted over the sum of observed, minus 1.
    pub bias: f64,
    /// Root of the mean squared logarithm of observed over predicted.
    pub rmse_log: f64,
    /// Share of the stores within their 80 % interval.
    pub coverage_80: f64,
    /// Share of the stores within their 95 % interval.
    pub coverage_95: f64,
}

/// Every store predicted without its level.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaveOneOut {
    /// The stores that a cell reaches, in their order.
    pub stores: Vec<LeftOutStore>,
    /// Their errors together; none when no store of which they could be told has revenue.
    pub errors: Option<OutOfSample>,
}

/// What a store's total is at a point, with its logarithm's derivatives by store, distance, outside and column of the rivals.
#[derive(Clone)]
struct Forecast {
    total: f64,
    slopes: Vec<f64>,
}

/// A model in which one store's level is unknown.
struct Without {
    store: usize,
    point: Point,
}

impl SpendModel<'_> {
    /// Predicts each store without its level, in a model with store effects. When these have no spread, it is the model without them.
    ///
    /// # Errors
    /// [`SpendError`] when the fit has no maximum or is of another model.
    pub fn leave_one_out(&self, fit: &EffectsFit, refit: Refit) -> Result<LeaveOneOut, SpendError> {
        self.check_shape(fit.decay, &fit.scaled, fit.totals.len())?;
        if !fit.converged() {
            return Err(SpendError::NotConverged);
        }
        if !fit.has_effects() {
            return self.leave_one_out_shared(&fit.scaled, fit.dispersion, refit);
        }
        let without: Vec<Without> = self
            .reached_stores()
            .map(|store| self.without_level(fit, store, refit))
            .collect();
        let forecasts = self.forecasts(&without);
        let stores = without.iter().zip(&forecasts).map(|(without, forecast)| {
            let observed = fit.totals[without.store].observed;
            let variance = self.forecast_variance(fit, without.store, forecast);
            LeftOutStore {
                free: fit.free[without.store],
                ..LeftOutStore::new(without.store, observed, forecast.total, variance)
            }
        });
        Ok(gathered(stores.collect()))
    }

    /// The model with effects in which the prior on one store's effect is taken away, at an effect of 0 for it.
    fn without_level(&self, fit: &EffectsFit, store: usize, refit: Refit) -> Without {
        let (parameters, mut effects) = match refit {
            Refit::OneStep => self.stepped(fit, store),
            Refit::Full => {
                let mut precisions: Vec<f64> = (0..self.stores()).map(|store| 1.0 / fit.prior(store)).collect();
                precisions[store] = 0.0;
                let settled = self.settle(&fit.scaled, &fit.effects, &precisions, fit.level_dispersion);
                (settled.parameters, settled.effects)
            }
        };
        effects[store] = 0.0;
        let point = self.point(&parameters, &effects);
        Without { store, point }
    }

    /// Variance of the logarithm of what such a store takes over what is predicted.
    fn forecast_variance(&self, fit: &EffectsFit, store: usize, forecast: &Forecast) -> f64 {
        let (at, prior) = (self.size() + store, fit.prior(store));
        let mut slopes = self.joint_vector(&forecast.slopes);
        let own = std::mem::replace(&mut slopes[at], 0.0);
        // The inverse without the prior on this effect, and the score products likewise.
        let mut solved = times(&fit.inverse, &slopes);
        let left = prior - fit.inverse.get(at, at);
        if left > LEAST_KNOWN * prior {
            let pull = solved[at] / left;
            (0..solved.len()).for_each(|row| solved[row] += pull * fit.inverse.get(row, at));
        }
        let known = quadratic(&fit.middle, &solved) - solved[at] * solved[at] / prior;
        known + own * own * (fit.sigma * fit.sigma) + fit.dispersion / forecast.total
    }

    /// Predicts each store without its level, in a model without store effects: its interval knows no difference between stores beyond
    /// their columns, so it holds fewer than it should wherever there are such.
    ///
    /// # Errors
    /// [`SpendError`] when the fit has no maximum or is of another model.
    pub fn leave_one_out_without_effects(&self, fit: &SpendFit, refit: Refit) -> Result<LeaveOneOut, SpendError> {
        self.check_fit(fit)?;
        self.leave_one_out_shared(&fit.scaled, fit.dispersion, refit)
    }

    fn reached_stores(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.stores()).filter(|store| self.reached[*store])
    }

    /// Shared parameters and effects one step from the fit.
    fn stepped(&self, fit: &EffectsFit, store: usize) -> (Vec<f64>, Vec<f64>) {
        let (size, at) = (self.size(), self.size() + store);
        let prior = fit.prior(store);
        let left = prior - fit.inverse.get(at, at);
        let by = if left > LEAST_KNOWN * prior {
            fit.effects[store] / left
        } else {
            0.0
        };
        let moved = |from: &[f64], first: usize| {
            let steps = (first..).map(|row| by * fit.inverse.get(row, at));
            from.iter().zip(steps).map(|(x, step)| x + step).collect()
        };
        (moved(&fit.scaled, 0), moved(&fit.effects, size))
    }

    fn leave_one_out_shared(&self, scaled: &[f64], dispersion: f64, refit: Refit) -> Result<LeaveOneOut, SpendError> {
        let (size, none) = (self.size(), vec![0.0; self.stores()]);
        let point = self.point(scaled, &none);
        let levels = self.levels(&point, Curvature::Observed);
        let gradient = self.joint_vector(&levels.gradient);
        let mut information = self.joint_matrix(&levels.information, 1.0);
        let mut products = self.joint_matrix(&self.score_products(&point), self.few_clusters());
        self.add_outside_prior(&mut information, self.money);
        self.add_outside_prior(&mut products, self.money * self.money);
        let mut without = Vec::new();
        let mut inverses = Vec::new();
        let with_own = |store: usize| (0..size).chain([size + store]).collect::<Vec<usize>>();
        for store in self.reached_stores() {
            let inverse = picked(&information, &with_own(store))
                .inverse()
                .ok_or(SpendError::NotConverged)?;
            let parameters = match refit {
                Refit::OneStep => {
                    let mut score = vec![0.0; size + 1];
                    score[size] = gradient[size + store];
                    let step = times(&inverse, &score);
                    scaled.iter().zip(&step).map(|(x, dx)| x + dx).collect()
                }
                Refit::Full => self.refitted_without(scaled, store)?,
            };
            let point = self.point(&parameters, &none);
            without.push(Without { store, point });
            inverses.push(inverse);
        }
        let forecasts = self.forecasts(&without);
        let observed = self.account(&point).observed;
        let stores = without.iter().zip(&forecasts).zip(&inverses);
        let stores = stores.map(|((without, forecast), inverse)| {
            let mut slopes = self.joint_vector(&forecast.slopes);
            slopes.truncate(size);
            slopes.push(0.0);
            let solved = times(inverse, &slopes);
            let known = quadratic(&picked(&products, &with_own(without.store)), &solved);
            let variance = known + dispersion / forecast.total;
            LeftOutStore::new(without.store, observed[without.store], forecast.total, variance)
        });
        Ok(gathered(stores.collect()))
    }

    /// Scaled parameters of a fit in which the store has a column of its own.
    fn refitted_without(&self, scaled: &[f64], store: usize) -> Result<Vec<f64>, SpendError> {
        let (width, stores) = (self.width(), self.stores());
        let with_own = |places: std::ops::Range<usize>| {
            let named = self.columns.names().iter().enumerate().map(|(column, name)| {
                let logs = places.clone().map(|place| self.columns.line(place)[column]);
                (name.clone(), logs.collect())
            });
            let own = places.clone().map(|place| f64::from(u8::from(place == store)));
            let mut columns: Vec<(String, Vec<f64>)> = named.collect();
            columns.push(("this store".to_owned(), own.collect()));
            columns
        };
        let rivals = self.columns.rivals();
        let columns = StoreColumns::new(stores, with_own(0..stores))?;
        let columns = columns.with_rivals(rivals, with_own(stores..stores + rivals))?;
        let model = SpendModel::new(self.situations, &columns, self.decay)?;
        let mut start = scaled.to_vec();
        start.insert(width, 0.0);
        let found = maximise(|at| model.objective(at, 1), &start);
        // Back from its scales to these, the store's own column at 0.
        let mut natural = model.natural(&found.at);
        natural.remove(width);
        Ok(self.scaled_from(&natural))
    }

    /// Every store's total in the model without its level, with slopes; two passes over the stores of each row for each of them.
    fn forecasts(&self, without: &[Without]) -> Vec<Forecast> {
        let mut place = vec![usize::MAX; self.stores()];
        for (index, without) in without.iter().enumerate() {
            place[without.store] = index;
        }
        let none = Forecast {
            total: 0.0,
            slopes: vec![0.0; self.stores() + self.beside()],
        };
        let pieces = side_by_side(self.pieces.len() as u64, |piece| {
            let mut sums = vec![none.clone(); without.len()];
            let mut parted = self.parted_once();
            for number in self.pieces[piece as usize].clone() {
                let row = self.situations.row(number);
                for (own, store) in row.stores.iter().enumerate() {
                    let index = place[usize::from(*store)];
                    if let (Some(without), Some(sum)) = (without.get(index), sums.get_mut(index)) {
                        self.add_forecast(&row, own, &without.point, sum, &mut parted);
                    }
                }
            }
            sums
        });
        let mut all = vec![none; without.len()];
        for piece in pieces {
            for (all, sum) in all.iter_mut().zip(piece) {
                all.total += sum.total;
                all.slopes
                    .iter_mut()
                    .zip(sum.slopes)
                    .for_each(|(all, slope)| *all += slope);
            }
        }
        for forecast in all.iter_mut().filter(|forecast| forecast.total > 0.0) {
            let total = forecast.total;
            forecast.slopes.iter_mut().for_each(|slope| *slope /= total);
        }
        all
    }

    /// Adds what the store at place `own` of a row is predicted to take from it.
    fn add_forecast(&self, row: &Row<'_>, own: usize, point: &Point, sum: &mut Forecast, memory: &mut Parted) {
        let parted = self.shares(row, point, memory);
        let Parted { shares, rivals } = memory;
        let taken = row.potential * shares[own];
        sum.total += taken;
        for (store, share) in row.stores.iter().zip(shares.iter()) {
            sum.slopes[usize::from(*store)] -= taken * share;
        }
        sum.slopes[usize::from(row.stores[own])] += taken;
        let stores = self.stores();
        sum.slopes[stores] += taken * (self.distances[row.first + own] - parted.distance);
        sum.slopes[stores + 1] -= taken * parted.outside;
        for (slope, mean) in sum.slopes[stores + 2..].iter_mut().zip(&rivals.first) {
            *slope -= taken * mean;
        }
    }
}

impl LeftOutStore {
    fn new(store: usize, observed: f64, predicted: f64, variance: f64) -> LeftOutStore {
        // Where distance leaves nothing of the store, nothing is all that is said.
        let deviation = if predicted > 0.0 { variance.max(0.0).sqrt() } else { 0.0 };
        let [interval_80, interval_95] = QUANTILES.map(|quantile| {
            let factor = (quantile * deviation).exp();
            (predicted / factor, predicted * factor)
        });
        LeftOutStore {
            store,
            observed,
            predicted,
            interval_80,
            interval_95,
            log_error: (observed > 0.0 && predicted > 0.0).then(|| (observed / predicted).ln()),
            free: false,
        }
    }
}

fn gathered(stores: Vec<LeftOutStore>) -> LeaveOneOut {
    let errors = errors(&stores);
    LeaveOneOut { stores, errors }
}

fn errors(stores: &[LeftOutStore]) -> Option<OutOfSample> {
    let bound = || stores.iter().filter(|store| !store.free);
    let known: Vec<(&LeftOutStore, f64)> = bound()
        .filter_map(|store| store.log_error.map(|log| (store, log)))
        .collect();
    if known.is_empty() {
        return None;
    }
    let sum = |of: &dyn Fn(&LeftOutStore) -> f64| known.iter().map(|(store, _)| of(store)).sum::<f64>();
    let observed = sum(&|store| store.observed);
    let mut shares: Vec<f64> = known
        .iter()
        .map(|(store, _)| (store.predicted / store.observed - 1.0).abs())
        .collect();
    shares.sort_unstable_by(f64::total_cmp);
    let count = known.len() as f64;
    let logs: Vec<f64> = known.iter().map(|(_, log)| *log).collect();
    let within = |interval: fn(&LeftOutStore) -> (f64, f64)| {
        let held = |store: &LeftOutStore| {
            let (low, high) = interval(store);
            f64::from(u8::from(low <= store.observed && store.observed <= high))
        };
        sum(&held) / count
    };
    Some(OutOfSample {
        stores: known.len(),
        without_revenue: bound().count() - known.len(),
        free: stores.len() - bound().count(),
        weighted_error: sum(&|store| (store.predicted - store.observed).abs()) / observed,
        median_error: 0.5 * (shares[(shares.len() - 1) / 2] + shares[shares.len() / 2]),
        bias: sum(&|store| store.predicted) / observed - 1.0,
        rmse_log: (dot(&logs, &logs) / count).sqrt(),
        coverage_80: within(|store| store.interval_80),
        coverage_95: within(|store| store.interval_95),
    })
}

#[cfg(test)]
mod tests {
    use super::super::situations::Situations;
    use super::super::tests::{both, model_on};
    use super::*;
    use crate::network::huff::Decay;

    #[test]
    fn slopes_of_a_forecast_are_those_of_its_logarithm() {
        both()
            .iter()
            .for_each(|(situations, columns)| check_slopes(situations, columns));
    }

    fn check_slopes(situations: &Situations, columns: &StoreColumns) {
        let model = model_on(situations, columns, Decay::SqrtExponential);
        let (store, h) = (3, 1e-5);
        let at: Vec<f64> = (0..model.size() + model.stores())
            .map(|index| 0.2 * (index as f64).cos())
            .collect();
        let forecast = |at: &[f64]| {
            let point = model.point(&at[..model.size()], &at[model.size()..]);
            model.forecasts(&[Without { store, point }]).remove(0)
        };
        let slopes = model.joint_vector(&forecast(&at).slopes);
        for (index, slope) in slopes.iter().enumerate() {
            let moved = |by: f64| {
                let mut at = at.clone();
                at[index] += by;
                forecast(&at).total.ln()
            };
            let difference = (moved(h) - moved(-h)) / (2.0 * h);
            assert!((difference - slope).abs() < 1e-8, "{index}: {difference} {slope}");
        }
    }
}
