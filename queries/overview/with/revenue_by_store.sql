-- Net revenue and orders of each store, beside the same days a year before (minus 364 days).
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
history as (
    select coalesce(min(first_on) <= $from_on - interval '364 days', false) as has_last_year
    from order_sources
),
sums as (
    select
        store_id,
        coalesce(sum(net_revenue) filter (where ordered_on >= $from_on), 0) as net_revenue,
        coalesce(sum(net_revenue) filter (where ordered_on <= $to_on - interval '364 days'), 0) as last_year,
        coalesce(sum(orders) filter (where ordered_on >= $from_on), 0) as orders
    from sales_by_day
    where
        ordered_on between $from_on - interval '364 days' and $to_on
        and store_id is not null
        and sales_channel = 'store'
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
    group by store_id
)
