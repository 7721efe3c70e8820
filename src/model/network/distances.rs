//! How far the cells of the market are from stores and from any other place, by the one measure that all models of the network use.
//!
//! Along the great circle nothing is prepared. Minutes are looked for once from every site: over the land of France (and the cells of the
//! market, wherever they are), or in the table `travel_times`. A place that no table lists (a new store, a candidate) has approximate
//! minutes; where the stores' are imported, these are stretched by the ratio of the two: the median over all cells and stores that have both.

use std::collections::HashMap;

use chalandise_analytics::network::catchment::{DISTANCE_LIMITS_KM, DISTANCE_LIMITS_MINUTES};
use chalandise_analytics::network::reach::Reach;
use chalandise_analytics::network::scenario::Distances;
use chalandise_analytics::network::travel_time::{BRIDGES_OF_FRANCE, Friction, Targets, crossing, land_cells};
use chalandise_analytics::numeric::side_by_side;
use h3o::{CellIndex, LatLng, Resolution};

use chalandise_locale::geography::departements;

use super::read::{Cell, Site};
use super::settings::DistanceMeasure;
use super::travel_times::TravelTimes;

/// Minutes up to which the ways to a store's customers are looked for. Farther cells have no distance.
const FARTHEST_MINUTES: f64 = 180.0;
/// Where cells without a distance stand among a store's cells: behind all others.
pub(super) const NO_WAY: f64 = 1_440.0;
/// Resolution of catchments, and of candidates.
const MIDDLES: Resolution = Resolution::Seven;
/// Candidates that lie in one cell of this resolution are measured together.
const TOGETHER: Resolution = Resolution::Five;
/// Cells of the market, by their place among them, with km or minutes.
type Listed = Vec<(u32, f64)>;

/// The measure in use, ready.
#[derive(Debug)]
pub(super) struct Meter {
    /// Distances below count as this.
    smallest: f64,
    /// Beyond it a store is out of reach.
    largest: f64,
    /// None along the great circle.
    minutes: Option<Minutes>,
}

/// The middle of a cell of resolution 7.
#[derive(Clone, Copy, Debug)]
pub(super) struct Middle {
    place: LatLng,
    /// Among those that ways were looked for to; none along the great circle.
    number: Option<u32>,
}

#[derive(Debug)]
struct Minutes {
    friction: Friction,
    /// The market's cells.
    market: Targets,
    /// Middles of the cells of catchments, in order.
    middles: Vec<CellIndex>,
    /// From each site.
    sites: Vec<FromSite>,
    /// Minutes of the sites for one approximate minute.
    ratio: f64,
    lacks: Lacks,
}

/// Minutes from a site.
#[derive(Clone, Debug, Default)]
struct FromSite {
    /// To the cells of the market within reach, by their place.
    cells: Vec<(u32, f32)>,
    /// To the middles, by their place.
    middles: Vec<(u32, f32)>,
}

/// What there are no travel times of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Lacks {
    /// Stores and competitors without a single cell in reach.
    pub(super) sites: usize,
    /// Pairs of a cell and a site that approximate minutes say are within reach, and the table does not have.
    pub(super) pairs: usize,
    /// Pairs within reach that there are.
    pub(super) found: usize,
    /// Rows of the table whose store is unknown or has no place.
    pub(super) unknown: usize,
    /// Whether any cell has both minutes, so that the ratio is known.
    pub(super) compared: bool,
}

/// What a meter is made from.
pub(super) struct Measured<'a> {
    pub(super) measure: DistanceMeasure,
    /// Smallest and largest distance, in km or minutes.
    pub(super) range: (f64, f64),
    pub(super) cells: &'a [Cell],
    pub(super) sites: &'a [Site],
    /// The table `travel_times`; asked for by the measure of that name only.
    pub(super) imported: TravelTimes,
    /// Cells (resolution 7) whose middles catchments ask for; none where there are none to make.
    pub(super) middles: Vec<u64>,
    /// Minutes of the sites for one approximate minute, where it is known already.
    pub(super) ratio: Option<f64>,
}

impl Meter {
    /// Prepares a measure.
    ///
    /// # Errors
    /// A sentence, when a cell of the market is none.
    pub(super) fn new(measured: Measured<'_>) -> Result<Meter, String> {
        let (smallest, largest) = measured.range;
        let minutes = match measured.measure {
            DistanceMeasure::GreatCircle => None,
            DistanceMeasure::ApproximateTime | DistanceMeasure::TravelTimes => Some(Minutes::new(measured)?),
        };
        Ok(Meter {
            smallest,
            largest,
            minutes,
        })
    }

