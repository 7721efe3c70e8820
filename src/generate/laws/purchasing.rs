//! Law "purchasing": BG/NBD with Gamma-Gamma spend.
//!
//! Fader, Hardie & Lee (2005), "Counting your customers the easy way": while alive a customer buys at rate lambda ~
//! Gamma(r, alpha); after each *repeat* purchase he drops out with probability p ~ Beta(a, b). Fader & Hardie (2013),
//! "The Gamma-Gamma model of monetary value": a purchase is Gamma(p, nu), nu ~ Gamma(q, gamma). Time is operational
//! (see seasonality). When customers arrive, law "history" says.

use rand_distr::{Beta, Distribution, Gamma};
use serde_json::{Value, json};

use crate::error::GenerateError;
use crate::stream::{Stream, key};

const PURCHASES: u64 = key("purchasing");
const SPEND: u64 = key("purchasing/spend");

/// Most purchases of one customer: a fuse, far beyond what the parameters give.
const MOST_PURCHASES: u16 = 20_000;

/// Parameters of the law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Purchasing {
    /// Shape of the purchase rate.
    pub r: f64,
    /// Scale (weeks) of the purchase rate: the mean rate is r / alpha a week. Already divided by the pace.
    pub alpha_weeks: f64,
    /// First parameter of the dropout probability.
    pub a: f64,
    /// Second parameter of the dropout probability.
    pub b: f64,
    /// Shape of a purchase's value.
    pub spend_p: f64,
    /// Shape of the customers' mean values.
    pub spend_q: f64,
    /// Scale of the customers' mean values, in euro.
    pub spend_gamma_eur: f64,
}

/// One purchase on the operational clock.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Purchase {
    /// Place in the customer's sequence; 0 is the first purchase.
    pub number: u16,
    /// Operational time, in weeks.
    pub at_weeks: f64,
    /// Net value in cents.
    pub cents: u32,
}

/// The distributions of the law, ready to draw from.
#[derive(Debug, Clone)]
pub struct Sampler {
    seed: u64,
    rate: Gamma<f64>,
    dropout: Beta<f64>,
    spend_rate: Gamma<f64>,
    spend: Gamma<f64>,
}

impl Purchasing {
    /// The demo's parameters; `pace` multiplies every customer's purchase rate.
    pub fn demo(pace: f64) -> Self {
        Self {
            r: 1.1,
            alpha_weeks: 12.0 / pace,
            a: 1.2,
            b: 5.5,
            spend_p: 2.6,
            spend_q: 4.2,
            spend_gamma_eur: 275.0,
        }
    }

    /// Mean value of a purchase in euro: p gamma / (q - 1).
    pub fn mean_spend_eur(&self) -> f64 {
        self.spend_p * self.spend_gamma_eur / (self.spend_q - 1.0)
    }

    /// The nodes p and weights of an integral over the dropout probability. The substitution p = sin^2(u), with u a
    /// smooth step of s, makes the Beta density vanish smoothly at both ends; midpoints in s then converge fast.
    fn dropout_nodes(&self) -> Vec<(f64, f64)> {
        const NODES: usize = 512;
        let mut nodes: Vec<(f64, f64)> = (0..NODES)
            .map(|i| {
                let s = (i as f64 + 0.5) / NODES as f64;
                let u = s * s * (3.0 - 2.0 * s) * std::f64::consts::FRAC_PI_2;
                let (sin, cos) = u.sin_cos();
                let density = sin.powf(2.0 * self.a - 1.0) * cos.powf(2.0 * self.b - 1.0);
                let weight = density * s * (1.0 - s);
                (sin * sin, weight)
            })
            .collect();
        let total: f64 = nodes.iter().map(|(_, weight)| weight).sum();
        nodes.iter_mut().for_each(|(_, weight)| *weight /= total);
        nodes
    }

