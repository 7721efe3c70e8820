//! The world in which customers live: clock, market cells, network, arrivals, and the scale of the spend potential.

use chalandise_analytics::network::market::{households, spread_commune};
use chalandise_locale::geography::{Commune, communes};
use chrono::{Datelike, Days, Months, NaiveDate};
use h3o::{CellIndex, LatLng};

use crate::Plan;
use crate::laws::history;
use crate::laws::purchasing::Purchasing;
use crate::laws::seasonality::Clock;
use crate::laws::store_choice::StoreChoice;
use crate::laws::stores::{self, Store};
use crate::outline::boundary;
use crate::workers;

/// A cell of the market.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// H3 cell at the market's resolution.
    pub index: CellIndex,
    /// The commune that gives it most residents.
    pub commune: u32,
    /// Residents, of all communes that reach it.
    pub residents: f64,
}

/// Days during which the network does not change.
#[derive(Debug, Clone)]
pub struct Epoch {
    /// First day (number on the clock).
    pub first_day: i32,
    /// Operational instants between which it lies.
    pub from_weeks: f64,
    /// End of it.
    pub to_weeks: f64,
    /// Running sum over cells of households x inside share.
    cumulative: Vec<f64>,
}

impl Epoch {
    fn pull(&self) -> f64 {
        self.cumulative.last().copied().unwrap_or(0.0)
    }
}

/// One cell's truth over the last 12 months.
#[derive(Debug, Clone, Copy)]
pub struct CellTruth {
    /// Inside share, mean over the operational time of the last 12 months.
    pub inside_share: f64,
    /// Expected revenue of the last 12 months from purchasing, in euro.
    pub expected_revenue_eur: f64,
    /// Spend potential a year, in euro: expected revenue / inside share.
    pub spend_potential_eur: f64,
}

/// Everything that does not depend on single customers.
#[derive(Debug)]
pub struct World {
    /// The plan that it follows.
    pub plan: Plan,
    /// Calendar and operational clock.
    pub clock: Clock,
    /// First day of the window (number on the clock).
    pub window_first: i32,
    /// Points of sale.
    pub stores: Vec<Store>,
    /// Market cells, by index.
    pub cells: Vec<Cell>,
    /// Huff.
    pub choice: StoreChoice,
    /// Times of an unchanged network, in order.
    pub epochs: Vec<Epoch>,
    /// The purchasing law.
    pub purchasing: Purchasing,
    /// Customers to draw so that the wanted number orders inside the window.
    pub drawn: u32,
    /// Spend potential of a household a year, in euro, which makes expected revenue = potential x inside share over
    /// the whole market.
    pub spend_potential_per_household_eur: f64,
    /// Expected revenue of the last 12 months (purchasing only), in euro.
    pub expected_revenue_eur: f64,
    /// Per epoch: expected orders in the last 12 months of one unit of arrivals, integrated over the epoch.
    order_weights: Vec<f64>,
}

impl World {
    /// Builds the world of a plan.
    ///
    /// # Errors
    /// When a data file that is compiled in is damaged.
    pub fn build(plan: Plan) -> Result<Self, crate::GenerateError> {
        let start = plan.starts_on();
        let first_day = start - Months::new(history::months(plan.laws.history));
        let days = (plan.ends_on - first_day).num_days() + 1;
        let clock = Clock::new(first_day, days as usize, plan.laws.seasonality);
        let window_first = clock.day_of(start);
        let stores = network(&plan, start);
        let cells = market_cells();
        let choice = {
            let centres: Vec<LatLng> = cells.iter().map(|cell| LatLng::from(cell.index)).collect();
            let open_days = stores.iter().map(|store| open_days(&clock, store)).collect();
            // Without stores there is no choice to make: everybody counts as inside, no order has a store.
            let on = plan.laws.store_choice && !stores.is_empty();
            StoreChoice::new(&centres, &stores, open_days, on)
        };
        let epochs = epochs(&clock, &stores, &cells, &choice);
        let purchasing = Purchasing::demo(plan.pace);
        let mut world = Self {
            plan,
            clock,
            window_first,
            stores,
            cells,
            choice,
            epochs,
            purchasing,
            drawn: 0,
            spend_potential_per_household_eur: 0.0,
            expected_revenue_eur: 0.0,
            order_weights: Vec::new(),
        };
        world.scale();
        Ok(world)
    }

