//! Approximate minutes by car, without a road network: the quickest way over H3 cells, each as slow as it is densely lived in.
//!
//! **Approximate**, and to be labelled so wherever it is shown. Only residents per cell and the land are known: no road, no motorway,
//! no hour of the day. The assumptions, all in [`Driving`]:
//!
//! - the speed in a cell falls with its residents per km2 rho, v(rho) = v_city + (v_open - v_city) / (1 + (rho / rho_half)^k);
//! - from the centre of a cell one drives to the centres of the 6 cells beside it and, through the edge between two of those, of the 6
//!   cells behind them, if both are passable. With the first 6 alone a drive would be up to 15 % longer than the straight line, by
//!   its direction; with all 12 it is at most 3.5 %, and lines of equal time look round;
//! - minutes of such a step = great-circle distance x detour factor x minutes per km, each cell on the line counting for its length of
//!   it: a half each beside, behind a third each for the two cells and a sixth for the two between them;
//! - at both ends some minutes more: to the car, out of the street, to a parking place.
//!
//! The time from A to B is that from B to A (between centres to the millisecond), and never less than the great circle at v_open.
//!
//! Cells outside the market are open country. The sea is what is no land: [`land_cells`] gives the cells of a country's outlines. Outlines
//! know no bridges and no neighbouring countries: a caller adds their cells to the land ([`crossing`] gives those of a straight bridge,
//! [`BRIDGES_OF_FRANCE`] has three).
//!
//! **How far off it is.** `tests/all/travel_time.rs` compares it with 213 drives in France, whose minutes, outside rush hours and from
//! centre to centre, are from memory. The constants were chosen on every second drive. On the others it is 10 % off in the mean (the
//! mean of the signed errors is +1 %), and one in ten is more than 23 % off. Three faults have a cause: where a motorway leads straight
//! it is 10 to 30 % too slow (Nantes - Angers 75 for 62 minutes), in mountains 25 to 40 % too quick (Gap - Briançon 54 for 85), and under
//! 20 minutes 14 % too slow in the mean. That will do for comparing catchments; a single drive wants an imported matrix.

mod driving;
mod error;
mod grid;
mod land;
mod near;
mod targets;

pub use driving::Driving;
pub use error::TravelTimeError;
pub use land::{BRIDGES_OF_FRANCE, Point, crossing, land_cells};
pub use targets::Targets;

use std::collections::BTreeMap;

use h3o::{CellIndex, LatLng};

use crate::network::market::MARKET_RESOLUTION;
use crate::numeric::side_by_side;

use grid::{Grid, NOWHERE, Place};
use near::Departures;

/// No search goes farther than a day.
pub const MOST_MINUTES: f64 = 1_440.0;

/// A point off the land is moved to the nearest land cell within so many rings (about 2.5 km): outlines are simplified, and stores
/// stand on quays.
const SHORE_RINGS: u32 = 3;

const MS_PER_MINUTE: f64 = 60_000.0;

/// A cell that is reached, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reached {
    /// H3 cell at [`MARKET_RESOLUTION`].
    pub cell: u64,
    /// Approximate minutes by car from the point to the cell's centre, with [`Driving::access_minutes`] at both ends.
    pub minutes: f64,
}

/// How long one drives through each passable cell: made once for a country, then asked for as many points as there are.
///
/// 112 bytes a cell: 89 MB for the land of France.
#[derive(Clone, Debug)]
pub struct Friction {
    grid: Grid,
    driving: Driving,
}

