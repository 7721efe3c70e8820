//! Moves that make a choice better, until none does.

use super::chooser::{Chooser, Current, Wanted};
use super::error::SearchError;
use super::state::Solution;

/// Moves in a row; each makes the choice better, and few are needed.
const MOST_MOVES: usize = 1_000;

/// Stores whose closing, and sites whose opening, is tried although it makes the choice worse at first.
const KICKS: usize = 4;

impl Chooser<'_> {
    /// Moves until no move helps, and says how many it took.
    ///
    /// Closings and budgets tie moves together: what is worse alone may be better with what it makes room for. So where there are any, a
    /// few such steps are taken, settled by the other moves, and kept when all together are better.
    pub(super) fn improve(&mut self, current: &mut Current) -> Result<usize, SearchError> {
        let mut moves = self.settle(current)?;
        while moves < MOST_MOVES && self.kick(current)? {
            moves += 1;
        }
        Ok(moves)
    }

    fn settle(&mut self, current: &mut Current) -> Result<usize, SearchError> {
        let mut moves = 0;
        while moves < MOST_MOVES && self.step(current)? {
            moves += 1;
        }
        Ok(moves)
    }

    /// One move that helps, if there is one.
    fn step(&mut self, current: &mut Current) -> Result<bool, SearchError> {
        if let Some(place) = self.best_now(current, false)? {
            return self.take(current, current.solution.with_opened(place));
        }
        if self.exchange_site(current)? || self.close_one(current)? {
            return Ok(true);
        }
        Ok(self.exchange_store(current)? || self.close_and_open(current)?)
    }

    /// Goes over to another choice when it is better.
    fn take(&mut self, current: &mut Current, other: Solution) -> Result<bool, SearchError> {
        let next = self.current(other)?;
        let better = next.value > current.value + self.epsilon;
        if better {
            self.go(current, next)?;
        }
        Ok(better)
    }

    /// Goes over to another choice, of at most one closing more, and loosens the bounds as far as its missing stores ask for: without a
    /// store no other gains more by it than what is lost with it.
    fn go(&mut self, current: &mut Current, next: Current) -> Result<(), SearchError> {
        let was = &current.solution;
        let missing = |of: &[usize], than: &[usize]| -> Vec<usize> {
            of.iter()
                .filter(|it| than.binary_search(it).is_err())
                .copied()
                .collect()
        };
        let alone = Solution {
            opened: Vec::new(),
            closed: was.closed.clone(),
        };
        for store in missing(&next.solution.closed, &was.closed) {
            // With no site opened the loss is the largest.
            let lost = self.losses(&alone)?[store];
            let bounds = self.first.iter_mut().chain(&mut self.now);
            bounds.for_each(|bound| *bound += lost);
        }
        let removed = missing(&was.opened, &next.solution.opened);
        if !removed.is_empty() {
            let left = removed
                .iter()
                .fold(was.clone(), |left, place| left.without_opened(*place));
            let lost = current.state.revenue - self.state(&left)?.revenue;
            for other in 0..self.now.len() {
                if removed
                    .iter()
                    .any(|place| self.search.may_meet(self.eligible[*place], self.eligible[other]))
                {
                    self.now[other] = self.first[other].min(self.now[other] + lost);
                }
            }
        }
        *current = next;
        Ok(())
    }

    /// A step back that the other moves make good, if there is one.
    fn kick(&mut self, current: &mut Current) -> Result<bool, SearchError> {
        let mut kicked = self.kicks_of_stores(&current.solution)?;
        kicked.extend(self.kicks_of_sites(current)?);
        let bounds = (self.first.clone(), self.now.clone());
        for solution in kicked {
            let mut trial = current.clone();
            let next = self.current(solution)?;
            self.go(&mut trial, next)?;
            self.settle(&mut trial)?;
            if trial.value > current.value + self.epsilon {
                *current = trial;
                return Ok(true);
            }
            (self.first, self.now) = bounds.clone();
        }
        Ok(false)
    }

    /// A store closed that is nearly worth it, one kept that was closed, or both.
    fn kicks_of_stores(&mut self, solution: &Solution) -> Result<Vec<Solution>, SearchError> {
        if !self.closes() {
            return Ok(Vec::new());
        }
        let losses = self.losses(solution)?;
        let value = |store: usize| self.saving(store) - self.selection.margin * losses[store];
        let open = |store: &usize| solution.closed.binary_search(store).is_err();
        let mut closings: Vec<usize> = (0..self.stores()).filter(open).collect();
        closings.sort_by(|a, b| value(*b).total_cmp(&value(*a)));
        closings.truncate(KICKS);
        let kept: Vec<Solution> = solution
            .closed
            .iter()
            .map(|store| solution.without_closed(*store))
            .collect();
        let mut kicked = kept.clone();
        for store in closings {
            if solution.closed.len() < self.selection.most_closings {
                kicked.push(solution.with_closed(store));
            }
            kicked.extend(kept.iter().map(|kept| kept.with_closed(store)));
        }
        kicked.truncate(2 * KICKS);
        Ok(kicked)
    }

    /// A site opened for which there is no room, at the cost of others.
    fn kicks_of_sites(&mut self, current: &Current) -> Result<Vec<Solution>, SearchError> {
        if self.selection.budget.is_none() && !self.closes() {
            // Exchanges of one site for another leave nothing to be found that is worth its time.
            return Ok(Vec::new());
        }
        let most = self
            .selection
            .budget
            .as_ref()
            .map_or(f64::INFINITY, |budget| budget.most);
        let orders: &[bool] = if self.selection.budget.is_some() {
            &[false, true]
        } else {
            &[false]
        };
        let opened = &current.solution.opened;
        let start = self.start()?;
        let gains = self.gains(&start.state, opened, false)?;
        let invested = |place: usize| self.selection.investment(self.eligible[place]);
        let mut forced = Vec::new();
        for by_ratio in orders.iter().copied() {
            let score = |place: usize| self.score(place, self.now[place], by_ratio);
            let other = |place: &usize| opened.binary_search(place).is_err() && invested(*place) <= most;
            let mut best: Vec<usize> = (0..self.eligible.len()).filter(other).collect();
            best.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
            forced.extend(best.into_iter().take(KICKS));
        }
        let mut kicked = Vec::new();
        for by_ratio in orders.iter().copied() {
            let mut stay: Vec<usize> = (0..opened.len()).collect();
            let score = |number: usize| self.score(opened[number], gains[number], by_ratio);
            stay.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
            for place in &forced {
                let mut solution = current.solution.clone();
                solution.opened = vec![*place];
                let mut spent = invested(*place);
                for number in &stay {
                    let fits =
                        spent + invested(opened[*number]) <= most && solution.opened.len() < self.selection.count;
                    if fits {
                        spent += invested(opened[*number]);
                        solution = solution.with_opened(opened[*number]);
                    }
                }
                kicked.push(solution);
            }
        }
        Ok(kicked)
    }

    /// The store whose closing brings the most above the floor.
    fn best_closing(&mut self, solution: &Solution, floor: f64) -> Result<Option<usize>, SearchError> {
        if !self.closes() || solution.closed.len() >= self.selection.most_closings {
            return Ok(None);
        }
        let losses = self.losses(solution)?;
        let mut best: Option<(f64, usize)> = None;
        for (store, loss) in losses.into_iter().enumerate() {
            let value = self.saving(store) - self.selection.margin * loss;
            let open = solution.closed.binary_search(&store).is_err();
            if open && value > floor && best.is_none_or(|(other, _)| value > other) {
                best = Some((value, store));
            }
        }
        Ok(best.map(|(_, store)| store))
    }

    pub(super) fn close_one(&mut self, current: &mut Current) -> Result<bool, SearchError> {
        let Some(store) = self.best_closing(&current.solution, self.epsilon)? else {
            return Ok(false);
        };
        self.take(current, current.solution.with_closed(store))
    }

    /// Gives up a site, for another one or for none.
    fn exchange_site(&mut self, current: &mut Current) -> Result<bool, SearchError> {
        for place in current.solution.opened.clone() {
            let without = self.current(current.solution.without_opened(place))?;
            let lost = current.state.revenue - without.state.revenue;
            let candidate = self.eligible[place];
            let bounds: Vec<f64> = (0..self.eligible.len())
                .map(|other| {
                    let near = self.search.may_meet(candidate, self.eligible[other]);
                    if near {
                        self.first[other].min(self.now[other] + lost)
                    } else {
                        self.now[other]
                    }
                })
                .collect();
            let found = self.best(&Wanted {
                state: &without.state,
                solution: &without.solution,
                bounds: &bounds,
                floor: (current.value - without.value).max(0.0) + self.epsilon,
                by_ratio: false,
            })?;
            let next = match found.best {
                Some(other) => without.solution.with_opened(other),
                None => without.solution,
            };
            let moved = self.take(current, next)?;
            self.tighten(&found.computed);
            if moved {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Keeps a store that was to be closed, and closes another one or gives up a site instead, or neither.
    fn exchange_store(&mut self, current: &mut Current) -> Result<bool, SearchError> {
        for store in current.solution.closed.clone() {
            let kept = self.current(current.solution.without_closed(store))?;
            if self.take(current, kept.solution.clone())? {
                return Ok(true);
            }
            if let Some(other) = self.best_closing(&kept.solution, current.value - kept.value + self.epsilon)?
                && self.take(current, kept.solution.with_closed(other))?
            {
                return Ok(true);
            }
            for place in kept.solution.opened.clone() {
                if self.take(current, kept.solution.without_opened(place))? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Closes a store and opens a site.
    fn close_and_open(&mut self, current: &mut Current) -> Result<bool, SearchError> {
        let (opened, closed) = (current.solution.opened.len(), current.solution.closed.len());
        if !self.closes() || closed >= self.selection.most_closings || opened >= self.selection.count {
            return Ok(false);
        }
        for store in (0..self.stores())
            .filter(|store| current.solution.closed.binary_search(store).is_err())
            .collect::<Vec<_>>()
        {
            let without = self.current(current.solution.with_closed(store))?;
            let lost = current.state.revenue - without.state.revenue;
            let bounds: Vec<f64> = self.now.iter().map(|bound| bound + lost).collect();
            let found = self.best(&Wanted {
                state: &without.state,
                solution: &without.solution,
                bounds: &bounds,
                floor: current.value - without.value + self.epsilon,
                by_ratio: false,
            })?;
            if let Some(place) = found.best
                && self.take(current, without.solution.with_opened(place))?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
