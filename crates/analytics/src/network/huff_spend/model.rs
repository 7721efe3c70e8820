//! A model ready to be fitted: columns and distances in units of their own spread, and what must hold for a fit to mean anything.
//!
//! Inside, a column is x' = (x - mean) / deviation, and so is the transformed distance: then no parameter is a thousand times another,
//! whatever the units. The utility of the outside takes up the means, which makes the way back to the caller's units a linear map.

use std::ops::Range;

use super::columns::StoreColumns;
use super::error::SpendError;
use super::moments::{Moments, Parted};
use super::situations::{Row, Situations};
use super::unseen::Unseen;
use crate::network::huff::Decay;
use crate::numeric::Symmetric;

/// Fewest cells with a flow on which a model is fitted: errors are those of as many clusters.
pub const FEWEST_CELLS: usize = 50;
/// Fewest stores with revenue, however few columns there are; with more, two more than there are columns.
pub const FEWEST_STORES: usize = 3;

/// Tasks that rows are parted into. Results depend on it, not on the threads that do them.
const PIECES: usize = 32;
/// A column that spreads less than this share of its size is constant.
const LEAST_SPREAD: f64 = 1e-9;
/// Share of a column's variance that those before it must leave unexplained.
const LEAST_OWN_VARIANCE: f64 = 1e-8;

/// Where a column lies and how far it spreads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) mean: f64,
    pub(super) deviation: f64,
}

/// Rows, columns and a form of decay that a model can be fitted to.
#[derive(Clone, Debug)]
pub struct SpendModel<'a> {
    pub(super) situations: &'a Situations,
    pub(super) columns: &'a StoreColumns,
    pub(super) decay: Decay,
    /// Scaled columns, store by store, then rival by rival.
    scaled: Vec<f64>,
    /// Scaled transformed distance of each pair.
    pub(super) distances: Vec<f64>,
    /// The same of each pair with a rival.
    pub(super) rival_distances: Vec<f64>,
    /// Of each column and of the distance.
    scales: Vec<Scale>,
    pub(super) pieces: Vec<Range<usize>>,
    /// Which stores stand in a pair.
    pub(super) reached: Vec<bool>,
    rivalled: bool,
    /// Cells with a flow.
    pub(super) cells: usize,
    /// Mean of a flow: likelihoods are counted in it, so that a search sees numbers of the same size in any currency.
    pub(super) money: f64,
    pub(super) potential: f64,
    pub(super) unseen: Unseen,
}

/// Parameters where the utility of a pair is asked for: scaled ones.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// Utility of each store at the mean distance.
    pub(super) base: Vec<f64>,
    /// The same of each rival.
    pub(super) rivals: Vec<f64>,
    pub(super) distance: f64,
    /// Weight of the outside, not its logarithm.
    pub(super) outside: f64,
}

/// How a row's potential parts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    /// Share of the outside.
    pub(super) outside: f64,
    /// Share of the rivals.
    pub(super) rivals: f64,
    /// Sum over the stores and the rivals of share times scaled distance.
    pub(super) distance: f64,
    /// Logarithm of the sum of all weights.
    pub(super) ln_total: f64,
}

impl<'a> SpendModel<'a> {
    /// Checks that the model can be told from the data, and prepares it.
    ///
    /// # Errors
    /// [`SpendError`] when there are fewer than [`FEWEST_CELLS`] cells with a flow or fewer stores with revenue than [`FEWEST_STORES`] and
    /// two more than there are columns, when a store's flows add up to less than 0, when the potential is not above the revenue, when a
    /// column or the distance is constant, when a column follows from others, or when the decay form has no value at a distance. Rivals
    /// count in what is said of columns and distances, where they stand beside a store.
    pub fn new(situations: &'a Situations, columns: &'a StoreColumns, decay: Decay) -> Result<Self, SpendError> {
        if columns.stores() != situations.stores() {
            let (found, stores) = (columns.stores(), situations.stores());
            return Err(SpendError::OtherModel { found, stores });
        }
        if columns.rivals() != situations.rivals() {
            let (found, rivals) = (columns.rivals(), situations.rivals());
            return Err(SpendError::RivalCount { found, rivals });
        }
        let seen = Seen::of(situations);
        seen.check(situations, columns.names().len())?;
        let places = [&seen.reached[..], &seen.beside[..]].concat();
        let mut scales = column_scales(columns, &places)?;
        let scaled = scaled_columns(columns, &scales);
        check_collinear(columns, &scaled, &places)?;
        let (distances, rival_distances, scale) = scaled_distances(situations, decay)?;
        scales.push(scale);
        let (potential, revenue) = (situations.potential(), situations.revenue());
        Ok(SpendModel {
            situations,
            columns,
            decay,
            scaled,
            distances,
            rival_distances,
            scales,
            pieces: situations.pieces(PIECES),
            rivalled: seen.beside.contains(&true),
            reached: seen.reached,
            cells: seen.cells,
            money: seen.money / seen.flows as f64,
            potential,
            unseen: Unseen::of(situations, revenue / potential),
        })
    }