impl Friction {
    /// The friction of the land, with the usual [`Driving`].
    ///
    /// `residents`: cells of the market and who lives there; rows of the same cell add. `land`: the other cells that one may cross, in
    /// any order; cells of the market are land, whether or not they are repeated here.
    ///
    /// # Errors
    /// A number that is no cell of [`MARKET_RESOLUTION`]; residents that are negative or no number.
    ///
    /// ```
    /// use chalandise_analytics::network::travel_time::Friction;
    /// use h3o::{LatLng, Resolution};
    /// let home = LatLng::new(47.0667, 3.0118).expect("finite degrees").to_cell(Resolution::Eight);
    /// let land: Vec<u64> = home.grid_disk::<Vec<_>>(10).into_iter().map(u64::from).collect();
    /// let friction = Friction::new(&[(u64::from(home), 645.0)], &land)?;
    /// let reached = friction.from_point(47.0667, 3.0118, 30.0)?;
    /// assert_eq!(reached.len(), land.len());
    /// # Ok::<(), chalandise_analytics::network::travel_time::TravelTimeError>(())
    /// ```
    pub fn new(residents: &[(u64, f64)], land: &[u64]) -> Result<Self, TravelTimeError> {
        Self::with(Driving::default(), residents, land)
    }

    /// [`Friction::new`] under other assumptions.
    ///
    /// # Errors
    /// Those of [`Friction::new`] and of [`Driving::check`].
    pub fn with(driving: Driving, residents: &[(u64, f64)], land: &[u64]) -> Result<Self, TravelTimeError> {
        driving.check()?;
        let mut lived_in: BTreeMap<CellIndex, f64> = BTreeMap::new();
        for &(cell, residents) in residents {
            if !(residents.is_finite() && residents >= 0.0) {
                return Err(TravelTimeError::Residents { cell, residents });
            }
            *lived_in.entry(checked(cell)?).or_default() += residents;
        }
        let mut cells = lived_in.keys().copied().collect::<Vec<_>>();
        for &cell in land {
            cells.push(checked(cell)?);
        }
        cells.sort_unstable();
        cells.dedup();
        let ms_per_km = |density| 60.0 / driving.speed_kmh(density) * driving.detour * MS_PER_MINUTE;
        let open = ms_per_km(0.0);
        let mut lived_in = lived_in.into_iter().peekable();
        // Both run in the order of the cells.
        let here = |cell: &CellIndex| lived_in.next_if(|(of, _)| of == cell);
        let ms_per_km = cells
            .iter()
            .map(here)
            .map(|here| here.map_or(open, |(cell, residents)| ms_per_km(residents / cell.area_km2())))
            .collect();
        Ok(Self {
            grid: Grid::new(cells, ms_per_km),
            driving,
        })
    }

    /// Cells that can be crossed.
    pub fn cells(&self) -> usize {
        self.grid.len()
    }

    /// The assumptions in use.
    pub fn driving(&self) -> &Driving {
        &self.driving
    }

    /// The cells within so many minutes of a point, in the order of the cells, those without residents too.
    ///
    /// A cell that no land joins to the point (an island) is left out at any number of minutes.
    ///
    /// # Errors
    /// A latitude or longitude that is no number, minutes outside 0 to [`MOST_MINUTES`], a point farther than about 2.5 km from
    /// the land.
    pub fn from_point(
        &self,
        latitude: f64,
        longitude: f64,
        most_minutes: f64,
    ) -> Result<Vec<Reached>, TravelTimeError> {
        let departures = self.departures_from(latitude, longitude)?;
        let access_ms = self.access_ms();
        let Some(left_ms) = self.left_ms(most_minutes)? else {
            return Ok(Vec::new());
        };
        let mut reached = self.grid.search(&departures, left_ms);
        reached.sort_unstable();
        Ok(reached
            .into_iter()
            .map(|(place, ms)| Reached {
                cell: u64::from(self.grid.cell(place)),
                minutes: (f64::from(ms) + access_ms) / MS_PER_MINUTE,
            })
            .collect())
    }

