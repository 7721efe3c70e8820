//! Gamma-Gamma: what a purchase is worth.
//!
//! Fader & Hardie (2013), "The Gamma-Gamma model of monetary value". A customer's purchases are Gamma(p, nu) with nu ~ Gamma(q, gamma)
//! between customers, independent of how often he buys.

use crate::fit::{FEWEST_CUSTOMERS, Fit, FitError, fit_positive};
use crate::numeric::Evaluation;
use crate::numeric::special::LnGamma;

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
        let mut rows: Vec<Spend> = rows
            .iter()
            .copied()
            .filter(|row| row.x > 0 && row.weight != 0.0)
            .collect();
        for (row, spend) in rows.iter().enumerate() {
            if !spend.mean_value.is_finite() || spend.mean_value <= 0.0 {
                let what = "the mean value of a customer with repeats must be above 0";
                return Err(FitError::Row { row, what });
            }
            if !spend.weight.is_finite() || spend.weight < 0.0 {
                let what = "the weight must be a number from 0";
                return Err(FitError::Row { row, what });
            }
        }
        let customers: f64 = rows.iter().map(|row| row.weight).sum();
        if customers < FEWEST_CUSTOMERS as f64 {
            return Err(FitError::TooFew {
                found: customers as usize,
                needed: FEWEST_CUSTOMERS,
                parameters: 3,
            });
        }
        rows.sort_unstable_by(|left, right| left.x.cmp(&right.x).then(left.mean_value.total_cmp(&right.mean_value)));
        rows.dedup_by(|next, kept| {
            let same = next.x == kept.x && next.mean_value.to_bits() == kept.mean_value.to_bits();
            if same {
                kept.weight += next.weight;
            }
            same
        });
        let mean = rows.iter().map(|row| row.weight * row.mean_value).sum::<f64>() / customers;
        fit_positive(
            &start.unwrap_or([2.0, 3.0, mean]),
            customers,
            rows.len(),
            |parameters| log_likelihood(&rows, parameters),
            |it| GammaGamma {
                p: it[0],
                q: it[1],
                gamma: it[2],
            },
        )
    }
}

/// Equation 1a of the paper, with its derivatives by p, q, gamma; rows in the order of x.
fn log_likelihood(rows: &[Spend], parameters: &[f64]) -> Evaluation {
    let &[p, q, gamma] = parameters else {
        unreachable!("three parameters")
    };
    let mut sum = Evaluation::zero(3);
    let mut second = [[0.0; 3]; 3];
    let gamma_q = LnGamma::at(q);
    for run in rows.chunk_by(|left, right| left.x == right.x) {
        let x = f64::from(run[0].x);
        let shape = p * x;
        let (all, own) = (LnGamma::at(shape + q), LnGamma::at(shape));
        let mut weight = 0.0;
        for row in run {
            let total = x * row.mean_value;
            let (ln_sum, by_sum) = ((gamma + total).ln(), 1.0 / (gamma + total));
            weight += row.weight;
            sum.value += row.weight * (shape * total.ln() - row.mean_value.ln() - (shape + q) * ln_sum);
            sum.gradient[0] += row.weight * x * (total.ln() - ln_sum);
            sum.gradient[1] -= row.weight * ln_sum;
            sum.gradient[2] -= row.weight * (shape + q) * by_sum;
            second[2][0] -= row.weight * x * by_sum;
            second[2][1] -= row.weight * by_sum;
            second[2][2] += row.weight * (shape + q) * by_sum * by_sum;
        }
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
