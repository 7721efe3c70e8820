//! Associations: exact on examples that can be counted by hand, silent on independent categories, not on planted ones.

use chalandise_analytics::customers::association::{
    Association, AssociationError, Baskets, NextPurchases, Purchase, fisher_exact,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn pair(pairs: &[Association], from: u32, to: u32) -> Association {
    let found = pairs.iter().find(|pair| (pair.from, pair.to) == (from, to));
    *found.unwrap_or_else(|| panic!("{from} -> {to} is missing"))
}

#[test]
fn baskets_counted_by_hand() {
    // 1: sofa, cushion; 2: sofa, cushion, lamp; 3: sofa; 4: lamp, lamp; 5: lamp, cushion; 6: sofa, cushion.
    let rows = [
        (6, 1),
        (1, 0),
        (2, 0),
        (2, 1),
        (2, 2),
        (3, 0),
        (4, 2),
        (4, 2),
        (5, 2),
        (5, 1),
        (1, 1),
        (6, 0),
    ];
    let baskets = Baskets::count(&rows, 4).expect("good rows");
    assert_eq!(baskets.total(), 6);
    assert_eq!([0, 1, 2, 3, 9].map(|category| baskets.with(category)), [4, 4, 3, 0, 0]);

    let pairs = baskets.associations(1);
    assert_eq!(pairs.len(), 6);
    let found = pair(&pairs, 0, 1);
    assert_eq!((found.together, found.cases), (3, 3));
    assert_eq!(found.support(), 0.5);
    assert_eq!(found.confidence(), 0.75);
    assert_eq!(found.base_rate(), 4.0 / 6.0);
    assert_eq!(found.lift(), 1.125);
    let variance: f64 = 1.0 / 3.0 - 0.25 - 0.25 + (2.0 * 1.125 - 1.0) / 6.0;
    assert!((found.log_lift_error - variance.sqrt()).abs() < 1e-15);
    let (low, high) = found.lift_interval();
    assert!((low * high - 1.125 * 1.125).abs() < 1e-12 && low < 1.125);
    // 2, 3 or 4 of 6 with probabilities 6/15, 8/15, 1/15: none is more probable than 3.
    assert_eq!(found.p_value, 1.0);

    // Sofa and lamp: 0 of at least 1, so 1, 2 or 3 with 4/20, 12/20, 4/20; 1 was found.
    let found = pair(&pairs, 0, 2);
    assert_eq!(found.together, 1);
    assert!((found.p_value - 0.4).abs() < 1e-12);
    assert_eq!(found.lift(), 0.5);
    let back = pair(&pairs, 2, 0);
    assert_eq!((back.with_from, back.with_to, back.lift()), (3, 4, 0.5));
    assert_eq!(back.confidence(), 1.0 / 3.0);

    // Three tests: 0.4, 1, 1.
    assert!((found.adjusted_p_value - 1.0).abs() < 1e-12);
    assert_eq!(baskets.associations(3).len(), 2);

    let mut sorted = rows;
    sorted.sort_unstable();
    assert_eq!(Baskets::count(&sorted, 4), Ok(baskets));
}

#[test]
fn rows_that_cannot_be_counted_are_named() {
    assert_eq!(
        Baskets::count(&[(1, 0), (1, 3)], 3),
        Err(AssociationError::UnknownCategory {
            row: 1,
            category: 3,
            categories: 3
        })
    );
    assert_eq!(
        Baskets::new(1_000_000),
        Err(AssociationError::TooManyCategories { categories: 1_000_000 })
    );
    assert_eq!(Baskets::count(&[], 3).expect("no rows").associations(1), []);
    assert_eq!(NextPurchases::count(&[], 3).expect("no rows").associations(1), []);
}

const CATEGORIES: u32 = 30;

/// Baskets of independent categories, the first with probability 0.02, each next one a little more; `planted` is added to half of
/// the baskets with category 3.
fn baskets(count: u64, planted: Option<u32>, seed: u64) -> Vec<(u64, u32)> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Vec::new();
    for basket in 0..count {
        let first = rows.len();
        for category in 0..CATEGORIES {
            if rng.random::<f64>() < 0.02 + 0.005 * f64::from(category) {
                rows.push((basket, category));
            }
        }
        if let Some(planted) = planted
            && rows[first..].contains(&(basket, 3))
            && rng.random::<f64>() < 0.3
        {
            rows.push((basket, planted));
        }
    }
    rows
}

#[test]
fn independent_categories_are_called_significant_as_rarely_as_stated() {
    let (mut runs_with_one, mut below_5_percent, mut tests) = (0, 0, 0);
    for seed in 0..100 {
        let pairs = Baskets::count(&baskets(3_000, None, seed), CATEGORIES as usize)
            .expect("good rows")
            .associations(1);
        runs_with_one += usize::from(pairs.iter().any(|pair| pair.is_significant(0.05)));
        below_5_percent += pairs.iter().filter(|pair| pair.p_value <= 0.05).count();
        tests += pairs.len();
    }
    // Where nothing is associated, the rate of false discoveries is that of runs with any.
    assert!(runs_with_one <= 10, "{runs_with_one} of 100");
    assert!(below_5_percent as f64 <= 0.05 * tests as f64);
}

