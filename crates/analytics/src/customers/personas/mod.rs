//! Customers grouped by value and behaviour: a few personas that a retailer can name.
//!
//! Each feature is brought to a scale on which distances mean something ([`Scale`]) and standardised by median and quartiles; unknown
//! values count as the median. A mixture of normal distributions with diagonal covariances is then fitted to a sample of the
//! customers, and every customer is given his most probable group. Customers are no mixture of normals; the groups are a summary of
//! how they differ, and [`Found::choice`] says how much better several groups are than one.
//!
//! **How many groups.** For each number from the fewest to the most, the mixture with the highest likelihood among several starts is
//! kept, one in which every group is the most probable one of at least [`Options::least_share`] of the weight going before any other.
//! Chosen is the number with the lowest Bayesian information criterion (Schwarz 1978) plus a price for each group: on many customers
//! the criterion alone finds another group in every bend of a distribution, so each one must also gain
//! [`Options::least_gain`] in mean ln likelihood, and never less than 5 in all (a criterion 10 lower, "very strong" evidence to Kass &
//! Raftery 1995). Of equals the fewer groups are taken. Numbers with a group that is too small are taken only when all have one.
//! The criterion knows normal distributions alone: a skewed feature left [`Scale::Plain`], or one with many equal values, reads as
//! groups too. [`Personas::found_again`] tells groups that chance would not move from those that it would.
//!
//! **Stable.** The sample, the starts and every sum of the fit follow the order of a hash of the customers' keys, so the order of
//! rows changes nothing. Groups are numbered by the mean of a feature that the caller names, highest first; of equals the larger
//! group is first.

mod agreement;
mod choice;
mod features;
mod gaussian;
mod profile;

pub use agreement::adjusted_rand_index;
pub use choice::{Candidate, Choice};
pub use features::{Customers, Dropped, DroppedReason, Feature, Scale, Standardised};
pub use gaussian::{Component, MAX_GROUPS};
pub use profile::{Profile, Trait};

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use thiserror::Error;

use choice::{best_of, choose};
use gaussian::{Densities, Rows};

/// The fewest rows for each group that is tried.
const ROWS_PER_GROUP: usize = 20;

/// What the search may do.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Numbers of groups that are tried; at most [`MAX_GROUPS`].
    pub groups: RangeInclusive<usize>,
    /// Share of the customers below which a group is too small to be one, from 0 to 1.
    pub least_share: f64,
    /// What one more group must gain in ln likelihood per customer: with 0.05 a group of 5 % is worth having when it makes what its
    /// customers do e times likelier.
    pub least_gain: f64,
    /// The least variance of a standardised feature within a group. Without it the customers who share one value, 0 often, would be a
    /// group of infinite density.
    pub variance_floor: f64,
    /// Customers that the mixture is fitted to; all when there are fewer.
    pub sample: usize,
    /// Starts for each number of groups.
    pub starts: usize,
    /// Of the sample and the starts.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            groups: 3..=MAX_GROUPS,
            least_share: 0.03,
            least_gain: 0.05,
            variance_floor: 0.05,
            sample: 20_000,
            starts: 20,
            seed: 1,
        }
    }
}

/// Why no groups are found.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum PersonasError {
    /// The slices contradict each other.
    #[error(
        "{values} values, {keys} keys and {weights} weights do not fit {features} features: a row has a value for each \
         feature, a key and a weight"
    )]
    Lengths {
        /// Values given.
        values: usize,
        /// Keys given, one a row.
        keys: usize,
        /// Features.
        features: usize,
        /// Weights given; as many as keys when absent.
        weights: usize,
    },
    /// A value that its scale does not know.
    #[error(
        "row {row}: {value} is no value of {feature}: at most 1e150, from 0 on a log scale, from 0 to 1 for a share, or NaN"
    )]
    Value {
        /// Place of the row, from 0.
        row: usize,
        /// Name of the feature.
        feature: String,
        /// The value.
        value: f64,
    },
    /// A weight is negative, too large or no number.
    #[error("row {row}: the weight must be a number from 0 to 1e150")]
    Weight {
        /// Place of the row, from 0.
        row: usize,
    },
    /// Too few rows with a weight.
    #[error("{rows} customers are too few for {groups} groups: {needed} are needed")]
    TooFewRows {
        /// Rows with a weight above 0.
        rows: usize,
        /// The fewest groups asked for.
        groups: usize,
        /// Rows needed for them.
        needed: usize,
    },
    /// Too few rows that differ.
    #[error("fewer than {groups} customers differ in any feature; ask for fewer groups or give other features")]
    TooFewDistinct {
        /// The fewest groups asked for.
        groups: usize,
    },
    /// No feature, or none that varies.
    #[error("no feature varies between customers; groups need at least one")]
    NoFeatures,
    /// The feature that numbers the groups is none of them.
    #[error("feature {feature} does not exist, and so cannot number the groups")]
    UnknownFeature {
        /// The index given.
        feature: usize,
    },
    /// The model was found with other features.
    #[error("{given} features were given and {expected} were there when the groups were found")]
    OtherFeatures {
        /// Number of features given.
        given: usize,
        /// Number of features of the model.
        expected: usize,
    },
    /// An option is out of its range.
    #[error("{option} is out of range: {allowed}")]
    Option {
        /// Name of the option.
        option: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
}

