//! Chains of stores and what customers of their cells spend in them, drawn from a known spend model.

use chalandise_analytics::huff::Decay;
use chalandise_analytics::huff_spend::{Pair, Situations, StoreColumns};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Geometric, Normal, Poisson};

/// A chain, and the truth about it.
#[derive(Clone, Debug)]
pub struct Chain {
    pub cells: usize,
    pub stores: usize,
    /// Side of the square country, km.
    pub side_km: f64,
    /// Of the stores and of the cells, how many towns they gather round; the cells beyond are spread evenly.
    pub towns: usize,
    pub reach_km: f64,
    pub decay: Decay,
    /// Exponent of the sales area, coefficient of distance, logarithm of the outside's weight.
    pub truth: [f64; 3],
    /// Standard deviation of the store effects.
    pub sigma: f64,
    /// Mean potential of a cell.
    pub potential: f64,
}

impl Chain {
    /// One that is fitted in milliseconds: areas round 800 m2, distances to 40 km.
    pub fn small() -> Chain {
        Chain {
            cells: 800,
            stores: 40,
            side_km: 120.0,
            towns: 12,
            reach_km: 40.0,
            decay: Decay::Power,
            truth: [0.85, -1.7, 4.2],
            sigma: 0.0,
            potential: 40_000.0,
        }
    }
}

/// What was drawn.
pub struct Drawn {
    pub situations: Situations,
    /// Cell, potential and pairs of each row; only of a chain with few cells.
    pub rows: Vec<(u32, f64, Vec<Pair>)>,
    pub columns: StoreColumns,
    pub effects: Vec<f64>,
    /// Share of the potential that the truth expects outside.
    pub outside_share: f64,
}

const SMALLEST_KM: f64 = 1.0;
/// Orders after a customer's first, and mean value of an order with the shape of the customers and of their orders.
const FURTHER_ORDERS: f64 = 1.5;
const MEAN_ORDER: f64 = 120.0;
const SHAPES: [f64; 2] = [4.0, 2.0];

type Place = (f64, f64);

/// Places round towns of falling size, every third one anywhere.
fn places(count: usize, towns: &[Place], side: f64, spread: f64, rng: &mut ChaCha8Rng) -> Vec<Place> {
    let around = Normal::new(0.0, spread).expect("a deviation");
    (0..count)
        .map(|number| {
            if number % 3 == 0 {
                return (side * rng.random::<f64>(), side * rng.random::<f64>());
            }
            let pick = (towns.len() as f64 * rng.random::<f64>().powi(2)) as usize;
            let (x, y) = towns[pick.min(towns.len() - 1)];
            (x + around.sample(rng), y + around.sample(rng))
        })
        .collect()
}

