//! Intervals of an opening against a bootstrap of everything: markets drawn anew from a calibrated model, calibrated again, and what these
//! calibrations forecast held against what was drawn.

use std::collections::BTreeMap;

use chalandise_analytics::network::huff_spend::{EffectsFit, Pair};
use chalandise_analytics::network::scenario::{
    Cell, Change, Distances, Kind, Network, Outcome, Place, Rule, Site, Uncertainty,
};
use chalandise_analytics::numeric::side_by_side;
use chalandise_analytics::numeric::special::{Z_80, Z_95};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal};

use crate::huff_spend::{model, with_effects};
use crate::support::spend::{Chain, Drawn, draw_again};

const MARKETS: u64 = 250;
/// The place and the area of this store are those of the new one.
const BESIDE: usize = 5;

/// The last span of each cell, when all stores are there, with the potential of all its spans.
fn cells(drawn: &Drawn) -> Vec<(f64, &[Pair])> {
    let mut cells: BTreeMap<u32, (f64, &[Pair])> = BTreeMap::new();
    for (cell, potential, pairs) in &drawn.rows {
        let (sum, last) = cells.entry(*cell).or_default();
        *sum += potential;
        *last = pairs;
    }
    cells.into_values().collect()
}

/// The market under some parameters and effects.
fn network(drawn: &Drawn, chain: &Chain, areas: &[f64], parameters: &[f64], effects: &[f64]) -> (Network, Vec<Site>) {
    let cells = cells(drawn);
    let here = Place {
        latitude: 47.0,
        longitude: 2.0,
    };
    let site = |store: usize| {
        let near = cells.iter().enumerate().flat_map(|(cell, (_, pairs))| {
            let pair = pairs.iter().find(|pair| usize::from(pair.store) == store);
            pair.map(|pair| (cell as u32, f64::from(pair.distance)))
        });
        Site {
            id: store.to_string(),
            place: here,
            attraction: (parameters[0] * areas[store] + effects[store]).exp(),
            kind: Kind::Own,
            covariates: vec![areas[store]],
            distances: Distances::Listed(near.collect()),
        }
    };
    let sites: Vec<Site> = (0..areas.len()).map(site).collect();
    let market: Vec<Cell> = cells
        .iter()
        .map(|(potential, _)| Cell {
            place: here,
            potential: *potential,
        })
        .collect();
    let rule = Rule {
        decay: chain.decay,
        coefficient: parameters[1],
        smallest_distance: 1e-3,
        largest_distance: chain.reach_km,
        outside: parameters[2].exp(),
    };
    (Network::new(&market, sites.clone(), rule).expect("good inputs"), sites)
}

/// A new store beside one that is there, with an effect of its own.
fn opening(sites: &[Site], effect: f64, areas: &[f64], exponent: f64) -> Vec<Change> {
    let mut site = sites[BESIDE].clone();
    site.id = "new".to_owned();
    site.attraction = (exponent * areas[BESIDE] + effect).exp();
    vec![Change::Open(site)]
}

/// What is looked at: sales of the new store, what the network gains, what the store beside loses.
fn amounts(outcome: &Outcome) -> [f64; 3] {
    let of = |id: &str| {
        outcome
            .sites
            .iter()
            .find(|site| site.id == id)
            .expect("concerned")
            .amount
            .change
    };
    [of("new"), outcome.own.change, of(&BESIDE.to_string())]
}

fn forecast(drawn: &Drawn, chain: &Chain, areas: &[f64], fit: &EffectsFit) -> [f64; 3] {
    let (network, sites) = network(drawn, chain, areas, &fit.parameters, &fit.effects);
    amounts(
        &network
            .evaluate(&opening(&sites, 0.0, areas, fit.parameters[0]))
            .expect("a new store"),
    )
}

#[test]
fn intervals_are_as_wide_as_a_bootstrap_of_the_whole_calibration_says() {
    let chain = Chain {
        sigma: 0.25,
        ..Chain::small()
    };
    let first = draw_again(&chain, 3, 1_000_000);
    let areas = first.areas.clone();
    let fit = with_effects(&model(&first, &chain));
    let (network_now, sites) = network(&first, &chain, &areas, &fit.parameters, &fit.effects);
    let base = network_now.base_gradients();
    let changes = opening(&sites, 0.0, &areas, fit.parameters[0]);
    let (outcome, gradients) = network_now
        .evaluate_with_gradients(&base, &changes)
        .expect("a new store");
    let uncertainty = Uncertainty {
        covariance: fit.covariance.clone(),
        effect_variance: fit.sigma * fit.sigma,
        resized_effect_variance: 0.0,
        closed_effect_variance: 0.0,
    };
    let of_site = |id: &str| {
        &gradients
            .sites
            .iter()
            .find(|site| site.id == id)
            .expect("concerned")
            .amount
            .change
    };
    let said = [of_site("new"), &gradients.own.change, of_site(&BESIDE.to_string())];
    let errors: Vec<f64> = amounts(&outcome)
        .iter()
        .zip(said)
        .map(|(estimate, gradient)| {
            uncertainty
                .spread(*estimate, gradient, &gradients.effects)
                .expect("sizes agree")
                .standard_error
        })
        .collect();

    // The calibrated model is the truth of the markets drawn anew.
    let truth = Chain {
        truth: [fit.parameters[0], fit.parameters[1], fit.parameters[2]],
        sigma: fit.sigma,
        ..chain
    };
    let misses = side_by_side(MARKETS, |market| {
        let again = draw_again(&truth, 3, market);
        let refit = with_effects(&model(&again, &truth));
        let mut rng = ChaCha8Rng::seed_from_u64(9_000_000 + market);
        let effect = Normal::new(0.0, truth.sigma).expect("a deviation").sample(&mut rng);
        let (real, sites) = network(&again, &truth, &areas, &truth.truth, &again.effects);
        let real = amounts(
            &real
                .evaluate(&opening(&sites, effect, &areas, truth.truth[0]))
                .expect("a new store"),
        );
        let forecast = forecast(&again, &truth, &areas, &refit);
        [0, 1, 2].map(|amount| forecast[amount] - real[amount])
    });
    for (amount, error) in errors.iter().enumerate() {
        let of = |it: &[f64; 3]| it[amount];
        let spread = (misses.iter().map(|it| of(it).powi(2)).sum::<f64>() / MARKETS as f64).sqrt();
        let held = |z: f64| misses.iter().filter(|it| of(it).abs() <= z * error).count() as f64 / MARKETS as f64;
        let (ratio, in_80, in_95) = (error / spread, held(Z_80), held(Z_95));
        assert!((0.85..1.2).contains(&ratio), "{amount}: {error} beside {spread}");
        assert!((0.74..0.87).contains(&in_80), "{amount}: {in_80}");
        assert!((0.91..0.985).contains(&in_95), "{amount}: {in_95}");
    }
}
