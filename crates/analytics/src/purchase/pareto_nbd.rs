//! Pareto/NBD: exponential lifetimes, Poisson purchases, both with gamma distributed rates.
//!
//! Schmittlein, Morrison & Colombo (1987), "Counting your customers: who are they and what will they do next?"; the notation is that of
//! Fader & Hardie (2005), "A note on deriving the Pareto/NBD model and related expressions". The likelihood is usually written with
//! two hypergeometric functions, which cancel when alpha is near beta and overflow for many purchases. It is an integral over the time
//! of leaving, of a positive and smooth function; we take it as such, with the same nodes for its derivatives.

use crate::numeric::Evaluation;
use crate::numeric::mixture::{Mixture, Term};
use crate::numeric::quadrature::power_panels;
use crate::numeric::special::{LnGamma, faded};
use crate::purchase::PurchaseModel;
use crate::purchase::count::{Count, NegativeBinomial};
use crate::purchase::fittable::{Effect, Fittable};
use crate::purchase::limit::LimitKind;
use crate::purchase::rfm::{History, Weighted};

/// The model: purchases at a rate ~ Gamma(r, alpha), leaving at a rate ~ Gamma(s, beta).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParetoNbd {
    /// Shape of the purchase rate.
    pub r: f64,
    /// Rate of the purchase rate, in the unit of the histories' times.
    pub alpha: f64,
    /// Shape of the leaving rate.
    pub s: f64,
    /// Rate of the leaving rate, in the same unit.
    pub beta: f64,
}

impl ParetoNbd {
    /// ln of the two ways to a history, without what they share: alive at T, and gone since the last purchase.
    fn ways(&self, history: &History) -> (Term<4>, Mixture<4>) {
        let (r, alpha, s, beta) = (self.r, self.alpha, self.s, self.beta);
        let shape = r + f64::from(history.x);
        let alive = power(shape, alpha + history.t, s, beta + history.t);
        let mut gone = Mixture::default();
        power_panels(
            (history.t_x, history.t),
            alpha.min(beta),
            true,
            |y| shape / (alpha + y) + (s + 1.0) / (beta + y),
            |y, weight| {
                let mut term = power(shape, alpha + y, s + 1.0, beta + y);
                term.value += (weight * s).ln();
                term.first[2] += 1.0 / s;
                term.second[2][2] -= 1.0 / (s * s);
                gone.add(&term);
            },
        );
        (alive, gone)
    }
}

/// ln of u^-shape v^-leaving with its derivatives by r, alpha, s, beta, where shape, u, leaving, v grow one for one with them.
fn power(shape: f64, u: f64, leaving: f64, v: f64) -> Term<4> {
    let (ln_u, ln_v, by_u, by_v) = (u.ln(), v.ln(), 1.0 / u, 1.0 / v);
    Term {
        value: -shape * ln_u - leaving * ln_v,
        first: [-ln_u, -shape * by_u, -ln_v, -leaving * by_v],
        second: [
            [0.0; 4],
            [-by_u, shape * by_u * by_u, 0.0, 0.0],
            [0.0; 4],
            [0.0, 0.0, -by_v, leaving * by_v * by_v],
        ],
    }
}

/// Log-likelihood of rows in the order of x, with its derivatives by r, alpha, s, beta.
fn log_likelihood(rows: &[Weighted], model: &ParetoNbd) -> Evaluation {
    let &ParetoNbd { r, alpha, s, beta } = model;
    let mut sum = Evaluation::zero(4);
    let gamma_r = LnGamma::at(r);
    for run in rows.chunk_by(|left, right| left.history.x == right.history.x) {
        let purchases = LnGamma::at(r + f64::from(run[0].history.x)) - gamma_r;
        let mut weight = 0.0;
        for row in run {
            let (alive, mut both) = model.ways(&row.history);
            both.add(&alive);
            both.add_to(&mut sum, row.weight);
            weight += row.weight;
        }
        sum.value += weight * (purchases.value + r * alpha.ln() + s * beta.ln());
        sum.gradient[0] += weight * (purchases.first + alpha.ln());
        sum.gradient[1] += weight * r / alpha;
        sum.gradient[2] += weight * beta.ln();
        sum.gradient[3] += weight * s / beta;
        sum.hessian.add(0, 0, weight * purchases.second);
        sum.hessian.add(1, 0, weight / alpha);
        sum.hessian.add(1, 1, -weight * r / (alpha * alpha));
        sum.hessian.add(3, 2, weight / beta);
        sum.hessian.add(3, 3, -weight * s / (beta * beta));
    }
    sum
}

