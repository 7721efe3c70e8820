//! Stores that live from the same cells.

use h3o::CellIndex;

use super::{Catchment, CatchmentError, Ring};

/// How much of one store's catchment lies in another's. Shares are of positive revenue: a cell that took back more than it bought counts
/// as a cell, and as no money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap {
    /// Store A, by its place among the catchments.
    pub store: usize,
    /// Store B.
    pub other: usize,
    /// Cells that lie in both catchments.
    pub cells: u64,
    /// A's revenue in these cells, in cents.
    pub revenue: i64,
    /// B's revenue in the same cells, in cents.
    pub other_revenue: i64,
    /// Share of A's revenue within its catchment that comes from these cells, from 0 to 1; None when it has no revenue.
    pub share: Option<f64>,
    /// A's share of what both take from these cells, from 0 to 1; B takes the rest. None when neither takes any.
    pub share_of_common: Option<f64>,
}

/// The overlap of each ordered pair of catchments that have a cell in common, by `store`, then `other`: `store` 3 in `other` 5 is another
/// row than 5 in 3. `ring`: the catchment's edge, usually [`Ring::Secondary`], the cells with the first 80 %.
///
/// # Errors
/// Catchments whose cells are of several resolutions, which would have none in common.
///
/// ```
/// use chalandise_analytics::network::catchment::{Catchment, Order, Ring, StoreCell, overlaps};
/// let store = |revenue| {
///     let sold = StoreCell { cell: 0x0881_fb46_62df_ffff, distance: 0.4, revenue, customers: 1, orders: 1 };
///     Catchment::new(&[sold], Order::NearestFirst)
/// };
/// let pairs = overlaps(&[store(3_000)?, store(1_000)?], Ring::Secondary)?;
/// assert_eq!((pairs[0].share, pairs[0].share_of_common), (Some(1.0), Some(0.75)));
/// assert_eq!((pairs[1].share, pairs[1].share_of_common), (Some(1.0), Some(0.25)));
/// # Ok::<(), chalandise_analytics::network::catchment::CatchmentError>(())
/// ```
pub fn overlaps(catchments: &[Catchment], ring: Ring) -> Result<Vec<Overlap>, CatchmentError> {
    check(catchments)?;
    let held = held(catchments, ring);
    // The cells of each store as ranges of `held` in which all holders of one cell stand.
    let mut cells_of: Vec<Vec<&[Held]>> = vec![Vec::new(); catchments.len()];
    for holders in held.chunk_by(|left, right| left.cell == right.cell) {
        for holder in holders {
            cells_of[holder.store].push(holders);
        }
    }
    let mut pairs = Vec::new();
    let mut row = Row::new(catchments.len());
    for (store, cells) in cells_of.iter().enumerate() {
        pairs.extend(row.overlaps(store, cells));
    }
    Ok(pairs)
}

/// A cell within the catchment of a store.
#[derive(Clone, Copy, Debug)]
struct Held {
    cell: u64,
    store: usize,
    revenue: i64,
}

/// All cells of all catchments, by cell, then store.
fn held(catchments: &[Catchment], ring: Ring) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    for (store, catchment) in catchments.iter().enumerate() {
        let inside = catchment.cells().iter().filter(|cell| cell.ring <= ring);
        held.extend(inside.map(|cell| Held {
            cell: cell.sold.cell,
            store,
            revenue: cell.sold.revenue.max(0),
        }));
    }
    held.sort_unstable_by_key(|held| (held.cell, held.store));
    held
}

/// What one store has in common with each other one.
struct Row {
    cells: Vec<u64>,
    revenue: Vec<i64>,
    other_revenue: Vec<i64>,
}

impl Row {
    fn new(stores: usize) -> Self {
        Self {
            cells: vec![0; stores],
            revenue: vec![0; stores],
            other_revenue: vec![0; stores],
        }
    }

    /// Adds up the cells of a store, and empties the sums again.
    fn overlaps(&mut self, store: usize, cells: &[&[Held]]) -> Vec<Overlap> {
        let mut total: i64 = 0;
        let mut others: Vec<usize> = Vec::new();
        for holders in cells {
            let own = holders
                .iter()
                .find(|holder| holder.store == store)
                .map_or(0, |holder| holder.revenue);
            total += own;
            for holder in holders.iter().filter(|holder| holder.store != store) {
                let other = holder.store;
                if self.cells[other] == 0 {
                    others.push(other);
                }
                self.cells[other] += 1;
                self.revenue[other] += own;
                self.other_revenue[other] += holder.revenue;
            }
        }
        others.sort_unstable();
        let take = |other: usize| Overlap {
            store,
            other,
            cells: std::mem::take(&mut self.cells[other]),
            revenue: std::mem::take(&mut self.revenue[other]),
            other_revenue: std::mem::take(&mut self.other_revenue[other]),
            share: None,
            share_of_common: None,
        };
        let with_shares = |pair: Overlap| Overlap {
            share: part(pair.revenue, i128::from(total)),
            share_of_common: part(pair.revenue, i128::from(pair.revenue) + i128::from(pair.other_revenue)),
            ..pair
        };
        others.into_iter().map(take).map(with_shares).collect()
    }
}

fn part(of: i64, whole: i128) -> Option<f64> {
    (whole > 0).then(|| of as f64 / whole as f64)
}

fn check(catchments: &[Catchment]) -> Result<(), CatchmentError> {
    let mut resolution = None;
    for (catchment, cells) in catchments.iter().enumerate() {
        // All cells of a catchment have the resolution of its first one.
        let Some(cell) = cells.cells().first() else { continue };
        let found = CellIndex::try_from(cell.sold.cell).map(CellIndex::resolution);
        if *resolution.get_or_insert(found) != found {
            return Err(CatchmentError::MixedCatchments { catchment });
        }
    }
    Ok(())
}
