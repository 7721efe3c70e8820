//! What a limit expects of a customer.
//!
//! Who lives at T buys on at a rate that is known, or gamma distributed given his purchases; N are his purchases within t if he never left.
//! With one rate of leaving mu he makes E[rate] (1 - e^(-mu t)) / mu. With one probability p of leaving after each purchase he makes at least
//! n when N >= n and he stayed n - 1 times, and (1 - E[e^(-rate p t)]) / p in all.

use super::LimitModel;
use super::likelihood::{Buying, Going, Story};
use crate::numeric::quadrature::power_panels;
use crate::numeric::special::faded;
use crate::purchase::PurchaseModel;
use crate::purchase::beta_geometric::{MANY, over_beta};
use crate::purchase::count::{Count, NegativeBinomial, Poisson};
use crate::purchase::pareto_nbd::stay;
use crate::purchase::rfm::History;

/// The rate of a customer who lives now.
#[derive(Clone, Copy, Debug)]
enum Rate {
    /// Gamma(shape, rate).
    Gamma {
        shape: f64,
        rate: f64,
    },
    Known(f64),
}

/// How he will leave.
#[derive(Clone, Copy, Debug)]
enum Exit {
    Never,
    /// At a rate.
    Exponential {
        mu: f64,
    },
    /// At a rate ~ Gamma(s, beta).
    Pareto {
        s: f64,
        beta: f64,
    },
    /// After each purchase with a probability.
    Geometric {
        p: f64,
        q: f64,
    },
    /// The same, the probability ~ Beta(a, b).
    BetaGeometric {
        a: f64,
        b: f64,
    },
    /// After the next purchase with a probability, and else never.
    AtNext {
        p: f64,
        q: f64,
    },
}

/// His purchases in a time to come.
#[derive(Clone, Copy, Debug)]
enum Purchases {
    Mixed(NegativeBinomial),
    Alike(Poisson),
}

impl Count for Purchases {
    fn mean(&self) -> f64 {
        match self {
            Purchases::Mixed(count) => count.mean(),
            Purchases::Alike(count) => count.mean(),
        }
    }

    fn ln_none(&self) -> f64 {
        match self {
            Purchases::Mixed(count) => count.ln_none(),
            Purchases::Alike(count) => count.ln_none(),
        }
    }

    fn ratio(&self, n: usize) -> f64 {
        match self {
            Purchases::Mixed(count) => count.ratio(n),
            Purchases::Alike(count) => count.ratio(n),
        }
    }
}

/// A customer who lives now.
#[derive(Clone, Copy, Debug)]
struct Living {
    rate: Rate,
    exit: Exit,
}

impl Living {
    fn new(story: &Story, history: &History) -> Living {
        let x = f64::from(history.x);
        let rate = match story.buying {
            Buying::Gamma { r, alpha } => Rate::Gamma {
                shape: r + x,
                rate: alpha + history.t,
            },
            Buying::One { lambda } => Rate::Known(lambda),
        };
        let exit = match story.going {
            Going::Never => Exit::Never,
            Going::AtOneRate { mu } => Exit::Exponential { mu },
            Going::AtRates { s, beta } => Exit::Pareto {
                s,
                beta: beta + history.t,
            },
            Going::WithOneProbability { p, q, .. } => Exit::Geometric { p, q },
            Going::WithProbabilities { a, b, first } => Exit::BetaGeometric {
                a,
                b: b + x + f64::from(first),
            },
            // Who has stayed once stays for ever.
            Going::Movers { p, q, first } => {
                if history.x + first == 0 {
                    Exit::AtNext { p, q }
                } else {
                    Exit::Never
                }
            }
        };
        Living { rate, exit }
    }

    /// His purchases in a unit of time.
    fn mean_rate(&self) -> f64 {
        match self.rate {
            Rate::Gamma { shape, rate } => shape / rate,
            Rate::Known(rate) => rate,
        }
    }

