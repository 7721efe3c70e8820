-- The finding of the largest stores: how much of the revenue of stores they make.
-- Cases: empty (no store with sales), few (no more than twice those shown: the largest alone is named), head (more).
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @param top: integer = 20 -- how many stores are shown
-- @column case: text -- empty, few or head
-- @column stores: count -- stores with sales in the period
-- @column shown: count -- stores shown
-- @column share: ratio -- their share of the revenue of all stores
-- @column largest: text -- store with the most revenue
-- @column largest_revenue: money -- its revenue
with sums as (
    select
        store_id,
        sum(net_revenue) as net_revenue
    from sales_by_day
    where
        ordered_on between $from_on and $to_on
        and store_id is not null
        and sales_channel = 'store'
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
    group by store_id
),
ranked as (
    select
        coalesce(stores.name, sums.store_id) as name,
        sums.net_revenue,
        row_number() over (order by sums.net_revenue desc, sums.store_id) as rank_by_revenue
    from sums
    left join stores on stores.store_id = sums.store_id
),
facts as (
    select
        count(*) as stores,
        least(count(*), $top) as shown,
        sum(net_revenue) as net_revenue,
        sum(net_revenue) filter (where rank_by_revenue <= $top) as top_revenue,
        max(name) filter (where rank_by_revenue = 1) as largest,
        sum(net_revenue) filter (where rank_by_revenue = 1) as largest_revenue
    from ranked
)
select
    case
        when coalesce(net_revenue, 0) <= 0 then 'empty'
        when stores <= 2 * $top then 'few'
        else 'head'
    end as "case",
    stores,
    shown,
    cast(top_revenue as double) / nullif(cast(net_revenue as double), 0) as share,
    largest,
    cast(largest_revenue as decimal(18, 2)) as largest_revenue
from facts
