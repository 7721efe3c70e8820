//! What is to be chosen, and what was.

use super::error::SearchError;

/// A limit on what the chosen sites take of something, often money to build them.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// What each candidate takes, from 0.
    pub investments: Vec<f64>,
    /// The most that all chosen ones may take together.
    pub most: f64,
}

/// A store of our own that may be closed.
#[derive(Clone, Debug, PartialEq)]
pub struct Closable {
    /// Its id.
    pub id: String,
    /// What is saved when it is closed (EUR a year).
    pub saving: f64,
}

/// What to choose: the sites, and perhaps the closings, of the highest value together.
///
/// value = margin times what F grows by - yearly costs of the sites + savings of the closings.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The most sites that are opened.
    pub count: usize,
    /// Share of revenue that pays costs, above 0. 1 to value revenue itself.
    pub margin: f64,
    /// Cost of each candidate (EUR a year); empty for none.
    pub yearly_costs: Vec<f64>,
    /// A limit on the sites together.
    pub budget: Option<Budget>,
    /// Present stores that may be closed; all others are locked.
    pub closable: Vec<Closable>,
    /// The most of them that are closed.
    pub most_closings: usize,
}

impl Selection {
    /// The best `count` sites by the revenue that they bring, every present store locked.
    pub fn of(count: usize) -> Selection {
        Selection {
            count,
            margin: 1.0,
            yearly_costs: Vec::new(),
            budget: None,
            closable: Vec::new(),
            most_closings: 0,
        }
    }

    pub(super) fn check(&self, candidates: usize) -> Result<(), SearchError> {
        let fault = |option, value, allowed| Err(SearchError::Option { option, value, allowed });
        if !(self.margin > 0.0 && self.margin <= 1e9) {
            return fault("the margin", self.margin, "above 0");
        }
        let investments = self.budget.as_ref().map_or(&[][..], |budget| &budget.investments);
        let asked = self.budget.is_some();
        let lengths = [
            ("yearly costs", self.yearly_costs.len(), !self.yearly_costs.is_empty()),
            ("investments", investments.len(), asked),
        ];
        for (option, given, needed) in lengths {
            if needed && given != candidates {
                return Err(SearchError::Lengths {
                    option,
                    given,
                    candidates,
                });
            }
        }
        if let Some(cost) = self.yearly_costs.iter().find(|cost| !cost.is_finite()) {
            return fault("a yearly cost", *cost, "a number");
        }
        if let Some(value) = investments.iter().find(|value| !(value.is_finite() && **value >= 0.0)) {
            return fault("an investment", *value, "a number from 0");
        }
        if let Some(budget) = self
            .budget
            .as_ref()
            .filter(|budget| budget.most.is_nan() || budget.most < 0.0)
        {
            return fault("the budget", budget.most, "a number from 0");
        }
        match self.closable.iter().find(|store| !store.saving.is_finite()) {
            Some(store) => fault("the saving of a closing", store.saving, "a number"),
            None => Ok(()),
        }
    }

    pub(super) fn cost(&self, candidate: usize) -> f64 {
        self.yearly_costs.get(candidate).copied().unwrap_or(0.0)
    }

    pub(super) fn investment(&self, candidate: usize) -> f64 {
        self.budget.as_ref().map_or(0.0, |budget| budget.investments[candidate])
    }
}

/// A site to open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ChosenSite {
    /// The candidate.
    pub candidate: usize,
    /// What the network gains by it after those before it are opened (EUR a year).
    pub gain: f64,
    /// Margin times the gain, less its yearly cost.
    pub value: f64,
}

/// A store to close.
#[derive(Clone, Debug, PartialEq)]
pub struct ChosenClosing {
    /// Its id.
    pub id: String,
    /// What the network loses by it, after all openings and the closings before it (EUR a year).
    pub loss: f64,
    /// Its saving, less margin times the loss.
    pub value: f64,
}

/// The choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// The sites, each the best of the chosen ones after those before it.
    pub sites: Vec<ChosenSite>,
    /// The closings, likewise.
    pub closings: Vec<ChosenClosing>,
    /// The value of all together: the sum of theirs.
    pub value: f64,
    /// No choice that is allowed has a higher value.
    pub upper_bound: f64,
    /// The value as a share of the bound, from 0 to 1: the choice is at least so good. 1 where nothing is to be gained.
    pub guarantee: f64,
    /// Candidates that were computed again, of which the cost is made.
    pub evaluations: usize,
    /// Moves after the greedy choice that made it better.
    pub improvements: usize,
}
