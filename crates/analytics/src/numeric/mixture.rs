//! The logarithm of a sum of positive terms, with its derivatives, from logarithms of the terms.

use super::maximise::Evaluation;

/// ln(e^l1 + e^l2 + ...) as terms are added; the l and their derivatives by the same parameters.
#[derive(Clone, Debug)]
pub struct Mixture<const N: usize> {
    /// The largest l so far.
    top: f64,
    /// Sum of e^(l - top), and the same weighted with gradients and with Hessians plus products of gradients.
    sum: f64,
    first: [f64; N],
    second: [[f64; N]; N],
}

/// ln of one term and its derivatives; of the second ones the lower triangle.
#[derive(Clone, Copy, Debug)]
pub struct Term<const N: usize> {
    /// ln of the term.
    pub value: f64,
    /// First derivatives.
    pub first: [f64; N],
    /// Second derivatives, lower triangle.
    pub second: [[f64; N]; N],
}

impl<const N: usize> Default for Mixture<N> {
    fn default() -> Mixture<N> {
        Mixture {
            top: f64::NEG_INFINITY,
            sum: 0.0,
            first: [0.0; N],
            second: [[0.0; N]; N],
        }
    }
}

impl<const N: usize> Mixture<N> {
    /// Adds a term.
    pub fn add(&mut self, term: &Term<N>) {
        if term.value == f64::NEG_INFINITY {
            return;
        }
        if term.value > self.top {
            let shrink = (self.top - term.value).exp();
            self.sum *= shrink;
            self.first.iter_mut().for_each(|it| *it *= shrink);
            self.second.iter_mut().flatten().for_each(|it| *it *= shrink);
            self.top = term.value;
        }
        let weight = (term.value - self.top).exp();
        self.sum += weight;
        for row in 0..N {
            self.first[row] += weight * term.first[row];
            for column in 0..=row {
                self.second[row][column] += weight * (term.second[row][column] + term.first[row] * term.first[column]);
            }
        }
    }

    /// ln of the sum.
    pub fn value(&self) -> f64 {
        self.top + self.sum.ln()
    }

    /// Adds ln of the sum and its derivatives, `weight` times, to an evaluation.
    pub fn add_to(&self, evaluation: &mut Evaluation, weight: f64) {
        evaluation.value += weight * self.value();
        let first = self.first.map(|it| it / self.sum);
        for row in 0..N {
            evaluation.gradient[row] += weight * first[row];
            for column in 0..=row {
                let curved = self.second[row][column] / self.sum - first[row] * first[column];
                evaluation.hessian.add(row, column, weight * curved);
            }
        }
    }
}
