//! Sums of derivatives over cells.

use crate::numeric::side_by_side;

use super::change::{Change, Kind};
use super::changing::{ChangedCell, ChangedTerm, Changing, State};
use super::error::ScenarioError;
use super::gradient::{BaseGradients, Effect, EffectKind, Gradient, Gradients, QuantityGradients, SiteGradients};
use super::network::{Chunk, Network};
use super::outcome::{Outcome, Role};
use super::plan::{Plan, Task, tasks};
use super::rule::Rule;

impl Network {
    /// Number of parameters: an exponent for each covariate, the distance coefficient, ln outside.
    pub fn parameters(&self) -> usize {
        self.covariates() + 2
    }

    /// The derivatives of all totals by the parameters, on several threads.
    pub fn base_gradients(&self) -> BaseGradients {
        let size = self.parameters();
        let parts = side_by_side(self.chunks.len() as u64, |number| {
            self.chunk_gradients(&self.chunks[number as usize])
        });
        let mut rows = vec![0.0; (self.sites.len() + 1) * size];
        for (chunk, part) in self.chunks.iter().zip(parts) {
            let parties = chunk.sites.iter().map(|site| *site as usize).chain([self.sites.len()]);
            for (party, row) in parties.zip(part.chunks_exact(size)) {
                add(&mut rows[party * size..], row);
            }
        }
        BaseGradients { size, rows }
    }

    /// A row for each site of a chunk, then one for the outside.
    fn chunk_gradients(&self, chunk: &Chunk) -> Vec<f64> {
        let size = self.parameters();
        let attraction = self.attraction_of(chunk);
        let mut sums = SteadySums::new(self, chunk);
        let mut outside = vec![0.0; size];
        let (mut mean, mut shift) = (vec![0.0; size], vec![0.0; size]);
        for (cell, position) in chunk.cells.clone().enumerate() {
            let potential = self.market.potential[position as usize];
            if potential <= 0.0 {
                continue;
            }
            sums.read(cell, &attraction);
            let draw: f64 = sums.pairs.iter().map(|pair| pair.draw).sum();
            if draw > 0.0 {
                let each = potential / (self.rule.outside + draw);
                let state = State {
                    each,
                    outside: self.rule.outside * each,
                };
                sums.mean(&state, potential, std::iter::empty(), &mut mean);
                shift
                    .iter_mut()
                    .zip(&mean)
                    .for_each(|(shift, mean)| *shift = mean * each);
                sums.add(each, &shift);
                add_outside(&mut outside, &mean, state.outside);
            }
        }
        sums.rows(outside)
    }

    /// What the changes do, and the derivatives of all of it, from those of the network as it stands.
    ///
    /// # Errors
    /// As [`Network::evaluate`].
    pub fn evaluate_with_gradients(
        &self,
        base: &BaseGradients,
        changes: &[Change],
    ) -> Result<(Outcome, Gradients), ScenarioError> {
        let plan = Plan::new(self, changes)?;
        let tasks = tasks(self, &plan.bins(self));
        let outcome = self.outcome(&plan, &tasks);
        let effects = effects(self, &plan);
        let parts = side_by_side(tasks.len() as u64, |number| {
            PartGradients::new(self, &plan, &effects, &tasks[number as usize])
        });
        let gradients = self.gathered_gradients(base, &plan, &effects, &parts, &outcome);
        Ok((outcome, gradients))
    }

    fn gathered_gradients(
        &self,
        base: &BaseGradients,
        plan: &Plan,
        effects: &[(u32, EffectKind)],
        parts: &[PartGradients],
        outcome: &Outcome,
    ) -> Gradients {
        let (size, outside) = (self.parameters(), plan.parties() - 1);
        let width = size + effects.len();
        let mut all = Rows {
            size,
            width,
            before: vec![0.0; plan.parties() * width],
            change: vec![0.0; plan.parties() * width],
        };
        for party in 0..plan.parties() {
            let known = if party == outside {
                Some(base.of_outside())
            } else {
                base.of_site(party)
            };
            if let Some(known) = known {
                all.before[party * width..][..size].copy_from_slice(known);
            }
        }
        parts.iter().for_each(|part| part.gather(effects, &mut all));
        let (mut own, mut competitors) = (
            QuantityGradients::zeros(size, effects.len()),
            QuantityGradients::zeros(size, effects.len()),
        );
        let mut sites = Vec::with_capacity(outcome.sites.len());
        for party in 0..outside {
            let (id, kind) = plan.site(self, party);
            let amount = all.of(party);
            *(if kind == Kind::Own { &mut own } else { &mut competitors }) += &amount;
            // The sites concerned stand in the order of the parties.
            if outcome.sites.get(sites.len()).is_some_and(|site| site.id == id) {
                sites.push(SiteGradients {
                    id: id.to_owned(),
                    amount,
                });
            }
        }
        let effects = effects.iter().map(|(party, kind)| Effect {
            site: plan.site(self, *party as usize).0.to_owned(),
            kind: *kind,
            kept: match kind {
                EffectKind::Left => plan.kept_effect(self, *party),
                _ => 0.0,
            },
        });
        Gradients {
            effects: effects.collect(),
            sites,
            own,
            competitors,
            outside: all.of(outside),
        }
    }
}

