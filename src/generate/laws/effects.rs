//! What the openings and closings of the window do by the law of store choice: the truth behind every forecast of a change.
//!
//! A change's effect is the one that lasts: with and without the store, the other stores as they are on its day, on the market's
//! spend potential. Customers come over years (law "purchasing"), so what a store sells in its first year is less: whoever measures
//! that measures how fast a store grows as well.

use std::collections::BTreeMap;

use chalandise_analytics::network::market::households;
use chrono::{Days, Months, NaiveDate};
use serde_json::{Value, json};

use crate::laws::sales_channel;
use crate::laws::seasonality::is_closed_day;
use crate::workers;
use crate::world::World;

/// A store that opens or closes, and what its being there is worth a year, in euro spent in stores.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    /// Place of the store among the world's.
    pub store: usize,
    /// The day whose network stands round it.
    pub day: NaiveDate,
    /// Its revenue.
    pub revenue_eur: f64,
    /// What the other stores sell less than without it, by their place.
    pub taken_eur: BTreeMap<usize, f64>,
}

impl Effect {
    /// What the network sells more than without it.
    pub fn gain_eur(&self) -> f64 {
        self.revenue_eur - self.taken_eur.values().sum::<f64>()
    }
}

/// Share of what customers spend that they spend in stores, over the last 12 months of the window.
pub fn store_share(world: &World) -> f64 {
    let end = world.plan.ends_on;
    let first = end + Days::new(1) - Months::new(12);
    if !world.plan.laws.sales_channel {
        return 1.0;
    }
    let (mut all, mut stores) = (0.0, 0.0);
    for day in first.iter_days().take_while(|day| *day <= end) {
        let at = world.clock.day_of(day);
        let weight = world.clock.weeks_at(at + 1) - world.clock.weeks_at(at);
        let (web, post, phone) = sales_channel::shares(day);
        all += weight;
        if !is_closed_day(day) {
            stores += weight * (1.0 - web - post - phone);
        }
    }
    stores / all
}

/// The effects of the window's openings, then of its closings; none when customers do not choose by the law.
pub fn effects(world: &World) -> (Vec<Effect>, Vec<Effect>) {
    let plan = &world.plan;
    if !plan.laws.store_choice {
        return (Vec::new(), Vec::new());
    }
    let share = store_share(world);
    let stores = world.stores.iter().enumerate();
    let opened: Vec<(usize, NaiveDate)> = stores
        .clone()
        .filter(|(_, store)| store.opened_on >= plan.starts_on())
        .map(|(index, store)| (index, store.opened_on))
        .collect();
    let closed: Vec<(usize, NaiveDate)> = stores
        .filter_map(|(index, store)| Some((index, store.closed_on?)))
        .collect();
    let all: Vec<(usize, NaiveDate)> = opened.iter().chain(&closed).copied().collect();
    let mut found = workers::run(all.len(), |at| effect(world, all[at], share), |_| {});
    let closings = found.split_off(opened.len());
    (found, closings)
}

fn effect(world: &World, (store, day): (usize, NaiveDate), store_share: f64) -> Effect {
    let at = world.clock.day_of(day);
    let mut found = Effect {
        store,
        day,
        revenue_eur: 0.0,
        taken_eur: BTreeMap::new(),
    };
    for (index, cell) in world.cells.iter().enumerate() {
        let shares = world.choice.shares(index as u32, at);
        let Some((_, own)) = shares.iter().find(|(other, _)| usize::from(*other) == store) else {
            continue;
        };
        let spend = households(cell.residents) * world.spend_potential_per_household_eur * store_share;
        found.revenue_eur += spend * own;
        for (other, with) in shares.iter().filter(|(other, _)| usize::from(*other) != store) {
            // Without the store, its share goes to the others and the outside in proportion to theirs.
            let without = with / (1.0 - own);
            *found.taken_eur.entry(usize::from(*other)).or_default() += spend * (without - with);
        }
    }
    found
}

/// For truth.json.
pub fn parameters(world: &World) -> Value {
    let (openings, closings) = effects(world);
    let written = |effects: &[Effect]| -> Vec<Value> { effects.iter().map(|effect| one(world, effect)).collect() };
    json!({
        "meaning": "a year's revenue in stores with the store against without it, the other stores as they are on the day, once the \
            customers are those of the changed network; spend = households x spend potential x store share",
        "store_share_last_12_months": store_share(world),
        "openings": written(&openings),
        "closings": written(&closings),
    })
}

fn one(world: &World, effect: &Effect) -> Value {
    let taken: serde_json::Map<String, Value> = effect
        .taken_eur
        .iter()
        .filter(|(_, euro)| **euro >= 0.5)
        .map(|(store, euro)| (world.stores[*store].id.clone(), json!(euro.round())))
        .collect();
    json!({
        "store_id": world.stores[effect.store].id,
        "on": effect.day.to_string(),
        "revenue": effect.revenue_eur,
        "network_gain": effect.gain_eur(),
        "taken_from": taken,
    })
}
