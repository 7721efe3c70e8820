//! The calibration without store effects, and the choice of a form of decay.

use super::cells::Account;
use super::columns::StoreColumns;
use super::error::SpendError;
use super::information::quadratic;
use super::model::SpendModel;
use super::predictor::Predictor;
use super::situations::Situations;
use crate::network::huff::Decay;
use crate::numeric::{Status, Symmetric, maximise};
use crate::purchase::fit::information;

/// About so many rows a search starts on, before it goes on with all.
const ROWS_TO_START_ON: usize = 8_000;

/// A number and how far chance may have moved it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The number.
    pub value: f64,
    /// Its standard error; none when the likelihood is not curved everywhere.
    pub standard_error: Option<f64>,
}

/// What a store took from the rows and what the model says it should have taken, in money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoreTotal {
    /// Sum of its flows.
    pub observed: f64,
    /// Sum of what the model predicts for the rows in which it stands.
    pub predicted: f64,
}

/// A spend model at the maximum of its quasi likelihood.
#[derive(Clone, Debug)]
pub struct SpendFit {
    /// The form of decay.
    pub decay: Decay,
    /// Names of the parameters: the columns, then `distance`, then `outside`.
    pub names: Vec<String>,
    /// Parameters in this order: exponents of the columns, coefficient of the transformed distance, logarithm of the outside's weight.
    pub parameters: Vec<f64>,
    /// Their covariance, whatever the variance of the flows and with cells as clusters: H^-1 (sum of the cells' scores squared) H^-1 (Huber
    /// 1967; Liang & Zeger 1986). It takes columns and distance for all that sets stores apart; where stores differ beyond them, it is far
    /// too small, and [`SpendModel::fit_effects`] is to be used. None when the likelihood is not curved everywhere.
    pub covariance: Option<Symmetric>,
    /// Their covariance if each flow had the variance `dispersion` times its mean, and flows were independent: dispersion H^-1. None as
    /// above.
    pub model_covariance: Option<Symmetric>,
    /// Quasi logarithm of the likelihood: minus half of the Poisson deviance, over the dispersion. It has no unit. A flow below 0 enters
    /// with its linear term alone, so that only differences mean something where there are such.
    pub quasi_log_likelihood: f64,
    /// 2 (parameters - quasi log likelihood): Akaike's criterion of the *quasi* likelihood (QAIC; Lebreton et al. 1992). It compares models
    /// only in a common dispersion; [`compare`] gives it so.
    pub quasi_aic: f64,
    /// Variance of a cell's revenue in a store over its mean, in money: squared residuals over predicted revenue, which is Pearson's
    /// estimate with every pair weighing as much as is predicted for it.
    pub dispersion: f64,
    /// The same with every pair weighing alike, as Pearson's statistic has it. One order where next to nothing was predicted blows it up,
    /// so nothing here uses it.
    pub pearson_dispersion: f64,
    /// Share of the potential that is spent elsewhere, with rivals or otherwise: 1 - predicted revenue / potential, with its error by the
    /// delta method.
    pub outside_share: Estimate,
    /// The part of it that the rivals are predicted to take; none where no rival stands beside a store.
    pub rival_share: Option<Estimate>,
    /// By store.
    pub totals: Vec<StoreTotal>,
    /// Cells with a flow: the clusters of the covariance.
    pub cells: usize,
    /// Newton steps on all rows.
    pub iterations: usize,
    /// How the search ended; only a converged fit is to be used.
    pub status: Status,
    /// Scaled parameters, to go on from.
    pub(super) scaled: Vec<f64>,
}

impl SpendFit {
    /// Whether the fit is at a maximum.
    pub fn converged(&self) -> bool {
        self.status == Status::Converged
    }

    /// Square roots of the covariance's diagonal.
    pub fn standard_errors(&self) -> Option<Vec<f64>> {
        self.covariance.as_ref().map(standard_errors)
    }

    /// What predicts with these parameters.
    pub fn predictor(&self) -> Predictor {
        Predictor::new(self.decay, &self.parameters)
    }
}

pub(super) fn standard_errors(covariance: &Symmetric) -> Vec<f64> {
    let diagonal = (0..covariance.size()).map(|index| covariance.get(index, index));
    diagonal.map(|variance| variance.max(0.0).sqrt()).collect()
}

pub(super) fn totals(account: &Account) -> Vec<StoreTotal> {
    let both = account.observed.iter().zip(&account.predicted);
    let total = |(&observed, &predicted)| StoreTotal { observed, predicted };
    both.map(total).collect()
}

