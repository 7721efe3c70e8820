//! Fisher's exact test for two categories in one basket.

use crate::numeric::special::ln_gamma;

/// Relative distance within which two probabilities count as equal, as in R's `fisher.test`.
const TIE: f64 = 1e-7;

/// Counts of the hypergeometric distribution: of `total` units `first` have a, `second` have b, and x have both.
#[derive(Clone, Copy)]
struct Hypergeometric {
    first: u64,
    second: u64,
    total: u64,
}

impl Hypergeometric {
    fn lowest(&self) -> u64 {
        (self.first + self.second).saturating_sub(self.total)
    }

    fn highest(&self) -> u64 {
        self.first.min(self.second)
    }

    fn mode(&self) -> u64 {
        let product = (u128::from(self.first) + 1) * (u128::from(self.second) + 1);
        ((product / (u128::from(self.total) + 2)) as u64).clamp(self.lowest(), self.highest())
    }

    fn ln_probability(&self, x: u64) -> f64 {
        ln_choose(self.first, x) + ln_choose(self.total - self.first, self.second - x)
            - ln_choose(self.total, self.second)
    }

    /// P(x + 1) / P(x).
    fn rise(&self, x: u64) -> f64 {
        let neither = (self.total - self.first) as f64 - (self.second - x) as f64;
        (self.first - x) as f64 * (self.second - x) as f64 / ((x + 1) as f64 * (neither + 1.0))
    }

    /// Sum of P from `x` upward, in units of P(x); the terms must fall from there on.
    fn upward(&self, x: u64) -> f64 {
        let (mut sum, mut term) = (1.0, 1.0);
        for x in x..self.highest() {
            term *= self.rise(x);
            sum += term;
            if term < f64::EPSILON * sum {
                break;
            }
        }
        sum
    }

    /// Sum of P from `x` downward, in units of P(x).
    fn downward(&self, x: u64) -> f64 {
        let (mut sum, mut term) = (1.0, 1.0);
        for x in (self.lowest()..x).rev() {
            term /= self.rise(x);
            sum += term;
            if term < f64::EPSILON * sum {
                break;
            }
        }
        sum
    }
}

fn ln_choose(n: u64, k: u64) -> f64 {
    ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0)
}

/// Two-sided p-value: of `total` units `first` have a, `second` have b and `both` have both; the probability of a `both` that is at
/// most as probable as the one found, were a and b independent given how often each is there (Fisher 1935). Exact for small counts,
/// and its cost grows only with the standard deviation of `both`, so that no other test is needed for large ones.
///
/// Counts that contradict each other (`both` above `first`, say) give 1.
///
/// ```
/// use chalandise_analytics::customers::association::fisher_exact;
/// // The lady tasting tea: of 8 cups 4 had milk first, she named 4, 3 of them rightly.
/// assert!((fisher_exact(3, 4, 4, 8) - 34.0 / 70.0).abs() < 1e-12);
/// ```
pub fn fisher_exact(both: u64, first: u64, second: u64, total: u64) -> f64 {
    let counts = Hypergeometric { first, second, total };
    if first > total || second > total || both < counts.lowest() || both > counts.highest() {
        return 1.0;
    }
    let mode = counts.mode();
    let found = counts.ln_probability(both);
    if found >= counts.ln_probability(mode) - TIE {
        return 1.0;
    }
    let as_rare = |x: u64| counts.ln_probability(x) <= found + TIE;
    let sums = if both > mode {
        let near = counts.upward(both);
        let far = last_where(counts.lowest(), mode, as_rare);
        near + far.map_or(0.0, |x| counts.downward(x) * (counts.ln_probability(x) - found).exp())
    } else {
        let near = counts.downward(both);
        // Counted from the far end, so that the search is the same in both directions.
        let far = last_where(0, counts.highest() - mode, |back| as_rare(counts.highest() - back));
        near + far.map_or(0.0, |back| {
            let x = counts.highest() - back;
            counts.upward(x) * (counts.ln_probability(x) - found).exp()
        })
    };
    (found.exp() * sums).min(1.0)
}

/// The last number from `low` to `high` for which the condition holds, when it holds first and not later; none if for none.
fn last_where(low: u64, high: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if !holds(low) {
        return None;
    }
    let (mut holding, mut failing) = (low, high + 1);
    while failing - holding > 1 {
        let middle = holding + (failing - holding) / 2;
        if holds(middle) {
            holding = middle;
        } else {
            failing = middle;
        }
    }
    Some(holding)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, term by term.
    fn by_definition(both: u64, first: u64, second: u64, total: u64) -> f64 {
        let counts = Hypergeometric { first, second, total };
        let found = counts.ln_probability(both);
        (counts.lowest()..=counts.highest())
            .map(|x| counts.ln_probability(x))
            .filter(|ln_p| *ln_p <= found + TIE)
            .map(f64::exp)
            .sum::<f64>()
            .min(1.0)
    }

    #[test]
    fn agrees_with_its_definition_at_every_count() {
        for total in [1_u64, 2, 7, 12, 40, 300] {
            let step = (total / 12).max(1) as usize;
            for first in (0..=total).step_by(step) {
                for second in (0..=total).step_by(step) {
                    for both in (first + second).saturating_sub(total)..=first.min(second) {
                        let (found, expected) = (
                            fisher_exact(both, first, second, total),
                            by_definition(both, first, second, total),
                        );
                        assert!(
                            (found - expected).abs() <= 1e-9 * expected,
                            "{both} of {first}, {second}, {total}: {found} is not {expected}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn large_counts_agree_with_the_normal_approximation() {
        let (first, second, total) = (200_000_u64, 300_000_u64, 10_000_000_u64);
        let (a, b) = (first as f64 / total as f64, second as f64 / total as f64);
        let deviation = (total as f64 * a * b * (1.0 - a) * (1.0 - b)).sqrt();
        let p = fisher_exact(6_000 + (2.0 * deviation) as u64, first, second, total);
        assert!((p - 0.0455).abs() < 0.002, "{p}");
    }
}
