//! Will he order at all? The model's probability, calibrated on what happened in an earlier window.
//!
//! Purchase models forecast totals well and single customers less so: recency alone ranks them almost as well. A logistic regression
//! on the model's own log-odds with recency, frequency and spend, trained where the outcome is known, takes the best of both. The
//! earlier window ends where the observation does, so nothing of the forecast's own time is seen.
//!
//! What n customers did tells chances from one another down to about 1 in n: what none of them did has a chance of 1 / (n + 2) by Laplace's
//! rule of succession. The model's chance counts as no smaller than that when the score is learnt, and a forecast is raised from there at most:
//! by a factor of no more than n + 2. So who has a chance of 2e-15 under the model keeps it, within that, and is not given up to 5e14 times
//! as many purchases.

use crate::numeric::Symmetric;

/// What the calibration knows of a customer at the moment of the forecast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Features {
    /// The model's P(at least 1 order within the horizon).
    pub p_order: f64,
    /// Repeat purchase days.
    pub frequency: u32,
    /// Days since the last purchase.
    pub gap_days: f64,
    /// Mean value of a purchase day, in money.
    pub mean_value: f64,
}

const COUNT: usize = 4;

/// Strength of the penalty on coefficients of standardised features: that of one customer against each.
const PENALTY: f64 = 1.0;

/// A calibrated score.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibratedScore {
    /// Of a customer with mean features.
    intercept: f64,
    coefficients: [f64; COUNT],
    means: [f64; COUNT],
    deviations: [f64; COUNT],
    /// The smallest chance that the customers learnt from can tell.
    least: f64,
}

/// Days of the earlier window on which a forecast of `horizon_days` is calibrated when customers have been observed for
/// `observed_days`: as long as the horizon, but at most half the observation, so that the model still has the other half.
pub fn earlier_window_days(horizon_days: f64, observed_days: f64) -> f64 {
    horizon_days.min((0.5 * observed_days).floor())
}

impl Features {
    fn values(&self, least: f64) -> [f64; COUNT] {
        let p = self.p_order.clamp(least, 1.0 - 1e-9);
        [
            (p / (1.0 - p)).ln(),
            f64::from(self.frequency).ln_1p(),
            self.gap_days.max(0.0).ln_1p(),
            self.mean_value.max(0.0).ln_1p(),
        ]
    }
}

impl CalibratedScore {
    /// Learns from customers of the earlier window: what was known, whether they ordered, how many they are. None when all or
    /// none ordered.
    pub fn learn(customers: &[(Features, bool, f64)]) -> Option<CalibratedScore> {
        let total: f64 = customers.iter().map(|(_, _, weight)| weight).sum();
        let ordered: f64 = customers
            .iter()
            .filter(|(_, ordered, _)| *ordered)
            .map(|(_, _, weight)| weight)
            .sum();
        if ordered <= 0.0 || ordered >= total {
            return None;
        }
        let mut score = CalibratedScore::standardised(customers, total);
        score.intercept = (ordered / (total - ordered)).ln();
        for _ in 0..100 {
            let step = score.newton_step(customers)?;
            score.intercept += step[0];
            for (coefficient, step) in score.coefficients.iter_mut().zip(&step[1..]) {
                *coefficient += step;
            }
            if step.iter().all(|step| step.abs() < 1e-10) {
                break;
            }
        }
        Some(score)
    }

    fn standardised(customers: &[(Features, bool, f64)], total: f64) -> CalibratedScore {
        let (mut means, mut deviations) = ([0.0; COUNT], [0.0; COUNT]);
        let least = 1.0 / (total + 2.0);
        for (features, _, weight) in customers {
            for (mean, value) in means.iter_mut().zip(features.values(least)) {
                *mean += weight * value / total;
            }
        }
        for (features, _, weight) in customers {
            for ((deviation, mean), value) in deviations.iter_mut().zip(means).zip(features.values(least)) {
                *deviation += weight * (value - mean) * (value - mean) / total;
            }
        }
        CalibratedScore {
            intercept: 0.0,
            coefficients: [0.0; COUNT],
            means,
            // A feature that never varies tells nothing and must divide nothing.
            deviations: deviations.map(|it| if it > 1e-18 { it.sqrt() } else { f64::INFINITY }),
            least,
        }
    }

    /// A step of Newton's method on the penalised likelihood.
    fn newton_step(&self, customers: &[(Features, bool, f64)]) -> Option<Vec<f64>> {
        let mut gradient = vec![0.0; COUNT + 1];
        let mut information = Symmetric::zeros(COUNT + 1);
        for (features, ordered, weight) in customers {
            let z = self.standardise(features);
            let p = self.at(&z);
            let (miss, spread) = (f64::from(u8::from(*ordered)) - p, p * (1.0 - p));
            for row in 0..=COUNT {
                let value = if row == 0 { 1.0 } else { z[row - 1] };
                gradient[row] += weight * miss * value;
                for column in 0..=row {
                    let other = if column == 0 { 1.0 } else { z[column - 1] };
                    information.add(row, column, weight * spread * value * other);
                }
            }
        }
        for (index, coefficient) in self.coefficients.iter().enumerate() {
            gradient[index + 1] -= PENALTY * coefficient;
            information.add(index + 1, index + 1, PENALTY);
        }
        information.solve(&gradient)
    }

    fn standardise(&self, features: &Features) -> [f64; COUNT] {
        let mut z = features.values(self.least);
        for ((value, mean), deviation) in z.iter_mut().zip(self.means).zip(self.deviations) {
            *value = (*value - mean) / deviation;
        }
        z
    }

    fn at(&self, z: &[f64; COUNT]) -> f64 {
        let sum: f64 = self
            .coefficients
            .iter()
            .zip(z)
            .map(|(coefficient, z)| coefficient * z)
            .sum();
        1.0 / (1.0 + (-(self.intercept + sum)).exp())
    }

    /// P(at least 1 order within the horizon): no more than (n + 2) times what the model says, n customers being learnt from.
    pub fn p_order(&self, features: &Features) -> f64 {
        self.at(&self.standardise(features)) * (features.p_order / self.least).min(1.0)
    }
}

/// The distribution of the number of orders with another probability of none: `exactly` holds P(0), P(1), ...; those above 0 keep
/// their proportions. Returns the factor that the expectation changes by.
pub fn with_p_order(exactly: &mut [f64], p_order: f64) -> f64 {
    let Some((none, others)) = exactly.split_first_mut() else {
        return 1.0;
    };
    let before = 1.0 - *none;
    if before <= 0.0 {
        return 1.0;
    }
    let factor = p_order / before;
    *none = 1.0 - p_order;
    others.iter_mut().for_each(|chance| *chance *= factor);
    factor
}
