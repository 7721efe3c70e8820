-- The stores whose 80 % catchments share cells with that of a store.
-- What too few customers of a store make in the common cells is empty.
-- @param store_id: text -- store
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @small customers by other_store_id in pairs: share, net_revenue
-- @small other_customers by other_store_id in pairs: other_net_revenue, other_share
-- @column rank: number -- place by share, then by the other's sales
-- @column other_store_id: text -- other store
-- @column name: text -- its name
-- @column distance_km: km -- between the stores, as the crow flies
-- @column cells: count -- cells in both catchments
-- @column share: ratio -- share of the store's revenue in its catchment that comes from these cells
-- @column net_revenue: money -- the store's sales in them
-- @column other_net_revenue: money -- the other store's sales in them
-- @column other_share: ratio -- share of the other's revenue in its catchment that comes from them
with common as (
    select
        other.store_id as other_store_id,
        sum(own.customers) as customers,
        sum(other.customers) as other_customers
    from catchments as own
    inner join catchments as other on other.h3_cell = own.h3_cell and other.store_id <> own.store_id
    where
        own.store_id = $store_id
        and own.years_ago = 0
        and other.years_ago = 0
        and own.ring <= 80
        and other.ring <= 80
    group by other.store_id
),
pairs as (
    select
        catchment_overlaps.other_store_id,
        coalesce(theirs.name, catchment_overlaps.other_store_id) as name,
        great_circle_distance_km(ours.latitude, ours.longitude, theirs.latitude, theirs.longitude) as distance_km,
        catchment_overlaps.cells,
        nullif(common.customers, 0) as customers,
        nullif(common.other_customers, 0) as other_customers,
        catchment_overlaps.share,
        catchment_overlaps.net_revenue,
        catchment_overlaps.other_net_revenue,
        back.share as other_share
    from catchment_overlaps
    left join common on common.other_store_id = catchment_overlaps.other_store_id
    left join catchment_overlaps as back
        on
            back.store_id = catchment_overlaps.other_store_id
            and back.other_store_id = catchment_overlaps.store_id
    left join stores as ours on ours.store_id = catchment_overlaps.store_id
    left join stores as theirs on theirs.store_id = catchment_overlaps.other_store_id
    where catchment_overlaps.store_id = $store_id
)
select
    row_number() over (order by share desc nulls last, other_net_revenue desc nulls last, cells desc, other_store_id) as rank,
    other_store_id,
    name,
    distance_km,
    cells,
    share,
    net_revenue,
    other_net_revenue,
    other_share
from pairs
order by rank
limit coalesce($rows, 1000000)
