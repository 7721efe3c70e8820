-- Catchments for maps: a row for each store and ring, with what lies within it. A ring
-- carries no figure where it has too few customers, or too few more than the next smaller one.
-- @param region: text = null -- region in which the store stands; all when absent
-- @param store_id: text = null -- store; all when absent
-- @param years_ago: integer = 0 -- 12 months so many years before the last ones
-- @small customers by store_id, ring: customers, net_revenue
-- @small added by store_id, ring: customers, net_revenue
-- @column store_id: text -- store
-- @column name: text -- name of the store; its id when the lake has no table of stores
-- @column ring: percent -- share of the located revenue that the outline holds, nearest cells first: 50, 80 or 95
-- @column cells: count -- cells (H3, resolution 7) within the outline
-- @column distance: number -- from the store to the middle of the farthest of them
-- @column customers: count -- customers of the store within
-- @column net_revenue: money -- sales to them in the last 12 months
with rings as (
    select 50 as share
    union all
    select 80 as share
    union all
    select 95 as share
)
select
    catchments.store_id,
    max(coalesce(stores.name, catchments.store_id)) as name,
    cast(rings.share as bigint) as ring,
    count(*) as cells,
    max(catchments.distance) as distance,
    nullif(sum(catchments.customers), 0) as customers,
    sum(catchments.net_revenue) as net_revenue,
    coalesce(sum(catchments.customers) filter (where catchments.ring = rings.share), 0) as added
from catchments
inner join rings on catchments.ring <= rings.share
left join stores on stores.store_id = catchments.store_id
where
    catchments.years_ago = $years_ago
    and ($region is null or stores.region = $region)
    and ($store_id is null or catchments.store_id = $store_id)
group by catchments.store_id, rings.share
order by 1, 3
