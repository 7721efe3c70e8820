//! Searches from starts that lie near each other, all at once.
//!
//! Such searches go through the same cells in almost the same order. So one search, from the first start, gives the cells and an order;
//! along it each cell hands the times of all starts on to the cells that it leads to. Where a start's quickest way runs against the order a
//! cell is improved after its turn, and gets another one, until nothing changes: the times are those of single searches to the
//! millisecond, for a fraction of the work.

use super::grid::{Grid, NOWHERE, Place};

/// Starts farther than this from the first one are searched alone: 30 minutes.
const FARTHEST_MS: u32 = 1_800_000;

/// Whole milliseconds up to this are exact as single precision numbers: four hours and a half.
const EXACT_MS: u32 = 1 << 24;

/// Starts that are searched together at most; a row of times has this length or a smaller multiple of [`STEP`].
const MOST_LANES: usize = 64;

/// Numbers that a processor adds at a time, or more.
const STEP: usize = 8;

/// Where one is when, at the start of a search.
pub(super) type Departures = Vec<(Place, u32)>;

impl Grid {
    /// Shows the times of each start to the places that have a number: `show` gets which start, the place's number, and the milliseconds,
    /// at most `most_ms`. The numbers of one start come in rising order, each once. `numbers`: of each place, or [`NOWHERE`].
    pub(super) fn search_near(
        &self,
        starts: &[Departures],
        numbers: &[u32],
        most_ms: u32,
        mut show: impl FnMut(usize, u32, u32),
    ) {
        let mut left: Vec<usize> = (0..starts.len()).collect();
        while let Some(first) = left.first().copied() {
            let together = if left.len() > 1 {
                self.together(starts, &left, most_ms)
            } else {
                None
            };
            match together {
                Some((lanes, slack_ms)) => {
                    Rows::new(self, &starts[first], (most_ms, slack_ms), lanes.len())
                        .fill(starts, &lanes, most_ms)
                        .show(&lanes, numbers, most_ms, &mut show);
                    left.retain(|start| !lanes.contains(start));
                }
                None => {
                    let found = self.search(&starts[first], most_ms).into_iter();
                    let mut found: Vec<(u32, u32)> = found.map(|(place, ms)| (numbers[place as usize], ms)).collect();
                    found.retain(|(number, _)| *number != NOWHERE);
                    found.sort_unstable();
                    found.into_iter().for_each(|(number, ms)| show(first, number, ms));
                    left.remove(0);
                }
            }
        }
    }

    /// The starts near the first of those left, itself included, and how late one is at the last of them; none when it is alone.
    fn together(&self, starts: &[Departures], left: &[usize], most_ms: u32) -> Option<(Vec<usize>, u32)> {
        let mut reached = self.search(&starts[left[0]], FARTHEST_MS);
        reached.sort_unstable();
        let ms_to = |place: Place| {
            let at = reached.binary_search_by_key(&place, |(place, _)| *place).ok()?;
            Some(reached[at].1)
        };
        let mut slack_ms = 0;
        let mut lanes = Vec::new();
        for start in left.iter().take(MOST_LANES) {
            let latest = starts[*start]
                .iter()
                .map(|(place, _)| ms_to(*place))
                .max_by_key(|ms| ms.unwrap_or(u32::MAX));
            if let Some(Some(latest)) = latest {
                slack_ms = slack_ms.max(latest);
                lanes.push(*start);
            }
        }
        let exact = most_ms.checked_add(2 * FARTHEST_MS).is_some_and(|ms| ms < EXACT_MS);
        (exact && lanes.len() > 1 && lanes[0] == left[0]).then_some((lanes, slack_ms))
    }
}

/// A way to a cell by its number in the order; to nowhere when that is the number of cells.
#[derive(Clone, Copy)]
struct Step {
    to: u32,
    ms: f32,
}

/// The times of some starts, a row a cell, in the order of the first search.
struct Rows {
    places: Vec<Place>,
    /// Cells round the starts, among which ways may well run against the order.
    inner: usize,
    steps: Vec<[Step; 12]>,
    lanes: usize,
    times: Vec<f32>,
}

impl Rows {
    fn new(grid: &Grid, first: &Departures, (most_ms, slack_ms): (u32, u32), starts: usize) -> Rows {
        let reached = grid.search(first, most_ms + slack_ms);
        let inner = reached.iter().take_while(|(_, ms)| *ms <= 2 * slack_ms).count();
        let places: Vec<Place> = reached.into_iter().map(|(place, _)| place).collect();
        let mut numbers = vec![NOWHERE; grid.len()];
        for (number, place) in (0..).zip(&places) {
            numbers[*place as usize] = number;
        }
        let steps = places
            .iter()
            .map(|place| {
                grid.ways(*place).map(|way| Step {
                    to: numbers.get(way.to as usize).copied().unwrap_or(NOWHERE),
                    ms: way.ms as f32,
                })
            })
            .collect();
        let lanes = starts.next_multiple_of(STEP);
        Rows {
            times: vec![f32::INFINITY; places.len() * lanes],
            places,
            inner,
            steps,
            lanes,
        }
    }

