-- Net revenue per region, beside the same days a year before (minus 364 days).
-- Shares are of all regions of the sales channel, whatever region is chosen. Orders without a known place come last.
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @column region: text -- region of the customer when ordering; empty when unknown
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column share: ratio -- share of the net revenue of all regions
-- @column last_year: money -- the same days a year before; empty where the lake does not reach back that far
-- @column last_year_share: ratio -- share a year before
-- @column change: change -- relative change
-- @column change_amount: money change -- difference
-- @column share_change: points -- difference of the shares
-- @column orders: count -- orders, refunds not counted
with history as (
    select coalesce(min(first_on) <= $from_on - interval '364 days', false) as has_last_year
    from order_sources
),
sums as (
    select
        region,
        coalesce(sum(net_revenue) filter (where ordered_on >= $from_on), 0) as net_revenue,
        coalesce(sum(net_revenue) filter (where ordered_on <= $to_on - interval '364 days'), 0) as last_year,
        coalesce(sum(orders) filter (where ordered_on >= $from_on), 0) as orders
    from sales_by_day
    where
        ordered_on between $from_on - interval '364 days' and $to_on
        and ($sales_channel is null or sales_channel = $sales_channel)
    group by region
),
figures as (
    select
        region,
        net_revenue,
        orders,
        cast(net_revenue as double) / nullif(greatest(cast(sum(net_revenue) over () as double), 0), 0) as share,
        case when has_last_year then last_year end as last_year,
        case when has_last_year
            then cast(last_year as double) / nullif(greatest(cast(sum(last_year) over () as double), 0), 0)
        end as last_year_share
    from sums
    cross join history
)
select
    region,
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    share,
    cast(last_year as decimal(18, 2)) as last_year,
    last_year_share,
    case when last_year > 0 then cast(net_revenue as double) / cast(last_year as double) - 1 end as change,
    cast(net_revenue - last_year as decimal(18, 2)) as change_amount,
    share - last_year_share as share_change,
    orders
from figures
where
    ($region is null or region = $region)
    and (net_revenue <> 0 or orders > 0 or coalesce(last_year, 0) <> 0)
order by region is null, net_revenue desc, region
