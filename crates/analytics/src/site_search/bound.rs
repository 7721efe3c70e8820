//! What no choice exceeds.

use super::chooser::{Chooser, Current};
use super::error::SearchError;

/// Slopes that are computed again together.
const BATCH: usize = 32;

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
        let stores = self.stores_bound(current, |store, closed| {
            if closed {
                self.store_gain(&current.state, store, false)
            } else {
                0.0
            }
        });
        margin * (current.state.revenue - self.revenue) + added + stores
    }

    /// The lowest bound that the choice gives: by gains, or by the tangent.
    pub(super) fn bound(&mut self, current: &Current) -> Result<f64, SearchError> {
        let by_gains = self.marginal_bound(current);
        Ok(by_gains.min(self.tangent_bound(current)?))
    }

    /// F is concave in what stores of our own draw, so it lies below its tangent.
    fn tangent_bound(&mut self, current: &Current) -> Result<f64, SearchError> {
        let margin = self.selection.margin;
        let slopes = self.slopes(current)?;
        let opened: f64 = current.solution.opened.iter().map(|place| slopes[*place]).sum();
        let added = self.most_of(|place| margin * slopes[place] - self.cost(place));
        let stores = self.stores_bound(current, |store, _| self.store_gain(&current.state, store, true));
        let bound = margin * (current.state.revenue - self.revenue - opened) + added + stores;
        // Where nobody draws anything yet a slope is infinite, and so says nothing.
        Ok(if bound.is_nan() { f64::INFINITY } else { bound })
    }

    /// The slope of every candidate, or a bound of it where that cannot be among the largest.
    fn slopes(&mut self, current: &Current) -> Result<Vec<f64>, SearchError> {
        let mut slopes = self.first_slopes();
        let mut fresh = vec![!current.solution.closed.is_empty(); slopes.len()];
        if fresh.first().copied().unwrap_or(false) {
            // Closings make slopes larger.
            let all: Vec<usize> = (0..slopes.len()).collect();
            return self.gains(&current.state, &all, true);
        }
        let opened = current.solution.opened.clone();
        for (place, slope) in opened.iter().zip(self.gains(&current.state, &opened, true)?) {
            slopes[*place] = slope;
            fresh[*place] = true;
        }
        loop {
            let value = |place: usize| self.selection.margin * slopes[place] - self.cost(place);
            let mut order: Vec<usize> = (0..slopes.len()).collect();
            order.sort_unstable_by(|a, b| value(*b).total_cmp(&value(*a)).then(a.cmp(b)));
            let largest = order.iter().take(self.selection.count.max(BATCH));
            let stale: Vec<usize> = largest.copied().filter(|place| !fresh[*place]).collect();
            // Those that count are all computed; a batch more is cheaper than to sort again.
            if !order.iter().take(self.selection.count).any(|place| !fresh[*place]) {
                return Ok(slopes);
            }
            for (place, slope) in stale.iter().zip(self.gains(&current.state, &stale, true)?) {
                slopes[*place] = slopes[*place].min(slope);
                fresh[*place] = true;
            }
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
    fn stores_bound(&self, current: &Current, worth: impl Fn(usize, bool) -> f64) -> f64 {
        if !self.closes() {
            return 0.0;
        }
        let mut kept = 0.0;
        let mut closings = Vec::new();
        for store in 0..self.stores() {
            let closed = current.solution.closed.binary_search(&store).is_ok();
            let worth = self.selection.margin * worth(store, closed);
            kept += if closed { worth } else { 0.0 };
            closings.push((self.saving(store) - worth).max(0.0));
        }
        closings.sort_unstable_by(|a, b| b.total_cmp(a));
        kept + closings.iter().take(self.selection.most_closings).sum::<f64>()
    }
}