    /// Sets the number drawn and the scale of the spend potential.
    fn scale(&mut self) {
        // From the laws of purchases and history alone: no other law may change who is drawn.
        let days = f64::from(self.clock.days());
        let history = f64::from(self.window_first);
        let share = self.purchasing.active_share(history / 7.0, (days - history) / 7.0);
        self.drawn = (self.plan.customers as f64 / share).ceil() as u32;
        self.order_weights = self.expected_orders();
        let truths = self.cell_truths();
        self.expected_revenue_eur = truths.iter().map(|truth| truth.expected_revenue_eur).sum();
        let inside: f64 = self
            .cells
            .iter()
            .zip(&truths)
            .map(|(cell, truth)| households(cell.residents) * truth.inside_share)
            .sum();
        self.spend_potential_per_household_eur = if inside > 0.0 {
            self.expected_revenue_eur / inside
        } else {
            0.0
        };
    }

    /// Total of arrivals in units of (households x inside share x week).
    fn arrivals(&self) -> f64 {
        self.epochs
            .iter()
            .map(|epoch| epoch.pull() * (epoch.to_weeks - epoch.from_weeks))
            .sum()
    }

    /// First operational instant of the last 12 months.
    pub fn year_from_weeks(&self) -> f64 {
        let first = self.plan.ends_on + Days::new(1) - Months::new(12);
        self.clock.weeks_at(self.clock.day_of(first))
    }

    /// Each epoch's expected orders of the last 12 months, for one arrival a week.
    fn expected_orders(&self) -> Vec<f64> {
        const STEPS: usize = 32;
        let expectation = self.purchasing.expectation();
        let end = self.clock.total_weeks();
        let year = self.year_from_weeks();
        let piece = |from: f64, to: f64| -> f64 {
            let width = (to - from) / STEPS as f64;
            (0..STEPS)
                .map(|step| from + (step as f64 + 0.5) * width)
                .map(|at| {
                    let first = if at >= year { 1.0 } else { 0.0 };
                    width * (first + expectation(end - at) - expectation(year - at))
                })
                .sum()
        };
        self.epochs
            .iter()
            .map(|epoch| {
                // The integrand has a step where the last 12 months begin: never integrate across it.
                let cut = year.clamp(epoch.from_weeks, epoch.to_weeks);
                piece(epoch.from_weeks, cut) + piece(cut, epoch.to_weeks)
            })
            .collect()
    }

    /// Every cell's inside share, expected revenue and potential over the last 12 months, in the cells' order.
    ///
    /// Expected revenue of cell c = mean value x sum over epochs of (arrivals of the epoch in c) x (orders of the last
    /// 12 months per arrival); arrivals of an epoch in c = drawn x households(c) x inside(c, epoch) / total.
    pub fn cell_truths(&self) -> Vec<CellTruth> {
        let per_unit = f64::from(self.drawn) / self.arrivals() * self.purchasing.mean_spend_eur();
        let year = self.year_from_weeks();
        let whole = self.clock.total_weeks() - year;
        (0..self.cells.len())
            .map(|index| {
                let count = households(self.cells[index].residents);
                let (mut share, mut revenue) = (0.0, 0.0);
                for (epoch, weight) in self.epochs.iter().zip(&self.order_weights) {
                    let before = if index == 0 { 0.0 } else { epoch.cumulative[index - 1] };
                    let pull = epoch.cumulative[index] - before;
                    let weeks = epoch.to_weeks - epoch.from_weeks.max(year);
                    revenue += pull * weight * per_unit;
                    share += pull / count * weeks.max(0.0) / whole;
                }
                CellTruth {
                    inside_share: share,
                    expected_revenue_eur: revenue,
                    spend_potential_eur: if share > 0.0 { revenue / share } else { 0.0 },
                }
            })
            .collect()
    }

    /// The arrival instant (weeks) and epoch of a quantile of all arrivals.
    pub fn arrival(&self, quantile: f64) -> (f64, usize) {
        let mut left = quantile * self.arrivals();
        for (index, epoch) in self.epochs.iter().enumerate() {
            let mass = epoch.pull() * (epoch.to_weeks - epoch.from_weeks);
            if left < mass || index + 1 == self.epochs.len() {
                let share = (left / mass).clamp(0.0, 1.0 - 1e-12);
                let width = epoch.to_weeks - epoch.from_weeks;
                return (epoch.from_weeks + share * width, index);
            }
            left -= mass;
        }
        (0.0, 0)
    }