    /// 1 - E[e^(-rate u)]: the chance to buy within u if he never left.
    fn buys_within(&self, u: f64) -> f64 {
        match self.rate {
            Rate::Gamma { shape, rate } => -(-shape * (u / rate).ln_1p()).exp_m1(),
            Rate::Known(rate) => -(-rate * u).exp_m1(),
        }
    }

    /// His purchases within t if he never left.
    fn count(&self, t: f64) -> Purchases {
        match self.rate {
            Rate::Gamma { shape, rate } => Purchases::Mixed(NegativeBinomial::within(t, shape, rate)),
            Rate::Known(rate) => Purchases::Alike(Poisson { mean: rate * t }),
        }
    }

    /// E[rate / (delta + p rate)]: for p = 1 the discounted value of a purchase that he makes once.
    fn discounted_at(&self, p: f64, delta: f64) -> f64 {
        match self.rate {
            Rate::Gamma { shape, rate } => {
                let z = delta * rate / p;
                if z.is_finite() {
                    faded(shape, z) / p
                } else {
                    shape / (delta * rate)
                }
            }
            Rate::Known(rate) => rate / (delta + p * rate),
        }
    }

    /// Expected purchases within t.
    fn expected(&self, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        let for_ever = self.mean_rate() * t;
        match self.exit {
            Exit::Never => for_ever,
            Exit::Exponential { mu } => self.mean_rate() * -(-mu * t).exp_m1() / mu,
            Exit::Pareto { s, beta } => self.mean_rate() * stay(t, s, beta),
            Exit::Geometric { p, .. } => self.buys_within(p * t) / p,
            Exit::BetaGeometric { a, b } => self.expected_by_beta(t, a, b),
            Exit::AtNext { p, q } => q * for_ever + p * self.buys_within(t),
        }
    }

    /// The sum over n of P(N = n) (1 + E[q] + ... + E[q^(n-1)]): all terms positive, P(N = 0) as small as it likes. Where there would be
    /// too many, the mean over p.
    fn expected_by_beta(&self, t: f64, a: f64, b: f64) -> f64 {
        let mean = self.mean_rate() * t;
        if mean > MANY {
            return over_beta(a, b, |p| if p == 0.0 { mean } else { self.buys_within(p * t) / p });
        }
        let count = self.count(t);
        let (mut term, mut sum, mut ln_scale) = (1.0, 0.0, count.ln_none());
        let (mut stayed, mut purchases) = (1.0, 0.0);
        for n in 0_usize.. {
            term *= count.ratio(n);
            purchases += stayed;
            stayed *= (b + n as f64) / (a + b + n as f64);
            let part = term * purchases;
            sum += part;
            if part <= 1e-17 * sum && n as f64 >= mean {
                break;
            }
            if term > 1e250 {
                (term, sum, ln_scale) = (term * 1e-250, sum * 1e-250, ln_scale + 250.0 * std::f64::consts::LN_10);
            }
        }
        (sum.ln() + ln_scale).exp()
    }

    /// P(at least 1, 2, ... purchases within t), as many as `at_least` has places.
    fn at_least(&self, t: f64, at_least: &mut [f64]) {
        if t <= 0.0 {
            at_least.fill(0.0);
            return;
        }
        // Each place with the chance to have stayed so often.
        let mut by_stays = |first: f64, next: &dyn Fn(f64) -> f64| {
            self.count(t).tail(at_least);
            let mut stayed = first;
            for (n, chance) in at_least.iter_mut().enumerate() {
                *chance *= stayed;
                stayed *= next(n as f64);
            }
        };
        match self.exit {
            Exit::Never => self.count(t).tail(at_least),
            Exit::Geometric { q, .. } => by_stays(1.0, &|_| q),
            Exit::BetaGeometric { a, b } => by_stays(1.0, &|n| (b + n) / (a + b + n)),
            Exit::AtNext { q, .. } => by_stays(1.0, &|n| if n == 0.0 { q } else { 1.0 }),
            Exit::Exponential { mu } => {
                let density = |u: f64| mu * (-mu * u).exp();
                self.gone_at_or_there(t, at_least, density, (-mu * t).exp(), (0.0, f64::INFINITY, mu));
            }
            Exit::Pareto { s, beta } => {
                let density = |u: f64| s / beta * (-(s + 1.0) * (u / beta).ln_1p()).exp();
                let stays = (-s * (t / beta).ln_1p()).exp();
                self.gone_at_or_there(t, at_least, density, stays, (s + 1.0, beta, 0.0));
            }
        }
    }

