//! A set of changes, checked and ready to be laid over a network.

use std::collections::BTreeMap;
use std::ops::Range;

use super::change::{Change, Distances, Kind, MOST_CHANGES, Place, Site};
use super::error::ScenarioError;
use super::grid::{chord_squared, kilometres, vector};
use super::network::{Chunk, Column, Network, check_attraction, check_covariates, within};
use super::rows::Rows;

/// What is asked of one site.
#[derive(Default)]
struct Asked<'c> {
    open: Option<&'c Site>,
    close: bool,
    to: Option<(Place, &'c Distances)>,
    resize: Option<(f64, &'c [f64])>,
}

/// A scenario as an overlay: other attractions, further sites.
///
/// A **party** is who gains or loses: the present sites by their numbers, then the opened ones, then the outside. A site that moves is
/// one party, though it is closed at one place and opened at another.
#[derive(Debug)]
pub(crate) struct Plan<'c> {
    /// Attraction of each present site afterwards, where it is now.
    pub(super) after: Vec<f64>,
    /// The present sites that are changed, in order.
    pub(super) changed: Vec<u32>,
    /// Those that only have another attraction, with their new covariates, in order.
    pub(super) resized: Vec<(u32, &'c [f64])>,
    /// Sites at new places.
    pub(super) extras: Vec<Extra<'c>>,
    /// How many of them are new, and so parties of their own.
    pub(super) opened: usize,
}

/// A store that moves so far keeps the part 1/e of its effect: about where another town begins.
const KEPT_WITHIN_KM: f64 = 3.0;

/// A site at a new place.
#[derive(Debug)]
pub(super) struct Extra<'c> {
    pub(super) id: &'c str,
    place: Place,
    pub(super) kind: Kind,
    pub(super) attraction: f64,
    pub(super) covariates: &'c [f64],
    pub(super) party: u32,
    column: Column,
    pub(super) bins: Vec<u32>,
}

impl Extra<'_> {
    pub(super) fn is_own(&self) -> bool {
        self.kind == Kind::Own
    }
}

impl<'c> Plan<'c> {
    /// Checks the changes. Everything follows the order of the sites' ids, so the order of the changes leaves no trace.
    pub(crate) fn new(network: &'c Network, changes: &'c [Change]) -> Result<Plan<'c>, ScenarioError> {
        if changes.len() > MOST_CHANGES {
            return Err(ScenarioError::TooManyChanges { given: changes.len() });
        }
        let mut plan = Plan {
            after: network.sites.iter().map(|site| site.attraction).collect(),
            changed: Vec::new(),
            resized: Vec::new(),
            extras: Vec::new(),
            opened: 0,
        };
        for (id, asked) in asked_of(changes)? {
            match (network.numbers.get(id), asked.open) {
                (None, Some(site)) => plan.open(network, site, asked.close)?,
                (Some(_), Some(_)) => return Err(ScenarioError::Present { site: id.to_owned() }),
                (Some(number), None) => plan.change(network, *number, &asked)?,
                (None, None) => return Err(ScenarioError::Unknown { site: id.to_owned() }),
            }
        }
        plan.changed.sort_unstable();
        plan.resized.sort_unstable_by_key(|(site, _)| *site);
        Ok(plan)
    }

    fn open(&mut self, network: &'c Network, site: &'c Site, closed_again: bool) -> Result<(), ScenarioError> {
        check_attraction(&site.id, site.attraction)?;
        let needed = if network.sites.is_empty() {
            site.covariates.len()
        } else {
            network.covariates()
        };
        check_covariates(&site.id, &site.covariates, needed)?;
        let column = network.column(&site.id, site.place, &site.distances)?;
        if closed_again {
            return Ok(());
        }
        self.extras.push(Extra {
            id: &site.id,
            place: site.place,
            kind: site.kind,
            attraction: site.attraction,
            // Nobody has said how many a network without sites has, so none is known there.
            covariates: &site.covariates[..network.covariates()],
            party: (network.sites.len() + self.opened) as u32,
            bins: network.market.bins_of(&column),
            column,
        });
        self.opened += 1;
        Ok(())
    }

    fn change(&mut self, network: &'c Network, number: u32, asked: &Asked<'c>) -> Result<(), ScenarioError> {
        let site = &network.sites[number as usize];
        let (attraction, covariates) = asked.resize.unwrap_or((site.attraction, &site.covariates));
        check_attraction(&site.id, attraction)?;
        check_covariates(&site.id, covariates, network.covariates())?;
        self.changed.push(number);
        if asked.close {
            self.after[number as usize] = 0.0;
        } else if let Some((place, distances)) = asked.to {
            self.after[number as usize] = 0.0;
            let column = network.column(&site.id, place, distances)?;
            self.extras.push(Extra {
                id: &site.id,
                place,
                kind: site.kind,
                attraction,
                covariates,
                party: number,
                bins: network.market.bins_of(&column),
                column,
            });
        } else {
            self.after[number as usize] = attraction;
            self.resized.push((number, covariates));
        }
        Ok(())
    }

    /// Whether a present site stays as it is.
    pub(crate) fn is_steady(&self, site: usize) -> bool {
        self.changed.binary_search(&(site as u32)).is_err()
    }

    /// Number of parties, with the outside, which is the last one.
    pub(super) fn parties(&self) -> usize {
        self.after.len() + self.opened + 1
    }

    /// The id and kind of a party that is a site.
    pub(super) fn site<'s>(&'s self, network: &'s Network, party: usize) -> (&'s str, Kind) {
        match network.sites.get(party) {
            Some(site) => (&site.id, site.kind),
            None => self
                .extras
                .iter()
                .find(|extra| extra.party as usize == party)
                .map_or(("", Kind::Own), |extra| (extra.id, extra.kind)),
        }
    }

    /// A site that is an alternative of some cell: a present one, or an extra after them.
    pub(super) fn covariates<'s>(&'s self, network: &'s Network, alternative: usize, after: bool) -> &'s [f64] {
        let Some(site) = network.sites.get(alternative) else {
            return self.extras[alternative - network.sites.len()].covariates;
        };
        let resized = self
            .resized
            .binary_search_by_key(&alternative, |(site, _)| *site as usize);
        match resized {
            Ok(place) if after => self.resized[place].1,
            _ => &site.covariates,
        }
    }

    /// Whether a site stands at another place afterwards.
    pub(super) fn moves(&self, party: u32) -> bool {
        (party as usize) < self.after.len() && self.extras.iter().any(|extra| extra.party == party)
    }

    /// How far a site that moves or is resized keeps its effect; see [`super::Effect::kept`].
    pub(super) fn kept_effect(&self, network: &Network, party: u32) -> f64 {
        let site = &network.sites[party as usize];
        let extra = self.extras.iter().find(|extra| extra.party == party);
        let attraction = extra.map_or(self.after[party as usize], |extra| extra.attraction);
        let larger = site.attraction.max(attraction);
        let alike = if larger > 0.0 {
            site.attraction.min(attraction) / larger
        } else {
            1.0
        };
        let chord = extra.map_or(0.0, |extra| chord_squared(vector(site.place), vector(extra.place)));
        alike * (-kilometres(chord) / KEPT_WITHIN_KM).exp()
    }

    /// The bins in which anything may change, in order.
    pub(super) fn bins(&self, network: &Network) -> Vec<u32> {
        let present = self.changed.iter().map(|site| &network.reached[*site as usize]);
        let mut bins: Vec<u32> = present
            .chain(self.extras.iter().map(|extra| &extra.bins))
            .flatten()
            .copied()
            .collect();
        bins.sort_unstable();
        bins.dedup();
        bins
    }

    /// The further sites that may reach a chunk, by their numbers, and their weights in it.
    pub(super) fn extra_rows(&self, network: &Network, chunk: &Chunk) -> (Vec<u32>, Rows) {
        let (mut numbers, mut columns) = (Vec::new(), Vec::new());
        for (number, extra) in (0..).zip(&self.extras) {
            let bins = within(&extra.bins, &chunk.bins);
            if !bins.is_empty() {
                numbers.push(number);
                columns.push(network.column_within(&extra.column, bins, &chunk.cells));
            }
        }
        let rows = Rows::new(chunk.cells.len(), &columns);
        (numbers, rows)
    }
}

