//! The search for the best coefficients, in the measure of what they do to the choices.

use crate::numeric::{Evaluation, Status, Symmetric, maximise};
use crate::purchase::fit::information;

use super::calibration::Ending;
use super::design::{Design, dot};

/// Times that the search starts again, measured anew, because it went far.
const ROUNDS: usize = 8;
/// Farther than this a round does not go to the end: `maximise` stops at 40.
const FAR: f64 = 30.0;
/// A likelihood that falls less than this, one standard error away, does not fall.
const FLAT: f64 = 1e-5;

/// Where a search ended, in coefficients of the ready columns.
pub(super) struct Peak {
    pub at: Vec<f64>,
    pub value: f64,
    /// The Hessian, negative.
    pub information: Symmetric,
    pub iterations: usize,
    pub ending: Ending,
}

/// Climbs from `start`. The weights of the likelihood should be about 1 for each observation, `total` together.
pub(super) fn climb(f: &impl Fn(&[f64]) -> Evaluation, start: &[f64], total: f64, design: &Design) -> Peak {
    let mut at = start.to_vec();
    let mut iterations = 0;
    let mut status = Status::NoMaximum;
    for _ in 0..ROUNDS {
        let measure = Measure::of(&f(&at), total);
        let from = at.clone();
        let place = |steps: &[f64]| -> Vec<f64> {
            let moved = measure.moved(steps);
            from.iter().zip(&moved).map(|(from, moved)| from + moved).collect()
        };
        let found = maximise(|steps| measure.seen(&f(&place(steps))), &vec![0.0; at.len()]);
        at = place(&found.at);
        iterations += found.iterations;
        status = found.status;
        if status == Status::Converged || found.at.iter().all(|step| step.abs() < FAR) {
            break;
        }
    }
    let here = f(&at);
    let information = information(&here);
    let ending = match flat_direction(f, &at, here.value, &information) {
        Some(direction) => Ending::Unbounded {
            covariate: design.chief(&direction),
        },
        None if status == Status::Converged => Ending::Converged,
        None => Ending::NoMaximum,
    };
    Peak {
        at,
        value: here.value,
        information,
        iterations,
        ending,
    }
}

/// A direction in which the likelihood does not fall on both sides. At a maximum it falls by about 1/2 within one standard error;
/// on the plateau that separated flows end on, it does not fall however far one goes.
fn flat_direction(
    f: &impl Fn(&[f64]) -> Evaluation,
    at: &[f64],
    value: f64,
    information: &Symmetric,
) -> Option<Vec<f64>> {
    let eigen = information.eigen();
    let falls = |direction: &[f64], step: f64| {
        let there: Vec<f64> = at.iter().zip(direction).map(|(at, along)| at + step * along).collect();
        let there = f(&there).value;
        // What cannot be computed is too far down.
        there.is_nan() || there < value - FLAT
    };
    let mut pairs: Vec<(f64, Vec<f64>)> = eigen.values.into_iter().zip(eigen.vectors).collect();
    pairs.sort_by(|left, right| left.0.total_cmp(&right.0));
    let flat = pairs.into_iter().find(|(curvature, direction)| {
        let error = 1.0 / curvature.sqrt();
        !error.is_finite() || !falls(direction, error) || !falls(direction, -error)
    });
    flat.map(|(_, direction)| direction)
}

/// Lower factor of the information for one unit of weight: a step of 1 in its measure changes utilities by about 1 between the
/// destinations that matter, whatever the far ones are like.
struct Measure {
    lower: Vec<f64>,
    size: usize,
}

impl Measure {
    fn of(here: &Evaluation, total: f64) -> Measure {
        let size = here.gradient.len();
        let information = information(here);
        let mut unit = Symmetric::zeros(size);
        for row in 0..size {
            for column in 0..=row {
                unit.add(row, column, information.get(row, column) / total);
            }
        }
        let identity = || {
            (0..size * size)
                .map(|it| f64::from(u8::from(it % (size + 1) == 0)))
                .collect()
        };
        let sound = |lower: &Vec<f64>| (0..size).all(|i| lower[i * size + i] > 1e-12);
        let lower = unit.cholesky().filter(sound).unwrap_or_else(identity);
        Measure { lower, size }
    }

    /// Solves L' x = steps.
    fn moved(&self, steps: &[f64]) -> Vec<f64> {
        let mut x = steps.to_vec();
        for i in (0..self.size).rev() {
            let known: f64 = (i + 1..self.size).map(|k| self.lower[k * self.size + i] * x[k]).sum();
            x[i] = (x[i] - known) / self.lower[i * self.size + i];
        }
        x
    }

    /// The columns of L'^-1.
    fn columns(&self) -> Vec<Vec<f64>> {
        let unit = |column: usize| (0..self.size).map(move |it| f64::from(u8::from(it == column)));
        (0..self.size)
            .map(|column| self.moved(&unit(column).collect::<Vec<f64>>()))
            .collect()
    }

    /// Derivatives by the steps from those by the coefficients.
    fn seen(&self, here: &Evaluation) -> Evaluation {
        let columns = self.columns();
        let mut seen = Evaluation::zero(self.size);
        seen.value = here.value;
        for (row, left) in columns.iter().enumerate() {
            seen.gradient[row] = dot(left, &here.gradient);
            let product: Vec<f64> = (0..self.size)
                .map(|it| (0..self.size).map(|k| left[k] * here.hessian.get(k, it)).sum())
                .collect();
            for (column, right) in columns.iter().enumerate().take(row + 1) {
                seen.hessian.add(row, column, dot(&product, right));
            }
        }
        seen
    }
}
