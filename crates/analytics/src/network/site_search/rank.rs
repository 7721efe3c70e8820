//! A standard store in every candidate place.

use std::sync::Arc;

use h3o::EARTH_RADIUS_KM;

use crate::network::scenario::{
    Change, Column, Distances, Draws, Network, Place, Plan, ScenarioError, Vector, chord_squared, vector,
};
use crate::numeric::side_by_side;

use super::error::SearchError;

/// Candidates that are rated between two reports of progress.
const ROUND: usize = 1_024;

/// Candidates that a thread takes at a time.
const TASK: usize = 16;

/// The same where distances are listed: neighbours follow each other, and are measured together at a fraction of the cost.
const LISTED_TASK: usize = 128;

/// The cells that each of some candidates reaches, with the distance of each: what [`Distances::Listed`] would hold, one list for each
/// candidate in their order.
pub type Lists<'a> = dyn Fn(&[usize]) -> Vec<Vec<(u32, f64)>> + Sync + 'a;

/// A standard store of our own, to be tried in some places of a network.
pub struct Search<'a> {
    pub(super) network: &'a Network,
    places: &'a [Place],
    points: Vec<Vector>,
    pub(super) attraction: f64,
    lists: Option<&'a Lists<'a>>,
}

/// What the standard store would do in one place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rated {
    /// What it would take (EUR a year).
    pub sales: f64,
    /// What of it stores of our own would lose (EUR a year).
    pub transferred: f64,
    /// What the network would gain: from the outside and from competitors (EUR a year).
    pub net_gain: f64,
    /// Cells in its reach.
    pub cells: usize,
    /// Derivative of F by the store's size, when it has none yet: at least the net gain.
    pub(super) slope: f64,
}

impl Rated {
    /// Share of its sales that stores of our own would lose, from 0 to 1; 0 for a store without sales.
    pub fn transfer_share(&self) -> f64 {
        if self.sales > 0.0 {
            self.transferred / self.sales
        } else {
            0.0
        }
    }
}

/// All candidates rated.
#[derive(Clone, Debug)]
pub struct Ranking {
    /// In the order of the candidates.
    pub rated: Vec<Rated>,
    /// How many were computed, the others being taken over from the ranking before.
    pub computed: usize,
    pub(super) changes: Vec<Change>,
    pub(super) draws: Arc<Draws>,
}

/// Which candidates may be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// The least that the store takes (EUR a year).
    pub least_sales: f64,
    /// The largest share of it that stores of our own lose, from 0 to 1.
    pub most_transfer: f64,
    /// Candidates that are left out, by number.
    pub excluded: Vec<usize>,
}

impl Default for Filter {
    fn default() -> Filter {
        Filter {
            least_sales: 0.0,
            most_transfer: 1.0,
            excluded: Vec::new(),
        }
    }
}

impl Ranking {
    /// The candidates that pass, by net gain, highest first; of equals the lower number.
    pub fn best(&self, filter: &Filter) -> Vec<usize> {
        let mut excluded = vec![false; self.rated.len()];
        for candidate in filter
            .excluded
            .iter()
            .filter(|candidate| **candidate < self.rated.len())
        {
            excluded[*candidate] = true;
        }
        let passes = |candidate: &usize| {
            let rated = &self.rated[*candidate];
            // Rounding must not shut out a store that only takes from others when all are let in.
            let transferred = filter.most_transfer >= 1.0 || rated.transfer_share() <= filter.most_transfer;
            !excluded[*candidate] && rated.sales >= filter.least_sales && transferred
        };
        let mut best: Vec<usize> = (0..self.rated.len()).filter(passes).collect();
        best.sort_by(|a, b| self.rated[*b].net_gain.total_cmp(&self.rated[*a].net_gain));
        best
    }
}

/// What a further store meets in each cell.
struct Ground {
    sum: Vec<f64>,
    /// What stores of our own take.
    kept: Vec<f64>,
    /// What they do not, over the sum of draws.
    slope: Vec<f64>,
}

impl Ground {
    fn new(potential: &[f64], draws: &Draws) -> Ground {
        let sum: Vec<f64> = draws
            .own
            .iter()
            .zip(&draws.others)
            .map(|(own, others)| own + others)
            .collect();
        let share = |draws: &[f64]| -> Vec<f64> {
            let parts = draws.iter().zip(&sum).zip(potential);
            parts
                .map(|((draw, sum), potential)| if *draw > 0.0 { potential * (draw / sum) } else { 0.0 })
                .collect()
        };
        let free = share(&draws.others).into_iter().zip(&sum).zip(potential);
        let slope = free.map(|((free, sum), potential)| match *sum > 0.0 {
            true => free / sum,
            false if *potential > 0.0 => f64::INFINITY,
            false => 0.0,
        });
        let slope = slope.collect();
        let kept = share(&draws.own);
        Ground { sum, kept, slope }
    }
}

