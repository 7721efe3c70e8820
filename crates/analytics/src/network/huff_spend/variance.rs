//! How far store effects spread: restricted maximum likelihood on the quadratic that the quasi likelihood is near its maximum.
//!
//! With A the information on the effects that the shared parameters leave, and b = A u at the effects that no prior shrinks, effects under
//! variance s are u = (A + I / s)^-1 b, and s solves s = u'u / (stores - trace (A + I / s)^-1 / s): Schall (1991), "Estimation in
//! generalized linear models with random effects", whose iteration creeps where s is small, so the root is searched for instead.

use super::model::dot;
use crate::numeric::Symmetric;

/// Standard deviations outside are not told from these: 0.1 %, and a factor of e^5.
pub(super) const LEAST_DEVIATION: f64 = 1e-3;
const MOST_DEVIATION: f64 = 5.0;

/// The variance that fits; 0 when the effects spread no more than chance alone would make them. None when `information` is not positive.
pub(super) fn fitted_variance(information: &Symmetric, pull: &[f64]) -> Option<f64> {
    let excess = |log: f64| excess(information, pull, log.exp());
    let (mut low, mut high) = (2.0 * LEAST_DEVIATION.ln(), 2.0 * MOST_DEVIATION.ln());
    let (mut at_low, mut at_high) = (excess(low)?, excess(high)?);
    if at_low <= 0.0 {
        return Some(0.0);
    }
    if at_high >= 0.0 {
        return Some(high.exp());
    }
    // The secant with the Illinois correction: an end that stays counts half.
    for _ in 0..100 {
        let middle = (low * at_high - high * at_low) / (at_high - at_low);
        let here = excess(middle)?;
        if here.abs() < 1e-7 || high - low < 1e-7 {
            return Some(middle.exp());
        }
        if here > 0.0 {
            (low, at_low) = (middle, here);
            at_high *= 0.5;
        } else {
            (high, at_high) = (middle, here);
            at_low *= 0.5;
        }
    }
    Some((0.5 * (low + high)).exp())
}

/// How much the effects' squares under this variance exceed what it makes them expect, as a share of the latter.
fn excess(information: &Symmetric, pull: &[f64], variance: f64) -> Option<f64> {
    let size = information.size();
    let mut scaled = Symmetric::zeros(size);
    for row in 0..size {
        for column in 0..=row {
            let own = f64::from(u8::from(row == column));
            scaled.add(row, column, own + variance * information.get(row, column));
        }
    }
    let inverse = inverse_lower(&scaled.cholesky()?, size);
    let trace = dot(&inverse, &inverse);
    // (I + s A)^-1 b: once through the factor's inverse and once back.
    let mut effects = vec![0.0; size];
    for (row, line) in inverse.chunks_exact(size).enumerate() {
        let through = dot(&line[..=row], &pull[..=row]);
        effects
            .iter_mut()
            .zip(&line[..=row])
            .for_each(|(effect, element)| *effect += through * element);
    }
    Some(variance * dot(&effects, &effects) / (size as f64 - trace) - 1.0)
}

/// Inverse of a lower triangle, row by row.
fn inverse_lower(lower: &[f64], size: usize) -> Vec<f64> {
    let mut inverse = vec![0.0; size * size];
    for row in 0..size {
        let (above, rest) = inverse.split_at_mut(row * size);
        let own = &mut rest[..size];
        let pivot = lower[row * size + row];
        for (column, line) in above.chunks_exact(size).enumerate() {
            let factor = lower[row * size + column] / pivot;
            own[..=column]
                .iter_mut()
                .zip(line)
                .for_each(|(own, above)| *own -= factor * above);
        }
        own[row] = 1.0 / pivot;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Independent stores with information `a` each: the root is known, mean of b^2 / a^2 minus 1 / a.
    #[test]
    fn equal_stores_give_the_moment_estimate() {
        let size = 50;
        let mut information = Symmetric::zeros(size);
        (0..size).for_each(|store| information.add(store, store, 40.0));
        let free: Vec<f64> = (0..size).map(|store| 0.8 * (store as f64 * 1.7).sin()).collect();
        let pull: Vec<f64> = free.iter().map(|effect| 40.0 * effect).collect();
        let expected = dot(&free, &free) / size as f64 - 1.0 / 40.0;
        let found = fitted_variance(&information, &pull).expect("positive information");
        assert!((found / expected - 1.0).abs() < 1e-6, "{found} {expected}");
    }

    #[test]
    fn effects_within_chance_have_no_variance() {
        let mut information = Symmetric::zeros(3);
        (0..3).for_each(|store| information.add(store, store, 40.0));
        assert_eq!(fitted_variance(&information, &[1.0, -2.0, 1.0]), Some(0.0));
    }
}
