//! What sets a group apart, in the units of the features.

use super::features::{Customers, Standardised, quantile};
use super::{Membership, Personas};

/// A group as it is found among customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Customers whose most probable group it is.
    pub customers: usize,
    /// Their share of the weight, from 0 to 1.
    pub share: f64,
    /// Mean probability with which they belong to it, from 0 to 1; NaN without customers.
    pub mean_probability: f64,
    /// What sets them apart, strongest first. Features of which the group or the others have no known value are left out.
    pub traits: Vec<Trait>,
}

/// How a group differs from all other customers in a feature. Means and medians are over known values, in the feature's unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trait {
    /// Index of the feature.
    pub feature: usize,
    /// Mean of the group.
    pub group_mean: f64,
    /// Median of the group.
    pub group_median: f64,
    /// Mean of all others.
    pub others_mean: f64,
    /// Distance of the means on the feature's scale, in standard deviations within group and others (Cohen 1988, d), which count no
    /// less than the model's least; above 0 where the group has more. 0.2 is small, 0.8 large. On a logarithmic scale a few large
    /// values move `group_mean` and not this: the two may differ in direction.
    pub strength: f64,
}

/// Weighted sums of a feature in a group.
#[derive(Clone, Copy, Default)]
struct Sums {
    weight: f64,
    values: f64,
    /// On the standardised scale.
    standardised: f64,
    squares: f64,
}

impl Sums {
    fn add(&mut self, value: f64, standardised: f64, weight: f64) {
        self.weight += weight;
        self.values += weight * value;
        self.standardised += weight * standardised;
        self.squares += weight * standardised * standardised;
    }

    fn plus(mut self, other: &Sums) -> Sums {
        self.weight += other.weight;
        self.values += other.values;
        self.standardised += other.standardised;
        self.squares += other.squares;
        self
    }

    /// Sum of squared distances from the mean.
    fn scatter(&self) -> f64 {
        (self.squares - self.standardised * self.standardised / self.weight).max(0.0)
    }
}

/// Profiles of all groups, in their order.
pub(super) fn profiles(personas: &Personas, customers: &Customers<'_>, memberships: &[Membership]) -> Vec<Profile> {
    let groups = personas.components.len();
    let mut profiles: Vec<Profile> = counted(groups, customers, memberships);
    for scale in &personas.scales {
        let (sums, medians) = column(scale, groups, customers, memberships);
        for (group, profile) in profiles.iter_mut().enumerate() {
            let of_others = sums.iter().enumerate().filter(|(other, _)| *other != group);
            let others = of_others.fold(Sums::default(), |all, (_, sums)| all.plus(sums));
            if sums[group].weight > 0.0 && others.weight > 0.0 {
                let floor = personas.variance_floor;
                let found = describe(scale.feature, &sums[group], &others, medians[group], floor);
                profile.traits.push(found);
            }
        }
    }
    for profile in &mut profiles {
        let traits = &mut profile.traits;
        traits.sort_by(|left, right| right.strength.abs().total_cmp(&left.strength.abs()));
    }
    profiles
}

fn describe(feature: usize, group: &Sums, others: &Sums, group_median: f64, floor: f64) -> Trait {
    let within = (group.scatter() + others.scatter()) / (group.weight + others.weight);
    let distance = group.standardised / group.weight - others.standardised / others.weight;
    Trait {
        feature,
        group_mean: group.values / group.weight,
        group_median,
        others_mean: others.values / others.weight,
        strength: distance / within.max(floor).sqrt(),
    }
}

fn counted(groups: usize, customers: &Customers<'_>, memberships: &[Membership]) -> Vec<Profile> {
    let (mut counts, mut weights, mut probabilities) = (vec![0; groups], vec![0.0; groups], vec![0.0; groups]);
    for (row, membership) in memberships.iter().enumerate() {
        let (group, weight) = (usize::from(membership.group), customers.weight(row));
        counts[group] += 1;
        weights[group] += weight;
        probabilities[group] += weight * membership.probability;
    }
    let total: f64 = weights.iter().sum();
    (0..groups)
        .map(|group| Profile {
            customers: counts[group],
            share: weights[group] / total,
            mean_probability: probabilities[group] / weights[group],
            traits: Vec::new(),
        })
        .collect()
}

/// Sums and medians of a feature by group, over known values.
fn column(
    scale: &Standardised,
    groups: usize,
    customers: &Customers<'_>,
    memberships: &[Membership],
) -> (Vec<Sums>, Vec<f64>) {
    let mut sums = vec![Sums::default(); groups];
    let mut known: Vec<Vec<(f64, f64)>> = vec![Vec::new(); groups];
    for (row, membership) in memberships.iter().enumerate() {
        let (value, weight) = (customers.row(row)[scale.feature], customers.weight(row));
        if !value.is_nan() && weight > 0.0 {
            let group = usize::from(membership.group);
            sums[group].add(value, scale.standardise(value), weight);
            known[group].push((value, weight));
        }
    }
    let medians = known.iter_mut().map(|known| {
        known.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
        quantile(known, 0.5)
    });
    let medians = medians.collect();
    (sums, medians)
}
