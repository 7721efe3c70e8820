//! Sums over the alternatives of a row.

/// Sums over alternatives of weight, weight x, weight x x' (lower triangle, row by row), x being the columns and then the distance.
#[derive(Clone, Debug)]
pub(super) struct Moments {
    pub(super) total: f64,
    pub(super) first: Vec<f64>,
    /// Empty where nobody asks for it.
    pub(super) second: Vec<f64>,
    pub(super) x: Vec<f64>,
}

impl Moments {
    pub(super) fn new(width: usize) -> Moments {
        Moments {
            total: 0.0,
            first: vec![0.0; width],
            second: vec![0.0; width * (width + 1) / 2],
            x: vec![0.0; width],
        }
    }

    /// Without the second moments.
    pub(super) fn first_only(width: usize) -> Moments {
        Moments {
            second: Vec::new(),
            ..Moments::new(width)
        }
    }

    /// Only a weight for which every x is 0.
    pub(super) fn restart(&mut self, total: f64) {
        self.total = total;
        self.first.fill(0.0);
        self.second.fill(0.0);
    }

    /// Adds an alternative at `x`.
    pub(super) fn add(&mut self, weight: f64) {
        self.total += weight;
        let mut seconds = self.second.iter_mut();
        for (row, first) in self.first.iter_mut().enumerate() {
            let weighted = weight * self.x[row];
            *first += weighted;
            for (x, second) in self.x[..=row].iter().zip(seconds.by_ref()) {
                *second += weighted * x;
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Moments) {
        self.total += other.total;
        let firsts = self.first.iter_mut().zip(&other.first);
        let seconds = self.second.iter_mut().zip(&other.second);
        firsts.chain(seconds).for_each(|(own, other)| *own += other);
    }

    /// In shares of a total weight.
    pub(super) fn divide(&mut self, total: f64) {
        self.total /= total;
        let sums = self.first.iter_mut().chain(&mut self.second);
        sums.for_each(|sum| *sum /= total);
    }

    /// An element of the second moments.
    pub(super) fn second_of(&self, row: usize, column: usize) -> f64 {
        self.second[row * (row + 1) / 2 + column]
    }
}

/// How a row's potential parts, alternative by alternative; memory that is used again for the next row.
#[derive(Clone, Debug)]
pub(super) struct Parted {
    /// Share of each store of the row.
    pub(super) shares: Vec<f64>,
    /// Share of the rivals with its moments; 0 throughout where there are none.
    pub(super) rivals: Moments,
}
