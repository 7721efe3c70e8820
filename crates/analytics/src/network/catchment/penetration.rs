//! How much of a cell, or of a band of cells, a store has won.

use crate::numeric::special::Z_95;

/// Customers among households, with a binomial interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penetration {
    /// Customers / households. Above 1 where several customers share a household, or the market counts too few.
    pub rate: f64,
    /// Wilson's interval of 95 %; None above a rate of 1, where customers are no sample of the households.
    pub interval: Option<(f64, f64)>,
}

/// Penetration = customers / households, with the interval of Wilson (1927), "Probable inference, the law of succession, and statistical
/// inference". It takes each household for an independent draw, so it says how far chance alone goes, not how good the count of
/// households is. None without households.
///
/// ```
/// use chalandise_analytics::network::catchment::penetration;
/// let found = penetration(10, 100.0).expect("households");
/// let (low, high) = found.interval.expect("fewer customers than households");
/// assert!((low - 0.0552).abs() < 1e-4 && (high - 0.1744).abs() < 1e-4);
/// ```
pub fn penetration(customers: u64, households: f64) -> Option<Penetration> {
    if !(households.is_finite() && households > 0.0) {
        return None;
    }
    let rate = customers as f64 / households;
    let z2 = Z_95 * Z_95 / households;
    let interval = (rate <= 1.0).then(|| {
        let centre = rate + 0.5 * z2;
        let half = (z2 * (rate * (1.0 - rate) + 0.25 * z2)).sqrt();
        // The ends are exact at none and at all; subtraction would leave the last digits.
        let low = if customers == 0 {
            0.0
        } else {
            ((centre - half) / (1.0 + z2)).max(0.0)
        };
        let high = if rate == 1.0 {
            1.0
        } else {
            ((centre + half) / (1.0 + z2)).min(1.0)
        };
        (low, high)
    });
    Some(Penetration { rate, interval })
}

/// Net revenue (cents) as a share of the potential (the currency's units, over the same time). None without potential; negative where
/// refunds outweigh.
///
/// ```
/// use chalandise_analytics::network::catchment::share_of_potential;
/// assert_eq!(share_of_potential(12_500, 1_000.0), Some(0.125));
/// assert_eq!(share_of_potential(12_500, 0.0), None);
/// ```
pub fn share_of_potential(revenue: i64, potential: f64) -> Option<f64> {
    (potential.is_finite() && potential > 0.0).then(|| revenue as f64 / 100.0 / potential)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilsons_interval_is_that_of_the_books() {
        // Brown, Cai & DasGupta (2001) and R's prop.test(correct = FALSE): 5 of 20, 0 of 10, 10 of 10.
        let interval = |customers, households| penetration(customers, households).and_then(|found| found.interval);
        let (low, high) = interval(5, 20.0).expect("an interval");
        assert!(
            (low - 0.111_861_7).abs() < 1e-6 && (high - 0.468_700_6).abs() < 1e-6,
            "{low} {high}"
        );
        let (low, high) = interval(0, 10.0).expect("an interval");
        assert!(low == 0.0 && (high - 0.277_532_8).abs() < 1e-6, "{high}");
        let (low, high) = interval(10, 10.0).expect("an interval");
        assert!((low - 0.722_467_2).abs() < 1e-6 && high == 1.0, "{low}");
    }

    #[test]
    fn what_is_no_share_has_none() {
        assert_eq!(penetration(3, 0.0), None);
        assert_eq!(penetration(3, f64::NAN), None);
        let crowded = penetration(3, 2.0).expect("households");
        assert_eq!((crowded.rate, crowded.interval), (1.5, None));
        assert_eq!(share_of_potential(-200, 4.0), Some(-0.5));
    }
}