/// The parties whose effects matter, in order.
fn effects(network: &Network, plan: &Plan) -> Vec<(u32, EffectKind)> {
    let parties = plan
        .changed
        .iter()
        .copied()
        .chain(plan.extras.iter().map(|extra| extra.party));
    let mut effects: Vec<_> = parties
        .flat_map(|party| {
            let kinds: &[EffectKind] = match network.role(plan, party as usize) {
                Role::Opened => &[EffectKind::Opened],
                Role::Moved => &[EffectKind::Moved, EffectKind::Left],
                Role::Resized | Role::Neighbour => &[EffectKind::Resized, EffectKind::Left],
                Role::Closed => &[EffectKind::Closed],
            };
            kinds.iter().map(move |kind| (party, *kind))
        })
        .collect();
    effects.sort_unstable();
    effects.dedup();
    effects
}

/// Derivatives of all parties: for each one by the parameters, then by the effects.
struct Rows {
    size: usize,
    width: usize,
    before: Vec<f64>,
    change: Vec<f64>,
}

impl Rows {
    fn of(&self, party: usize) -> QuantityGradients {
        let gradient = |row: &[f64]| Gradient {
            parameters: row[..self.size].to_vec(),
            effects: row[self.size..].to_vec(),
        };
        let row = party * self.width..(party + 1) * self.width;
        let (before, change) = (&self.before[row.clone()], &self.change[row]);
        let after: Vec<f64> = before
            .iter()
            .zip(change)
            .map(|(before, change)| before + change)
            .collect();
        QuantityGradients {
            before: gradient(before),
            after: gradient(&after),
            change: gradient(change),
        }
    }
}

/// A site that reaches the cell at hand with its attraction as it is.
struct Pair {
    slot: usize,
    draw: f64,
    transformed: f64,
}

/// Sums over cells for the sites of a chunk that keep their attraction.
///
/// A site's covariates are the same in every cell, so only its draws are summed, and the covariates multiplied at the end.
struct SteadySums<'n> {
    network: &'n Network,
    rule: &'n Rule,
    chunk: &'n Chunk,
    size: usize,
    /// Covariates of each site of the chunk.
    covariates: Vec<f64>,
    /// Sum of draws times `each`, for each site.
    draws: Vec<f64>,
    /// Everything else, a row for each site.
    others: Vec<f64>,
    pairs: Vec<Pair>,
    /// Sums of draw times x over the sites read.
    moments: Vec<f64>,
}

impl<'n> SteadySums<'n> {
    fn new(network: &'n Network, chunk: &'n Chunk) -> SteadySums<'n> {
        let sites = chunk
            .sites
            .iter()
            .flat_map(|site| &network.sites[*site as usize].covariates);
        SteadySums {
            network,
            rule: &network.rule,
            chunk,
            size: network.parameters(),
            covariates: sites.copied().collect(),
            draws: vec![0.0; chunk.sites.len()],
            others: vec![0.0; chunk.sites.len() * network.parameters()],
            pairs: Vec::new(),
            moments: vec![0.0; network.parameters() - 1],
        }
    }

    /// Reads the sites that reach a cell, without those of no attraction.
    fn read(&mut self, cell: usize, attraction: &[f64]) {
        self.pairs.clear();
        let row = self.chunk.rows.row(cell).filter(|(slot, _)| attraction[*slot] > 0.0);
        self.moments.fill(0.0);
        for (slot, weight) in row {
            let (draw, transformed) = (attraction[slot] * weight, self.rule.transformed(weight));
            let exponents = self.size - 2;
            let covariates = &self.covariates[slot * exponents..][..exponents];
            for (moment, covariate) in self.moments.iter_mut().zip(covariates) {
                *moment += draw * covariate;
            }
            self.moments[exponents] += draw * transformed;
            self.pairs.push(Pair {
                slot,
                draw,
                transformed,
            });
        }
    }

    /// The mean of x under the shares of a cell: of the sites read, others with their draws, and the outside.
    fn mean<'x>(
        &self,
        state: &State,
        potential: f64,
        others: impl Iterator<Item = (f64, &'x [f64], f64)>,
        mean: &mut [f64],
    ) {
        let exponents = self.size - 2;
        mean[..=exponents].copy_from_slice(&self.moments);
        for (draw, covariates, transformed) in others {
            for (mean, covariate) in mean.iter_mut().zip(covariates) {
                *mean += draw * covariate;
            }
            mean[exponents] += draw * transformed;
        }
        let share = state.each / potential;
        mean.iter_mut().for_each(|mean| *mean *= share);
        mean[exponents + 1] = state.outside / potential;
    }

    /// Adds draw times (each x - shift) for every site read.
    fn add(&mut self, each: f64, shift: &[f64]) {
        for pair in &self.pairs {
            self.draws[pair.slot] += pair.draw * each;
            let row = &mut self.others[pair.slot * self.size..][..self.size];
            for (sum, shift) in row.iter_mut().zip(shift) {
                *sum -= pair.draw * shift;
            }
            row[self.size - 2] += pair.draw * each * pair.transformed;
        }
    }

    /// A row for each site, then the given one.
    fn rows(mut self, last: Vec<f64>) -> Vec<f64> {
        for (slot, site) in self.chunk.sites.iter().enumerate() {
            let covariates = &self.network.sites[*site as usize].covariates;
            for (sum, covariate) in self.others[slot * self.size..].iter_mut().zip(covariates) {
                *sum += self.draws[slot] * covariate;
            }
        }
        self.others.extend(last);
        self.others
    }
}

