-- The finding of a store's months: how many of the last 12 are above last year.
-- Cases: empty (no sale), alone (no month with a year before), rise, fall, flat. A direction is named only when the months above and
-- below differ by more than twice the square root of their number: the sign test at two standard deviations.
-- @param store_id: text -- store
-- @param as_of: date -- last day that is complete
-- @column case: text -- empty, alone, rise, fall or flat
-- @column months: count -- months compared
-- @column above: count -- months above last year
-- @column below: count -- months below last year
-- @column change: change -- relative change of all of them together
-- @column largest_month: month -- month with the most sales
-- @column largest_revenue: money -- its sales
with days as (
    select ordered_on as day, net_revenue, 0 as last_year
    from sales_by_day
    where
        sales_channel = 'store'
        and store_id = $store_id
        and ordered_on between cast(date_trunc('month', $as_of) - interval '11 months' as date) and $as_of
    union all
    select ordered_on + interval '364 days' as day, 0 as net_revenue, net_revenue as last_year
    from sales_by_day
    where
        sales_channel = 'store'
        and store_id = $store_id
        and ordered_on + interval '364 days' between cast(date_trunc('month', $as_of) - interval '11 months' as date) and $as_of
),
history as (
    select min(ordered_on) as first_on
    from sales_by_day
    where sales_channel = 'store' and store_id = $store_id and ordered_on <= $as_of
),
sums as (
    select
        cast(date_trunc('month', day) as date) as month,
        sum(net_revenue) as net_revenue,
        sum(last_year) as last_year
    from days
    group by cast(date_trunc('month', day) as date)
),
compared as (
    select
        sums.month,
        sums.net_revenue,
        case
            when history.first_on <= sums.month - interval '364 days' and sums.last_year > 0 then sums.last_year
        end as last_year
    from sums
    cross join history
),
counts as (
    select
        sum(net_revenue) as net_revenue,
        count(last_year) as months,
        count(*) filter (where net_revenue > last_year) as above,
        count(*) filter (where net_revenue < last_year) as below,
        cast(sum(net_revenue) filter (where last_year is not null) as double)
        / nullif(cast(sum(last_year) as double), 0) - 1 as change,
        first_value(month order by net_revenue desc, month) as largest_month,
        max(net_revenue) as largest_revenue
    from compared
)
select
    case
        when coalesce(net_revenue, 0) <= 0 then 'empty'
        when months = 0 then 'alone'
        when above - below > 2 * sqrt(months) then 'rise'
        when below - above > 2 * sqrt(months) then 'fall'
        else 'flat'
    end as "case",
    months,
    above,
    below,
    change,
    largest_month,
    cast(largest_revenue as decimal(18, 2)) as largest_revenue
from counts
