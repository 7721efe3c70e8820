//! Covariates made ready for a search: measured from their mean over each origin's destinations, of one size, at right angles.
//!
//! What all destinations of an origin share says nothing of a choice among them, so the mean goes without loss. The rest is
//! orthogonalised (Gram and Schmidt, each column twice), which leaves a search that neither units nor correlated columns can upset,
//! and tells the columns that add nothing.

use crate::numeric::Symmetric;

use super::choices::ChoiceSets;

/// A column whose deviations are this small beside itself does not deviate.
const CONSTANT: f64 = 1e-12;
/// A column of which so little is left once those before it are taken out adds nothing.
const REDUNDANT: f64 = 1e-9;

/// Why a covariate has no coefficient of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redundancy {
    /// It is the same for all destinations of each origin.
    Constant,
    /// It follows from the covariates before it.
    Collinear,
}

/// The ready columns.
pub(super) struct Design {
    /// Number of ready columns.
    pub rank: usize,
    /// The ready columns, `rank` a row; the mean square of each is 1.
    pub rows: Vec<f64>,
    /// Covariates left out, and why.
    pub redundant: Vec<(usize, Redundancy)>,
    /// Covariates in the original.
    width: usize,
    /// Covariate behind each ready column.
    kept: Vec<usize>,
    /// Size of each kept covariate's deviations.
    scales: Vec<f64>,
    /// `triangle[column][before]`: the kept covariate, divided by its scale, in terms of the ready columns.
    triangle: Vec<Vec<f64>>,
}

impl Design {
    pub fn new(sets: &ChoiceSets) -> Design {
        let pairs = sets.pairs();
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut design = Design {
            rank: 0,
            rows: Vec::new(),
            redundant: Vec::new(),
            width: sets.width(),
            kept: Vec::new(),
            scales: Vec::new(),
            triangle: Vec::new(),
        };
        for covariate in 0..sets.width() {
            let (mut column, largest) = deviations(sets, covariate);
            let scale = column.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
            if scale <= CONSTANT * largest || scale < 1e-100 {
                design.redundant.push((covariate, Redundancy::Constant));
                continue;
            }
            column.iter_mut().for_each(|value| *value /= scale);
            let before = mean_square(&column).sqrt();
            let mut parts = vec![0.0; columns.len()];
            for _ in 0..2 {
                for (part, other) in parts.iter_mut().zip(&columns) {
                    let along = dot(&column, other) / pairs as f64;
                    *part += along;
                    column
                        .iter_mut()
                        .zip(other)
                        .for_each(|(value, other)| *value -= along * other);
                }
            }
            let rest = mean_square(&column).sqrt();
            // Large numbers with small deviations carry the rounding of the large ones.
            if rest <= before * REDUNDANT.max(1e-14 * largest / scale) {
                design.redundant.push((covariate, Redundancy::Collinear));
                continue;
            }
            column.iter_mut().for_each(|value| *value /= rest);
            parts.push(rest);
            columns.push(column);
            design.kept.push(covariate);
            design.scales.push(scale);
            design.triangle.push(parts);
        }
        design.rank = columns.len();
        design.rows = (0..pairs)
            .flat_map(|row| columns.iter().map(move |column| column[row]))
            .collect();
        design
    }

