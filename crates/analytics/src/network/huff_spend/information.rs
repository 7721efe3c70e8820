//! Derivatives by the level of every store: with the utility of a pair being that of its store plus b g, all that columns and effects say
//! is a linear map of the stores' utilities, so one pass over the pairs gives every second derivative. Rivals have no effects, so theirs
//! are taken by each column's exponent at once, as far as it moves rivals, however many these are.

use super::cells::CellView;
use super::model::{Point, Shares, SpendModel, dot};
use super::moments::{Moments, Parted};
use super::situations::Row;
use crate::numeric::{Symmetric, side_by_side};

/// A symmetric matrix by store, then distance, then outside, then column of the rivals where there are any; the lower triangle is filled.
#[derive(Clone, Debug)]
pub(super) struct ByStore {
    stores: usize,
    size: usize,
    lower: Vec<f64>,
}

impl ByStore {
    fn zeros(model: &SpendModel<'_>) -> ByStore {
        let size = model.stores() + model.beside();
        ByStore {
            stores: model.stores(),
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

    /// Adds to the last rows, those of distance and outside and rivals.
    fn add_last(&mut self, row: usize, column: usize, value: f64) {
        self.lower[row * self.size + column] += value;
    }
}

/// The quasi likelihood in money at one point, by store, distance, outside and column of the rivals.
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
        let mut all = Levels::zero(self);
        for piece in side_by_side(self.pieces.len() as u64, |piece| {
            let mut sum = Levels::zero(self);
            let mut parted = self.parted();
            for number in self.pieces[piece as usize].clone() {
                sum.add(self, &self.situations.row(number), point, curvature, &mut parted);
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
        let mut all = ByStore::zeros(self);
        for piece in self.visit_cells(point, || ByStore::zeros(self), ByStore::add_product) {
            all.merge(&piece);
        }
        all
    }

    /// A vector by store, distance, outside and column of the rivals, by columns, distance, outside and effects instead.
    pub(super) fn joint_vector(&self, by_store: &[f64]) -> Vec<f64> {
        let (width, stores) = (self.width(), self.stores());
        let mut joint = vec![0.0; width];
        for (store, value) in by_store[..stores].iter().enumerate() {
            let x = self.scaled_of(store);
            joint.iter_mut().zip(x).for_each(|(joint, x)| *joint += x * value);
        }
        let (own, of_rivals) = by_store[stores..].split_at(2);
        joint
            .iter_mut()
            .zip(of_rivals)
            .for_each(|(joint, value)| *joint += value);
        joint.extend_from_slice(own);
        joint.extend_from_slice(&by_store[..stores]);
        joint
    }

    /// A matrix likewise, times `factor`.
    pub(super) fn joint_matrix(&self, by_store: &ByStore, factor: f64) -> Symmetric {
        let (width, size, stores) = (self.width(), self.size(), self.stores());
        let mut joint = Symmetric::zeros(size + stores);
        let full_row = |row: usize| (0..by_store.size).map(move |column| by_store.get(row, column));
        // Columns times the matrix, one column after the other.
        let mut through = vec![vec![0.0; by_store.size]; width];
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
        for (through, row) in through.iter_mut().zip(stores + 2..by_store.size) {
            let moved = through.iter_mut().zip(full_row(row));
            moved.for_each(|(sum, value)| *sum += value);
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
            let (own, of_rivals) = cell.shared.split_at(2);
            let shared = score.iter_mut().zip(of_rivals);
            shared.for_each(|(score, view)| *score += view.score);
            let shared = score[width..].iter_mut().zip(own);
            shared.for_each(|(score, view)| *score = view.score);
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
        for (place, store) in cell.stores.iter().enumerate() {
            let store = usize::from(*store);
            let score = cell.views[store].score;
            let row = &mut self.lower[store * self.size..(store + 1) * self.size];
            for other in cell.stores[..=place].iter().map(|other| usize::from(*other)) {
                row[other] += score * cell.views[other].score;
            }
            for (place, view) in cell.shared.iter().enumerate() {
                self.add_last(self.stores + place, store, score * view.score);
            }
        }
        for (place, view) in cell.shared.iter().enumerate() {
            for (other, other_view) in cell.shared[..=place].iter().enumerate() {
                let product = view.score * other_view.score;
                self.add_last(self.stores + place, self.stores + other, product);
            }
        }
    }
}

impl Levels {
    fn zero(model: &SpendModel<'_>) -> Levels {
        Levels {
            value: 0.0,
            gradient: vec![0.0; model.stores() + model.beside()],
            information: ByStore::zeros(model),
        }
    }

    fn add(&mut self, model: &SpendModel<'_>, row: &Row<'_>, point: &Point, curvature: Curvature, memory: &mut Parted) {
        let parted = model.shares(row, point, memory);
        let Parted { shares, rivals } = memory;
        let stores = model.stores();
        let (distance, outside) = (stores, stores + 1);
        let (by_columns, by_distance) = rivals.first.split_at(model.width());
        let distances = &model.distances[row.first..row.first + row.stores.len()];
        let lost = row.potential * parted.outside;
        let unseen = lost + row.potential * parted.rivals;
        let left = match curvature {
            Curvature::Observed => row.revenue,
            Curvature::Expected => row.potential - unseen,
        };
        let (sloped, curved, bent) = (row.revenue + unseen, left + unseen, left + 2.0 * unseen);
        self.value -= row.revenue * parted.ln_total + row.potential - unseen;
        for (place, flow) in row.flows() {
            let store = usize::from(row.stores[place]);
            self.value += flow * (point.base[store] + point.distance * distances[place]);
            self.gradient[store] += flow;
            self.gradient[distance] += flow * distances[place];
        }
        let beside = bent * parted.outside - lost;
        let along_mean = bent * parted.distance - row.potential * by_distance[0];
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
            let along = share * (curved * g - along_mean);
            self.information.add_last(distance, store, along);
            self.information.add_last(outside, store, -share * beside);
            for (column, mean) in (stores + 2..size).zip(by_columns) {
                let across = share * (row.potential - bent) * mean;
                self.information.add_last(column, store, across);
            }
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
        if !row.rivals.is_empty() {
            self.add_rivals(row, &parted, rivals, [sloped, curved, bent]);
        }
    }

    /// What rivals add by distance, outside and column: as `likelihood` has it, in x that is the columns for rivals alone.
    fn add_rivals(&mut self, row: &Row<'_>, parted: &Shares, rivals: &Moments, factors: [f64; 3]) {
        let [sloped, curved, bent] = factors;
        let potential = row.potential;
        let stores = self.information.stores;
        let (distance, outside, column) = (stores, stores + 1, stores + 2);
        let width = rivals.first.len() - 1;
        let by_distance = rivals.first[width];
        self.gradient[distance] += potential * by_distance;
        let spread = (curved - potential) * rivals.second_of(width, width);
        let information = &mut self.information;
        information.add_last(
            distance,
            distance,
            spread + 2.0 * potential * parted.distance * by_distance,
        );
        information.add_last(outside, distance, potential * parted.outside * by_distance);
        information.add_last(
            outside,
            outside,
            -potential * parted.rivals * parted.outside * parted.outside,
        );
        let twice = bent - 2.0 * potential;
        for (h, mean) in rivals.first[..width].iter().enumerate() {
            self.gradient[column + h] += (potential - sloped) * mean;
            let product = (curved - potential) * rivals.second_of(width, h);
            let along = mean * (potential * (parted.distance + by_distance) - bent * parted.distance);
            information.add_last(column + h, distance, product + along);
            information.add_last(column + h, outside, -twice * mean * parted.outside);
            for (k, other) in rivals.first[..=h].iter().enumerate() {
                let product = (curved - potential) * rivals.second_of(h, k);
                information.add_last(column + h, column + k, product - twice * mean * other);
            }
        }
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
    use super::super::columns::StoreColumns;
    use super::super::situations::Situations;
    use super::super::tests::{both, model_on};
    use super::*;
    use crate::network::huff::Decay;

    const AT: [f64; 4] = [0.4, -0.2, -0.7, 1.1];

    /// Joint gradient, with effects moved in one direction.
    fn gradient(model: &SpendModel<'_>, joint: &[f64]) -> (f64, Vec<f64>) {
        let point = model.point(&joint[..4], &joint[4..]);
        let levels = model.levels(&point, Curvature::Observed);
        (levels.value, model.joint_vector(&levels.gradient))
    }

    #[test]
    fn derivatives_by_every_store_are_those_of_the_value() {
        both()
            .iter()
            .for_each(|(situations, columns)| check_derivatives(situations, columns));
    }

    fn check_derivatives(situations: &Situations, columns: &StoreColumns) {
        let model = model_on(situations, columns, Decay::Power);
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
        both()
            .iter()
            .for_each(|(situations, columns)| check_both_passes(situations, columns));
    }

    fn check_both_passes(situations: &Situations, columns: &StoreColumns) {
        let model = model_on(situations, columns, Decay::Exponential);
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

    /// Expected curvature is that of flows as expected.
    #[test]
    fn expected_information_is_never_negative() {
        for (situations, columns) in both() {
            let model = model_on(&situations, &columns, Decay::Power);
            let point = model.point(&AT, &vec![0.1; model.stores()]);
            let levels = model.levels(&point, Curvature::Expected);
            let joint = model.joint_matrix(&levels.information, 1.0);
            let shared = model.shared_part(&joint).eigen().values;
            assert!(shared.iter().all(|value| *value > 0.0), "{shared:?}");
            let largest = |values: &[f64]| values.iter().copied().fold(0.0, f64::max);
            let all = joint.eigen().values;
            assert!(all.iter().all(|value| *value > -1e-9 * largest(&all)), "{all:?}");
        }
    }

    #[test]
    fn scores_of_the_cells_add_up_to_the_gradient_and_their_products_agree() {
        both()
            .iter()
            .for_each(|(situations, columns)| check_scores(situations, columns));
    }

    fn check_scores(situations: &Situations, columns: &StoreColumns) {
        let model = model_on(situations, columns, Decay::Gaussian);
        let point = model.point(&AT, &vec![0.1; model.stores()]);
        let levels = model.levels(&point, Curvature::Expected);
        let stores = model.stores();
        let start = || vec![0.0; stores + model.beside()];
        let sums = model.visit_cells(&point, start, |sum, cell| {
            for store in cell.stores.iter().map(|store| usize::from(*store)) {
                sum[store] += cell.views[store].score;
            }
            let shared = sum[stores..].iter_mut().zip(cell.shared);
            shared.for_each(|(sum, view)| *sum += view.score);
        });
        for i in 0..stores + model.beside() {
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