    /// Sites within reach of each cell.
    pub(super) fn reach(&self, cells: &[Cell], sites: &[Site]) -> Reach {
        let Some(minutes) = &self.minutes else {
            let centres: Vec<_> = cells.iter().map(|cell| cell.centre).collect();
            let places: Vec<_> = sites.iter().map(|site| site.place).collect();
            return Reach::great_circle(&centres, &places, self.smallest, self.largest);
        };
        let mut lists: Vec<Vec<(u16, f32)>> = vec![Vec::new(); cells.len()];
        for (site, from) in (0..=u16::MAX).zip(&minutes.sites) {
            for (cell, minutes) in &from.cells {
                lists[*cell as usize].push((site, minutes.max(self.smallest as f32)));
            }
        }
        Reach::from_lists(lists)
    }

    /// How far the cells are from a site, by its place among the sites.
    pub(super) fn of_site(&self, site: usize) -> Distances {
        match &self.minutes {
            None => Distances::GreatCircle,
            Some(minutes) => {
                let cells = minutes.sites.get(site).map_or(&[][..], |from| &from.cells);
                Distances::Listed(
                    cells
                        .iter()
                        .map(|(cell, minutes)| (*cell, f64::from(*minutes)))
                        .collect(),
                )
            }
        }
    }

    /// How far the cells are from any place.
    pub(super) fn of_place(&self, place: LatLng) -> Distances {
        match &self.minutes {
            None => Distances::GreatCircle,
            Some(minutes) => {
                let mut lists = minutes.of_near(&[place], self.largest);
                Distances::Listed(lists.pop().unwrap_or_default())
            }
        }
    }

    /// Whether the cells that a place reaches must be listed: they are not along the great circle.
    pub(super) fn is_listed(&self) -> bool {
        self.minutes.is_some()
    }

    /// The cells that each of some places reaches, where they are listed. Those of neighbours cost little more than those of one.
    pub(super) fn lists(&self, places: &[LatLng]) -> Vec<Listed> {
        let mut lists = vec![Vec::new(); places.len()];
        let Some(minutes) = &self.minutes else { return lists };
        let parent = |number: &usize| places[*number].to_cell(TOGETHER);
        let from_middle = |number: &usize| LatLng::from(parent(number)).distance_km(places[*number]);
        let mut numbers: Vec<usize> = (0..places.len()).collect();
        // The middle one first: the others are searched along its ways, and it is near them all.
        numbers.sort_by_cached_key(|number| (parent(number), (from_middle(number) * 1_000.0) as u64, *number));
        for group in numbers.chunk_by(|one, other| parent(one) == parent(other)) {
            let near: Vec<LatLng> = group.iter().map(|number| places[*number]).collect();
            for (number, list) in group.iter().zip(minutes.of_near(&near, self.largest)) {
                lists[*number] = list;
            }
        }
        lists
    }

    /// The middle of a cell of resolution 7, found once for the ways to many sites.
    pub(super) fn middle(&self, cell: CellIndex) -> Middle {
        let number = |minutes: &Minutes| minutes.middles.binary_search(&cell).ok();
        Middle {
            place: LatLng::from(cell),
            number: self.minutes.as_ref().and_then(number).map(|number| number as u32),
        }
    }

    /// From the middle of a cell to a site; none where there is no way.
    pub(super) fn to_middle(&self, middle: Middle, number: usize, site: &Site) -> Option<f64> {
        let Some(minutes) = &self.minutes else {
            return Some(middle.place.distance_km(site.place));
        };
        let middle = middle.number?;
        let from = &minutes.sites.get(number)?.middles;
        let at = from.binary_search_by_key(&middle, |(middle, _)| *middle).ok()?;
        Some(f64::from(from[at].1))
    }

    /// Bands of distance for curves of custom.
    pub(super) fn bands(&self) -> &'static [f64] {
        match &self.minutes {
            None => &DISTANCE_LIMITS_KM,
            Some(_) => &DISTANCE_LIMITS_MINUTES,
        }
    }

    /// By what approximate minutes of new places are stretched, and what there are no times of; none along the great circle.
    pub(super) fn times(&self) -> Option<(f64, Lacks)> {
        self.minutes.as_ref().map(|minutes| (minutes.ratio, minutes.lacks))
    }
}

