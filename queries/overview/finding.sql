-- The finding of the page: how net revenue stands against the same days a year before (minus 364 days).
-- Cases: empty (no sale in the period), alone (the lake does not reach back a year), rise, fall, flat.
-- The change is called one only when it is at least 1 % and stands out of the usual play of the sales: with the
-- differences between each week and the same week a year before (days, for periods under eight weeks) as the sample, their
-- mean must lie more than two standard errors from zero, with at least four of them. Otherwise the case is flat.
-- The driver is the sales channel whose difference is largest in the direction of the change (for flat: largest in size).
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @column case: text -- empty, alone, rise, fall or flat
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column last_year: money -- the same days a year before
-- @column change: change -- relative change
-- @column change_amount: money change -- difference
-- @column driver_channel: text -- sales channel that carries the change
-- @column driver_amount: money change -- its difference
-- @column driver_change: change -- its relative change
-- @column samples: count -- weeks or days compared
-- @column standard_errors: number -- distance of the mean difference from zero, in standard errors
with history as (
    select coalesce(min(ordered_on) <= $from_on - interval '364 days', false) as has_last_year
    from sales_by_day
),
days as (
    select ordered_on as day, sales_channel, net_revenue, 0 as last_year
    from sales_by_day
    where
        ordered_on between $from_on and $to_on
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
    union all
    select
        ordered_on + interval '364 days' as day,
        sales_channel,
        0 as net_revenue,
        net_revenue as last_year
    from sales_by_day
    where
        ordered_on between $from_on - interval '364 days' and $to_on - interval '364 days'
        and ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
),
numbered as (
    select
        *,
        (cast(day as integer) - cast($from_on as integer))
        / case when cast($to_on as integer) - cast($from_on as integer) < 56 then 1 else 7 end as step
    from days
),
steps as (
    select cast(sum(net_revenue) - sum(last_year) as decimal(18, 2)) as difference
    from numbered
    group by step
),
sums as (
    -- Decimal sums, so that the result does not depend on the order of the rows.
    select
        count(*) as samples,
        cast(count(*) as double) as n,
        cast(sum(difference) as double) as total,
        cast(sum(difference * difference) as double) as squares
    from steps
),
sample as (
    select
        samples,
        total / n / nullif(sqrt(greatest(squares - total * total / n, 0) / nullif(n - 1, 0) / n), 0) as standard_errors
    from sums
),
totals as (
    select
        coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(last_year), 0) as last_year
    from days
),
judged as (
    select
        totals.net_revenue,
        case when has_last_year then totals.last_year end as last_year,
        case when has_last_year and totals.last_year > 0
            then cast(totals.net_revenue as double) / cast(totals.last_year as double) - 1
        end as change,
        samples,
        standard_errors
    from totals
    cross join sample
    cross join history
),
cases as (
    select
        *,
        case
            when net_revenue = 0 and coalesce(last_year, 0) = 0 then 'empty'
            when change is null then 'alone'
            when change >= 0.01 and samples >= 4 and standard_errors > 2 then 'rise'
            when change <= -0.01 and samples >= 4 and standard_errors < -2 then 'fall'
            else 'flat'
        end as "case"
    from judged
),
channels as (
    select
        sales_channel,
        sum(net_revenue) - sum(last_year) as amount,
        case when sum(last_year) > 0 then cast(sum(net_revenue) as double) / cast(sum(last_year) as double) - 1
        end as change
    from days
    group by sales_channel
),
ranked as (
    select
        channels.*,
        row_number() over (
            order by
                case cases."case"
                    when 'rise' then cast(amount as double)
                    when 'fall' then -cast(amount as double)
                    else abs(cast(amount as double))
                end desc,
                sales_channel
        ) as place
    from channels
    cross join cases
)
select
    cases."case",
    cast(cases.net_revenue as decimal(18, 2)) as net_revenue,
    cast(cases.last_year as decimal(18, 2)) as last_year,
    cases.change,
    cast(cases.net_revenue - cases.last_year as decimal(18, 2)) as change_amount,
    case when cases.change is not null then ranked.sales_channel end as driver_channel,
    cast(case when cases.change is not null then ranked.amount end as decimal(18, 2)) as driver_amount,
    case when cases.change is not null then ranked.change end as driver_change,
    cases.samples,
    cases.standard_errors
from cases
left join ranked on ranked.place = 1
