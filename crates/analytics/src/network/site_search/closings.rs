//! Which store of ours would be missed least.

use crate::network::scenario::{Change, Kind, Network, Plan};

use super::error::SearchError;

/// What closing a store of our own would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Closing {
    /// The store's id.
    pub id: String,
    /// What it takes (EUR a year).
    pub sales: f64,
    /// What of it other stores of our own would keep (EUR a year).
    pub kept: f64,
    /// What the network would lose: the rest (EUR a year).
    pub loss: f64,
    /// Its fixed cost, less the margin on what is lost (EUR a year): what closing it would bring.
    pub saving: f64,
}

/// Every store of our own that the changes leave as it is, by what the network would lose without it, least first; of equals in the
/// order of the network. One pass over all pairs, on several threads.
///
/// `margin` is the share of revenue that pays fixed costs, from 0 to 1; `fixed_cost` is that of a store, by its id (EUR a year).
///
/// # Errors
/// When a change is none, or the margin is not from 0 to 1.
pub fn closings(
    network: &Network,
    changes: &[Change],
    margin: f64,
    fixed_cost: impl Fn(&str) -> f64,
) -> Result<Vec<Closing>, SearchError> {
    if !(0.0..=1.0).contains(&margin) {
        return Err(SearchError::Option {
            option: "the margin",
            value: margin,
            allowed: "from 0 to 1",
        });
    }
    let plan = Plan::new(network, changes)?;
    let worths = network.worths(&plan, None);
    let ours = network.sites().zip(worths).enumerate();
    let ours = ours.filter(|(number, ((_, kind, ..), _))| *kind == Kind::Own && plan.is_steady(*number));
    let mut closings: Vec<Closing> = ours
        .map(|(_, ((id, ..), worth))| Closing {
            id: id.to_owned(),
            sales: worth.sales,
            kept: worth.sales - worth.loss,
            loss: worth.loss,
            saving: fixed_cost(id) - margin * worth.loss,
        })
        .collect();
    closings.sort_by(|a, b| a.loss.total_cmp(&b.loss));
    Ok(closings)
}
