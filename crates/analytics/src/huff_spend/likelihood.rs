//! The quasi likelihood of flows under shared parameters, with exact derivatives.
//!
//! Row i can spend P, and left Y in all. With D = O + sum of w_j, p_j = w_j / D, p_o = O / D and x the columns, the distance and, for the
//! outside alone, a 1:
//!
//! - l = sum of y_j v_j - Y ln D - P (1 - p_o), up to what no parameter changes;
//! - gradient = sum of y_j x_j - (Y + P p_o) x̄ + P p_o x_o, which is the sum of (y_j - P p_j) (x_j - x̄), x̄ being the mean of x over all
//!   alternatives;
//! - Hessian = -(Y + P p_o) C + P p_o (x_o - x̄) (x_o - x̄)', C being the covariance of x over all alternatives.

use super::model::{Point, SpendModel};
use super::situations::Row;
use crate::numeric::{Evaluation, side_by_side};

/// Sums over a row's stores of weight, weight x, weight x x' (lower triangle, row by row).
struct Moments {
    total: f64,
    first: Vec<f64>,
    second: Vec<f64>,
    x: Vec<f64>,
}

impl Moments {
    fn new(width: usize) -> Moments {
        Moments {
            total: 0.0,
            first: vec![0.0; width],
            second: vec![0.0; width * (width + 1) / 2],
            x: vec![0.0; width],
        }
    }

    fn add(&mut self, weight: f64) {
        self.total += weight;
        let mut seconds = self.second.iter_mut();
        for (row, first) in self.first.iter_mut().enumerate() {
            let weighted = weight * self.x[row];
            *first += weighted;
            for (x, second) in self.x[..=row].iter().zip(seconds.by_ref()) {
                *second += weighted * x;
            }
        }
    }
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
        let mut moments = Moments::new(self.width() + 1);
        for number in self.pieces[piece].clone().step_by(step) {
            let row = self.situations.row(number);
            self.moments(&row, point, &mut moments);
            self.add_row(&row, point, &mut moments, &mut sum);
        }
        sum
    }

    fn moments(&self, row: &Row<'_>, point: &Point, moments: &mut Moments) {
        let width = self.width();
        moments.total = point.outside;
        moments.first.fill(0.0);
        moments.second.fill(0.0);
        let distances = &self.distances[row.first..row.first + row.stores.len()];
        for (store, g) in row.stores.iter().zip(distances) {
            let store = usize::from(*store);
            moments.x[..width].copy_from_slice(self.scaled_of(store));
            moments.x[width] = *g;
            moments.add((point.base[store] + point.distance * g).exp());
        }
    }

    fn add_row(&self, row: &Row<'_>, point: &Point, moments: &mut Moments, sum: &mut Evaluation) {
        let (width, last) = (self.width(), self.size() - 1);
        let outside = point.outside / moments.total;
        let lost = row.potential * outside;
        let (curved, bent) = (row.revenue + lost, row.revenue + 2.0 * lost);
        sum.value -= row.revenue * moments.total.ln() + row.potential - lost;
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
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{model_on, small};
    use crate::huff::Decay;

    #[test]
    fn derivatives_are_those_of_the_value() {
        let (situations, columns) = small();
        for decay in Decay::ALL {
            let model = model_on(&situations, &columns, decay);
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
