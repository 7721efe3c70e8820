//! Categories of the next purchase day.

use super::baskets::multinomial_error;
use super::{Association, AssociationError, adjusted, check_count};

/// A category that a customer bought on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Purchase {
    /// Any number that tells customers apart.
    pub customer: u64,
    /// Days since any fixed day.
    pub day: i32,
    /// Index of the category, from 0.
    pub category: u32,
}

/// How often a purchase day with one category is followed by a purchase day with another.
///
/// The unit counted is a *step*: a purchase day and the same customer's next one, however many days later. Steps of one customer
/// resemble each other, so errors and tests take customers as the independent cases, not steps: sums over customers of products of
/// their counts give the variance (Liang & Zeger 1986).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextPurchases {
    categories: usize,
    /// Steps, and the sum over customers of their squares.
    total: Sums,
    /// By category a of the day.
    from: Vec<Margin>,
    /// By category b of the next day.
    to: Vec<Margin>,
    /// By a and b, at `a * categories + b`.
    pairs: Vec<Pair>,
}

/// A count and the sum over customers of its squares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sums {
    count: u64,
    squares: u64,
}

/// Steps with a category on one side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Margin {
    steps: Sums,
    /// Sum over customers of these steps times all steps.
    by_total: u64,
    customers: u64,
}

/// Steps from a to b.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Pair {
    steps: Sums,
    customers: u64,
    /// Sums over customers of products: these steps with those from a, those to b and all; those from a with those to b.
    by_from: u64,
    by_to: u64,
    by_total: u64,
    from_by_to: u64,
}

impl Sums {
    fn add(&mut self, count: u64) {
        self.count += count;
        self.squares += count * count;
    }
}

/// Counts of the customer at hand.
struct Customer {
    steps: u64,
    from: Tally,
    to: Tally,
    /// (a, b) of every step.
    pairs: Vec<(u32, u32)>,
}

/// Counts by category with the categories that have one.
struct Tally {
    counts: Vec<u64>,
    present: Vec<u32>,
}

impl Tally {
    fn new(categories: usize) -> Tally {
        Tally {
            counts: vec![0; categories],
            present: Vec::new(),
        }
    }

    fn add(&mut self, category: u32) {
        let count = &mut self.counts[category as usize];
        if *count == 0 {
            self.present.push(category);
        }
        *count += 1;
    }

    fn of(&self, category: u32) -> u64 {
        self.counts[category as usize]
    }

    fn clear(&mut self) {
        for category in self.present.drain(..) {
            self.counts[category as usize] = 0;
        }
    }
}

impl NextPurchases {
    /// Counts purchases in any order; a category twice on a day counts once. Linear in rows sorted by customer, day and category;
    /// others are copied and sorted first.
    ///
    /// # Errors
    /// Too many categories, or an index that is none of them.
    pub fn count(rows: &[Purchase], categories: usize) -> Result<NextPurchases, AssociationError> {
        check_count(categories)?;
        if let Some(row) = rows.iter().position(|row| row.category as usize >= categories) {
            return Err(AssociationError::UnknownCategory {
                row,
                category: rows[row].category,
                categories,
            });
        }
        let mut counted = NextPurchases {
            categories,
            total: Sums::default(),
            from: vec![Margin::default(); categories],
            to: vec![Margin::default(); categories],
            pairs: vec![Pair::default(); categories * categories],
        };
        if rows.is_sorted() {
            counted.add_sorted(rows);
        } else {
            let mut sorted = rows.to_vec();
            sorted.sort_unstable();
            counted.add_sorted(&sorted);
        }
        Ok(counted)
    }

    fn add_sorted(&mut self, rows: &[Purchase]) {
        let mut customer = Customer {
            steps: 0,
            from: Tally::new(self.categories),
            to: Tally::new(self.categories),
            pairs: Vec::new(),
        };
        for purchases in rows.chunk_by(|left, right| left.customer == right.customer) {
            customer.count(purchases);
            self.add(&mut customer);
        }
    }

    /// Adds a customer's counts and empties them.
    fn add(&mut self, customer: &mut Customer) {
        let all = customer.steps;
        self.total.add(all);
        for (margins, tally) in [(&mut self.from, &customer.from), (&mut self.to, &customer.to)] {
            for &category in &tally.present {
                let (margin, count) = (&mut margins[category as usize], tally.of(category));
                margin.steps.add(count);
                margin.by_total += count * all;
                margin.customers += 1;
            }
        }
        for &a in &customer.from.present {
            for &b in &customer.to.present {
                self.pairs[a as usize * self.categories + b as usize].from_by_to +=
                    customer.from.of(a) * customer.to.of(b);
            }
        }
        customer.pairs.sort_unstable();
        for same in customer.pairs.chunk_by(|left, right| left == right) {
            let ((a, b), count) = (same[0], same.len() as u64);
            let pair = &mut self.pairs[a as usize * self.categories + b as usize];
            pair.steps.add(count);
            pair.customers += 1;
            pair.by_from += count * customer.from.of(a);
            pair.by_to += count * customer.to.of(b);
            pair.by_total += count * all;
        }
        customer.steps = 0;
        customer.from.clear();
        customer.to.clear();
        customer.pairs.clear();
    }

