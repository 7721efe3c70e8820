//! Derivatives by the level of every store: with the utility of a pair being that of its store plus b g, all that columns and effects say
//! is a linear map of the stores' utilities, so one pass over the pairs gives every second derivative.

use super::cells::CellView;
use super::model::{Point, SpendModel, dot};
use super::situations::Row;
use crate::numeric::{Symmetric, side_by_side};

/// A symmetric matrix by store, then distance, then outside; the lower triangle is filled.
#[derive(Clone, Debug)]
pub(super) struct ByStore {
    size: usize,
    lower: Vec<f64>,
}

impl ByStore {
    fn zeros(stores: usize) -> ByStore {
        let size = stores + 2;
        ByStore {
            size,
            lower: vec![0.0; size * size],
        }
    }

    fn merge(&mut self, other: &ByStore) {
        self.lower
            .iter_mut()
            .zip(&other.lower)
            .for_each(|(own, other)| *own += other);
    }

    fn get(&self, row: usize, column: usize) -> f64 {
        self.lower[row.max(column) * self.size + row.min(column)]
    }

    /// Adds to the last rows, those of distance and outside.
    fn add_last(&mut self, row: usize, column: usize, value: f64) {
        self.lower[row * self.size + column] += value;
    }
}

/// The quasi likelihood in money at one point, by store, distance and outside.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    pub(super) value: f64,
    pub(super) gradient: Vec<f64>,
    /// Minus the Hessian.
    pub(super) information: ByStore,
}

/// Which second derivatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curvature {
    /// Those of the flows that came.
    Observed,
    /// Those of the flows that the parameters let expect: never indefinite.
    Expected,
}

impl SpendModel<'_> {
    pub(super) fn levels(&self, point: &Point, curvature: Curvature) -> Levels {
        let mut all = Levels::zero(self.stores());
        for piece in side_by_side(self.pieces.len() as u64, |piece| {
            let mut sum = Levels::zero(self.stores());
            let mut shares = Vec::new();
            for number in self.pieces[piece as usize].clone() {
                sum.add(self, &self.situations.row(number), point, curvature, &mut shares);
            }
            sum
        }) {
            all.value += piece.value;
            all.gradient
                .iter_mut()
                .zip(&piece.gradient)
                .for_each(|(own, other)| *own += other);
            all.information.merge(&piece.information);
        }
        all
    }

    /// Sum over the cells of the outer products of their scores.
    pub(super) fn score_products(&self, point: &Point) -> ByStore {
        let mut all = ByStore::zeros(self.stores());
        for piece in self.visit_cells(point, || ByStore::zeros(self.stores()), ByStore::add_product) {
            all.merge(&piece);
        }
        all
    }

    /// A vector by store, distance and outside, by columns, distance, outside and effects instead.
    pub(super) fn joint_vector(&self, by_store: &[f64]) -> Vec<f64> {
        let (width, stores) = (self.width(), self.stores());
        let mut joint = vec![0.0; width];
        for (store, value) in by_store[..stores].iter().enumerate() {
            let x = self.scaled_of(store);
            joint.iter_mut().zip(x).for_each(|(joint, x)| *joint += x * value);
        }
        joint.extend_from_slice(&by_store[stores..]);
        joint.extend_from_slice(&by_store[..stores]);
        joint
    }

    /// A matrix likewise, times `factor`.
    pub(super) fn joint_matrix(&self, by_store: &ByStore, factor: f64) -> Symmetric {
        let (width, size, stores) = (self.width(), self.size(), self.stores());
        let mut joint = Symmetric::zeros(size + stores);
        let full_row = |row: usize| (0..stores + 2).map(move |column| by_store.get(row, column));
        // Columns times the matrix, one column after the other.
        let mut through = vec![vec![0.0; stores + 2]; width];
        for row in 0..stores {
            for (through, x) in through.iter_mut().zip(self.scaled_of(row)) {
                through
                    .iter_mut()
                    .zip(full_row(row))
                    .for_each(|(sum, value)| *sum += x * value);
            }
            for column in 0..=row {
                joint.add(size + row, size + column, factor * by_store.get(row, column));
            }
            joint.add(size + row, width, factor * by_store.get(stores, row));
            joint.add(size + row, width + 1, factor * by_store.get(stores + 1, row));
        }
        for (index, through) in through.iter().enumerate() {
            for (other, value) in self.joint_vector(through).iter().enumerate() {
                // Its first elements are those by columns: each pair of columns comes twice, and counts once.
                if other >= index {
                    joint.add(other, index, factor * value);
                }
            }
        }
        for (row, column) in [(0, 0), (1, 0), (1, 1)] {
            joint.add(
                width + row,
                width + column,
                factor * by_store.get(stores + row, stores + column),
            );
        }
        joint
    }

    /// The part of a joint matrix that all stores share.
    pub(super) fn shared_part(&self, joint: &Symmetric) -> Symmetric {
        let mut shared = Symmetric::zeros(self.size());
        for row in 0..self.size() {
            for column in 0..=row {
                shared.add(row, column, joint.get(row, column));
            }
        }
        shared
    }

    /// Sum over the cells of the outer products of their scores by the parameters that all stores share.
    pub(super) fn shared_score_products(&self, point: &Point) -> Symmetric {
        let (width, size) = (self.width(), self.size());
        let start = || (Symmetric::zeros(size), vec![0.0; size]);
        let pieces = self.visit_cells(point, start, |(sum, score), cell| {
            score[..width].fill(0.0);
            for store in cell.stores.iter().map(|store| usize::from(*store)) {
                let own = cell.views[store].score;
                let x = self.scaled_of(store);
                score.iter_mut().zip(x).for_each(|(score, x)| *score += own * x);
            }
            score[width] = cell.distance[0];
            score[width + 1] = cell.outside[0];
            for row in 0..size {
                for column in 0..=row {
                    sum.add(row, column, score[row] * score[column]);
                }
            }
        });
        let mut all = Symmetric::zeros(size);
        for (piece, _) in pieces {
            for row in 0..size {
                for column in 0..=row {
                    all.add(row, column, piece.get(row, column));
                }
            }
        }
        all
    }
}