/// Adds the derivatives of so much outside.
fn add_outside(sums: &mut [f64], mean: &[f64], outside: f64) {
    for (sum, mean) in sums.iter_mut().zip(mean) {
        *sum -= outside * mean;
    }
    if let Some(own) = sums.last_mut() {
        *own += outside;
    }
}

fn add(sums: &mut [f64], values: &[f64]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// Derivatives of what changes in a part of a chunk. Rows are those of the sites of the chunk, then of the explicit parties.
struct PartGradients<'n> {
    steady: &'n [u32],
    explicit: Vec<u32>,
    /// By the parameters.
    change: Vec<f64>,
    /// For each explicit site, a derivative of every row by its effect: as the network stands, and under the scenario.
    effects: [Vec<f64>; 2],
}

impl<'n> PartGradients<'n> {
    fn new(network: &'n Network, plan: &Plan, effects: &[(u32, EffectKind)], task: &Task<'n>) -> PartGradients<'n> {
        let changing = Changing::new(network, plan, task);
        let mut work = Work::new(network, plan, &changing, effects);
        changing.for_each_cell(|cell| work.visit(cell));
        PartGradients {
            steady: &task.chunk.sites,
            explicit: changing.explicit.clone(),
            change: work.sums.rows(work.explicit),
            effects: work.effects,
        }
    }

    fn gather(&self, effects: &[(u32, EffectKind)], all: &mut Rows) {
        let parties = || self.steady.iter().chain(&self.explicit).map(|party| *party as usize);
        for (party, row) in parties().zip(self.change.chunks_exact(all.size)) {
            add(&mut all.change[party * all.width..], row);
        }
        let count = self.steady.len() + self.explicit.len();
        for (state, derivatives) in self.effects.iter().enumerate() {
            for (site, derivatives) in self.explicit.iter().zip(derivatives.chunks_exact(count)) {
                let Some(number) = in_state(effects, *site, state) else {
                    continue;
                };
                for (party, derivative) in parties().zip(derivatives) {
                    let place = party * all.width + all.size + number;
                    if state == BEFORE {
                        all.before[place] += derivative;
                        all.change[place] -= derivative;
                    } else {
                        all.change[place] += derivative;
                    }
                }
            }
        }
    }
}

/// The network as it stands, and not as under the scenario.
const BEFORE: usize = 0;

/// The number of the effect that a party has in a state; none when it has none that matters.
fn in_state(effects: &[(u32, EffectKind)], party: u32, state: usize) -> Option<usize> {
    let first = effects.partition_point(|(other, _)| *other < party);
    let own = effects[first..].iter().take_while(|(other, _)| *other == party);
    let place = own
        .into_iter()
        .position(|(_, kind)| kind.is_before() == (state == BEFORE))?;
    Some(first + place)
}

struct Work<'w> {
    network: &'w Network,
    plan: &'w Plan<'w>,
    changing: &'w Changing<'w>,
    sums: SteadySums<'w>,
    /// By the parameters, for the explicit parties.
    explicit: Vec<f64>,
    effects: [Vec<f64>; 2],
    /// In which states the effect of each explicit party matters.
    matters: Vec<[bool; 2]>,
    /// Draw of each explicit site in the cell at hand, in the state at hand.
    draws: Vec<f64>,
    /// Means of x before and after, and what is taken from each x.
    means: [Vec<f64>; 3],
}

