//! Class breaks: rounded, few, and the same from month to month.

use crate::map::MapError;

/// How the breaks came about; the legend prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Steps 1, 3, 10, 30 … of the data's order of magnitude.
    OneThreeTen,
    /// Equal rounded steps, for values within one order of magnitude (a basket, a share).
    EvenSteps,
    /// Steps 1, 3, 10 on both sides of a middle class round 0.
    Difference,
    /// Breaks that the caller gave.
    Given,
}

/// The limits between classes, ascending: `n` limits make `n + 1` classes, 5 to 7 in all.
///
/// A value on a limit belongs to the class above it. Breaks are computed once and given to every map that is to be
/// compared: they are input to a drawing, not part of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Breaks {
    limits: Vec<f64>,
    method: Method,
}

/// Limits of a full ladder: seven classes.
const MOST_LIMITS: usize = 6;
/// Limits that are kept at least: five classes.
const FEWEST_LIMITS: usize = 4;
/// Below this ratio of the 98 % to the 2 % quantile, 1-3-10 steps would throw nearly all cells into one class.
const NARROW_RATIO: f64 = 8.0;

impl Breaks {
    /// Breaks for values of one sign (revenue, orders, customers, a basket, a share).
    ///
    /// The steps 1-3-10 depend on the data only through the order of magnitude of their 98 % quantile (and low steps
    /// that no value reaches are left away), so two months get the same breaks unless they differ tenfold. Values
    /// within a factor of eight get equal rounded steps instead. Values that are not finite or not above 0 do not
    /// count; without any, the ladder is that of order of magnitude 0.
    ///
    /// ```
    /// use chalandise_chart::map::Breaks;
    /// let breaks = Breaks::sequence(&[12_000.0, 150_000.0, 900_000.0, 2_400_000.0]);
    /// assert_eq!(breaks.limits(), [1e4, 3e4, 1e5, 3e5, 1e6, 3e6]);
    /// ```
    #[must_use]
    pub fn sequence(values: &[f64]) -> Self {
        let positive = sorted(values.iter().copied().filter(|value| *value > 0.0));
        let (low, high) = (quantile(&positive, 0.02), quantile(&positive, 0.98));
        if positive.len() >= 2 && high / low < NARROW_RATIO && high > low {
            return Self {
                limits: even_steps(low, high),
                method: Method::EvenSteps,
            };
        }
        let exponent = order_of_magnitude(high);
        let mut limits: Vec<f64> = (exponent - 2..=exponent)
            .flat_map(|e| [power_of_ten(1.0, e), power_of_ten(3.0, e)])
            .collect();
        let smallest = positive.first().copied().unwrap_or(0.0);
        while limits.len() > FEWEST_LIMITS && limits[1] <= smallest {
            limits.remove(0);
        }
        Self {
            limits,
            method: Method::OneThreeTen,
        }
    }

    /// Breaks for differences: three classes below 0, three above, one in the middle that straddles it. The outermost limit is the
    /// highest step 1-3-10 that 2 % of the sizes reach: maps of the same data zoomed in and out differ by whole steps.
    ///
    /// ```
    /// use chalandise_chart::map::Breaks;
    /// assert_eq!(Breaks::difference(&[-0.4, 0.02, 0.15]).limits(), [-0.3, -0.1, -0.03, 0.03, 0.1, 0.3]);
    /// ```
    #[must_use]
    pub fn difference(values: &[f64]) -> Self {
        let sizes = sorted(values.iter().map(|value| value.abs()).filter(|size| *size > 0.0));
        let high = quantile(&sizes, 0.98);
        let exponent = order_of_magnitude(high);
        let step = |digit: f64, back: i32| power_of_ten(digit, exponent - back);
        let steps = if step(3.0, 0) <= high {
            [step(3.0, 1), step(1.0, 0), step(3.0, 0)]
        } else {
            [step(1.0, 1), step(3.0, 1), step(1.0, 0)]
        };
        let limits = steps.iter().rev().map(|step| -step).chain(steps).collect();
        Self {
            limits,
            method: Method::Difference,
        }
    }

    /// Breaks that the caller chose: 4 to 6 of them, ascending.
    ///
    /// # Errors
    /// [`MapError::Breaks`] when their number is another, or one is not finite or not above the one before.
    pub fn given(limits: Vec<f64>) -> Result<Self, MapError> {
        let ascending = limits.windows(2).all(|pair| pair[0] < pair[1]);
        let counted = (FEWEST_LIMITS..=MOST_LIMITS).contains(&limits.len());
        if !ascending || !counted || limits.iter().any(|limit| !limit.is_finite()) {
            return Err(MapError::Breaks { limits });
        }
        Ok(Self {
            limits,
            method: Method::Given,
        })
    }

    /// The limits between the classes, ascending.
    #[must_use]
    pub fn limits(&self) -> &[f64] {
        &self.limits
    }

