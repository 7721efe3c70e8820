//! How good a forecast was, once the outcome is known.

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

#[cfg(test)]
mod tests {
    use super::*;

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