    /// The form of decay.
    pub fn decay(&self) -> Decay {
        self.decay
    }

    /// Columns.
    pub(super) fn width(&self) -> usize {
        self.columns.names().len()
    }

    /// Parameters without those of single stores: columns, distance, outside.
    pub(super) fn size(&self) -> usize {
        self.width() + 2
    }

    pub(super) fn stores(&self) -> usize {
        self.situations.stores()
    }

    /// Whether a rival stands beside a store.
    pub(super) fn has_rivals(&self) -> bool {
        self.rivalled
    }

    /// What derivatives are taken by beside the stores' utilities: distance, outside, and, where there are rivals, each column as theirs.
    pub(super) fn beside(&self) -> usize {
        2 + if self.has_rivals() { self.width() } else { 0 }
    }

    /// Scaled columns of a rival.
    pub(super) fn scaled_of_rival(&self, rival: usize) -> &[f64] {
        self.scaled_of(self.stores() + rival)
    }

    /// Scaled columns of a store.
    pub(super) fn scaled_of(&self, store: usize) -> &[f64] {
        &self.scaled[store * self.width()..(store + 1) * self.width()]
    }

    /// The point of scaled parameters and store effects.
    pub(super) fn point(&self, parameters: &[f64], effects: &[f64]) -> Point {
        let drawn = |place: usize| {
            let drawn = self.scaled_of(place).iter().zip(parameters);
            drawn.map(|(x, a)| x * a).sum::<f64>()
        };
        let stores = self.stores();
        Point {
            base: (0..stores).map(|store| effects[store] + drawn(store)).collect(),
            rivals: (stores..stores + self.columns.rivals()).map(drawn).collect(),
            distance: parameters[self.width()],
            outside: parameters[self.width() + 1].exp(),
        }
    }

    pub(super) fn parted(&self) -> Parted {
        Parted {
            shares: Vec::new(),
            rivals: Moments::new(self.width() + 1),
        }
    }

    /// Without the second moments of the rivals.
    pub(super) fn parted_once(&self) -> Parted {
        Parted {
            shares: Vec::new(),
            rivals: Moments::first_only(self.width() + 1),
        }
    }

    /// Sums over the rivals of a row.
    pub(super) fn rival_moments(&self, row: &Row<'_>, point: &Point, moments: &mut Moments) {
        let width = self.width();
        moments.restart(0.0);
        let distances = &self.rival_distances[row.first_rival..row.first_rival + row.rivals.len()];
        for (rival, g) in row.rivals.iter().zip(distances) {
            let rival = usize::from(*rival);
            moments.x[..width].copy_from_slice(self.scaled_of_rival(rival));
            moments.x[width] = *g;
            moments.add((point.rivals[rival] + point.distance * g).exp());
        }
    }

    /// Weights of a row's stores and rivals as shares of all, in `parted`.
    pub(super) fn shares(&self, row: &Row<'_>, point: &Point, parted: &mut Parted) -> Shares {
        let distances = &self.distances[row.first..row.first + row.stores.len()];
        let Parted { shares, rivals } = parted;
        shares.clear();
        let weights = row.stores.iter().zip(distances);
        shares.extend(weights.map(|(store, g)| (point.base[usize::from(*store)] + point.distance * g).exp()));
        let mut total = point.outside + shares.iter().sum::<f64>();
        let mut distance = 0.0;
        if self.has_rivals() {
            self.rival_moments(row, point, rivals);
            total += rivals.total;
            rivals.divide(total);
        }
        for (share, g) in shares.iter_mut().zip(distances) {
            *share /= total;
            distance += *share * g;
        }
        Shares {
            outside: point.outside / total,
            rivals: rivals.total,
            distance: distance + rivals.first[self.width()],
            ln_total: total.ln(),
        }
    }