/// What is asked of each site, by id.
fn asked_of(changes: &[Change]) -> Result<BTreeMap<&str, Asked<'_>>, ScenarioError> {
    let mut all: BTreeMap<&str, Asked> = BTreeMap::new();
    for change in changes {
        let id = change.id();
        let asked = all.entry(id).or_default();
        let fault = |first, second| {
            Err(ScenarioError::Contradiction {
                site: id.to_owned(),
                first,
                second,
            })
        };
        let differs = match change {
            Change::Open(site) => asked.open.replace(site).is_some_and(|other| other != site),
            Change::Close { .. } => {
                asked.close = true;
                false
            }
            Change::Move { to, distances, .. } => asked
                .to
                .replace((*to, distances))
                .is_some_and(|other| other != (*to, distances)),
            Change::Resize {
                attraction, covariates, ..
            } => {
                let asked_for = (*attraction, &covariates[..]);
                asked.resize.replace(asked_for).is_some_and(|other| other != asked_for)
            }
        };
        if differs {
            return fault(
                change.verb(),
                match change {
                    Change::Open(_) => "open elsewhere or otherwise",
                    Change::Move { .. } => "move elsewhere",
                    _ => "resize otherwise",
                },
            );
        }
        match (
            asked.open.is_some(),
            asked.close,
            asked.to.is_some(),
            asked.resize.is_some(),
        ) {
            (true, _, true, _) => return fault("open", "move"),
            (true, _, _, true) => return fault("open", "resize"),
            (_, true, true, _) => return fault("close", "move"),
            (_, true, _, true) => return fault("close", "resize"),
            _ => {}
        }
    }
    Ok(all)
}

/// The part of a chunk that a scenario may change.
pub(super) struct Task<'n> {
    pub(super) chunk: &'n Chunk,
    /// Cells by their number in the chunk.
    pub(super) cells: Vec<Range<usize>>,
}

/// The tasks that make up some sorted bins.
pub(super) fn tasks<'n>(network: &'n Network, bins: &[u32]) -> Vec<Task<'n>> {
    let mut tasks = Vec::new();
    let mut rest = bins;
    while let Some(first) = rest.first() {
        let number = network.chunks.partition_point(|chunk| chunk.bins.end <= *first);
        let chunk = &network.chunks[number];
        let (here, later) = rest.split_at(rest.partition_point(|bin| *bin < chunk.bins.end));
        let cells = here.iter().map(|bin| {
            let cells = network.market.grid.cells(*bin);
            (cells.start - chunk.cells.start) as usize..(cells.end - chunk.cells.start) as usize
        });
        tasks.push(Task {
            chunk,
            cells: cells.collect(),
        });
        rest = later;
    }
    tasks
}
