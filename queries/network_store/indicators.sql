-- A store: what it sells, how far it draws, what the model says of it. One row for any store.
-- Groups of too few customers carry no figure. Cases: closed (no sale in the 12 months), few (too few located customers
-- for a reach), reach.
-- @param store_id: text -- store
-- @param as_of: date -- last day that is complete
-- @small customers in reach: customers, distance_50, distance_80, distance_95
-- @small ring_customers in reach: ring_customers, ring_revenue
-- @small customers in before: distance_80
-- @column case: text -- closed, few or reach
-- @column name: text -- name of the store; its id when it has none
-- @column store_region: text -- region in which it stands
-- @column sales_area_m2: m2 -- sales area
-- @column net_revenue: money -- sales of the 12 months to the as-of day
-- @column last_year: money -- the same days a year before, where the store sold then
-- @column change: change -- relative change
-- @column observed_from: date -- first day of the 12 months of the catchment
-- @column observed_to: date -- last day of them
-- @column customers: count -- customers whose place is known
-- @column located_share: ratio -- share of the sales whose place is known
-- @column distance: text -- how distances are measured: great_circle (km), approximate_time or travel_times (minutes)
-- @column distance_50: number -- distance within which half of the located revenue lies
-- @column distance_80: number -- likewise for 80 %
-- @column distance_95: number -- likewise for 95 %
-- @column distance_80_before: number -- likewise for 80 % in the 12 months before; empty where the lake has not all of them
-- @column penetration: ratio -- customers over households in the 80 % ring
-- @column potential_share: ratio -- sales over what the households could spend, in the 80 % ring
-- @column observed: money -- sales in the flows of the model
-- @column predicted: money -- what the model expects of these days when nothing is known of the store's own sales
-- @column low_80: money -- 80 % interval of it
-- @column high_80: money -- 80 % interval of it
-- @column error: change -- predicted over observed, less 1
-- @column annual_revenue: money -- expected of a year with the network as it is
-- @column network_loss: money -- what the network would lose in a year if the store closed
-- @column network_loss_low_80: money -- 80 % interval of it
-- @column network_loss_high_80: money -- 80 % interval of it
-- @column kept: ratio -- share of its revenue that other stores of the network would keep
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
-- @column fitted_error: ratio -- mean error of the fit itself
with
-- @with network_store/chosen_model
sales as (
    select
        sum(net_revenue) filter (where ordered_on > $as_of - interval '12 months') as net_revenue,
        sum(net_revenue) filter (
            where ordered_on > $as_of - interval '12 months' - interval '364 days' and ordered_on <= $as_of - interval '364 days'
        ) as last_year,
        min(ordered_on) as first_on
    from sales_by_day
    where sales_channel = 'store' and store_id = $store_id and ordered_on <= $as_of
),
named as (
    select
        $store_id as store_id,
        coalesce(max(stores.name), $store_id) as name,
        max(stores.region) as store_region,
        max(stores.sales_area_m2) as sales_area_m2
    from stores
    where stores.store_id = $store_id
),
lake as (
    select min(first_on) as first_on from order_sources
),
reach as (
    select *
    from store_catchments
    where store_id = $store_id and years_ago = 0
),
before as (
    select
        max(distance_80) as distance_80,
        coalesce(max(customers), 0) as customers
    from store_catchments
    where store_id = $store_id and years_ago = 1
),
figures as (
    select
        named.name,
        named.store_region,
        named.sales_area_m2,
        sales.net_revenue,
        -- A year before is whole only when the store and the lake had begun.
        case
            when
                sales.first_on <= $as_of - interval '12 months' - interval '363 days'
                and lake.first_on <= $as_of - interval '12 months' - interval '363 days'
                then sales.last_year
        end as last_year,
        reach.store_id as reached,
        reach.observed_from,
        reach.observed_to,
        reach.customers,
        cast(reach.located_revenue as double) / nullif(cast(reach.net_revenue as double), 0) as located_share,
        reach.distance_50,
        reach.distance_80,
        reach.distance_95,
        before.distance_80 as distance_80_before,
        reach.ring_customers / nullif(reach.households, 0) as penetration,
        cast(reach.ring_revenue as double) / nullif(reach.spend_potential, 0) as potential_share
    from named
    cross join sales
    cross join lake
    cross join before
    left join reach on reach.store_id = named.store_id
)
select
    case
        when coalesce(figures.net_revenue, 0) <= 0 then 'closed'
        when figures.reached is null or figures.distance_80 is null then 'few'
        else 'reach'
    end as "case",
    figures.name,
    figures.store_region,
    figures.sales_area_m2,
    cast(coalesce(figures.net_revenue, 0) as decimal(18, 2)) as net_revenue,
    cast(figures.last_year as decimal(18, 2)) as last_year,
    case
        when figures.last_year > 0
            then cast(coalesce(figures.net_revenue, 0) as double) / cast(figures.last_year as double) - 1
    end as change,
    figures.observed_from,
    figures.observed_to,
    figures.customers,
    figures.located_share,
    model.distance,
    figures.distance_50,
    figures.distance_80,
    figures.distance_95,
    figures.distance_80_before,
    figures.penetration,
    figures.potential_share,
    cast(huff_stores.observed as decimal(18, 2)) as observed,
    cast(huff_stores.predicted as decimal(18, 2)) as predicted,
    cast(huff_stores.predicted_low_80 as decimal(18, 2)) as low_80,
    cast(huff_stores.predicted_high_80 as decimal(18, 2)) as high_80,
    case when huff_stores.observed > 0 then huff_stores.predicted / huff_stores.observed - 1 end as error,
    cast(huff_stores.annual_revenue as decimal(18, 2)) as annual_revenue,
    cast(huff_stores.network_loss as decimal(18, 2)) as network_loss,
    cast(huff_stores.network_loss_low_80 as decimal(18, 2)) as network_loss_low_80,
    cast(huff_stores.network_loss_high_80 as decimal(18, 2)) as network_loss_high_80,
    huff_stores.kept,
    model.mean_error,
    model.fitted_error
from figures
cross join model
left join huff_stores on huff_stores.store_id = $store_id
