//! A store's catchment (zone de chalandise): the cells that give it 50, 80 and 95 % of its located revenue.
//!
//! - [`Catchment`]: the cells of one store in three rings, nearest first by default; [`Catchment::outline`] dissolves them;
//! - [`decay_curve`]: how customers, revenue and penetration fall with the distance;
//! - [`overlaps`]: which stores live from the same cells;
//! - [`penetration`] and [`share_of_potential`]: of one cell or of many.
//!
//! Distances are kilometres or minutes, whichever the caller has; figures come back in the same unit. Revenue is in whole cents, so that
//! sums are exact and the rings of a store add up to its located revenue.
//!
//! **Refunds.** A cell can have a negative revenue in a period: what it bought before was taken back. Such a cell counts in the
//! total, at its distance. So the revenue within a distance d, S(d), may fall as d grows, and a share of the total T is said to lie
//! within the *first* distance at which S(d) reaches it. The larger share is then never nearer than the smaller one. The cumulative share of
//! a cell is the largest S / T until there, and at most 1. A store whose total is not positive has cells, but no rings.

mod decay;
mod error;
mod outline;
mod overlap;
mod penetration;

pub use decay::{
    DISTANCE_LIMITS_KM, DISTANCE_LIMITS_MINUTES, DecayBand, DecayCurve, MarketCell, decay_curve, equal_limits,
};
pub use error::{CatchmentError, OutlineError};
pub use outline::dissolve;
pub use overlap::{Overlap, overlaps};
pub use penetration::{Penetration, penetration, share_of_potential};

use geo::MultiPolygon;
use h3o::CellIndex;

/// What a store sold to the residents of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StoreCell {
    /// H3 cell; all cells of a store have one resolution.
    pub cell: u64,
    /// Kilometres or minutes from the store, from 0.
    pub distance: f64,
    /// Net revenue in cents; refunds can make it negative.
    pub revenue: i64,
    /// Customers who ordered.
    pub customers: u64,
    /// Orders.
    pub orders: u64,
}

/// Which cells come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Order {
    /// The nearest, as far as it takes; of equally near cells that of the smaller index.
    #[default]
    NearestFirst,
    /// Those with most revenue: the smallest area that holds the share. Of equal ones the nearer, then that of the smaller index.
    LargestFirst,
}

/// The ring of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ring {
    /// The first 50 % of the revenue (zone primaire).
    Primary,
    /// From there to 80 % (zone secondaire).
    Secondary,
    /// From there to 95 % (zone tertiaire).
    Tertiary,
    /// The rest.
    Beyond,
}

impl Ring {
    /// All rings, from the inside.
    pub const ALL: [Ring; 4] = [Ring::Primary, Ring::Secondary, Ring::Tertiary, Ring::Beyond];

    /// Percent of the revenue that lie in the ring and within.
    pub fn percent(self) -> u8 {
        match self {
            Ring::Primary => 50,
            Ring::Secondary => 80,
            Ring::Tertiary => 95,
            Ring::Beyond => 100,
        }
    }
}

/// A cell with its place in the catchment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankedCell {
    /// What was sold there.
    pub sold: StoreCell,
    /// Its ring.
    pub ring: Ring,
    /// Share of the store's located revenue in this cell and those before it, from 0 to 1, never falling.
    pub cumulative_share: f64,
}

/// What lies in a ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RingTotal {
    /// The ring.
    pub ring: Ring,
    /// Its cells.
    pub cells: u64,
    /// Their net revenue in cents.
    pub revenue: i64,
    /// Their customers, each cell's added: one who moved counts in each of his cells.
    pub customers: u64,
    /// Their orders.
    pub orders: u64,
    /// The largest distance of a cell in this ring and those within: by [`Order::NearestFirst`] the distance within which the ring's share
    /// of the revenue lies. None without a cell.
    pub reach: Option<f64>,
}

/// A store's cells in rings.
#[derive(Clone, Debug, PartialEq)]
pub struct Catchment {
    cells: Vec<RankedCell>,
    rings: [RingTotal; 4],
}

impl Catchment {
    /// The catchment of a store that sold so much in these cells, given in any order. Without cells it is empty.
    ///
    /// A ring takes cells until it has its share, so the cell with which the share is reached is inside. Cells without revenue may be
    /// given: nearer than others they lie in a ring too, and fill its outline.
    ///
    /// # Errors
    /// A number that is no cell, cells of several resolutions, a cell twice, a distance that is negative or no number, and revenue
    /// beyond 64 bits.
    ///
    /// ```
    /// use chalandise_analytics::network::catchment::{Catchment, Order, Ring, StoreCell};
    /// let sold = |cell, distance, revenue| StoreCell { cell, distance, revenue, customers: 1, orders: 1 };
    /// let cells = [
    ///     sold(0x0881_fb46_62df_ffff, 0.4, 6_000),
    ///     sold(0x0881_fb46_629f_ffff, 1.1, 2_500),
    ///     sold(0x0881_fb46_625f_ffff, 1.2, 1_500),
    /// ];
    /// let catchment = Catchment::new(&cells, Order::NearestFirst)?;
    /// assert_eq!(catchment.within(Ring::Secondary).reach, Some(1.1));
    /// assert_eq!(catchment.within(Ring::Secondary).revenue, 8_500);
    /// assert_eq!(catchment.revenue(), 10_000);
    /// # Ok::<(), chalandise_analytics::network::catchment::CatchmentError>(())
    /// ```
    pub fn new(cells: &[StoreCell], order: Order) -> Result<Self, CatchmentError> {
        check(cells)?;
        let mut sorted = cells.to_vec();
        sorted.sort_unstable_by(|left, right| {
            let nearer = left
                .distance
                .total_cmp(&right.distance)
                .then(left.cell.cmp(&right.cell));
            match order {
                Order::NearestFirst => nearer,
                Order::LargestFirst => right.revenue.cmp(&left.revenue).then(nearer),
            }
        });
        let total: i64 = sorted.iter().map(|sold| sold.revenue).sum();
        let cells = rank(&sorted, total);
        Ok(Self {
            rings: totals(&cells),
            cells,
        })
    }

