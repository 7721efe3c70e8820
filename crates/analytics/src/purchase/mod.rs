//! When customers buy and leave, and what a purchase is worth.
//!
//! - the models: [`bg_nbd`] and [`mbg_nbd`] (both [`beta_geometric`]), [`pareto_nbd`], [`bg_bb`], and where their likelihoods run
//!   off to: [`limit`]; what a purchase is worth: [`gamma_gamma`];
//! - what they take: [`rfm`], on a clock that may run by the [`season`];
//! - how they are fitted: [`fittable`], [`fit`], and what the parameters might have been: [`resampling`];
//! - what every one of them answers, so that forecasts, comparisons and SQL functions need not know which one it is:
//!   [`PurchaseModel`].

pub mod beta_geometric;
pub mod bg_bb;
pub mod bg_nbd;
pub mod fit;
pub mod fittable;
pub mod gamma_gamma;
pub mod limit;
pub mod mbg_nbd;
pub mod pareto_nbd;
pub mod resampling;
pub mod rfm;
pub mod season;

mod count;
mod covariates;

use rfm::History;

/// A model of when customers buy and leave. Times stand in the unit of the histories it was fitted on.
pub trait PurchaseModel {
    /// P(the customer still lives at T).
    fn p_alive(&self, history: &History) -> f64;

    /// Expected purchases in (T, T + t].
    fn expected(&self, history: &History, t: f64) -> f64;

    /// P(at least 1, 2, ... purchases in (T, T + t]), as many as `at_least` has places.
    fn at_least(&self, history: &History, t: f64, at_least: &mut [f64]);

    /// Expected repeat purchases of a new customer in his first t.
    fn expected_of_new(&self, t: f64) -> f64;

    /// Discounted expected residual transactions: purchases from T on for ever, each discounted at `delta` for a unit of time
    /// (Fader, Hardie & Lee 2005, "RFM and CLV: using iso-value curves"), in continuous time: the integral of e^(-delta t) dE;
    /// `delta` is positive.
    fn dert(&self, history: &History, delta: f64) -> f64;

    /// P(exactly 0, 1, ... purchases in (T, T + t]), as many as `exactly` has places; what is missing to 1 lies beyond.
    fn exactly(&self, history: &History, t: f64, exactly: &mut [f64]) {
        let mut at_least = vec![0.0; exactly.len() + 1];
        self.at_least(history, t, &mut at_least);
        let mut before = 1.0;
        for (chance, after) in exactly.iter_mut().zip(&at_least) {
            *chance = (before - after).max(0.0);
            before = *after;
        }
    }

    /// Expected purchases of each of `periods` periods of length `period`, each discounted by `1 / (1 + discount)` a period, at the
    /// end of its period: what a horizon's CLV multiplies with the expected value of a purchase.
    fn discounted(&self, history: &History, periods: u32, period: f64, discount: f64) -> f64 {
        let (mut sum, mut before, mut factor) = (0.0, 0.0, 1.0);
        for number in 1..=periods {
            let after = self.expected(history, f64::from(number) * period);
            factor /= 1.0 + discount;
            sum += (after - before) * factor;
            before = after;
        }
        sum
    }
}
