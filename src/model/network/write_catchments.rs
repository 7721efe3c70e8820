//! The tables of catchments, written.

use chalandise_analytics::network::catchment::{DecayBand, Overlap, RankedCell, Ring};

use crate::store::{Columns, store};
use crate::{Built, ModelError};
use chalandise_lake::Writer;

use super::Computed;
use super::catchments::{StoreCatchment, YearCatchments};
use super::distances::NO_WAY;
use super::write::day;

/// Writes all tables of catchments.
pub(super) async fn tables(writer: &mut Writer, computed: &Computed) -> Result<Vec<Built>, ModelError> {
    Ok(vec![
        cells(writer, computed).await?,
        stores(writer, computed).await?,
        overlaps(writer, computed).await?,
        bands(writer, computed).await?,
    ])
}

async fn cells(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let rows: Vec<(&str, &YearCatchments, &RankedCell)> = by_year(computed)
        .flat_map(|(year, store)| {
            let id = computed.input.sites[store.site].id.as_str();
            store.catchment.cells().iter().map(move |cell| (id, year, cell))
        })
        .collect();
    let batch = Columns::of(&rows)
        .text("store_id", |(id, ..)| Some(id))
        .count("years_ago", |(_, year, _)| Some(i64::from(year.years_ago)))
        .count("h3_cell", |(.., cell)| Some(cell.sold.cell.cast_signed()))
        .count("ring", |(.., cell)| Some(i64::from(cell.ring.percent())))
        .number("distance", |(.., cell)| {
            Some(cell.sold.distance).filter(|it| *it < NO_WAY)
        })
        .number("cumulative_share", |(.., cell)| Some(cell.cumulative_share))
        .cents("net_revenue", |(.., cell)| Some(i128::from(cell.sold.revenue)))?
        .count("orders", |(.., cell)| i64::try_from(cell.sold.orders).ok())
        .count("customers", |(.., cell)| i64::try_from(cell.sold.customers).ok());
    store(writer, "catchments", [batch.batch("catchments")?]).await
}

/// Each store in each year.
fn by_year(computed: &Computed) -> impl Iterator<Item = (&YearCatchments, &StoreCatchment)> {
    let years = computed.catchments.years.iter();
    years.flat_map(|year| year.stores.iter().map(move |store| (year, store)))
}

async fn stores(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let input = &computed.input;
    let rows: Vec<(&YearCatchments, &StoreCatchment)> = by_year(computed).collect();
    let reach = |store: &StoreCatchment, ring: Ring| store.catchment.within(ring).reach.filter(|it| *it < NO_WAY);
    let whole = |count: u64| i64::try_from(count).ok();
    let batch = Columns::of(&rows)
        .text("store_id", |(_, store)| Some(&input.sites[store.site].id))
        .count("years_ago", |(year, _)| Some(i64::from(year.years_ago)))
        .day("observed_from", |(year, _)| day(year.from_on))
        .day("observed_to", |(year, _)| day(year.to_on))
        .text("measure", |_| Some(computed.settings.distance.name()))
        .cents("net_revenue", |(_, store)| Some(i128::from(store.sold_cents)))?
        .cents("located_revenue", |(_, store)| {
            Some(i128::from(store.catchment.revenue()))
        })?
        .count("customers", |(_, store)| {
            whole(store.catchment.within(Ring::Beyond).customers)
        })
        .number("distance_50", |(_, store)| reach(store, Ring::Primary))
        .number("distance_80", |(_, store)| reach(store, Ring::Secondary))
        .number("distance_95", |(_, store)| reach(store, Ring::Tertiary))
        .count("cells", |(_, store)| {
            whole(store.catchment.within(Ring::Tertiary).cells)
        })
        .number("households", |(_, store)| Some(store.households))
        .number("spend_potential", |(_, store)| Some(store.spend_potential))
        .count("ring_customers", |(_, store)| {
            whole(store.catchment.within(Ring::Secondary).customers)
        })
        .cents("ring_revenue", |(_, store)| {
            Some(i128::from(store.catchment.within(Ring::Secondary).revenue))
        })?;
    store(writer, "store_catchments", [batch.batch("store_catchments")?]).await
}

async fn overlaps(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let now = computed.catchments.now();
    let id = |place: usize| computed.input.sites[now[place].site].id.as_str();
    let rows: Vec<&Overlap> = computed.catchments.overlaps.iter().collect();
    let batch = Columns::of(&rows)
        .text("store_id", |overlap| Some(id(overlap.store)))
        .text("other_store_id", |overlap| Some(id(overlap.other)))
        .count("cells", |overlap| i64::try_from(overlap.cells).ok())
        .number("share", |overlap| Some(overlap.share.unwrap_or(0.0)))
        .cents("net_revenue", |overlap| Some(i128::from(overlap.revenue)))?
        .cents("other_net_revenue", |overlap| Some(i128::from(overlap.other_revenue)))?;
    store(writer, "catchment_overlaps", [batch.batch("catchment_overlaps")?]).await
}

async fn bands(writer: &mut Writer, computed: &Computed) -> Result<Built, ModelError> {
    let expected = expected(computed);
    let rows: Vec<(usize, &DecayBand)> = computed
        .catchments
        .now()
        .iter()
        .flat_map(|store| store.bands.iter().map(|band| (store.site, band)))
        .collect();
    let interval = |band: &DecayBand| band.penetration().and_then(|found| found.interval);
    let in_band = |(site, band): &(usize, &DecayBand)| -> Option<f64> {
        let of = expected.get(*site)?.as_ref()?;
        let to = band.to.unwrap_or(f64::INFINITY);
        Some(
            of.iter()
                .filter(|(distance, _)| (band.from..to).contains(distance))
                .map(|(_, amount)| amount)
                .sum(),
        )
    };
    let batch = Columns::of(&rows)
        .text("store_id", |(site, _)| Some(&computed.input.sites[*site].id))
        .number("from_distance", |(_, band)| Some(band.from))
        .number("to_distance", |(_, band)| band.to)
        .number("households", |(_, band)| Some(band.households))
        .number("spend_potential", |(_, band)| Some(band.potential))
        .count("customers", |(_, band)| i64::try_from(band.customers).ok())
        .cents("net_revenue", |(_, band)| Some(i128::from(band.revenue)))?
        .number("penetration", |(_, band)| band.penetration().map(|found| found.rate))
        .number("penetration_low", |(_, band)| interval(band).map(|bounds| bounds.0))
        .number("penetration_high", |(_, band)| interval(band).map(|bounds| bounds.1))
        .number("expected_revenue", in_band);
    store(writer, "distance_decay", [batch.batch("distance_decay")?]).await
}

/// What the model expects of each site by distance; none of a site that it does not know.
fn expected(computed: &Computed) -> Vec<Option<Vec<(f64, f64)>>> {
    let mut all = vec![None; computed.input.sites.len()];
    for flow in computed.model.iter().flat_map(|model| &model.flows) {
        all[usize::from(flow.site)]
            .get_or_insert_with(Vec::new)
            .push((flow.distance, flow.expected));
    }
    all
}