    /// The cells in the order in which they were taken.
    pub fn cells(&self) -> &[RankedCell] {
        &self.cells
    }

    /// The four rings from the inside, each without those within: they add up to the store.
    pub fn rings(&self) -> &[RingTotal; 4] {
        &self.rings
    }

    /// A ring with all those within.
    pub fn within(&self, ring: Ring) -> RingTotal {
        let inside = self.rings.iter().filter(|total| total.ring <= ring);
        inside.fold(RingTotal::empty(ring), |sum, total| RingTotal {
            ring,
            cells: sum.cells + total.cells,
            revenue: sum.revenue + total.revenue,
            customers: sum.customers.saturating_add(total.customers),
            orders: sum.orders.saturating_add(total.orders),
            reach: total.reach,
        })
    }

    /// Located net revenue of the store, in cents.
    pub fn revenue(&self) -> i64 {
        self.within(Ring::Beyond).revenue
    }

    /// The outline of a ring with all those within, in degrees: as [`dissolve`] makes it. No polygons when there are no cells.
    ///
    /// # Errors
    /// Those of [`dissolve`]; the checks of [`Catchment::new`] leave none.
    pub fn outline(&self, ring: Ring) -> Result<MultiPolygon<f64>, OutlineError> {
        dissolve(
            self.cells
                .iter()
                .filter(|cell| cell.ring <= ring)
                .map(|cell| cell.sold.cell),
        )
    }
}

impl RingTotal {
    fn empty(ring: Ring) -> Self {
        Self {
            ring,
            cells: 0,
            revenue: 0,
            customers: 0,
            orders: 0,
            reach: None,
        }
    }
}

fn check(cells: &[StoreCell]) -> Result<(), CatchmentError> {
    let mut resolution = None;
    let mut seen: Vec<u64> = Vec::with_capacity(cells.len());
    let mut largest: i64 = 0;
    for (row, sold) in cells.iter().enumerate() {
        let cell = sold.cell;
        let index = CellIndex::try_from(cell).map_err(|_| CatchmentError::NotACell { row, cell })?;
        if *resolution.get_or_insert(index.resolution()) != index.resolution() {
            return Err(CatchmentError::MixedResolutions { row, cell });
        }
        if !(sold.distance.is_finite() && sold.distance >= 0.0) {
            let distance = sold.distance;
            return Err(CatchmentError::Distance { row, distance });
        }
        // When the sizes fit, every sum does.
        largest = sold
            .revenue
            .checked_abs()
            .and_then(|size| largest.checked_add(size))
            .ok_or(CatchmentError::Revenue { row })?;
        seen.push(cell);
    }
    seen.sort_unstable();
    match seen.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(CatchmentError::Twice { cell: pair[0] }),
        None => Ok(()),
    }
}

/// Rings and shares of cells in their order.
fn rank(sorted: &[StoreCell], total: i64) -> Vec<RankedCell> {
    let mut sum: i64 = 0;
    let mut highest: i64 = 0;
    let rank = |sold: &StoreCell| {
        // The ring is open until its share was reached by the cells before.
        let open = |ring: &Ring| i128::from(highest) * 100 < i128::from(total) * i128::from(ring.percent());
        let ring = Ring::ALL.into_iter().find(open).unwrap_or(Ring::Beyond);
        sum += sold.revenue;
        highest = highest.max(sum);
        let cumulative_share = if total > 0 {
            (highest as f64 / total as f64).min(1.0)
        } else {
            0.0
        };
        RankedCell {
            sold: *sold,
            ring,
            cumulative_share,
        }
    };
    sorted.iter().map(rank).collect()
}

fn totals(cells: &[RankedCell]) -> [RingTotal; 4] {
    let mut totals = Ring::ALL.map(RingTotal::empty);
    for RankedCell { sold, ring, .. } in cells {
        let total = &mut totals[*ring as usize];
        total.cells += 1;
        total.revenue += sold.revenue;
        total.customers = total.customers.saturating_add(sold.customers);
        total.orders = total.orders.saturating_add(sold.orders);
        total.reach = Some(total.reach.unwrap_or(0.0).max(sold.distance));
    }
    let mut within: Option<f64> = None;
    for total in &mut totals {
        // None is less than any distance.
        within = if total.reach > within { total.reach } else { within };
        total.reach = within;
    }
    totals
}
