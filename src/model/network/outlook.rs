//! The network as it is at the end of the data: what each store sells a year, and what the network would lose without it.

use chalandise_analytics::scenario::{BaseGradients, Change, Distances, Kind, Network, ScenarioError};

use super::columns::Attraction;
use super::in_use::InUse;
use super::read::Input;

/// The network of the end of the data.
pub(super) struct Outlook {
    pub(super) network: Network,
    pub(super) base: BaseGradients,
    /// By site; none of one that is not open.
    pub(super) standing: Vec<Option<Standing>>,
}

/// A store of the network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Standing {
    /// Expected of a year.
    pub(super) annual_revenue: f64,
    /// What the network loses when it closes, and the share of its revenue that other stores keep; none of a competitor.
    pub(super) closing: Option<(f64, f64)>,
}

impl Outlook {
    /// Builds the network and closes each store in turn.
    ///
    /// # Errors
    /// [`ScenarioError`] when the model's numbers make no network.
    pub(super) fn new(
        input: &Input,
        model: &InUse,
        attraction: &Attraction,
        distances: &dyn Fn(usize) -> Distances,
    ) -> Result<Outlook, ScenarioError> {
        let open = (0..input.sites.len()).filter(|site| input.sites[*site].is_open(input.to_on));
        let network = model.network(&input.cells, &input.sites, attraction, open, distances)?;
        let base = network.base_gradients();
        let mut standing = vec![None; input.sites.len()];
        for (number, (id, kind, _, _)) in network.sites().enumerate() {
            let Some(place) = input.sites.iter().position(|site| site.id == id) else {
                continue;
            };
            let annual_revenue = network.totals().sites[number];
            let closing = match kind {
                Kind::Competitor => None,
                Kind::Own => {
                    let outcome = network.evaluate(&[Change::Close { id: id.to_owned() }])?;
                    let loss = -outcome.own.change;
                    let kept = if annual_revenue > 0.0 {
                        1.0 - loss / annual_revenue
                    } else {
                        0.0
                    };
                    Some((loss, kept))
                }
            };
            standing[place] = Some(Standing {
                annual_revenue,
                closing,
            });
        }
        Ok(Outlook {
            network,
            base,
            standing,
        })
    }
}
