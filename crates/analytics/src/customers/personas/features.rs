//! Customers as rows of features, and the scale on which their distances mean something.

use super::PersonasError;

/// How a feature is spread, and so what is done to it before distances are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// As it is; any number.
    Plain,
    /// Money, counts and times from 0, many small and a few large: ln(1 + x / u), where u is the 10 % quantile of the values above
    /// 0. A ratio of the feature itself, u makes the unit of x drop out.
    Log,
    /// A share from 0 to 1: arcsin of its root, which spreads the ends and, unlike a logit, has a value at 0 and 1.
    Share,
}

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The caller's name; used in messages only.
    pub name: String,
    /// What is done to it.
    pub scale: Scale,
}

/// Customers, one row each.
#[derive(Clone, Copy, Debug)]
pub struct Customers<'a> {
    /// The columns.
    pub features: &'a [Feature],
    /// Row after row, a value for each feature; NaN where it is not known.
    pub values: &'a [f64],
    /// A number for each row that tells customers apart and stays with them; what is drawn at random hangs on it and not on the
    /// order of rows.
    pub keys: &'a [u64],
    /// How much each row counts against others, from 0; all alike when absent. Only ratios matter.
    pub weights: Option<&'a [f64]>,
}

/// A feature that is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dropped {
    /// Its index.
    pub feature: usize,
    /// Why.
    pub reason: DroppedReason,
}

/// Why a feature is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DroppedReason {
    /// All known values drawn are the same.
    Constant,
    /// No value drawn is known.
    Unknown,
}

/// The largest number that is taken, so that no square and no sum overflows.
const LARGEST: f64 = 1e150;

impl<'a> Customers<'a> {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn row(&self, row: usize) -> &'a [f64] {
        &self.values[row * self.features.len()..(row + 1) * self.features.len()]
    }

    pub(super) fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }

    /// # Errors
    /// Lengths that contradict each other, the first value that its scale does not know, the first weight that is none.
    pub(super) fn check(&self) -> Result<(), PersonasError> {
        let width = self.features.len();
        let weights = self.weights.map_or(self.len(), <[f64]>::len);
        if self.len().checked_mul(width) != Some(self.values.len()) || weights != self.len() {
            return Err(PersonasError::Lengths {
                values: self.values.len(),
                keys: self.len(),
                features: width,
                weights,
            });
        }
        if let Some(weights) = self.weights
            && let Some(row) = weights.iter().position(|weight| !(0.0..=LARGEST).contains(weight))
        {
            return Err(PersonasError::Weight { row });
        }
        if width == 0 {
            return Err(PersonasError::NoFeatures);
        }
        for (row, values) in self.values.chunks_exact(width).enumerate() {
            for (feature, &value) in self.features.iter().zip(values) {
                if !value.is_nan() && !feature.scale.knows(value) {
                    let feature = feature.name.clone();
                    return Err(PersonasError::Value { row, feature, value });
                }
            }
        }
        Ok(())
    }
}

impl Scale {
    fn knows(self, value: f64) -> bool {
        match self {
            Scale::Plain => value.abs() <= LARGEST,
            Scale::Log => (0.0..=LARGEST).contains(&value),
            // Shares that were added up may miss 1 by a rounding.
            Scale::Share => (-1e-9..=1.0 + 1e-9).contains(&value),
        }
    }
}

/// Standardised values farther from the median than this are drawn in: one order of a million must not make a group of its own.
const FARTHEST: f64 = 6.0;

/// Share of the values above 0 below which the unit of a [`Scale::Log`] feature lies.
const UNIT_QUANTILE: f64 = 0.1;

/// Distance between the quartiles of a normal distribution, in standard deviations.
const NORMAL_QUARTILES: f64 = 1.348_979_500_392_163_3;

/// A feature's scale with the numbers found for it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standardised {
    /// Index of the feature.
    pub feature: usize,
    /// What is done first.
    pub scale: Scale,
    /// What a [`Scale::Log`] feature is divided by, in its unit; 1 for others.
    pub unit: f64,
    /// Median on the scale.
    pub centre: f64,
    /// What a standard deviation would be without the tails, on the scale.
    pub spread: f64,
}

