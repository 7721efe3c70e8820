//! Whence stores sell: catchments, how they overlap, and how custom thins out with distance. Counted, whatever any model says.

use std::collections::BTreeMap;

use chalandise_analytics::network::catchment::{
    Catchment, CatchmentError, DecayBand, MarketCell, Order, Overlap, Ring, StoreCell, decay_curve, overlaps,
};
use chalandise_analytics::numeric::side_by_side;
use chrono::{Days, Months, NaiveDate};
use h3o::{CellIndex, Resolution};

use crate::ModelError;
use crate::inputs::Inputs;
use crate::read::{integers, texts};

use super::distances::{Meter, Middle, NO_WAY};
use super::read::{Input, Site, cents};

/// Catchments go back so many years before the last 12 months; the filter of the pages offers as many.
const MOST_YEARS_AGO: u32 = 2;

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
    /// Custom by distance; empty but for the last 12 months.
    pub(super) bands: Vec<DecayBand>,
}

/// Those of 12 months.
pub(super) struct YearCatchments {
    /// 0 for the last 12 months, 1 for those before them.
    pub(super) years_ago: u32,
    pub(super) from_on: NaiveDate,
    pub(super) to_on: NaiveDate,
    pub(super) stores: Vec<StoreCatchment>,
}

/// All catchments.
#[derive(Default)]
pub(super) struct Catchments {
    /// The last 12 months first.
    pub(super) years: Vec<YearCatchments>,
    /// Of the last 12 months.
    pub(super) overlaps: Vec<Overlap>,
}

impl Catchments {
    /// The stores of the last 12 months.
    pub(super) fn now(&self) -> &[StoreCatchment] {
        self.years.first().map_or(&[], |year| &year.stores)
    }
}

/// What stores sold in 12 months, by store.
pub(super) struct Year {
    years_ago: u32,
    from_on: NaiveDate,
    to_on: NaiveDate,
    sold: BTreeMap<String, Sold>,
}

/// What a store sold to the residents of a cell, and to customers without a place.
#[derive(Default)]
pub(super) struct Sold {
    cells: Vec<(u64, i64, u64, u64)>,
    elsewhere_cents: i64,
}

/// The market in a cell of catchments.
#[derive(Clone, Copy)]
struct Market {
    middle: Middle,
    households: f64,
    spend_potential: f64,
}

/// Reads what stores sold in the last 12 months, and in those before them that the lake has whole.
pub(super) async fn years(inputs: &Inputs<'_>, input: &Input) -> Result<Vec<Year>, ModelError> {
    let mut years = Vec::new();
    for years_ago in 0..=MOST_YEARS_AGO {
        let Some((from_on, to_on)) = months(input, years_ago) else {
            break;
        };
        years.push(Year {
            years_ago,
            from_on,
            to_on,
            sold: sold(inputs, from_on, to_on).await?,
        });
    }
    Ok(years)
}

/// First and last day of 12 months so many years ago; none when the lake begins later.
fn months(input: &Input, years_ago: u32) -> Option<(NaiveDate, NaiveDate)> {
    if years_ago == 0 {
        return Some((input.from_on, input.to_on));
    }
    let after = (input.to_on + Days::new(1)).checked_sub_months(Months::new(12 * years_ago))?;
    let from_on = after.checked_sub_months(Months::new(12))?;
    (from_on >= input.first_on).then_some((from_on, after.pred_opt()?))
}

async fn sold(inputs: &Inputs<'_>, from_on: NaiveDate, to_on: NaiveDate) -> Result<BTreeMap<String, Sold>, ModelError> {
    let mut all: BTreeMap<String, Sold> = BTreeMap::new();
    let days = [("from_on", from_on), ("to_on", to_on)];
    for batch in inputs.run("model/catchment_cells", &days).await? {
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
pub(super) fn sold_in(years: &[Year]) -> impl Iterator<Item = u64> + '_ {
    let stores = years.iter().flat_map(|year| year.sold.values());
    stores.flat_map(|of| of.cells.iter().map(|(cell, ..)| *cell))
}

/// The catchments of all stores that sold. Cells to which there is no way stand behind all others, [`NO_WAY`] away.
///
/// # Errors
/// [`CatchmentError`] when a cell is none.
pub(super) fn catchments(input: &Input, years: &[Year], meter: &Meter) -> Result<Catchments, CatchmentError> {
    let market = market(input, meter);
    let mut found = Catchments::default();
    for year in years {
        let stores = side_by_side(input.sites.len() as u64, |number| {
            let number = number as usize;
            let site = &input.sites[number];
            let sold = year.sold.get(&site.id).filter(|_| !site.competitor)?;
            Some(of_store((number, site), sold, year.years_ago == 0, &market, meter))
        });
        found.years.push(YearCatchments {
            years_ago: year.years_ago,
            from_on: year.from_on,
            to_on: year.to_on,
            stores: stores.into_iter().flatten().collect::<Result<_, _>>()?,
        });
    }
    let all: Vec<Catchment> = found.now().iter().map(|store| store.catchment.clone()).collect();
    found.overlaps = overlaps(&all, Ring::Secondary)?;
    Ok(found)
}

fn of_store(
    (number, site): (usize, &Site),
    sold: &Sold,
    with_bands: bool,
    market: &BTreeMap<u64, Market>,
    meter: &Meter,
) -> Result<StoreCatchment, CatchmentError> {
    let cells: Vec<StoreCell> = sold
        .cells
        .iter()
        .filter_map(|(cell, revenue, customers, orders)| {
            let index = CellIndex::try_from(*cell).ok()?;
            Some(StoreCell {
                cell: *cell,
                distance: meter.to_middle(meter.middle(index), number, site).unwrap_or(NO_WAY),
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
    Ok(StoreCatchment {
        site: number,
        bands: if with_bands {
            bands(market, &cells, (number, site), meter)?
        } else {
            Vec::new()
        },
        catchment,
        sold_cents: sold.elsewhere_cents + sold.cells.iter().map(|cell| cell.1).sum::<i64>(),
        households: ring.iter().map(|market| market.households).sum(),
        spend_potential: ring.iter().map(|market| market.spend_potential).sum(),
    })
}

fn market(input: &Input, meter: &Meter) -> BTreeMap<u64, Market> {
    let mut market: BTreeMap<u64, Market> = BTreeMap::new();
    for cell in &input.cells {
        if let Some(parent) = cell.index.parent(Resolution::Seven) {
            let of = market.entry(u64::from(parent)).or_insert_with(|| Market {
                middle: meter.middle(parent),
                households: 0.0,
                spend_potential: 0.0,
            });
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
            let distance = match sold {
                Some(sold) => sold.distance,
                None => meter.to_middle(market.middle, number, site)?,
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