impl<'w> Work<'w> {
    fn new(network: &'w Network, plan: &'w Plan, changing: &'w Changing, effects: &[(u32, EffectKind)]) -> Work<'w> {
        let (explicit, sites) = (changing.explicit.len(), changing.chunk().sites.len());
        let matters = changing
            .explicit
            .iter()
            .map(|party| std::array::from_fn(|state| in_state(effects, *party, state).is_some()));
        Work {
            network,
            plan,
            changing,
            sums: SteadySums::new(network, changing.chunk()),
            explicit: vec![0.0; explicit * network.parameters()],
            // The outside has no effect.
            effects: std::array::from_fn(|_| vec![0.0; (explicit - 1) * (sites + explicit)]),
            matters: matters.collect(),
            draws: vec![0.0; explicit],
            means: std::array::from_fn(|_| vec![0.0; network.parameters()]),
        }
    }

    fn visit(&mut self, cell: &ChangedCell) {
        // A cell without potential moves nothing.
        if cell.potential <= 0.0 {
            return;
        }
        self.sums.read(cell.cell, &self.changing.steady);
        let (network, plan) = (self.network, self.plan);
        let terms = |after: bool| {
            let terms = cell
                .changed
                .iter()
                .filter(move |term| if after { term.after > 0.0 } else { term.before > 0.0 });
            terms.map(move |term| {
                let draw = if after { term.after } else { term.before };
                let covariates = plan.covariates(network, term.alternative, after);
                (term.explicit, (draw, covariates, network.rule.transformed(term.weight)))
            })
        };
        let [mut before, mut after, mut shift] = std::mem::take(&mut self.means);
        self.sums.mean(
            &cell.before,
            cell.potential,
            terms(false).map(|(_, term)| term),
            &mut before,
        );
        self.sums.mean(
            &cell.after,
            cell.potential,
            terms(true).map(|(_, term)| term),
            &mut after,
        );
        for ((shift, after), before) in shift.iter_mut().zip(&after).zip(&before) {
            *shift = cell.after.each * after - cell.before.each * before;
        }
        self.sums.add(cell.each_change, &shift);
        for (explicit, term) in terms(false) {
            self.add_term(explicit, term, -cell.before.each, &before);
        }
        for (explicit, term) in terms(true) {
            self.add_term(explicit, term, cell.after.each, &after);
        }
        let last = self.explicit.len() - self.sums.size;
        add_outside(&mut self.explicit[last..], &before, -cell.before.outside);
        add_outside(&mut self.explicit[last..], &after, cell.after.outside);
        self.means = [before, after, shift];
        for state in 0..self.effects.len() {
            self.add_effects(cell, state);
        }
    }

    fn add_term(
        &mut self,
        explicit: usize,
        (draw, covariates, transformed): (f64, &[f64], f64),
        each: f64,
        mean: &[f64],
    ) {
        let row = &mut self.explicit[explicit * self.sums.size..][..self.sums.size];
        for (sum, mean) in row.iter_mut().zip(mean) {
            *sum -= draw * each * mean;
        }
        for (sum, covariate) in row.iter_mut().zip(covariates.iter().chain([&transformed])) {
            *sum += draw * each * covariate;
        }
    }

    fn add_effects(&mut self, cell: &ChangedCell, state: usize) {
        let draw_of = |term: &ChangedTerm| if state == BEFORE { term.before } else { term.after };
        let shares = if state == BEFORE { cell.before } else { cell.after };
        for term in cell.changed.iter().filter(|term| self.matters[term.explicit][state]) {
            self.draws[term.explicit] += draw_of(term);
        }
        let (chunk, explicit) = (self.changing.chunk(), self.changing.explicit.len());
        let count = chunk.sites.len() + explicit;
        for term in cell.changed {
            let site = term.explicit;
            // Once, though a site that moves within reach has two terms.
            let draw = std::mem::take(&mut self.draws[site]);
            if draw == 0.0 {
                continue;
            }
            let share = draw * shares.each / cell.potential;
            let (sites, others) = self.effects[state][site * count..][..count].split_at_mut(chunk.sites.len());
            chunk
                .rows
                .add_draws(cell.cell, &self.changing.steady, -shares.each * share, sites);
            for other in cell.changed {
                others[other.explicit] -= draw_of(other) * shares.each * share;
            }
            others[site] += draw * shares.each;
            others[explicit - 1] -= shares.outside * share;
        }
    }
}
