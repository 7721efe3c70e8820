//! Gamma-Gamma: what a purchase is worth.
//!
//! Fader & Hardie (2013), "The Gamma-Gamma model of monetary value". A customer's purchases are Gamma(p, nu) with nu ~ Gamma(q, gamma)
//! between customers, independent of how often he buys.
//!
//! Where the likelihood has no maximum, or the model no mean, another [`SpendModel`] stands in its place: [`fit_or_limit`], [`mean_spend`].

mod mean;
mod settle;
mod spend_model;

pub use mean::mean_spend;
pub(crate) use settle::is_inside;
pub use settle::{Settled, Without, fit_or_limit, fit_or_limit_distinct, settle, settle_distinct};
pub use spend_model::{SpendKind, SpendModel};

use crate::numeric::Evaluation;
use crate::numeric::special::LnGamma;
use crate::purchase::fit::{FEWEST_CUSTOMERS, Fit, FitError, fit_positive};

/// What the model knows of a customer: only those who bought again, and spent something, tell it anything.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spend {
    /// Repeat purchases.
    pub x: u32,
    /// Their mean value, in money.
    pub mean_value: f64,
    /// Customers with it.
    pub weight: f64,
}

/// The model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGamma {
    /// Shape of a customer's purchases.
    pub p: f64,
    /// Shape of the customers.
    pub q: f64,
    /// Scale of the customers, in money.
    pub gamma: f64,
}

impl GammaGamma {
    /// Names of the parameters, in the paper's order.
    pub const NAMES: [&'static str; 3] = ["p", "q", "gamma"];

    /// Mean value of a purchase over all customers, p gamma / (q - 1); none when q <= 1: then the model has no mean.
    pub fn mean(&self) -> Option<f64> {
        (self.q > 1.0).then(|| self.p * self.gamma / (self.q - 1.0))
    }

    /// Expected value of a purchase of a customer (equation 5): between his own mean and that of all. None when p x + q <= 1.
    pub fn expected_value(&self, x: u32, mean_value: f64) -> Option<f64> {
        let shape = self.p * f64::from(x);
        (shape + self.q > 1.0).then(|| self.p * (self.gamma + f64::from(x) * mean_value) / (shape + self.q - 1.0))
    }

    /// Maximum likelihood; rows without repeats are left out. `start` is (p, q, gamma).
    ///
    /// # Errors
    /// [`FitError`] when a mean value is not positive or fewer than ten customers bought again.
    pub fn fit(rows: &[Spend], start: Option<[f64; 3]>) -> Result<Fit<GammaGamma>, FitError> {
        GammaGamma::fit_distinct(&distinct(rows)?, start)
    }

    /// The same on rows that are [`distinct`] already.
    ///
    /// # Errors
    /// As [`GammaGamma::fit`].
    pub fn fit_distinct(rows: &[Spend], start: Option<[f64; 3]>) -> Result<Fit<GammaGamma>, FitError> {
        let customers = enough(rows, 3)?;
        let runs = runs(rows);
        fit_positive(
            &start.unwrap_or_else(|| GammaGamma::start(rows)),
            customers,
            rows.len(),
            |parameters| log_likelihood(&runs, parameters),
            |it| GammaGamma {
                p: it[0],
                q: it[1],
                gamma: it[2],
            },
        )
    }

    /// Where a search begins.
    fn start(rows: &[Spend]) -> [f64; 3] {
        [2.0, 3.0, mean_value(rows)]
    }
}

/// Mean of the customers' mean values.
fn mean_value(rows: &[Spend]) -> f64 {
    rows.iter().map(|row| row.weight * row.mean_value).sum::<f64>() / customers(rows)
}

fn customers(rows: &[Spend]) -> f64 {
    rows.iter().map(|row| row.weight).sum()
}

/// The customers, when they are enough for a fit of so many parameters.
fn enough(rows: &[Spend], parameters: usize) -> Result<f64, FitError> {
    let customers = customers(rows);
    if customers < FEWEST_CUSTOMERS as f64 {
        return Err(FitError::TooFew {
            found: customers as usize,
            needed: FEWEST_CUSTOMERS,
            parameters,
        });
    }
    Ok(customers)
}

/// The distinct rows of those who bought again, with the weights of equal rows added, in the order of x and mean value.
///
/// # Errors
/// [`FitError`] with the place of a row among those given, when its mean value is not positive or its weight is negative.
pub fn distinct(rows: &[Spend]) -> Result<Vec<Spend>, FitError> {
    let with_repeats = |row: &&Spend| row.x > 0 && row.weight != 0.0;
    for (row, spend) in rows.iter().enumerate().filter(|(_, row)| with_repeats(row)) {
        if !spend.mean_value.is_finite() || spend.mean_value <= 0.0 {
            let what = "the mean value of a customer with repeats must be above 0";
            return Err(FitError::Row { row, what });
        }
        if !spend.weight.is_finite() || spend.weight < 0.0 {
            let what = "the weight must be a number from 0";
            return Err(FitError::Row { row, what });
        }
    }
    let mut rows: Vec<Spend> = rows.iter().filter(with_repeats).copied().collect();
    rows.sort_unstable_by(|left, right| left.x.cmp(&right.x).then(left.mean_value.total_cmp(&right.mean_value)));
    rows.dedup_by(|next, kept| {
        let same = next.x == kept.x && next.mean_value.to_bits() == kept.mean_value.to_bits();
        if same {
            kept.weight += next.weight;
        }
        same
    });
    Ok(rows)
}

/// Rows with one x, and the sums over them that no parameter changes: a search evaluates the likelihood many times.
struct Run<'a> {
    rows: &'a [Spend],
    x: f64,
    weight: f64,
    /// Weighted sums of the logarithms of what a customer's repeats are worth together, and on the mean.
    ln_totals: f64,
    ln_means: f64,
}

