-- Stores of the last 12 months: how far they draw, what the model says of them, what the network would lose without them.
-- A reach or a penetration of too few customers is empty.
-- @param region: text = null -- region in which the store stands; all when absent
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @small customers by store_id: customers, distance_50, distance_80, distance_95
-- @small ring_customers by store_id: penetration, potential_share
-- @column rank: number -- place by revenue
-- @column store_id: text -- store
-- @column name: text -- name of the store; its id when the lake has no table of stores
-- @column store_region: text -- region in which the store stands
-- @column format: text -- kind of store
-- @column net_revenue: money -- sales of the 12 months, refunds taken off
-- @column customers: count -- customers whose place is known
-- @column distance: text -- how distances are measured: great_circle (km), approximate_time or travel_times (minutes)
-- @column distance_50: number -- distance within which half of the located revenue lies
-- @column distance_80: number -- likewise for 80 %
-- @column distance_95: number -- likewise for 95 %
-- @column penetration: ratio -- customers over households in the 80 % ring
-- @column potential_share: ratio -- sales over what the households could spend, in the 80 % ring
-- @column observed: money -- sales in the flows of the model
-- @column expected: money -- what the model expects of these days, the store's own effect included
-- @column predicted: money -- what it expects when nothing is known of the store's own sales
-- @column predicted_low_80: money -- 80 % interval of it
-- @column predicted_high_80: money -- 80 % interval of it
-- @column predicted_low_95: money -- 95 % interval of it
-- @column predicted_high_95: money -- 95 % interval of it
-- @column error: change -- predicted over observed, less 1; only of stores that were open two years before the end
-- @column network_loss: money -- what the network would lose in a year if the store closed
-- @column network_loss_low_80: money -- 80 % interval of it
-- @column network_loss_high_80: money -- 80 % interval of it
-- @column kept: ratio -- share of its revenue that other stores of the network would keep
with unit as (
    select coalesce(max(distance), (select max(measure) from store_catchments), 'great_circle') as distance from huff_models where chosen
),
ranked as (
    select
        store_catchments.*,
        coalesce(stores.name, store_catchments.store_id) as name,
        stores.region as store_region,
        stores.format,
        row_number() over (order by store_catchments.net_revenue desc, store_catchments.store_id) as rank
    from store_catchments
    left join stores on stores.store_id = store_catchments.store_id
    where store_catchments.years_ago = 0 and ($region is null or stores.region = $region)
)
select
    ranked.rank,
    ranked.store_id,
    ranked.name,
    ranked.store_region,
    ranked.format,
    ranked.net_revenue,
    nullif(ranked.customers, 0) as customers,
    unit.distance,
    ranked.distance_50,
    ranked.distance_80,
    ranked.distance_95,
    ranked.ring_customers / nullif(ranked.households, 0) as penetration,
    cast(ranked.ring_revenue as double) / nullif(ranked.spend_potential, 0) as potential_share,
    cast(huff_stores.observed as decimal(18, 2)) as observed,
    cast(huff_stores.expected as decimal(18, 2)) as expected,
    cast(huff_stores.predicted as decimal(18, 2)) as predicted,
    cast(huff_stores.predicted_low_80 as decimal(18, 2)) as predicted_low_80,
    cast(huff_stores.predicted_high_80 as decimal(18, 2)) as predicted_high_80,
    cast(huff_stores.predicted_low_95 as decimal(18, 2)) as predicted_low_95,
    cast(huff_stores.predicted_high_95 as decimal(18, 2)) as predicted_high_95,
    case when huff_stores.settled and huff_stores.observed > 0 then huff_stores.predicted / huff_stores.observed - 1 end as error,
    cast(huff_stores.network_loss as decimal(18, 2)) as network_loss,
    cast(huff_stores.network_loss_low_80 as decimal(18, 2)) as network_loss_low_80,
    cast(huff_stores.network_loss_high_80 as decimal(18, 2)) as network_loss_high_80,
    huff_stores.kept,
    nullif(ranked.ring_customers, 0) as ring_customers
from ranked
cross join unit
left join huff_stores on huff_stores.store_id = ranked.store_id
order by rank
limit coalesce($rows, 1000000)
