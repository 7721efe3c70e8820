//! A mixture of normal distributions with diagonal covariances, by expectation and maximisation (Dempster, Laird & Rubin 1977), and
//! the k-means that it starts from.

use rand::{Rng, RngExt};

/// The most groups: what a page can tell apart, and as many as one step of the processor adds.
pub const MAX_GROUPS: usize = 8;

/// One number for each group; those past the number of groups are unused.
pub(super) type Lanes = [f64; MAX_GROUPS];

/// A normal distribution of the standardised features and its share of the customers.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    /// Share of the customers, from 0 to 1.
    pub share: f64,
    /// Mean of each feature.
    pub means: Vec<f64>,
    /// Variance of each feature.
    pub variances: Vec<f64>,
}

/// Rows of standardised features with their weights.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    pub(super) width: usize,
    pub(super) values: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

impl Rows {
    pub(super) fn len(&self) -> usize {
        self.weights.len()
    }

    pub(super) fn weighted(&self) -> impl Iterator<Item = (&[f64], f64)> {
        self.values.chunks_exact(self.width).zip(self.weights.iter().copied())
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.width..(row + 1) * self.width]
    }

    /// The first rows.
    pub(super) fn first(&self, rows: usize) -> Rows {
        let rows = rows.min(self.len());
        Rows {
            width: self.width,
            values: self.values[..rows * self.width].to_vec(),
            weights: self.weights[..rows].to_vec(),
        }
    }

    pub(super) fn total(&self) -> f64 {
        self.weights.iter().sum()
    }
}

/// Densities of the components, laid out so that all groups are computed side by side.
pub(super) struct Densities {
    groups: usize,
    /// ln of share and normalisation; -inf past the groups.
    constants: Lanes,
    means: Vec<Lanes>,
    /// -1 / (2 variance).
    falls: Vec<Lanes>,
}

impl Densities {
    pub(super) fn new(components: &[Component]) -> Densities {
        let width = components.first().map_or(0, |component| component.means.len());
        let mut densities = Densities {
            groups: components.len(),
            constants: [f64::NEG_INFINITY; MAX_GROUPS],
            means: vec![[0.0; MAX_GROUPS]; width],
            falls: vec![[0.0; MAX_GROUPS]; width],
        };
        for (group, component) in components.iter().enumerate() {
            let mut constant = component.share.ln();
            for (feature, (mean, variance)) in component.means.iter().zip(&component.variances).enumerate() {
                constant -= 0.5 * (std::f64::consts::TAU * variance).ln();
                densities.means[feature][group] = *mean;
                densities.falls[feature][group] = -0.5 / variance;
            }
            densities.constants[group] = constant;
        }
        densities
    }

    /// Probability of each group given the row, and ln of the row's density.
    pub(super) fn memberships(&self, row: &[f64]) -> (Lanes, f64) {
        let mut lanes = self.constants;
        for ((value, means), falls) in row.iter().zip(&self.means).zip(&self.falls) {
            for group in 0..MAX_GROUPS {
                let distance = value - means[group];
                lanes[group] += distance * distance * falls[group];
            }
        }
        let top = lanes.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for lane in &mut lanes[..self.groups] {
            *lane = (*lane - top).exp();
            sum += *lane;
        }
        for lane in &mut lanes[..self.groups] {
            *lane /= sum;
        }
        lanes[self.groups..].fill(0.0);
        (lanes, top + sum.ln())
    }

    /// The most probable group, the first of equals, with its probability.
    pub(super) fn most_probable(&self, row: &[f64]) -> (u8, f64) {
        let (lanes, _) = self.memberships(row);
        let mut best = 0;
        for group in 1..self.groups {
            if lanes[group] > lanes[best] {
                best = group;
            }
        }
        (best as u8, lanes[best])
    }
}

/// Weighted sums from which components follow.
struct Moments {
    weights: Lanes,
    sums: Vec<Lanes>,
    squares: Vec<Lanes>,
}

