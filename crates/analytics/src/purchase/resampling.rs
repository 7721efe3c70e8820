//! What parameters might have been, had chance sent other customers: the bootstrap on distinct rows.
//!
//! Each resample gives every customer a Poisson(1) weight, so a row of `w` customers gets a Poisson(w) one (the Poisson bootstrap;
//! Hanley & MacGibbon 2006): it needs no pass over single customers, and a resample depends on its number and the seed alone, on no
//! thread and no order.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};

use crate::numeric::special::{Z_95, normal, normal_quantile};
use crate::numeric::{Symmetric, side_by_side};
use crate::purchase::fit::Fit;
use crate::purchase::fittable::Fittable;
use crate::purchase::gamma_gamma::{self, GammaGamma, Spend, SpendKind, SpendModel};
use crate::purchase::limit::{LimitModel, ModelOrLimit, best_limit, fit_or_limit_distinct, is_inside};
use crate::purchase::rfm::Weighted;

/// The rows of resample `number`; rows that it leaves out are dropped.
pub fn resample(rows: &[Weighted], seed: u64, number: u64) -> Vec<Weighted> {
    drawn(
        rows,
        seed,
        number,
        |row| row.weight,
        |row, weight| Weighted { weight, ..*row },
    )
}

/// The same of what Gamma-Gamma is fitted on.
pub fn resample_spend(rows: &[Spend], seed: u64, number: u64) -> Vec<Spend> {
    drawn(
        rows,
        seed,
        number,
        |row| row.weight,
        |row, weight| Spend { weight, ..*row },
    )
}

/// Rows with a weight drawn for each.
fn drawn<R>(rows: &[R], seed: u64, number: u64, weight: impl Fn(&R) -> f64, with: impl Fn(&R, f64) -> R) -> Vec<R> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(number);
    let mut drawn = Vec::with_capacity(rows.len());
    for row in rows {
        let weight = Poisson::new(weight(row)).map_or(0.0, |poisson| poisson.sample(&mut rng));
        if weight > 0.0 {
            drawn.push(with(row, weight));
        }
    }
    drawn
}

/// The model fitted on resample `number`, from the parameters of the whole; none when the search finds no maximum there.
pub fn refit<M: Fittable>(rows: &[Weighted], parameters: [f64; 4], seed: u64, number: u64) -> Option<M> {
    refitted(rows, parameters, seed, number).map(|fit| fit.model)
}

fn refitted<M: Fittable>(rows: &[Weighted], parameters: [f64; 4], seed: u64, number: u64) -> Option<Fit<M>> {
    let drawn = resample(rows, seed, number);
    let fit = M::fit_distinct(&drawn, Some(parameters)).ok()?;
    fit.converged().then_some(fit)
}

/// Covariance of the logarithms of the parameters over the resamples that have a maximum; none when fewer than half have one.
///
/// `rows` are [`distinct`](crate::purchase::rfm::distinct), `parameters` those of the whole. Unlike the inverse of the information it does not
/// take the model for true. Resamples are fitted side by side; the result does not depend on the number of threads.
pub fn log_covariance<M: Fittable>(
    rows: &[Weighted],
    parameters: [f64; 4],
    seed: u64,
    resamples: u64,
) -> Option<Symmetric> {
    covariance_of_logs(resamples, |number| {
        refitted::<M>(rows, parameters, seed, number).map(|fit| fit.parameters)
    })
}

/// The same for a limit, given that it is the model: resamples on which it runs off to a further limit are left out, since the logarithm
/// of what goes to 0 would make the rest worthless.
pub fn limit_log_covariance(rows: &[Weighted], limit: &LimitModel, seed: u64, resamples: u64) -> Option<Symmetric> {
    covariance_of_logs(resamples, |number| {
        let drawn = resample(rows, seed, number);
        let fit = limit.kind().fit_distinct(&drawn, Some(limit.parameters())).ok()?;
        is_inside(&fit, &drawn).then_some(fit.parameters)
    })
}

