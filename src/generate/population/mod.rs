//! Customers and their households: all that they do, gathered.

pub mod household;
pub mod identity;
pub mod settlement;

use std::collections::BTreeMap;

use crate::GenerateError;
use crate::Progress;
use crate::laws::mailings::{Campaign, Outcome};
use crate::record::{Account, NONE, Recipient, Record};
use crate::workers;
use crate::world::World;
use household::{Household, Piece};
use settlement::settle;

/// Households handled in one piece of work: fixed, so that results do not depend on the number of cores.
const PIECE: usize = 4_096;

/// Everything that the laws made.
#[derive(Debug, Default)]
pub struct Population {
    /// Orders and refunds inside the window, by time.
    pub records: Vec<Record>,
    /// Customers by number.
    pub accounts: Vec<Account>,
    /// Households chosen for campaigns, by campaign.
    pub recipients: Vec<Recipient>,
    /// Counts per campaign and segment.
    pub outcomes: Vec<[Outcome; 9]>,
    /// Counts per kind of dirt.
    pub dirt: BTreeMap<&'static str, u64>,
    /// Customers with an order inside the window.
    pub active: u64,
}

/// Plays the laws.
///
/// # Errors
/// When an option makes a law impossible.
pub fn play(
    world: &World,
    campaigns: &[Campaign],
    progress: &mut dyn FnMut(Progress),
) -> Result<Population, GenerateError> {
    let sampler = world.purchasing.sampler(world.plan.seed)?;
    let settlement = settle(world, &sampler);
    let households = settlement.starts.len() - 1;
    let pieces = workers::run(
        households.div_ceil(PIECE),
        |piece| {
            let mut result = Piece {
                outcomes: vec![[Outcome::default(); 9]; campaigns.len()],
                ..Piece::default()
            };
            let last = ((piece + 1) * PIECE).min(households);
            for household in piece * PIECE..last {
                Household::new(world, campaigns, &sampler, &settlement, household as u32).play(&mut result);
            }
            result
        },
        |done| {
            progress(Progress {
                step: "customers and orders",
                done: (done * PIECE).min(households) as u64,
                total: households as u64,
            });
        },
    );
    Ok(gather(world, campaigns, pieces))
}

fn gather(world: &World, campaigns: &[Campaign], pieces: Vec<Piece>) -> Population {
    let blank = Account {
        cells: [0; 2],
        household: 0,
        moved_day: i32::MAX,
        erp_days: [NONE; 2],
        shop_day: NONE,
    };
    let mut population = Population {
        records: Vec::with_capacity(pieces.iter().map(|piece| piece.records.len()).sum()),
        accounts: vec![blank; world.drawn as usize],
        outcomes: vec![[Outcome::default(); 9]; campaigns.len()],
        ..Population::default()
    };
    for piece in pieces {
        population.records.extend_from_slice(&piece.records);
        population.recipients.extend_from_slice(&piece.recipients);
        population.active += piece.active;
        for (customer, account) in piece.accounts {
            population.accounts[customer as usize] = account;
        }
        for (kind, count) in piece.dirt {
            *population.dirt.entry(kind).or_default() += count;
        }
        for (sum, part) in population.outcomes.iter_mut().zip(piece.outcomes) {
            for (sum, part) in sum.iter_mut().zip(part) {
                sum.test += part.test;
                sum.control += part.control;
                sum.extra_orders += part.extra_orders;
                sum.extra_cents += part.extra_cents;
            }
        }
    }
    population.records.sort_unstable_by_key(Record::sort_key);
    population
        .recipients
        .sort_unstable_by_key(|row| (row.campaign, row.household));
    population
}
