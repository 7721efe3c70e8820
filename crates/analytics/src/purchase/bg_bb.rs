//! BG/BB: a customer may buy at each of n opportunities (a catalogue a season, a year of donations).
//!
//! Fader, Hardie & Shang (2010), "Customer-base analysis in a discrete-time noncontractual setting", Marketing Science 29. A living
//! customer buys at an opportunity with p ~ Beta(alpha, beta) and leaves before one with theta ~ Beta(gamma, delta).

use crate::numeric::Evaluation;
use crate::numeric::mixture::{Mixture, Term};
use crate::numeric::special::{LnGamma, ln_beta};
use crate::purchase::fit::{FEWEST_CUSTOMERS, Fit, FitError, fit_positive};

/// What the model knows of a customer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opportunities {
    /// Opportunities taken.
    pub x: u32,
    /// The last one taken, from 1; 0 when none was.
    pub t_x: u32,
    /// Opportunities there were.
    pub n: u32,
    /// Customers with it.
    pub weight: f64,
}

/// The model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BgBb {
    /// Of buying.
    pub alpha: f64,
    /// Of not buying.
    pub beta: f64,
    /// Of leaving.
    pub gamma: f64,
    /// Of staying.
    pub delta: f64,
}

impl Opportunities {
    fn is_sound(&self) -> bool {
        self.x <= self.t_x && self.t_x <= self.n && (self.x == 0) == (self.t_x == 0)
    }
}

