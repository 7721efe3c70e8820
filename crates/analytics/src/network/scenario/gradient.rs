//! How the amounts of a scenario move with the model's parameters.
//!
//! The **parameters** are theta = (exponents a_1 .. a_k, distance coefficient b, ln outside), in this order. With x_ij = (ln covariates,
//! transformed distance, 0) for a site and (0, .., 0, 1) for the outside, and xbar_i their mean under the shares of cell i,
//!
//! ```text
//! dp_ij / dtheta = p_ij (x_ij - xbar_i)      dp_ij / du_s = p_ij ([j = s] - p_is)
//! ```
//!
//! where u_s is the **effect** of site s, what its attraction has beyond its covariates. A site at a new place, or of a new size, has an
//! effect that no data have shown.
//!
//! The derivative of the change is summed over the cells in reach of changed sites alone, so it keeps its digits. With O = 0 the
//! parameter ln outside moves nothing. Exponents and effects move attractions that the caller has made: a site of attraction 0 stays one.

use std::ops::AddAssign;

/// Derivatives of one amount (EUR a year).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gradient {
    /// By the parameters, in their order.
    pub parameters: Vec<f64>,
    /// By the effects, in the order of [`Gradients::effects`].
    pub effects: Vec<f64>,
}

/// What happens to a site whose effect matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectKind {
    /// It is opened: nobody knows its effect.
    Opened,
    /// It moves: its effect at the new place is not known.
    Moved,
    /// It is resized: the effect that it will have is not known.
    Resized,
    /// It is closed: what is known of its effect says what is set free.
    Closed,
    /// It moves or is resized: the effect that it has had, which it keeps in part.
    Left,
}

impl EffectKind {
    /// Whether it is the effect of a site as the network stands, and not of one under the scenario.
    pub(super) fn is_before(self) -> bool {
        matches!(self, EffectKind::Closed | EffectKind::Left)
    }
}

/// The effect of a changed site.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// The site's id.
    pub site: String,
    /// What happens to it.
    pub kind: EffectKind,
    /// Of an effect that is left, its correlation with that of the same site under the scenario, 0 to 1: for a resize the ratio of the
    /// smaller attraction to the larger one, for a move `exp(-km / 3)`, for both their product. A change that changes nothing then has no
    /// error, and one that leaves nothing has that of a closing. 0 of every other effect.
    pub kept: f64,
}

/// Derivatives of an amount before, after and of its change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QuantityGradients {
    /// As the network stands. By effects only those of sites closed or left differ from 0.
    pub before: Gradient,
    /// Under the scenario. By effects those of sites closed or left are 0.
    pub after: Gradient,
    /// After less before.
    pub change: Gradient,
}

/// Those of a site.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteGradients {
    /// Its id.
    pub id: String,
    /// Of what it takes.
    pub amount: QuantityGradients,
}

/// Derivatives of everything that an outcome says.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradients {
    /// The effects of the changed sites: present ones in the order of the network, then opened ones by id. A site that moves or is resized
    /// has two that follow each other: the one under the scenario, and the one left.
    pub effects: Vec<Effect>,
    /// The sites concerned, in the order of [`Outcome::sites`](super::Outcome::sites).
    pub sites: Vec<SiteGradients>,
    /// Of stores of our own together.
    pub own: QuantityGradients,
    /// Of competitors together.
    pub competitors: QuantityGradients,
    /// Of the outside.
    pub outside: QuantityGradients,
}

/// Derivatives of every site's total, and of the outside, by the parameters, as the network stands: a row for each site in order, then
/// one for the outside. Computed once for all scenarios, since they are sums over all cells.
#[derive(Clone, Debug, PartialEq)]
pub struct BaseGradients {
    pub(super) size: usize,
    pub(super) rows: Vec<f64>,
}

impl BaseGradients {
    /// Of a site by its number in the network.
    pub fn of_site(&self, number: usize) -> Option<&[f64]> {
        let sites = self.rows.len() / self.size - 1;
        (number < sites).then(|| self.row(number))
    }

    /// Of the outside.
    pub fn of_outside(&self) -> &[f64] {
        self.row(self.rows.len() / self.size - 1)
    }

    fn row(&self, number: usize) -> &[f64] {
        &self.rows[number * self.size..][..self.size]
    }
}

impl Gradient {
    pub(super) fn zeros(parameters: usize, effects: usize) -> Gradient {
        Gradient {
            parameters: vec![0.0; parameters],
            effects: vec![0.0; effects],
        }
    }
}

impl AddAssign<&Gradient> for Gradient {
    fn add_assign(&mut self, other: &Gradient) {
        let pairs = self.parameters.iter_mut().zip(&other.parameters);
        for (sum, value) in pairs.chain(self.effects.iter_mut().zip(&other.effects)) {
            *sum += value;
        }
    }
}

impl QuantityGradients {
    pub(super) fn zeros(parameters: usize, effects: usize) -> QuantityGradients {
        QuantityGradients {
            before: Gradient::zeros(parameters, effects),
            after: Gradient::zeros(parameters, effects),
            change: Gradient::zeros(parameters, effects),
        }
    }
}

impl AddAssign<&QuantityGradients> for QuantityGradients {
    fn add_assign(&mut self, other: &QuantityGradients) {
        self.before += &other.before;
        self.after += &other.after;
        self.change += &other.change;
    }
}
