//! MBG/NBD: as BG/NBD, and a customer may leave after the first purchase too.
//!
//! Batislam, Denizel & Filiztekin (2007), "Empirical validation and comparison of models for customer base analysis"; Hoppe & Wagner (2007),
//! "Customer base analysis: the case for a central variant of the Betageometric/NBD model".
//! The computations it shares with its sibling, and why they need no hypergeometric function, stand in `beta_geometric`.

use crate::beta_geometric::{BetaGeometric, EFFECTS, log_likelihood};
use crate::numeric::Evaluation;
use crate::purchase::PurchaseModel;
use crate::purchase_fit::{Effect, Fittable};
use crate::rfm::{History, Weighted};

/// A customer may leave after every purchase, the first one included: x + 1 chances.
fn chances(x: u32) -> f64 {
    f64::from(x) + 1.0
}

/// The model: a customer buys at a rate ~ Gamma(r, alpha) and leaves at each chance with a probability ~ Beta(a, b).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MbgNbd(BetaGeometric);

impl MbgNbd {
    /// The model with given parameters, all positive; `alpha` in the unit of the histories' times.
    pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> MbgNbd {
        MbgNbd(BetaGeometric { r, alpha, a, b })
    }
}

impl Fittable for MbgNbd {
    const NAMES: [&'static str; 4] = ["r", "alpha", "a", "b"];

    const EFFECTS: &'static [Effect] = &EFFECTS;

    fn with([r, alpha, a, b]: [f64; 4]) -> MbgNbd {
        MbgNbd::new(r, alpha, a, b)
    }

    fn start(mean_t: f64) -> [f64; 4] {
        [1.0, mean_t, 1.0, 2.0]
    }

    fn log_likelihood(rows: &[Weighted], parameters: &[f64; 4]) -> Evaluation {
        log_likelihood(rows, parameters, chances)
    }
}

impl PurchaseModel for MbgNbd {
    fn p_alive(&self, history: &History) -> f64 {
        self.0.p_alive(history, chances)
    }

    fn expected(&self, history: &History, t: f64) -> f64 {
        self.0.p_alive(history, chances) * self.0.living(history, chances).expected(t)
    }

    fn at_least(&self, history: &History, t: f64, at_least: &mut [f64]) {
        self.0.living(history, chances).at_least(t, at_least);
        let alive = self.0.p_alive(history, chances);
        at_least.iter_mut().for_each(|chance| *chance *= alive);
    }

    fn discounted(&self, history: &History, periods: u32, period: f64, discount: f64) -> f64 {
        let living = self.0.living(history, chances);
        self.0.p_alive(history, chances) * living.discounted_periods(periods, period, discount)
    }

    fn expected_of_new(&self, t: f64) -> f64 {
        let new = History { x: 0, t_x: 0.0, t: 0.0 };
        self.expected(&new, t)
    }

    fn dert(&self, history: &History, delta: f64) -> f64 {
        self.0.p_alive(history, chances) * self.0.living(history, chances).discounted(delta)
    }
}
