//! The cells of a chunk whose choices change, and what they are before and after.
//!
//! In a cell the sites that keep their attraction, the **steady** ones, all gain or all lose in proportion to their draw, attraction
//! times weight. So only their sum matters for the cell, and one number tells each what it gains; the few **explicit** parties
//! (changed sites and the outside) are followed one by one.

use super::change::Kind;
use super::network::{Chunk, Network};
use super::plan::{Plan, Task};
use super::rows::Rows;

/// A changed site as a cell sees it; twice when it moves within reach of the cell.
#[derive(Clone, Copy)]
pub(super) struct ChangedTerm {
    /// Number of the party among the explicit ones.
    pub(super) explicit: usize,
    /// The present site, or the number of them and of the extra.
    pub(super) alternative: usize,
    pub(super) weight: f64,
    /// Attraction times weight.
    pub(super) before: f64,
    pub(super) after: f64,
}

/// The outside and the price of a draw in a cell.
#[derive(Clone, Copy)]
pub(super) struct State {
    /// What a unit of draw takes (EUR a year); 0 where there is none.
    pub(super) each: f64,
    /// What is spent outside.
    pub(super) outside: f64,
}

/// A cell whose choices change.
pub(super) struct ChangedCell<'t> {
    /// Its number in the chunk.
    pub(super) cell: usize,
    /// Its place in the order of the bins.
    pub(super) position: usize,
    pub(super) potential: f64,
    /// Sum of the steady draws.
    pub(super) steady: f64,
    pub(super) changed: &'t [ChangedTerm],
    pub(super) before: State,
    pub(super) after: State,
    /// The second `each` less the first.
    pub(super) each_change: f64,
    /// What the outside gains.
    pub(super) outside_change: f64,
}

/// A part of a chunk under a plan.
pub(super) struct Changing<'p> {
    network: &'p Network,
    plan: &'p Plan<'p>,
    task: &'p Task<'p>,
    /// Attraction of the sites of the chunk that keep it; 0 for the others.
    pub(super) steady: Vec<f64>,
    /// The others by their number in the chunk, with that among the explicit parties.
    changed: Vec<(usize, usize)>,
    /// The parties that are followed one by one; the outside is the last.
    pub(super) explicit: Vec<u32>,
    extras: Vec<u32>,
    extra_rows: Rows,
    extra_explicit: Vec<usize>,
}

impl<'p> Changing<'p> {
    pub(super) fn new(network: &'p Network, plan: &'p Plan<'p>, task: &'p Task<'p>) -> Changing<'p> {
        let chunk = task.chunk;
        let mut steady = network.attraction_of(chunk);
        let (mut changed, mut explicit) = (Vec::new(), Vec::new());
        for (slot, site) in chunk.sites.iter().enumerate() {
            if plan.changed.binary_search(site).is_ok() {
                changed.push((slot, explicit.len()));
                explicit.push(*site);
                steady[slot] = 0.0;
            }
        }
        let (extras, extra_rows) = plan.extra_rows(network, chunk);
        let extra_explicit = extras.iter().map(|number| {
            let party = plan.extras[*number as usize].party;
            // A site that moves within reach of the chunk is there already.
            explicit.iter().position(|it| *it == party).unwrap_or_else(|| {
                explicit.push(party);
                explicit.len() - 1
            })
        });
        let extra_explicit = extra_explicit.collect();
        explicit.push(plan.parties() as u32 - 1);
        Changing {
            network,
            plan,
            task,
            steady,
            changed,
            explicit,
            extras,
            extra_rows,
            extra_explicit,
        }
    }

    pub(super) fn chunk(&self) -> &'p Chunk {
        self.task.chunk
    }

    /// Calls `visit` for each cell in which a site's draw changes, in order.
    pub(super) fn for_each_cell(&self, mut visit: impl FnMut(&ChangedCell)) {
        let mut changed = Vec::new();
        for cell in self.task.cells.iter().cloned().flatten() {
            changed.clear();
            self.push_changed(cell, &mut changed);
            if changed.iter().any(|term: &ChangedTerm| term.before != term.after) {
                visit(&self.cell(cell, &changed));
            }
        }
    }

