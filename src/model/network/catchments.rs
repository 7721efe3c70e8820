//! Whence stores sell: catchments, how they overlap, and how custom thins out with distance. Counted, whatever any model says.

use std::collections::BTreeMap;

use chalandise_analytics::catchment::{
    Catchment, CatchmentError, DecayBand, MarketCell, Order, Overlap, Ring, StoreCell, decay_curve, overlaps,
};
use h3o::{CellIndex, Resolution};

use crate::lake::SessionContext;
use crate::model::ModelError;
use crate::model::read::{integers, run, texts};
use crate::query::Library;

use super::distances::{Meter, NO_WAY};
use super::read::{Input, Site, cents};

/// The catchment of a store.
pub(super) struct StoreCatchment {
    /// Place among the sites.
    pub(super) site: usize,
    pub(super) catchment: Catchment,
    /// All sales, those without a place included, in cents.
    pub(super) sold_cents: i64,
    /// Households and spend potential of the 80 % ring.
    pub(super) households: f64,
    pub(super) spend_potential: f64,
    /// Custom by distance.
    pub(super) bands: Vec<DecayBand>,
}

/// All catchments.
#[derive(Default)]
pub(super) struct Catchments {
    pub(super) stores: Vec<StoreCatchment>,
    pub(super) overlaps: Vec<Overlap>,
}

/// What a store sold to the residents of a cell, and to customers without a place.
#[derive(Default)]
pub(super) struct Sold {
    cells: Vec<(u64, i64, u64, u64)>,
    elsewhere_cents: i64,
}

/// The market by the cells of catchments: households, potential.
#[derive(Clone, Copy, Default)]
struct Market {
    households: f64,
    spend_potential: f64,
}

/// Reads what stores sold, by store.
pub(super) async fn sold(
    context: &SessionContext,
    library: &Library,
    input: &Input,
) -> Result<BTreeMap<String, Sold>, ModelError> {
    let mut all: BTreeMap<String, Sold> = BTreeMap::new();
    let days = [("from_on", input.from_on), ("to_on", input.to_on)];
    for batch in run(context, library, "model/catchment_cells", &days).await? {
        let (stores, cells) = (texts(&batch, "store_id")?, integers(&batch, "h3_cell")?);
        let revenue = cents(&batch, "net_revenue")?;
        let (orders, customers) = (integers(&batch, "orders")?, integers(&batch, "customers")?);
        for (row, store) in stores.into_iter().enumerate() {
            let of = all.entry(store).or_default();
            if cells[row] == 0 {
                of.elsewhere_cents += revenue[row];
            } else {
                let whole = |count: i64| u64::try_from(count).unwrap_or(0);
                of.cells.push((
                    cells[row].cast_unsigned(),
                    revenue[row],
                    whole(customers[row]),
                    whole(orders[row]),
                ));
            }
        }
    }
    Ok(all)
}

/// Cells from which stores sold.
pub(super) fn sold_in(sold: &BTreeMap<String, Sold>) -> impl Iterator<Item = u64> + '_ {
    sold.values().flat_map(|of| of.cells.iter().map(|(cell, ..)| *cell))
}

/// The catchments of all stores that sold. Cells to which there is no way stand behind all others, [`NO_WAY`] away.
///
/// # Errors
/// [`CatchmentError`] when a cell is none.
pub(super) fn catchments(
    input: &Input,
    sold: &BTreeMap<String, Sold>,
    meter: &Meter,
) -> Result<Catchments, CatchmentError> {
    let market = market(input);
    let mut found = Catchments::default();
    for (site, place) in input.sites.iter().enumerate().filter(|(_, site)| !site.competitor) {
        let Some(sold) = sold.get(&place.id) else { continue };
        let cells: Vec<StoreCell> = sold
            .cells
            .iter()
            .filter_map(|(cell, revenue, customers, orders)| {
                let index = CellIndex::try_from(*cell).ok()?;
                Some(StoreCell {
                    cell: *cell,
                    distance: meter.to_middle(index, site, place).unwrap_or(NO_WAY),
                    revenue: *revenue,
                    customers: *customers,
                    orders: *orders,
                })
            })
            .collect();
        let catchment = Catchment::new(&cells, Order::NearestFirst)?;
        let inner = catchment
            .cells()
            .iter()
            .filter(|cell| matches!(cell.ring, Ring::Primary | Ring::Secondary));
        let ring: Vec<Market> = inner.filter_map(|cell| market.get(&cell.sold.cell).copied()).collect();
        found.stores.push(StoreCatchment {
            site,
            bands: bands(&market, &cells, (site, place), meter)?,
            catchment,
            sold_cents: sold.elsewhere_cents + sold.cells.iter().map(|cell| cell.1).sum::<i64>(),
            households: ring.iter().map(|market| market.households).sum(),
            spend_potential: ring.iter().map(|market| market.spend_potential).sum(),
        });
    }
    let all: Vec<Catchment> = found.stores.iter().map(|store| store.catchment.clone()).collect();
    found.overlaps = overlaps(&all, Ring::Secondary)?;
    Ok(found)
}

fn market(input: &Input) -> BTreeMap<u64, Market> {
    let mut market: BTreeMap<u64, Market> = BTreeMap::new();
    for cell in &input.cells {
        if let Some(parent) = cell.index.parent(Resolution::Seven) {
            let of = market.entry(u64::from(parent)).or_default();
            of.households += cell.households;
            of.spend_potential += cell.spend_potential.unwrap_or(0.0);
        }
    }
    market
}

/// Custom of a store by distance, over all cells of the market that it might reach, those without custom too.
fn bands(
    market: &BTreeMap<u64, Market>,
    sold: &[StoreCell],
    (number, site): (usize, &Site),
    meter: &Meter,
) -> Result<Vec<DecayBand>, CatchmentError> {
    let by_cell: BTreeMap<u64, &StoreCell> = sold.iter().map(|cell| (cell.cell, cell)).collect();
    let limits = meter.bands();
    let farthest = limits.last().copied().unwrap_or(NO_WAY);
    let cells: Vec<MarketCell> = market
        .iter()
        .filter_map(|(cell, market)| {
            let sold = by_cell.get(cell);
            let index = CellIndex::try_from(*cell).ok()?;
            let distance = match sold {
                Some(sold) => sold.distance,
                None => meter.to_middle(index, number, site)?,
            };
            (distance < farthest).then(|| MarketCell {
                distance,
                households: market.households,
                potential: market.spend_potential,
                revenue: sold.map_or(0, |sold| sold.revenue),
                customers: sold.map_or(0, |sold| sold.customers),
            })
        })
        .collect();
    Ok(decay_curve(&cells, limits)?.bands)
}