    /// Expected repeat purchases in (0, t]: E over p of (1 - (alpha / (alpha + p t))^r) / p, which is equation (9) of
    /// the paper integrated over p last instead of in closed form (no 2F1, no pole at a = 1).
    pub fn expectation(&self) -> impl Fn(f64) -> f64 + use<> {
        let nodes = self.dropout_nodes();
        let (r, alpha) = (self.r, self.alpha_weeks);
        move |weeks| {
            if weeks <= 0.0 {
                return 0.0;
            }
            nodes
                .iter()
                .map(|(p, weight)| weight * (1.0 - (alpha / (alpha + p * weeks)).powf(r)) / p)
                .sum()
        }
    }

    /// Probability of at least one repeat purchase in (from, to] after the first one.
    pub fn chance_of_purchase(&self) -> impl Fn(f64, f64) -> f64 + use<> {
        let nodes = self.dropout_nodes();
        let (r, alpha) = (self.r, self.alpha_weeks);
        move |from, to| {
            nodes
                .iter()
                .map(|(p, weight)| {
                    let alive = alpha + p * from;
                    weight * ((alpha / alive).powf(r) - (alpha / (alive + to - from)).powf(r))
                })
                .sum()
        }
    }

    /// Share of customers who buy inside a window of so many weeks when they arrive evenly over it and over the weeks
    /// before it.
    pub fn active_share(&self, history_weeks: f64, window_weeks: f64) -> f64 {
        const STEPS: usize = 400;
        let chance = self.chance_of_purchase();
        let width = history_weeks / STEPS as f64;
        let older: f64 = (0..STEPS)
            .map(|step| (step as f64 + 0.5) * width)
            .map(|age| chance(age, age + window_weeks) * width)
            .sum();
        (window_weeks + older) / (history_weeks + window_weeks)
    }

    /// The distributions, checked.
    ///
    /// # Errors
    /// When a parameter is not positive and finite.
    pub fn sampler(&self, seed: u64) -> Result<Sampler, GenerateError> {
        let wrong = || GenerateError::Option {
            name: "pace",
            remedy: "give a positive number such as 1 or 2.5",
        };
        Ok(Sampler {
            seed,
            rate: Gamma::new(self.r, 1.0 / self.alpha_weeks).map_err(|_| wrong())?,
            dropout: Beta::new(self.a, self.b).map_err(|_| wrong())?,
            spend_rate: Gamma::new(self.spend_q, 1.0 / self.spend_gamma_eur).map_err(|_| wrong())?,
            spend: Gamma::new(self.spend_p, 1.0).map_err(|_| wrong())?,
        })
    }

    /// Parameters, for truth.json.
    pub fn parameters(&self, pace: f64, history_months: u32) -> Value {
        json!({
            "on": true,
            "model": "BG/NBD and Gamma-Gamma, in operational weeks",
            "r": self.r, "alpha_weeks": self.alpha_weeks, "a": self.a, "b": self.b,
            "spend_p": self.spend_p, "spend_q": self.spend_q, "spend_gamma_eur": self.spend_gamma_eur,
            "mean_spend_eur": self.mean_spend_eur(),
            "pace": pace,
            "history_months_before_window": history_months,
        })
    }
}

impl Sampler {
    /// Where a customer's arrival lies among all arrivals, uniform on [0, 1).
    pub fn arrival_quantile(&self, customer: u32) -> f64 {
        Stream::new(self.seed, PURCHASES, u64::from(customer)).unit()
    }

    /// A customer's value drawer: his Gamma-Gamma nu (per euro) and the stream after it.
    pub fn spender(&self, customer: u32) -> (f64, Stream) {
        let mut stream = Stream::new(self.seed, SPEND, u64::from(customer));
        let nu = self.spend_rate.sample(&mut stream);
        (nu, stream)
    }

    /// A purchase value in whole cents, at least 1, for a customer's nu.
    pub fn spend_cents(&self, nu: f64, stream: &mut Stream) -> u32 {
        let cents = (self.spend.sample(stream) / nu * 100.0).round();
        // A float-to-integer cast saturates: an absurd tail value stays a valid amount.
        (cents as u32).max(1)
    }

