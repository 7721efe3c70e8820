//! Amounts before and after a plan, with the spread of their change.

use chalandise_analytics::network::scenario::{Amount, Spread};

/// An amount with the spread of its change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Changes {
    pub(super) before: f64,
    pub(super) after: f64,
    pub(super) change: f64,
    /// Variances of the change.
    pub(super) from_parameters: f64,
    pub(super) from_model: f64,
}

impl Changes {
    pub(super) fn new(amount: &Amount, spread: &Spread) -> Changes {
        Changes {
            before: amount.before,
            after: amount.after,
            change: amount.change,
            from_parameters: spread.from_parameters,
            from_model: spread.from_model,
        }
    }

    pub(super) fn standard_error(&self) -> f64 {
        (self.from_parameters + self.from_model).sqrt()
    }

    /// The change, so many standard errors away.
    pub(super) fn bound(&self, z: f64) -> f64 {
        self.change + z * self.standard_error()
    }
}

/// A total of the scenario.
#[derive(Clone, Debug)]
pub(super) struct Total {
    pub(super) name: &'static str,
    pub(super) amount: Changes,
}
