//! Counts of purchases in a time to come: negative binomial for a customer whose rate is gamma distributed, Poisson for one whose rate
//! is known.

/// A count whose chances follow from that of none and from ratios of neighbours.
pub(crate) trait Count {
    /// Its mean.
    fn mean(&self) -> f64;

    /// ln P(N = 0).
    fn ln_none(&self) -> f64;

    /// P(N = n + 1) / P(N = n).
    fn ratio(&self, n: usize) -> f64;

    /// P(N >= 1), P(N >= 2), ... as many as `tail` has places.
    fn tail(&self, tail: &mut [f64]) {
        let Some(last) = tail.len().checked_sub(1) else { return };
        let at_least_one = -self.ln_none().exp_m1();
        tail[0] = at_least_one;
        if at_least_one > 0.1 {
            // No digits are lost: what is subtracted is at most as large as what stays is precise.
            let mut exactly = self.ln_none().exp();
            for n in 1..=last {
                exactly *= self.ratio(n - 1);
                tail[n] = (tail[n - 1] - exactly).max(0.0);
            }
            return;
        }
        let mut exactly: Vec<f64> = Vec::with_capacity(last + 2);
        exactly.push(self.ln_none().exp());
        for n in 0..=last {
            exactly.push(exactly[n] * self.ratio(n));
        }
        // Beyond the last: the terms fall at least as fast as a geometric series, so a few hundred end it.
        let (mut beyond, mut term, mut n) = (0.0, exactly[last + 1], last + 1);
        loop {
            beyond += term;
            term *= self.ratio(n);
            n += 1;
            if term <= 1e-18 * beyond || n > 20_000 {
                break;
            }
        }
        let mut sum = beyond;
        for n in (0..=last).rev() {
            tail[n] = sum;
            sum += exactly[n];
        }
    }
}

/// N ~ NB(shape, z): purchases within t of a customer whose rate is Gamma(shape, rate α), with z = t / (α + t).
#[derive(Clone, Copy, Debug)]
pub(crate) struct NegativeBinomial {
    shape: f64,
    /// z and ln(1 - z).
    z: f64,
    ln_rest: f64,
}

impl NegativeBinomial {
    /// The count within `t` when the rate is Gamma(`shape`, `rate`).
    pub(crate) fn within(t: f64, shape: f64, rate: f64) -> NegativeBinomial {
        NegativeBinomial {
            shape,
            z: t / (rate + t),
            ln_rest: -(t / rate).ln_1p(),
        }
    }

    /// Its z.
    pub(crate) fn z(&self) -> f64 {
        self.z
    }
}

impl Count for NegativeBinomial {
    fn mean(&self) -> f64 {
        self.shape * (-self.ln_rest).exp_m1()
    }

    fn ln_none(&self) -> f64 {
        self.shape * self.ln_rest
    }

    fn ratio(&self, n: usize) -> f64 {
        let n = n as f64;
        self.z * (self.shape + n) / (n + 1.0)
    }
}

/// N ~ Poisson(mean).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Poisson {
    pub(crate) mean: f64,
}

impl Count for Poisson {
    fn mean(&self) -> f64 {
        self.mean
    }

    fn ln_none(&self) -> f64 {
        -self.mean
    }

    fn ratio(&self, n: usize) -> f64 {
        self.mean / (n as f64 + 1.0)
    }
}