/// Groups of customers: all that is needed to say to which one a customer belongs.
#[derive(Clone, Debug, PartialEq)]
pub struct Personas {
    /// Features that a row has.
    pub width: usize,
    /// Those that are used, in their order.
    pub scales: Vec<Standardised>,
    /// The groups, in the order of their numbers, over the features used.
    pub components: Vec<Component>,
    /// The least variance that a group may have.
    pub variance_floor: f64,
}

/// A customer's most probable group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Membership {
    /// Its number, from 0.
    pub group: u8,
    /// The probability of it, from 0 to 1, if customers were the mixture.
    pub probability: f64,
}

/// Groups with the customers that they were found among.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The groups.
    pub personas: Personas,
    /// For each row.
    pub memberships: Vec<Membership>,
    /// For each group.
    pub profiles: Vec<Profile>,
    /// How their number was chosen.
    pub choice: Choice,
    /// Features that were not used.
    pub dropped: Vec<Dropped>,
    /// Rows that the mixture was fitted to.
    pub sampled: usize,
}

impl Options {
    fn check(&self) -> Result<(), PersonasError> {
        let wrong = |option, allowed| Err(PersonasError::Option { option, allowed });
        if *self.groups.start() == 0 || self.groups.is_empty() || *self.groups.end() > MAX_GROUPS {
            return wrong("groups", "from 1 to 8, the fewest first");
        }
        if !(0.0..1.0).contains(&self.least_share) {
            return wrong("least_share", "from 0 to below 1");
        }
        if !(self.least_gain.is_finite() && self.least_gain >= 0.0) {
            return wrong("least_gain", "a number from 0");
        }
        if !(self.variance_floor.is_finite() && self.variance_floor > 0.0) {
            return wrong("variance_floor", "a number above 0");
        }
        if self.starts == 0 {
            return wrong("starts", "at least 1");
        }
        Ok(())
    }
}

/// Finds groups among customers and numbers them by the mean of the feature `value`, highest first.
///
/// Features that do not vary in the sample, or are not known there, are dropped and reported. A million customers with ten features
/// take some seconds, most of them for the sample.
///
/// # Errors
/// Values that their scale does not know, slices or options that contradict each other, too few customers, no feature that varies.
///
/// ```
/// use chalandise_analytics::customers::personas::{Customers, Feature, Options, Scale, find};
/// let features = [("spend", Scale::Log), ("web_share", Scale::Share)]
///     .map(|(name, scale)| Feature { name: name.into(), scale });
/// // Small buyers in stores and on the web, and large ones in stores.
/// let values: Vec<f64> = (0..600)
///     .flat_map(|row| {
///         let noise = f64::from(row * 37 % 100) / 100.0;
///         [[40.0 + 40.0 * noise, 0.1 * noise], [40.0 + 40.0 * noise, 0.9 + 0.1 * noise], [900.0 + noise, 0.1 * noise]][row as usize % 3]
///     })
///     .collect();
/// let keys: Vec<u64> = (0..600).collect();
/// let customers = Customers { features: &features, values: &values, keys: &keys, weights: None };
/// let found = find(&customers, 0, &Options::default())?;
/// assert_eq!(found.profiles.len(), 3);
/// // The first group spends most, and that is what sets it apart.
/// let most = found.profiles[0].traits[0];
/// assert_eq!((most.feature, found.profiles[0].customers), (0, 200));
/// assert!(most.group_mean > 900.0 && most.others_mean < 80.0 && most.strength > 0.8);
/// # Ok::<(), chalandise_analytics::customers::personas::PersonasError>(())
/// ```
pub fn find(customers: &Customers<'_>, value: usize, options: &Options) -> Result<Found, PersonasError> {
    options.check()?;
    customers.check()?;
    if value >= customers.features.len() {
        return Err(PersonasError::UnknownFeature { feature: value });
    }
    let sample = sample(customers, options)?;
    let (scales, dropped) = scales(customers, &sample);
    if scales.is_empty() {
        return Err(PersonasError::NoFeatures);
    }
    let rows = standardised(customers, &scales, &sample);
    let (mixture, choice) = choose(&rows, options)?;
    let mut personas = Personas {
        width: customers.features.len(),
        scales,
        components: mixture.components,
        variance_floor: options.variance_floor,
    };
    let mut memberships = personas.members(customers);
    personas.number(customers, value, &mut memberships);
    Ok(Found {
        profiles: profile::profiles(&personas, customers, &memberships),
        personas,
        memberships,
        choice,
        dropped,
        sampled: sample.len(),
    })
}