impl Moments {
    fn new(width: usize) -> Moments {
        Moments {
            weights: [0.0; MAX_GROUPS],
            sums: vec![[0.0; MAX_GROUPS]; width],
            squares: vec![[0.0; MAX_GROUPS]; width],
        }
    }

    fn add(&mut self, row: &[f64], weights: &Lanes) {
        for (sum, weight) in self.weights.iter_mut().zip(weights) {
            *sum += weight;
        }
        for ((value, sums), squares) in row.iter().zip(&mut self.sums).zip(&mut self.squares) {
            for group in 0..MAX_GROUPS {
                let weighted = weights[group] * value;
                sums[group] += weighted;
                squares[group] += weighted * value;
            }
        }
    }

    /// The components with the highest likelihood, no variance below the floor. A group that nobody belongs to keeps its place.
    fn components(&self, before: &[Component], floor: f64) -> Vec<Component> {
        let total: f64 = self.weights.iter().sum();
        let component = |(group, before): (usize, &Component)| {
            let weight = self.weights[group];
            if weight <= 1e-9 * total {
                return Component {
                    share: f64::MIN_POSITIVE,
                    ..before.clone()
                };
            }
            let means: Vec<f64> = self.sums.iter().map(|sums| sums[group] / weight).collect();
            let variance = |(squares, mean): (&Lanes, &f64)| (squares[group] / weight - mean * mean).max(floor);
            Component {
                share: weight / total,
                variances: self.squares.iter().zip(&means).map(variance).collect(),
                means,
            }
        };
        before.iter().enumerate().map(component).collect()
    }
}

/// Components and the logarithm of their likelihood.
#[derive(Clone, Debug)]
pub(super) struct Mixture {
    pub(super) components: Vec<Component>,
    pub(super) ln_likelihood: f64,
    pub(super) converged: bool,
}

/// The mean gain per row in ln likelihood below which a step is the last: what the steps left out would move is small against what
/// another sample moves.
const CONVERGED: f64 = 1e-5;

impl Mixture {
    /// Steps of expectation and maximisation until they gain nothing, at most `steps`.
    pub(super) fn climb(mut components: Vec<Component>, rows: &Rows, floor: f64, steps: usize) -> Mixture {
        let enough = CONVERGED * rows.total();
        let mut before = f64::NEG_INFINITY;
        for _ in 0..steps {
            let densities = Densities::new(&components);
            let mut moments = Moments::new(rows.width);
            let mut ln_likelihood = 0.0;
            for (row, weight) in rows.weighted() {
                let (mut lanes, ln_density) = densities.memberships(row);
                lanes.iter_mut().for_each(|lane| *lane *= weight);
                moments.add(row, &lanes);
                ln_likelihood += weight * ln_density;
            }
            if ln_likelihood - before <= enough {
                return Mixture {
                    components,
                    ln_likelihood,
                    converged: true,
                };
            }
            before = ln_likelihood;
            components = moments.components(&components, floor);
        }
        let densities = Densities::new(&components);
        let ln_densities = rows
            .weighted()
            .map(|(row, weight)| weight * densities.memberships(row).1);
        Mixture {
            ln_likelihood: ln_densities.sum(),
            components,
            converged: false,
        }
    }

    /// Share of the weight that has each group as its most probable one.
    pub(super) fn assigned_shares(&self, rows: &Rows) -> Vec<f64> {
        let densities = Densities::new(&self.components);
        let mut shares = vec![0.0; self.components.len()];
        let total = rows.total();
        for (row, weight) in rows.weighted() {
            shares[usize::from(densities.most_probable(row).0)] += weight / total;
        }
        shares
    }
}

fn squared_distance(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| (left - right).powi(2)).sum()
}

/// Rounds of k-means: where it has not settled after these, expectation and maximisation go on anyway.
const ROUNDS: usize = 20;