/// Runs of rows in the order of x.
fn runs(rows: &[Spend]) -> Vec<Run<'_>> {
    rows.chunk_by(|left, right| left.x == right.x)
        .map(|rows| {
            let x = f64::from(rows[0].x);
            let (mut weight, mut ln_means) = (0.0, 0.0);
            for row in rows {
                weight += row.weight;
                ln_means += row.weight * row.mean_value.ln();
            }
            Run {
                rows,
                x,
                weight,
                ln_totals: ln_means + weight * x.ln(),
                ln_means,
            }
        })
        .collect()
}

/// Equation 1a of the paper, with its derivatives by p, q, gamma.
fn log_likelihood(runs: &[Run<'_>], parameters: &[f64]) -> Evaluation {
    let &[p, q, gamma] = parameters else {
        unreachable!("three parameters")
    };
    let mut sum = Evaluation::zero(3);
    let mut second = [[0.0; 3]; 3];
    let gamma_q = LnGamma::at(q);
    for run in runs {
        let (x, weight) = (run.x, run.weight);
        let shape = p * x;
        let (all, own) = (LnGamma::at(shape + q), LnGamma::at(shape));
        // Of gamma + total: the logarithm, the inverse and its square.
        let (mut ln_sums, mut by_sums, mut by_squares) = (0.0, 0.0, 0.0);
        for row in run.rows {
            let at = gamma + x * row.mean_value;
            let by_sum = row.weight / at;
            ln_sums += row.weight * at.ln();
            by_sums += by_sum;
            by_squares += by_sum / at;
        }
        sum.value += shape * run.ln_totals - run.ln_means - (shape + q) * ln_sums;
        sum.gradient[0] += x * (run.ln_totals - ln_sums);
        sum.gradient[1] -= ln_sums;
        sum.gradient[2] -= (shape + q) * by_sums;
        second[2][0] -= x * by_sums;
        second[2][1] -= by_sums;
        second[2][2] += (shape + q) * by_squares;
        sum.value += weight * (all.value - own.value - gamma_q.value + q * gamma.ln());
        sum.gradient[0] += weight * x * (all.first - own.first);
        sum.gradient[1] += weight * (all.first - gamma_q.first + gamma.ln());
        sum.gradient[2] += weight * q / gamma;
        second[0][0] += weight * x * x * (all.second - own.second);
        second[1][0] += weight * x * all.second;
        second[1][1] += weight * (all.second - gamma_q.second);
        second[2][1] += weight / gamma;
        second[2][2] -= weight * q / (gamma * gamma);
    }
    for (row, values) in second.iter().enumerate() {
        for (column, value) in values.iter().enumerate().take(row + 1) {
            sum.hessian.add(row, column, *value);
        }
    }
    sum
}
