//! What is drawn in each cell, and what a store of our own would leave behind: the ground that a search for sites stands on.

use crate::numeric::side_by_side;

use super::network::{Chunk, Network};
use super::plan::{Plan, tasks};

/// Draws in each cell, in the order of the bins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draws {
    /// Sum of attraction times weight over stores of our own.
    pub(crate) own: Vec<f64>,
    /// The same over competitors, with the weight of the outside.
    pub(crate) others: Vec<f64>,
}

/// What a present store of our own takes, and what the network would lose without it (EUR a year).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Worth {
    pub(crate) sales: f64,
    pub(crate) loss: f64,
}

impl Network {
    /// The draws under a plan, on several threads.
    pub(crate) fn draws(&self, plan: &Plan) -> Draws {
        let parts = side_by_side(self.chunks.len() as u64, |number| {
            self.chunk_draws(plan, &self.chunks[number as usize])
        });
        let mut draws = Draws {
            own: Vec::with_capacity(self.cells()),
            others: Vec::with_capacity(self.cells()),
        };
        for part in parts {
            draws.own.extend(part.own);
            draws.others.extend(part.others);
        }
        draws
    }

    fn chunk_draws(&self, plan: &Plan, chunk: &Chunk) -> Draws {
        let after: Vec<f64> = chunk.sites.iter().map(|site| plan.after[*site as usize]).collect();
        let ours = self.own_part(chunk, &after);
        let theirs: Vec<f64> = after.iter().zip(&ours).map(|(all, ours)| all - ours).collect();
        let competitors = theirs.iter().any(|attraction| *attraction > 0.0);
        let mut draws = self.extra_draws(plan, chunk);
        for cell in 0..chunk.cells.len() {
            draws.own[cell] += chunk.rows.draw(cell, &ours);
            if competitors {
                draws.others[cell] += chunk.rows.draw(cell, &theirs);
            }
        }
        draws
    }

    /// The draws of the outside and of sites at new places.
    fn extra_draws(&self, plan: &Plan, chunk: &Chunk) -> Draws {
        let mut draws = Draws {
            own: vec![0.0; chunk.cells.len()],
            others: vec![self.rule.outside; chunk.cells.len()],
        };
        let (extras, extra_rows) = plan.extra_rows(self, chunk);
        for cell in 0..chunk.cells.len() {
            for (number, weight) in extra_rows.row(cell) {
                let extra = &plan.extras[extras[number] as usize];
                let sums = if extra.is_own() {
                    &mut draws.own
                } else {
                    &mut draws.others
                };
                sums[cell] += extra.attraction * weight;
            }
        }
        draws
    }

    /// What each present site is worth under a plan with further stores of our own that draw `more` in each cell; zeros for competitors
    /// and for sites that are not steady under the plan.
    pub(crate) fn worths(&self, plan: &Plan, more: Option<&[f64]>) -> Vec<Worth> {
        let parts = side_by_side(self.chunks.len() as u64, |number| {
            self.chunk_worths(plan, &self.chunks[number as usize], more)
        });
        let mut worths = vec![Worth::default(); self.sites.len()];
        for (chunk, part) in self.chunks.iter().zip(parts) {
            for (site, part) in chunk.sites.iter().zip(part) {
                let worth = &mut worths[*site as usize];
                worth.sales += part.sales;
                worth.loss += part.loss;
            }
        }
        worths
    }

    fn chunk_worths(&self, plan: &Plan, chunk: &Chunk, more: Option<&[f64]>) -> Vec<Worth> {
        let after: Vec<f64> = chunk.sites.iter().map(|site| plan.after[*site as usize]).collect();
        let ours: Vec<f64> = self.own_part(chunk, &after);
        let steady: Vec<bool> = chunk
            .sites
            .iter()
            .map(|site| self.is_own(*site) && plan.changed.binary_search(site).is_err())
            .collect();
        let theirs: Vec<f64> = after.iter().zip(&ours).map(|(all, ours)| all - ours).collect();
        let extras = self.extra_draws(plan, chunk);
        let mut worths = vec![Worth::default(); chunk.sites.len()];
        let mut row: Vec<(usize, f64)> = Vec::new();
        for (cell, position) in chunk.cells.clone().enumerate() {
            let potential = self.market.potential[position as usize];
            let others = extras.others[cell] + chunk.rows.draw(cell, &theirs);
            // Of our own, and not to be taken away.
            let rest = extras.own[cell] + more.map_or(0.0, |more| more[position as usize]);
            row.clear();
            row.extend(chunk.rows.row(cell).filter(|(slot, _)| ours[*slot] > 0.0));
            row.iter_mut().for_each(|(slot, weight)| *weight *= ours[*slot]);
            // All but one, without taking one from the sum: what draws little beside a giant keeps its digits.
            let mut after_it: Vec<f64> = Vec::with_capacity(row.len());
            let mut sum = 0.0;
            for (_, draw) in row.iter().rev() {
                after_it.push(sum);
                sum += draw;
            }
            let all = others + rest + sum;
            let mut before_it = 0.0;
            for ((slot, draw), after_it) in row.iter().zip(after_it.iter().rev()) {
                if steady[*slot] {
                    let without = others + rest + before_it + after_it;
                    let sales = potential * (draw / all);
                    let lost = if without > 0.0 { others / without } else { 1.0 };
                    worths[*slot].sales += sales;
                    worths[*slot].loss += sales * lost;
                }
                before_it += draw;
            }
        }
        worths
    }

    /// The cells that a present site reaches, with what it draws there.
    pub(crate) fn draws_of(&self, site: usize) -> Vec<(u32, f64)> {
        let attraction = self.sites[site].attraction;
        let mut found = Vec::new();
        for task in tasks(self, &self.reached[site]) {
            if let Ok(slot) = task.chunk.sites.binary_search(&(site as u32)) {
                for cell in task.cells.into_iter().flatten() {
                    let weight = task.chunk.rows.weight(cell, slot);
                    found.extend(weight.map(|weight| (task.chunk.cells.start + cell as u32, attraction * weight)));
                }
            }
        }
        found
    }

    /// Potential of each cell, in the order of the bins.
    pub(crate) fn potential(&self) -> &[f64] {
        &self.market.potential
    }

    /// The point of a cell on the sphere, by its place in the order of the bins.
    pub(crate) fn point(&self, cell: usize) -> super::Vector {
        self.market.vectors[cell]
    }
}
