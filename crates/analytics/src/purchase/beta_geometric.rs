//! What BG/NBD and MBG/NBD have in common: purchases at a gamma distributed rate, and after each chance of leaving a beta distributed
//! probability of doing so.
//!
//! The two differ in how many chances of leaving x purchases bring: x for BG/NBD (Fader, Hardie & Lee 2005), x + 1 for MBG/NBD, where
//! a customer may leave after the first purchase too (Batislam, Denizel & Filiztekin 2007; Hoppe & Wagner 2007).
//!
//! Predictions need no hypergeometric function. Given that a customer lives at T, let N be the purchases within t if he never left,
//! negative binomial with shape r + x, and q = 1 - p his chance of staying, Beta(b', a). He makes at least n purchases when N >= n and
//! he stayed after the first n - 1: P(Y >= n) = P(N >= n) E[q^(n-1)]. The expectation is the sum over n: every term is positive, nothing
//! is 0/0 at a = 1 and nothing cancels for a + b <= 1, unlike the closed form (equation 10 of the 2005 paper).

use crate::numeric::Evaluation;
use crate::numeric::quadrature::unit_interval;
use crate::numeric::special::{LnGamma, faded, ln_beta};
use crate::purchase::PurchaseModel;
use crate::purchase::count::{Count, NegativeBinomial};
use crate::purchase::fittable::{Effect, Fittable};
use crate::purchase::limit::LimitKind;
use crate::purchase::rfm::{History, Weighted};

/// The model of both: a customer buys at a rate ~ Gamma(r, alpha) and leaves at each chance with a probability ~ Beta(a, b). `FIRST` are
/// the chances that the first purchase brings: 0 in [`BgNbd`](crate::purchase::bg_nbd::BgNbd), 1 in [`MbgNbd`](crate::purchase::mbg_nbd::MbgNbd).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BetaGeometric<const FIRST: u32> {
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
}

/// What covariates act on: more purchases by a smaller alpha, leaving by a and staying by b.
const EFFECTS: [Effect; 3] = [
    Effect {
        name: "purchases",
        parameter: 1,
        sign: -1.0,
    },
    Effect {
        name: "leaving",
        parameter: 2,
        sign: 1.0,
    },
    Effect {
        name: "staying",
        parameter: 3,
        sign: 1.0,
    },
];

/// A customer who lives now: what is known of his rate and of his probability of leaving.
#[derive(Clone, Copy, Debug)]
struct Living {
    /// Rate ~ Gamma(shape, rate).
    shape: f64,
    rate: f64,
    /// Probability of leaving ~ Beta(a, b).
    a: f64,
    b: f64,
}

/// Chances of leaving that x repeat purchases and the first one bring.
fn chances<const FIRST: u32>(x: u32) -> f64 {
    f64::from(x) + f64::from(FIRST)
}

/// Log-likelihood of rows in the order of x, with its derivatives by r, alpha, a, b.
fn log_likelihood<const FIRST: u32>(rows: &[Weighted], parameters: &[f64; 4]) -> Evaluation {
    let &[r, alpha, a, b] = parameters;
    let mut sums = Sums::default();
    let (gamma_r, gamma_b, gamma_ab) = (LnGamma::at(r), LnGamma::at(b), LnGamma::at(a + b));
    for run in rows.chunk_by(|left, right| left.history.x == right.history.x) {
        let x = f64::from(run[0].history.x);
        let k = chances::<FIRST>(run[0].history.x);
        let shape = r + x;
        let weight = mixture(run, shape, alpha, a, b + k - 1.0, k > 0.0, &mut sums);
        // All that depends on x alone, once for all rows that have it.
        let purchases = LnGamma::at(shape) - gamma_r;
        let stays = LnGamma::at(b + k) - gamma_b;
        let both = LnGamma::at(a + b + k) - gamma_ab;
        sums.value += weight * (purchases.value + r * alpha.ln() + stays.value - both.value);
        sums.r += weight * (purchases.first + alpha.ln());
        sums.alpha += weight * r / alpha;
        sums.a -= weight * both.first;
        sums.b += weight * (stays.first - both.first);
        sums.r_r += weight * purchases.second;
        sums.r_alpha += weight / alpha;
        sums.alpha_alpha -= weight * r / (alpha * alpha);
        sums.a_a -= weight * both.second;
        sums.a_b -= weight * both.second;
        sums.b_b += weight * (stays.second - both.second);
    }
    sums.evaluation()
}