impl SpendModel<'_> {
    /// The maximum of the quasi likelihood, by Newton's method with exact derivatives. Results do not depend on the unit of money or
    /// distance, nor on the number of threads.
    pub fn fit(&self) -> SpendFit {
        let found = maximise(|at| self.objective(at, 1), &self.start());
        let point = self.point(&found.at, &vec![0.0; self.stores()]);
        let account = self.account(&point);
        let dispersion = account.dispersion();
        let inverse = information(&found.evaluation).inverse();
        let mut products = self.shared_score_products(&point);
        self.add_outside_prior(&mut products, self.money * self.money);
        let robust = inverse.as_ref().map(|inverse| self.sandwich(inverse, &products));
        let error = |slopes: &[f64]| {
            let variance = quadratic(robust.as_ref()?, &self.shared_slopes(slopes));
            Some(variance.sqrt() / self.potential)
        };
        let outside_share = Estimate {
            value: 1.0 - account.inside() / self.potential,
            standard_error: error(&account.slopes),
        };
        let rival_share = self.has_rivals().then(|| Estimate {
            value: account.taken / self.potential,
            standard_error: error(&account.rival_slopes),
        });
        let covariance = robust.as_ref().map(|robust| self.natural_covariance(robust));
        let model_covariance = inverse.map(|inverse| {
            let scaled = scaled_by(&inverse, dispersion / self.money);
            self.natural_covariance(&scaled)
        });
        let value = found.evaluation.value + self.outside_penalty(&found.at);
        let quasi = (value * self.money + self.saturated()) / dispersion;
        let mut names = self.columns.names().to_vec();
        names.extend(["distance".to_owned(), "outside".to_owned()]);
        SpendFit {
            decay: self.decay,
            names,
            parameters: self.natural(&found.at),
            covariance,
            model_covariance,
            quasi_log_likelihood: quasi,
            quasi_aic: 2.0 * (self.size() as f64 - quasi),
            dispersion,
            pearson_dispersion: account.pearson_dispersion(self.size()),
            outside_share,
            rival_share,
            totals: totals(&account),
            cells: self.cells,
            iterations: found.iterations,
            status: found.status,
            scaled: found.at,
        }
    }

    /// No columns and no decay, the outside taking what it takes; then the maximum on some of the rows, when there are many.
    fn start(&self) -> Vec<f64> {
        let mut start = vec![0.0; self.size()];
        start[self.width() + 1] = self.outside_at_start();
        let step = self.situations.rows() / ROWS_TO_START_ON;
        if step > 1 {
            let found = maximise(|at| self.objective(at, step), &start);
            if found.status == Status::Converged {
                return found.at;
            }
        }
        start
    }

    /// What brings the likelihood of the search to minus half of the deviance, in money.
    fn saturated(&self) -> f64 {
        let rows = (0..self.situations.rows()).map(|row| self.situations.row(row));
        rows.map(|row| {
            let ln_potential = row.potential.ln();
            row.flows()
                .map(|(_, flow)| flow * (ln_potential - flow.abs().ln() + 1.0))
                .sum::<f64>()
        })
        .sum()
    }

    /// Derivatives by store and what is shared, by the scaled parameters that all stores share instead.
    fn shared_slopes(&self, slopes: &[f64]) -> Vec<f64> {
        let mut slopes = self.joint_vector(slopes);
        slopes.truncate(self.size());
        slopes
    }

    /// Inverse information times score products times inverse information, the information being counted in mean flows.
    fn sandwich(&self, inverse: &Symmetric, products: &Symmetric) -> Symmetric {
        let factor = self.few_clusters() / (self.money * self.money);
        let size = inverse.size();
        let mut sum = Symmetric::zeros(size);
        for row in 0..size {
            for column in 0..=row {
                let mut element = 0.0;
                for i in 0..size {
                    for j in 0..size {
                        element += inverse.get(row, i) * products.get(i, j) * inverse.get(j, column);
                    }
                }
                sum.add(row, column, factor * element);
            }
        }
        sum
    }

    /// n / (n - 1) for the number of clusters.
    pub(super) fn few_clusters(&self) -> f64 {
        self.cells as f64 / (self.cells as f64 - 1.0)
    }
}

fn scaled_by(matrix: &Symmetric, factor: f64) -> Symmetric {
    let mut scaled = Symmetric::zeros(matrix.size());
    for row in 0..matrix.size() {
        for column in 0..=row {
            scaled.add(row, column, factor * matrix.get(row, column));
        }
    }
    scaled
}

/// A form of decay, tried.
#[derive(Clone, Debug)]
pub struct FormFit {
    /// The form.
    pub decay: Decay,
    /// What came of it.
    pub fit: Result<SpendFit, SpendError>,
    /// Akaike's criterion of the quasi likelihood in the dispersion of the best form; none for a form without a maximum.
    pub quasi_aic: Option<f64>,
}

/// Forms of decay on the same rows.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// In the order asked for.
    pub forms: Vec<FormFit>,
    /// Place of the form chosen; none when none has a maximum.
    pub best: Option<usize>,
}