impl Personas {
    /// The most probable group of each customer; they need not be those that the groups were found among.
    ///
    /// # Errors
    /// Values that their scale does not know, slices that contradict each other, another number of features.
    pub fn assign(&self, customers: &Customers<'_>) -> Result<Vec<Membership>, PersonasError> {
        self.check(customers)?;
        Ok(self.members(customers))
    }

    /// What sets the groups apart among these customers.
    ///
    /// # Errors
    /// As [`assign`](Personas::assign).
    pub fn profiles(&self, customers: &Customers<'_>) -> Result<Vec<Profile>, PersonasError> {
        let memberships = self.assign(customers)?;
        Ok(profile::profiles(self, customers, &memberships))
    }

    /// How well as many groups are found again when chance sends other customers: for each of `resamples` the
    /// [`adjusted_rand_index`] between these groups and those found in a Poisson bootstrap of the sample, over the customers of
    /// the sample. Above 0.9 the groups can be relied on, below 0.6 they are one of many ways to cut.
    ///
    /// # Errors
    /// As [`find`].
    pub fn found_again(
        &self,
        customers: &Customers<'_>,
        options: &Options,
        resamples: u64,
    ) -> Result<Vec<f64>, PersonasError> {
        options.check()?;
        self.check(customers)?;
        let rows = standardised(customers, &self.scales, &sample(customers, options)?);
        let groups = self.components.len();
        let labels = |components: &[Component]| -> Vec<u8> {
            let densities = Densities::new(components);
            rows.weighted().map(|(row, _)| densities.most_probable(row).0).collect()
        };
        let before = labels(&self.components);
        (0..resamples)
            .map(|number| {
                let again = best_of(&choice::resample(&rows, options.seed, number), groups, options)
                    .ok_or(PersonasError::TooFewDistinct { groups })?;
                Ok(adjusted_rand_index(&before, &labels(&again.components)).unwrap_or(1.0))
            })
            .collect()
    }

    fn check(&self, customers: &Customers<'_>) -> Result<(), PersonasError> {
        customers.check()?;
        if customers.features.len() != self.width {
            return Err(PersonasError::OtherFeatures {
                given: customers.features.len(),
                expected: self.width,
            });
        }
        Ok(())
    }

    fn members(&self, customers: &Customers<'_>) -> Vec<Membership> {
        let densities = Densities::new(&self.components);
        let mut row = Vec::with_capacity(self.scales.len());
        (0..customers.len())
            .map(|place| {
                row.clear();
                let values = customers.row(place);
                row.extend(self.scales.iter().map(|scale| scale.standardise(values[scale.feature])));
                let (group, probability) = densities.most_probable(&row);
                Membership { group, probability }
            })
            .collect()
    }