    /// A ready row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.rows[row * self.rank..][..self.rank]
    }

    /// Coefficients of the covariates from those of the ready columns; 0 for covariates left out.
    pub fn coefficients(&self, ready: &[f64]) -> Vec<f64> {
        let mut kept = ready.to_vec();
        for column in (0..self.rank).rev() {
            kept[column] /= self.triangle[column][column];
            for before in 0..column {
                kept[before] -= self.triangle[column][before] * kept[column];
            }
        }
        let mut coefficients = vec![0.0; self.width];
        for (column, covariate) in self.kept.iter().enumerate() {
            coefficients[*covariate] = kept[column] / self.scales[column];
        }
        coefficients
    }

    /// Coefficients of the ready columns from those of the covariates.
    pub fn ready(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut ready = vec![0.0; self.rank];
        for (column, covariate) in self.kept.iter().enumerate() {
            let scaled = coefficients[*covariate] * self.scales[column];
            for (place, part) in self.triangle[column].iter().enumerate() {
                ready[place] += part * scaled;
            }
        }
        ready
    }

    /// Covariance of the covariates' coefficients from `spread`, directions of the ready columns whose squares make up the
    /// covariance of theirs; none when a covariate was left out.
    ///
    /// A sum of squares, so that rounding makes no variance negative however different the covariates are in size.
    pub fn covariance(&self, spread: &[Vec<f64>]) -> Option<Symmetric> {
        if !self.redundant.is_empty() {
            return None;
        }
        let mut covariance = Symmetric::zeros(self.width);
        for direction in spread {
            let moved = self.coefficients(direction);
            for (row, left) in moved.iter().enumerate() {
                for (column, right) in moved.iter().enumerate().take(row + 1) {
                    covariance.add(row, column, left * right);
                }
            }
        }
        Some(covariance).filter(Symmetric::is_finite)
    }

    /// The covariate that a direction of the ready columns is most made of.
    pub fn chief(&self, direction: &[f64]) -> usize {
        let coefficients = self.coefficients(direction);
        let weight = |column: usize| {
            let size = self.triangle[column].iter().map(|part| part * part).sum::<f64>().sqrt();
            (coefficients[self.kept[column]] * self.scales[column] * size).abs()
        };
        let chief = (0..self.rank).max_by(|left, right| weight(*left).total_cmp(&weight(*right)));
        chief.map_or(0, |column| self.kept[column])
    }
}

/// A covariate less its mean over the destinations of each origin, and the largest size of the covariate itself.
fn deviations(sets: &ChoiceSets, covariate: usize) -> (Vec<f64>, f64) {
    let mut column: Vec<f64> = (0..sets.pairs()).map(|row| sets.covariates(row)[covariate]).collect();
    let largest = column.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    for origin in 0..sets.origins() {
        centre(&mut column[sets.rows(origin)]);
    }
    (column, largest)
}

/// Values less their mean.
pub(super) fn centre(values: &mut [f64]) {
    // A second time takes out what rounding left.
    for _ in 0..2 {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter_mut().for_each(|value| *value -= mean);
    }
}

fn mean_square(values: &[f64]) -> f64 {
    dot(values, values) / values.len() as f64
}

pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sets(width: usize, covariates: Vec<f64>) -> ChoiceSets {
        let pairs = covariates.len() / width;
        ChoiceSets::new(vec![0, pairs], (0..pairs as u32).collect(), pairs, width, covariates).expect("good rows")
    }

    #[test]
    fn coefficients_go_there_and_back() {
        let sets = sets(2, vec![1.0, 1e9, 2.0, 4e9, 3.0, 2e9, 5.0, 1e10]);
        let design = Design::new(&sets);
        assert_eq!(design.rank, 2);
        let back = design.coefficients(&design.ready(&[0.7, -3e-9]));
        assert!(
            (back[0] - 0.7).abs() < 1e-13 && (back[1] / -3e-9 - 1.0).abs() < 1e-13,
            "{back:?}"
        );
        for column in 0..2 {
            let values: Vec<f64> = (0..4).map(|row| design.row(row)[column]).collect();
            assert!((mean_square(&values) - 1.0).abs() < 1e-14);
        }
    }

    #[test]
    fn columns_that_add_nothing_are_told() {
        let rows = [1.0_f64, 3.0, 8.0, 20.0];
        let columns = rows.iter().flat_map(|x| [7.0, x.ln(), (2e5 * x).ln(), *x]).collect();
        let design = Design::new(&sets(4, columns));
        let expected = [(0, Redundancy::Constant), (2, Redundancy::Collinear)];
        assert_eq!(design.redundant, expected);
        assert_eq!(design.rank, 2);
    }
}
