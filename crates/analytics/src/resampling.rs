//! What parameters might have been, had chance sent other customers: the bootstrap on distinct rows.
//!
//! Each resample gives every customer a Poisson(1) weight, so a row of `w` customers gets a Poisson(w) one (the Poisson bootstrap;
//! Hanley & MacGibbon 2006): it needs no pass over single customers, and a resample depends on its number and the seed alone, on no
//! thread and no order.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};

use crate::purchase_fit::Fittable;
use crate::rfm::Weighted;

/// The rows of resample `number`; rows that it leaves out are dropped.
pub fn resample(rows: &[Weighted], seed: u64, number: u64) -> Vec<Weighted> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(number);
    let mut drawn = Vec::with_capacity(rows.len());
    for row in rows {
        let weight = Poisson::new(row.weight).map_or(0.0, |poisson| poisson.sample(&mut rng));
        if weight > 0.0 {
            drawn.push(Weighted { weight, ..*row });
        }
    }
    drawn
}

/// The model fitted on resample `number`, from the parameters of the whole; none when the search finds no maximum there.
pub fn refit<M: Fittable>(rows: &[Weighted], parameters: [f64; 4], seed: u64, number: u64) -> Option<M> {
    let drawn = resample(rows, seed, number);
    let fit = M::fit_distinct(&drawn, Some(parameters)).ok()?;
    fit.converged().then_some(fit.model)
}

/// The interval that holds the middle `share` of the values, by linear interpolation between them (type 7 of Hyndman & Fan 1996).
/// None without a value.
pub fn interval(values: &mut [f64], share: f64) -> Option<(f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().checked_sub(1)? as f64;
    let at = |quantile: f64| {
        let place = quantile * last;
        let (low, high) = (values[place.floor() as usize], values[place.ceil() as usize]);
        low + (place - place.floor()) * (high - low)
    };
    Some((at(0.5 - 0.5 * share), at(0.5 + 0.5 * share)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rfm::History;

    fn rows() -> Vec<Weighted> {
        (0..1_000)
            .map(|x| Weighted {
                history: History {
                    x: x % 5,
                    t_x: f64::from(x % 5),
                    t: 20.0,
                },
                weight: f64::from(1 + x % 3),
            })
            .collect()
    }

    #[test]
    fn a_resample_follows_from_its_number_and_keeps_the_size_on_average() {
        let rows = rows();
        assert_eq!(resample(&rows, 7, 3), resample(&rows, 7, 3));
        assert_ne!(resample(&rows, 7, 3), resample(&rows, 7, 4));
        let whole: f64 = rows.iter().map(|row| row.weight).sum();
        let drawn: f64 = (0..50)
            .flat_map(|number| resample(&rows, 7, number))
            .map(|row| row.weight)
            .sum();
        assert!((drawn / 50.0 / whole - 1.0).abs() < 0.01);
    }

    #[test]
    fn intervals_interpolate() {
        let mut values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert_eq!(interval(&mut values, 0.5), Some((25.0, 75.0)));
        assert_eq!(interval(&mut [], 0.5), None);
    }
}