    /// All purchases of a customer who arrives at `arrival_weeks`, up to `end_weeks`, in time order.
    pub fn purchases(&self, customer: u32, arrival_weeks: f64, end_weeks: f64, into: &mut Vec<Purchase>) {
        let mut stream = Stream::new(self.seed, PURCHASES, u64::from(customer));
        let _arrival = stream.unit();
        let rate = self.rate.sample(&mut stream);
        let dropout = self.dropout.sample(&mut stream);
        let (nu, mut values) = self.spender(customer);
        let mut at_weeks = arrival_weeks;
        for number in 0..MOST_PURCHASES {
            let cents = self.spend_cents(nu, &mut values);
            into.push(Purchase {
                number,
                at_weeks,
                cents,
            });
            if number > 0 && stream.chance(dropout) {
                return;
            }
            at_weeks += stream.exponential() / rate;
            if at_weeks >= end_weeks {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gauss hypergeometric series, for the closed form of the paper.
    fn gauss(a: f64, b: f64, c: f64, z: f64) -> f64 {
        let (mut term, mut sum) = (1.0, 1.0);
        for n in 0..20_000 {
            let n = f64::from(n);
            term *= (a + n) * (b + n) / ((c + n) * (n + 1.0)) * z;
            sum += term;
        }
        sum
    }

    #[test]
    fn expectation_agrees_with_the_closed_form() {
        let law = Purchasing::demo(1.0);
        let expected = law.expectation();
        for weeks in [1.0_f64, 26.0, 52.0, 156.0, 400.0] {
            let (r, alpha, a, b) = (law.r, law.alpha_weeks, law.a, law.b);
            let closed = (a + b - 1.0) / (a - 1.0)
                * (1.0 - (alpha / (alpha + weeks)).powf(r) * gauss(r, b, a + b - 1.0, weeks / (alpha + weeks)));
            assert!(
                (expected(weeks) - closed).abs() < 1e-8 * closed,
                "{weeks}: {} against {closed}",
                expected(weeks)
            );
        }
    }

    #[test]
    fn simulated_counts_have_the_moments_of_the_model() {
        let law = Purchasing::demo(1.0);
        let sampler = law.sampler(42).expect("valid");
        let (customers, weeks) = (40_000_u32, 78.0);
        let (mut zero, mut sum, mut squares) = (0_u32, 0.0, 0.0);
        let mut purchases = Vec::new();
        for customer in 0..customers {
            purchases.clear();
            sampler.purchases(customer, 10.0, 10.0 + weeks, &mut purchases);
            let x = (purchases.len() - 1) as f64;
            zero += u32::from(purchases.len() == 1);
            sum += x;
            squares += x * x;
        }
        let n = f64::from(customers);
        let none = (law.alpha_weeks / (law.alpha_weeks + weeks)).powf(law.r);
        let deviation = (none * (1.0 - none) / n).sqrt();
        assert!((f64::from(zero) / n - none).abs() < 4.0 * deviation);
        let mean = sum / n;
        let deviation = ((squares / n - mean * mean) / n).sqrt();
        let expected = law.expectation()(weeks);
        assert!((mean - expected).abs() < 4.0 * deviation, "{mean} against {expected}");
    }

    #[test]
    fn mean_spend_is_gamma_gamma() {
        let law = Purchasing::demo(1.0);
        let sampler = law.sampler(7).expect("valid");
        let (mut sum, mut squares) = (0.0, 0.0);
        let n = 60_000_u32;
        for customer in 0..n {
            let (nu, mut stream) = sampler.spender(customer);
            let eur = f64::from(sampler.spend_cents(nu, &mut stream)) / 100.0;
            sum += eur;
            squares += eur * eur;
        }
        let mean = sum / f64::from(n);
        let deviation = ((squares / f64::from(n) - mean * mean) / f64::from(n)).sqrt();
        assert!((mean - law.mean_spend_eur()).abs() < 4.0 * deviation);
    }

    #[test]
    fn chance_of_purchase_is_a_probability_and_adds_up() {
        let law = Purchasing::demo(1.0);
        let chance = law.chance_of_purchase();
        let none = (law.alpha_weeks / (law.alpha_weeks + 50.0)).powf(law.r);
        assert!((chance(0.0, 50.0) - (1.0 - none)).abs() < 1e-9);
        assert!(chance(100.0, 150.0) < chance(0.0, 50.0));
    }
}
