//! The network: cells, sites and the weights between them.

use std::collections::HashMap;
use std::ops::Range;

use crate::numeric::side_by_side;

use super::change::{Cell, Distances, Kind, Place, Site};
use super::error::ScenarioError;
use super::grid::{Disk, Grid, Vector, chord_squared, kilometres, vector};
use super::rows::Rows;
use super::rule::{LARGEST, Rule};

/// Cells that are worked on together: small enough for the near memory of a core, many enough that a chunk's own sums cost nothing.
const CHUNK_CELLS: usize = 2_048;

/// Bins within the radius of a site's reach: more are searched longer, fewer have more cells beyond reach.
const BINS_IN_REACH: f64 = 8.0;

/// Side of a bin, in kilometres, where no reach in kilometres is known.
const LISTED_BIN_KM: f64 = 10.0;

/// What every site takes, and what nobody of the network does.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// T_j of each site, in the order in which they were given (EUR a year).
    pub sites: Vec<f64>,
    /// What is spent outside (EUR a year).
    pub outside: f64,
}

/// A Huff model of some cells and sites, ready for scenarios. It is never changed: any number of requests may read it.
///
/// One pair of a cell and a site within reach takes 8 bytes and one cell 40 (8 more with listed distances); nothing else grows
/// with them. Cells are kept in an order in which neighbours are mostly near each other; results name a cell by its number in the slice
/// that was given.
#[derive(Debug)]
pub struct Network {
    pub(super) rule: Rule,
    pub(super) market: Market,
    pub(super) chunks: Vec<Chunk>,
    pub(super) sites: Vec<Present>,
    pub(super) numbers: HashMap<String, u32>,
    /// The bins that each site reaches.
    pub(super) reached: Vec<Vec<u32>>,
    totals: Totals,
}

/// A site that is there.
#[derive(Debug)]
pub(super) struct Present {
    pub(super) id: String,
    pub(super) place: Place,
    pub(super) attraction: f64,
    pub(super) kind: Kind,
    pub(super) covariates: Vec<f64>,
}

/// The cells, in the order of their bins.
#[derive(Debug)]
pub(super) struct Market {
    pub(super) vectors: Vec<Vector>,
    pub(super) potential: Vec<f64>,
    /// The number under which each cell was given.
    pub(super) given: Vec<u32>,
    /// Where each given cell is; only with listed distances, or without sites, since what comes may be listed.
    positions: Option<Vec<u32>>,
    pub(super) grid: Grid,
}

/// Some whole bins, with the sites that reach them.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) bins: Range<u32>,
    pub(super) cells: Range<u32>,
    /// The sites by their number in the chunk.
    pub(super) sites: Vec<u32>,
    pub(super) rows: Rows,
}

/// The cells in reach of one site.
#[derive(Debug)]
pub(crate) enum Column {
    /// Those in a disk.
    Disk(Disk),
    /// These, by their place in the order of the bins, with the weight of each.
    Listed(Vec<(u32, f64)>),
}

impl Network {
    /// Weighs every site for every cell in its reach, on several threads.
    ///
    /// # Errors
    /// When a number is out of its range, a place is none, two sites have one id, or sites differ in how they are measured or in the
    /// number of their covariates.
    pub fn new(cells: &[Cell], sites: Vec<Site>, rule: Rule) -> Result<Network, ScenarioError> {
        rule.check()?;
        let listed = !matches!(sites.first().map(|site| &site.distances), Some(Distances::GreatCircle));
        let market = Market::new(cells, &rule, listed)?;
        let mut network = Network {
            rule,
            market,
            chunks: Vec::new(),
            sites: Vec::with_capacity(sites.len()),
            numbers: HashMap::with_capacity(sites.len()),
            reached: Vec::with_capacity(sites.len()),
            totals: Totals {
                sites: Vec::new(),
                outside: 0.0,
            },
        };
        let mut columns = Vec::with_capacity(sites.len());
        for site in sites {
            columns.push(network.add(site)?);
        }
        network.weigh(&columns);
        network.totals = network.recompute();
        Ok(network)
    }

    fn add(&mut self, site: Site) -> Result<Column, ScenarioError> {
        let needed = self
            .sites
            .first()
            .map_or(site.covariates.len(), |it| it.covariates.len());
        check_attraction(&site.id, site.attraction)?;
        check_covariates(&site.id, &site.covariates, needed)?;
        let column = self.column(&site.id, site.place, &site.distances)?;
        if self.numbers.insert(site.id.clone(), self.sites.len() as u32).is_some() {
            return Err(ScenarioError::Present { site: site.id });
        }
        self.reached.push(self.market.bins_of(&column));
        self.sites.push(Present {
            id: site.id,
            place: site.place,
            attraction: site.attraction,
            kind: site.kind,
            covariates: site.covariates,
        });
        Ok(column)
    }

