//! Gamma-Gamma and what stands in its place.
//!
//! A customer's purchases are Gamma(p, nu), nu ~ Gamma(q, gamma). The variance of the logarithm of a mean of x purchases is
//! psi'(p x) + psi'(q), so the likelihood of values that are not all alike goes to nothing where p or q go to 0, and where both go to
//! infinity. It can rise for ever in two ways, towards a model of two parameters each:
//!
//! - `gamma-spend`: q and gamma to infinity, gamma / q = v. Customers do not differ, each purchase of anybody is Gamma(p) of scale v; its
//!   value is p v for everybody, whatever he spent.
//! - `inverse-gamma-spend`: p to infinity, gamma to 0, p gamma = c. A customer's purchases are all alike, and what he spends is inverse
//!   gamma of shape q and scale c: his own mean is what he will spend; that of all, c / (q - 1), is for those who have none.
//!
//! Without any difference, neither between customers nor between purchases, there is no density and no maximum at all. That, too few who
//! bought again, and a model that has no mean are left to the mean of what was observed: `mean-spend`.

use super::{GammaGamma, Run, Spend, enough, mean_value, runs};
use crate::numeric::Evaluation;
use crate::numeric::special::LnGamma;
use crate::purchase::fit::{Fit, FitError, fit_positive};

/// What a purchase is worth, by Gamma-Gamma or what stands in its place. Its name in results is [`SpendKind::name`], its parameters are
/// [`SpendKind::names`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpendModel {
    kind: SpendKind,
    /// As many as the kind has names, the rest 0.
    parameters: [f64; 3],
}

/// What kind of model it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpendKind {
    /// Purchases differ, and customers do.
    GammaGamma,
    /// Purchases differ, customers do not.
    Gamma,
    /// Customers differ, the purchases of one do not.
    InverseGamma,
    /// The mean observed, which counts as one purchase of each customer.
    Mean,
}

impl SpendKind {
    /// All of them.
    pub const ALL: [SpendKind; 4] = [
        SpendKind::GammaGamma,
        SpendKind::Gamma,
        SpendKind::InverseGamma,
        SpendKind::Mean,
    ];

    /// The limits of Gamma-Gamma.
    pub const LIMITS: [SpendKind; 2] = [SpendKind::Gamma, SpendKind::InverseGamma];

    /// The kind of a name in results.
    pub fn named(name: &str) -> Option<SpendKind> {
        SpendKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Its name in results.
    pub const fn name(self) -> &'static str {
        match self {
            SpendKind::GammaGamma => "gamma-gamma",
            SpendKind::Gamma => "gamma-spend",
            SpendKind::InverseGamma => "inverse-gamma-spend",
            SpendKind::Mean => "mean-spend",
        }
    }

    /// Names of its parameters, all positive: shapes `p` of a purchase and `q` of customers; scales in money `gamma` of customers' rates, `v`
    /// of a purchase, `c` of customers; `mean` in money.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            SpendKind::GammaGamma => &GammaGamma::NAMES,
            SpendKind::Gamma => &["p", "v"],
            SpendKind::InverseGamma => &["q", "c"],
            SpendKind::Mean => &["mean"],
        }
    }

    /// The model with these parameters, in the order of [`SpendKind::names`]; none when they are not as many or not positive.
    pub fn with(self, parameters: &[f64]) -> Option<SpendModel> {
        let positive = parameters.iter().all(|it| it.is_finite() && *it > 0.0);
        (parameters.len() == self.names().len() && positive).then(|| self.with_checked(parameters))
    }

    pub(super) fn with_checked(self, given: &[f64]) -> SpendModel {
        let mut parameters = [0.0; 3];
        parameters[..given.len()].copy_from_slice(given);
        SpendModel { kind: self, parameters }
    }

    /// Maximum likelihood; rows without repeats are left out. Of [`SpendKind::Mean`] it is [`mean_spend`](super::mean_spend).
    ///
    /// # Errors
    /// As [`GammaGamma::fit`], and when the start has other than the kind's number of parameters or one that is not positive.
    pub fn fit(self, rows: &[Spend], start: Option<&[f64]>) -> Result<Fit<SpendModel>, FitError> {
        self.fit_distinct(&super::distinct(rows)?, start)
    }

    /// The same on rows that are [`distinct`](super::distinct) already.
    ///
    /// # Errors
    /// As [`SpendKind::fit`].
    pub fn fit_distinct(self, rows: &[Spend], start: Option<&[f64]>) -> Result<Fit<SpendModel>, FitError> {
        let start = match start {
            Some(start) => Some(self.with(start).ok_or(FitError::Start)?.parameters),
            None => None,
        };
        let likelihood: fn(&[Run<'_>], &[f64]) -> Evaluation = match self {
            SpendKind::GammaGamma => return Ok(GammaGamma::fit_distinct(rows, start)?.into()),
            SpendKind::Mean => return super::mean::of_distinct(rows),
            SpendKind::Gamma => gamma,
            SpendKind::InverseGamma => inverse_gamma,
        };
        let customers = enough(rows, 2)?;
        let start = start.map_or_else(|| self.start(rows), |start| [start[0], start[1]]);
        let runs = runs(rows);
        fit_positive(
            &start,
            customers,
            rows.len(),
            |at| likelihood(&runs, at),
            |at| self.with_checked(at),
        )
    }

    /// Where the search for a limit begins.
    pub(super) fn start(self, rows: &[Spend]) -> [f64; 2] {
        let mean = mean_value(rows);
        match self {
            SpendKind::InverseGamma => [3.0, 2.0 * mean],
            _ => [2.0, 0.5 * mean],
        }
    }
}

