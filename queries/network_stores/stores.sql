-- Stores of the last 12 months: how far they draw, what the model says of them, what the network would lose without them.
-- A reach or a penetration of fewer than min_group_size customers is empty.
-- @param region: text = null -- region in which the store stands; all when absent
-- @param min_group_size: integer = 11 -- groups with fewer customers carry no figure; 0 hides none
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
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
    case when ranked.customers >= $min_group_size then ranked.customers end as customers,
    unit.distance,
    case when ranked.customers >= $min_group_size then ranked.distance_50 end as distance_50,
    case when ranked.customers >= $min_group_size then ranked.distance_80 end as distance_80,
    case when ranked.customers >= $min_group_size then ranked.distance_95 end as distance_95,
    case when ranked.ring_customers >= $min_group_size then ranked.ring_customers / nullif(ranked.households, 0) end as penetration,
    case
        when ranked.ring_customers >= $min_group_size
            then cast(ranked.ring_revenue as double) / nullif(ranked.spend_potential, 0)
    end as potential_share,
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
    huff_stores.kept
from ranked
cross join unit
left join huff_stores on huff_stores.store_id = ranked.store_id
order by ranked.rank
limit coalesce($rows, 1000000)
