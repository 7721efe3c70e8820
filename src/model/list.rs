//! The models, in one list.

use std::sync::LazyLock;

use chalandise_lake::Contract;

use super::customer_value::CustomerValue;
use super::model::Model;
use super::network::{Network, NetworkSettings, scenario_tables};

/// All models. Their order is no matter: each comes after those whose tables it reads.
#[must_use]
pub fn models(settings: &NetworkSettings) -> Vec<Box<dyn Model>> {
    vec![Box::new(CustomerValue), Box::new(Network::new(settings.clone()))]
}

/// The tables of a lake: of sources, of all models, and of scenarios.
#[must_use]
pub fn contract() -> &'static Contract {
    static CONTRACT: LazyLock<Contract> = LazyLock::new(|| {
        let models = models(&NetworkSettings::default());
        let of_models = models.iter().flat_map(|model| model.tables());
        Contract::with(of_models.chain(scenario_tables().iter().cloned()))
    });
    &CONTRACT
}
