//! The quasi likelihood of flows under shared parameters, with exact derivatives.
//!
//! Row i can spend P, and left Y in all. What is not observed is one group of alternatives, the outside o and the rivals c: with
//! D = O + sum of w_c + sum of w_j, p = w / D, q = p_o + sum of p_c, and x the columns, the distance and, for the outside alone, a 1:
//!
//! - l = sum of y_j v_j - Y ln D - P (1 - q), up to what no parameter changes;
//! - gradient = sum of y_j x_j - (Y + P q) x̄ + P q x̃, which is the sum of (y_j - P p_j) (x_j - x̄), x̄ being the mean of x over all
//!   alternatives and x̃ that over the group;
//! - Hessian = -(Y + P q) C + P q (C̃ + (x̃ - x̄) (x̃ - x̄)'), C and C̃ being the covariances of x over all alternatives and over the group.
//!
//! With m = q x̃ and S̃ the sum of p x x' over the group, the last term is P (S̃ - m x̄' - x̄ m' + q x̄ x̄'), which needs no division by q.
//! Without rivals, S̃ and m have the outside alone. Rivals are added to that, so that a model without any computes what it always did.

use super::model::{Point, SpendModel};
use super::moments::Moments;
use super::situations::Row;
use crate::numeric::{Evaluation, side_by_side};

/// A row's alternatives, all and the rivals.
struct Sums {
    all: Moments,
    rivals: Moments,
}

impl SpendModel<'_> {
    /// Value and derivatives by scaled columns, distance and outside, counted in mean flows; on every `step`-th row.
    pub(super) fn evaluate(&self, parameters: &[f64], step: usize) -> Evaluation {
        let point = self.point(parameters, &vec![0.0; self.stores()]);
        let sums = side_by_side(self.pieces.len() as u64, |piece| {
            self.evaluate_piece(piece as usize, step, &point)
        });
        let size = self.size();
        let mut all = Evaluation::zero(size);
        for sum in sums {
            all.value += sum.value / self.money;
            for row in 0..size {
                all.gradient[row] += sum.gradient[row] / self.money;
                for column in 0..=row {
                    all.hessian.add(row, column, sum.hessian.get(row, column) / self.money);
                }
            }
        }
        all
    }

    fn evaluate_piece(&self, piece: usize, step: usize, point: &Point) -> Evaluation {
        let mut sum = Evaluation::zero(self.size());
        let mut sums = Sums {
            all: Moments::new(self.width() + 1),
            rivals: Moments::new(self.width() + 1),
        };
        for number in self.pieces[piece].clone().step_by(step) {
            let row = self.situations.row(number);
            self.sums(&row, point, &mut sums);
            self.add_row(&row, point, &mut sums, &mut sum);
        }
        sum
    }

    fn sums(&self, row: &Row<'_>, point: &Point, sums: &mut Sums) {
        let width = self.width();
        let moments = &mut sums.all;
        moments.restart(point.outside);
        let distances = &self.distances[row.first..row.first + row.stores.len()];
        for (store, g) in row.stores.iter().zip(distances) {
            let store = usize::from(*store);
            moments.x[..width].copy_from_slice(self.scaled_of(store));
            moments.x[width] = *g;
            moments.add((point.base[store] + point.distance * g).exp());
        }
        if self.has_rivals() {
            self.rival_moments(row, point, &mut sums.rivals);
            sums.all.merge(&sums.rivals);
        }
    }

    fn add_row(&self, row: &Row<'_>, point: &Point, sums: &mut Sums, sum: &mut Evaluation) {
        let (width, last) = (self.width(), self.size() - 1);
        let moments = &mut sums.all;
        let outside = point.outside / moments.total;
        let lost = row.potential * outside;
        let unseen = lost + row.potential * (sums.rivals.total / moments.total);
        let (curved, bent) = (row.revenue + unseen, row.revenue + 2.0 * unseen);
        sum.value -= row.revenue * moments.total.ln() + row.potential - unseen;
        for (place, flow) in row.flows() {
            let store = usize::from(row.stores[place]);
            let g = self.distances[row.first + place];
            sum.value += flow * (point.base[store] + point.distance * g);
            for (gradient, x) in sum.gradient.iter_mut().zip(self.scaled_of(store)) {
                *gradient += flow * x;
            }
            sum.gradient[width] += flow * g;
        }
        moments.first.iter_mut().for_each(|first| *first /= moments.total);
        let mean = &moments.first;
        let mut seconds = moments.second.iter();
        let beside = bent * outside - lost;
        for r in 0..last {
            sum.gradient[r] -= curved * mean[r];
            for (c, second) in seconds.by_ref().take(r + 1).enumerate() {
                let value = bent * mean[r] * mean[c] - curved * second / moments.total;
                sum.hessian.add(r, c, value);
            }
            sum.hessian.add(last, r, mean[r] * beside);
        }
        sum.gradient[last] += lost - curved * outside;
        let away = 1.0 - outside;
        sum.hessian.add(last, last, away * (lost * away - curved * outside));
        if !row.rivals.is_empty() {
            sums.rivals.divide(sums.all.total);
            self.add_rivals(row, outside, sums, sum);
        }
    }

    /// What the group's mean and second moments have of the rivals; all of it in shares.
    fn add_rivals(&self, row: &Row<'_>, outside: f64, sums: &Sums, sum: &mut Evaluation) {
        let (last, potential) = (self.size() - 1, row.potential);
        let (mean, own) = (&sums.all.first, &sums.rivals.first);
        let mut seconds = sums.rivals.second.iter();
        for r in 0..last {
            sum.gradient[r] += potential * own[r];
            for (c, second) in seconds.by_ref().take(r + 1).enumerate() {
                let value = second - own[r] * mean[c] - mean[r] * own[c];
                sum.hessian.add(r, c, potential * value);
            }
            sum.hessian.add(last, r, -potential * outside * own[r]);
        }
        let taken = potential * sums.rivals.total;
        sum.hessian.add(last, last, taken * outside * outside);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{both, model_on};
    use crate::network::huff::Decay;

    #[test]
    fn derivatives_are_those_of_the_value() {
        let both = both();
        let forms = Decay::ALL
            .iter()
            .flat_map(|decay| both.iter().map(move |data| (*decay, data)));
        for (decay, (situations, columns)) in forms {
            let model = model_on(situations, columns, decay);
            let at = [0.4, -0.2, -0.7, 1.1];
            let here = model.evaluate(&at, 1);
            let h = 1e-5;
            for i in 0..at.len() {
                let moved = |by: f64| {
                    let mut at = at;
                    at[i] += by;
                    model.evaluate(&at, 1)
                };
                let (up, down) = (moved(h), moved(-h));
                let slope = (up.value - down.value) / (2.0 * h);
                assert!(
                    (slope - here.gradient[i]).abs() < 1e-6 * (1.0 + slope.abs()),
                    "{decay:?} {i}"
                );
                for j in 0..at.len() {
                    let curve = (up.gradient[j] - down.gradient[j]) / (2.0 * h);
                    let exact = here.hessian.get(i, j);
                    assert!((curve - exact).abs() < 1e-6 * (1.0 + curve.abs()), "{decay:?} {i} {j}");
                }
            }
        }
    }
}
