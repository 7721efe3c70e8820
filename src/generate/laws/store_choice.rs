//! Law "store choice": Huff with an outside option, on the distance from the centre of the market's cell.
//!
//! p_ij = A_j^alpha d_ij^-beta / (outside + sum over the open stores k of A_k^alpha d_ik^-beta), Huff (1963) with an
//! outside option: what households spend elsewhere. Customers arrive in a cell in proportion to its spend potential
//! and to the network's inside share, and each of their orders picks among the inside shares.

use h3o::LatLng;
use serde_json::{Value, json};

use crate::laws::stores::Store;
use crate::stream::{Stream, key};
use crate::workers;

const CHOICE: u64 = key("store choice");
const CELL: u64 = key("store choice/cell");

/// Exponent of the sales area (m2).
pub const AREA_EXPONENT: f64 = 0.85;
/// Exponent of the distance (km).
pub const DISTANCE_EXPONENT: f64 = 1.7;
/// Distances below this count as this, in km.
pub const SMALLEST_DISTANCE_KM: f64 = 1.0;
/// Stores farther than this are not considered.
pub const LARGEST_DISTANCE_KM: f64 = 80.0;
/// Attraction of everything that is not the retailer.
pub const OUTSIDE_UTILITY: f64 = 160.0;

/// No store.
pub const NO_STORE: u16 = u16::MAX;

/// Days (numbers on the clock) between which a store sells, both included.
pub type OpenDays = (i32, i32);

/// Attraction of a store at no distance.
pub fn attraction(sales_area_m2: f64) -> f64 {
    sales_area_m2.powf(AREA_EXPONENT)
}

/// What is left of an attraction at a distance, as a factor.
pub fn decay(distance_km: f64) -> f64 {
    if distance_km > LARGEST_DISTANCE_KM {
        0.0
    } else {
        distance_km.max(SMALLEST_DISTANCE_KM).powf(-DISTANCE_EXPONENT)
    }
}

/// A store as the cells look for it.
struct Outlet {
    index: u16,
    point: LatLng,
    latitude: f64,
    longitude: f64,
    attraction: f64,
}

/// The stores from south to north.
fn outlets(stores: &[Store]) -> Vec<Outlet> {
    let mut outlets: Vec<Outlet> = stores
        .iter()
        .enumerate()
        .map(|(index, store)| Outlet {
            index: index as u16,
            point: store.point,
            latitude: store.point.lat(),
            longitude: store.point.lng(),
            attraction: attraction(f64::from(store.sales_area_m2)),
        })
        .collect();
    outlets.sort_by(|left, right| {
        left.latitude
            .total_cmp(&right.latitude)
            .then(left.index.cmp(&right.index))
    });
    outlets
}

/// The attraction of every store on every cell that it reaches.
#[derive(Debug, Clone)]
pub struct StoreChoice {
    starts: Vec<u32>,
    stores: Vec<u16>,
    utilities: Vec<f32>,
    open_days: Vec<OpenDays>,
    /// The law is on: distances matter. Off: every customer is inside and takes any open store of his cell's list.
    on: bool,
}

impl StoreChoice {
    /// Measures all cells (by their centres) against all stores.
    pub fn new(centres: &[LatLng], stores: &[Store], open_days: Vec<OpenDays>, on: bool) -> Self {
        const PIECE: usize = 4_096;
        let outlets = outlets(stores);
        let pieces = workers::run(
            centres.len().div_ceil(PIECE),
            |piece| {
                let last = ((piece + 1) * PIECE).min(centres.len());
                centres[piece * PIECE..last]
                    .iter()
                    .map(|centre| reach(*centre, &outlets, on))
                    .collect::<Vec<_>>()
            },
            |_| {},
        );
        let mut starts = vec![0];
        let (mut reached, mut utilities) = (Vec::new(), Vec::new());
        for (near, weights) in pieces.into_iter().flatten() {
            reached.extend(near);
            utilities.extend(weights);
            starts.push(reached.len() as u32);
        }
        Self {
            starts,
            stores: reached,
            utilities,
            open_days,
            on,
        }
    }