#[test]
fn a_planted_pair_is_found_and_its_interval_holds_the_truth() {
    let counted = Baskets::count(&baskets(20_000, Some(9), 7), CATEGORIES as usize).expect("good rows");
    let pairs = counted.associations(20);
    let significant: Vec<_> = pairs.iter().filter(|pair| pair.is_significant(0.001)).collect();
    assert_eq!(significant.len(), 2, "{significant:?}");
    let found = pair(&pairs, 3, 9);
    assert!(found.is_significant(1e-6));
    // Category 9 lies in 6.5 % of baskets by itself, and is added to 30 % of the 3.5 % that have category 3.
    let confidence = 0.065 + 0.935 * 0.3;
    let base = 0.065 + 0.935 * 0.3 * 0.035;
    let (low, high) = found.lift_interval();
    assert!(low < confidence / base && confidence / base < high);
}

#[test]
fn next_purchases_counted_by_hand() {
    let bought = |customer, day, category| Purchase {
        customer,
        day,
        category,
    };
    let rows = [
        // Bed and mattress, then linen, then linen.
        bought(7, 40, 2),
        bought(7, 1, 0),
        bought(7, 1, 1),
        bought(7, 1, 1),
        bought(7, 90, 2),
        // Bed, then bed and linen.
        bought(3, 5, 0),
        bought(3, 9, 0),
        bought(3, 9, 2),
        // Once only.
        bought(4, 1, 2),
    ];
    let counted = NextPurchases::count(&rows, 3).expect("good rows");
    assert_eq!(counted.total(), 3);
    let pairs = counted.associations(1);
    let found = pair(&pairs, 0, 2);
    assert_eq!(
        (found.together, found.cases, found.with_from, found.with_to),
        (2, 2, 2, 3)
    );
    assert_eq!((found.confidence(), found.base_rate(), found.lift()), (1.0, 1.0, 1.0));
    assert_eq!(found.p_value, 1.0);
    let found = pair(&pairs, 0, 0);
    assert_eq!((found.together, found.confidence(), found.lift()), (1, 0.5, 1.5));
    let found = pair(&pairs, 2, 2);
    assert_eq!((found.together, found.with_from), (1, 1));
    assert!(pairs.iter().all(|pair| pair.to != 1), "no next day had a mattress");
    assert_eq!(counted.associations(2).len(), 1);
}

/// Customers with 2 to 12 purchase days of one or two categories; with `following`, half of the days with category 2 bring category
/// 5 to the next one.
fn purchases(customers: u64, following: bool, seed: u64) -> Vec<Purchase> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Vec::new();
    for customer in 0..customers {
        let mut after = false;
        for day in 0..rng.random_range(2..=12) {
            let mut bought: Vec<u32> = (0..rng.random_range(1..=2)).map(|_| rng.random_range(0..12)).collect();
            if after && rng.random::<f64>() < 0.5 {
                bought.push(5);
            }
            after = following && bought.contains(&2);
            rows.extend(bought.into_iter().map(|category| Purchase {
                customer,
                day,
                category,
            }));
        }
    }
    rows
}

#[test]
fn what_follows_is_found_and_chance_is_not() {
    let (mut runs_with_one, mut below_5_percent, mut tests) = (0, 0, 0);
    for seed in 0..100 {
        let pairs = NextPurchases::count(&purchases(400, false, seed), 12)
            .expect("good rows")
            .associations(11);
        runs_with_one += usize::from(pairs.iter().any(|pair| pair.is_significant(0.05)));
        below_5_percent += pairs.iter().filter(|pair| pair.p_value <= 0.05).count();
        tests += pairs.len();
    }
    assert!(runs_with_one <= 10, "{runs_with_one} of 100");
    let rate = below_5_percent as f64 / tests as f64;
    assert!((0.02..0.06).contains(&rate), "{rate}");

    let pairs = NextPurchases::count(&purchases(2_000, true, 3), 12)
        .expect("good rows")
        .associations(11);
    let found = pairs[0];
    assert_eq!((found.from, found.to), (2, 5));
    assert!(found.is_significant(1e-6) && found.lift() > 2.0, "{found:?}");
}

/// Customers who alternate between two categories of their own, drawn independently, over 12 days.
fn alternating(customers: u64, seed: u64) -> Vec<Purchase> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = Vec::new();
    for customer in 0..customers {
        let own = [rng.random_range(0..4_u32), rng.random_range(0..4_u32)];
        rows.extend((0..12).map(|day| Purchase {
            customer,
            day,
            category: own[day as usize % 2],
        }));
    }
    rows
}

#[test]
fn steps_of_one_customer_are_not_independent_cases() {
    let (mut significant, mut by_steps, mut outside, mut tests) = (0, 0, 0, 0);
    for seed in 0..100 {
        let pairs = NextPurchases::count(&alternating(300, seed), 4)
            .expect("good rows")
            .associations(1);
        for pair in &pairs {
            significant += usize::from(pair.p_value <= 0.05);
            by_steps += usize::from(fisher_exact(pair.together, pair.with_from, pair.with_to, pair.total) <= 0.05);
            let (low, high) = pair.lift_interval();
            outside += usize::from(!(low..=high).contains(&1.0));
        }
        tests += pairs.len();
    }
    let rate = |count: usize| count as f64 / tests as f64;
    assert!((0.02..0.07).contains(&rate(significant)), "{}", rate(significant));
    assert!((0.02..0.08).contains(&rate(outside)), "{}", rate(outside));
    assert!(rate(by_steps) > 0.3, "{}", rate(by_steps));
}
