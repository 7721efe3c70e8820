//! Known coefficients of Huff's model come back: of 100 seeded simulations the 95 % interval holds the truth in 88 to 100.

use chalandise_analytics::network::huff::{Calibration, ChoiceSets, Decay, fit_mci, fit_multinomial, fit_totals};
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

use crate::support::simulate::seeded;

const ORIGINS: usize = 200;
const STORES: usize = 20;
const SIMULATIONS: u64 = 100;
/// Exponent of the area, coefficient of the distance.
const TRUTH: [f64; 2] = [0.8, -0.15];

/// Origins and stores in a square of 40 km, areas of 100 to 5,000 m2; and the origins' markets, 20 to 500 choices each.
fn region(seed: u64) -> (ChoiceSets, Vec<f64>) {
    let mut rng = seeded(seed);
    let mut place = || (40.0 * rng.random::<f64>(), 40.0 * rng.random::<f64>());
    let origins: Vec<(f64, f64)> = (0..ORIGINS).map(|_| place()).collect();
    let stores: Vec<(f64, f64)> = (0..STORES).map(|_| place()).collect();
    let areas: Vec<f64> = (0..STORES).map(|_| 100.0 * 50.0_f64.powf(rng.random())).collect();
    let markets = (0..ORIGINS)
        .map(|_| (20.0 * 25.0_f64.powf(rng.random())).round())
        .collect();
    let covariates = origins.iter().flat_map(|from| {
        let pair = move |(to, area): (&(f64, f64), &f64)| {
            let distance = (from.0 - to.0).hypot(from.1 - to.1);
            [area.ln(), Decay::Exponential.transform(distance)]
        };
        stores.iter().zip(&areas).flat_map(pair)
    });
    let starts = (0..=ORIGINS).map(|origin| origin * STORES).collect();
    let columns = (0..ORIGINS * STORES).map(|row| (row % STORES) as u32).collect();
    let sets = ChoiceSets::new(starts, columns, STORES, 2, covariates.collect());
    (sets.expect("good rows"), markets)
}

/// Each choice drawn for itself.
fn drawn(sets: &ChoiceSets, markets: &[f64], shares: &[f64], seed: u64) -> Vec<f64> {
    let mut rng = seeded(seed + 1_000);
    let mut flows = vec![0.0; sets.pairs()];
    for (origin, market) in markets.iter().enumerate() {
        let rows = sets.rows(origin);
        for _ in 0..*market as usize {
            let mut left: f64 = rng.random();
            let chosen = rows.clone().find(|row| {
                left -= shares[*row];
                left < 0.0
            });
            flows[chosen.unwrap_or(rows.end - 1)] += 1.0;
        }
    }
    flows
}

fn covered(fit: impl Fn(u64) -> Calibration) {
    let mut held = [0; 2];
    for seed in 0..SIMULATIONS {
        let fit = fit(seed);
        assert!(fit.converged(), "seed {seed}: {:?}", fit.ending);
        let errors = fit.standard_errors().expect("a curved likelihood");
        for (covariate, held) in held.iter_mut().enumerate() {
            let off = (fit.coefficients[covariate] - TRUTH[covariate]).abs();
            *held += u32::from(off <= 1.959_964 * errors[covariate]);
        }
    }
    assert!(
        held.iter().all(|held| (88..=100).contains(held)),
        "{held:?} of {SIMULATIONS}"
    );
}

#[test]
fn from_flows() {
    covered(|seed| {
        let (sets, markets) = region(seed);
        let shares = sets.shares(&TRUTH).expect("two coefficients");
        fit_multinomial(&sets, &drawn(&sets, &markets, &shares, seed)).expect("good flows")
    });
}

#[test]
fn from_shares() {
    covered(|seed| {
        let (sets, _) = region(seed);
        let mut rng = seeded(seed + 2_000);
        let shares = sets.shares(&TRUTH).expect("two coefficients");
        let noisy = shares.iter().map(|share| {
            let error: f64 = StandardNormal.sample(&mut rng);
            share * (0.7 * error).exp()
        });
        fit_mci(&sets, &noisy.collect::<Vec<f64>>()).expect("positive shares")
    });
}

#[test]
fn from_totals() {
    covered(|seed| {
        let (sets, markets) = region(seed);
        let shares = sets.shares(&TRUTH).expect("two coefficients");
        let flows = drawn(&sets, &markets, &shares, seed);
        let mut totals = vec![0.0; STORES];
        flows
            .iter()
            .enumerate()
            .for_each(|(row, flow)| totals[row % STORES] += flow);
        // In euros, of which a choice is worth 37.
        totals.iter_mut().for_each(|total| *total *= 37.0);
        fit_totals(&sets, &markets, &totals, None).expect("good totals")
    });
}

/// Totals that no model explains well, as totals are: each store is better or worse than its area by 30 %.
#[test]
fn from_totals_of_better_and_worse_stores() {
    covered(|seed| {
        let (sets, markets) = region(seed);
        let mut rng = seeded(seed + 3_000);
        let luck: Vec<f64> = (0..STORES)
            .map(|_| {
                let luck: f64 = StandardNormal.sample(&mut rng);
                (0.3 * luck).exp()
            })
            .collect();
        let mut shares = sets.shares(&TRUTH).expect("two coefficients");
        let mut totals = vec![0.0; STORES];
        for (origin, market) in markets.iter().enumerate() {
            let rows = sets.rows(origin);
            for row in rows.clone() {
                shares[row] *= luck[row % STORES];
            }
            let sum: f64 = shares[rows.clone()].iter().sum();
            for row in rows {
                totals[row % STORES] += market * shares[row] / sum;
            }
        }
        fit_totals(&sets, &markets, &totals, None).expect("good totals")
    });
}
