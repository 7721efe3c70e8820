//! The likelihood of a history under a limit: that the customer lives at T, or left after the last purchase.
//!
//! Purchases alone, x of them until u, have the density of a Poisson process of one rate, lambda^x e^(-lambda u), or that integrated over
//! Gamma(r, alpha), Γ(r + x) / Γ(r) alpha^-x (1 + u / alpha)^-(r + x). A customer who lives was exposed until T. One who is gone was
//! until the last purchase, where he left at a chance, or until a time between, where he left at any: an integral of a positive and smooth
//! function, with the same nodes for its derivatives, as in [`pareto_nbd`](crate::purchase::pareto_nbd).

use super::{Facts, Leaving, LimitKind, Rates};
use crate::numeric::Evaluation;
use crate::numeric::mixture::{Mixture, Term};
use crate::numeric::quadrature::power_panels;
use crate::numeric::special::LnGamma;
use crate::purchase::rfm::{History, Weighted};

/// Rates with their parameters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Buying {
    Gamma { r: f64, alpha: f64 },
    One { lambda: f64 },
}

/// Leaving with its parameters; `q` is 1 - p, which odds know more exactly.
#[derive(Clone, Copy, Debug)]
pub(super) enum Going {
    Never,
    AtOneRate { mu: f64 },
    AtRates { s: f64, beta: f64 },
    WithOneProbability { p: f64, q: f64, first: u32 },
    WithProbabilities { a: f64, b: f64, first: u32 },
    Movers { p: f64, q: f64, first: u32 },
}

/// A kind with its parameters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Story {
    pub(super) buying: Buying,
    pub(super) going: Going,
}

/// ln of a factor and its derivatives by the kind's parameters, odds for a probability.
type Factor = Term<3>;

const ONE: Factor = Term {
    value: 0.0,
    first: [0.0; 3],
    second: [[0.0; 3]; 3],
};

/// What leaving makes of a history, where it follows from the number of chances alone.
struct Chances {
    /// Still there after all of them.
    lives: Factor,
    /// Gone at the last one; none where nobody can be.
    gone: Option<Factor>,
}

impl Story {
    /// A kind with the parameters of a model, or of a search, which has odds for a probability.
    pub(super) fn new(kind: LimitKind, parameters: &[f64], odds: bool) -> Story {
        let Facts { rates, leaving, .. } = kind.facts();
        let (buying, rest) = match rates {
            Rates::Gamma => (
                Buying::Gamma {
                    r: parameters[0],
                    alpha: parameters[1],
                },
                &parameters[2..],
            ),
            Rates::One => (Buying::One { lambda: parameters[0] }, &parameters[1..]),
        };
        let probability = || {
            if odds {
                (rest[0] / (1.0 + rest[0]), 1.0 / (1.0 + rest[0]))
            } else {
                (rest[0], 1.0 - rest[0])
            }
        };
        let going = match leaving {
            Leaving::Never => Going::Never,
            Leaving::AtOneRate => Going::AtOneRate { mu: rest[0] },
            Leaving::AtRates => Going::AtRates {
                s: rest[0],
                beta: rest[1],
            },
            Leaving::WithOneProbability { first } => {
                let (p, q) = probability();
                Going::WithOneProbability { p, q, first }
            }
            Leaving::WithProbabilities { first } => Going::WithProbabilities {
                a: rest[0],
                b: rest[1],
                first,
            },
            Leaving::Movers { first } => {
                let (p, q) = probability();
                Going::Movers { p, q, first }
            }
        };
        Story { buying, going }
    }

    /// Place of the first parameter of leaving.
    fn leaving_at(&self) -> usize {
        match self.buying {
            Buying::Gamma { .. } => 2,
            Buying::One { .. } => 1,
        }
    }

    /// What x purchases have in common, whenever they were: Γ(r + x) / Γ(r) alpha^-x, or lambda^x.
    fn purchases(&self, x: f64, gamma_r: LnGamma) -> Factor {
        let mut factor = ONE;
        match self.buying {
            Buying::Gamma { r, alpha } => {
                let grown = LnGamma::at(r + x) - gamma_r;
                factor.value = grown.value - x * alpha.ln();
                factor.first[0] = grown.first;
                factor.first[1] = -x / alpha;
                factor.second[0][0] = grown.second;
                factor.second[1][1] = x / (alpha * alpha);
            }
            Buying::One { lambda } => {
                factor.value = x * lambda.ln();
                factor.first[0] = x / lambda;
                factor.second[0][0] = -x / (lambda * lambda);
            }
        }
        factor
    }

    /// What being exposed until u makes of x purchases.
    fn exposed(&self, x: f64, u: f64) -> Factor {
        let mut factor = ONE;
        match self.buying {
            Buying::Gamma { r, alpha } => fall(&mut factor, 0, r + x, alpha, u),
            Buying::One { lambda } => {
                factor.value = -lambda * u;
                factor.first[0] = -u;
            }
        }
        factor
    }