/// Sums over rows: the likelihood's logarithm and its derivatives, named by what they are taken by.
#[derive(Default)]
struct Sums {
    value: f64,
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
    r_r: f64,
    r_alpha: f64,
    r_a: f64,
    r_b: f64,
    alpha_alpha: f64,
    alpha_a: f64,
    alpha_b: f64,
    a_a: f64,
    a_b: f64,
    b_b: f64,
}

impl Sums {
    fn evaluation(self) -> Evaluation {
        let mut evaluation = Evaluation::zero(4);
        evaluation.value = self.value;
        evaluation.gradient = vec![self.r, self.alpha, self.a, self.b];
        let second = [
            [self.r_r, self.r_alpha, self.r_a, self.r_b],
            [0.0, self.alpha_alpha, self.alpha_a, self.alpha_b],
            [0.0, 0.0, self.a_a, self.a_b],
            [0.0, 0.0, 0.0, self.b_b],
        ];
        for (row, values) in second.iter().enumerate() {
            for (column, value) in values.iter().enumerate().skip(row) {
                evaluation.hessian.add(row, column, *value);
            }
        }
        evaluation
    }
}

/// Adds ln((alpha + T)^-s + a / (b + k - 1) (alpha + t_x)^-s) of rows with one x, s = r + x: still there at T, or gone since the last
/// purchase. Returns the rows' weight.
fn mixture(run: &[Weighted], s: f64, alpha: f64, a: f64, left: f64, may_be_gone: bool, sums: &mut Sums) -> f64 {
    let (mut total, mut gone_weight, mut spread) = (0.0, 0.0, 0.0);
    let ln_odds = (a / left).ln();
    for Weighted { history, weight } in run {
        total += weight;
        let (to_t, to_last) = (alpha + history.t, alpha + history.t_x);
        let ln_t = to_t.ln();
        if !may_be_gone {
            sums.value -= weight * s * ln_t;
            sums.r -= weight * ln_t;
            sums.alpha -= weight * s / to_t;
            sums.r_alpha -= weight / to_t;
            sums.alpha_alpha += weight * s / (to_t * to_t);
            continue;
        }
        let ln_last = to_last.ln();
        // The chance to be gone against that to live, and what the two differ by.
        let difference = ln_odds + s * (ln_t - ln_last);
        let gone = 1.0 / (1.0 + (-difference).exp());
        let lives = 1.0 - gone;
        let softened = if difference > 0.0 {
            difference + (-difference).exp().ln_1p()
        } else {
            difference.exp().ln_1p()
        };
        let (by_t, by_last) = (1.0 / to_t, 1.0 / to_last);
        let both = weight * gone * lives;
        let (d_r, d_alpha) = (ln_t - ln_last, s * (by_t - by_last));
        sums.value += weight * (softened - s * ln_t);
        sums.r -= weight * (lives * ln_t + gone * ln_last);
        sums.alpha -= weight * s * (lives * by_t + gone * by_last);
        sums.r_r += both * d_r * d_r;
        sums.r_alpha += both * d_r * d_alpha - weight * (lives * by_t + gone * by_last);
        sums.alpha_alpha += both * d_alpha * d_alpha + weight * s * (lives * by_t * by_t + gone * by_last * by_last);
        sums.r_a += both * d_r / a;
        sums.r_b -= both * d_r / left;
        sums.alpha_a += both * d_alpha / a;
        sums.alpha_b -= both * d_alpha / left;
        gone_weight += weight * gone;
        spread += both;
    }
    if may_be_gone {
        sums.a += gone_weight / a;
        sums.b -= gone_weight / left;
        sums.a_a += (spread - gone_weight) / (a * a);
        sums.a_b -= spread / (a * left);
        sums.b_b += (spread + gone_weight) / (left * left);
    }
    total
}

impl<const FIRST: u32> BetaGeometric<FIRST> {
    /// The model with given parameters, all positive; `alpha` in the unit of the histories' times.
    pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> Self {
        BetaGeometric { r, alpha, a, b }
    }

    /// What is known of a customer if he lives at T.
    fn living(&self, history: &History) -> Living {
        Living {
            shape: self.r + f64::from(history.x),
            rate: self.alpha + history.t,
            a: self.a,
            b: self.b + chances::<FIRST>(history.x),
        }
    }
}

impl<const FIRST: u32> Fittable for BetaGeometric<FIRST> {
    const NAME: &'static str = if FIRST == 0 { "bg-nbd" } else { "mbg-nbd" };

