//! Huff's model from what each destination sells and what each origin spends, when nobody knows who goes where.
//!
//! The total of destination j is expected to be mu_j = s sum over i of C_i p_ij: C_i is the market of origin i, p_ij the multinomial
//! share, and s = (sum of totals) / (sum of markets) brings both to one unit (residents and euros, say; 1 when the markets are the
//! flows themselves). The coefficients maximise the Poisson quasi-likelihood, the sum of T_j ln mu_j - mu_j, which asks of the
//! totals no more than that their variance grows with their size (Gourieroux, Monfort & Trognon, *Pseudo maximum likelihood
//! methods: applications to Poisson models*, Econometrica, 1984).
//!
//! It is not concave: the search starts from several places and keeps the best end. And it knows little: one number a destination.

use crate::numeric::{Evaluation, Symmetric, side_by_side};

use super::calibration::{Calibration, Ending, ending, r2};
use super::choices::{ChoiceSets, is_amount, length, softmax};
use super::climb::{Peak, climb};
use super::design::{Design, dot};
use super::error::ChoiceError;

/// Coefficients from the market of each origin and the total of each destination.
///
/// - `hint`: coefficients near which the best ones are thought to be, such as 1 for an attraction; the search starts there first,
///   so that of several sets that fit as well (there may be, when the totals are few) it finds the one that makes sense.
/// - R2: of the totals. Log likelihood: the quasi-likelihood, without the constant.
/// - Standard errors: robust ones, A^-1 B A^-1 with A the observed information and B the squares of what each destination adds to
///   the gradient, its residual enlarged by 1 / (1 - leverage) since a destination bends the fit to itself (MacKinnon & White,
///   *Some heteroskedasticity-consistent covariance matrix estimators with improved finite sample properties*, Journal of
///   Econometrics, 1985: HC3). None when no residual is left to learn from.
///
/// # Errors
/// [`ChoiceError`] that names the origin or the destination.
pub fn fit_totals(
    sets: &ChoiceSets,
    markets: &[f64],
    totals: &[f64],
    hint: Option<&[f64]>,
) -> Result<Calibration, ChoiceError> {
    check(sets, markets, totals)?;
    if let Some(hint) = hint {
        length("coefficients of the hint", hint.len(), sets.width())?;
    }
    let problem = Problem::new(sets, markets, totals)?;
    let (design, freedom) = (&problem.design, problem.freedom);
    let peak = problem.highest(hint);
    let ending = ending(peak.ending, design);
    let covariance = match ending {
        Ending::Converged if freedom > 0 => problem.spread(&peak).and_then(|it| design.covariance(&it)),
        _ => None,
    };
    let expected = problem.expected(&peak.at);
    let unit = problem.unit;
    let terms = problem.totals.iter().zip(&expected.mu);
    let log_likelihood: f64 = terms
        .filter(|(_, mu)| **mu > 0.0)
        .map(|(total, mu)| unit * (total * (unit * mu).ln() - mu))
        .sum();
    Ok(Calibration {
        coefficients: design.coefficients(&peak.at),
        covariance,
        log_likelihood: Some(log_likelihood),
        aic: Some(2.0 * design.rank as f64 - 2.0 * log_likelihood),
        r2: r2(&problem.totals, &expected.mu),
        degrees_of_freedom: Some(freedom),
        iterations: peak.iterations,
        ending,
    })
}

fn check(sets: &ChoiceSets, markets: &[f64], totals: &[f64]) -> Result<(), ChoiceError> {
    length("markets", markets.len(), sets.origins())?;
    length("totals", totals.len(), sets.destinations())?;
    if let Some(origin) = markets.iter().position(|market| !is_amount(*market)) {
        let value = markets[origin];
        return Err(ChoiceError::Market { origin, value });
    }
    if let Some(destination) = totals.iter().position(|total| !is_amount(*total)) {
        let value = totals[destination];
        return Err(ChoiceError::Total { destination, value });
    }
    if markets.iter().all(|market| *market == 0.0) {
        return Err(ChoiceError::NoMarket);
    }
    if totals.iter().all(|total| *total == 0.0) {
        return Err(ChoiceError::NoFlow);
    }
    Ok(())
}

/// Origins with a market and something to choose, in units of a mean total of 1.
struct Problem {
    sets: ChoiceSets,
    markets: Vec<f64>,
    /// Totals of the destinations that are in some set, and only of them.
    totals: Vec<f64>,
    /// Place of each row's destination among them.
    places: Vec<usize>,
    design: Design,
    /// What a total of 1 stands for.
    unit: f64,
    /// Destinations less the coefficients and the scale.
    freedom: usize,
}

/// What coefficients make the destinations sell.
struct Expected {
    /// Share of each row.
    shares: Vec<f64>,
    /// Expected total of each destination.
    mu: Vec<f64>,
    /// Its derivatives, one destination after the other.
    slopes: Vec<f64>,
}