impl BgBb {
    /// Names of the parameters, in the paper's order.
    pub const NAMES: [&'static str; 4] = ["alpha", "beta", "gamma", "delta"];

    /// Maximum likelihood; `start` is (alpha, beta, gamma, delta).
    ///
    /// # Errors
    /// [`FitError`] when a row contradicts itself, when customers are too few or nobody took an opportunity.
    pub fn fit(rows: &[Opportunities], start: Option<[f64; 4]>) -> Result<Fit<BgBb>, FitError> {
        for (row, it) in rows.iter().enumerate() {
            if !it.is_sound() {
                let what = "x must not be larger than t_x, nor t_x than n, and x and t_x are both 0 or none is";
                return Err(FitError::Row { row, what });
            }
            if !it.weight.is_finite() || it.weight < 0.0 {
                let what = "the weight must be a number from 0";
                return Err(FitError::Row { row, what });
            }
        }
        let mut rows: Vec<Opportunities> = rows.iter().copied().filter(|row| row.weight > 0.0).collect();
        rows.sort_unstable_by_key(|row| (row.x, row.t_x, row.n));
        rows.dedup_by(|next, kept| {
            let same = (next.x, next.t_x, next.n) == (kept.x, kept.t_x, kept.n);
            if same {
                kept.weight += next.weight;
            }
            same
        });
        let customers: f64 = rows.iter().map(|row| row.weight).sum();
        if customers < FEWEST_CUSTOMERS as f64 {
            return Err(FitError::TooFew {
                found: customers as usize,
                needed: FEWEST_CUSTOMERS,
                parameters: 4,
            });
        }
        if rows.iter().all(|row| row.x == 0) {
            return Err(FitError::NoRepeat);
        }
        fit_positive(
            &start.unwrap_or([1.0, 1.0, 1.0, 3.0]),
            customers,
            rows.len(),
            |parameters| log_likelihood(&rows, parameters),
            |it| BgBb {
                alpha: it[0],
                beta: it[1],
                gamma: it[2],
                delta: it[3],
            },
        )
    }

    /// ln of the likelihood of one customer (equation 5).
    fn ln_likelihood(&self, history: &Opportunities) -> f64 {
        let parts = ways(&[self.alpha, self.beta, self.gamma, self.delta], history);
        parts.value()
    }

    /// ln of buying as often as he did, living through the first `living` opportunities.
    fn ln_living(&self, history: &Opportunities, living: f64) -> f64 {
        let (x, n) = (f64::from(history.x), f64::from(history.n));
        ln_beta(self.alpha + x, self.beta + n - x) - ln_beta(self.alpha, self.beta)
            + ln_beta(self.gamma, self.delta + living)
            - ln_beta(self.gamma, self.delta)
    }

    /// P(alive at the next opportunity, n + 1) (equation 11).
    pub fn p_alive(&self, history: &Opportunities) -> f64 {
        (self.ln_living(history, f64::from(history.n) + 1.0) - self.ln_likelihood(history)).exp()
    }

    /// Expected purchases at the next `t` opportunities (equation 13, as the sum it stands for: nothing is 0/0 at gamma = 1).
    pub fn expected(&self, history: &Opportunities, t: u32) -> f64 {
        let (x, n) = (f64::from(history.x), f64::from(history.n));
        let buys = (self.alpha + x) / (self.alpha + self.beta + n);
        let ln_now = self.ln_living(history, n) - self.ln_likelihood(history);
        let (mut living, mut sum) = (1.0, 0.0);
        for later in 0..t {
            living *= (self.delta + n + f64::from(later)) / (self.gamma + self.delta + n + f64::from(later));
            sum += living;
        }
        ln_now.exp() * buys * sum
    }

    /// P(at least 1, 2, ... purchases at the next `t` opportunities), as many as `at_least` has places.
    pub fn at_least(&self, history: &Opportunities, t: u32, at_least: &mut [f64]) {
        at_least.fill(0.0);
        let (x, n) = (f64::from(history.x), f64::from(history.n));
        let ln_now = self.ln_living(history, n) - self.ln_likelihood(history);
        let (a, b) = (self.alpha + x, self.beta + n - x);
        let mut living = ln_now.exp();
        for stays in 1..=t {
            let before = f64::from(stays) - 1.0;
            living *= (self.delta + n + before) / (self.gamma + self.delta + n + before);
            // Leaves after just so many, or stays through all.
            let leaves = self.gamma / (self.gamma + self.delta + n + f64::from(stays));
            let weight = if stays == t { living } else { living * leaves };
            let mut fewer = 0.0;
            for (count, sum) in at_least.iter_mut().enumerate() {
                fewer += beta_binomial(count as u32, stays, a, b);
                *sum += weight * (1.0 - fewer).max(0.0);
            }
        }
    }
}

/// P(`count` of `of`) with a chance ~ Beta(a, b).
fn beta_binomial(count: u32, of: u32, a: f64, b: f64) -> f64 {
    if count > of {
        return 0.0;
    }
    let (count, of) = (f64::from(count), f64::from(of));
    let ways = -(of + 1.0).ln() - ln_beta(count + 1.0, of - count + 1.0);
    (ways + ln_beta(a + count, b + of - count) - ln_beta(a, b)).exp()
}

/// The ways to a history: alive at n, or gone before one of the opportunities after the last one taken (equation 5).
fn ways(parameters: &[f64], history: &Opportunities) -> Mixture<4> {
    let &[alpha, beta, gamma, delta] = parameters else {
        unreachable!("four parameters")
    };
    let (x, t_x, n) = (f64::from(history.x), f64::from(history.t_x), f64::from(history.n));
    let none = beta_terms(alpha, beta, 0.0, 0.0);
    let stay = beta_terms(gamma, delta, 0.0, 0.0);
    let mut sum = Mixture::default();
    sum.add(&joined(
        &beta_terms(alpha, beta, x, n - x),
        &none,
        &beta_terms(gamma, delta, 0.0, n),
        &stay,
    ));
    let mut at = t_x;
    while at < n {
        sum.add(&joined(
            &beta_terms(alpha, beta, x, at - x),
            &none,
            &beta_terms(gamma, delta, 1.0, at),
            &stay,
        ));
        at += 1.0;
    }
    sum
}

/// ln B(a + i, b + j) with its derivatives by a and b: value, by a, by b, by a a, by a b, by b b.
fn beta_terms(a: f64, b: f64, i: f64, j: f64) -> [f64; 6] {
    let (left, right, both) = (LnGamma::at(a + i), LnGamma::at(b + j), LnGamma::at(a + b + i + j));
    [
        left.value + right.value - both.value,
        left.first - both.first,
        right.first - both.first,
        left.second - both.second,
        -both.second,
        right.second - both.second,
    ]
}

/// The product of two ratios of beta functions, the first of alpha and beta, the second of gamma and delta.
fn joined(buys: &[f64; 6], buys_by: &[f64; 6], stays: &[f64; 6], stays_by: &[f64; 6]) -> Term<4> {
    let first = |index: usize| buys[index] - buys_by[index];
    let second = |index: usize| stays[index] - stays_by[index];
    Term {
        value: first(0) + second(0),
        first: [first(1), first(2), second(1), second(2)],
        second: [
            [first(3), 0.0, 0.0, 0.0],
            [first(4), first(5), 0.0, 0.0],
            [0.0, 0.0, second(3), 0.0],
            [0.0, 0.0, second(4), second(5)],
        ],
    }
}

fn log_likelihood(rows: &[Opportunities], parameters: &[f64]) -> Evaluation {
    let mut sum = Evaluation::zero(4);
    for row in rows {
        ways(parameters, row).add_to(&mut sum, row.weight);
    }
    sum
}