    /// Parameters in the caller's units from scaled ones.
    pub(super) fn natural(&self, scaled: &[f64]) -> Vec<f64> {
        let outside = self.width() + 1;
        let mut natural: Vec<f64> = scaled.to_vec();
        for (index, scale) in self.scales.iter().enumerate() {
            natural[index] = scaled[index] / scale.deviation;
            natural[outside] += natural[index] * scale.mean;
        }
        natural
    }

    /// Scaled parameters from those in the caller's units.
    pub(super) fn scaled_from(&self, natural: &[f64]) -> Vec<f64> {
        let outside = self.width() + 1;
        let mut scaled = natural.to_vec();
        for (index, scale) in self.scales.iter().enumerate() {
            scaled[index] = natural[index] * scale.deviation;
            scaled[outside] -= natural[index] * scale.mean;
        }
        scaled
    }

    /// Covariance in the caller's units from that of scaled parameters, and of anything that comes after them.
    pub(super) fn natural_covariance(&self, scaled: &Symmetric) -> Symmetric {
        let outside = self.width() + 1;
        // Which scaled parameters a natural one is made of, and how much of each.
        let made_of = |row: usize| -> Vec<(usize, f64)> {
            match self.scales.get(row) {
                Some(scale) => vec![(row, 1.0 / scale.deviation)],
                None if row == outside => {
                    let means = self.scales.iter().map(|scale| scale.mean / scale.deviation);
                    means.enumerate().chain([(row, 1.0)]).collect()
                }
                None => vec![(row, 1.0)],
            }
        };
        let mut natural = Symmetric::zeros(scaled.size());
        for row in 0..scaled.size() {
            let left = made_of(row);
            for column in 0..=row {
                let mut sum = 0.0;
                if column > outside {
                    sum = scaled.get(row, column);
                } else {
                    for (j, by) in made_of(column) {
                        sum += by * left.iter().map(|(i, factor)| factor * scaled.get(*i, j)).sum::<f64>();
                    }
                }
                natural.add(row, column, sum);
            }
        }
        natural
    }
}

/// What one look at the rows tells.
struct Seen {
    reached: Vec<bool>,
    /// Which rivals stand in a row with a store; the others say nothing.
    beside: Vec<bool>,
    revenue_by_store: Vec<f64>,
    cells: usize,
    flows: usize,
    /// Sum of the flows, each without its sign.
    money: f64,
}

impl Seen {
    fn of(situations: &Situations) -> Seen {
        let mut seen = Seen {
            reached: vec![false; situations.stores()],
            beside: vec![false; situations.rivals()],
            revenue_by_store: situations.store_revenues(),
            cells: 0,
            flows: 0,
            money: 0.0,
        };
        let mut counted = None;
        for row in (0..situations.rows()).map(|row| situations.row(row)) {
            row.stores
                .iter()
                .for_each(|store| seen.reached[usize::from(*store)] = true);
            let beside = row.rivals.iter().filter(|_| !row.stores.is_empty());
            beside.for_each(|rival| seen.beside[usize::from(*rival)] = true);
            for (_, flow) in row.flows() {
                seen.flows += 1;
                seen.money += flow.abs();
                if counted != Some(row.cell) {
                    counted = Some(row.cell);
                    seen.cells += 1;
                }
            }
        }
        seen
    }

    fn check(&self, situations: &Situations, columns: usize) -> Result<(), SpendError> {
        if !self.reached.contains(&true) {
            let rows = situations.left_out().rows;
            return Err(SpendError::NoPotential { rows });
        }
        let below = (0..).zip(&self.revenue_by_store).find(|(_, revenue)| **revenue < 0.0);
        if let Some((store, &revenue)) = below {
            return Err(SpendError::StoreBelowZero { store, revenue });
        }
        let found = self.revenue_by_store.iter().filter(|revenue| **revenue > 0.0).count();
        let needed = FEWEST_STORES.max(columns + 2);
        if found < needed {
            return Err(SpendError::TooFewStores { found, needed });
        }
        if self.cells < FEWEST_CELLS {
            let (found, needed) = (self.cells, FEWEST_CELLS);
            return Err(SpendError::TooFewCells { found, needed });
        }
        let (revenue, potential) = (situations.revenue(), situations.potential());
        if revenue >= potential {
            return Err(SpendError::RevenueAbovePotential { revenue, potential });
        }
        Ok(())
    }
}