impl Problem {
    fn new(sets: &ChoiceSets, markets: &[f64], totals: &[f64]) -> Result<Problem, ChoiceError> {
        let of_rows = (0..sets.origins()).flat_map(|origin| sets.rows(origin).map(move |_| markets[origin]));
        let choosing = |origin: usize| markets[origin] > 0.0 && !sets.rows(origin).is_empty();
        let (sets, of_rows) = sets.kept(choosing, &of_rows.collect::<Vec<f64>>());
        let mut markets: Vec<f64> = (0..sets.origins())
            .map(|origin| of_rows[sets.rows(origin).start])
            .collect();
        let mut place_of = vec![usize::MAX; sets.destinations()];
        let mut kept = Vec::new();
        for row in 0..sets.pairs() {
            let place = &mut place_of[sets.destination(row)];
            if *place == usize::MAX {
                *place = kept.len();
                kept.push(totals[sets.destination(row)]);
            }
        }
        let sold = totals.iter().zip(&place_of);
        if let Some(destination) = sold
            .into_iter()
            .position(|(total, place)| *total > 0.0 && *place == usize::MAX)
        {
            let value = totals[destination];
            return Err(ChoiceError::Unreached { destination, value });
        }
        let design = Design::new(&sets);
        if kept.len() < design.rank + 1 {
            return Err(ChoiceError::TooFewDestinations {
                found: kept.len(),
                coefficients: design.rank,
                needed: design.rank + 1,
            });
        }
        let unit = kept.iter().sum::<f64>() / kept.len() as f64;
        kept.iter_mut().for_each(|total| *total /= unit);
        let market: f64 = markets.iter().sum();
        let scale = kept.len() as f64 / market;
        markets.iter_mut().for_each(|it| *it *= scale);
        Ok(Problem {
            places: (0..sets.pairs()).map(|row| place_of[sets.destination(row)]).collect(),
            freedom: kept.len() - 1 - design.rank,
            sets,
            markets,
            totals: kept,
            design,
            unit,
        })
    }

    /// The best end of all searches.
    fn highest(&self, hint: Option<&[f64]>) -> Peak {
        let rank = self.design.rank;
        let mut starts: Vec<Vec<f64>> = hint.iter().map(|hint| self.design.ready(hint)).collect();
        starts.push(vec![0.0; rank]);
        for column in 0..rank {
            for side in [-1.0, 1.0] {
                let mut start = vec![0.0; rank];
                start[column] = side;
                starts.push(start);
            }
        }
        let f = |at: &[f64]| self.likelihood(at);
        let search = |start: &Vec<f64>| climb(&f, start, self.totals.len() as f64, &self.design);
        let mut best = search(&starts[0]);
        for start in &starts[1..] {
            let found = search(start);
            let rank = |peak: &Peak| peak.ending == Ending::Converged;
            // A sound end before a higher one that has none; the earlier one where they are the same.
            let higher = found.value > best.value + 1e-9 * best.value.abs().max(1.0);
            if (rank(&found), higher) > (rank(&best), false) && (rank(&found) || !rank(&best)) {
                best = found;
            }
        }
        best
    }

    fn expected(&self, at: &[f64]) -> Expected {
        let (rank, count) = (self.design.rank, self.totals.len());
        let tasks = self.sets.tasks();
        let parts = side_by_side(tasks.len() as u64 - 1, |task| {
            let (first, last) = (tasks[task as usize], tasks[task as usize + 1]);
            let mut part = Expected {
                shares: Vec::new(),
                mu: vec![0.0; count],
                slopes: vec![0.0; count * rank],
            };
            for origin in first..last {
                self.add_expected(origin, at, &mut part);
            }
            part
        });
        let mut sum = Expected {
            shares: Vec::with_capacity(self.sets.pairs()),
            mu: vec![0.0; count],
            slopes: vec![0.0; count * rank],
        };
        for part in parts {
            sum.shares.extend(part.shares);
            sum.mu.iter_mut().zip(part.mu).for_each(|(sum, part)| *sum += part);
            sum.slopes
                .iter_mut()
                .zip(part.slopes)
                .for_each(|(sum, part)| *sum += part);
        }
        sum
    }

    fn add_expected(&self, origin: usize, at: &[f64], sum: &mut Expected) {
        let rank = self.design.rank;
        let rows = self.sets.rows(origin);
        let mut shares: Vec<f64> = rows.clone().map(|row| dot(self.design.row(row), at)).collect();
        softmax(&mut shares);
        let mean = self.mean(rows.clone(), &shares);
        for (row, share) in rows.zip(&shares) {
            let flow = self.markets[origin] * share;
            let place = self.places[row];
            sum.mu[place] += flow;
            let slopes = &mut sum.slopes[place * rank..][..rank];
            for ((slope, x), mean) in slopes.iter_mut().zip(self.design.row(row)).zip(&mean) {
                *slope += flow * (x - mean);
            }
        }
        sum.shares.extend(shares);
    }