/// Fits each form and chooses one.
///
/// The rule: of the forms whose search converged, the one with the highest quasi likelihood in money (all have as many parameters, so it is
/// the lowest criterion in any common dispersion); of equals the first. Its dispersion is the one that all criteria are given in.
///
/// ```
/// # use chalandise_analytics::network::huff::Decay;
/// # use chalandise_analytics::network::huff_spend::{Situations, StoreColumns, compare};
/// # fn choose(situations: &Situations, columns: &StoreColumns) -> Option<Decay> {
/// let comparison = compare(situations, columns, &Decay::ALL);
/// let best = comparison.best?;
/// # Some(comparison.forms[best].decay) }
/// ```
pub fn compare(situations: &Situations, columns: &StoreColumns, forms: &[Decay]) -> Comparison {
    let try_form = |decay: &Decay| FormFit {
        decay: *decay,
        fit: SpendModel::new(situations, columns, *decay).map(|model| model.fit()),
        quasi_aic: None,
    };
    let mut forms: Vec<FormFit> = forms.iter().map(try_form).collect();
    let in_money = |form: &FormFit| {
        let fit = form.fit.as_ref().ok().filter(|fit| fit.converged())?;
        Some(fit.quasi_log_likelihood * fit.dispersion)
    };
    let mut best: Option<(usize, f64)> = None;
    for (place, form) in forms.iter().enumerate() {
        if let Some(value) = in_money(form).filter(|value| best.is_none_or(|(_, highest)| *value > highest)) {
            best = Some((place, value));
        }
    }
    let common = best.and_then(|(place, _)| forms[place].fit.as_ref().ok().map(|fit| fit.dispersion));
    for form in &mut forms {
        let size = form.fit.as_ref().map_or(0, |fit| fit.parameters.len());
        let both = in_money(form).zip(common);
        form.quasi_aic = both.map(|(value, dispersion)| 2.0 * (size as f64 - value / dispersion));
    }
    Comparison {
        forms,
        best: best.map(|(place, _)| place),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{both, model_on, small};
    use super::*;

    #[test]
    fn the_maximum_does_not_depend_on_the_start() {
        both()
            .iter()
            .for_each(|(situations, columns)| check_starts(situations, columns));
    }

    fn check_starts(situations: &Situations, columns: &StoreColumns) {
        let model = model_on(situations, columns, Decay::Power);
        let fit = model.fit();
        assert!(fit.converged());
        for start in [
            [0.0; 4],
            [2.0, -1.0, -3.0, 5.0],
            [-1.0, 1.0, 1.0, -3.0],
            [0.0, 0.0, -5.0, 0.0],
        ] {
            let found = maximise(|at| model.objective(at, 1), &start);
            assert_eq!(found.status, Status::Converged, "{start:?}");
            for (found, expected) in found.at.iter().zip(&fit.scaled) {
                assert!((found - expected).abs() < 1e-6, "{start:?}");
            }
        }
    }

    #[test]
    fn slopes_of_inside_and_rivals_are_those_of_their_values() {
        both()
            .iter()
            .for_each(|(situations, columns)| check_slopes(situations, columns));
    }

    fn check_slopes(situations: &Situations, columns: &StoreColumns) {
        let model = model_on(situations, columns, Decay::Gaussian);
        let h = 1e-5;
        let mut at = vec![0.4, -0.2, -0.7, 1.1];
        at.extend((0..model.stores()).map(|store| 0.3 * (store as f64).cos()));
        let account = |at: &[f64]| model.account(&model.point(&at[..4], &at[4..]));
        let here = account(&at);
        let (inside, taken) = (model.joint_vector(&here.slopes), model.joint_vector(&here.rival_slopes));
        for index in 0..at.len() {
            let moved = |by: f64| {
                let mut at = at.clone();
                at[index] += by;
                let account = account(&at);
                (account.inside(), account.taken)
            };
            let ((inside_up, taken_up), (inside_down, taken_down)) = (moved(h), moved(-h));
            let close = |difference: f64, slope: f64| {
                let apart = (difference / (2.0 * h) - slope).abs();
                assert!(apart < 1e-6 * (1.0 + slope.abs()), "{index}: {apart} {slope}");
            };
            close(inside_up - inside_down, inside[index]);
            close(taken_up - taken_down, taken[index]);
        }
        assert_eq!(here.taken > 0.0, model.has_rivals());
    }

    #[test]
    fn scales_leave_and_come_back() {
        let (situations, columns) = small();
        let model = model_on(&situations, &columns, Decay::Exponential);
        let at = [0.4, -0.2, -0.7, 1.1];
        for (back, at) in model.scaled_from(&model.natural(&at)).iter().zip(at) {
            assert!((back - at).abs() < 1e-12);
        }
        // A covariance of rank one is that of a multiple of one direction.
        let mut scaled = Symmetric::zeros(4);
        for row in 0..4 {
            (0..=row).for_each(|column| scaled.add(row, column, at[row] * at[column]));
        }
        let (natural, covariance) = (model.natural(&at), model.natural_covariance(&scaled));
        for row in 0..4 {
            for column in 0..4 {
                let expected = natural[row] * natural[column];
                assert!((covariance.get(row, column) - expected).abs() < 1e-9 * (1.0 + expected.abs()));
            }
        }
    }
}
