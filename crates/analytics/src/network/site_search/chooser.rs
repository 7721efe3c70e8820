//! The best sites together: greedy, then moves until none helps.
//!
//! What a candidate would gain is computed on the fly, which takes no memory; only the draws of candidates that were chosen at some
//! time are kept. Of all candidates only those are computed that may be the best: a gain at a smaller set of stores bounds the gain at
//! a larger one, so the list is gone through from the highest bound down until no bound is higher than the best gain found.

use std::collections::btree_map::BTreeMap;
use std::collections::hash_map::{Entry, HashMap};

use crate::network::scenario::{Change, Kind, Plan, ScenarioError};
use crate::numeric::side_by_side;

use super::error::SearchError;
use super::rank::{Ranking, Search};
use super::selection::{Chosen, ChosenClosing, ChosenSite, Selection};
use super::state::{Solution, State};

/// Candidates that are computed side by side before the bounds are looked at again.
const BATCH: usize = 16;

/// The choice as it stands.
#[derive(Clone)]
pub(super) struct Current {
    pub(super) solution: Solution,
    pub(super) state: State,
    pub(super) value: f64,
}

pub(super) struct Chooser<'s> {
    pub(super) search: &'s Search<'s>,
    pub(super) selection: &'s Selection,
    ranking: &'s Ranking,
    /// The candidates that may be chosen.
    pub(super) eligible: Vec<usize>,
    /// The numbers of the closable stores in the network.
    closable: Vec<usize>,
    /// What each closable store draws.
    closable_draws: Vec<Vec<(u32, f64)>>,
    /// What candidates draw that were chosen at some time.
    opened_draws: HashMap<usize, Vec<(u32, f64)>>,
    /// Whether somebody else, competitors or the outside, draws in every cell.
    contested: bool,
    /// Draw of present stores without the closed ones, for the closings asked for last.
    own: (Vec<usize>, Vec<f64>),
    /// F as the network stands.
    pub(super) revenue: f64,
    /// Bounds of the gain of each candidate with nothing opened and the stores closed that are.
    pub(super) first: Vec<f64>,
    /// Bounds of it at the current choice.
    pub(super) now: Vec<f64>,
    /// A change of value that is rounding.
    pub(super) epsilon: f64,
    pub(super) evaluations: usize,
}

/// What the best further site is sought for.
pub(super) struct Wanted<'w> {
    pub(super) state: &'w State,
    pub(super) solution: &'w Solution,
    /// Bounds of the gains.
    pub(super) bounds: &'w [f64],
    /// The value that it must exceed.
    pub(super) floor: f64,
    /// By value for each unit of investment.
    pub(super) by_ratio: bool,
}

pub(super) struct Found {
    pub(super) best: Option<usize>,
    /// The gains computed on the way.
    pub(super) computed: Vec<(usize, f64)>,
}

impl Search<'_> {
    /// Chooses the sites, and closings, of the highest value together among some candidates: those that [`Ranking::best`] lets pass.
    ///
    /// Greedy by value (with a budget also by value for its investment, with closings also with the closings first), and then moved:
    /// a site opened, given up or exchanged for any other, a store closed, kept or exchanged for another, a store closed and a site
    /// opened, a site given up and a store kept; until no move helps. `progress` is told how many sites are chosen, of how many,
    /// now and then.
    ///
    /// # Errors
    /// When the ranking is of other candidates, a candidate does not exist, a store cannot be closed, or an option is out of its range.
    pub fn choose(
        &self,
        ranking: &Ranking,
        eligible: &[usize],
        selection: &Selection,
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Chosen, SearchError> {
        let mut chooser = Chooser::new(self, ranking, eligible, selection)?;
        let mut best: Option<(Current, usize)> = None;
        let mut upper = f64::INFINITY;
        for (by_ratio, closings_first) in chooser.starts() {
            let (mut current, bound) = chooser.greedy(by_ratio, closings_first, &mut progress)?;
            upper = upper.min(bound);
            let moves = chooser.improve(&mut current)?;
            upper = upper.min(chooser.marginal_bound(&current));
            if best
                .as_ref()
                .is_none_or(|(best, _)| current.value > best.value + chooser.epsilon)
            {
                best = Some((current, moves));
            }
        }
        let (current, moves) = match best {
            Some(best) => best,
            None => (chooser.start()?, 0),
        };
        let upper = upper.min(chooser.relaxed_bound(&current)?);
        chooser.told(&current, upper, moves)
    }
}