/// Draws a chain. One store in ten opened at the middle of the time: the cells it reaches have two spans.
pub fn draw(chain: &Chain, seed: u64) -> Drawn {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let anywhere = |rng: &mut ChaCha8Rng| (chain.side_km * rng.random::<f64>(), chain.side_km * rng.random::<f64>());
    let towns: Vec<Place> = (0..chain.towns).map(|_| anywhere(&mut rng)).collect();
    let stores = places(chain.stores, &towns, chain.side_km, 3.0, &mut rng);
    let cells = places(chain.cells, &towns, chain.side_km, 8.0, &mut rng);
    let normal = Normal::new(0.0, 1.0).expect("a deviation");
    let areas: Vec<f64> = stores.iter().map(|_| 6.6 + 0.5 * normal.sample(&mut rng)).collect();
    let effects: Vec<f64> = stores.iter().map(|_| chain.sigma * normal.sample(&mut rng)).collect();
    let [exponent, coefficient, outside] = chain.truth;
    let mut situations = Situations::new(chain.stores).expect("few stores");
    let mut rows = Vec::new();
    let size = Gamma::new(2.0, 0.5).expect("a shape");
    let (mut potential_sum, mut inside_sum) = (0.0, 0.0);
    for (cell, place) in cells.iter().enumerate() {
        let potential = chain.potential * size.sample(&mut rng);
        let mut near: Vec<(u16, f32, f64)> = Vec::new();
        for (store, at) in stores.iter().enumerate() {
            let km = (place.0 - at.0).hypot(place.1 - at.1).max(SMALLEST_KM) as f32;
            if f64::from(km) <= chain.reach_km {
                let fall = coefficient * chain.decay.transform(f64::from(km));
                near.push((
                    store as u16,
                    km,
                    (exponent * areas[store] + effects[store] + fall).exp(),
                ));
            }
        }
        let new = |store: u16| store % 10 == 7;
        let spans: Vec<Vec<usize>> = if near.iter().any(|(store, ..)| new(*store)) {
            let old = (0..near.len()).filter(|place| !new(near[*place].0)).collect();
            vec![old, (0..near.len()).collect()]
        } else {
            vec![(0..near.len()).collect()]
        };
        let own = potential / spans.len() as f64;
        let insides: Vec<f64> = spans
            .iter()
            .map(|span| {
                let total: f64 = span.iter().map(|place| near[*place].2).sum();
                total / (total + outside.exp())
            })
            .collect();
        potential_sum += potential;
        inside_sum += insides.iter().map(|inside| own * inside).sum::<f64>();
        let flows = purchases(potential, &near, &spans, &insides, &mut rng);
        for (span, flows) in spans.iter().zip(&flows) {
            let pair = |(place, flow): (&usize, &f64)| Pair {
                store: near[*place].0,
                distance: near[*place].1,
                flow: *flow,
            };
            let pairs: Vec<Pair> = span.iter().zip(flows).map(pair).collect();
            situations.push(cell as u32, own, &pairs).expect("good rows");
            if chain.cells <= 10_000 {
                rows.push((cell as u32, own, pairs));
            }
        }
    }
    let columns = vec![("sales_area_m2".to_owned(), areas)];
    Drawn {
        situations,
        rows,
        columns: StoreColumns::new(chain.stores, columns).expect("good columns"),
        effects,
        outside_share: 1.0 - inside_sum / potential_sum,
    }
}

/// Flows by span and place of the span: customers are Poisson, each orders a geometric number of times, in any span and store of his
/// cell, with values that are Gamma round a mean that is Gamma between customers.
fn purchases(
    potential: f64,
    near: &[(u16, f32, f64)],
    spans: &[Vec<usize>],
    insides: &[f64],
    rng: &mut impl Rng,
) -> Vec<Vec<f64>> {
    let mut flows: Vec<Vec<f64>> = spans.iter().map(|span| vec![0.0; span.len()]).collect();
    let most = insides.iter().copied().fold(0.0, f64::max);
    let customers = potential * most / (MEAN_ORDER * (1.0 + FURTHER_ORDERS));
    if customers <= 0.0 {
        return flows;
    }
    let customers = Poisson::new(customers).expect("a mean").sample(rng) as u64;
    let further = Geometric::new(1.0 / (1.0 + FURTHER_ORDERS)).expect("a probability");
    let [between, within] = SHAPES;
    let mean = Gamma::new(between, MEAN_ORDER / between).expect("a shape");
    let value = Gamma::new(within, 1.0 / within).expect("a shape");
    for _ in 0..customers {
        let own_mean = mean.sample(rng);
        for _ in 0..=further.sample(rng) {
            let span = (spans.len() as f64 * rng.random::<f64>()) as usize;
            if rng.random::<f64>() * most > insides[span] {
                continue;
            }
            let total: f64 = spans[span].iter().map(|place| near[*place].2).sum();
            let mut left = total * rng.random::<f64>();
            let at = spans[span].iter().position(|place| {
                left -= near[*place].2;
                left < 0.0
            });
            if let Some(at) = at.or(spans[span].len().checked_sub(1)) {
                flows[span][at] += own_mean * value.sample(rng);
            }
        }
    }
    flows
}
