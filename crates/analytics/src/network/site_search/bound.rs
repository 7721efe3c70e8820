//! What no choice exceeds.

use std::collections::BTreeMap;

use super::chooser::{Chooser, Current};
use super::error::SearchError;
use super::state::State;

/// Slopes that are computed together.
const BATCH: usize = 32;

/// Tangents that are tried.
const STEPS: usize = 12;

/// Thirds that are cut off in a search along a step.
const CUTS: usize = 8;

impl Chooser<'_> {
    /// A bound of the value of every choice from the gains beside what is open now.
    ///
    /// F(best) <= F(open or best) <= F(open) + the gains of what only the best one opens. Bounds of the gains will do for the gains.
    pub(super) fn marginal_bound(&self, current: &Current) -> f64 {
        let margin = self.selection.margin;
        let added = self.most_of(|place| {
            let opened = current.solution.opened.binary_search(&place).is_ok();
            margin * if opened { 0.0 } else { self.now[place] } - self.cost(place)
        });
        // A store that is closed now may be kept by the best choice. What is lost by closing one that is open is left out.
        let stores = self.stores_bound(&current.solution.closed, |store, closed| {
            if closed {
                self.store_gain(&current.state, store, false)
            } else {
                0.0
            }
        });
        margin * (current.state.revenue - self.revenue) + added + stores
    }

    /// The lowest of the bounds by tangents that a few steps from the choice find.
    ///
    /// F is concave in what stores of our own draw, also when parts of sites are opened, so it lies below its tangents. A tangent at a
    /// choice of whole sites is steep beside all of them; steps towards the sites that the tangent likes best, each as long as it
    /// helps (Frank & Wolfe 1956), flatten it where several of those would stand in each other's way.
    pub(super) fn relaxed_bound(&mut self, current: &Current) -> Result<f64, SearchError> {
        let closed = &current.solution.closed;
        let nothing = BTreeMap::new();
        let first = match closed.is_empty() {
            true => self.first_slopes(),
            // Closings make slopes larger.
            false => {
                let all: Vec<usize> = (0..self.eligible.len()).collect();
                let state = self.mixed_state(&nothing, closed)?;
                self.gains(&state, &all, true)?
            }
        };
        let mut shares: BTreeMap<usize, f64> = current.solution.opened.iter().map(|place| (*place, 1.0)).collect();
        let mut lowest = f64::INFINITY;
        for step in 0..STEPS {
            let state = self.mixed_state(&shares, closed)?;
            let slopes = self.slopes(&state, first.clone(), &shares)?;
            lowest = lowest.min(self.tangent_bound(&state, &slopes, &shares, closed));
            if step + 1 < STEPS {
                let towards = self.liked_best(&slopes);
                shares = self.stepped(shares, &towards, closed)?;
            }
        }
        Ok(lowest)
    }

    fn tangent_bound(&self, state: &State, slopes: &[f64], shares: &BTreeMap<usize, f64>, closed: &[usize]) -> f64 {
        let margin = self.selection.margin;
        let opened: f64 = shares.iter().map(|(place, share)| share * slopes[*place]).sum();
        let added = self.most_of(|place| margin * slopes[place] - self.cost(place));
        let stores = self.stores_bound(closed, |store, _| self.store_gain(state, store, true));
        let bound = margin * (state.revenue - self.revenue - opened) + added + stores;
        // Where nobody draws anything yet a slope is infinite, and so says nothing.
        if bound.is_nan() { f64::INFINITY } else { bound }
    }

    /// The sites that would be opened if each added what its slope says.
    fn liked_best(&self, slopes: &[f64]) -> BTreeMap<usize, f64> {
        let value = |place: usize| self.selection.margin * slopes[place] - self.cost(place);
        let mut order: Vec<usize> = (0..slopes.len()).filter(|place| value(*place) > 0.0).collect();
        order.sort_unstable_by(|a, b| value(*b).total_cmp(&value(*a)).then(a.cmp(b)));
        order
            .into_iter()
            .take(self.selection.count)
            .map(|place| (place, 1.0))
            .collect()
    }

    /// The best mixture of two choices in which parts of sites are opened.
    fn stepped(
        &mut self,
        from: BTreeMap<usize, f64>,
        towards: &BTreeMap<usize, f64>,
        closed: &[usize],
    ) -> Result<BTreeMap<usize, f64>, SearchError> {
        let mixed = |part: f64| {
            let mut shares: BTreeMap<usize, f64> = from
                .iter()
                .map(|(place, share)| (*place, share * (1.0 - part)))
                .collect();
            for (place, share) in towards {
                *shares.entry(*place).or_default() += part * share;
            }
            shares
        };
        let mut value = |part: f64| {
            let shares = mixed(part);
            let costs: f64 = shares.iter().map(|(place, share)| share * self.cost(*place)).sum();
            Ok::<f64, SearchError>(self.selection.margin * self.mixed_state(&shares, closed)?.revenue - costs)
        };
        // The value is concave along the way, so thirds that hold no maximum are cut off.
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..CUTS {
            let (left, right) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if value(left)? < value(right)? {
                low = left;
            } else {
                high = right;
            }
        }
        Ok(mixed(0.5 * (low + high)))
    }

    /// The slope of every candidate, or a bound of it where that cannot be among the largest.
    fn slopes(
        &mut self,
        state: &State,
        mut slopes: Vec<f64>,
        shares: &BTreeMap<usize, f64>,
    ) -> Result<Vec<f64>, SearchError> {
        let mut fresh = vec![false; slopes.len()];
        let mut stale: Vec<usize> = shares.keys().copied().collect();
        loop {
            for (place, slope) in stale.iter().zip(self.gains(state, &stale, true)?) {
                slopes[*place] = slope;
                fresh[*place] = true;
            }
            let value = |place: usize| self.selection.margin * slopes[place] - self.cost(place);
            let mut order: Vec<usize> = (0..slopes.len()).collect();
            let by_value = |a: &usize, b: &usize| value(*b).total_cmp(&value(*a)).then(a.cmp(b));
            // A batch more is cheaper than to sort again.
            let wanted = self.selection.count + BATCH;
            if wanted < order.len() {
                order.select_nth_unstable_by(wanted, by_value);
                order.truncate(wanted);
            }
            order.sort_unstable_by(by_value);
            if order.iter().take(self.selection.count).all(|place| fresh[*place]) {
                return Ok(slopes);
            }
            stale = order.into_iter().filter(|place| !fresh[*place]).collect();
        }
    }

    /// The most that sites add together that are allowed together, if each adds this much: as many as may be opened, and within the
    /// budget if the last one may be opened in part.
    fn most_of(&self, value: impl Fn(usize) -> f64) -> f64 {
        let mut values: Vec<(f64, f64)> = (0..self.eligible.len())
            .map(|place| (value(place), self.selection.investment(self.eligible[place])))
            .filter(|(value, _)| *value > 0.0)
            .collect();
        let most = self.selection.budget.as_ref().map(|budget| budget.most);
        values.retain(|(_, investment)| most.is_none_or(|most| *investment <= most));
        values.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let by_count: f64 = values.iter().take(self.selection.count).map(|(value, _)| value).sum();
        let Some(mut left) = most else { return by_count };
        let ratio = |(value, investment): &(f64, f64)| value / investment.max(1e-300);
        values.sort_unstable_by(|a, b| ratio(b).total_cmp(&ratio(a)).then(b.0.total_cmp(&a.0)));
        let mut by_budget = 0.0;
        for (value, investment) in values {
            let part = if investment > left { left / investment } else { 1.0 };
            by_budget += value * part;
            left -= investment * part;
            if part < 1.0 {
                break;
            }
        }
        by_count.min(by_budget)
    }

    /// The most that closings, or keeping what is closed now, add to the revenue's bound. `worth` is what a store adds when it is open.
    fn stores_bound(&self, now_closed: &[usize], worth: impl Fn(usize, bool) -> f64) -> f64 {
        if !self.closes() {
            return 0.0;
        }
        let mut kept = 0.0;
        let mut closings = Vec::new();
        for store in 0..self.stores() {
            let closed = now_closed.binary_search(&store).is_ok();
            let worth = self.selection.margin * worth(store, closed);
            kept += if closed { worth } else { 0.0 };
            closings.push((self.saving(store) - worth).max(0.0));
        }
        closings.sort_unstable_by(|a, b| b.total_cmp(a));
        kept + closings.iter().take(self.selection.most_closings).sum::<f64>()
    }
}