/// Components from a k-means (Lloyd 1982) that starts from centres drawn far apart (k-means++, Arthur & Vassilvitskii 2007). None
/// when there are fewer distinct rows than groups.
pub(super) fn start(rows: &Rows, groups: usize, floor: f64, rng: &mut impl Rng) -> Option<Vec<Component>> {
    let mut centres = far_apart(rows, groups, rng)?;
    let mut components = Vec::new();
    for _ in 0..ROUNDS {
        let mut moments = Moments::new(rows.width);
        for (row, weight) in rows.weighted() {
            let mut lanes = [0.0; MAX_GROUPS];
            lanes[nearest(row, &centres)] = weight;
            moments.add(row, &lanes);
        }
        let as_components = |centre: &Vec<f64>| Component {
            share: 0.0,
            means: centre.clone(),
            variances: vec![1.0; rows.width],
        };
        let before: Vec<Component> = centres.iter().map(as_components).collect();
        components = moments.components(&before, floor);
        let next: Vec<Vec<f64>> = components.iter().map(|component| component.means.clone()).collect();
        if next == centres {
            break;
        }
        centres = next;
    }
    Some(components)
}

fn nearest(row: &[f64], centres: &[Vec<f64>]) -> usize {
    let mut best = (f64::INFINITY, 0);
    for (group, centre) in centres.iter().enumerate() {
        let distance = squared_distance(row, centre);
        if distance < best.0 {
            best = (distance, group);
        }
    }
    best.1
}

/// Rows drawn with probability proportional to weight, and from the second on to the squared distance from those already drawn.
fn far_apart(rows: &Rows, groups: usize, rng: &mut impl Rng) -> Option<Vec<Vec<f64>>> {
    let mut chances = rows.weights.clone();
    let mut distances = vec![f64::INFINITY; rows.len()];
    let mut centres: Vec<Vec<f64>> = Vec::with_capacity(groups);
    while centres.len() < groups {
        let total: f64 = chances.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let centre = rows.row(draw(&chances, total * rng.random::<f64>()));
        for (place, (row, weight)) in rows.weighted().enumerate() {
            distances[place] = distances[place].min(squared_distance(row, centre));
            chances[place] = weight * distances[place];
        }
        centres.push(centre.to_vec());
    }
    Some(centres)
}

/// The place at which the running sum of the chances passes `target`.
fn draw(chances: &[f64], target: f64) -> usize {
    let (mut sum, mut last) = (0.0, 0);
    for (place, &chance) in chances.iter().enumerate() {
        sum += chance;
        if chance > 0.0 {
            last = place;
            if sum > target {
                break;
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn rows(values: &[f64]) -> Rows {
        Rows {
            width: 1,
            values: values.to_vec(),
            weights: vec![1.0; values.len()],
        }
    }

    #[test]
    fn two_heaps_are_two_components_whose_likelihood_rises_at_every_step() {
        let values: Vec<f64> = (0..100)
            .map(|it| f64::from(it % 10) * 0.1 + if it < 30 { -4.0 } else { 4.0 })
            .collect();
        let rows = rows(&values);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let begun = start(&rows, 2, 0.01, &mut rng).expect("distinct rows");
        let mut before = f64::NEG_INFINITY;
        for steps in 0..10 {
            let mixture = Mixture::climb(begun.clone(), &rows, 0.01, steps);
            assert!(mixture.ln_likelihood >= before - 1e-9);
            before = mixture.ln_likelihood;
        }
        let found = Mixture::climb(begun, &rows, 0.01, 100);
        assert!(found.converged);
        let mut shares = found.assigned_shares(&rows);
        shares.sort_by(f64::total_cmp);
        assert!((shares[0] - 0.3).abs() < 1e-12, "{shares:?}");
    }

    #[test]
    fn fewer_distinct_rows_than_groups_give_none() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        assert!(start(&rows(&[1.0, 1.0, 2.0, 2.0]), 3, 0.01, &mut rng).is_none());
    }

    #[test]
    fn a_row_far_from_every_group_has_a_membership() {
        let component = |mean| Component {
            share: 0.5,
            means: vec![mean],
            variances: vec![0.01],
        };
        let densities = Densities::new(&[component(-1.0), component(1.0)]);
        let (group, probability) = densities.most_probable(&[500.0]);
        assert_eq!((group, probability), (1, 1.0));
    }
}