    fn fill(mut self, starts: &[Departures], lanes: &[usize], most_ms: u32) -> Rows {
        let mut waits = vec![false; self.places.len()];
        let mut by_place: Vec<(Place, u32)> = (0..)
            .zip(&self.places)
            .map(|(number, place)| (*place, number))
            .collect();
        by_place.sort_unstable();
        for (lane, start) in lanes.iter().enumerate() {
            for (place, ms) in &starts[*start] {
                if let Ok(at) = by_place.binary_search_by_key(place, |(place, _)| *place) {
                    let number = by_place[at].1 as usize;
                    let time = &mut self.times[number * self.lanes + lane];
                    *time = time.min(*ms as f32);
                    waits[number] = true;
                }
            }
        }
        // What is settled round the starts first is handed outwards once.
        for cells in [self.inner, waits.len()] {
            while let Some(first) = waits[..cells].iter().position(|waits| *waits) {
                for number in first..cells {
                    if std::mem::take(&mut waits[number]) {
                        self.hand_on(number, most_ms as f32, &mut waits);
                    }
                }
            }
        }
        self
    }

    /// Hands a cell's times on; cells that become quicker wait for their turn.
    fn hand_on(&mut self, number: usize, most_ms: f32, waits: &mut [bool]) {
        let lanes = self.lanes;
        let mut row = [f32::INFINITY; MOST_LANES];
        let row = &mut row[..lanes];
        row.copy_from_slice(&self.times[number * lanes..][..lanes]);
        let soonest = row.iter().copied().fold(f32::INFINITY, f32::min);
        if soonest > most_ms {
            return;
        }
        for step in &self.steps[number] {
            if step.to == NOWHERE {
                continue;
            }
            let to = step.to as usize;
            waits[to] |= improve(&mut self.times[to * lanes..][..lanes], row, step.ms);
        }
    }

    fn show(&self, lanes: &[usize], numbers: &[u32], most_ms: u32, show: &mut impl FnMut(usize, u32, u32)) {
        let most_ms = most_ms as f32;
        let mut wanted: Vec<(u32, &[f32])> = self
            .places
            .iter()
            .zip(self.times.chunks_exact(self.lanes))
            .map(|(place, row)| (numbers[*place as usize], row))
            .filter(|(number, _)| *number != NOWHERE)
            .collect();
        // Sorted once for all starts.
        wanted.sort_unstable_by_key(|(number, _)| *number);
        for (number, row) in wanted {
            for (start, ms) in lanes.iter().zip(row) {
                if *ms <= most_ms {
                    show(*start, number, *ms as u32);
                }
            }
        }
    }
}

/// Takes the quicker of each pair of times; whether any was.
fn improve(times: &mut [f32], from: &[f32], ms: f32) -> bool {
    let mut quicker = [0_u32; STEP];
    let (times, _) = times.as_chunks_mut::<STEP>();
    let (from, _) = from.as_chunks::<STEP>();
    for (times, from) in times.iter_mut().zip(from) {
        for ((time, from), quicker) in times.iter_mut().zip(from).zip(&mut quicker) {
            let by_here = from + ms;
            *quicker |= u32::from(by_here < *time);
            *time = if by_here < *time { by_here } else { *time };
        }
    }
    quicker != [0; STEP]
}

#[cfg(test)]
mod tests {
    use h3o::{LatLng, Resolution};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn times_are_those_of_single_searches(
            pace in prop::collection::vec(30_000.0..200_000.0_f64, 469),
            holes in prop::collection::btree_set(0_usize..469, 0..60),
            picks in prop::collection::vec((0_usize..469, 0_u32..90_000), 1..70),
            most_ms in 0_u32..3_000_000,
        ) {
            let point = LatLng::new(46.5, 2.5).expect("finite degrees");
            let mut cells = point.to_cell(Resolution::Eight).grid_disk::<Vec<_>>(12);
            cells.sort_unstable();
            let kept = |number: &usize| !holes.contains(number);
            let (cells, pace): (Vec<_>, Vec<_>) = (0..469).filter(kept).map(|number| (cells[number], pace[number])).unzip();
            let grid = Grid::new(cells, pace);
            let starts: Vec<Departures> = picks
                .iter()
                .map(|(pick, ms)| {
                    let place = (pick % grid.len()) as Place;
                    let beside = grid.ways(place).iter().filter(|way| way.to != NOWHERE).take(2);
                    beside.map(|way| (way.to, ms / 2 + way.ms / 3)).chain([(place, *ms)]).collect()
                })
                .collect();
            let mut found: Vec<Vec<(Place, u32)>> = vec![Vec::new(); starts.len()];
            // Numbered backwards, and not all of them wanted.
            let number = |place: usize| if place.is_multiple_of(7) { NOWHERE } else { (grid.len() - place) as u32 };
            let numbers: Vec<u32> = (0..grid.len()).map(number).collect();
            grid.search_near(&starts, &numbers, most_ms, |start, number, ms| found[start].push((number, ms)));
            for (start, found) in starts.iter().zip(&found) {
                let alone = grid.search(start, most_ms).into_iter();
                let mut alone: Vec<_> = alone.map(|(place, ms)| (numbers[place as usize], ms)).collect();
                alone.retain(|(number, _)| *number != NOWHERE);
                alone.sort_unstable();
                prop_assert_eq!(found, &alone);
            }
        }
    }
}