    /// Orders the groups by the mean of a feature over their customers' known values, highest first, then by weight; groups without
    /// a known value are last.
    fn number(&mut self, customers: &Customers<'_>, value: usize, memberships: &mut [Membership]) {
        let groups = self.components.len();
        let (mut sums, mut known, mut weights) = (vec![0.0; groups], vec![0.0; groups], vec![0.0; groups]);
        for (row, membership) in memberships.iter().enumerate() {
            let (group, weight) = (usize::from(membership.group), customers.weight(row));
            weights[group] += weight;
            let value = customers.row(row)[value];
            if !value.is_nan() {
                sums[group] += weight * value;
                known[group] += weight;
            }
        }
        let mean = |group: usize| {
            if known[group] > 0.0 {
                sums[group] / known[group]
            } else {
                f64::NEG_INFINITY
            }
        };
        let mut order: Vec<usize> = (0..groups).collect();
        order.sort_by(|&left, &right| {
            let by_mean = mean(right).total_cmp(&mean(left));
            by_mean.then(weights[right].total_cmp(&weights[left]))
        });
        let mut numbers = vec![0; groups];
        for (number, &group) in order.iter().enumerate() {
            numbers[group] = number as u8;
        }
        for membership in memberships {
            membership.group = numbers[usize::from(membership.group)];
        }
        self.components = order.iter().map(|&group| self.components[group].clone()).collect();
    }
}

/// Rows with a weight that the mixture is fitted to, those with the lowest hashes of their keys, in the order of the hashes. Rows that
/// share a key are ordered by what they hold.
fn sample(customers: &Customers<'_>, options: &Options) -> Result<Vec<usize>, PersonasError> {
    let mut rows: Vec<(u64, usize)> = (0..customers.len())
        .filter(|&row| customers.weight(row) > 0.0)
        .map(|row| (hash(customers.keys[row], options.seed), row))
        .collect();
    let groups = *options.groups.start();
    let needed = ROWS_PER_GROUP * groups;
    if rows.len().min(options.sample) < needed {
        return Err(PersonasError::TooFewRows {
            rows: rows.len().min(options.sample),
            groups,
            needed,
        });
    }
    let content = |left: usize, right: usize| {
        let pairs = customers.row(left).iter().zip(customers.row(right));
        let by_values = pairs.map(|(left, right)| left.total_cmp(right)).find(|it| it.is_ne());
        by_values
            .unwrap_or(Ordering::Equal)
            .then(customers.weight(left).total_cmp(&customers.weight(right)))
    };
    let order = |left: &(u64, usize), right: &(u64, usize)| left.0.cmp(&right.0).then_with(|| content(left.1, right.1));
    if rows.len() > options.sample {
        rows.select_nth_unstable_by(options.sample, order);
        rows.truncate(options.sample);
    }
    rows.sort_unstable_by(order);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Spreads keys over all numbers, no two to the same one (the finaliser of SplitMix64, Steele, Lea & Flood 2014).
fn hash(key: u64, seed: u64) -> u64 {
    let mut bits = key.wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

fn scales(customers: &Customers<'_>, sample: &[usize]) -> (Vec<Standardised>, Vec<Dropped>) {
    let (mut scales, mut dropped) = (Vec::new(), Vec::new());
    let mut known = Vec::with_capacity(sample.len());
    for (index, feature) in customers.features.iter().enumerate() {
        known.clear();
        known.extend(
            sample
                .iter()
                .map(|&row| (customers.row(row)[index], customers.weight(row)))
                .filter(|(value, _)| !value.is_nan()),
        );
        match Standardised::find(index, feature.scale, &mut known) {
            Ok(scale) => scales.push(scale),
            Err(reason) => dropped.push(Dropped { feature: index, reason }),
        }
    }
    (scales, dropped)
}

/// The rows of the sample; their weights add up to the number of rows of one weight that would tell as much (Kish 1965), which is
/// what the criterion counts.
fn standardised(customers: &Customers<'_>, scales: &[Standardised], sample: &[usize]) -> Rows {
    let values = sample.iter().flat_map(|&row| {
        let values = customers.row(row);
        scales.iter().map(|scale| scale.standardise(values[scale.feature]))
    });
    let weights: Vec<f64> = sample.iter().map(|&row| customers.weight(row)).collect();
    // By the largest first, so that no square overflows.
    let largest = weights.iter().copied().fold(0.0, f64::max);
    let (sum, squares) = weights.iter().fold((0.0, 0.0), |(sum, squares), weight| {
        let weight = weight / largest;
        (sum + weight, squares + weight * weight)
    });
    Rows {
        width: scales.len(),
        values: values.collect(),
        weights: weights.iter().map(|weight| weight / largest * sum / squares).collect(),
    }
}
