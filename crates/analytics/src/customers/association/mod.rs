//! Which category is bought next to, or after, which.
//!
//! Two counts of the same shape: [`Baskets`] takes what lies in one basket, [`NextPurchases`] what a customer's next purchase day
//! brings. Each finds, for an ordered pair a -> b, support, confidence and lift (Agrawal, Imieliński & Swami 1993; Brin, Motwani,
//! Ullman & Tsur 1997) with an interval of the lift and a p-value adjusted for the number of pairs that were looked at, so that a
//! caller can leave out what chance alone brings: with 40 categories some of 780 pairs always look remarkable.
//!
//! An association is no effect: two categories go together also because one kind of customer likes both.

mod baskets;
mod fisher;
mod next_purchase;

pub use baskets::Baskets;
pub use fisher::fisher_exact;
pub use next_purchase::{NextPurchases, Purchase};

use crate::numeric::special::Z_95;
use thiserror::Error;

/// The most categories that are counted: their pairs are held in memory, 8 bytes each for baskets and 56 for next purchases.
pub const MAX_CATEGORIES: usize = 2_048;

/// Rows or a number of categories that cannot be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AssociationError {
    /// More categories than are held in memory.
    #[error("{categories} categories are more than {MAX_CATEGORIES}; group them more coarsely")]
    TooManyCategories {
        /// Categories asked for.
        categories: usize,
    },
    /// A category's index is not below the number of categories.
    #[error("row {row}: category {category} is not one of {categories}, which are numbered from 0")]
    UnknownCategory {
        /// Place of the row, from 0.
        row: usize,
        /// The index found.
        category: u32,
        /// Number of categories.
        categories: usize,
    },
}

/// An ordered pair a -> b with what was counted. The unit counted is a basket, or a purchase day that another one follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Association {
    /// Category a.
    pub from: u32,
    /// Category b.
    pub to: u32,
    /// Units with both.
    pub together: u64,
    /// Independent cases among them: the baskets themselves, or the customers whose purchase days they are.
    pub cases: u64,
    /// Units with a.
    pub with_from: u64,
    /// Units with b.
    pub with_to: u64,
    /// All units.
    pub total: u64,
    /// Standard error of ln lift.
    pub log_lift_error: f64,
    /// Probability of a pair at least this remarkable if a and b were independent, two-sided.
    pub p_value: f64,
    /// The p-value after Benjamini & Hochberg (1995): of the pairs with at most q here, a share of q is expected to be chance.
    pub adjusted_p_value: f64,
}

impl Association {
    /// Share of the units that have both, from 0 to 1.
    pub fn support(&self) -> f64 {
        self.together as f64 / self.total as f64
    }

    /// Share of the units with a that have b, from 0 to 1.
    pub fn confidence(&self) -> f64 {
        self.together as f64 / self.with_from as f64
    }

    /// Share of all units that have b, from 0 to 1: what the confidence would be if a told nothing.
    pub fn base_rate(&self) -> f64 {
        self.with_to as f64 / self.total as f64
    }

    /// How many times more often b is there with a than in general; 1 where a tells nothing.
    pub fn lift(&self) -> f64 {
        // Of the same integers in both directions, so that a -> b and b -> a of baskets tie exactly.
        (self.together as f64 * self.total as f64) / (self.with_from as f64 * self.with_to as f64)
    }

    /// The 95 % interval of the lift, symmetric in its logarithm.
    pub fn lift_interval(&self) -> (f64, f64) {
        let factor = (Z_95 * self.log_lift_error).exp();
        (self.lift() / factor, self.lift() * factor)
    }

    /// Whether the pair is more, or less, frequent than chance explains when at most a share `false_discoveries` (0.05, say) of
    /// the pairs so called may be chance.
    pub fn is_significant(&self, false_discoveries: f64) -> bool {
        self.adjusted_p_value <= false_discoveries
    }
}

/// P-values adjusted after Benjamini & Hochberg (1995), in place: the smallest rate of false discoveries at which each would count
/// as one. It holds for independent and for positively dependent tests.
pub fn benjamini_hochberg(p_values: &mut [f64]) {
    let count = p_values.len() as f64;
    let mut falling: Vec<usize> = (0..p_values.len()).collect();
    falling.sort_by(|&left, &right| p_values[right].total_cmp(&p_values[left]));
    let mut smallest = 1.0_f64;
    for (place, &index) in falling.iter().enumerate() {
        smallest = smallest.min(p_values[index] * count / (count - place as f64));
        p_values[index] = smallest;
    }
}

/// Sets the adjusted p-values of all pairs that were tested, keeps those of at least `fewest_cases` cases, and sorts by lift, highest
/// first, then by category.
fn adjusted(mut tested: Vec<Association>, fewest_cases: u64) -> Vec<Association> {
    let mut p_values: Vec<f64> = tested.iter().map(|pair| pair.p_value).collect();
    benjamini_hochberg(&mut p_values);
    for (pair, adjusted) in tested.iter_mut().zip(p_values) {
        pair.adjusted_p_value = adjusted;
    }
    tested.retain(|pair| pair.cases >= fewest_cases.max(1));
    tested.sort_by(|left, right| {
        let by_lift = right.lift().total_cmp(&left.lift());
        by_lift.then((left.from, left.to).cmp(&(right.from, right.to)))
    });
    tested
}

fn check_count(categories: usize) -> Result<(), AssociationError> {
    if categories > MAX_CATEGORIES {
        return Err(AssociationError::TooManyCategories { categories });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adjusted_as_in_the_paper() {
        // Benjamini & Hochberg (1995), section 4.1: of 15 p-values the first four stand at 0.05.
        let mut p_values = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0000,
        ];
        benjamini_hochberg(&mut p_values);
        assert_eq!(p_values.iter().filter(|&&q| q <= 0.05).count(), 4);
        assert!((p_values[0] - 0.0015).abs() < 1e-15);
        assert!((p_values[3] - 0.0095 * 15.0 / 4.0).abs() < 1e-15);
        assert!(p_values.is_sorted());
    }
}