impl ByStore {
    fn add_product(&mut self, cell: &CellView<'_>) {
        let [distance, outside] = [self.size - 2, self.size - 1];
        for (place, store) in cell.stores.iter().enumerate() {
            let store = usize::from(*store);
            let score = cell.views[store].score;
            let row = &mut self.lower[store * self.size..(store + 1) * self.size];
            for other in cell.stores[..=place].iter().map(|other| usize::from(*other)) {
                row[other] += score * cell.views[other].score;
            }
            self.add_last(distance, store, score * cell.distance[0]);
            self.add_last(outside, store, score * cell.outside[0]);
        }
        self.add_last(distance, distance, cell.distance[0] * cell.distance[0]);
        self.add_last(outside, distance, cell.distance[0] * cell.outside[0]);
        self.add_last(outside, outside, cell.outside[0] * cell.outside[0]);
    }
}

impl Levels {
    fn zero(stores: usize) -> Levels {
        Levels {
            value: 0.0,
            gradient: vec![0.0; stores + 2],
            information: ByStore::zeros(stores),
        }
    }

    fn add(
        &mut self,
        model: &SpendModel<'_>,
        row: &Row<'_>,
        point: &Point,
        curvature: Curvature,
        shares: &mut Vec<f64>,
    ) {
        let parted = model.shares(row, point, shares);
        let (distance, outside) = (self.gradient.len() - 2, self.gradient.len() - 1);
        let distances = &model.distances[row.first..row.first + row.stores.len()];
        let lost = row.potential * parted.outside;
        let left = match curvature {
            Curvature::Observed => row.revenue,
            Curvature::Expected => row.potential - lost,
        };
        let (sloped, curved, bent) = (row.revenue + lost, left + lost, left + 2.0 * lost);
        self.value -= row.revenue * parted.ln_total + row.potential - lost;
        for (place, flow) in row.flows() {
            let store = usize::from(row.stores[place]);
            self.value += flow * (point.base[store] + point.distance * distances[place]);
            self.gradient[store] += flow;
            self.gradient[distance] += flow * distances[place];
        }
        let beside = bent * parted.outside - lost;
        let (mut squares, size) = (0.0, self.information.size);
        for (place, (store, share)) in row.stores.iter().zip(shares.iter()).enumerate() {
            let (store, g) = (usize::from(*store), distances[place]);
            self.gradient[store] -= sloped * share;
            let line = &mut self.information.lower[store * size..store * size + store + 1];
            let weight = bent * share;
            for (other, other_share) in row.stores[..=place].iter().zip(shares.iter()) {
                line[usize::from(*other)] -= weight * other_share;
            }
            line[store] += curved * share;
            let along = share * (curved * g - bent * parted.distance);
            self.information.add_last(distance, store, along);
            self.information.add_last(outside, store, -share * beside);
            squares += share * g * g;
        }
        self.gradient[distance] -= sloped * parted.distance;
        self.gradient[outside] += lost - sloped * parted.outside;
        let by_distance = curved * squares - bent * parted.distance * parted.distance;
        self.information.add_last(distance, distance, by_distance);
        self.information.add_last(outside, distance, -parted.distance * beside);
        let away = 1.0 - parted.outside;
        self.information
            .add_last(outside, outside, away * (curved * parted.outside - lost * away));
    }
}