impl<'s> Chooser<'s> {
    fn new(
        search: &'s Search<'s>,
        ranking: &'s Ranking,
        eligible: &[usize],
        selection: &'s Selection,
    ) -> Result<Chooser<'s>, SearchError> {
        search.check(ranking)?;
        selection.check(search.candidates())?;
        let mut eligible = eligible.to_vec();
        eligible.sort_unstable();
        eligible.dedup();
        if let Some(candidate) = eligible.last().filter(|candidate| **candidate >= search.candidates()) {
            return Err(SearchError::UnknownCandidate {
                candidate: *candidate,
                candidates: search.candidates(),
            });
        }
        let closable = closable(search, selection)?;
        let potential: f64 = search.network.potential().iter().sum();
        let first: Vec<f64> = eligible
            .iter()
            .map(|candidate| ranking.rated[*candidate].net_gain)
            .collect();
        let mut chooser = Chooser {
            closable_draws: closable.iter().map(|site| search.network.draws_of(*site)).collect(),
            closable,
            now: first.clone(),
            first,
            search,
            selection,
            ranking,
            eligible,
            opened_draws: HashMap::new(),
            contested: ranking.draws.others.iter().all(|draw| *draw > 0.0),
            own: (Vec::new(), ranking.draws.own.clone()),
            revenue: 0.0,
            epsilon: 1e-12 * selection.margin * potential,
            evaluations: 0,
        };
        let plan = Plan::new(search.network, &ranking.changes)?;
        if let Some(store) = (0..chooser.closable.len()).find(|store| !plan.is_steady(chooser.closable[*store])) {
            return Err(ScenarioError::Contradiction {
                site: selection.closable[store].id.clone(),
                first: "be changed by the scenario",
                second: "be chosen for closing",
            }
            .into());
        }
        chooser.revenue = chooser.state(&Solution::default())?.revenue;
        Ok(chooser)
    }

    fn starts(&self) -> Vec<(bool, bool)> {
        let mut starts = vec![(false, false)];
        if self.selection.budget.is_some() {
            starts.push((true, false));
        }
        if self.closes() {
            starts.push((false, true));
        }
        starts
    }

    pub(super) fn closes(&self) -> bool {
        self.selection.most_closings > 0 && !self.closable.is_empty()
    }

    pub(super) fn saving(&self, store: usize) -> f64 {
        self.selection.closable[store].saving
    }

    pub(super) fn stores(&self) -> usize {
        self.closable.len()
    }

    /// The changes that the ranking was made with, and the closings.
    fn changes(&self, closed: &[usize]) -> Vec<Change> {
        let closings = closed.iter().map(|store| Change::Close {
            id: self.selection.closable[*store].id.clone(),
        });
        self.ranking.changes.iter().cloned().chain(closings).collect()
    }

    pub(super) fn state(&mut self, solution: &Solution) -> Result<State, SearchError> {
        let whole: BTreeMap<usize, f64> = solution.opened.iter().map(|place| (*place, 1.0)).collect();
        self.mixed_state(&whole, &solution.closed)
    }

    /// The state with parts of sites opened, from 0 to 1 of each.
    pub(super) fn mixed_state(
        &mut self,
        shares: &BTreeMap<usize, f64>,
        closed: &[usize],
    ) -> Result<State, SearchError> {
        let network = self.search.network;
        let mut own = if self.is_sparse() {
            self.own_without(closed)
        } else {
            if self.own.0 != closed {
                let changes = self.changes(closed);
                self.own = (closed.to_vec(), network.draws(&Plan::new(network, &changes)?).own);
            }
            self.own.1.clone()
        };
        for (place, share) in shares {
            for (cell, draw) in self.draws(*place)? {
                own[*cell as usize] += share * draw;
            }
        }
        Ok(State::new(network.potential(), &own, &self.ranking.draws.others))
    }

    /// Whether a store that closes takes away what it draws in the network as it is, and somebody else draws in every cell.
    fn is_sparse(&self) -> bool {
        self.ranking.changes.is_empty() && self.contested
    }

    /// What our stores draw without some of the closable ones.
    fn own_without(&self, closed: &[usize]) -> Vec<f64> {
        let mut own = self.ranking.draws.own.clone();
        for (cell, draw) in closed.iter().flat_map(|store| &self.closable_draws[*store]) {
            let left = &mut own[*cell as usize];
            // What rounding leaves of nothing is nothing.
            *left = if *left - draw > 1e-12 * draw { *left - draw } else { 0.0 };
        }
        own
    }

    /// What an opened site draws.
    fn draws(&mut self, place: usize) -> Result<&[(u32, f64)], SearchError> {
        match self.opened_draws.entry(place) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let mut draws = Vec::new();
                let column = self.search.column(self.eligible[place])?;
                let attraction = self.search.attraction;
                self.search
                    .network
                    .for_each_of(&column, |cell, weight| draws.push((cell, attraction * weight)));
                Ok(unknown.insert(draws))
            }
        }
    }

    pub(super) fn current(&mut self, solution: Solution) -> Result<Current, SearchError> {
        let state = self.state(&solution)?;
        let value = self.value(&solution, &state);
        Ok(Current { solution, state, value })
    }

    pub(super) fn start(&mut self) -> Result<Current, SearchError> {
        self.current(Solution::default())
    }

    fn value(&self, solution: &Solution, state: &State) -> f64 {
        let costs: f64 = solution.opened.iter().map(|place| self.cost(*place)).sum();
        let savings: f64 = solution.closed.iter().map(|store| self.saving(*store)).sum();
        self.selection.margin * (state.revenue - self.revenue) - costs + savings
    }

    pub(super) fn cost(&self, place: usize) -> f64 {
        self.selection.cost(self.eligible[place])
    }

    fn fits(&self, solution: &Solution, place: usize) -> bool {
        let Some(budget) = &self.selection.budget else {
            return true;
        };
        let spent: f64 = solution
            .opened
            .iter()
            .map(|place| self.selection.investment(self.eligible[*place]))
            .sum();
        spent + self.selection.investment(self.eligible[place]) <= budget.most
    }

    /// The value that a candidate adds, with its gain.
    fn adds(&self, place: usize, gain: f64) -> f64 {
        self.selection.margin * gain - self.cost(place)
    }

    pub(super) fn score(&self, place: usize, gain: f64, by_ratio: bool) -> f64 {
        let value = self.adds(place, gain);
        if by_ratio {
            value / self.selection.investment(self.eligible[place]).max(1e-300)
        } else {
            value
        }
    }

    /// The gains of some candidates, or their slopes.
    pub(super) fn gains(&mut self, state: &State, places: &[usize], slopes: bool) -> Result<Vec<f64>, SearchError> {
        self.evaluations += places.len();
        let (search, eligible) = (self.search, &self.eligible);
        let gains = side_by_side(places.len() as u64, |number| {
            let mut sum = 0.0;
            let column = search.column(eligible[places[number as usize]])?;
            search.network.for_each_of(&column, |cell, weight| {
                let draw = search.attraction * weight;
                sum += if slopes {
                    state.slope(cell, draw)
                } else {
                    state.gain(cell, draw)
                };
            });
            Ok(sum)
        });
        gains.into_iter().collect()
    }

    /// The candidate that adds the most above the floor; of equals the lower number.
    pub(super) fn best(&mut self, wanted: &Wanted) -> Result<Found, SearchError> {
        let mut order: Vec<(f64, usize)> = (0..self.eligible.len())
            .filter(|place| self.adds(*place, wanted.bounds[*place]) > wanted.floor)
            .filter(|place| wanted.solution.opened.binary_search(place).is_err() && self.fits(wanted.solution, *place))
            .map(|place| (self.score(place, wanted.bounds[place], wanted.by_ratio), place))
            .collect();
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut best: Option<(f64, usize)> = None;
        let mut computed = Vec::new();
        for batch in order.chunks(BATCH) {
            // Equal bounds are looked at, so that of equal gains the lower number wins.
            if best.is_some_and(|(score, ..)| score > batch[0].0) {
                break;
            }
            let places: Vec<usize> = batch.iter().map(|(_, place)| *place).collect();
            for (place, gain) in places.iter().copied().zip(self.gains(wanted.state, &places, false)?) {
                computed.push((place, gain));
                let score = self.score(place, gain, wanted.by_ratio);
                let better = best.is_none_or(|(other, at)| score > other || (score == other && place < at));
                if self.adds(place, gain) > wanted.floor && better {
                    best = Some((score, place));
                }
            }
        }
        Ok(Found {
            best: best.map(|(_, place)| place),
            computed,
        })
    }

    /// The best further site of the current choice, whose bounds it tightens.
    pub(super) fn best_now(&mut self, current: &Current, by_ratio: bool) -> Result<Option<usize>, SearchError> {
        if current.solution.opened.len() >= self.selection.count {
            return Ok(None);
        }
        let bounds = std::mem::take(&mut self.now);
        let found = self.best(&Wanted {
            state: &current.state,
            solution: &current.solution,
            bounds: &bounds,
            floor: self.epsilon,
            by_ratio,
        });
        self.now = bounds;
        let found = found?;
        self.tighten(&found.computed);
        Ok(found.best)
    }

    /// What is gained beside no more stores than are open bounds what is gained beside all.
    pub(super) fn tighten(&mut self, computed: &[(usize, f64)]) {
        for (place, gain) in computed {
            self.now[*place] = self.now[*place].min(*gain);
        }
    }

    /// The greedy choice, and a bound of every choice.
    fn greedy(
        &mut self,
        by_ratio: bool,
        closings_first: bool,
        progress: &mut impl FnMut(usize, usize),
    ) -> Result<(Current, f64), SearchError> {
        let nothing_closed = self.ranking.rated.as_slice();
        self.first = self
            .eligible
            .iter()
            .map(|candidate| nothing_closed[*candidate].net_gain)
            .collect();
        self.now.clone_from(&self.first);
        let mut current = self.start()?;
        let mut upper = self.marginal_bound(&current);
        if closings_first {
            while self.close_one(&mut current)? {}
        }
        while let Some(place) = self.best_now(&current, by_ratio)? {
            upper = upper.min(self.marginal_bound(&current));
            current = self.current(current.solution.with_opened(place))?;
            progress(current.solution.opened.len(), self.selection.count);
        }
        upper = upper.min(self.marginal_bound(&current));
        if !by_ratio && self.selection.yearly_costs.is_empty() && self.selection.budget.is_none() && !self.closes() {
            let count = self.selection.count.max(1) as f64;
            // A site that adds no more than rounding is left out.
            let least = 1.0 - (1.0 - 1.0 / count).powf(count);
            upper = upper.min((current.value + count * self.epsilon) / least);
        }
        if !closings_first {
            while self.close_one(&mut current)? {}
        }
        Ok((current, upper))
    }

    /// What the network would lose with each closable store, at a choice; 0 for those that are closed.
    pub(super) fn losses(&mut self, solution: &Solution) -> Result<Vec<f64>, SearchError> {
        if self.is_sparse() {
            let state = self.state(solution)?;
            let loss = |store: usize| -> f64 {
                let open = solution.closed.binary_search(&store).is_err();
                let draws = self.closable_draws[store].iter().filter(|_| open);
                draws.map(|(cell, draw)| -state.gain(*cell, -draw)).sum()
            };
            return Ok((0..self.closable.len()).map(loss).collect());
        }
        let mut more = vec![0.0; self.search.network.cells()];
        for place in &solution.opened {
            for (cell, draw) in self.draws(*place)? {
                more[*cell as usize] += draw;
            }
        }
        let changes = self.changes(&solution.closed);
        let worths = self
            .search
            .network
            .worths(&Plan::new(self.search.network, &changes)?, Some(&more));
        Ok(self.closable.iter().map(|site| worths[*site].loss).collect())
    }

    /// The gains, or slopes, of closable stores if they were opened beside all that is open.
    pub(super) fn store_gain(&self, state: &State, store: usize, slope: bool) -> f64 {
        let draws = self.closable_draws[store].iter();
        draws
            .map(|(cell, draw)| {
                if slope {
                    state.slope(*cell, *draw)
                } else {
                    state.gain(*cell, *draw)
                }
            })
            .sum()
    }

    /// The slope of each candidate as the network stands, which no site opened makes larger.
    pub(super) fn first_slopes(&self) -> Vec<f64> {
        self.eligible
            .iter()
            .map(|candidate| self.ranking.rated[*candidate].slope)
            .collect()
    }

    /// The choice, its parts put in order.
    fn told(&mut self, current: &Current, upper: f64, improvements: usize) -> Result<Chosen, SearchError> {
        let (mut sites, mut closings) = (Vec::new(), Vec::new());
        let mut so_far = self.start()?;
        let mut left = current.solution.opened.clone();
        while !left.is_empty() {
            let gains = self.gains(&so_far.state, &left, false)?;
            let mut best = 0;
            for number in 1..left.len() {
                if self.adds(left[number], gains[number]) > self.adds(left[best], gains[best]) {
                    best = number;
                }
            }
            let place = left.remove(best);
            let next = self.current(so_far.solution.with_opened(place))?;
            sites.push(ChosenSite {
                candidate: self.eligible[place],
                gain: next.state.revenue - so_far.state.revenue,
                value: next.value - so_far.value,
            });
            so_far = next;
        }
        let mut left = current.solution.closed.clone();
        while !left.is_empty() {
            let losses = self.losses(&so_far.solution)?;
            let value = |store: usize| self.saving(store) - self.selection.margin * losses[store];
            let mut best = 0;
            for number in 1..left.len() {
                if value(left[number]) > value(left[best]) {
                    best = number;
                }
            }
            let store = left.remove(best);
            let next = self.current(so_far.solution.with_closed(store))?;
            closings.push(ChosenClosing {
                id: self.selection.closable[store].id.clone(),
                loss: so_far.state.revenue - next.state.revenue,
                value: next.value - so_far.value,
            });
            so_far = next;
        }
        let upper_bound = upper.max(current.value);
        Ok(Chosen {
            sites,
            closings,
            value: current.value,
            upper_bound,
            guarantee: if upper_bound > 0.0 {
                current.value / upper_bound
            } else {
                1.0
            },
            evaluations: self.evaluations,
            improvements,
        })
    }
}

/// The numbers of the stores that may be closed.
fn closable(search: &Search, selection: &Selection) -> Result<Vec<usize>, SearchError> {
    let mut numbers = Vec::with_capacity(selection.closable.len());
    for store in &selection.closable {
        let site = || store.id.clone();
        let Some(number) = search.network.number_of(&store.id) else {
            return Err(ScenarioError::Unknown { site: site() }.into());
        };
        if search.network.kind_of(number) != Kind::Own {
            return Err(SearchError::NotOurs { site: site() });
        }
        if numbers.contains(&number) {
            return Err(ScenarioError::Present { site: site() }.into());
        }
        numbers.push(number);
    }
    Ok(numbers)
}
