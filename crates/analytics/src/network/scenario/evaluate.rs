//! The network under a scenario: only cells in reach of a changed site are walked.

use crate::numeric::side_by_side;

use super::change::{Change, Kind};
use super::changing::{ChangedCell, Changing};
use super::error::ScenarioError;
use super::network::{Chunk, Network};
use super::outcome::{Amount, CellOutcome, Outcome, Party, Role, SiteOutcome, Transfer};
use super::plan::{Plan, Task, tasks};

/// What changes in a part of a chunk.
struct Part<'n> {
    /// The steady sites, by party.
    steady: &'n [u32],
    /// What each of them gains.
    change: Vec<f64>,
    explicit: Vec<u32>,
    explicit_change: Vec<f64>,
    cells: Vec<CellOutcome>,
    /// From and to by party.
    transfers: Vec<(u32, u32, f64)>,
    /// For each extra of the chunk, the cells that it reaches.
    reached: Vec<(u32, usize)>,
}

impl Network {
    /// What the changes do together, laid over the network as it stands. The cost is that of the cells in reach of changed sites.
    ///
    /// # Errors
    /// When a change names a site that is not there, opens one that is, contradicts another change, or has a number out of its range.
    pub fn evaluate(&self, changes: &[Change]) -> Result<Outcome, ScenarioError> {
        let plan = Plan::new(self, changes)?;
        Ok(self.outcome(&plan, &tasks(self, &plan.bins(self))))
    }

    pub(super) fn outcome(&self, plan: &Plan, tasks: &[Task]) -> Outcome {
        let parts = side_by_side(tasks.len() as u64, |number| self.part(plan, &tasks[number as usize]));
        self.gathered(plan, parts)
    }

    fn part<'n>(&'n self, plan: &Plan, task: &Task<'n>) -> Part<'n> {
        let changing = Changing::new(self, plan, task);
        let chunk = task.chunk;
        let ours = changing.ours();
        let mut flows = Flows::new(chunk, &changing);
        let mut cells = Vec::new();
        changing.for_each_cell(|cell| {
            flows.add(cell);
            let (before, after) = ours.of(&chunk.rows, cell);
            cells.push(CellOutcome {
                cell: self.market.given[cell.position],
                before,
                after,
            });
        });
        Part {
            steady: &chunk.sites,
            change: flows.steady_change(),
            explicit: changing.explicit.clone(),
            transfers: flows.transfers(),
            explicit_change: flows.change,
            cells,
            reached: changing.reached(),
        }
    }

    fn gathered(&self, plan: &Plan, parts: Vec<Part>) -> Outcome {
        let outside = plan.parties() - 1;
        let mut change = vec![0.0; plan.parties()];
        let mut concerned = vec![false; plan.parties()];
        let mut cells_in_reach = vec![None; plan.parties()];
        for site in plan.changed.iter().copied() {
            concerned[site as usize] = true;
        }
        for extra in &plan.extras {
            concerned[extra.party as usize] = true;
            cells_in_reach[extra.party as usize] = Some(0);
        }
        let (mut cells, mut transfers) = (Vec::new(), Vec::new());
        for part in parts {
            for (party, amount) in part
                .steady
                .iter()
                .zip(&part.change)
                .chain(part.explicit.iter().zip(&part.explicit_change))
            {
                change[*party as usize] += amount;
                concerned[*party as usize] |= *amount != 0.0;
            }
            for (extra, reached) in part.reached {
                let count = &mut cells_in_reach[plan.extras[extra as usize].party as usize];
                *count = count.map(|count: usize| count + reached);
            }
            cells.extend(part.cells);
            transfers.extend(part.transfers);
        }
        cells.sort_unstable_by_key(|cell: &CellOutcome| cell.cell);

        let mut sites = Vec::new();
        let mut places = vec![Party::Outside; plan.parties()];
        let (mut own, mut competitors) = self.totals_by_kind();
        for party in 0..outside {
            let (id, kind) = plan.site(self, party);
            let sum = if kind == Kind::Own { &mut own } else { &mut competitors };
            let amount = self.amount(plan, party, change[party]);
            sum.change += amount.change;
            if concerned[party] {
                places[party] = Party::Site(sites.len());
                sites.push(SiteOutcome {
                    id: id.to_owned(),
                    kind,
                    role: self.role(plan, party),
                    amount,
                    cells_in_reach: cells_in_reach[party],
                });
            }
        }
        let before = self.totals().outside;
        let outside = changed(before, change[outside]);
        Outcome {
            sites,
            own: changed(own.before, own.change),
            competitors: changed(competitors.before, competitors.change),
            outside,
            cells,
            transfers: merged(transfers, &places),
        }
    }

    fn totals_by_kind(&self) -> (Amount, Amount) {
        let (mut own, mut competitors) = (Amount::default(), Amount::default());
        for (site, total) in self.sites.iter().zip(&self.totals().sites) {
            let sum = if site.kind == Kind::Own {
                &mut own
            } else {
                &mut competitors
            };
            sum.before += total;
        }
        (own, competitors)
    }

    fn amount(&self, plan: &Plan, party: usize, change: f64) -> Amount {
        let before = self.totals().sites.get(party).copied().unwrap_or(0.0);
        if self.role(plan, party) == Role::Closed {
            // Nothing is left, not even rounding.
            return Amount {
                before,
                after: 0.0,
                change: -before,
            };
        }
        changed(before, change)
    }