    const LIMITS: &'static [LimitKind] = if FIRST == 0 {
        &LimitKind::OF_BETA_GEOMETRIC
    } else {
        &LimitKind::OF_MODIFIED_BETA_GEOMETRIC
    };

    const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];

    const EFFECTS: &'static [Effect] = &EFFECTS;

    fn with([r, alpha, a, b]: [f64; 4]) -> Self {
        Self::new(r, alpha, a, b)
    }

    fn start(mean_t: f64) -> [f64; 4] {
        [1.0, mean_t, 1.0, 2.0]
    }

    fn cancelling(&[r, alpha, a, b]: &[f64; 4]) -> f64 {
        // Of b + k - 1 at the first chance only what b has above the last digit of 1 is left.
        let stays = (a + b) * (1.0 + (a + b).ln().abs()) + 1.0 / b;
        r * (1.0 + r.ln().abs() + alpha.ln().abs()) + stays
    }

    fn log_likelihood(rows: &[Weighted], parameters: &[f64; 4]) -> Evaluation {
        log_likelihood::<FIRST>(rows, parameters)
    }
}

impl<const FIRST: u32> PurchaseModel for BetaGeometric<FIRST> {
    fn p_alive(&self, history: &History) -> f64 {
        let k = chances::<FIRST>(history.x);
        if k == 0.0 {
            return 1.0;
        }
        let s = self.r + f64::from(history.x);
        let grown = s * ((history.t - history.t_x) / (self.alpha + history.t_x)).ln_1p();
        1.0 / (1.0 + ((self.a / (self.b + k - 1.0)).ln() + grown).exp())
    }

    fn expected(&self, history: &History, t: f64) -> f64 {
        self.p_alive(history) * self.living(history).expected(t)
    }

    fn at_least(&self, history: &History, t: f64, at_least: &mut [f64]) {
        self.living(history).at_least(t, at_least);
        let alive = self.p_alive(history);
        at_least.iter_mut().for_each(|chance| *chance *= alive);
    }

    fn discounted(&self, history: &History, periods: u32, period: f64, discount: f64) -> f64 {
        self.p_alive(history) * self.living(history).discounted_periods(periods, period, discount)
    }

    fn expected_of_new(&self, t: f64) -> f64 {
        let new = History { x: 0, t_x: 0.0, t: 0.0 };
        self.expected(&new, t)
    }

    fn dert(&self, history: &History, delta: f64) -> f64 {
        self.p_alive(history) * self.living(history).discounted(delta)
    }
}

/// From so many expected purchases on, integrals are faster than sums.
pub(crate) const MANY: f64 = 2_000.0;

impl Living {
    /// Expected purchases within t.
    fn expected(&self, t: f64) -> f64 {
        Ladder::new(*self).expected(t)
    }

    /// Expected purchases of each of `periods` periods of length `period`, discounted at the end of each.
    fn discounted_periods(&self, periods: u32, period: f64, discount: f64) -> f64 {
        let mut ladder = Ladder::new(*self);
        let (mut sum, mut before, mut factor) = (0.0, 0.0, 1.0);
        let mut number = 0;
        while number < periods {
            let times = std::array::from_fn(|lane| f64::from(number + 1 + lane as u32) * period);
            for after in ladder
                .expected_at_once::<LANES>(times)
                .into_iter()
                .take((periods - number) as usize)
            {
                factor /= 1.0 + discount;
                sum += (after - before) * factor;
                before = after;
            }
            number += LANES as u32;
        }
        sum
    }

    /// The same as an integral over the probability of leaving: E[(1 - (1 + p t / rate)^-shape) / p].
    fn expected_by_integral(&self, t: f64) -> f64 {
        let tau = t / self.rate;
        self.over_leaving(|p| {
            // At p = 0, which p may be rounded to, the slope.
            if p == 0.0 {
                self.shape * tau
            } else {
                -(-self.shape * (p * tau).ln_1p()).exp_m1() / p
            }
        })
    }

    /// The mean of a function of the probability of leaving.
    fn over_leaving(&self, f: impl Fn(f64) -> f64) -> f64 {
        over_beta(self.a, self.b, f)
    }

    /// P(at least 1, 2, ... purchases within t), as many as `at_least` has places.
    fn at_least(&self, t: f64, at_least: &mut [f64]) {
        if t <= 0.0 {
            at_least.fill(0.0);
            return;
        }
        NegativeBinomial::within(t, self.shape, self.rate).tail(at_least);
        let mut stayed = 1.0;
        for (n, chance) in at_least.iter_mut().enumerate() {
            *chance *= stayed;
            stayed *= (self.b + n as f64) / (self.a + self.b + n as f64);
        }
    }