    /// The cell of a quantile of an epoch's arrivals.
    pub fn cell_at(&self, epoch: usize, quantile: f64) -> u32 {
        let cumulative = &self.epochs[epoch].cumulative;
        let aim = quantile * self.epochs[epoch].pull();
        let at = cumulative.partition_point(|sum| *sum <= aim);
        at.min(cumulative.len() - 1) as u32
    }

    /// The epoch of a day.
    pub fn epoch_of(&self, day: i32) -> usize {
        self.epochs
            .partition_point(|epoch| epoch.first_day <= day)
            .saturating_sub(1)
    }

    /// The commune of a cell.
    pub fn commune_of(&self, cell: u32) -> &'static Commune {
        &communes()[self.cells[cell as usize].commune as usize]
    }

    /// Day number of a date.
    pub fn day(&self, date: NaiveDate) -> i32 {
        self.clock.day_of(date)
    }

    /// First and last calendar year of the window.
    pub fn years(&self) -> std::ops::RangeInclusive<i32> {
        self.plan.starts_on().year()..=self.plan.ends_on.year()
    }
}

/// The points of sale. Choosing among stores needs some: without the law of stores they stand there all the time.
fn network(plan: &Plan, start: NaiveDate) -> Vec<Store> {
    let laws = &plan.laws;
    if plan.stores == 0 || !(laws.stores || laws.store_choice) {
        return Vec::new();
    }
    let changes = laws.stores.then_some((start, plan.ends_on));
    stores::place(plan.seed, plan.stores, start, changes)
}

fn open_days(clock: &Clock, store: &Store) -> (i32, i32) {
    let last = store.closed_on.map_or(i32::MAX, |day| clock.day_of(day));
    (clock.day_of(store.opened_on), last)
}

/// All communes spread over cells; a cell that several communes reach goes to the one that gives most.
fn market_cells() -> Vec<Cell> {
    const PIECE: usize = 512;
    let communes = communes();
    let pieces = workers::run(
        communes.len().div_ceil(PIECE),
        |piece| {
            let last = ((piece + 1) * PIECE).min(communes.len());
            let mut parts = Vec::new();
            for (index, commune) in communes[..last].iter().enumerate().skip(piece * PIECE) {
                let residents = f64::from(commune.residents);
                let spread = spread_commune(commune.point, residents, Some(boundary(commune)));
                parts.extend(spread.into_iter().map(|part| Cell {
                    index: part.cell,
                    commune: index as u32,
                    residents: part.residents,
                }));
            }
            parts
        },
        |_| {},
    );
    let mut parts: Vec<Cell> = pieces.into_iter().flatten().collect();
    parts.sort_unstable_by_key(|part| (u64::from(part.index), part.commune));
    parts
        .chunk_by(|left, right| left.index == right.index)
        .map(|shared| {
            // The first of equals wins, so that the order of communes decides and nothing else.
            let main = shared
                .iter()
                .rev()
                .max_by(|left, right| left.residents.total_cmp(&right.residents));
            Cell {
                commune: main.map_or(0, |part| part.commune),
                residents: shared.iter().map(|part| part.residents).sum(),
                ..shared[0]
            }
        })
        .collect()
}

/// Cuts the clock wherever a store opens or closes, and sums the pull of every cell in every piece.
fn epochs(clock: &Clock, stores: &[Store], cells: &[Cell], choice: &StoreChoice) -> Vec<Epoch> {
    let mut starts = vec![0];
    for store in stores {
        starts.push(clock.day_of(store.opened_on));
        if let Some(last) = store.closed_on {
            starts.push(clock.day_of(last) + 1);
        }
    }
    starts.retain(|day| (0..clock.days()).contains(day));
    starts.sort_unstable();
    starts.dedup();
    starts.push(clock.days());
    workers::run(
        starts.len() - 1,
        |piece| {
            let (first, end) = (starts[piece], starts[piece + 1]);
            let mut total = 0.0;
            let cumulative = cells
                .iter()
                .enumerate()
                .map(|(index, cell)| {
                    total += households(cell.residents) * choice.inside_share(index as u32, first);
                    total
                })
                .collect();
            Epoch {
                first_day: first,
                from_weeks: clock.weeks_at(first),
                to_weeks: clock.weeks_at(end),
                cumulative,
            }
        },
        |_| {},
    )
}
