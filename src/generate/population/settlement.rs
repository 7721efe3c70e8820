//! Customers before they do anything: who arrives when and where, and who lives together.

use crate::laws::purchasing::Sampler;
use crate::laws::store_choice;
use crate::stream::{Stream, key};
use crate::world::World;

const PAIRING: u64 = key("households");

/// Chance that the next customer of a cell belongs to the same household.
const SHARED_HOUSEHOLD: f64 = 0.24;

/// Arrivals and households.
pub struct Settlement {
    /// Arrival of each customer, in operational weeks.
    pub arrival_weeks: Vec<f64>,
    /// Market cell of each customer.
    pub cells: Vec<u32>,
    /// Customers by cell.
    pub order: Vec<u32>,
    /// Where each household starts in `order`.
    pub starts: Vec<u32>,
}

/// Draws every customer's arrival and cell, then joins neighbours of a cell into households. Joining after the draw
/// leaves the law of the cells untouched.
pub fn settle(world: &World, sampler: &Sampler) -> Settlement {
    let seed = world.plan.seed;
    let count = if world.plan.laws.purchasing { world.drawn } else { 0 };
    let mut arrival_weeks = Vec::with_capacity(count as usize);
    let mut cells = Vec::with_capacity(count as usize);
    for customer in 0..count {
        let (weeks, epoch) = world.arrival(sampler.arrival_quantile(customer));
        arrival_weeks.push(weeks);
        cells.push(world.cell_at(epoch, store_choice::cell_quantile(seed, customer)));
    }
    let mut order: Vec<u32> = (0..count).collect();
    order.sort_unstable_by_key(|customer| (cells[*customer as usize], *customer));
    let mut starts = Vec::with_capacity(order.len());
    for (place, customer) in order.iter().enumerate() {
        let cell = cells[*customer as usize];
        let neighbour = place > 0 && cells[order[place - 1] as usize] == cell;
        let joins = Stream::new(seed, PAIRING, u64::from(*customer)).chance(SHARED_HOUSEHOLD);
        if !(neighbour && joins) {
            starts.push(place as u32);
        }
    }
    starts.push(count);
    Settlement {
        arrival_weeks,
        cells,
        order,
        starts,
    }
}