impl SpendModel {
    /// What kind of model it is.
    pub fn kind(&self) -> SpendKind {
        self.kind
    }

    /// Its name in results.
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// Its parameters, in the order of [`SpendKind::names`].
    pub fn parameters(&self) -> &[f64] {
        &self.parameters[..self.kind.names().len()]
    }

    fn gamma_gamma(&self) -> GammaGamma {
        let [p, q, gamma] = self.parameters;
        GammaGamma { p, q, gamma }
    }

    /// Mean value of a purchase over all customers; none where the model has no mean.
    pub fn mean(&self) -> Option<f64> {
        let [first, second, _] = self.parameters;
        match self.kind {
            SpendKind::GammaGamma => self.gamma_gamma().mean(),
            SpendKind::Gamma => Some(first * second),
            SpendKind::InverseGamma => (first > 1.0).then(|| second / (first - 1.0)),
            SpendKind::Mean => Some(first),
        }
    }

    /// Expected value of a purchase of a customer with so many repeats of this mean value; none where the model has no mean for him.
    pub fn expected_value(&self, x: u32, mean_value: f64) -> Option<f64> {
        match self.kind {
            SpendKind::GammaGamma => self.gamma_gamma().expected_value(x, mean_value),
            SpendKind::InverseGamma if x > 0 => Some(mean_value),
            SpendKind::Gamma | SpendKind::InverseGamma => self.mean(),
            SpendKind::Mean => {
                let x = f64::from(x);
                Some((self.parameters[0] + x * mean_value) / (1.0 + x))
            }
        }
    }

    /// Derivatives of the logarithm of [`SpendModel::expected_value`] by the logarithms of the parameters; 0 beyond them, and where there is
    /// no such value.
    pub fn log_slopes(&self, x: u32, mean_value: f64) -> [f64; 3] {
        let Some(value) = self.expected_value(x, mean_value).filter(|value| *value > 0.0) else {
            return [0.0; 3];
        };
        let x = f64::from(x);
        match self.kind {
            SpendKind::GammaGamma => {
                let GammaGamma { p, q, gamma } = self.gamma_gamma();
                let below = p * x + q - 1.0;
                [1.0 - p * x / below, -q / below, gamma / (gamma + x * mean_value)]
            }
            SpendKind::Gamma => [1.0, 1.0, 0.0],
            SpendKind::InverseGamma if x > 0.0 => [0.0; 3],
            SpendKind::InverseGamma => [-self.parameters[0] / (self.parameters[0] - 1.0), 1.0, 0.0],
            SpendKind::Mean => [self.parameters[0] / (value * (1.0 + x)), 0.0, 0.0],
        }
    }
}

impl From<GammaGamma> for SpendModel {
    fn from(GammaGamma { p, q, gamma }: GammaGamma) -> SpendModel {
        SpendKind::GammaGamma.with_checked(&[p, q, gamma])
    }
}

impl From<Fit<GammaGamma>> for Fit<SpendModel> {
    fn from(fit: Fit<GammaGamma>) -> Fit<SpendModel> {
        Fit {
            model: fit.model.into(),
            parameters: fit.parameters,
            standard_errors: fit.standard_errors,
            log_covariance: fit.log_covariance,
            log_likelihood: fit.log_likelihood,
            customers: fit.customers,
            distinct_rows: fit.distinct_rows,
            iterations: fit.iterations,
            status: fit.status,
        }
    }
}

