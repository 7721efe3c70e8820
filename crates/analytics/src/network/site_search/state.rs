//! The network with some sites opened and some stores closed, as a further site meets it.

/// What a set of open stores takes, cell by cell.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// Everybody's draw.
    sum: Vec<f64>,
    /// What stores of our own do not take: all that a further one can gain.
    free: Vec<f64>,
    /// What they take, F.
    pub(super) revenue: f64,
}

impl State {
    pub(super) fn new(potential: &[f64], own: &[f64], others: &[f64]) -> State {
        let mut state = State {
            sum: Vec::with_capacity(own.len()),
            free: Vec::with_capacity(own.len()),
            revenue: 0.0,
        };
        for ((potential, own), others) in potential.iter().zip(own).zip(others) {
            let sum = own + others;
            state.sum.push(sum);
            state.free.push(if sum > 0.0 {
                potential * (others / sum)
            } else {
                *potential
            });
            state.revenue += if *own > 0.0 { potential * (own / sum) } else { 0.0 };
        }
        state
    }

    /// What F grows by when a store draws so much more in a cell.
    pub(super) fn gain(&self, cell: u32, draw: f64) -> f64 {
        self.free[cell as usize] * (draw / (self.sum[cell as usize] + draw))
    }

    /// The tangent of the same: at least as much.
    pub(super) fn slope(&self, cell: u32, draw: f64) -> f64 {
        let (free, sum) = (self.free[cell as usize], self.sum[cell as usize]);
        if free > 0.0 { free * (draw / sum) } else { 0.0 }
    }
}

/// Which candidates are opened, by their place among those that may be, and which of the closable stores are closed; both in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Solution {
    pub(super) opened: Vec<usize>,
    pub(super) closed: Vec<usize>,
}

impl Solution {
    pub(super) fn with_opened(&self, place: usize) -> Solution {
        let mut other = self.clone();
        other
            .opened
            .insert(other.opened.partition_point(|it| *it < place), place);
        other
    }

    pub(super) fn without_opened(&self, place: usize) -> Solution {
        let mut other = self.clone();
        other.opened.retain(|it| *it != place);
        other
    }

    pub(super) fn with_closed(&self, store: usize) -> Solution {
        let mut other = self.clone();
        other
            .closed
            .insert(other.closed.partition_point(|it| *it < store), store);
        other
    }

    pub(super) fn without_closed(&self, store: usize) -> Solution {
        let mut other = self.clone();
        other.closed.retain(|it| *it != store);
        other
    }
}
