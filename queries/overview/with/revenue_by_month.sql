-- Net revenue and orders by month, those of last year in the month of the day 364 days later.
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
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
)