/// Mean values of x purchases, each Gamma(p) of scale v, with the derivatives by p, v.
fn gamma(runs: &[Run<'_>], parameters: &[f64]) -> Evaluation {
    let (p, v) = (parameters[0], parameters[1]);
    let mut sum = Evaluation::zero(2);
    for Run {
        rows,
        x,
        weight,
        ln_totals,
        ln_means,
    } in runs
    {
        let total: f64 = x * rows.iter().map(|row| row.weight * row.mean_value).sum::<f64>();
        let shape = LnGamma::at(p * x);
        sum.value += p * x * (ln_totals - weight * v.ln()) - ln_means - total / v - weight * shape.value;
        sum.gradient[0] += x * (ln_totals - weight * (v.ln() + shape.first));
        sum.gradient[1] += (total / v - weight * p * x) / v;
        sum.hessian.add(0, 0, -weight * x * x * shape.second);
        sum.hessian.add(1, 0, -weight * x / v);
        sum.hessian.add(1, 1, (weight * p * x - 2.0 * total / v) / (v * v));
    }
    sum
}

/// Mean values that are those of single purchases, inverse gamma of shape q and scale c, with the derivatives by q, c.
fn inverse_gamma(runs: &[Run<'_>], parameters: &[f64]) -> Evaluation {
    let (q, c) = (parameters[0], parameters[1]);
    let mut sum = Evaluation::zero(2);
    let shape = LnGamma::at(q);
    for Run {
        rows, weight, ln_means, ..
    } in runs
    {
        let by_means: f64 = rows.iter().map(|row| row.weight / row.mean_value).sum();
        sum.value += weight * (q * c.ln() - shape.value) - (q + 1.0) * ln_means - c * by_means;
        sum.gradient[0] += weight * (c.ln() - shape.first) - ln_means;
        sum.gradient[1] += weight * q / c - by_means;
        sum.hessian.add(0, 0, -weight * shape.second);
        sum.hessian.add(1, 0, weight / c);
        sum.hessian.add(1, 1, -weight * q / (c * c));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Spend> {
        let row = |(x, mean_value)| Spend {
            x,
            mean_value,
            weight: 1.0,
        };
        [(1, 20.0), (1, 31.5), (2, 9.0), (3, 44.0), (7, 25.0)].map(row).to_vec()
    }

    /// Derivatives against differences.
    #[test]
    fn likelihoods_have_their_derivatives() {
        let rows = rows();
        let runs = runs(&rows);
        type Likelihood = fn(&[Run<'_>], &[f64]) -> Evaluation;
        for (likelihood, at) in [
            (gamma as Likelihood, [2.3, 11.0]),
            (inverse_gamma as Likelihood, [3.1, 52.0]),
        ] {
            let here = likelihood(&runs, &at);
            for place in 0..2 {
                let step = 1e-5 * at[place];
                let moved = |by: f64| {
                    let mut at = at;
                    at[place] += by;
                    likelihood(&runs, &at)
                };
                let (above, below) = (moved(step), moved(-step));
                let near = |found: f64, expected: f64| {
                    assert!(
                        (found - expected).abs() <= 1e-6 * expected.abs().max(1.0),
                        "{found}, {expected}"
                    );
                };
                near(here.gradient[place], (above.value - below.value) / (2.0 * step));
                for other in 0..2 {
                    let slope = (above.gradient[other] - below.gradient[other]) / (2.0 * step);
                    near(here.hessian.get(place, other), slope);
                }
            }
        }
    }

    #[test]
    fn slopes_are_those_of_the_expected_value() {
        let parameters: [&[f64]; 4] = [&[6.0, 3.7, 15.0], &[2.0, 12.0], &[3.5, 60.0], &[24.0]];
        for (kind, parameters) in SpendKind::ALL.into_iter().zip(parameters) {
            let model = kind.with(parameters).expect("good parameters");
            for (x, mean) in [(0, 0.0), (1, 12.0), (9, 55.0)] {
                let slopes = model.log_slopes(x, mean);
                for (place, slope) in slopes.iter().enumerate() {
                    let moved = |step: f64| {
                        let mut moved = parameters.to_vec();
                        if let Some(parameter) = moved.get_mut(place) {
                            *parameter *= f64::exp(step);
                        }
                        let moved = kind.with(&moved).expect("good parameters");
                        moved.expected_value(x, mean).expect("a mean").ln()
                    };
                    let expected = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                    assert!(
                        (slope - expected).abs() < 1e-6,
                        "{} {place}: {slope}, {expected}",
                        kind.name()
                    );
                }
            }
        }
    }
}
