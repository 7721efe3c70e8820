//! Logarithm of the gamma function and its derivatives.

/// 80 % of the standard normal distribution lie between this and its negative.
pub const Z_80: f64 = 1.281_551_565_544_600_4;
/// 95 % of the standard normal distribution lie between this and its negative.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// ln Γ(x) for x > 0.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// ln B(a, b) for positive a and b.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// From here on the asymptotic series below are exact to the last digits.
const LARGE: f64 = 12.0;

/// ψ(x) = d ln Γ(x) / dx for x > 0, by recurrence and the asymptotic series (Abramowitz & Stegun 6.3.5, 6.3.18).
pub fn digamma(mut x: f64) -> f64 {
    let mut below = 0.0;
    while x < LARGE {
        below -= 1.0 / x;
        x += 1.0;
    }
    let z = 1.0 / (x * x);
    let series = z
        * (1.0 / 12.0
            - z * (1.0 / 120.0
                - z * (1.0 / 252.0 - z * (1.0 / 240.0 - z * (1.0 / 132.0 - z * (691.0 / 32_760.0 - z / 12.0))))));
    below + x.ln() - 0.5 / x - series
}

/// ψ'(x) for x > 0, by recurrence and the asymptotic series (Abramowitz & Stegun 6.4.6, 6.4.12).
pub fn trigamma(mut x: f64) -> f64 {
    let mut below = 0.0;
    while x < LARGE {
        below += 1.0 / (x * x);
        x += 1.0;
    }
    let z = 1.0 / (x * x);
    let series = z
        * (1.0 / 6.0
            - z * (1.0 / 30.0
                - z * (1.0 / 42.0 - z * (1.0 / 30.0 - z * (5.0 / 66.0 - z * (691.0 / 2_730.0 - z * 7.0 / 6.0))))));
    below + (1.0 + 0.5 / x + series) / x
}

/// s times the integral over y from 0 to infinity of e^(-z y) (1 + y)^-(s + 1), for positive s and z: s e^z E_(s+1)(z) with the generalised
/// exponential integral E. It falls from 1 at z = 0, as s / z in the end.
pub fn faded(s: f64, z: f64) -> f64 {
    if z < 0.1 {
        // With 1 + y = e^w; the continued fraction would take hundreds of steps.
        return s * super::quadrature::half_line(|w| (-z * w.exp_m1() - s * w).exp());
    }
    // Lentz's method on the even part of the continued fraction (Abramowitz & Stegun 5.1.22).
    let mut b = z + s + 1.0;
    let (mut c, mut d) = (f64::INFINITY, 1.0 / b);
    let mut fraction = d;
    for step in 1..100_000 {
        let a = -f64::from(step) * (s + f64::from(step));
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = if c.is_infinite() { b } else { b + a / c };
        let change = c * d;
        fraction *= change;
        if (change - 1.0).abs() < 1e-16 {
            break;
        }
    }
    s * fraction
}

/// Value, first and second derivative of ln Γ at one point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LnGamma {
    /// ln Γ(x).
    pub value: f64,
    /// ψ(x).
    pub first: f64,
    /// ψ'(x).
    pub second: f64,
}

impl LnGamma {
    /// At x > 0.
    pub fn at(x: f64) -> LnGamma {
        LnGamma {
            value: ln_gamma(x),
            first: digamma(x),
            second: trigamma(x),
        }
    }
}

impl std::ops::Sub for LnGamma {
    type Output = LnGamma;
    fn sub(self, other: LnGamma) -> LnGamma {
        LnGamma {
            value: self.value - other.value,
            first: self.first - other.first,
            second: self.second - other.second,
        }
    }
}

/// The share of a standard normal distribution below z.
pub fn normal(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// The z below which so much of a standard normal distribution lies; not a number of what is no share.
pub fn normal_quantile(share: f64) -> f64 {
    if share.is_nan() || !(0.0..=1.0).contains(&share) {
        return f64::NAN;
    }
    // Beyond 38 there is nothing that a number can hold.
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..64 {
        let middle = 0.5 * (low + high);
        if normal(middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EULER: f64 = 0.577_215_664_901_532_9;

    fn close(left: f64, right: f64) {
        assert!(
            (left - right).abs() <= 4e-15 * right.abs().max(1.0),
            "{left} is not {right}"
        );
    }

    #[test]
    fn known_values() {
        close(digamma(1.0), -EULER);
        close(digamma(0.5), -EULER - 2.0 * std::f64::consts::LN_2);
        close(trigamma(1.0), std::f64::consts::PI.powi(2) / 6.0);
        close(trigamma(0.5), std::f64::consts::PI.powi(2) / 2.0);
        close(ln_beta(2.0, 3.0), (1.0_f64 / 12.0).ln());
        // ψ(100), ψ'(100): Abramowitz & Stegun, from the series alone.
        close(digamma(100.0), 4.600_161_852_738_087);
        close(trigamma(100.0), 0.010_050_166_663_333_571);
    }

    #[test]
    fn fading_agrees_with_its_integral_and_its_recurrence() {
        for s in [0.05, 0.6, 1.0, 7.3, 300.0] {
            for z in [1e-9, 0.001, 0.019, 0.021, 0.4, 3.0, 80.0, 1e6] {
                let by_hand = s * super::super::quadrature::half_line(|w: f64| (-z * w.exp_m1() - s * w).exp());
                let found = faded(s, z);
                assert!(
                    (found / by_hand - 1.0).abs() < 1e-12,
                    "s {s}, z {z}: {found} is not {by_hand}"
                );
                // E_(v+1) = (e^-z - z E_v) / v.
                let next = faded(s + 1.0, z);
                assert!((next - (1.0 - z * found / s)).abs() < 1e-9, "s {s}, z {z}");
            }
        }
    }

    #[test]
    fn recurrences_hold_at_every_size() {
        for x in [1e-6, 0.01, 0.3, 1.7, 11.9, 12.1, 400.0, 1e6] {
            close(digamma(x + 1.0) - digamma(x), 1.0 / x);
            let (difference, expected) = (trigamma(x) - trigamma(x + 1.0), 1.0 / (x * x));
            assert!((difference - expected).abs() <= 1e-12 * trigamma(x), "{x}");
        }
    }

    #[test]
    fn normal_shares_and_their_ends() {
        for (z, share) in [(0.0, 0.5), (Z_95, 0.975), (-1.0, 0.158_655_253_931_457_05)] {
            assert!((normal(z) - share).abs() < 1e-15);
            assert!((normal_quantile(share) - z).abs() < 1e-12);
        }
        assert!(normal_quantile(0.0) < -37.0 && normal_quantile(1.0) > 8.0 && normal_quantile(f64::NAN).is_nan());
    }
}
