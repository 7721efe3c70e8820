//! Huff's model by multinomial maximum likelihood: what each origin's flows say about the choice among its destinations.
//!
//! Each unit of flow from origin i is a choice of destination j with probability p_ij = exp(b'x_ij) / sum over j' exp(b'x_ij')
//! (McFadden, *Conditional logit analysis of qualitative choice behavior*, 1974). The likelihood is concave in b, and Newton's
//! method with exact derivatives finds its one maximum. Flows of 0 are observations like any other.
//!
//! The standard errors are those of independent choices. Flows in money are not such: there the coefficients stay right and the
//! errors are too small or too large by the square root of what one choice is worth.

use crate::numeric::{Evaluation, Symmetric, side_by_side};

use super::calibration::{Calibration, Ending, ending, r2};
use super::choices::{ChoiceSets, softmax};
use super::climb::climb;
use super::design::{Design, dot};
use super::error::ChoiceError;

/// Coefficients of maximum likelihood from the flow of each row.
///
/// Log likelihood: sum of flow times ln p_ij, without the constant of how flows can be arranged. R2: of the flows, predicted by
/// the origin's flow times p_ij. Origins without any flow contribute to nothing.
///
/// # Errors
/// [`ChoiceError::Length`], [`ChoiceError::Flow`], [`ChoiceError::NoFlow`].
///
/// ```
/// use chalandise_analytics::network::huff::{ChoiceSets, fit_multinomial};
/// // One origin, two stores, one covariate: the store with covariate 1 is chosen 3 times of 4.
/// let sets = ChoiceSets::new(vec![0, 2], vec![0, 1], 2, 1, vec![0.0, 1.0])?;
/// let fit = fit_multinomial(&sets, &[10.0, 30.0])?;
/// assert!((fit.coefficients[0] - 3.0_f64.ln()).abs() < 1e-12);
/// # Ok::<(), chalandise_analytics::network::huff::ChoiceError>(())
/// ```
pub fn fit_multinomial(sets: &ChoiceSets, flows: &[f64]) -> Result<Calibration, ChoiceError> {
    sets.check_flows(flows)?;
    let flowing = |origin: usize| flows[sets.rows(origin)].iter().any(|flow| *flow > 0.0);
    let (sets, flows) = sets.kept(flowing, flows);
    let design = Design::new(&sets);
    // The search is the same for flows in units and in millions.
    let unit = flows.iter().sum::<f64>() / flows.len() as f64;
    let weights: Vec<f64> = flows.iter().map(|flow| flow / unit).collect();
    let likelihood = |at: &[f64]| likelihood(&sets, &design, &weights, at);
    let peak = climb(&likelihood, &vec![0.0; design.rank], weights.len() as f64, &design);
    let ending = ending(peak.ending, &design);
    let coefficients = design.coefficients(&peak.at);
    let covariance = match ending {
        Ending::Converged => peak.information.inverse_root().and_then(|it| design.covariance(&it)),
        _ => None,
    };
    let log_likelihood = peak.value * unit;
    let predicted = predicted(&sets, &design, &flows, &peak.at);
    Ok(Calibration {
        covariance: covariance.map(|it| times(&it, 1.0 / unit)).filter(Symmetric::is_finite),
        log_likelihood: Some(log_likelihood),
        aic: Some(2.0 * design.rank as f64 - 2.0 * log_likelihood),
        r2: r2(&flows, &predicted),
        degrees_of_freedom: None,
        iterations: peak.iterations,
        ending,
        coefficients,
    })
}

fn times(matrix: &Symmetric, factor: f64) -> Symmetric {
    let mut scaled = Symmetric::zeros(matrix.size());
    for row in 0..matrix.size() {
        for column in 0..=row {
            scaled.add(row, column, factor * matrix.get(row, column));
        }
    }
    scaled
}

fn predicted(sets: &ChoiceSets, design: &Design, flows: &[f64], at: &[f64]) -> Vec<f64> {
    let mut predicted: Vec<f64> = (0..sets.pairs()).map(|row| dot(design.row(row), at)).collect();
    for origin in 0..sets.origins() {
        let rows = sets.rows(origin);
        let total: f64 = flows[rows.clone()].iter().sum();
        softmax(&mut predicted[rows.clone()]);
        predicted[rows].iter_mut().for_each(|share| *share *= total);
    }
    predicted
}

/// The log likelihood and its derivatives by the coefficients of the ready columns, summed in tasks that depend on the pairs alone.
fn likelihood(sets: &ChoiceSets, design: &Design, weights: &[f64], at: &[f64]) -> Evaluation {
    let tasks = sets.tasks();
    let parts = side_by_side(tasks.len() as u64 - 1, |task| {
        let mut sum = Evaluation::zero(design.rank);
        let mut room = Room::default();
        for origin in tasks[task as usize]..tasks[task as usize + 1] {
            add_origin(&mut sum, sets.rows(origin), design, weights, at, &mut room);
        }
        sum
    });
    let mut sum = Evaluation::zero(design.rank);
    for part in parts {
        sum.value += part.value;
        for row in 0..design.rank {
            sum.gradient[row] += part.gradient[row];
            for column in 0..=row {
                sum.hessian.add(row, column, part.hessian.get(row, column));
            }
        }
    }
    sum
}

/// Room for the sums of one origin.
#[derive(Default)]
struct Room {
    shares: Vec<f64>,
    mean: Vec<f64>,
    deviation: Vec<f64>,
    /// Mean products of the deviations, lower triangle.
    products: Vec<f64>,
}

fn add_origin(
    sum: &mut Evaluation,
    rows: std::ops::Range<usize>,
    design: &Design,
    weights: &[f64],
    at: &[f64],
    room: &mut Room,
) {
    let rank = design.rank;
    let weights = &weights[rows.clone()];
    let ready = &design.rows[rows.start * rank..rows.end * rank];
    // Without a column nothing is left to chunk; every utility is 0.
    let columns = || ready.chunks_exact(rank.max(1));
    let Room {
        shares,
        mean,
        deviation,
        products,
    } = room;
    shares.clear();
    shares.extend(rows.map(|row| dot(design.row(row), at)));
    let total: f64 = weights.iter().sum();
    let chosen: f64 = shares
        .iter()
        .zip(weights)
        .map(|(utility, weight)| utility * weight)
        .sum();
    sum.value += chosen - total * softmax(shares);
    mean.clear();
    mean.resize(rank, 0.0);
    for (x, share) in columns().zip(shares.iter()) {
        mean.iter_mut().zip(x).for_each(|(mean, x)| *mean += share * x);
    }
    deviation.resize(rank, 0.0);
    products.clear();
    products.resize(rank * rank, 0.0);
    for ((x, share), weight) in columns().zip(shares.iter()).zip(weights) {
        for ((deviation, x), mean) in deviation.iter_mut().zip(x).zip(mean.iter()) {
            *deviation = x - mean;
        }
        for (i, left) in deviation.iter().enumerate() {
            // The mean of the deviations under the shares is 0, so only what was chosen is left of (weight - total share).
            sum.gradient[i] += weight * left;
            let shared = share * left;
            let row = &mut products[i * rank..][..=i];
            row.iter_mut()
                .zip(deviation.iter())
                .for_each(|(product, right)| *product += shared * right);
        }
    }
    for i in 0..rank {
        for j in 0..=i {
            sum.hessian.add(i, j, -total * products[i * rank + j]);
        }
    }
}