    /// What a plan does to a party that is a site.
    pub(super) fn role(&self, plan: &Plan, party: usize) -> Role {
        let number = party as u32;
        if party >= self.sites.len() {
            Role::Opened
        } else if plan.changed.binary_search(&number).is_err() {
            Role::Neighbour
        } else if plan.resized.binary_search_by_key(&number, |(site, _)| *site).is_ok() {
            Role::Resized
        } else if plan.moves(number) {
            Role::Moved
        } else {
            Role::Closed
        }
    }
}

fn changed(before: f64, change: f64) -> Amount {
    Amount {
        before,
        after: before + change,
        change,
    }
}

/// Who gives to whom within a chunk.
///
/// In each cell the amount from a loser to a gainer is what the one loses times the other's share of all that is gained. Steady sites
/// all gain or all lose, so nothing goes from one to another.
struct Flows<'c> {
    chunk: &'c Chunk,
    steady: &'c [f64],
    explicit: &'c [u32],
    /// For each explicit party and each site of the chunk: what the steady site gives it.
    given: Vec<f64>,
    /// And what it takes from it.
    taken: Vec<f64>,
    /// For each explicit party, what it gives to each other one.
    between: Vec<f64>,
    /// What each explicit party gains.
    change: Vec<f64>,
    in_cell: Vec<f64>,
}

impl<'c> Flows<'c> {
    fn new(chunk: &'c Chunk, changing: &'c Changing) -> Flows<'c> {
        let (explicit, sites) = (changing.explicit.len(), chunk.sites.len());
        Flows {
            chunk,
            steady: &changing.steady,
            explicit: &changing.explicit,
            given: vec![0.0; explicit * sites],
            taken: vec![0.0; explicit * sites],
            between: vec![0.0; explicit * explicit],
            change: vec![0.0; explicit],
            in_cell: vec![0.0; explicit],
        }
    }

    fn add(&mut self, cell: &ChangedCell) {
        let outside = self.explicit.len() - 1;
        for term in cell.changed {
            self.in_cell[term.explicit] += term.after * cell.after.each - term.before * cell.before.each;
        }
        self.in_cell[outside] = cell.outside_change;
        // Each party once, though a site that moves within reach of the cell has two terms.
        let parties = cell.changed.iter().map(|term| term.explicit).chain([outside]);
        let moves = parties.map(|party| (party, std::mem::take(&mut self.in_cell[party])));
        let moves: Vec<(usize, f64)> = moves.filter(|(_, amount)| *amount != 0.0).collect();
        let gains = |amount: f64| amount.max(0.0);
        let gained =
            moves.iter().map(|(_, amount)| gains(*amount)).sum::<f64>() + gains(cell.steady * cell.each_change);
        if gained > 0.0 {
            for (party, amount) in &moves {
                self.change[*party] += amount;
                self.add_steady(cell, *party, amount / gained);
                for (other, gain) in moves.iter().filter(|(_, other)| *amount < 0.0 && *other > 0.0) {
                    self.between[party * self.explicit.len() + other] -= amount * (gain / gained);
                }
            }
        }
    }

    /// What steady sites give to a gainer, or take from a loser.
    fn add_steady(&mut self, cell: &ChangedCell, party: usize, share: f64) {
        let each = -share * cell.each_change;
        if cell.steady > 0.0 && each > 0.0 {
            let sums = if share > 0.0 { &mut self.given } else { &mut self.taken };
            let sites = self.chunk.sites.len();
            let sums = &mut sums[party * sites..][..sites];
            self.chunk.rows.add_draws(cell.cell, self.steady, each, sums);
        }
    }

    /// What each steady site gains: all that it takes less all that it gives.
    fn steady_change(&self) -> Vec<f64> {
        let sites = self.chunk.sites.len();
        let mut change = vec![0.0; sites];
        if sites > 0 {
            for (given, taken) in self.given.chunks_exact(sites).zip(self.taken.chunks_exact(sites)) {
                for ((change, given), taken) in change.iter_mut().zip(given).zip(taken) {
                    *change += taken - given;
                }
            }
        }
        change
    }

    /// From and to by party, with the amount.
    fn transfers(&self) -> Vec<(u32, u32, f64)> {
        let (sites, explicit) = (&self.chunk.sites, self.explicit);
        let mut all = Vec::new();
        for (row, party) in explicit.iter().enumerate() {
            let part = |amounts: &[f64]| amounts[row * sites.len()..][..sites.len()].to_vec();
            let (given, taken) = (part(&self.given), part(&self.taken));
            all.extend(sites.iter().zip(given).map(|(site, amount)| (*site, *party, amount)));
            all.extend(sites.iter().zip(taken).map(|(site, amount)| (*party, *site, amount)));
            let between = &self.between[row * explicit.len()..][..explicit.len()];
            all.extend(
                explicit
                    .iter()
                    .zip(between)
                    .map(|(other, amount)| (*party, *other, *amount)),
            );
        }
        all.retain(|(_, _, amount)| *amount > 0.0);
        all
    }
}

/// The transfers of all chunks, one a pair.
fn merged(mut parts: Vec<(u32, u32, f64)>, places: &[Party]) -> Vec<Transfer> {
    // Stable: the amounts of a pair are added in the order of the chunks.
    parts.sort_by_key(|(from, to, _)| (*from, *to));
    let pairs = parts.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    pairs
        .map(|pair| Transfer {
            from: places[pair[0].0 as usize],
            to: places[pair[0].1 as usize],
            amount: pair.iter().map(|(_, _, amount)| amount).sum(),
        })
        .collect()
}