impl Minutes {
    fn new(measured: Measured<'_>) -> Result<Minutes, String> {
        let friction = friction(measured.cells)?;
        let mut middles: Vec<CellIndex> = measured
            .middles
            .iter()
            .filter_map(|cell| CellIndex::try_from(*cell).ok())
            .collect();
        middles.sort_unstable();
        middles.dedup();
        let mut minutes = Minutes {
            market: friction.targets(measured.cells.iter().map(|cell| cell.index.into())),
            friction,
            middles,
            sites: Vec::new(),
            ratio: measured.ratio.unwrap_or(1.0),
            lacks: Lacks::default(),
        };
        let (_, largest) = measured.range;
        let imported = measured.measure == DistanceMeasure::TravelTimes;
        // The ratio is known already where nothing but the imported minutes is asked for.
        if !imported || measured.ratio.is_none() {
            minutes.approximate(&measured);
        }
        if imported {
            minutes.import(measured);
        }
        for from in &mut minutes.sites {
            from.cells.retain(|(_, minutes)| f64::from(*minutes) <= largest);
        }
        minutes.lacks.sites = minutes.sites.iter().filter(|from| from.cells.is_empty()).count();
        minutes.lacks.found = minutes.sites.iter().map(|from| from.cells.len()).sum();
        Ok(minutes)
    }

    /// Approximate minutes from every site.
    fn approximate(&mut self, measured: &Measured<'_>) {
        let most = if self.middles.is_empty() {
            measured.range.1
        } else {
            FARTHEST_MINUTES.max(measured.range.1)
        };
        let wanted = Wanted::new(measured.cells, &self.middles);
        let targets = self.friction.targets(wanted.cells.iter().copied());
        let sites = measured.sites;
        self.sites = side_by_side(sites.len() as u64, |number| {
            let place = sites[number as usize].place;
            let found = self.friction.minutes_to(&targets, &[(place.lat(), place.lng())], most);
            // A site in the sea reaches nobody.
            let found = found.into_iter().flatten().next().unwrap_or_default();
            wanted.sorted(&found)
        });
    }

    /// Puts imported minutes in the place of approximate ones, and compares the two.
    fn import(&mut self, measured: Measured<'_>) {
        let approximate = std::mem::take(&mut self.sites);
        self.sites = measured.imported.of_sites(measured.cells, &self.middles);
        self.lacks.unknown = measured.imported.unknown;
        let mut ratios: Vec<f32> = Vec::new();
        for (imported, approximate) in self.sites.iter().zip(&approximate) {
            ratios.extend(
                matched(&imported.cells, &approximate.cells)
                    .filter_map(|(_, known, approximate)| Some(known.filter(|it| *it > 0.0)? / approximate)),
            );
        }
        self.lacks.compared = measured.ratio.is_some() || !ratios.is_empty();
        if !ratios.is_empty() {
            let middle = ratios.len() / 2;
            let (_, median, _) = ratios.select_nth_unstable_by(middle, f32::total_cmp);
            self.ratio = f64::from(*median);
        }
        let (ratio, largest) = (self.ratio as f32, measured.range.1 as f32);
        let lacked = self.sites.iter().zip(&approximate).map(|(imported, approximate)| {
            matched(&imported.cells, &approximate.cells)
                .filter(|(_, known, approximate)| known.is_none() && approximate * ratio <= largest)
                .count()
        });
        self.lacks.pairs = lacked.sum();
    }

    /// From places near each other, within reach, in the unit of the sites.
    fn of_near(&self, places: &[LatLng], largest: f64) -> Vec<Listed> {
        let points: Vec<_> = places.iter().map(|place| (place.lat(), place.lng())).collect();
        let most = (largest / self.ratio).min(chalandise_analytics::network::travel_time::MOST_MINUTES);
        let found = self.friction.minutes_to(&self.market, &points, most);
        found
            .into_iter()
            .map(|found| {
                let mut found = found.unwrap_or_default();
                found.iter_mut().for_each(|(_, minutes)| *minutes *= self.ratio);
                found
            })
            .collect()
    }
}

