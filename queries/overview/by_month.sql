-- Net revenue per month, beside the same days a year before (minus 364 days).
-- Every month of the period has a row. Last year's revenue is counted in the month of the day 364 days later, so that both
-- bars of a month hold the same days of the week; it is empty where the lake does not reach back that far.
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @column month: month -- first day of the month
-- @column whole: boolean -- whether the period holds the whole month
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column last_year: money -- the same days a year before
-- @column change: change -- relative change
-- @column change_amount: money change -- difference
-- @column orders: count -- orders, refunds not counted
-- @column orders_last_year: count -- the same days a year before
with history as (
    select min(first_on) as first_on from order_sources
),
months as (
    select cast(month as date) as month
    from (
        select unnest(
            generate_series(cast(date_trunc('month', $from_on) as date), $to_on, interval '1 month')
        ) as month
    )
),
days as (
    select ordered_on as day, net_revenue, orders, 0 as last_year, 0 as orders_last_year
    from sales_by_day
    where
        ordered_on between $from_on and $to_on
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
    union all
    select
        ordered_on + interval '364 days' as day,
        0 as net_revenue,
        0 as orders,
        net_revenue as last_year,
        orders as orders_last_year
    from sales_by_day
    where
        ordered_on between $from_on - interval '364 days' and $to_on - interval '364 days'
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
),
sums as (
    select
        cast(date_trunc('month', day) as date) as month,
        sum(net_revenue) as net_revenue,
        sum(orders) as orders,
        sum(last_year) as last_year,
        sum(orders_last_year) as orders_last_year
    from days
    group by cast(date_trunc('month', day) as date)
),
figures as (
    select
        months.month,
        months.month >= $from_on and months.month + interval '1 month' - interval '1 day' <= $to_on as whole,
        coalesce(sums.net_revenue, 0) as net_revenue,
        coalesce(sums.orders, 0) as orders,
        case when first_on <= greatest(months.month, $from_on) - interval '364 days'
            then coalesce(sums.last_year, 0)
        end as last_year,
        case when first_on <= greatest(months.month, $from_on) - interval '364 days'
            then coalesce(sums.orders_last_year, 0)
        end as orders_last_year
    from months
    cross join history
    left join sums on sums.month = months.month
)
select
    month,
    whole,
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    cast(last_year as decimal(18, 2)) as last_year,
    case when last_year > 0 then cast(net_revenue as double) / cast(last_year as double) - 1 end as change,
    cast(net_revenue - last_year as decimal(18, 2)) as change_amount,
    orders,
    orders_last_year
from figures
order by month
