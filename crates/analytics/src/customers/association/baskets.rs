//! Categories in one basket.

use super::{Association, AssociationError, adjusted, check_count, fisher_exact};

/// How often categories lie in a basket, and pairs of them in the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baskets {
    categories: usize,
    total: u64,
    /// Baskets with the first and the second category at `first * categories + second`, first <= second; of a category with itself
    /// the baskets that have it.
    both: Vec<u64>,
}

impl Baskets {
    /// No baskets yet; categories are numbered from 0.
    ///
    /// # Errors
    /// More than [`MAX_CATEGORIES`](super::MAX_CATEGORIES).
    pub fn new(categories: usize) -> Result<Baskets, AssociationError> {
        check_count(categories)?;
        Ok(Baskets {
            categories,
            total: 0,
            both: vec![0; categories * categories],
        })
    }

    /// Counts rows of (basket id, category), in any order; a category twice in a basket counts once. Linear in rows sorted by
    /// basket; others are copied and sorted first.
    ///
    /// # Errors
    /// Too many categories, or an index that is none of them.
    ///
    /// ```
    /// use chalandise_analytics::customers::association::Baskets;
    /// let rows = [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (4, 2)];
    /// let pairs = Baskets::count(&rows, 3)?.associations(1);
    /// let found = pairs.iter().find(|pair| (pair.from, pair.to) == (0, 1)).expect("a pair");
    /// assert_eq!((found.together, found.with_from, found.with_to, found.total), (2, 3, 2, 4));
    /// assert_eq!(found.lift(), (2.0 / 3.0) / (2.0 / 4.0));
    /// # Ok::<(), chalandise_analytics::customers::association::AssociationError>(())
    /// ```
    pub fn count(rows: &[(u64, u32)], categories: usize) -> Result<Baskets, AssociationError> {
        let mut baskets = Baskets::new(categories)?;
        if let Some(row) = rows.iter().position(|row| row.1 as usize >= categories) {
            return Err(AssociationError::UnknownCategory {
                row,
                category: rows[row].1,
                categories,
            });
        }
        if rows.is_sorted_by_key(|row| row.0) {
            baskets.add_sorted(rows);
        } else {
            let mut sorted = rows.to_vec();
            sorted.sort_unstable();
            baskets.add_sorted(&sorted);
        }
        Ok(baskets)
    }

    fn add_sorted(&mut self, rows: &[(u64, u32)]) {
        let mut within: Vec<usize> = Vec::new();
        for basket in rows.chunk_by(|left, right| left.0 == right.0) {
            within.clear();
            within.extend(basket.iter().map(|row| row.1 as usize));
            within.sort_unstable();
            within.dedup();
            self.total += 1;
            for (place, &first) in within.iter().enumerate() {
                for &second in &within[place..] {
                    self.both[first * self.categories + second] += 1;
                }
            }
        }
    }

    /// Baskets counted; one without a category is not known here.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Baskets with a category; 0 for one that is unknown.
    pub fn with(&self, category: u32) -> u64 {
        let index = category as usize;
        if index < self.categories {
            self.both[index * (self.categories + 1)]
        } else {
            0
        }
    }

    /// The pairs of different categories that at least `fewest_baskets` baskets (and at least one) have, in both directions, highest
    /// lift first.
    ///
    /// Tested, and so adjusted for, are all pairs whose categories each lie in `fewest_baskets` baskets: a choice that looks at how
    /// often each is bought, never at how often both are, or the pairs chosen would look more remarkable than they are. A pair and its
    /// reverse are one test. Baskets are taken as independent; where few customers fill many of them, count customers as baskets.
    pub fn associations(&self, fewest_baskets: u64) -> Vec<Association> {
        let common: Vec<usize> = (0..self.categories)
            .filter(|&index| self.with(index as u32) >= fewest_baskets.max(1))
            .collect();
        let mut tested = Vec::with_capacity(common.len() * common.len() / 2);
        for (place, &from) in common.iter().enumerate() {
            tested.extend(common[place + 1..].iter().map(|&to| self.pair(from, to)));
        }
        let one_way = adjusted(tested, fewest_baskets);
        let both_ways = |pair: Association| {
            let back = Association {
                from: pair.to,
                to: pair.from,
                with_from: pair.with_to,
                with_to: pair.with_from,
                ..pair
            };
            [pair, back]
        };
        one_way.into_iter().flat_map(both_ways).collect()
    }

    fn pair(&self, from: usize, to: usize) -> Association {
        let together = self.both[from * self.categories + to];
        let (with_from, with_to) = (self.with(from as u32), self.with(to as u32));
        let p_value = fisher_exact(together, with_from, with_to, self.total);
        Association {
            from: from as u32,
            to: to as u32,
            together,
            cases: together,
            with_from,
            with_to,
            total: self.total,
            log_lift_error: multinomial_error(together, with_from, with_to, self.total),
            p_value,
            adjusted_p_value: p_value,
        }
    }
}

/// Standard error of ln lift when units are independent, by the delta method on the four cells of the table.
pub(super) fn multinomial_error(together: u64, with_from: u64, with_to: u64, total: u64) -> f64 {
    let [both, a, b, n] = [together, with_from, with_to, total].map(|count| count as f64);
    let lift = both * n / (a * b);
    let variance = 1.0 / both - 1.0 / a - 1.0 / b + (2.0 * lift - 1.0) / n;
    variance.max(0.0).sqrt()
}