    /// Leaving at chances; none where customers leave at any time.
    fn chances(&self, x: u32) -> Option<Chances> {
        let at = self.leaving_at();
        let number = |first: u32| f64::from(x) + f64::from(first);
        match self.going {
            Going::Never => Some(Chances { lives: ONE, gone: None }),
            Going::WithOneProbability { p, q, first } => {
                let k = number(first);
                Some(Chances {
                    lives: stays(at, k, q),
                    gone: (k > 0.0).then(|| leaves(at, k, p, q)),
                })
            }
            // At the second chance nobody is left who would leave.
            Going::Movers { p, q, first } => {
                let k = number(first);
                Some(Chances {
                    lives: stays(at, k.min(1.0), q),
                    gone: (k == 1.0).then(|| leaves(at, k, p, q)),
                })
            }
            Going::WithProbabilities { a, b, first } => {
                let k = number(first);
                let lives = stays_by_beta(at, k, a, b);
                let gone = (k > 0.0).then(|| {
                    let (mut gone, left) = (lives, b + k - 1.0);
                    gone.value += (a / left).ln();
                    gone.first[at] += 1.0 / a;
                    gone.first[at + 1] -= 1.0 / left;
                    gone.second[at][at] -= 1.0 / (a * a);
                    gone.second[at + 1][at + 1] += 1.0 / (left * left);
                    gone
                });
                Some(Chances { lives, gone })
            }
            Going::AtOneRate { .. } | Going::AtRates { .. } => None,
        }
    }

    /// Not gone until u.
    fn survives(&self, factor: &mut Factor, u: f64) {
        let at = self.leaving_at();
        match self.going {
            Going::AtOneRate { mu } => {
                factor.value -= mu * u;
                factor.first[at] -= u;
            }
            Going::AtRates { s, beta } => fall(factor, at, s, beta, u),
            _ => {}
        }
    }

    /// The density of leaving at y, against that of surviving y.
    fn hazard(&self, factor: &mut Factor, y: f64) {
        let at = self.leaving_at();
        match self.going {
            Going::AtOneRate { mu } => {
                factor.value += mu.ln();
                factor.first[at] += 1.0 / mu;
                factor.second[at][at] -= 1.0 / (mu * mu);
            }
            Going::AtRates { s, beta } => {
                let by = 1.0 / (beta + y);
                factor.value += (s * by).ln();
                factor.first[at] += 1.0 / s;
                factor.first[at + 1] -= by;
                factor.second[at][at] -= 1.0 / (s * s);
                factor.second[at + 1][at + 1] += by * by;
            }
            _ => {}
        }
    }

    /// How steeply the integrand over the time of leaving falls at y, and the smallest scale of its powers.
    fn steepness(&self, x: f64) -> (impl Fn(f64) -> f64 + use<>, f64) {
        let (shape, scale, rate) = match self.buying {
            Buying::Gamma { r, alpha } => (r + x, alpha, 0.0),
            Buying::One { lambda } => (0.0, f64::INFINITY, lambda),
        };
        let (leaving, beta, mu) = match self.going {
            Going::AtRates { s, beta } => (s + 1.0, beta, 0.0),
            Going::AtOneRate { mu } => (0.0, f64::INFINITY, mu),
            _ => (0.0, f64::INFINITY, 0.0),
        };
        (
            move |y: f64| shape / (scale + y) + leaving / (beta + y) + rate + mu,
            scale.min(beta),
        )
    }

    /// ln of the two ways to a history, without what they share: alive at T, and gone since the last purchase.
    fn ways(&self, history: &History, chances: Option<&Chances>) -> (Factor, Mixture<3>) {
        let x = f64::from(history.x);
        let mut alive = self.exposed(x, history.t);
        let mut gone = Mixture::default();
        match chances {
            Some(chances) => {
                multiply(&mut alive, &chances.lives);
                if let Some(left) = &chances.gone {
                    let mut term = self.exposed(x, history.t_x);
                    multiply(&mut term, left);
                    gone.add(&term);
                }
            }
            None => {
                self.survives(&mut alive, history.t);
                let (steepness, smallest) = self.steepness(x);
                power_panels((history.t_x, history.t), smallest, true, steepness, |y, weight| {
                    let mut term = self.exposed(x, y);
                    self.survives(&mut term, y);
                    self.hazard(&mut term, y);
                    term.value += weight.ln();
                    gone.add(&term);
                });
            }
        }
        (alive, gone)
    }

    /// P(alive at T).
    pub(super) fn p_alive(&self, history: &History) -> f64 {
        if matches!(self.going, Going::Never) {
            return 1.0;
        }
        let (alive, gone) = self.ways(history, self.chances(history.x).as_ref());
        if alive.value == f64::NEG_INFINITY {
            return 0.0;
        }
        1.0 / (1.0 + (gone.value() - alive.value).exp())
    }
}

/// Multiplies by (1 + u / scale)^-shape, the parameters standing at `at` and `at + 1` and growing one for one with shape and scale.
/// In this form nothing cancels however large both are.
fn fall(factor: &mut Factor, at: usize, shape: f64, scale: f64, u: f64) {
    let grown = (u / scale).ln_1p();
    let step = u / scale / (scale + u);
    factor.value -= shape * grown;
    factor.first[at] -= grown;
    factor.first[at + 1] += shape * step;
    factor.second[at + 1][at] += step;
    factor.second[at + 1][at + 1] -= shape * step * (1.0 / scale + 1.0 / (scale + u));
}