/// Time that a customer may be expected to stay of the next t, when he leaves at a rate ~ Gamma(s, beta).
pub(crate) fn stay(t: f64, s: f64, beta: f64) -> f64 {
    let grown = (t / beta).ln_1p();
    let excess = (s - 1.0) * grown;
    // (1 - e^-excess) / (s - 1), which is `grown` at s = 1.
    let ratio = if excess.abs() < 1e-9 {
        1.0 - 0.5 * excess
    } else {
        -(-excess).exp_m1() / excess
    };
    beta * grown * ratio
}

impl Fittable for ParetoNbd {
    const NAME: &'static str = "pareto-nbd";

    const LIMITS: &'static [LimitKind] = &LimitKind::OF_PARETO;

    const NAMES: [&'static str; 4] = ["r", "alpha", "s", "beta"];

    const EFFECTS: &'static [Effect] = &[
        Effect {
            name: "purchases",
            parameter: 1,
            sign: -1.0,
        },
        Effect {
            name: "leaving",
            parameter: 3,
            sign: -1.0,
        },
    ];

    fn with([r, alpha, s, beta]: [f64; 4]) -> ParetoNbd {
        ParetoNbd { r, alpha, s, beta }
    }

    fn start(mean_t: f64) -> [f64; 4] {
        [1.0, mean_t, 1.0, mean_t]
    }

    fn cancelling(&[r, alpha, s, beta]: &[f64; 4]) -> f64 {
        r * (1.0 + r.ln().abs() + alpha.ln().abs()) + s * (1.0 + beta.ln().abs())
    }

    fn log_likelihood(rows: &[Weighted], parameters: &[f64; 4]) -> Evaluation {
        log_likelihood(rows, &ParetoNbd::with(*parameters))
    }
}

impl PurchaseModel for ParetoNbd {
    fn p_alive(&self, history: &History) -> f64 {
        let (alive, gone) = self.ways(history);
        1.0 / (1.0 + (gone.value() - alive.value).exp())
    }

    fn expected(&self, history: &History, t: f64) -> f64 {
        let rate = (self.r + f64::from(history.x)) / (self.alpha + history.t);
        self.p_alive(history) * rate * stay(t, self.s, self.beta + history.t)
    }

    fn at_least(&self, history: &History, t: f64, at_least: &mut [f64]) {
        let (shape, alpha) = (self.r + f64::from(history.x), self.alpha + history.t);
        let (s, beta) = (self.s, self.beta + history.t);
        at_least.fill(0.0);
        if t <= 0.0 {
            return;
        }
        let mut tail = vec![0.0; at_least.len()];
        let mut add = |until: f64, weight: f64| {
            NegativeBinomial::within(until, shape, alpha).tail(&mut tail);
            for (sum, chance) in at_least.iter_mut().zip(&tail) {
                *sum += weight * chance;
            }
        };
        // Gone at u, or there until t.
        power_panels(
            (0.0, t),
            alpha.min(beta),
            false,
            |u| shape / (alpha + u) + (s + 1.0) / (beta + u),
            |u, weight| add(u, weight * s / beta * (-(s + 1.0) * (u / beta).ln_1p()).exp()),
        );
        add(t, (-s * (t / beta).ln_1p()).exp());
        let alive = self.p_alive(history);
        at_least.iter_mut().for_each(|chance| *chance *= alive);
    }

    fn expected_of_new(&self, t: f64) -> f64 {
        self.r / self.alpha * stay(t, self.s, self.beta)
    }

    fn dert(&self, history: &History, delta: f64) -> f64 {
        let (rate, beta) = (
            (self.r + f64::from(history.x)) / (self.alpha + history.t),
            self.beta + history.t,
        );
        // The integral of e^(-delta t) (1 + t / beta)^-s, by parts in terms of the next power, so that s may be 1 or less.
        let kept = (1.0 - faded(self.s, delta * beta)) / delta;
        self.p_alive(history) * rate * kept
    }
}
