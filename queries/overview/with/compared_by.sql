-- The revenue of each {of} of `sums`, its share and how it compares with the year before.
-- @argument of -- column by which sales are told apart
figures as (
    select
        {of},
        net_revenue,
        orders,
        cast(net_revenue as double) / nullif(greatest(cast(sum(net_revenue) over () as double), 0), 0) as share,
        case when has_last_year then last_year end as last_year,
        case when has_last_year
            then cast(last_year as double) / nullif(greatest(cast(sum(last_year) over () as double), 0), 0)
        end as last_year_share
    from sums
    cross join history
),
compared as (
    select
        {of},
        cast(net_revenue as decimal(18, 2)) as net_revenue,
        share,
        cast(last_year as decimal(18, 2)) as last_year,
        last_year_share,
        case when last_year > 0 then cast(net_revenue as double) / cast(last_year as double) - 1 end as change,
        cast(net_revenue - last_year as decimal(18, 2)) as change_amount,
        share - last_year_share as share_change,
        orders
    from figures
)
