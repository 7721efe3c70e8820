//! What the model expects of every cell and store, beside what was observed, at the resolution of tables and maps.

use std::ops::Range;

use chalandise_analytics::network::scenario::Rule;
use h3o::{CellIndex, Resolution};

use super::calibration::{Observed, spans_of};
use super::read::Input;

/// Resolution of the tables: about 5 km2.
const TABLES: Resolution = Resolution::Seven;

/// A cell of the tables.
#[derive(Clone, Debug)]
pub(super) struct CellFlows {
    pub(super) cell: CellIndex,
    /// Place among the input's cells of the child with most residents: its commune and region stand for all.
    pub(super) main: usize,
    pub(super) residents: f64,
    pub(super) households: f64,
    pub(super) spend_potential: f64,
    pub(super) store_potential: f64,
    pub(super) observed: f64,
    pub(super) expected: f64,
    pub(super) annual_revenue: f64,
}

/// A store within reach of a cell of the tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flow {
    pub(super) cell: CellIndex,
    pub(super) site: u16,
    /// Mean over the residents.
    pub(super) distance: f64,
    /// None of a competitor.
    pub(super) observed: Option<f64>,
    pub(super) expected: f64,
    /// Of the potential that is spent in stores, the network as it is at the end.
    pub(super) share: f64,
}

/// What is added up of a store in one cell of the tables.
#[derive(Clone, Copy, Default)]
struct Sums {
    residents: f64,
    way: f64,
    observed: f64,
    expected: f64,
    at_the_end: f64,
}

/// The flows of all cells. `attraction` by site, own effects included.
pub(super) fn flows(
    input: &Input,
    observed: &Observed,
    attraction: &[f64],
    rule: &Rule,
) -> (Vec<CellFlows>, Vec<Flow>) {
    let weights = input.span_weights();
    let mut all = (Vec::new(), Vec::new());
    let mut sums = vec![Sums::default(); input.sites.len()];
    let mut sold = input.sales.flows.as_slice();
    let parent = |cell: usize| input.cells[cell].index.parent(TABLES);
    let mut from = 0;
    while from < input.cells.len() {
        // Children of one cell follow each other in the order of indexes.
        let to = (from..input.cells.len())
            .find(|cell| parent(*cell) != parent(from))
            .unwrap_or(input.cells.len());
        sums.fill(Sums::default());
        let mut whole = CellFlows {
            cell: parent(from).unwrap_or(input.cells[from].index),
            main: from,
            residents: 0.0,
            households: 0.0,
            spend_potential: 0.0,
            store_potential: 0.0,
            observed: 0.0,
            expected: 0.0,
            annual_revenue: 0.0,
        };
        for number in from..to {
            let cell = &input.cells[number];
            if cell.residents > input.cells[whole.main].residents {
                whole.main = number;
            }
            let potential = cell.spend_potential.unwrap_or(0.0) * observed.store_share;
            whole.residents += cell.residents;
            whole.households += cell.households;
            whole.spend_potential += cell.spend_potential.unwrap_or(0.0);
            whole.store_potential += potential;
            let near: Vec<(u16, f64, f64)> = observed
                .reach
                .of(number)
                .map(|(site, distance)| {
                    let distance = f64::from(distance);
                    (site, distance, attraction[usize::from(site)] * rule.weight(distance))
                })
                .collect();
            for (site, distance, _) in &near {
                let of = &mut sums[usize::from(*site)];
                of.residents += cell.residents;
                of.way += cell.residents * distance;
            }
            expect(input, &near, rule.outside, &weights, potential, &mut sums);
            let own = sold.iter().take_while(|flow| flow.cell as usize == number).count();
            let (of_cell, rest) = sold.split_at(own);
            sold = rest;
            for flow in of_cell {
                let site = usize::from(flow.site);
                sums[site].observed += flow.revenue * observed.raised[site];
            }
        }
        gather(input, whole, &sums, &mut all);
        from = to;
    }
    all
}

/// Adds what a cell's stores are expected to sell, over the observed spans and in a year of the network at the end.
fn expect(input: &Input, near: &[(u16, f64, f64)], outside: f64, weights: &[f64], potential: f64, sums: &mut [Sums]) {
    let places: Vec<(u16, f32)> = near
        .iter()
        .map(|(site, distance, _)| (*site, *distance as f32))
        .collect();
    let mut add = |open: &dyn Fn(usize) -> bool, share_of_year: f64, at_the_end: bool| {
        let weighs = |site: &u16| open(usize::from(*site));
        let total: f64 = near
            .iter()
            .filter(|(site, _, _)| weighs(site))
            .map(|(_, _, weight)| weight)
            .sum();
        if total <= 0.0 {
            return;
        }
        for (site, _, weight) in near.iter().filter(|(site, _, _)| weighs(site)) {
            let amount = potential * share_of_year * weight / (outside + total);
            let of = &mut sums[usize::from(*site)];
            if at_the_end {
                of.at_the_end += amount;
            } else {
                of.expected += amount;
            }
        }
    };
    for span in spans_of(input, &places) {
        let Range { start, .. } = span;
        let share_of_year: f64 = weights[span].iter().sum();
        add(&|site| input.open_in(site, start), share_of_year, false);
    }
    add(&|site| input.sites[site].is_open(input.to_on), 1.0, true);
}

fn gather(input: &Input, mut whole: CellFlows, sums: &[Sums], all: &mut (Vec<CellFlows>, Vec<Flow>)) {
    for (number, of) in sums.iter().enumerate().filter(|(_, of)| of.residents > 0.0) {
        let competitor = input.sites[number].competitor;
        if !competitor {
            whole.observed += of.observed;
            whole.expected += of.expected;
            whole.annual_revenue += of.at_the_end;
        }
        if of.expected > 0.0 || of.at_the_end > 0.0 {
            all.1.push(Flow {
                cell: whole.cell,
                site: number as u16,
                distance: of.way / of.residents,
                observed: (!competitor).then_some(of.observed),
                expected: of.expected,
                share: if whole.store_potential > 0.0 {
                    of.at_the_end / whole.store_potential
                } else {
                    0.0
                },
            });
        }
    }
    all.0.push(whole);
}