/// right' matrix right.
pub(super) fn quadratic(matrix: &Symmetric, right: &[f64]) -> f64 {
    dot(&times(matrix, right), right)
}

/// A matrix times a vector.
pub(super) fn times(matrix: &Symmetric, right: &[f64]) -> Vec<f64> {
    let size = matrix.size();
    (0..size)
        .map(|row| (0..size).map(|column| matrix.get(row, column) * right[column]).sum())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{model_on, small};
    use super::*;
    use crate::huff::Decay;

    const AT: [f64; 4] = [0.4, -0.2, -0.7, 1.1];

    /// Joint gradient, with effects moved in one direction.
    fn gradient(model: &SpendModel<'_>, joint: &[f64]) -> (f64, Vec<f64>) {
        let point = model.point(&joint[..4], &joint[4..]);
        let levels = model.levels(&point, Curvature::Observed);
        (levels.value, model.joint_vector(&levels.gradient))
    }

    #[test]
    fn derivatives_by_every_store_are_those_of_the_value() {
        let (situations, columns) = small();
        let model = model_on(&situations, &columns, Decay::Power);
        let mut at = AT.to_vec();
        at.extend((0..model.stores()).map(|store| 0.3 * (store as f64).sin()));
        let (_, here) = gradient(&model, &at);
        let levels = model.levels(&model.point(&at[..4], &at[4..]), Curvature::Observed);
        let information = model.joint_matrix(&levels.information, 1.0);
        let h = 1e-5;
        for i in 0..at.len() {
            let moved = |by: f64| {
                let mut at = at.clone();
                at[i] += by;
                gradient(&model, &at)
            };
            let ((above, up), (below, down)) = (moved(h), moved(-h));
            let slope = (above - below) / (2.0 * h);
            assert!(
                (slope - here[i]).abs() < 1e-5 * (1.0 + slope.abs()),
                "{i}: {slope} {}",
                here[i]
            );
            for j in 0..at.len() {
                let curve = (down[j] - up[j]) / (2.0 * h);
                let exact = information.get(i, j);
                assert!(
                    (curve - exact).abs() < 1e-5 * (1.0 + curve.abs()),
                    "{i} {j}: {curve} {exact}"
                );
            }
        }
    }

    #[test]
    fn both_passes_agree_where_stores_have_no_effects() {
        let (situations, columns) = small();
        let model = model_on(&situations, &columns, Decay::Exponential);
        let point = model.point(&AT, &vec![0.0; model.stores()]);
        let (direct, levels) = (model.evaluate(&AT, 1), model.levels(&point, Curvature::Observed));
        let joint = model.joint_matrix(&levels.information, 1.0 / model.money);
        assert!((levels.value / model.money - direct.value).abs() < 1e-9 * direct.value.abs());
        let slopes = model.joint_vector(&levels.gradient);
        for (i, slope) in slopes[..4].iter().enumerate() {
            assert!((slope / model.money - direct.gradient[i]).abs() < 1e-9);
            for j in 0..4 {
                assert!((joint.get(i, j) + direct.hessian.get(i, j)).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn scores_of_the_cells_add_up_to_the_gradient_and_their_products_agree() {
        let (situations, columns) = small();
        let model = model_on(&situations, &columns, Decay::Gaussian);
        let point = model.point(&AT, &vec![0.1; model.stores()]);
        let levels = model.levels(&point, Curvature::Expected);
        let stores = model.stores();
        let start = || vec![0.0; stores + 2];
        let sums = model.visit_cells(&point, start, |sum, cell| {
            for store in cell.stores.iter().map(|store| usize::from(*store)) {
                sum[store] += cell.views[store].score;
            }
            sum[stores] += cell.distance[0];
            sum[stores + 1] += cell.outside[0];
        });
        for i in 0..stores + 2 {
            let sum: f64 = sums.iter().map(|piece| piece[i]).sum();
            assert!((sum - levels.gradient[i]).abs() < 1e-8 * (1.0 + sum.abs()));
        }
        let all = model.joint_matrix(&model.score_products(&point), 1.0);
        let shared = model.shared_score_products(&point);
        for i in 0..4 {
            for j in 0..4 {
                let (left, right) = (shared.get(i, j), all.get(i, j));
                assert!((left - right).abs() < 1e-9 * (1.0 + left.abs()));
            }
        }
    }
}
