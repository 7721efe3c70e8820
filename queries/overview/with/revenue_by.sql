-- Net revenue and orders by {of}, beside the same days a year before (minus 364 days), for one value of {other} or for all.
-- @argument of -- column by which sales are told apart: sales_channel or region
-- @argument other -- the other of the two, by whose parameter sales are chosen
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param {other}: text = null -- the one value of it that counts; all when absent
history as (
    select coalesce(min(first_on) <= $from_on - interval '364 days', false) as has_last_year
    from order_sources
),
sums as (
    select
        {of},
        coalesce(sum(net_revenue) filter (where ordered_on >= $from_on), 0) as net_revenue,
        coalesce(sum(net_revenue) filter (where ordered_on <= $to_on - interval '364 days'), 0) as last_year,
        coalesce(sum(orders) filter (where ordered_on >= $from_on), 0) as orders
    from sales_by_day
    where
        ordered_on between $from_on - interval '364 days' and $to_on
        and (${other} is null or {other} = ${other})
    group by {of}
)