    /// Steps counted.
    pub fn total(&self) -> u64 {
        self.total.count
    }

    /// The ordered pairs a -> b (b may be a) that at least `fewest_customers` customers (and at least one) have, highest lift first:
    /// of the purchase days with a that another followed, the [confidence](Association::confidence) is the share whose next one
    /// had b, the [base rate](Association::base_rate) that of all next ones.
    ///
    /// Tested are all pairs with `fewest_customers` customers who went from a, and as many who went to b. The test compares the
    /// steps from a to b with those expected, in units of their standard deviation: the larger of the one between customers and
    /// the one that independent steps would have, since few cases underrate the first.
    pub fn associations(&self, fewest_customers: u64) -> Vec<Association> {
        let common = |margins: &[Margin]| -> Vec<usize> {
            (0..self.categories)
                .filter(|&index| margins[index].customers >= fewest_customers.max(1))
                .collect()
        };
        let (from, to) = (common(&self.from), common(&self.to));
        let pairs = from.iter().flat_map(|&a| to.iter().map(move |&b| self.pair(a, b)));
        adjusted(pairs.collect(), fewest_customers)
    }

    fn pair(&self, a: usize, b: usize) -> Association {
        let pair = &self.pairs[a * self.categories + b];
        let (together, total) = (pair.steps.count, self.total.count);
        let (with_from, with_to) = (self.from[a].steps.count, self.to[b].steps.count);
        let (n, n_a, n_b, n_ab) = (total as f64, with_from as f64, with_to as f64, together as f64);
        let (share_a, share_b) = (n_a / n, n_b / n);

        let independent = n * share_a * share_b * (1.0 - share_a) * (1.0 - share_b);
        let between = self.sum_of_squares(a, b, [1.0, share_b, share_a, share_a * share_b]);
        let deviation = between.max(independent).sqrt();
        let distance = (n_ab - n * share_a * share_b).abs();
        let p_value = if deviation > 0.0 {
            libm::erfc(distance / deviation * std::f64::consts::FRAC_1_SQRT_2)
        } else {
            1.0
        };
        let between = self.sum_of_squares(a, b, [1.0 / n_ab, 1.0 / n_a, 1.0 / n_b, 1.0 / n]);
        Association {
            from: a as u32,
            to: b as u32,
            together,
            cases: pair.customers,
            with_from,
            with_to,
            total,
            log_lift_error: between
                .max(0.0)
                .sqrt()
                .max(multinomial_error(together, with_from, with_to, total)),
            p_value,
            adjusted_p_value: p_value,
        }
    }

    /// Sum over customers of (w_ab n_ab - w_a n_a - w_b n_b + w n)^2, where the n are the customer's steps from a to b, from a, to b
    /// and all: of their distances from what is expected, linear in the counts.
    fn sum_of_squares(&self, a: usize, b: usize, [w_ab, w_a, w_b, w]: [f64; 4]) -> f64 {
        let (pair, from, to) = (&self.pairs[a * self.categories + b], &self.from[a], &self.to[b]);
        let squares = w_ab * w_ab * pair.steps.squares as f64
            + w_a * w_a * from.steps.squares as f64
            + w_b * w_b * to.steps.squares as f64
            + w * w * self.total.squares as f64;
        let products = w_ab * w * pair.by_total as f64 + w_a * w_b * pair.from_by_to as f64
            - w_ab * w_a * pair.by_from as f64
            - w_ab * w_b * pair.by_to as f64
            - w_a * w * from.by_total as f64
            - w_b * w * to.by_total as f64;
        squares + 2.0 * products
    }
}

impl Customer {
    /// Counts the steps between the days of one customer, sorted by day and category.
    fn count(&mut self, purchases: &[Purchase]) {
        let mut days = purchases.chunk_by(|left, right| left.day == right.day);
        let Some(mut day) = days.next() else { return };
        for next in days {
            self.steps += 1;
            for a in distinct(day) {
                self.from.add(a);
            }
            for b in distinct(next) {
                self.to.add(b);
            }
            self.pairs
                .extend(distinct(day).flat_map(|a| distinct(next).map(move |b| (a, b))));
            day = next;
        }
    }
}

/// The categories of a day, each once.
fn distinct(day: &[Purchase]) -> impl Iterator<Item = u32> {
    day.chunk_by(|left, right| left.category == right.category)
        .map(|same| same[0].category)
}