/// The same for Gamma-Gamma; rows are those of customers, in any order.
pub fn spend_log_covariance(rows: &[Spend], parameters: [f64; 3], seed: u64, resamples: u64) -> Option<Symmetric> {
    // Sorted once, so that no fit has to.
    let rows = gamma_gamma::distinct(rows).ok()?;
    covariance_of_logs(resamples, |number| {
        let drawn = resample_spend(&rows, seed, number);
        let fit = GammaGamma::fit_distinct(&drawn, Some(parameters)).ok()?;
        fit.converged().then_some(fit.parameters)
    })
}

/// The same for Gamma-Gamma or what stands in its place. As of a limit of purchases, it is the covariance given that it is the model.
pub fn spend_model_log_covariance(rows: &[Spend], model: &SpendModel, seed: u64, resamples: u64) -> Option<Symmetric> {
    let kind = model.kind();
    if let (SpendKind::GammaGamma, &[p, q, gamma]) = (kind, model.parameters()) {
        return spend_log_covariance(rows, [p, q, gamma], seed, resamples);
    }
    let rows = gamma_gamma::distinct(rows).ok()?;
    covariance_of_logs(resamples, |number| {
        let drawn = resample_spend(&rows, seed, number);
        let fit = kind.fit_distinct(&drawn, Some(model.parameters())).ok()?;
        gamma_gamma::is_inside(&fit, &drawn).then_some(fit.parameters)
    })
}

/// What stands for purchases on each resample: the model or a limit of it, chosen anew as it was on the whole. None where a resample has
/// neither. `rows` are [`distinct`](crate::purchase::rfm::distinct).
///
/// Where parameters are weakly determined they may run off on some resamples; what they forecast does not, and its spread over the resamples
/// is what an interval can rest on: [`bias_corrected`].
pub fn purchase_models<M: Fittable + Send>(
    rows: &[Weighted],
    seed: u64,
    resamples: u64,
) -> Vec<Option<ModelOrLimit<M>>> {
    side_by_side(resamples, |number| {
        let drawn = resample(rows, seed, number);
        let found = fit_or_limit_distinct::<M>(&drawn).ok().filter(Fit::converged);
        let found = found.or_else(|| best_limit::<M>(&drawn).ok().flatten());
        found.map(|fit| fit.model)
    })
}

/// The same for the value of a purchase: Gamma-Gamma, a limit of it or the mean observed; rows are those of customers, in any order.
pub fn spend_models(rows: &[Spend], seed: u64, resamples: u64) -> Vec<Option<SpendModel>> {
    let Ok(rows) = gamma_gamma::distinct(rows) else {
        return Vec::new();
    };
    side_by_side(resamples, |number| {
        let drawn = resample_spend(&rows, seed, number);
        gamma_gamma::settle_distinct(&drawn)
            .ok()
            .map(|settled| settled.fit.model)
    })
}

/// The 95 % interval of an estimate from what the same procedure makes of resamples: bias-corrected percentiles (Efron 1987, "Better
/// bootstrap confidence intervals", without acceleration). They are those of the estimate on whatever scale it is looked at, need no
/// covariance, and hold the estimate. None where it lies outside the middle 95 % of the resamples itself: then they tell nothing of it.
pub fn bias_corrected(values: &mut [f64], estimate: f64) -> Option<(f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    let (below, up_to) = (
        values.partition_point(|value| *value < estimate),
        values.partition_point(|value| *value <= estimate),
    );
    let middle = normal_quantile(0.5 * (below + up_to) as f64 / values.len() as f64);
    if middle.is_nan() || middle.abs() >= Z_95 {
        return None;
    }
    let at = |z: f64| quantile(values, normal(2.0 * middle + z));
    Some((at(-Z_95)?.min(estimate), at(Z_95)?.max(estimate)))
}