    /// Purchases to come for ever, each discounted at the rate `delta` for a unit of time: the integral of e^(-delta t) dE.
    fn discounted(&self, delta: f64) -> f64 {
        // dE/dt = shape / rate E[(1 + p t / rate)^-(shape + 1)]; the integral over t is done for each p.
        let kappa = delta * self.rate;
        self.over_leaving(|p| {
            let z = kappa / p;
            if z.is_finite() {
                faded(self.shape, z) / p
            } else {
                self.shape / kappa
            }
        })
    }
}

/// The mean of a function of a probability ~ Beta(a, b).
pub(crate) fn over_beta(a: f64, b: f64, f: impl Fn(f64) -> f64) -> f64 {
    let ln_norm = ln_beta(a, b);
    // Each half in the variable that takes its singular end away.
    let lower = unit_interval(|v, _| {
        let p = 0.5 * v.powf(1.0 / a);
        ((b - 1.0) * (-p).ln_1p() - a * std::f64::consts::LN_2 - a.ln() - ln_norm).exp() * f(p)
    });
    let upper = unit_interval(|v, _| {
        let q = 0.5 * v.powf(1.0 / b);
        ((a - 1.0) * (-q).ln_1p() - b * std::f64::consts::LN_2 - b.ln() - ln_norm).exp() * f(1.0 - q)
    });
    lower + upper
}

/// Times that are summed side by side: their sums wait for no one another's products.
const LANES: usize = 4;

/// What the sums for several times to come share: one step for each further purchase.
struct Ladder {
    living: Living,
    /// (shape + n) / (n + 1), which with z makes P(N = n + 1) of P(N = n).
    growth: Vec<f64>,
    /// 1 + E[q] + ... + E[q^n]: purchases that come to be of n + 1.
    purchases: Vec<f64>,
    /// E[q^(n + 1)] for the last n.
    stayed: f64,
}

impl Ladder {
    fn new(living: Living) -> Ladder {
        Ladder {
            living,
            growth: Vec::with_capacity(64),
            purchases: Vec::with_capacity(64),
            stayed: 1.0,
        }
    }

    fn climb(&mut self) {
        let n = self.growth.len() as f64;
        let Living { shape, a, b, .. } = self.living;
        self.growth.push((shape + n) / (n + 1.0));
        self.purchases
            .push(self.purchases.last().copied().unwrap_or(0.0) + self.stayed);
        self.stayed *= (b + n) / (a + b + n);
    }

    /// [`Ladder::expected`] at ascending times.
    fn expected_at_once<const N: usize>(&mut self, times: [f64; N]) -> [f64; N] {
        let counts = times.map(|t| NegativeBinomial::within(t, self.living.shape, self.living.rate));
        let last = &counts[N - 1];
        // Beyond, the terms would need scales of their own.
        if times[0] <= 0.0 || last.mean() > MANY || last.ln_none() < -500.0 {
            return times.map(|t| self.expected(t));
        }
        let z = counts.map(|count| count.z());
        let (mut terms, mut sums) = ([1.0; N], [0.0; N]);
        for n in 0_usize.. {
            if n == self.growth.len() {
                self.climb();
            }
            let (growth, purchases) = (self.growth[n], self.purchases[n]);
            for lane in 0..N {
                terms[lane] *= z[lane] * growth;
                sums[lane] += terms[lane] * purchases;
            }
            // The last time is the longest, and its sum the slowest to end.
            if terms[N - 1] * purchases <= 1e-17 * sums[N - 1] && n as f64 >= last.mean() {
                break;
            }
        }
        let none = counts.map(|count| count.ln_none().exp());
        std::array::from_fn(|lane| sums[lane] * none[lane])
    }

    /// The sum over n of P(N = n) (1 + E[q] + ... + E[q^(n-1)]), scaled so that P(N = 0) may be as small as it likes.
    fn expected(&mut self, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        let count = NegativeBinomial::within(t, self.living.shape, self.living.rate);
        let mean = count.mean();
        if mean > MANY {
            return self.living.expected_by_integral(t);
        }
        let z = count.z();
        let (mut term, mut sum, mut ln_scale) = (1.0, 0.0, count.ln_none());
        for n in 0_usize.. {
            if n == self.growth.len() {
                self.climb();
            }
            term *= z * self.growth[n];
            let part = term * self.purchases[n];
            sum += part;
            if part <= 1e-17 * sum && n as f64 >= mean {
                break;
            }
            if term > 1e250 {
                (term, sum, ln_scale) = (term * 1e-250, sum * 1e-250, ln_scale + 250.0 * std::f64::consts::LN_10);
            }
        }
        if ln_scale > -600.0 {
            sum * ln_scale.exp()
        } else {
            (sum.ln() + ln_scale).exp()
        }
    }
}