/// Mean and deviation of each column over the places that count: stores that cells reach, and rivals beside them.
fn column_scales(columns: &StoreColumns, reached: &[bool]) -> Result<Vec<Scale>, SpendError> {
    let count = reached.iter().filter(|reached| **reached).count() as f64;
    let scale = |(index, column): (usize, &String)| {
        let of_reached = || (0..reached.len()).filter(|place| reached[*place]);
        let values = || of_reached().map(|place| columns.line(place)[index]);
        let mean = values().sum::<f64>() / count;
        let deviation = (values().map(|log| (log - mean).powi(2)).sum::<f64>() / count).sqrt();
        if deviation <= LEAST_SPREAD * mean.abs().max(1.0) {
            let column = column.clone();
            return Err(SpendError::ConstantColumn { column });
        }
        Ok(Scale { mean, deviation })
    };
    columns.names().iter().enumerate().map(scale).collect()
}

fn scaled_columns(columns: &StoreColumns, scales: &[Scale]) -> Vec<f64> {
    let logs = (0..columns.stores() + columns.rivals()).map(|place| columns.line(place));
    logs.flat_map(|logs| {
        let both = logs.iter().zip(scales);
        both.map(|(log, scale)| (log - scale.mean) / scale.deviation)
    })
    .collect()
}

/// Cholesky's pivots of the columns' correlations: what each adds to those before it.
fn check_collinear(columns: &StoreColumns, scaled: &[f64], reached: &[bool]) -> Result<(), SpendError> {
    let width = columns.names().len();
    // What is left of each column, place by place, once those before it are taken away.
    let mut left: Vec<Vec<f64>> = Vec::with_capacity(width);
    let count = reached.iter().filter(|reached| **reached).count() as f64;
    for column in 0..width {
        let places = (0..reached.len()).filter(|place| reached[*place]);
        let mut own: Vec<f64> = places.map(|place| scaled[place * width + column]).collect();
        for before in &left {
            let (product, square) = (dot(&own, before), dot(before, before));
            own.iter_mut()
                .zip(before)
                .for_each(|(own, x)| *own -= product / square * x);
        }
        if dot(&own, &own) / count < LEAST_OWN_VARIANCE {
            return Err(SpendError::CollinearColumn {
                column: columns.names()[column].clone(),
                before: columns.names()[..column].to_vec(),
            });
        }
        left.push(own);
    }
    Ok(())
}

fn transformed(distances: &[f32], decay: Decay) -> Result<Vec<f64>, SpendError> {
    let mut transformed = Vec::with_capacity(distances.len());
    for &distance in distances {
        let g = decay.transform(f64::from(distance));
        if !g.is_finite() {
            return Err(SpendError::Decay { decay, distance });
        }
        transformed.push(g);
    }
    Ok(transformed)
}

/// Transformed distances of stores and of rivals, scaled by their mean and deviation over the revenue.
fn scaled_distances(situations: &Situations, decay: Decay) -> Result<(Vec<f64>, Vec<f64>, Scale), SpendError> {
    let mut own = transformed(situations.distances(), decay)?;
    let mut rivals = transformed(situations.rival_distances(), decay)?;
    let (mut weight, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for row in (0..situations.rows()).map(|row| situations.row(row)) {
        for (place, flow) in row.flows().filter(|(_, flow)| *flow > 0.0) {
            let g = own[row.first + place];
            weight += flow;
            sum += flow * g;
            squares += flow * g * g;
        }
    }
    let mean = sum / weight;
    let mut deviation = (squares / weight - mean * mean).max(0.0).sqrt();
    let spread = |least: f64| LEAST_SPREAD.sqrt() * least.abs().max(f64::MIN_POSITIVE);
    if deviation <= spread(mean) {
        // All revenue came from one distance; the others still tell something, by what did not come.
        let beside = (0..situations.rows()).map(|row| situations.row(row));
        let beside = beside.filter(|row| !row.stores.is_empty());
        let beside = beside.flat_map(|row| &rivals[row.first_rival..row.first_rival + row.rivals.len()]);
        let (mut squares, mut count) = (0.0, 0.0);
        for g in own.iter().chain(beside) {
            squares += (g - mean).powi(2);
            count += 1.0;
        }
        deviation = (squares / count).sqrt();
    }
    if deviation <= spread(mean) {
        return Err(SpendError::ConstantDistance);
    }
    let scale = Scale { mean, deviation };
    let all = own.iter_mut().chain(&mut rivals);
    all.for_each(|g| *g = (*g - mean) / deviation);
    Ok((own, rivals, scale))
}

pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}