    /// What `take` makes of [`Friction::from_point`] for each of many points, on all cores, in their order. `take` gets the place of the
    /// point and the cells reached: 90 minutes from 340 towns are 13.5 million cells (220 MB), of which a caller wants those of his market.
    ///
    /// ```
    /// # use chalandise_analytics::network::travel_time::Friction;
    /// # use h3o::{LatLng, Resolution};
    /// # let home = LatLng::new(47.0667, 3.0118).expect("finite degrees").to_cell(Resolution::Eight);
    /// # let land: Vec<u64> = home.grid_disk::<Vec<_>>(10).into_iter().map(u64::from).collect();
    /// # let friction = Friction::new(&[], &land)?;
    /// let cells = friction.from_points(&[(47.07, 3.01), (0.0, 0.0)], 30.0, |_, reached| reached.len());
    /// assert_eq!(cells[0], Ok(331));
    /// assert!(cells[1].is_err());
    /// # Ok::<(), chalandise_analytics::network::travel_time::TravelTimeError>(())
    /// ```
    pub fn from_points<T: Send>(
        &self,
        points: &[Point],
        most_minutes: f64,
        take: impl Fn(usize, Vec<Reached>) -> T + Sync,
    ) -> Vec<Result<T, TravelTimeError>> {
        side_by_side(points.len() as u64, |number| {
            let (latitude, longitude) = points[number as usize];
            let reached = self.from_point(latitude, longitude, most_minutes)?;
            Ok(take(number as usize, reached))
        })
    }

    /// Milliseconds at both ends together.
    fn access_ms(&self) -> f64 {
        2.0 * self.driving.access_minutes * MS_PER_MINUTE
    }

    /// Milliseconds left for the way itself; none when those at its ends are more than all.
    fn left_ms(&self, most_minutes: f64) -> Result<Option<u32>, TravelTimeError> {
        if !(0.0..=MOST_MINUTES).contains(&most_minutes) {
            return Err(TravelTimeError::Minutes { minutes: most_minutes });
        }
        let left_ms = most_minutes * MS_PER_MINUTE - self.access_ms();
        Ok((left_ms >= 0.0).then_some(left_ms as u32))
    }

    /// Where one is when, coming from a point.
    fn departures_from(&self, latitude: f64, longitude: f64) -> Result<Departures, TravelTimeError> {
        let point = Some(latitude)
            .filter(|latitude| latitude.abs() <= 90.0)
            .and_then(|latitude| LatLng::new(latitude, longitude).ok())
            .ok_or(TravelTimeError::Point { latitude, longitude })?;
        let off_land = TravelTimeError::OffLand { latitude, longitude };
        let start = self.nearest_land(point).ok_or(off_land)?;
        Ok(self.departures(point, start))
    }

    /// The cell of the point, or the nearest one on land; of equally near ones the first.
    fn nearest_land(&self, point: LatLng) -> Option<Place> {
        let home = point.to_cell(MARKET_RESOLUTION);
        if let Some(place) = self.grid.place(home) {
            return Some(place);
        }
        home.grid_disk::<Vec<_>>(SHORE_RINGS)
            .into_iter()
            .filter_map(|cell| Some((LatLng::from(cell).distance_km(point), self.grid.place(cell)?)))
            .min_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)))
            .map(|(_, place)| place)
    }

    /// When one is at the centres of the first cell and of those that it leads to: a point is not the centre of its cell.
    fn departures(&self, point: LatLng, start: Place) -> Departures {
        let centre = LatLng::from(self.grid.cell(start));
        let first_ms = grid::distance_km(point, centre) * self.grid.ms_per_km(start);
        let mut departures = vec![(start, first_ms.round() as u32)];
        for way in self.grid.ways(start).iter().filter(|way| way.to != NOWHERE) {
            let there = LatLng::from(self.grid.cell(way.to));
            let part = grid::distance_km(point, there) / grid::distance_km(centre, there);
            departures.push((way.to, (part * f64::from(way.ms)).round() as u32));
        }
        departures
    }
}

fn checked(cell: u64) -> Result<CellIndex, TravelTimeError> {
    CellIndex::try_from(cell)
        .ok()
        .filter(|cell| cell.resolution() == MARKET_RESOLUTION)
        .ok_or(TravelTimeError::NotACell { cell })
}
