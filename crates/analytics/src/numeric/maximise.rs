//! The maximum of a likelihood whose gradient and Hessian are known: Newton's method in a trust region.
//!
//! Nocedal & Wright, *Numerical Optimization* (2006), chapter 4: the step maximises the quadratic model within a radius that grows
//! while the model predicts well and shrinks while it does not, so that hostile starts and indefinite Hessians are no trouble.

use super::symmetric::Symmetric;

/// A function at one point.
#[derive(Clone, Debug)]
pub struct Evaluation {
    /// The value.
    pub value: f64,
    /// First derivatives.
    pub gradient: Vec<f64>,
    /// Second derivatives.
    pub hessian: Symmetric,
}

impl Evaluation {
    /// Zero in so many dimensions, to be added to.
    pub fn zero(size: usize) -> Evaluation {
        Evaluation {
            value: 0.0,
            gradient: vec![0.0; size],
            hessian: Symmetric::zeros(size),
        }
    }

    fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient.iter().all(|it| it.is_finite()) && self.hessian.is_finite()
    }
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// At a maximum, as exactly as the numbers allow.
    Converged,
    /// The function still rises where the search was stopped: it has no maximum inside, or is too flat to have one.
    NoMaximum,
    /// The function is not finite at the start.
    BadStart,
}

/// Where a search ended.
#[derive(Clone, Debug)]
pub struct Optimum {
    /// The point.
    pub at: Vec<f64>,
    /// The function there.
    pub evaluation: Evaluation,
    /// Newton steps tried.
    pub iterations: usize,
    /// How it ended.
    pub status: Status,
}

const MOST_ITERATIONS: usize = 300;
/// Points outside are not visited: parameters are logarithms, and e^±40 is no parameter of anything.
const FARTHEST: f64 = 40.0;

/// The maximum of `f` from `start`.
pub fn maximise(f: impl Fn(&[f64]) -> Evaluation, start: &[f64]) -> Optimum {
    let mut at = start.to_vec();
    let mut here = f(&at);
    if !here.is_finite() {
        return Optimum {
            at,
            evaluation: here,
            iterations: 0,
            status: Status::BadStart,
        };
    }
    let mut radius = 1.0;
    let mut iterations = 0;
    while iterations < MOST_ITERATIONS {
        iterations += 1;
        let step = within(&here, radius);
        let predicted = gain(&here, &step);
        if exact_enough(&here) && predicted <= 1e-21 {
            break;
        }
        let candidate: Vec<f64> = at.iter().zip(&step).map(|(at, step)| at + step).collect();
        let inside = candidate.iter().all(|it| it.abs() <= FARTHEST);
        let there = inside.then(|| f(&candidate)).filter(Evaluation::is_finite);
        let Some(there) = there else {
            radius *= 0.25;
            if radius < 1e-12 {
                break;
            }
            continue;
        };
        let gained = there.value - here.value;
        // Where both are smaller than the value's last digits, only the gradient tells.
        let noise = 1e-13 * here.value.abs().max(1.0);
        let ratio = if predicted < noise {
            if norm(&there.gradient) < norm(&here.gradient) {
                1.0
            } else {
                -1.0
            }
        } else {
            gained / predicted
        };
        if ratio < 0.25 {
            radius = 0.25 * norm(&step);
        } else if ratio > 0.75 && norm(&step) > 0.8 * radius {
            radius = (2.0 * radius).min(10.0);
        }
        if ratio > 1e-4 {
            at = candidate;
            here = there;
        } else if predicted < noise || radius < 1e-14 {
            break;
        }
    }
    let status = if exact_enough(&here) {
        Status::Converged
    } else {
        Status::NoMaximum
    };
    Optimum {
        at,
        evaluation: here,
        iterations,
        status,
    }
}

/// Whether the next Newton step would move by less than a millionth of a standard error.
fn exact_enough(here: &Evaluation) -> bool {
    let size = here.gradient.len();
    let mut information = Symmetric::zeros(size);
    for row in 0..size {
        for column in 0..=row {
            information.add(row, column, -here.hessian.get(row, column));
        }
    }
    let step = information.solve(&here.gradient);
    step.is_some_and(|step| dot(&step, &here.gradient) <= 1e-12)
}

/// The step within the radius that gains most under the quadratic model.
fn within(here: &Evaluation, radius: f64) -> Vec<f64> {
    let eigen = here.hessian.eigen();
    let along: Vec<f64> = eigen.vectors.iter().map(|vector| dot(vector, &here.gradient)).collect();
    let largest = eigen.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let length = |shift: f64| {
        let squares = eigen
            .values
            .iter()
            .zip(&along)
            .map(|(value, along)| (along / (shift - value)).powi(2));
        squares.sum::<f64>().sqrt()
    };
    let mut shift = 0.0;
    if largest >= 0.0 || length(0.0) > radius {
        let (mut low, mut high) = (
            largest.max(0.0),
            largest.max(0.0) + norm(&here.gradient) / radius + 1e-12,
        );
        while length(high) > radius {
            high = largest.max(0.0) + 2.0 * (high - largest.max(0.0));
        }
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if length(middle) > radius {
                low = middle
            } else {
                high = middle
            }
        }
        shift = high;
    }
    let mut step = vec![0.0; along.len()];
    for ((value, vector), along) in eigen.values.iter().zip(&eigen.vectors).zip(&along) {
        for (step, element) in step.iter_mut().zip(vector) {
            *step += along / (shift - value) * element;
        }
    }
    step
}

fn gain(here: &Evaluation, step: &[f64]) -> f64 {
    let curved: f64 = (0..step.len())
        .flat_map(|row| (0..step.len()).map(move |column| (row, column)))
        .map(|(row, column)| step[row] * here.hessian.get(row, column) * step[column])
        .sum();
    dot(&here.gradient, step) + 0.5 * curved
}

fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

fn norm(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rosenbrock's valley, turned over: its maximum is at (1, 1).
    fn valley(at: &[f64]) -> Evaluation {
        let (x, y) = (at[0], at[1]);
        let mut hessian = Symmetric::zeros(2);
        hessian.add(0, 0, -(2.0 - 400.0 * (y - 3.0 * x * x)));
        hessian.add(1, 0, 400.0 * x);
        hessian.add(1, 1, -200.0);
        Evaluation {
            value: -((1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2)),
            gradient: vec![2.0 * (1.0 - x) + 400.0 * x * (y - x * x), -200.0 * (y - x * x)],
            hessian,
        }
    }

    #[test]
    fn a_bent_valley_is_followed_to_its_end() {
        for start in [[-1.2, 1.0], [5.0, -7.0], [0.0, 20.0]] {
            let found = maximise(valley, &start);
            assert_eq!(found.status, Status::Converged);
            assert!(
                (found.at[0] - 1.0).abs() < 1e-9 && (found.at[1] - 1.0).abs() < 1e-9,
                "{:?}",
                found.at
            );
        }
    }

    #[test]
    fn a_function_that_rises_for_ever_has_no_maximum() {
        let slope = |at: &[f64]| {
            let mut evaluation = Evaluation::zero(1);
            evaluation.value = -(-at[0]).exp();
            evaluation.gradient[0] = (-at[0]).exp();
            evaluation.hessian.add(0, 0, -(-at[0]).exp());
            evaluation
        };
        let found = maximise(slope, &[0.0]);
        assert!(found.iterations < MOST_ITERATIONS);
        assert!(found.at[0] > 10.0);
    }
}