    /// How the breaks came about.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.limits.len() + 1
    }

    /// The class of a value, from 0; a value that is not a number has none.
    #[must_use]
    pub fn class_of(&self, value: f64) -> Option<usize> {
        (!value.is_nan()).then(|| self.limits.partition_point(|limit| *limit <= value))
    }

    /// The colour of a class, 1 to 7: fewer classes than 7 are spread over the whole ramp.
    pub(crate) fn colour_of(&self, class: usize) -> usize {
        1 + (class * 6 + (self.classes() - 1) / 2) / (self.classes() - 1)
    }

    /// The edges of the histogram's bins inside a class: `bins + 1` values; the outer classes are as wide as their
    /// neighbours' step suggests.
    pub(crate) fn bin_edges(&self, class: usize, bins: usize) -> Vec<f64> {
        let last = self.limits.len() - 1;
        let geometric = self.limits[0] > 0.0 && self.method != Method::EvenSteps;
        let step = |from: f64, to: f64| if geometric { to / from } else { to - from };
        let ahead = |from: f64, step: f64| if geometric { from * step } else { from + step };
        let back = |from: f64, step: f64| if geometric { from / step } else { from - step };
        let low = match class {
            0 => back(self.limits[0], step(self.limits[0], self.limits[1])),
            _ => self.limits[class - 1],
        };
        let high = match self.limits.get(class) {
            Some(limit) => *limit,
            None => ahead(self.limits[last], step(self.limits[last - 1], self.limits[last])),
        };
        (0..=bins)
            .map(|bin| {
                let part = bin as f64 / bins as f64;
                if geometric {
                    low * (high / low).powf(part)
                } else {
                    low + (high - low) * part
                }
            })
            .collect()
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which a share of the sorted values lies (nearest rank); 1 when there is none.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(1.0)
}

/// The exponent of the largest power of ten that is not above the value.
fn order_of_magnitude(value: f64) -> i32 {
    let exponent = value.log10().floor().clamp(-300.0, 300.0) as i32;
    // The logarithm may round across a power of ten: 1000 must have 3.
    if power_of_ten(1.0, exponent + 1) <= value {
        exponent + 1
    } else {
        exponent
    }
}

/// `digit` times a power of ten, rounded once, so that 0.3 is the same number as in a text.
fn power_of_ten(digit: f64, exponent: i32) -> f64 {
    if exponent < 0 {
        digit / 10_f64.powi(-exponent)
    } else {
        digit * 10_f64.powi(exponent)
    }
}

/// Six limits at multiples of a rounded step (1, 2, 2.5 or 5 times a power of ten) that cover `low` to `high`.
fn even_steps(low: f64, high: f64) -> Vec<f64> {
    let wanted = (high - low) / MOST_LIMITS as f64;
    let exponent = order_of_magnitude(wanted);
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .into_iter()
        .map(|digit| power_of_ten(digit, exponent))
        .find(|step| *step >= wanted * 0.999)
        .unwrap_or(wanted);
    let first = (low / step).floor() + 1.0;
    (0..MOST_LIMITS).map(|index| (first + index as f64) * step).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn months_of_one_order_of_magnitude_share_their_breaks() {
        let january = Breaks::sequence(&[3_000.0, 40_000.0, 800_000.0, 1_100_000.0]);
        let july = Breaks::sequence(&[3_500.0, 90_000.0, 2_000_000.0, 9_900_000.0]);
        assert_eq!(january, july);
    }

    #[test]
    fn values_within_one_order_of_magnitude_get_even_steps() {
        let breaks = Breaks::sequence(&[182.0, 205.0, 236.0, 241.0, 260.0, 301.0]);
        assert_eq!(breaks.method(), Method::EvenSteps);
        assert_eq!(breaks.limits(), [200.0, 220.0, 240.0, 260.0, 280.0, 300.0]);
    }

    #[test]
    fn steps_below_every_value_are_left_away_down_to_five_classes() {
        let breaks = Breaks::sequence(&[11.0, 40.0, 900.0]);
        assert_eq!(breaks.limits(), [10.0, 30.0, 100.0, 300.0]);
        assert_eq!(
            (0..5).map(|class| breaks.colour_of(class)).collect::<Vec<_>>(),
            [1, 3, 4, 6, 7]
        );
    }

    #[test]
    fn nothing_to_class_still_gives_breaks() {
        assert_eq!(Breaks::sequence(&[]).classes(), 7);
        assert_eq!(Breaks::sequence(&[f64::NAN, -3.0, 0.0]).classes(), 7);
        assert_eq!(Breaks::difference(&[0.0]).classes(), 7);
    }

    #[test]
    fn given_breaks_are_checked() {
        assert!(Breaks::given(vec![1.0, 2.0, 3.0, 4.0]).is_ok());
        assert!(Breaks::given(vec![1.0, 2.0, 2.0, 4.0]).is_err());
        assert!(Breaks::given(vec![1.0, 2.0, 3.0]).is_err());
        assert!(Breaks::given(vec![1.0, 2.0, 3.0, f64::INFINITY]).is_err());
    }

    proptest! {
        #[test]
        fn breaks_ascend_and_class_every_number(values in proptest::collection::vec(-1e12f64..1e12, 0..60), probe: f64) {
            for breaks in [Breaks::sequence(&values), Breaks::difference(&values)] {
                prop_assert!(breaks.limits().windows(2).all(|pair| pair[0] < pair[1]));
                prop_assert!((5..=7).contains(&breaks.classes()));
                if let Some(class) = breaks.class_of(probe) {
                    prop_assert!(class < breaks.classes());
                    prop_assert!(class == 0 || breaks.limits()[class - 1] <= probe);
                    prop_assert!(class + 1 == breaks.classes() || probe < breaks.limits()[class]);
                }
            }
        }
    }
}