    fn open(&self, cell: u32, day: i32) -> impl Iterator<Item = (u16, f64)> + '_ {
        let range = self.starts[cell as usize] as usize..self.starts[cell as usize + 1] as usize;
        range.filter_map(move |at| {
            let store = self.stores[at];
            let (first, last) = self.open_days[store as usize];
            (first <= day && day <= last).then(|| (store, f64::from(self.utilities[at])))
        })
    }

    /// Share of the cell's spend that goes to the retailer on a day: 1 - outside share.
    pub fn inside_share(&self, cell: u32, day: i32) -> f64 {
        if !self.on {
            return 1.0;
        }
        let total: f64 = self.open(cell, day).map(|(_, weight)| weight).sum();
        total / (total + OUTSIDE_UTILITY)
    }

    /// Huff share of each open store in the cell's spend on a day.
    pub fn shares(&self, cell: u32, day: i32) -> Vec<(u16, f64)> {
        let outside = if self.on { OUTSIDE_UTILITY } else { 0.0 };
        let total: f64 = self.open(cell, day).map(|(_, weight)| weight).sum();
        self.open(cell, day)
            .map(|(store, weight)| (store, weight / (total + outside)))
            .collect()
    }

    /// The store of an order, among the inside shares; [`NO_STORE`] when none is open within reach.
    pub fn pick(&self, seed: u64, order: u64, cell: u32, day: i32) -> u16 {
        let total: f64 = self.open(cell, day).map(|(_, weight)| weight).sum();
        if total <= 0.0 {
            return NO_STORE;
        }
        let mut left = Stream::new(seed, CHOICE, order).unit() * total;
        let mut last = NO_STORE;
        for (store, weight) in self.open(cell, day) {
            last = store;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
        last
    }
}

/// The stores within reach of a point, and their attraction.
fn reach(centre: LatLng, outlets: &[Outlet], on: bool) -> (Vec<u16>, Vec<f32>) {
    // One degree of latitude is 111.195 km; stores outside the box need no great circle.
    let tall = LARGEST_DISTANCE_KM / 111.0;
    let wide = tall / centre.lat_radians().cos().max(0.05);
    let (latitude, longitude) = (centre.lat(), centre.lng());
    let first = outlets.partition_point(|outlet| outlet.latitude < latitude - tall);
    let mut near = (Vec::new(), Vec::new());
    for outlet in &outlets[first..] {
        if outlet.latitude > latitude + tall {
            break;
        }
        if (outlet.longitude - longitude).abs() > wide {
            continue;
        }
        let weight = if on {
            outlet.attraction * decay(outlet.point.distance_km(centre))
        } else {
            1.0
        };
        if weight > 0.0 {
            near.0.push(outlet.index);
            near.1.push(weight as f32);
        }
    }
    near
}

/// Where a customer's cell lies in the running sum of his epoch's cells, uniform on [0, 1).
pub fn cell_quantile(seed: u64, customer: u32) -> f64 {
    Stream::new(seed, CELL, u64::from(customer)).unit()
}

/// Parameters, for truth.json.
pub fn parameters(on: bool) -> Value {
    json!({
        "on": on,
        "model": "Huff with an outside option; distance = great circle from the centre of the res-8 H3 cell",
        "attraction": "sales_area_m2 ^ area_exponent",
        "area_exponent": AREA_EXPONENT,
        "distance_exponent": DISTANCE_EXPONENT,
        "distance_function": "max(distance_km, smallest_distance_km) ^ -distance_exponent, 0 beyond largest_distance_km",
        "smallest_distance_km": SMALLEST_DISTANCE_KM,
        "largest_distance_km": LARGEST_DISTANCE_KM,
        "outside_utility": OUTSIDE_UTILITY,
    })
}