    /// The same when he leaves at u with a density that falls as (1 + u / beta)^-leaving e^(-mu u), or is there until t.
    fn gone_at_or_there(
        &self,
        t: f64,
        at_least: &mut [f64],
        density: impl Fn(f64) -> f64,
        stays: f64,
        (leaving, beta, mu): (f64, f64, f64),
    ) {
        at_least.fill(0.0);
        let mut tail = vec![0.0; at_least.len()];
        let mut add = |until: f64, weight: f64| {
            self.count(until).tail(&mut tail);
            for (sum, chance) in at_least.iter_mut().zip(&tail) {
                *sum += weight * chance;
            }
        };
        let (shape, alpha, lambda) = match self.rate {
            Rate::Gamma { shape, rate } => (shape, rate, 0.0),
            Rate::Known(rate) => (0.0, f64::INFINITY, rate),
        };
        power_panels(
            (0.0, t),
            alpha.min(beta),
            false,
            |u| shape / (alpha + u) + leaving / (beta + u) + lambda + mu,
            |u, weight| add(u, weight * density(u)),
        );
        add(t, stays);
    }

    /// Purchases to come for ever, each discounted at the rate `delta` for a unit of time.
    fn discounted(&self, delta: f64) -> f64 {
        match self.exit {
            Exit::Never => self.mean_rate() / delta,
            Exit::Exponential { mu } => self.mean_rate() / (delta + mu),
            Exit::Pareto { s, beta } => self.mean_rate() * (1.0 - faded(s, delta * beta)) / delta,
            Exit::Geometric { p, .. } => self.discounted_at(p, delta),
            Exit::BetaGeometric { a, b } => over_beta(a, b, |p| self.discounted_at(p, delta)),
            Exit::AtNext { p, q } => q * self.mean_rate() / delta + p * self.discounted_at(1.0, delta),
        }
    }
}

impl LimitModel {
    fn story(&self) -> Story {
        Story::new(self.kind, self.parameters(), false)
    }
}

impl PurchaseModel for LimitModel {
    fn p_alive(&self, history: &History) -> f64 {
        self.story().p_alive(history)
    }

    fn expected(&self, history: &History, t: f64) -> f64 {
        let story = self.story();
        story.p_alive(history) * Living::new(&story, history).expected(t)
    }

    fn at_least(&self, history: &History, t: f64, at_least: &mut [f64]) {
        let story = self.story();
        Living::new(&story, history).at_least(t, at_least);
        let alive = story.p_alive(history);
        at_least.iter_mut().for_each(|chance| *chance *= alive);
    }

    fn expected_of_new(&self, t: f64) -> f64 {
        self.expected(&History { x: 0, t_x: 0.0, t: 0.0 }, t)
    }

    fn dert(&self, history: &History, delta: f64) -> f64 {
        let story = self.story();
        story.p_alive(history) * Living::new(&story, history).discounted(delta)
    }

    fn discounted(&self, history: &History, periods: u32, period: f64, discount: f64) -> f64 {
        let story = self.story();
        let living = Living::new(&story, history);
        let (mut sum, mut before, mut factor) = (0.0, 0.0, 1.0);
        for number in 1..=periods {
            let after = living.expected(f64::from(number) * period);
            factor /= 1.0 + discount;
            sum += (after - before) * factor;
            before = after;
        }
        story.p_alive(history) * sum
    }
}