    fn weigh(&mut self, columns: &[Column]) {
        let mut chunks = self.market.chunks();
        for (site, bins) in self.reached.iter().enumerate() {
            let mut rest = &bins[..];
            while let Some(first) = rest.first() {
                let number = chunks.partition_point(|chunk| chunk.bins.end <= *first);
                chunks[number].sites.push(site as u32);
                rest = &rest[rest.partition_point(|bin| *bin < chunks[number].bins.end)..];
            }
        }
        let rows = side_by_side(chunks.len() as u64, |number| {
            let chunk = &chunks[number as usize];
            let columns: Vec<_> = chunk
                .sites
                .iter()
                .map(|site| {
                    let (column, bins) = (&columns[*site as usize], &self.reached[*site as usize]);
                    self.column_within(column, within(bins, &chunk.bins), &chunk.cells)
                })
                .collect();
            Rows::new(chunk.cells.len(), &columns)
        });
        for (chunk, rows) in chunks.iter_mut().zip(rows) {
            chunk.rows = rows;
        }
        self.chunks = chunks;
    }

    /// The cells of a chunk that a site reaches, by their number in the chunk.
    pub(super) fn column_within(&self, column: &Column, bins: &[u32], cells: &Range<u32>) -> Vec<(u32, f64)> {
        match column {
            Column::Disk(disk) => {
                let mut found = Vec::new();
                self.for_each_in(disk, bins, |cell, weight| found.push((cell - cells.start, weight)));
                found
            }
            Column::Listed(all) => {
                let from = all.partition_point(|(cell, _)| *cell < cells.start);
                let to = all.partition_point(|(cell, _)| *cell < cells.end);
                all[from..to]
                    .iter()
                    .map(|(cell, weight)| (cell - cells.start, *weight))
                    .collect()
            }
        }
    }

    /// The cells of some bins within a disk that have a weight, in order.
    pub(crate) fn for_each_in(&self, disk: &Disk, bins: &[u32], mut visit: impl FnMut(u32, f64)) {
        for bin in bins {
            let range = self.market.grid.cells(*bin);
            let vectors = &self.market.vectors[range.start as usize..range.end as usize];
            for (point, cell) in vectors.iter().zip(range) {
                let chord = chord_squared(*point, disk.centre);
                if chord <= disk.chord_squared {
                    let weight = self.rule.weight_within(kilometres(chord));
                    if weight > 0.0 {
                        visit(cell, weight);
                    }
                }
            }
        }
    }

    /// All cells that a site reaches, in order, with the weight of each.
    pub(crate) fn for_each_of(&self, column: &Column, mut visit: impl FnMut(u32, f64)) {
        match column {
            Column::Disk(disk) => self.for_each_in(disk, &self.market.grid.bins_in(disk), visit),
            Column::Listed(all) => all.iter().for_each(|(cell, weight)| visit(*cell, *weight)),
        }
    }

    /// Whether a site reaches a cell that is marked.
    pub(crate) fn reaches_any(&self, column: &Column, marked: &[bool]) -> bool {
        match column {
            Column::Disk(disk) => self.market.grid.bins_in(disk).into_iter().any(|bin| {
                let near = |cell: usize| chord_squared(self.market.vectors[cell], disk.centre) <= disk.chord_squared;
                self.market
                    .grid
                    .cells(bin)
                    .any(|cell| marked[cell as usize] && near(cell as usize))
            }),
            Column::Listed(all) => all.iter().any(|(cell, _)| marked[*cell as usize]),
        }
    }

    /// What a site reaches.
    pub(crate) fn column(&self, id: &str, place: Place, distances: &Distances) -> Result<Column, ScenarioError> {
        if !is_place(place) {
            return Err(ScenarioError::SitePlace {
                site: id.to_owned(),
                latitude: place.latitude,
                longitude: place.longitude,
            });
        }
        match (distances, &self.market.positions) {
            (Distances::Listed(list), Some(positions)) => self.listed(id, list, positions),
            (Distances::GreatCircle, positions) if positions.is_none() || self.reached.is_empty() => {
                Ok(Column::Disk(Disk::new(place, self.rule.largest_distance)))
            }
            (_, positions) => Err(ScenarioError::OtherDistances {
                site: id.to_owned(),
                needed: if positions.is_some() {
                    "listed distances"
                } else {
                    "no distances"
                },
            }),
        }
    }