/// q^k by the odds of leaving.
fn stays(at: usize, k: f64, q: f64) -> Factor {
    let mut factor = ONE;
    if k > 0.0 {
        factor.value = k * q.ln();
        factor.first[at] = -k * q;
        factor.second[at][at] = k * q * q;
    }
    factor
}

/// p q^(k - 1) by the odds of leaving.
fn leaves(at: usize, k: f64, p: f64, q: f64) -> Factor {
    let mut factor = stays(at, k - 1.0, q);
    let by_odds = q / p;
    factor.value += p.ln();
    factor.first[at] += q * by_odds;
    factor.second[at][at] += q * q - by_odds * by_odds;
    factor
}

/// E[q^k] with 1 - q ~ Beta(a, b).
fn stays_by_beta(at: usize, k: f64, a: f64, b: f64) -> Factor {
    let stay = LnGamma::at(b + k) - LnGamma::at(b);
    let both = LnGamma::at(a + b + k) - LnGamma::at(a + b);
    let mut factor = ONE;
    factor.value = stay.value - both.value;
    factor.first[at] = -both.first;
    factor.first[at + 1] = stay.first - both.first;
    factor.second[at][at] = -both.second;
    factor.second[at + 1][at] = -both.second;
    factor.second[at + 1][at + 1] = stay.second - both.second;
    factor
}

fn multiply(factor: &mut Factor, by: &Factor) {
    factor.value += by.value;
    for row in 0..3 {
        factor.first[row] += by.first[row];
        for column in 0..=row {
            factor.second[row][column] += by.second[row][column];
        }
    }
}

/// Log-likelihood of rows in the order of x, with its derivatives by the parameters of a search.
pub(super) fn log_likelihood(kind: LimitKind, rows: &[Weighted], at: &[f64]) -> Evaluation {
    let story = Story::new(kind, at, true);
    let gamma_r = LnGamma::at(match story.buying {
        Buying::Gamma { r, .. } => r,
        Buying::One { .. } => 1.0,
    });
    let mut sum = Evaluation::zero(3);
    for run in rows.chunk_by(|left, right| left.history.x == right.history.x) {
        let x = run[0].history.x;
        let chances = story.chances(x);
        let mut weight = 0.0;
        for row in run {
            let (alive, mut both) = story.ways(&row.history, chances.as_ref());
            both.add(&alive);
            both.add_to(&mut sum, row.weight);
            weight += row.weight;
        }
        let mut shared = Mixture::default();
        shared.add(&story.purchases(f64::from(x), gamma_r));
        shared.add_to(&mut sum, weight);
    }
    // The places beyond the kind's own parameters were never written to.
    let size = at.len();
    let mut evaluation = Evaluation::zero(size);
    evaluation.value = sum.value;
    for row in 0..size {
        evaluation.gradient[row] = sum.gradient[row];
        for column in 0..=row {
            evaluation.hessian.add(row, column, sum.hessian.get(row, column));
        }
    }
    evaluation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purchase::rfm::distinct;

    /// Of each place of the parameters a value that is no special one.
    fn some(kind: LimitKind) -> Vec<f64> {
        let value = |name: &&str| match *name {
            "r" => 0.7,
            "alpha" => 11.0,
            "lambda" => 0.08,
            "mu" => 0.013,
            "s" => 0.6,
            "beta" => 14.0,
            "a" => 0.8,
            "b" => 2.5,
            _ => 0.4,
        };
        kind.names().iter().map(value).collect()
    }

    #[test]
    fn derivatives_are_those_of_the_value() {
        let row = |x, t_x, t, weight| Weighted {
            history: History { x, t_x, t },
            weight,
        };
        let rows = distinct(vec![
            row(0, 0.0, 30.0, 5.0),
            row(1, 4.0, 31.0, 3.0),
            row(1, 30.0, 30.0, 1.0),
            row(2, 9.0, 38.0, 2.0),
            row(40, 33.0, 39.0, 1.5),
        ]);
        let close = |found: f64, expected: f64, what: &str| {
            let within = 2e-6 * expected.abs().max(1.0);
            assert!((found - expected).abs() <= within, "{what}: {found} is not {expected}");
        };
        for kind in LimitKind::ALL {
            let at = some(kind);
            let here = log_likelihood(kind, &rows, &at);
            for place in 0..at.len() {
                let step = 1e-5 * at[place];
                let moved = |by: f64| {
                    let mut at = at.clone();
                    at[place] += by;
                    log_likelihood(kind, &rows, &at)
                };
                let (after, before) = (moved(step), moved(-step));
                let what = format!("{} {place}", kind.name());
                close((after.value - before.value) / (2.0 * step), here.gradient[place], &what);
                for other in 0..at.len() {
                    let slope = (after.gradient[other] - before.gradient[other]) / (2.0 * step);
                    close(slope, here.hessian.get(place, other), &format!("{what} {other}"));
                }
            }
        }
    }
}