impl<'a> Search<'a> {
    /// A search among some places for a store of an attraction.
    ///
    /// # Errors
    /// When a place is none, or the attraction is not from 0 to 1e150.
    pub fn new(network: &'a Network, places: &'a [Place], attraction: f64) -> Result<Search<'a>, SearchError> {
        let search = Search {
            network,
            places,
            points: places.iter().map(|place| vector(*place)).collect(),
            attraction,
            lists: None,
        };
        if !(0.0..=1e150).contains(&attraction) {
            let site = "candidate".to_owned();
            return Err(ScenarioError::Attraction { site, attraction }.into());
        }
        for (number, place) in places.iter().enumerate() {
            if !(-90.0..=90.0).contains(&place.latitude) || !(-180.0..=180.0).contains(&place.longitude) {
                let site = name(number);
                let (latitude, longitude) = (place.latitude, place.longitude);
                return Err(ScenarioError::SitePlace {
                    site,
                    latitude,
                    longitude,
                }
                .into());
            }
        }
        Ok(search)
    }

    /// For a network with listed distances: how the cells that a candidate reaches are asked for.
    pub fn with_lists(mut self, lists: &'a Lists<'a>) -> Search<'a> {
        self.lists = Some(lists);
        self
    }

    /// Number of candidates.
    pub fn candidates(&self) -> usize {
        self.places.len()
    }

    /// The cells in reach of a candidate.
    pub(super) fn column(&self, candidate: usize) -> Result<Column, SearchError> {
        let distances = self.lists.map_or(Distances::GreatCircle, |lists| {
            Distances::Listed(lists(&[candidate]).pop().unwrap_or_default())
        });
        Ok(self
            .network
            .column(&name(candidate), self.places[candidate], &distances)?)
    }

    /// Shows the cells in reach of each of some candidates.
    fn columns<T>(
        &self,
        candidates: &[usize],
        mut show: impl FnMut(usize, &Column) -> T,
    ) -> Result<Vec<T>, SearchError> {
        let Some(lists) = self.lists else {
            let shown = candidates
                .iter()
                .map(|candidate| Ok(show(*candidate, &self.column(*candidate)?)));
            return shown.collect();
        };
        // What is not listed is out of reach.
        let lists = lists(candidates).into_iter().chain(std::iter::repeat_with(Vec::new));
        let shown = candidates.iter().zip(lists).map(|(candidate, list)| {
            let distances = Distances::Listed(list);
            let column = self
                .network
                .column(&name(*candidate), self.places[*candidate], &distances)?;
            Ok(show(*candidate, &column))
        });
        shown.collect()
    }

    /// Candidates that a thread takes at a time.
    fn task(&self) -> usize {
        if self.lists.is_some() { LISTED_TASK } else { TASK }
    }

    /// Whether two candidates may share cells.
    pub(super) fn may_meet(&self, one: usize, other: usize) -> bool {
        // A little further than twice the reach, for rounding.
        let most = 2.0 * self.reach() + 1e-9;
        self.lists.is_some() || angle(chord_squared(self.points[one], self.points[other])) <= most
    }

    /// How far a candidate reaches, in radians.
    fn reach(&self) -> f64 {
        self.network.rule().largest_distance / EARTH_RADIUS_KM
    }

    /// Rates every candidate in the network with the changes made, on several threads. `progress` is told how many are done, of how
    /// many, now and then.
    ///
    /// # Errors
    /// When a change or a list of distances is none.
    pub fn rank(&self, changes: &[Change], mut progress: impl FnMut(usize, usize)) -> Result<Ranking, SearchError> {
        let plan = Plan::new(self.network, changes)?;
        let mut ranking = Ranking {
            rated: vec![Rated::default(); self.places.len()],
            computed: 0,
            changes: changes.to_vec(),
            draws: Arc::new(self.network.draws(&plan)),
        };
        let all: Vec<usize> = (0..self.places.len()).collect();
        self.rate(&all, &mut ranking, &mut progress)?;
        Ok(ranking)
    }

    /// The same from a ranking of the same network under other changes: only candidates that reach a cell in which something is
    /// different are computed. The result is that of [`Search::rank`] to the last digit.
    ///
    /// # Errors
    /// When the ranking is of other candidates, or a change or a list of distances is none.
    pub fn rerank(
        &self,
        previous: &Ranking,
        changes: &[Change],
        mut progress: impl FnMut(usize, usize),
    ) -> Result<Ranking, SearchError> {
        self.check(previous)?;
        let plan = Plan::new(self.network, changes)?;
        let draws = Arc::new(self.network.draws(&plan));
        let differs: Vec<bool> = (0..draws.own.len())
            .map(|cell| {
                (draws.own[cell], draws.others[cell]) != (previous.draws.own[cell], previous.draws.others[cell])
            })
            .collect();
        let touched = self.touched(&differs)?;
        let mut ranking = Ranking {
            rated: previous.rated.clone(),
            computed: 0,
            changes: changes.to_vec(),
            draws,
        };
        self.rate(&touched, &mut ranking, &mut progress)?;
        Ok(ranking)
    }

    pub(super) fn check(&self, ranking: &Ranking) -> Result<(), SearchError> {
        if ranking.rated.len() == self.places.len() && ranking.draws.own.len() == self.network.cells() {
            return Ok(());
        }
        Err(SearchError::OtherCandidates {
            ranked: ranking.rated.len(),
            candidates: self.places.len(),
        })
    }

    /// The candidates that reach a cell that differs.
    fn touched(&self, differs: &[bool]) -> Result<Vec<usize>, SearchError> {
        let cells: Vec<_> = differs
            .iter()
            .enumerate()
            .filter(|(_, differs)| **differs)
            .map(|(cell, _)| self.network.point(cell))
            .collect();
        let Some(middle) = cells.get(cells.len() / 2) else {
            return Ok(Vec::new());
        };
        // All of them lie within some angle of one of them, so who is further than that and the reach touches none.
        let widest = cells
            .iter()
            .map(|cell| chord_squared(*cell, *middle))
            .fold(0.0, f64::max);
        let most = angle(widest) + self.reach() + 1e-9;
        let near =
            |candidate: &usize| self.lists.is_some() || angle(chord_squared(self.points[*candidate], *middle)) <= most;
        let near: Vec<usize> = (0..self.places.len()).filter(near).collect();
        let size = self.task();
        let parts = side_by_side(near.len().div_ceil(size) as u64, |task| {
            let candidates = near.chunks(size).nth(task as usize).unwrap_or_default();
            let reaches = |candidate, column: &Column| self.network.reaches_any(column, differs).then_some(candidate);
            Ok(self.columns(candidates, reaches)?.into_iter().flatten().collect())
        });
        let parts: Result<Vec<Vec<usize>>, SearchError> = parts.into_iter().collect();
        Ok(parts?.concat())
    }

    fn rate(
        &self,
        candidates: &[usize],
        ranking: &mut Ranking,
        progress: &mut impl FnMut(usize, usize),
    ) -> Result<(), SearchError> {
        let ground = Ground::new(self.network.potential(), &ranking.draws);
        for round in candidates.chunks(ROUND) {
            let size = self.task();
            let parts = side_by_side(round.len().div_ceil(size) as u64, |task| {
                let candidates = round.chunks(size).nth(task as usize).unwrap_or_default();
                self.columns(candidates, |candidate, column| (candidate, self.rated(&ground, column)))
            });
            for part in parts {
                for (candidate, rated) in part? {
                    ranking.rated[candidate] = rated;
                    ranking.computed += 1;
                }
            }
            progress(ranking.computed, candidates.len());
        }
        Ok(())
    }

    fn rated(&self, ground: &Ground, column: &Column) -> Rated {
        let (mut sales, mut transferred, mut slope, mut cells) = (0.0, 0.0, 0.0, 0);
        let potential = self.network.potential();
        self.network.for_each_of(column, |cell, weight| {
            let (cell, draw) = (cell as usize, self.attraction * weight);
            cells += 1;
            if draw > 0.0 {
                let share = draw / (ground.sum[cell] + draw);
                sales += potential[cell] * share;
                transferred += ground.kept[cell] * share;
                slope += ground.slope[cell] * draw;
            }
        });
        Rated {
            sales,
            transferred,
            net_gain: sales - transferred,
            cells,
            slope,
        }
    }
}

/// The angle between two points of the sphere, from the square of their chord.
fn angle(chord_squared: f64) -> f64 {
    2.0 * (0.5 * chord_squared.sqrt()).min(1.0).asin()
}

/// What a candidate is called in errors.
fn name(candidate: usize) -> String {
    format!("candidate {candidate}")
}
