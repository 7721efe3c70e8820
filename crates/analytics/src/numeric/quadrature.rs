//! Integrals: Gauss-Legendre for smooth functions, tanh-sinh for those with singular ends.

use std::sync::OnceLock;

/// Nodes and weights of Gauss and Legendre's rule on (0, 1).
#[derive(Debug)]
pub struct GaussLegendre {
    /// Nodes, ascending.
    pub nodes: Vec<f64>,
    /// Weights; their sum is 1.
    pub weights: Vec<f64>,
}

impl GaussLegendre {
    /// The rule of `count` nodes: the zeros of Legendre's polynomial by Newton's method from the usual cosines.
    pub fn new(count: usize) -> GaussLegendre {
        let n = count as f64;
        let mut nodes = Vec::with_capacity(count);
        let mut weights = Vec::with_capacity(count);
        for index in (0..count).rev() {
            let mut x = (std::f64::consts::PI * (index as f64 + 0.75) / (n + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut previous, mut value) = (1.0, x);
                for degree in 2..=count {
                    let k = degree as f64;
                    (previous, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * previous) / k);
                }
                slope = n * (x * value - previous) / (x * x - 1.0);
                let step = value / slope;
                x -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            nodes.push(0.5 * (1.0 + x));
            weights.push(1.0 / ((1.0 - x * x) * slope * slope));
        }
        GaussLegendre { nodes, weights }
    }

    /// Nodes with their weights.
    pub fn pairs(&self) -> impl Iterator<Item = (f64, f64)> {
        self.nodes.iter().copied().zip(self.weights.iter().copied())
    }

    /// The rule of 16 nodes, made once.
    pub fn of_16() -> &'static GaussLegendre {
        static RULE: OnceLock<GaussLegendre> = OnceLock::new();
        RULE.get_or_init(|| GaussLegendre::new(16))
    }
}

/// Panels from `from` to `to` for functions made of powers of (c + y), c at least `smallest`: in each one no c + y more than
/// triples, nor does a power that falls at `steepness(y)` (minus the derivative of its logarithm) fall below e^-16, so that 16
/// nodes are exact. Calls `visit` with node and weight; a function that falls so itself is left where it is below e^-50.
pub fn power_panels(
    (from, to): (f64, f64),
    smallest: f64,
    falls: bool,
    steepness: impl Fn(f64) -> f64,
    mut visit: impl FnMut(f64, f64),
) {
    let rule = GaussLegendre::of_16();
    let (mut begin, mut fallen) = (from, 0.0);
    while begin < to && !(falls && fallen > 50.0) {
        let steep = steepness(begin);
        let length = (2.0 * (smallest + begin)).min(16.0 / steep).min(to - begin);
        for (node, weight) in rule.pairs() {
            visit(begin + length * node, length * weight);
        }
        // At least so much: the steepness falls within a panel to a third at most.
        fallen += length * steep / 3.0;
        begin = if length < to - begin { begin + length } else { to };
    }
}

/// The integral of `f` over (0, 1) by tanh-sinh quadrature (Takahasi & Mori 1974), the step halved until two results agree
/// to some 1e-14. `f` takes x and 1 - x, so that neither end loses digits; it may be singular at both.
pub fn unit_interval(f: impl Fn(f64, f64) -> f64) -> f64 {
    const HALF_PI: f64 = std::f64::consts::FRAC_PI_2;
    const REACH: f64 = 6.2;
    // x = 1 / (1 + e^(-π sinh t)).
    let term = |t: f64| {
        let e = (-2.0 * HALF_PI * t.sinh()).exp();
        let (x, rest) = (1.0 / (1.0 + e), e / (1.0 + e));
        let weight = 2.0 * HALF_PI * t.cosh() * x * rest;
        if weight > 0.0 && x > 0.0 && rest > 0.0 {
            weight * f(x, rest)
        } else {
            0.0
        }
    };
    doubled(term, REACH)
}

/// The integral of `f` over (0, ∞) by exp-sinh quadrature (Takahasi & Mori 1974), for functions that decay exponentially or as a
/// power; singular at 0 at most.
pub fn half_line(f: impl Fn(f64) -> f64) -> f64 {
    const HALF_PI: f64 = std::f64::consts::FRAC_PI_2;
    const REACH: f64 = 6.2;
    let term = |t: f64| {
        let x = (HALF_PI * t.sinh()).exp();
        let weight = HALF_PI * t.cosh() * x;
        let value = if x > 0.0 && weight.is_finite() { f(x) } else { 0.0 };
        if value == 0.0 { 0.0 } else { weight * value }
    };
    doubled(term, REACH)
}

/// The trapezoidal rule over (-reach, reach), doubled until it agrees with itself.
fn doubled(term: impl Fn(f64) -> f64, reach: f64) -> f64 {
    let mut step = 0.5;
    let mut sum = term(0.0);
    let mut at = step;
    while at <= reach {
        sum += term(at) + term(-at);
        at += step;
    }
    let mut result = sum * step;
    for level in 0..8 {
        let mut between = 0.0;
        let mut at = 0.5 * step;
        while at <= reach {
            between += term(at) + term(-at);
            at += step;
        }
        sum += between;
        step *= 0.5;
        let refined = sum * step;
        let close = (refined - result).abs() <= 1e-14 * refined.abs();
        result = refined;
        if close && level > 0 {
            break;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::super::special::ln_beta;
    use super::*;

    fn close(left: f64, right: f64) {
        assert!((left - right).abs() <= 1e-13 * right.abs(), "{left} is not {right}");
    }

    #[test]
    fn gauss_legendre_is_exact_for_polynomials() {
        for rule in [GaussLegendre::new(5), GaussLegendre::new(16), GaussLegendre::new(64)] {
            close(rule.weights.iter().sum(), 1.0);
            close(rule.pairs().map(|(x, w)| w * x.powi(9)).sum(), 0.1);
        }
    }

    #[test]
    fn singular_ends_are_no_trouble() {
        for (a, b) in [(0.2, 0.3), (0.5, 7.0), (3.0, 0.1), (40.0, 60.0)] {
            let integral = unit_interval(|x, rest| x.powf(a - 1.0) * rest.powf(b - 1.0));
            close(integral, ln_beta(a, b).exp());
        }
    }

    #[test]
    fn half_lines_of_exponentials_and_powers() {
        close(half_line(|x| (-x).exp()), 1.0);
        close(
            half_line(|x| (-3.0 * x).exp() / x.sqrt()),
            (std::f64::consts::PI / 3.0).sqrt(),
        );
        close(half_line(|x| (1.0 + x).powf(-1.7)), 1.0 / 0.7);
    }
}
