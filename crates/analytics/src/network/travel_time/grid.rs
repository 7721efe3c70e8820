//! The cells as places 0, 1, ... in the order of their indexes, the ways between them, and the search over these.

use h3o::{CellIndex, LatLng};

use crate::numeric::side_by_side;

/// Position of a cell among the sorted cells.
pub(super) type Place = u32;

/// Where a way leads that would end in the sea.
pub(super) const NOWHERE: Place = u32::MAX;

/// Earth's mean radius, as H3 takes it.
const EARTH_RADIUS_KM: f64 = 6_371.007_180_918_475;

/// Cells that one task looks at.
const CHUNK: usize = 1 << 14;

/// A way out of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// The cell that it leads to, or [`NOWHERE`].
    pub to: Place,
    /// Milliseconds. Whole numbers, so that a sum is the same in both directions.
    pub ms: u32,
}

/// To the 6 cells beside, then to the 6 behind two of those. Cells are hexagons: all 12 pentagons of H3 lie in the sea.
pub(super) type Ways = [Way; 12];

const NO_WAYS: Ways = [Way { to: NOWHERE, ms: 0 }; 12];

#[derive(Clone, Debug)]
pub(super) struct Grid {
    cells: Vec<CellIndex>,
    ms_per_km: Vec<f64>,
    ways: Vec<Ways>,
    /// No way takes less.
    least_ms: u32,
}