    /// The mean of the ready columns over an origin's rows under their shares.
    fn mean(&self, rows: std::ops::Range<usize>, shares: &[f64]) -> Vec<f64> {
        let mut mean = vec![0.0; self.design.rank];
        for (row, share) in rows.zip(shares) {
            for (mean, x) in mean.iter_mut().zip(self.design.row(row)) {
                *mean += share * x;
            }
        }
        mean
    }

    /// The quasi-likelihood, less the sum of mu which no coefficient changes, and its derivatives.
    fn likelihood(&self, at: &[f64]) -> Evaluation {
        let rank = self.design.rank;
        let expected = self.expected(at);
        let mut sum = Evaluation::zero(rank);
        let mut ratios = Vec::with_capacity(self.totals.len());
        for (place, (total, mu)) in self.totals.iter().zip(&expected.mu).enumerate() {
            let ratio = if *total == 0.0 { 0.0 } else { total / mu };
            ratios.push(ratio);
            if *total == 0.0 {
                continue;
            }
            sum.value += total * mu.ln();
            let slopes = &expected.slopes[place * rank..][..rank];
            for (i, left) in slopes.iter().enumerate() {
                sum.gradient[i] += ratio * left;
                for (j, right) in slopes.iter().enumerate().take(i + 1) {
                    sum.hessian.add(i, j, -ratio * (left / mu) * right);
                }
            }
        }
        let tasks = self.sets.tasks();
        let parts = side_by_side(tasks.len() as u64 - 1, |task| {
            let mut bends = Symmetric::zeros(rank);
            for origin in tasks[task as usize]..tasks[task as usize + 1] {
                self.add_bend(origin, &expected.shares, &ratios, &mut bends);
            }
            bends
        });
        for part in parts {
            for i in 0..rank {
                for j in 0..=i {
                    sum.hessian.add(i, j, part.get(i, j));
                }
            }
        }
        sum
    }

    /// An origin's part of the sum over destinations of T_j / mu_j times the second derivatives of mu_j.
    fn add_bend(&self, origin: usize, shares: &[f64], ratios: &[f64], sum: &mut Symmetric) {
        let rows = self.sets.rows(origin);
        let shares = &shares[rows.clone()];
        let mean = self.mean(rows.clone(), shares);
        let ratio = |row: usize| ratios[self.places[row]];
        let mean_ratio: f64 = rows.clone().zip(shares).map(|(row, share)| share * ratio(row)).sum();
        let mut deviation = vec![0.0; self.design.rank];
        for (row, share) in rows.zip(shares) {
            for ((deviation, x), mean) in deviation.iter_mut().zip(self.design.row(row)).zip(&mean) {
                *deviation = x - mean;
            }
            let weight = self.markets[origin] * share * (ratio(row) - mean_ratio);
            for (i, left) in deviation.iter().enumerate() {
                for (j, right) in deviation.iter().enumerate().take(i + 1) {
                    sum.add(i, j, weight * left * right);
                }
            }
        }
    }

    /// What each destination adds to the ready columns' coefficients: the squares make up their robust covariance.
    fn spread(&self, peak: &Peak) -> Option<Vec<Vec<f64>>> {
        let rank = self.design.rank;
        let expected = self.expected(&peak.at);
        let slopes = |place: usize| &expected.slopes[place * rank..][..rank];
        let mut usual = Symmetric::zeros(rank);
        for (place, mu) in expected.mu.iter().enumerate() {
            for (i, left) in slopes(place).iter().enumerate() {
                for (j, right) in slopes(place).iter().enumerate().take(i + 1) {
                    usual.add(i, j, left / mu * right);
                }
            }
        }
        let usual = usual.inverse()?;
        let all: f64 = expected.mu.iter().sum();
        let bread = peak.information.inverse()?;
        let mut spread = Vec::with_capacity(self.totals.len());
        for (place, (total, mu)) in self.totals.iter().zip(&expected.mu).enumerate() {
            // The scale takes mu / all of the leverage, at right angles to the coefficients.
            let leverage = mu / all + form(&usual, slopes(place)) / mu;
            if leverage > 1.0 - 1e-9 {
                return None;
            }
            let residual = (total / mu - 1.0) / (1.0 - leverage);
            let along = |i: usize| (0..rank).map(|j| bread.get(i, j) * slopes(place)[j] * residual).sum();
            spread.push((0..rank).map(along).collect());
        }
        Some(spread)
    }
}

fn form(matrix: &Symmetric, vector: &[f64]) -> f64 {
    let row = |i: usize| -> f64 { (0..vector.len()).map(|j| matrix.get(i, j) * vector[j]).sum() };
    (0..vector.len()).map(|i| vector[i] * row(i)).sum()
}
