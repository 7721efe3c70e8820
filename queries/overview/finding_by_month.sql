-- The finding of the monthly figure: how many whole months lie above and below the same days a year before.
-- Cases: empty (no sale), alone (no month to compare), rise, fall, flat. With n whole months compared, a direction is
-- named only when the months above and below differ by more than twice the square root of n (sign test at two standard
-- deviations) or when all of at least three agree; else the case is flat. A month within 1 % counts on neither side.
-- @column case: text -- empty, alone, rise, fall or flat
-- @column months: count -- whole months compared
-- @column above: count -- months more than 1 % above
-- @column below: count -- months more than 1 % below
-- @column best_month: month -- month with the best change
-- @column best_change: change -- its change
-- @column worst_month: month -- month with the worst change
-- @column worst_change: change -- its change
-- @column largest_month: month -- month with the most revenue
-- @column largest_revenue: money -- its revenue
with history as (
    select min(first_on) as first_on from order_sources
),
-- @with overview/revenue_by_month
months as (
    select
        month,
        net_revenue,
        case
            when first_on <= month - interval '364 days'
                and month >= $from_on
                and month + interval '1 month' - interval '1 day' <= $to_on
                and last_year > 0
                then cast(net_revenue as double) / cast(last_year as double) - 1
        end as change
    from sums
    cross join history
),
counts as (
    select
        count(change) as months,
        count(*) filter (where change > 0.01) as above,
        count(*) filter (where change < -0.01) as below,
        first_value(month order by change desc nulls last, month) as best_month,
        max(change) as best_change,
        first_value(month order by change asc nulls last, month) as worst_month,
        min(change) as worst_change,
        first_value(month order by net_revenue desc, month) as largest_month,
        max(net_revenue) as largest_revenue
    from months
)
select
    case
        when largest_revenue is null then 'empty'
        when months = 0 then 'alone'
        when above - below > 2 * sqrt(months) or (above = months and months >= 3) then 'rise'
        when below - above > 2 * sqrt(months) or (below = months and months >= 3) then 'fall'
        else 'flat'
    end as "case",
    months,
    above,
    below,
    case when months > 0 then best_month end as best_month,
    best_change,
    case when months > 0 then worst_month end as worst_month,
    worst_change,
    largest_month,
    cast(largest_revenue as decimal(18, 2)) as largest_revenue
from counts
