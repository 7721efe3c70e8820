//! The models, in one list.

use super::customer_value::CustomerValue;
use super::model::Model;
use super::network::{Network, NetworkSettings};

/// All models. Their order is no matter: each comes after those whose tables it reads.
#[must_use]
pub fn models(settings: &NetworkSettings) -> Vec<Box<dyn Model>> {
    vec![Box::new(CustomerValue), Box::new(Network::new(settings.clone()))]
}