/// Covariance of the logarithms of the parameters that `refit` finds for resamples 0, 1, ...
fn covariance_of_logs(resamples: u64, refit: impl Fn(u64) -> Option<Vec<f64>> + Sync + Send) -> Option<Symmetric> {
    let found: Vec<Vec<f64>> = side_by_side(resamples, refit).into_iter().flatten().collect();
    let count = found.len();
    if count < 2 || 2 * (count as u64) < resamples {
        return None;
    }
    let logs: Vec<Vec<f64>> = found
        .iter()
        .map(|parameters| parameters.iter().map(|it| it.ln()).collect())
        .collect();
    let size = logs[0].len();
    let mean = |index: usize| logs.iter().map(|it| it[index]).sum::<f64>() / count as f64;
    let means: Vec<f64> = (0..size).map(mean).collect();
    let mut covariance = Symmetric::zeros(size);
    for row in 0..size {
        for column in 0..=row {
            let products = logs
                .iter()
                .map(|it| (it[row] - means[row]) * (it[column] - means[column]));
            covariance.add(row, column, products.sum::<f64>() / (count - 1) as f64);
        }
    }
    Some(covariance)
}

/// The interval that holds the middle `share` of the values, by linear interpolation between them (type 7 of Hyndman & Fan 1996).
/// None without a value.
pub fn interval(values: &mut [f64], share: f64) -> Option<(f64, f64)> {
    values.sort_unstable_by(f64::total_cmp);
    Some((
        quantile(values, 0.5 - 0.5 * share)?,
        quantile(values, 0.5 + 0.5 * share)?,
    ))
}

/// A quantile of sorted values, likewise interpolated.
fn quantile(sorted: &[f64], quantile: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = quantile * last as f64;
    let (low, high) = (
        sorted[place.floor() as usize],
        sorted[(place.ceil() as usize).min(last)],
    );
    Some(low + (place - place.floor()) * (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purchase::rfm::History;

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
    fn the_covariance_is_that_of_the_resamples_which_have_a_maximum() {
        // Logarithms 0 and 2, and 1 and -3; the other resamples have no maximum.
        let half = |number: u64| match number {
            0 => Some(vec![1.0, 1.0_f64.exp()]),
            3 => Some(vec![2.0_f64.exp(), (-3.0_f64).exp()]),
            _ => None,
        };
        let covariance = covariance_of_logs(4, half).expect("half of them");
        for (row, column, expected) in [(0, 0, 2.0), (1, 0, -4.0), (0, 1, -4.0), (1, 1, 8.0)] {
            assert!((covariance.get(row, column) - expected).abs() < 1e-12);
        }
        assert_eq!(covariance_of_logs(5, half), None);
        assert_eq!(covariance_of_logs(0, half), None);
    }

    #[test]
    fn intervals_interpolate() {
        let mut values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        assert_eq!(interval(&mut values, 0.5), Some((25.0, 75.0)));
        assert_eq!(interval(&mut [], 0.5), None);
    }

    #[test]
    fn bias_corrected_percentiles_are_plain_ones_in_the_middle_and_move_with_the_estimate() {
        let values: Vec<f64> = (0..=1_000).map(f64::from).collect();
        let of = |estimate: f64| bias_corrected(&mut values.clone(), estimate);
        let (low, high) = of(500.0).expect("the middle");
        assert!((low - 25.0).abs() < 0.5 && (high - 975.0).abs() < 0.5, "{low} {high}");
        // One deviation up: from 0.04 below it to 3.96 above the middle.
        let (low, high) = of(841.3).expect("inside");
        assert!((low - 516.0).abs() < 3.0 && high > 999.0, "{low} {high}");
        // On another scale the same.
        let mut logs: Vec<f64> = values.iter().map(|value| (value + 1.0).ln()).collect();
        let (log_low, log_high) = bias_corrected(&mut logs, 842.3_f64.ln()).expect("inside");
        assert!((log_low.exp() - 1.0 - low).abs() < 1e-2 && (log_high.exp() - 1.0 - high).abs() < 1e-2);
        // Resamples that do not know the estimate tell nothing of it, and those that know nothing else are sure.
        assert_eq!(of(990.0), None);
        assert_eq!(of(-1.0), None);
        assert_eq!(bias_corrected(&mut [], 1.0), None);
        assert_eq!(bias_corrected(&mut [9.9; 50], 9.9), Some((9.9, 9.9)));
    }
}
