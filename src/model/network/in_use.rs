//! The calibrated model as scenarios and candidate sites take it: fresh from the calibration, or read back from its tables.

use std::collections::HashMap;

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::scenario::{
    Cell as MarketCell, Distances, Kind, Network, Place, Rule, ScenarioError, Site as Outlet, Uncertainty,
};
use chalandise_analytics::numeric::Symmetric;

use h3o::LatLng;

use super::calibration::{Calibrated, Observed};
use super::columns::Attraction;
use super::read::{Cell, Input, Site};
use super::settings::{DistanceMeasure, NetworkSettings};

/// A Huff model that is used.
#[derive(Clone, Debug)]
pub(super) struct InUse {
    pub(super) decay: Decay,
    pub(super) distance: DistanceMeasure,
    /// Exponents of the columns, coefficient of the distance, logarithm of the outside's weight.
    pub(super) parameters: Vec<f64>,
    pub(super) covariance: Symmetric,
    /// How wrong the model is about a store that it has not seen: root of the mean squared logarithm of observed over predicted, each
    /// store left out in turn; never less than the spread of the stores' own effects.
    pub(super) model_error: f64,
    pub(super) smallest_distance: f64,
    pub(super) largest_distance: f64,
    /// Share of the potential that is spent in stores.
    pub(super) store_share: f64,
    /// Own effect of each site, by its id.
    pub(super) effects: HashMap<String, f64>,
}

impl InUse {
    /// The model of a calibration.
    pub(super) fn of(calibrated: &Calibrated, observed: &Observed, input: &Input, settings: &NetworkSettings) -> InUse {
        let effects = &calibrated.effects;
        let (smallest_distance, largest_distance) = settings.range();
        let own = input
            .sites
            .iter()
            .zip(&effects.effects)
            .filter(|(site, _)| !site.competitor);
        InUse {
            decay: effects.decay,
            distance: settings.distance,
            parameters: effects.parameters.clone(),
            covariance: effects.covariance.clone(),
            model_error: calibrated.model_error(),
            smallest_distance,
            largest_distance,
            store_share: observed.store_share,
            effects: own.map(|(site, effect)| (site.id.clone(), *effect)).collect(),
        }
    }

    /// How weights fall with distance.
    pub(super) fn rule(&self) -> Rule {
        let columns = self.parameters.len() - 2;
        Rule {
            decay: self.decay,
            coefficient: self.parameters[columns],
            smallest_distance: self.smallest_distance,
            largest_distance: self.largest_distance,
            outside: self.parameters[columns + 1].exp(),
        }
    }

    /// What is not known: the parameters, and what the sites that change would sell beyond what the model says.
    pub(super) fn uncertainty(&self) -> Uncertainty {
        // Nobody knows what a year of sales will be better than the model did of stores that it had not seen: new ones, and those whose
        // sales are set free or change.
        let effect_variance = self.model_error * self.model_error;
        Uncertainty {
            covariance: self.covariance.clone(),
            effect_variance,
            resized_effect_variance: effect_variance,
            closed_effect_variance: effect_variance,
        }
    }

    /// What weighs at no distance, from the logarithms of a site's columns.
    pub(super) fn attraction(&self, logs: &[f64], effect: f64) -> f64 {
        let drawn = logs.iter().zip(&self.parameters).map(|(log, exponent)| log * exponent);
        (drawn.sum::<f64>() + effect).exp()
    }

    /// The effect of a site; 0 when nothing is known of it.
    pub(super) fn effect(&self, id: &str) -> f64 {
        self.effects.get(id).copied().unwrap_or(0.0)
    }

    /// A site with its attraction.
    pub(super) fn outlet(&self, site: &Site, logs: &[f64], distances: Distances) -> Outlet {
        Outlet {
            id: site.id.clone(),
            place: place(site.place),
            attraction: self.attraction(logs, self.effect(&site.id)),
            kind: if site.competitor { Kind::Competitor } else { Kind::Own },
            covariates: logs.to_vec(),
            distances,
        }
    }

    /// The network of the sites given, by their places.
    ///
    /// # Errors
    /// [`ScenarioError`] when the model's numbers make none.
    pub(super) fn network(
        &self,
        cells: &[Cell],
        sites: &[Site],
        attraction: &Attraction,
        open: impl Iterator<Item = usize>,
        distances: &dyn Fn(usize) -> Distances,
    ) -> Result<Network, ScenarioError> {
        let cells: Vec<MarketCell> = cells
            .iter()
            .map(|cell| MarketCell {
                place: place(cell.centre),
                potential: cell.spend_potential.unwrap_or(0.0) * self.store_share,
            })
            .collect();
        let outlets = open
            .map(|site| self.outlet(&sites[site], &attraction.logs(&sites[site]), distances(site)))
            .collect();
        Network::new(&cells, outlets, self.rule())
    }
}

/// A point as networks take it.
pub(super) fn place(point: LatLng) -> Place {
    Place {
        latitude: point.lat(),
        longitude: point.lng(),
    }
}
