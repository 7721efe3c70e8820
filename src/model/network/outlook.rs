//! The network as it is at the end of the data: what each store sells a year, and what the network would lose without it.

use chalandise_analytics::network::scenario::{
    BaseGradients, Change, Distances, Interval, Kind, Network, ScenarioError, Spread, Uncertainty,
};
use chalandise_analytics::numeric::side_by_side;

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
    /// None of a competitor.
    pub(super) closing: Option<Closing>,
}

/// What the closing of a store does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Closing {
    /// What the network loses a year.
    pub(super) loss: f64,
    /// Share of the store's revenue that other stores keep.
    pub(super) kept: f64,
    /// Intervals of the loss, from the parameters and from what stores attract beyond their columns.
    pub(super) loss_80: (f64, f64),
    pub(super) loss_95: (f64, f64),
}

impl Closing {
    /// From what a store sells and what the network's revenue changes by without it.
    fn new(annual_revenue: f64, change: f64, spread: &Spread) -> Closing {
        let lost = |interval: Interval| (-interval.high, -interval.low);
        let kept = 1.0 + change / annual_revenue;
        Closing {
            loss: -change,
            kept: if annual_revenue > 0.0 { kept } else { 0.0 },
            loss_80: lost(spread.interval_80),
            loss_95: lost(spread.interval_95),
        }
    }
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
        let uncertainty = model.uncertainty();
        let stores: Vec<(&str, Kind)> = network.sites().map(|(id, kind, _, _)| (id, kind)).collect();
        let closings = side_by_side(stores.len() as u64, |number| {
            let (id, kind) = stores[number as usize];
            match kind {
                Kind::Competitor => Ok(None),
                Kind::Own => closing(&network, &base, &uncertainty, number as usize, id).map(Some),
            }
        });
        let mut standing = vec![None; input.sites.len()];
        for (number, ((id, _), closing)) in stores.iter().zip(closings).enumerate() {
            let closing = closing?;
            if let Some(place) = input.sites.iter().position(|site| site.id == *id) {
                standing[place] = Some(Standing {
                    annual_revenue: network.totals().sites[number],
                    closing,
                });
            }
        }
        Ok(Outlook {
            network,
            base,
            standing,
        })
    }
}

fn closing(
    network: &Network,
    base: &BaseGradients,
    uncertainty: &Uncertainty,
    number: usize,
    id: &str,
) -> Result<Closing, ScenarioError> {
    let close = [Change::Close { id: id.to_owned() }];
    let (outcome, gradients) = network.evaluate_with_gradients(base, &close)?;
    let (change, gradient) = (outcome.own.change, &gradients.own.change);
    let spread = uncertainty.spread(change, gradient, &gradients.effects)?;
    Ok(Closing::new(network.totals().sites[number], change, &spread))
}