/// The rows of `approximate`, in order, each with what `known` says of the same cell.
fn matched<'a>(
    known: &'a [(u32, f32)],
    approximate: &'a [(u32, f32)],
) -> impl Iterator<Item = (u32, Option<f32>, f32)> + 'a {
    let mut known = known.iter().peekable();
    approximate.iter().map(move |(cell, minutes)| {
        while known.next_if(|(other, _)| other < cell).is_some() {}
        let same = known.peek().filter(|(other, _)| other == cell);
        (*cell, same.map(|(_, minutes)| *minutes), *minutes)
    })
}

/// Cells of the market and middles as one list of targets.
struct Wanted {
    cells: Vec<u64>,
    /// Of each: its place in the market, and among the middles.
    places: Vec<(Option<u32>, Option<u32>)>,
}

impl Wanted {
    fn new(market: &[Cell], middles: &[CellIndex]) -> Wanted {
        let mut places: HashMap<u64, (Option<u32>, Option<u32>)> = HashMap::with_capacity(market.len());
        for (number, cell) in (0..).zip(market) {
            places.insert(cell.index.into(), (Some(number), None));
        }
        for (number, middle) in (0..).zip(middles) {
            if let Some(child) = middle.center_child(Resolution::Eight) {
                places.entry(child.into()).or_default().1 = Some(number);
            }
        }
        let mut cells: Vec<u64> = places.keys().copied().collect();
        cells.sort_unstable();
        Wanted {
            places: cells.iter().map(|cell| places[cell]).collect(),
            cells,
        }
    }

    fn sorted(&self, found: &[(u32, f64)]) -> FromSite {
        let mut from = FromSite::default();
        for (number, minutes) in found {
            let (cell, middle) = self.places[*number as usize];
            from.cells.extend(cell.map(|cell| (cell, *minutes as f32)));
            from.middles.extend(middle.map(|middle| (middle, *minutes as f32)));
        }
        from.cells.sort_unstable_by_key(|(cell, _)| *cell);
        from.middles.sort_unstable_by_key(|(middle, _)| *middle);
        from
    }
}

impl TravelTimes {
    /// Minutes from each site. The middle of a cell of resolution 7 is that of its middle child, or the mean of the children listed.
    fn of_sites(&self, cells: &[Cell], middles: &[CellIndex]) -> Vec<FromSite> {
        self.by_site
            .iter()
            .map(|rows| {
                let place = |cell: &u64| cells.binary_search_by_key(cell, |cell| u64::from(cell.index)).ok();
                let of_market = |(cell, minutes): &(u64, f32)| Some((place(cell)? as u32, *minutes));
                FromSite {
                    cells: rows.iter().filter_map(of_market).collect(),
                    middles: (0..)
                        .zip(middles)
                        .filter_map(|(number, cell)| Some((number, of_middle(rows, *cell)?)))
                        .collect(),
                }
            })
            .collect()
    }
}

fn of_middle(rows: &[(u64, f32)], cell: CellIndex) -> Option<f32> {
    let of = |child: CellIndex| {
        let at = rows.binary_search_by_key(&u64::from(child), |(cell, _)| *cell).ok()?;
        Some(rows[at].1)
    };
    let middle = cell.center_child(Resolution::Eight).and_then(of);
    middle.or_else(|| {
        let children: Vec<f32> = cell.children(Resolution::Eight).filter_map(of).collect();
        (!children.is_empty()).then(|| children.iter().sum::<f32>() / children.len() as f32)
    })
}

/// The land of France and the cells of the market, as slow as they are densely lived in.
fn friction(cells: &[Cell]) -> Result<Friction, String> {
    let shapes = departements().iter().map(|departement| &departement.outline);
    let mut land = land_cells(shapes).map_err(|error| error.to_string())?;
    for (from, to) in BRIDGES_OF_FRANCE {
        land.extend(crossing(from, to).map_err(|error| error.to_string())?);
    }
    let residents: Vec<(u64, f64)> = cells.iter().map(|cell| (cell.index.into(), cell.residents)).collect();
    Friction::new(&residents, &land).map_err(|error| error.to_string())
}

/// The cells of resolution 7 that hold the market's.
pub(super) fn middles(cells: &[Cell]) -> Vec<u64> {
    let mut middles: Vec<u64> = cells
        .iter()
        .filter_map(|cell| cell.index.parent(MIDDLES))
        .map(u64::from)
        .collect();
    middles.dedup();
    middles
}
