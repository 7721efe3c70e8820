//! Chains of stores and what customers of their cells spend in them, drawn from a known spend model.

use chalandise_analytics::network::huff::Decay;
use chalandise_analytics::network::huff_spend::{Pair, Rival, Situations, StoreColumns};
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
    /// What each tenth store draws as a share of what it will draw once it is known: 1 where all are.
    pub young_level: f64,
    /// Outlets of competitors, in the same towns.
    pub rivals: usize,
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
            young_level: 1.0,
            rivals: 0,
            potential: 40_000.0,
        }
    }

    /// The stores that are young.
    pub fn young(&self) -> Vec<u16> {
        (0..self.stores as u16).filter(|store| is_young(*store)).collect()
    }
}

fn is_young(store: u16) -> bool {
    store % 10 == 3
}

/// What was drawn.
pub struct Drawn {
    pub situations: Situations,
    /// Cell, potential and pairs of each row; only of a chain with few cells.
    pub rows: Vec<(u32, f64, Vec<Pair>)>,
    /// The rivals of each of these rows.
    pub rival_rows: Vec<Vec<Rival>>,
    pub columns: StoreColumns,
    /// Logarithms of the stores' areas.
    pub areas: Vec<f64>,
    pub effects: Vec<f64>,
    /// Share of the potential that the truth expects outside, and that part of it which rivals take.
    pub outside_share: f64,
    pub rival_share: f64,
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

/// Number, distance and weight of what is near.
type Near = (u16, f32, f64);

/// Those of so many places that a cell reaches.
fn near(chain: &Chain, cell: Place, places: &[Place], utilities: &[f64]) -> Vec<Near> {
    let mut near = Vec::new();
    for (number, (at, utility)) in places.iter().zip(utilities).enumerate() {
        let km = (cell.0 - at.0).hypot(cell.1 - at.1).max(SMALLEST_KM) as f32;
        if f64::from(km) <= chain.reach_km {
            let fall = chain.truth[1] * chain.decay.transform(f64::from(km));
            near.push((number as u16, km, (utility + fall).exp()));
        }
    }
    near
}

/// Where the rivals stand, and the logarithms of their areas.
fn rivals(chain: &Chain, towns: &[Place], seed: u64) -> (Vec<Place>, Vec<f64>) {
    let mut rng = ChaCha8Rng::seed_from_u64(1_000_000 + seed);
    let at = places(chain.rivals, towns, chain.side_km, 4.0, &mut rng);
    let normal = Normal::new(6.8, 0.7).expect("a deviation");
    let areas = at.iter().map(|_| normal.sample(&mut rng)).collect();
    (at, areas)
}

/// Where the numbers come from: all from one place, or what chance decides from another than where things are.
struct Dice {
    world: ChaCha8Rng,
    chance: Option<ChaCha8Rng>,
}

impl Dice {
    fn chance(&mut self) -> &mut ChaCha8Rng {
        self.chance.as_mut().unwrap_or(&mut self.world)
    }
}

/// Draws a chain. One store in ten opened at the middle of the time: the cells it reaches have two spans. So did one rival in ten, which is
/// seen where cells have two spans.
pub fn draw(chain: &Chain, seed: u64) -> Drawn {
    drawn(chain, seed, None)
}

/// A chain whose places, areas and potentials are those of the seed, with effects and flows of another seed: the same market once more.
pub fn draw_again(chain: &Chain, seed: u64, chance: u64) -> Drawn {
    drawn(chain, seed, Some(chance))
}

fn drawn(chain: &Chain, seed: u64, chance: Option<u64>) -> Drawn {
    let mut dice = Dice {
        world: ChaCha8Rng::seed_from_u64(seed),
        chance: chance.map(ChaCha8Rng::seed_from_u64),
    };
    let rng = &mut dice.world;
    let anywhere = |rng: &mut ChaCha8Rng| (chain.side_km * rng.random::<f64>(), chain.side_km * rng.random::<f64>());
    let towns: Vec<Place> = (0..chain.towns).map(|_| anywhere(rng)).collect();
    let stores = places(chain.stores, &towns, chain.side_km, 3.0, rng);
    let cells = places(chain.cells, &towns, chain.side_km, 8.0, rng);
    let normal = Normal::new(0.0, 1.0).expect("a deviation");
    let areas: Vec<f64> = stores.iter().map(|_| 6.6 + 0.5 * normal.sample(rng)).collect();
    let mut effects: Vec<f64> = stores
        .iter()
        .map(|_| chain.sigma * normal.sample(dice.chance()))
        .collect();
    for store in chain.young() {
        effects[usize::from(store)] += chain.young_level.ln();
    }
    let (rival_places, rival_areas) = rivals(chain, &towns, seed);
    let [exponent, _, outside] = chain.truth;
    let utilities: Vec<f64> = areas
        .iter()
        .zip(&effects)
        .map(|(area, u)| exponent * area + u)
        .collect();
    let rival_utilities: Vec<f64> = rival_areas.iter().map(|area| exponent * area).collect();
    let mut situations = Situations::with_rivals(chain.stores, chain.rivals).expect("few stores");
    let mut rows = Vec::new();
    let mut rival_rows = Vec::new();
    let size = Gamma::new(2.0, 0.5).expect("a shape");
    let (mut potential_sum, mut inside_sum, mut rival_sum) = (0.0, 0.0, 0.0);
    for (cell, place) in cells.iter().enumerate() {
        let potential = chain.potential * size.sample(&mut dice.world);
        let near_rivals = near(chain, *place, &rival_places, &rival_utilities);
        let near = near(chain, *place, &stores, &utilities);
        let new = |store: u16| store % 10 == 7;
        let spans: Vec<Vec<usize>> = if near.iter().any(|(store, ..)| new(*store)) {
            let old = (0..near.len()).filter(|place| !new(near[*place].0)).collect();
            vec![old, (0..near.len()).collect()]
        } else {
            vec![(0..near.len()).collect()]
        };
        let own = potential / spans.len() as f64;
        let open = |span: usize| {
            let last = span + 1 == spans.len();
            near_rivals.iter().filter(move |(rival, ..)| last || !new(*rival))
        };
        let mut insides = Vec::new();
        for (number, span) in spans.iter().enumerate() {
            let total: f64 = span.iter().map(|place| near[*place].2).sum();
            let taken: f64 = open(number).map(|(_, _, weight)| weight).sum();
            let all = total + taken + outside.exp();
            insides.push(total / all);
            rival_sum += own * taken / all;
        }
        potential_sum += potential;
        inside_sum += insides.iter().map(|inside| own * inside).sum::<f64>();
        let flows = purchases(potential, &near, &spans, &insides, dice.chance());
        for (number, (span, flows)) in spans.iter().zip(&flows).enumerate() {
            let pair = |(place, flow): (&usize, &f64)| Pair {
                store: near[*place].0,
                distance: near[*place].1,
                flow: *flow,
            };
            let pairs: Vec<Pair> = span.iter().zip(flows).map(pair).collect();
            let rival = |&(rival, distance, _): &Near| Rival { rival, distance };
            let open: Vec<Rival> = open(number).map(rival).collect();
            situations
                .push_with_rivals(cell as u32, own, &pairs, &open)
                .expect("good rows");
            if chain.cells <= 10_000 {
                rows.push((cell as u32, own, pairs));
                rival_rows.push(open);
            }
        }
    }
    let column = |areas| vec![("sales_area_m2".to_owned(), areas)];
    let columns = StoreColumns::new(chain.stores, column(areas.clone())).expect("good columns");
    let columns = columns.with_rivals(chain.rivals, column(rival_areas));
    Drawn {
        situations,
        rows,
        rival_rows,
        columns: columns.expect("good columns"),
        areas,
        effects,
        outside_share: 1.0 - inside_sum / potential_sum,
        rival_share: rival_sum / potential_sum,
    }
}

/// Flows by span and place of the span: customers are Poisson, each orders a geometric number of times, in any span and store of his
/// cell, with values that are Gamma round a mean that is Gamma between customers.
fn purchases(
    potential: f64,
    near: &[Near],
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
