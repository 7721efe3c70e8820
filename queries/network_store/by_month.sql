-- Sales of a store per month, 24 months to the as-of day, beside the same days a year before (minus 364 days).
-- Months before its first sale and after its last one have no row. Last year counts in the month of the day 364 days later; it is empty
-- where the store, or the lake, had not begun.
-- @param store_id: text -- store
-- @param as_of: date -- last day that is complete
-- @column month: month -- first day of the month
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column last_year: money -- the same days a year before
-- @column change: change -- relative change
-- @column change_amount: money change -- difference
-- @column orders: count -- orders, refunds not counted
with bounds as (
    select
        min(ordered_on) as first_on,
        max(ordered_on) as last_on
    from sales_by_day
    where sales_channel = 'store' and store_id = $store_id and ordered_on <= $as_of
),
months as (
    select cast(month as date) as month
    from (
        select unnest(
            generate_series(
                cast(date_trunc('month', $as_of) - interval '23 months' as date), $as_of, interval '1 month'
            )
        ) as month
    )
),
days as (
    select ordered_on as day, net_revenue, orders, 0 as last_year
    from sales_by_day
    where
        sales_channel = 'store'
        and store_id = $store_id
        and ordered_on between cast(date_trunc('month', $as_of) - interval '23 months' as date) and $as_of
    union all
    select ordered_on + interval '364 days' as day, 0 as net_revenue, 0 as orders, net_revenue as last_year
    from sales_by_day
    where
        sales_channel = 'store'
        and store_id = $store_id
        and ordered_on + interval '364 days' between cast(date_trunc('month', $as_of) - interval '23 months' as date) and $as_of
),
sums as (
    select
        cast(date_trunc('month', day) as date) as month,
        sum(net_revenue) as net_revenue,
        sum(orders) as orders,
        sum(last_year) as last_year
    from days
    group by cast(date_trunc('month', day) as date)
),
figures as (
    select
        months.month,
        coalesce(sums.net_revenue, 0) as net_revenue,
        coalesce(sums.orders, 0) as orders,
        case when bounds.first_on <= months.month - interval '364 days' then coalesce(sums.last_year, 0) end as last_year
    from months
    cross join bounds
    left join sums on sums.month = months.month
    where
        months.month >= date_trunc('month', bounds.first_on)
        and months.month <= bounds.last_on
)
select
    month,
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    cast(last_year as decimal(18, 2)) as last_year,
    case when last_year > 0 then cast(net_revenue as double) / cast(last_year as double) - 1 end as change,
    cast(net_revenue - last_year as decimal(18, 2)) as change_amount,
    orders
from figures
order by month