impl Grid {
    /// `cells` sorted and distinct; `ms_per_km` of each, for a km as the crow flies.
    pub(super) fn new(cells: Vec<CellIndex>, ms_per_km: Vec<f64>) -> Self {
        let centres = in_chunks(&cells, |place| Vector::from(LatLng::from(cells[place])));
        let ways = in_chunks(&cells, |place| ways(&cells, &centres, &ms_per_km, place));
        let least_ms = ways
            .iter()
            .flatten()
            .filter(|way| way.to != NOWHERE)
            .map(|way| way.ms)
            .min();
        Self {
            cells,
            ms_per_km,
            ways,
            least_ms: least_ms.unwrap_or(1).max(1),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn cell(&self, place: Place) -> CellIndex {
        self.cells[place as usize]
    }

    pub(super) fn place(&self, cell: CellIndex) -> Option<Place> {
        self.cells.binary_search(&cell).ok().map(|place| place as Place)
    }

    pub(super) fn ms_per_km(&self, place: Place) -> f64 {
        self.ms_per_km[place as usize]
    }

    pub(super) fn ways(&self, place: Place) -> &Ways {
        &self.ways[place as usize]
    }

    /// The places within `most_ms` of the start and the milliseconds to each, the soonest first but for differences of less than any way
    /// takes. `departures`: when one is where at the start.
    ///
    /// Dijkstra's method with buckets in place of a heap (Dial 1969; Denardo & Fox 1979): no way takes less than a bucket is wide, so the
    /// cells of a bucket cannot make each other quicker, and its times are final when its turn comes.
    pub(super) fn search(&self, departures: &[(Place, u32)], most_ms: u32) -> Vec<(Place, u32)> {
        let width = self.least_ms;
        let mut soonest = vec![u32::MAX; self.cells.len()];
        let mut settled: Vec<(Place, u32)> = Vec::new();
        let mut done = vec![false; self.cells.len()];
        let mut buckets: Vec<Vec<Place>> = vec![Vec::new(); (most_ms / width) as usize + 1];
        let reach = |buckets: &mut [Vec<Place>], soonest: &mut [u32], place: Place, ms: u32| {
            let known = &mut soonest[place as usize];
            if ms <= most_ms && ms < *known {
                *known = ms;
                buckets[(ms / width) as usize].push(place);
            }
        };
        for &(place, ms) in departures {
            reach(&mut buckets, &mut soonest, place, ms);
        }
        for turn in 0..buckets.len() {
            for place in std::mem::take(&mut buckets[turn]) {
                if std::mem::replace(&mut done[place as usize], true) {
                    // It was found again sooner.
                    continue;
                }
                let ms = soonest[place as usize];
                settled.push((place, ms));
                for way in self.ways(place).iter().filter(|way| way.to != NOWHERE) {
                    reach(&mut buckets, &mut soonest, way.to, ms.saturating_add(way.ms));
                }
            }
        }
        settled
    }
}

/// What `of` makes of each place, in fixed chunks side by side.
fn in_chunks<T: Send>(cells: &[CellIndex], of: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let chunks = cells.len().div_ceil(CHUNK) as u64;
    let made = side_by_side(chunks, |chunk| {
        let from = chunk as usize * CHUNK;
        (from..cells.len().min(from + CHUNK)).map(&of).collect::<Vec<_>>()
    });
    let mut all = Vec::with_capacity(cells.len());
    // Each chunk is freed before the next is moved, so that the ways are never twice in memory.
    made.into_iter().for_each(|chunk| all.extend(chunk));
    all
}

fn ways(cells: &[CellIndex], centres: &[Vector], ms_per_km: &[f64], from: usize) -> Ways {
    let mut ways = NO_WAYS;
    let mut disk = [None; 19];
    for (slot, cell) in disk.iter_mut().zip(cells[from].grid_disk_fast(2)) {
        let Some(cell) = cell else {
            // A pentagon is near.
            return NO_WAYS;
        };
        *slot = near(cells, from, cell);
    }
    let distance = |to: usize| centres[from].distance_km(centres[to]);
    for side in 0..6 {
        // The disk goes round: the 6 beside are 1 to 6; of the 12 round these every second, from 7, is behind two of them.
        let (beside, before) = (disk[1 + side], disk[1 + (side + 5) % 6]);
        if let Some(to) = beside {
            let ms = distance(to) * 0.5 * (ms_per_km[from] + ms_per_km[to]);
            ways[side] = way(to, ms);
        }
        if let (Some(left), Some(right), Some(to)) = (before, beside, disk[7 + 2 * side]) {
            // A third of the line lies in each cell, a third on the edge between the two others.
            let ends = ms_per_km[from] + ms_per_km[to];
            let edge = 0.5 * (ms_per_km[left] + ms_per_km[right]);
            ways[6 + side] = way(to, distance(to) * (ends + edge) / 3.0);
        }
    }
    ways
}

fn way(to: usize, ms: f64) -> Way {
    Way {
        to: to as Place,
        ms: ms.round() as u32,
    }
}

/// The place of a cell near the one at `from`, whose place is near too more often than not: steps that double, then halves.
fn near(cells: &[CellIndex], from: usize, cell: CellIndex) -> Option<usize> {
    let (mut low, mut high, mut step) = (from, from + 1, 1);
    while low > 0 && cells[low] > cell {
        low = low.saturating_sub(step);
        step *= 2;
    }
    while high < cells.len() && cells[high - 1] < cell {
        high = (high + step).min(cells.len());
        step *= 2;
    }
    cells[low..high].binary_search(&cell).ok().map(|place| low + place)
}

/// A point on the unit sphere.
#[derive(Clone, Copy, Debug)]
struct Vector([f64; 3]);

impl From<LatLng> for Vector {
    fn from(point: LatLng) -> Self {
        let (latitude, longitude) = (point.lat_radians(), point.lng_radians());
        Self([
            latitude.cos() * longitude.cos(),
            latitude.cos() * longitude.sin(),
            latitude.sin(),
        ])
    }
}

impl Vector {
    /// Along the great circle; by the chord, which is the same to the last digit from both ends.
    fn distance_km(self, other: Self) -> f64 {
        let squares: f64 = self
            .0
            .iter()
            .zip(other.0)
            .map(|(here, there)| (here - there).powi(2))
            .sum();
        2.0 * EARTH_RADIUS_KM * (0.5 * squares.sqrt()).min(1.0).asin()
    }
}

/// Distance along the great circle, as the ways are measured.
pub(super) fn distance_km(from: LatLng, to: LatLng) -> f64 {
    Vector::from(from).distance_km(Vector::from(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(rings: u32) -> Vec<CellIndex> {
        let point = LatLng::new(46.5, 2.5).expect("finite degrees");
        let mut cells = point.to_cell(h3o::Resolution::Eight).grid_disk::<Vec<_>>(rings);
        cells.sort_unstable();
        cells
    }

    #[test]
    fn ways_lead_to_the_twelve_nearest_cells_and_back_in_the_same_time() {
        let cells = disk(12);
        let pace: Vec<f64> = (0..cells.len())
            .map(|place| 40_000.0 + (place * 7_919 % 60_000) as f64)
            .collect();
        let grid = Grid::new(cells.clone(), pace);
        for place in 0..cells.len() as Place {
            let here = LatLng::from(grid.cell(place));
            let ways: Vec<_> = grid.ways(place).iter().filter(|way| way.to != NOWHERE).collect();
            let mut by_distance: Vec<_> = (0..cells.len() as Place).filter(|other| *other != place).collect();
            by_distance.sort_by(|left, right| {
                let distance = |place: &Place| distance_km(here, LatLng::from(grid.cell(*place)));
                distance(left).total_cmp(&distance(right))
            });
            for (number, way) in grid.ways(place).iter().enumerate().filter(|(_, way)| way.to != NOWHERE) {
                let steps = grid.cell(place).grid_distance(grid.cell(way.to)).expect("near cells");
                assert_eq!(steps, if number < 6 { 1 } else { 2 });
                let back = grid
                    .ways(way.to)
                    .iter()
                    .find(|back| back.to == place)
                    .expect("a way back");
                assert_eq!(back.ms, way.ms);
            }
            if ways.len() == 12 {
                by_distance.truncate(12);
                assert!(ways.iter().all(|way| by_distance.contains(&way.to)));
            }
        }
        let inner = grid.ways.iter().filter(|ways| ways.iter().all(|way| way.to != NOWHERE));
        assert_eq!(inner.count(), disk(10).len(), "all but the two outermost rings");
    }

    #[test]
    fn buckets_find_what_plain_relaxation_finds() {
        let cells = disk(9);
        let pace: Vec<f64> = (0..cells.len())
            .map(|place| 40_000.0 + (place * 7_919 % 260_000) as f64)
            .collect();
        let grid = Grid::new(cells, pace);
        let mut soonest = vec![u32::MAX; grid.len()];
        soonest[17] = 5;
        for _ in 0..grid.len() {
            for place in 0..grid.len() {
                for way in grid.ways[place].iter().filter(|way| way.to != NOWHERE) {
                    let ms = soonest[place].saturating_add(way.ms);
                    soonest[way.to as usize] = soonest[way.to as usize].min(ms);
                }
            }
        }
        for most_ms in [0, 5, 90_000, 600_000, 4_000_000] {
            let mut found = grid.search(&[(17, 5)], most_ms);
            found.sort_unstable();
            let expected: Vec<_> = (0..grid.len() as Place)
                .map(|place| (place, soonest[place as usize]))
                .filter(|(_, ms)| *ms <= most_ms)
                .collect();
            assert_eq!(found, expected);
        }
    }
}