    fn listed(&self, id: &str, list: &[(u32, f64)], positions: &[u32]) -> Result<Column, ScenarioError> {
        let fault = |cell, distance| ScenarioError::Distance {
            site: id.to_owned(),
            cell,
            distance,
            cells: positions.len(),
        };
        let mut weights = Vec::with_capacity(list.len());
        for (cell, distance) in list {
            let position = positions.get(*cell as usize).ok_or_else(|| fault(*cell, *distance))?;
            if distance.is_nan() || *distance < 0.0 {
                return Err(fault(*cell, *distance));
            }
            weights.push((*position, self.rule.weight(*distance)));
        }
        weights.sort_unstable_by_key(|(position, _)| *position);
        if let Some(pair) = weights.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            let cell = self.market.given[pair[0].0 as usize];
            let twice = list.iter().rfind(|(it, _)| *it == cell);
            return Err(fault(cell, twice.map_or(f64::NAN, |(_, distance)| *distance)));
        }
        weights.retain(|(_, weight)| *weight > 0.0);
        Ok(Column::Listed(weights))
    }

    /// What every site takes as the network stands.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// The same, computed anew from every pair, on several threads.
    pub fn recompute(&self) -> Totals {
        let parts = side_by_side(self.chunks.len() as u64, |number| {
            self.chunk_totals(&self.chunks[number as usize])
        });
        let mut totals = Totals {
            sites: vec![0.0; self.sites.len()],
            outside: 0.0,
        };
        for (chunk, (part, outside)) in self.chunks.iter().zip(parts) {
            for (site, amount) in chunk.sites.iter().zip(part) {
                totals.sites[*site as usize] += amount;
            }
            totals.outside += outside;
        }
        totals
    }

    fn chunk_totals(&self, chunk: &Chunk) -> (Vec<f64>, f64) {
        let attraction = self.attraction_of(chunk);
        let mut totals = vec![0.0; chunk.sites.len()];
        let mut outside = 0.0;
        for (cell, position) in chunk.cells.clone().enumerate() {
            let potential = self.market.potential[position as usize];
            let sum = chunk.rows.draw(cell, &attraction);
            if sum > 0.0 {
                let each = potential / (self.rule.outside + sum);
                chunk.rows.add_draws(cell, &attraction, each, &mut totals);
                outside += self.rule.outside * each;
            } else {
                outside += potential;
            }
        }
        (totals, outside)
    }

    /// Attraction of each site of a chunk.
    pub(super) fn attraction_of(&self, chunk: &Chunk) -> Vec<f64> {
        chunk
            .sites
            .iter()
            .map(|site| self.sites[*site as usize].attraction)
            .collect()
    }

    /// The same attractions, 0 for competitors.
    pub(super) fn own_part(&self, chunk: &Chunk, attraction: &[f64]) -> Vec<f64> {
        let sites = chunk.sites.iter().zip(attraction);
        sites
            .map(|(site, attraction)| if self.is_own(*site) { *attraction } else { 0.0 })
            .collect()
    }

    /// What stores of our own take in each cell as the network stands (EUR a year), in the order in which cells were given.
    pub fn own_by_cell(&self) -> Vec<f64> {
        let parts = side_by_side(self.chunks.len() as u64, |number| {
            let chunk = &self.chunks[number as usize];
            let attraction = self.attraction_of(chunk);
            let ours = self.own_part(chunk, &attraction);
            let cells = chunk.cells.clone().enumerate();
            let amounts = cells.map(|(cell, position)| {
                let ours = chunk.rows.draw(cell, &ours);
                let share = ours / (self.rule.outside + chunk.rows.draw(cell, &attraction));
                if ours > 0.0 {
                    self.market.potential[position as usize] * share
                } else {
                    0.0
                }
            });
            amounts.collect::<Vec<f64>>()
        });
        let mut given = vec![0.0; self.market.given.len()];
        for (cell, amount) in self.market.given.iter().zip(parts.into_iter().flatten()) {
            given[*cell as usize] = amount;
        }
        given
    }

    /// The sites in the order in which they were given: id, kind, place, attraction.
    pub fn sites(&self) -> impl ExactSizeIterator<Item = (&str, Kind, Place, f64)> {
        self.sites
            .iter()
            .map(|site| (site.id.as_str(), site.kind, site.place, site.attraction))
    }

    /// The place of a site in that order.
    pub fn number_of(&self, id: &str) -> Option<usize> {
        self.numbers.get(id).map(|number| *number as usize)
    }

    /// Whose a site is, by its place in that order.
    pub(crate) fn kind_of(&self, site: usize) -> Kind {
        self.sites[site].kind
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.market.given.len()
    }

    /// Number of pairs of a cell and a site within reach.
    pub fn pairs(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.rows.pairs()).sum()
    }

    /// The rule that it was built with.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Number of covariates of a site.
    pub(super) fn covariates(&self) -> usize {
        self.sites.first().map_or(0, |site| site.covariates.len())
    }

    pub(crate) fn is_own(&self, site: u32) -> bool {
        self.sites[site as usize].kind == Kind::Own
    }
}