impl Standardised {
    /// Finds median and spread of a feature from its known values with their weights, which are sorted.
    ///
    /// The spread is the distance between the quartiles in units of a normal distribution's, or half the standard deviation of
    /// values drawn in to the 1 % and 99 % quantiles, where that is larger: a feature that is 0 for most has no quartiles.
    pub(super) fn find(feature: usize, scale: Scale, known: &mut [(f64, f64)]) -> Result<Standardised, DroppedReason> {
        known.sort_unstable_by(|left, right| left.0.total_cmp(&right.0).then(left.1.total_cmp(&right.1)));
        let (Some(first), Some(last)) = (known.first(), known.last()) else {
            return Err(DroppedReason::Unknown);
        };
        if first.0 == last.0 {
            return Err(DroppedReason::Constant);
        }
        let unit = match scale {
            Scale::Log => {
                let above_0 = known.partition_point(|it| it.0 <= 0.0);
                quantile(&known[above_0..], UNIT_QUANTILE).max(1.0 / LARGEST)
            }
            _ => 1.0,
        };
        let mut found = Standardised {
            feature,
            scale,
            unit,
            centre: 0.0,
            spread: 1.0,
        };
        for (value, _) in known.iter_mut() {
            *value = found.on_scale(*value);
        }
        found.centre = quantile(known, 0.5);
        let quartiles = (quantile(known, 0.75) - quantile(known, 0.25)) / NORMAL_QUARTILES;
        let drawn_in = deviation(known, quantile(known, 0.01), quantile(known, 0.99));
        found.spread = quartiles.max(0.5 * drawn_in);
        if found.spread <= 0.0 {
            found.spread = deviation(known, f64::NEG_INFINITY, f64::INFINITY);
        }
        if found.spread > 0.0 {
            Ok(found)
        } else {
            Err(DroppedReason::Constant)
        }
    }

    fn on_scale(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Plain => value,
            Scale::Log => (value / self.unit).ln_1p(),
            Scale::Share => value.clamp(0.0, 1.0).sqrt().asin(),
        }
    }

    /// Distance from the median in units of the spread, at most 6; 0 for a value that is not known, which so counts as the median.
    pub fn standardise(&self, value: f64) -> f64 {
        if value.is_nan() {
            return 0.0;
        }
        ((self.on_scale(value) - self.centre) / self.spread).clamp(-FARTHEST, FARTHEST)
    }
}

/// Standard deviation of weighted values drawn in to the bounds.
fn deviation(known: &[(f64, f64)], low: f64, high: f64) -> f64 {
    let total: f64 = known.iter().map(|it| it.1).sum();
    let mean = known.iter().map(|it| it.1 * it.0.clamp(low, high)).sum::<f64>() / total;
    let squares = known.iter().map(|it| it.1 * (it.0.clamp(low, high) - mean).powi(2));
    (squares.sum::<f64>() / total).sqrt()
}

/// The smallest of sorted weighted values that at least a share `at` of the weight does not exceed; the mean with the next one when it
/// is exactly that share (type 2 of Hyndman & Fan 1996). NaN without a value.
pub(super) fn quantile(sorted: &[(f64, f64)], at: f64) -> f64 {
    let target = at * sorted.iter().map(|it| it.1).sum::<f64>();
    let mut below = 0.0;
    for (place, &(value, weight)) in sorted.iter().enumerate() {
        below += weight;
        if below == target
            && let Some(next) = sorted.get(place + 1)
        {
            return 0.5 * (value + next.0);
        }
        if below >= target {
            return value;
        }
    }
    sorted.last().map_or(f64::NAN, |it| it.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighted(values: &[f64]) -> Vec<(f64, f64)> {
        values.iter().map(|value| (*value, 1.0)).collect()
    }

    #[test]
    fn quantiles_of_weighted_values() {
        assert_eq!(quantile(&weighted(&[1.0, 2.0, 3.0, 4.0]), 0.5), 2.5);
        assert_eq!(quantile(&weighted(&[1.0, 2.0, 3.0]), 0.5), 2.0);
        assert_eq!(quantile(&[(1.0, 1.0), (5.0, 3.0)], 0.5), 5.0);
        assert!(quantile(&[], 0.5).is_nan());
    }

    #[test]
    fn the_unit_of_a_log_feature_drops_out() {
        let euros: Vec<f64> = (0..200).map(|it| f64::from(it * it)).collect();
        let cents: Vec<f64> = euros.iter().map(|it| it * 100.0).collect();
        let find = |values: &[f64]| Standardised::find(0, Scale::Log, &mut weighted(values)).expect("a scale");
        let (in_euros, in_cents) = (find(&euros), find(&cents));
        for (euros, cents) in euros.iter().zip(&cents) {
            assert!((in_euros.standardise(*euros) - in_cents.standardise(*cents)).abs() < 1e-12);
        }
    }

    #[test]
    fn a_feature_that_is_0_for_most_still_has_a_spread() {
        let mut values = vec![0.0; 90];
        values.extend([0.4; 10]);
        let found = Standardised::find(0, Scale::Share, &mut weighted(&values)).expect("a scale");
        assert_eq!(found.standardise(0.0), 0.0);
        assert!((2.0..=FARTHEST).contains(&found.standardise(0.4)));
        assert_eq!(found.standardise(f64::NAN), 0.0);
        values.fill(0.2);
        assert_eq!(
            Standardised::find(0, Scale::Share, &mut weighted(&values)),
            Err(DroppedReason::Constant)
        );
    }
}
