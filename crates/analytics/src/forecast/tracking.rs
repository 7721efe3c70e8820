//! Repeat purchases of all customers over time, as expected and as observed: the curve by which a purchase model is judged by eye.
//!
//! Fader, Hardie & Lee (2005), "'Counting your customers' the easy way": customers bring repeat purchases from their first
//! purchase on, so the expectation for all is that of one new customer, shifted to each first purchase, times those who came then.

use crate::purchase::PurchaseModel;

/// Expected repeat purchases of all customers until each of `ends`, in the order of `ends`.
///
/// `births` are (time of the first purchase, customers who made it); a customer counts from his first purchase on, not before. Times
/// stand in the unit of the model, from any zero. Where they are whole numbers, as days are, each difference costs one expectation
/// however many pairs share it; else each pair costs one.
pub fn expected_cumulative(model: &impl PurchaseModel, births: &[(f64, f64)], ends: &[f64]) -> Vec<f64> {
    let mut by_age = ByAge {
        model,
        whole: Vec::new(),
    };
    let until = |end: &f64| {
        let came = births.iter().filter(|(birth, _)| birth < end);
        came.map(|(birth, customers)| customers * by_age.expected(end - birth))
            .sum()
    };
    ends.iter().map(until).collect()
}

/// Observed repeat purchases until each of `ends`, in the order of `ends`. `repeats` are (time, purchases then), in any order; those
/// at an end count.
pub fn observed_cumulative(repeats: &[(f64, f64)], ends: &[f64]) -> Vec<f64> {
    let mut repeats = repeats.to_vec();
    repeats.sort_by(|left, right| left.0.total_cmp(&right.0));
    let mut sums = Vec::with_capacity(repeats.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for (_, purchases) in &repeats {
        sum += purchases;
        sums.push(sum);
    }
    let until = |end: &f64| sums[repeats.partition_point(|(time, _)| time <= end)];
    ends.iter().map(until).collect()
}

/// What each period adds to a cumulative curve; the first what it begins with.
pub fn increments(cumulative: &[f64]) -> Vec<f64> {
    let mut before = 0.0;
    let added = cumulative.iter().map(|now| now - std::mem::replace(&mut before, *now));
    added.collect()
}

/// Expectations at older ages are not kept: 27 centuries, where times are days.
const OLDEST_KEPT: f64 = 1e6;

/// Expected repeat purchases of a customer by the time since his first, those for whole times kept.
struct ByAge<'a, M> {
    model: &'a M,
    whole: Vec<Option<f64>>,
}

impl<M: PurchaseModel> ByAge<'_, M> {
    fn expected(&mut self, age: f64) -> f64 {
        if age.fract() != 0.0 || age > OLDEST_KEPT {
            return self.model.expected_of_new(age);
        }
        let place = age as usize;
        if place >= self.whole.len() {
            self.whole.resize(place + 1, None);
        }
        *self.whole[place].get_or_insert_with(|| self.model.expected_of_new(age))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::purchase::pareto_nbd::ParetoNbd;

    /// A new customer is expected to buy 2 t / (4 + t) times within t.
    const MODEL: ParetoNbd = ParetoNbd {
        r: 1.0,
        alpha: 2.0,
        s: 2.0,
        beta: 4.0,
    };

    #[test]
    fn customers_count_from_their_first_purchase_on() {
        let found = expected_cumulative(
            &MODEL,
            &[(100.0, 10.0), (108.0, 4.0)],
            &[112.0, 99.0, 100.0, 104.0, 108.0],
        );
        // After 4: 1 each; after 8: 4/3; after 12: 3/2.
        for (found, expected) in found.iter().zip([15.0 + 4.0, 0.0, 0.0, 10.0, 40.0 / 3.0]) {
            assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
        }
        assert_eq!(expected_cumulative(&MODEL, &[], &[1.0]), [0.0]);
    }

    #[test]
    fn repeats_at_an_end_count() {
        let repeats = [(5.0, 2.0), (3.0, 1.0), (9.0, 4.0), (3.0, 1.0)];
        let ends = [2.0, 3.0, 8.9, 9.0, 4.0];
        assert_eq!(observed_cumulative(&repeats, &ends), [0.0, 2.0, 4.0, 8.0, 2.0]);
        assert_eq!(increments(&[2.0, 4.0, 8.0]), [2.0, 2.0, 4.0]);
    }

    proptest! {
        #[test]
        fn kept_expectations_are_the_models(
            births in prop::collection::vec((0_u32..400, 1_u32..50), 0..30),
            ends in prop::collection::vec(0_u32..500, 0..12),
            // Whole times, and others.
            parts in prop_oneof![Just(1.0), Just(3.0)],
        ) {
            let births: Vec<_> = births.iter().map(|(day, count)| (f64::from(*day) / parts, f64::from(*count))).collect();
            let ends: Vec<_> = ends.iter().map(|day| f64::from(*day) / parts).collect();
            let found = expected_cumulative(&MODEL, &births, &ends);
            for (found, end) in found.iter().zip(&ends) {
                let mut expected = 0.0;
                for (birth, customers) in &births {
                    expected += customers * MODEL.expected_of_new((end - birth).max(0.0));
                }
                prop_assert!((found - expected).abs() <= 1e-12 * expected.max(1.0), "{found} is not {expected}");
            }
        }
    }
}