impl Market {
    fn new(cells: &[Cell], rule: &Rule, listed: bool) -> Result<Market, ScenarioError> {
        if cells.len() >= u32::MAX as usize {
            return Err(ScenarioError::TooManyCells { cells: cells.len() });
        }
        for (number, Cell { place, potential }) in cells.iter().enumerate() {
            if !is_place(*place) {
                return Err(ScenarioError::CellPlace {
                    cell: number,
                    latitude: place.latitude,
                    longitude: place.longitude,
                });
            }
            if !(0.0..=LARGEST).contains(potential) {
                return Err(ScenarioError::Potential {
                    cell: number,
                    potential: *potential,
                });
            }
        }
        let kilometres = if listed {
            LISTED_BIN_KM
        } else {
            rule.largest_distance / BINS_IN_REACH
        };
        let (grid, given) = Grid::new(cells.iter().map(|cell| cell.place), kilometres / h3o::EARTH_RADIUS_KM);
        let positions = listed.then(|| {
            let mut positions = vec![0; given.len()];
            for (position, cell) in (0..).zip(&given) {
                positions[*cell as usize] = position;
            }
            positions
        });
        Ok(Market {
            vectors: given.iter().map(|cell| vector(cells[*cell as usize].place)).collect(),
            potential: given.iter().map(|cell| cells[*cell as usize].potential).collect(),
            given,
            positions,
            grid,
        })
    }

    /// The bins in which a site reaches cells, and perhaps some more.
    pub(super) fn bins_of(&self, column: &Column) -> Vec<u32> {
        match column {
            Column::Disk(disk) => self.grid.bins_in(disk),
            Column::Listed(weights) => {
                let mut bins: Vec<u32> = Vec::new();
                let mut end = 0;
                for (cell, _) in weights {
                    if *cell >= end {
                        let bin = self.grid.bin_of(*cell);
                        end = self.grid.cells(bin).end;
                        bins.push(bin);
                    }
                }
                bins
            }
        }
    }

    /// Chunks without sites.
    fn chunks(&self) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        let mut first = 0;
        while first < self.grid.bins() {
            let start = self.grid.cells(first).start;
            let mut end = first + 1;
            while end < self.grid.bins() && (self.grid.cells(end).end - start) as usize <= CHUNK_CELLS {
                end += 1;
            }
            let cells = start..self.grid.cells(end - 1).end;
            chunks.push(Chunk {
                bins: first..end,
                rows: Rows::new(cells.len(), &[]),
                cells,
                sites: Vec::new(),
            });
            first = end;
        }
        chunks
    }
}

/// Those of the sorted bins that lie in a range.
pub(super) fn within<'b>(bins: &'b [u32], range: &Range<u32>) -> &'b [u32] {
    let from = bins.partition_point(|bin| *bin < range.start);
    let to = bins.partition_point(|bin| *bin < range.end);
    &bins[from..to]
}

fn is_place(place: Place) -> bool {
    (-90.0..=90.0).contains(&place.latitude) && (-180.0..=180.0).contains(&place.longitude)
}

pub(super) fn check_attraction(site: &str, attraction: f64) -> Result<(), ScenarioError> {
    if (0.0..=LARGEST).contains(&attraction) {
        return Ok(());
    }
    Err(ScenarioError::Attraction {
        site: site.to_owned(),
        attraction,
    })
}

pub(super) fn check_covariates(site: &str, covariates: &[f64], needed: usize) -> Result<(), ScenarioError> {
    if covariates.len() != needed {
        return Err(ScenarioError::Covariates {
            site: site.to_owned(),
            given: covariates.len(),
            needed,
        });
    }
    match covariates.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(ScenarioError::Covariate {
            site: site.to_owned(),
            value: *value,
        }),
        None => Ok(()),
    }
}
