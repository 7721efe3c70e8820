//! Small symmetric matrices: eigenvalues, solving, inverse.

/// A symmetric matrix of some rows, all elements stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Symmetric {
    size: usize,
    elements: Vec<f64>,
}

/// Eigenvalues and their vectors.
#[derive(Clone, Debug)]
pub struct Eigen {
    /// The values, in no order.
    pub values: Vec<f64>,
    /// The vectors, one after the other, each of length 1.
    pub vectors: Vec<Vec<f64>>,
}

impl Symmetric {
    /// A matrix of zeros.
    pub fn zeros(size: usize) -> Symmetric {
        Symmetric {
            size,
            elements: vec![0.0; size * size],
        }
    }

    /// Number of rows.
    pub fn size(&self) -> usize {
        self.size
    }

    /// An element.
    pub fn get(&self, row: usize, column: usize) -> f64 {
        self.elements[row * self.size + column]
    }

    /// Adds to an element and to its mirror image.
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        self.elements[row * self.size + column] += value;
        if row != column {
            self.elements[column * self.size + row] += value;
        }
    }

    /// Whether every element is a number.
    pub fn is_finite(&self) -> bool {
        self.elements.iter().all(|element| element.is_finite())
    }

    /// Eigenvalues and vectors by Jacobi's rotations (exact to rounding for the few rows of a model).
    pub fn eigen(&self) -> Eigen {
        let n = self.size;
        let mut a = self.elements.clone();
        let mut v = vec![0.0; n * n];
        for i in 0..n {
            v[i * n + i] = 1.0;
        }
        for _ in 0..60 {
            let off: f64 = (0..n)
                .flat_map(|i| (0..i).map(move |j| (i, j)))
                .map(|(i, j)| a[i * n + j].powi(2))
                .sum();
            let scale: f64 = (0..n).map(|i| a[i * n + i].powi(2)).sum();
            if off <= 1e-34 * scale || off == 0.0 {
                break;
            }
            for p in 0..n {
                for q in p + 1..n {
                    rotate(&mut a, &mut v, n, p, q);
                }
            }
        }
        Eigen {
            values: (0..n).map(|i| a[i * n + i]).collect(),
            vectors: (0..n).map(|j| (0..n).map(|i| v[i * n + j]).collect()).collect(),
        }
    }

    /// The inverse when the matrix is positive definite.
    pub fn inverse(&self) -> Option<Symmetric> {
        let lower = self.cholesky()?;
        let mut inverse = Symmetric::zeros(self.size);
        for column in 0..self.size {
            let unit: Vec<f64> = (0..self.size).map(|row| f64::from(u8::from(row == column))).collect();
            let solved = solve_with(&lower, self.size, &unit);
            for (row, value) in solved.iter().enumerate().skip(column) {
                inverse.add(row, column, *value);
            }
        }
        Some(inverse)
    }

    /// Vectors whose squares add up to the inverse, when the matrix is positive definite: L'^-1 of Cholesky's factor, by columns.
    pub fn inverse_root(&self) -> Option<Vec<Vec<f64>>> {
        let lower = self.cholesky()?;
        let n = self.size;
        let column = |place: usize| {
            let mut x = vec![0.0; n];
            for i in (0..=place).rev() {
                let known: f64 = (i + 1..=place).map(|k| lower[k * n + i] * x[k]).sum();
                x[i] = (f64::from(u8::from(i == place)) - known) / lower[i * n + i];
            }
            x
        };
        Some((0..n).map(column).collect())
    }

    /// The solution of `self * x = right` when the matrix is positive definite.
    pub fn solve(&self, right: &[f64]) -> Option<Vec<f64>> {
        Some(solve_with(&self.cholesky()?, self.size, right))
    }

    /// Cholesky's lower factor, row by row.
    pub fn cholesky(&self) -> Option<Vec<f64>> {
        let n = self.size;
        let mut lower = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| lower[i * n + k] * lower[j * n + k]).sum();
                let rest = self.get(i, j) - known;
                lower[i * n + j] = if i == j {
                    if rest.is_nan() || rest <= 0.0 {
                        return None;
                    }
                    rest.sqrt()
                } else {
                    rest / lower[j * n + j]
                };
            }
        }
        Some(lower)
    }
}

fn solve_with(lower: &[f64], n: usize, right: &[f64]) -> Vec<f64> {
    let mut x = right.to_vec();
    for i in 0..n {
        let known: f64 = (0..i).map(|k| lower[i * n + k] * x[k]).sum();
        x[i] = (x[i] - known) / lower[i * n + i];
    }
    for i in (0..n).rev() {
        let known: f64 = (i + 1..n).map(|k| lower[k * n + i] * x[k]).sum();
        x[i] = (x[i] - known) / lower[i * n + i];
    }
    x
}

/// One rotation that makes the element (p, q) zero.
fn rotate(a: &mut [f64], v: &mut [f64], n: usize, p: usize, q: usize) {
    let off = a[p * n + q];
    if off == 0.0 {
        return;
    }
    let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * off);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let t = if theta == 0.0 { 1.0 } else { t };
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for k in 0..n {
        let (kp, kq) = (a[k * n + p], a[k * n + q]);
        a[k * n + p] = c * kp - s * kq;
        a[k * n + q] = s * kp + c * kq;
    }
    for k in 0..n {
        let (pk, qk) = (a[p * n + k], a[q * n + k]);
        a[p * n + k] = c * pk - s * qk;
        a[q * n + k] = s * pk + c * qk;
    }
    for k in 0..n {
        let (kp, kq) = (v[k * n + p], v[k * n + q]);
        v[k * n + p] = c * kp - s * kq;
        v[k * n + q] = s * kp + c * kq;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Symmetric {
        let mut matrix = Symmetric::zeros(3);
        for (row, column, value) in [
            (0, 0, 4.0),
            (1, 1, 5.0),
            (2, 2, 6.0),
            (1, 0, 1.0),
            (2, 0, -2.0),
            (2, 1, 0.5),
        ] {
            matrix.add(row, column, value);
        }
        matrix
    }

    #[test]
    fn the_inverse_undoes() {
        let (matrix, inverse) = (example(), example().inverse().unwrap());
        for row in 0..3 {
            for column in 0..3 {
                let product: f64 = (0..3).map(|k| matrix.get(row, k) * inverse.get(k, column)).sum();
                assert!((product - f64::from(u8::from(row == column))).abs() < 1e-14);
            }
        }
        let root = matrix.inverse_root().unwrap();
        for row in 0..3 {
            for column in 0..3 {
                let squares: f64 = root.iter().map(|vector| vector[row] * vector[column]).sum();
                assert!((squares - inverse.get(row, column)).abs() < 1e-15);
            }
        }
        let mut indefinite = example();
        indefinite.add(0, 0, -10.0);
        assert!(indefinite.inverse().is_none());
    }

    #[test]
    fn eigenvectors_keep_their_direction() {
        let (matrix, eigen) = (example(), example().eigen());
        for (value, vector) in eigen.values.iter().zip(&eigen.vectors) {
            for row in 0..3 {
                let product: f64 = (0..3).map(|k| matrix.get(row, k) * vector[k]).sum();
                assert!((product - value * vector[row]).abs() < 1e-13);
            }
        }
    }
}
