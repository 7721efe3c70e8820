//! Customers drawn from the models' own stories, with a seed.

use chalandise_analytics::purchase::bg_bb::Opportunities;
use chalandise_analytics::purchase::gamma_gamma::Spend;
use chalandise_analytics::purchase::rfm::{History, Weighted};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, Exp, Gamma, Geometric};

/// A generator for a seed.
pub fn seeded(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// When a customer leaves.
#[derive(Clone, Copy, Debug)]
pub enum Leaving {
    /// After each repeat purchase with probability ~ Beta(a, b).
    AfterRepeats(f64, f64),
    /// After each purchase, the first included.
    AfterPurchases(f64, f64),
    /// At a rate ~ Gamma(s, beta).
    AtARate(f64, f64),
}

fn gamma(shape: f64, rate: f64, rng: &mut impl Rng) -> f64 {
    Gamma::new(shape, 1.0 / rate).expect("positive parameters").sample(rng)
}

/// A customer observed for `t`, buying at a rate ~ Gamma(r, alpha).
pub fn history(r: f64, alpha: f64, leaving: Leaving, t: f64, rng: &mut impl Rng) -> History {
    let rate = gamma(r, alpha, rng);
    let leaves_at = match leaving {
        Leaving::AtARate(s, beta) => Exp::new(gamma(s, beta, rng)).map_or(f64::INFINITY, |exp| exp.sample(rng)),
        _ => f64::INFINITY,
    };
    let chance = match leaving {
        Leaving::AfterRepeats(a, b) | Leaving::AfterPurchases(a, b) => {
            Beta::new(a, b).expect("positive parameters").sample(rng)
        }
        Leaving::AtARate(..) => 0.0,
    };
    let mut history = History { x: 0, t_x: 0.0, t };
    if matches!(leaving, Leaving::AfterPurchases(..)) && rng.random::<f64>() < chance {
        return history;
    }
    let Ok(wait) = Exp::new(rate) else { return history };
    let mut now = 0.0;
    loop {
        now += wait.sample(rng);
        if now > t || now > leaves_at {
            return history;
        }
        history.x += 1;
        history.t_x = now;
        if chance > 0.0 && rng.random::<f64>() < chance {
            return history;
        }
    }
}

/// Customers who came within the first third of `t`, each observed until `t`.
pub fn histories(count: usize, r: f64, alpha: f64, leaving: Leaving, t: f64, seed: u64) -> Vec<Weighted> {
    let mut rng = seeded(seed);
    (0..count)
        .map(|_| {
            let observed = t * (1.0 - rng.random::<f64>() / 3.0);
            Weighted {
                history: history(r, alpha, leaving, observed, &mut rng),
                weight: 1.0,
            }
        })
        .collect()
}

/// The same with whole days for times, as a retailer has them.
pub fn in_days(rows: &mut [Weighted]) {
    for row in rows {
        let history = &mut row.history;
        history.t = history.t.ceil();
        history.t_x = if history.x == 0 {
            0.0
        } else {
            history.t_x.ceil().max(1.0)
        };
        history.x = history.x.min(history.t_x as u32);
    }
}

/// Mean values of repeats.
pub fn spend(count: usize, p: f64, q: f64, scale: f64, seed: u64) -> Vec<Spend> {
    let mut rng = seeded(seed);
    let repeats = Geometric::new(0.3).expect("a probability");
    (0..count)
        .map(|_| {
            let x = 1 + repeats.sample(&mut rng) as u32;
            let nu = gamma(q, scale, &mut rng);
            Spend {
                x,
                mean_value: gamma(p * f64::from(x), nu * f64::from(x), &mut rng),
                weight: 1.0,
            }
        })
        .collect()
}

/// Customers with `n` opportunities each.
pub fn opportunities(count: usize, [alpha, beta, leaves, stays]: [f64; 4], n: u32, seed: u64) -> Vec<Opportunities> {
    let mut rng = seeded(seed);
    let (buy, leave) = (Beta::new(alpha, beta), Beta::new(leaves, stays));
    let (buy, leave) = (buy.expect("positive parameters"), leave.expect("positive parameters"));
    (0..count)
        .map(|_| {
            let (p, theta) = (buy.sample(&mut rng), leave.sample(&mut rng));
            let mut row = Opportunities {
                x: 0,
                t_x: 0,
                n,
                weight: 1.0,
            };
            for at in 1..=n {
                if rng.random::<f64>() < theta {
                    break;
                }
                if rng.random::<f64>() < p {
                    row.x += 1;
                    row.t_x = at;
                }
            }
            row
        })
        .collect()
}
