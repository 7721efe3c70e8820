-- Net revenue per month, beside the same days a year before (minus 364 days).
-- Every month of the period has a row. Last year's revenue is counted in the month of the day 364 days later, so that both
-- bars of a month hold the same days of the week; it is empty where the lake does not reach back that far.
-- @column month: month -- first day of the month
-- @column whole: boolean -- whether the period holds the whole month
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column last_year: money -- the same days a year before
-- @column change: change -- relative change
-- @column change_amount: money change -- difference
-- @column orders: count -- orders, refunds not counted
-- @column orders_last_year: count -- the same days a year before
with
-- @with overview/months
-- @with overview/revenue_by_month
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