    fn push_changed(&self, cell: usize, changed: &mut Vec<ChangedTerm>) {
        let rows = &self.chunk().rows;
        for (slot, explicit) in &self.changed {
            if let Some(weight) = rows.weight(cell, *slot) {
                let site = self.chunk().sites[*slot] as usize;
                changed.push(ChangedTerm {
                    explicit: *explicit,
                    alternative: site,
                    weight,
                    before: self.network.sites[site].attraction * weight,
                    after: self.plan.after[site] * weight,
                });
            }
        }
        for (number, weight) in self.extra_rows.row(cell) {
            let extra = self.extras[number] as usize;
            changed.push(ChangedTerm {
                explicit: self.extra_explicit[number],
                alternative: self.network.sites.len() + extra,
                weight,
                before: 0.0,
                after: self.plan.extras[extra].attraction * weight,
            });
        }
    }

    fn cell<'t>(&self, cell: usize, changed: &'t [ChangedTerm]) -> ChangedCell<'t> {
        let position = self.chunk().cells.start as usize + cell;
        let potential = self.network.market.potential[position];
        let weight = self.network.rule.outside;
        let steady = self.chunk().rows.draw(cell, &self.steady);
        let before = steady + changed.iter().map(|term| term.before).sum::<f64>();
        let after = steady + changed.iter().map(|term| term.after).sum::<f64>();
        let state = |sum: f64| {
            let each = if sum > 0.0 { potential / (weight + sum) } else { 0.0 };
            State {
                each,
                outside: if sum > 0.0 { weight * each } else { potential },
            }
        };
        let (state_before, state_after) = (state(before), state(after));
        // From the difference of the draws and not of two large numbers: it keeps its digits, and its sign.
        let less: f64 = changed.iter().map(|term| term.before - term.after).sum();
        let both = before > 0.0 && after > 0.0;
        let each_change = state_before.each * (less / (weight + after));
        ChangedCell {
            cell,
            position,
            potential,
            steady,
            changed,
            before: state_before,
            after: state_after,
            each_change: if both { each_change } else { 0.0 },
            outside_change: if both {
                weight * each_change
            } else {
                state_after.outside - state_before.outside
            },
        }
    }

    /// How many cells of the chunk each extra reaches.
    pub(super) fn reached(&self) -> Vec<(u32, usize)> {
        let mut reached: Vec<(u32, usize)> = self.extras.iter().map(|extra| (*extra, 0)).collect();
        for cell in 0..self.chunk().cells.len() {
            self.extra_rows.row(cell).for_each(|(number, _)| reached[number].1 += 1);
        }
        reached
    }

    /// What stores of our own take in a cell, before and after.
    pub(super) fn ours(&self) -> Ours {
        let own = |party: u32| self.plan.site(self.network, party as usize).1 == Kind::Own;
        let outside = self.explicit.len() - 1;
        let explicit: Vec<bool> = self.explicit[..outside].iter().map(|party| own(*party)).collect();
        let all = explicit.iter().all(|own| *own) && self.chunk().sites.iter().all(|site| own(*site));
        Ours {
            steady: (!all).then(|| self.network.own_part(self.chunk(), &self.steady)),
            explicit,
        }
    }
}

/// Which of the sites of a chunk are our own.
pub(super) struct Ours {
    /// Attraction of our steady sites, 0 for the others; absent where there is no competitor.
    steady: Option<Vec<f64>>,
    explicit: Vec<bool>,
}

impl Ours {
    /// What they take before and after.
    pub(super) fn of(&self, rows: &Rows, cell: &ChangedCell) -> (f64, f64) {
        let Some(steady) = &self.steady else {
            return (
                cell.potential - cell.before.outside,
                cell.potential - cell.after.outside,
            );
        };
        let steady = rows.draw(cell.cell, steady);
        let (mut before, mut after) = (steady, steady);
        for term in cell.changed.iter().filter(|term| self.explicit[term.explicit]) {
            before += term.before;
            after += term.after;
        }
        (before * cell.before.each, after * cell.after.each)
    }
}
