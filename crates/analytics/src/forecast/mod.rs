//! How good a forecast was, once the outcome is known; over time: [`tracking`]; and its P(no order) calibrated on what happened
//! before: [`repeat_order`].

pub mod repeat_order;
pub mod tracking;

use std::collections::BTreeMap;

/// The mean of the logarithms of the probabilities that a forecast gave to what happened: higher is better, and no rounding or shading
/// of a forecast can beat telling what one believes (Gneiting & Raftery 2007, "Strictly proper scoring rules").
pub fn mean_log_score(probabilities: &[f64]) -> f64 {
    let sum: f64 = probabilities.iter().map(|p| p.max(f64::MIN_POSITIVE).ln()).sum();
    sum / probabilities.len() as f64
}

/// Probability that a customer who ordered was scored above one who did not, ties counting half; none when all or none ordered.
pub fn auc(scores: &[f64], ordered: &[bool]) -> Option<f64> {
    let mut order: Vec<usize> = (0..scores.len().min(ordered.len())).collect();
    order.sort_by(|&left, &right| scores[left].total_cmp(&scores[right]));
    let yes = ordered.iter().filter(|it| **it).count() as f64;
    let no = order.len() as f64 - yes;
    if yes == 0.0 || no == 0.0 {
        return None;
    }
    let (mut below, mut ranked) = (0.0, 0.0);
    for ties in order.chunk_by(|&left, &right| scores[left] == scores[right]) {
        let here = ties.iter().filter(|&&index| ordered[index]).count() as f64;
        let others = ties.len() as f64 - here;
        ranked += here * (below + 0.5 * others);
        below += others;
    }
    Some(ranked / (yes * no))
}

/// Mean squared distance of probabilities from what happened (Brier 1950); lower is better.
pub fn brier(probabilities: &[f64], ordered: &[bool]) -> f64 {
    let miss = |(p, ordered): (&f64, &bool)| (p - f64::from(u8::from(*ordered))).powi(2);
    probabilities.iter().zip(ordered).map(miss).sum::<f64>() / probabilities.len() as f64
}

/// Relative distance of the forecast total from the real one; none when nothing happened.
pub fn bias(expected: &[f64], happened: &[f64]) -> Option<f64> {
    let real: f64 = happened.iter().sum();
    (real > 0.0).then(|| expected.iter().sum::<f64>() / real - 1.0)
}

/// Mean absolute distance of the forecasts from what happened. It rewards forecasts that are too low: judge by the log score.
pub fn mean_absolute_error(expected: &[f64], happened: &[f64]) -> f64 {
    let misses = expected
        .iter()
        .zip(happened)
        .map(|(expected, happened)| (expected - happened).abs());
    misses.sum::<f64>() / expected.len() as f64
}

/// Customers who had bought equally often when the forecast was made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Their repeat purchases; of the last bin the fewest.
    pub frequency: u32,
    /// How many they are.
    pub customers: usize,
    /// Mean of their expected purchases.
    pub expected_mean: f64,
    /// Mean of the purchases that they made.
    pub observed_mean: f64,
}

/// Forecasts and outcomes by how often customers had bought before: whether a model tells heavy buyers from light ones (Fader, Hardie &
/// Lee 2005, "'Counting your customers' the easy way", compare models by it). Those of `most` repeat purchases and more are one bin;
/// bins without customers are left out.
pub fn by_frequency(frequency: &[u32], expected: &[f64], observed: &[f64], most: u32) -> Vec<Bin> {
    let mut bins: BTreeMap<u32, Bin> = BTreeMap::new();
    for ((frequency, expected), observed) in frequency.iter().zip(expected).zip(observed) {
        let frequency = (*frequency).min(most);
        let bin = bins.entry(frequency).or_insert(Bin {
            frequency,
            customers: 0,
            expected_mean: 0.0,
            observed_mean: 0.0,
        });
        bin.customers += 1;
        // Sums until all are in.
        bin.expected_mean += expected;
        bin.observed_mean += observed;
    }
    let means = bins.into_values().map(|bin| Bin {
        expected_mean: bin.expected_mean / bin.customers as f64,
        observed_mean: bin.observed_mean / bin.customers as f64,
        ..bin
    });
    means.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_counted_by_hand() {
        let frequency = [0, 2, 0, 7, 3, 9];
        let expected = [0.5, 2.0, 1.5, 4.0, 3.0, 8.0];
        let observed = [0.0, 1.0, 1.0, 5.0, 2.0, 8.0];
        let bin = |frequency, customers, expected_mean, observed_mean| Bin {
            frequency,
            customers,
            expected_mean,
            observed_mean,
        };
        let found = by_frequency(&frequency, &expected, &observed, 3);
        assert_eq!(found, [bin(0, 2, 1.0, 0.5), bin(2, 1, 2.0, 1.0), bin(3, 3, 5.0, 5.0)]);
        assert_eq!(by_frequency(&frequency, &expected, &observed, 0).len(), 1);
        assert!(by_frequency(&[], &[], &[], 3).is_empty());
    }

    #[test]
    fn auc_counts_pairs() {
        // Of the four pairs of one who ordered and one who did not, three are in order and one is tied.
        let score = auc(&[0.9, 0.4, 0.4, 0.1], &[true, true, false, false]);
        assert_eq!(score, Some(3.5 / 4.0));
        assert_eq!(auc(&[0.1, 0.2], &[true, true]), None);
    }

    #[test]
    fn scores_of_a_small_forecast() {
        assert!((brier(&[0.8, 0.1], &[true, false]) - 0.025).abs() < 1e-15);
        assert_eq!(bias(&[1.0, 2.0], &[2.0, 2.0]), Some(-0.25));
        assert_eq!(mean_absolute_error(&[1.0, 2.0], &[2.0, 0.0]), 1.5);
        assert!((mean_log_score(&[0.5, 0.25]) - 0.125_f64.ln() / 2.0).abs() < 1e-15);
    }
}
