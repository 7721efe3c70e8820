-- The finding of the page: how net revenue stands against the same days a year before (minus 364 days).
-- Cases: empty (no sale in the period), alone (the lake does not reach back a year), rise, rise_new (the driver sold nothing a
-- year before), fall, flat.
-- The change is called one only when it is at least 1 % and stands out of the usual play of the sales: with the
-- differences between each week and the same week a year before (days, for periods under eight weeks) as the sample, their
-- mean must lie more than two standard errors from zero, with at least four of them. Otherwise the case is flat.
-- The driver is the sales channel whose difference is largest in the direction of the change (for flat: largest in size).
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @column case: text -- empty, alone, rise, rise_new, fall or flat
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
    select coalesce(min(first_on) <= $from_on - interval '364 days', false) as has_last_year
    from order_sources
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
by_step as (
    select
        step,
        sales_channel,
        sum(net_revenue) as net_revenue,
        sum(last_year) as last_year
    from numbered
    group by step, sales_channel
),
marked as (
    -- Steps and channels in one pass over these few rows, so that sales are read once.
    select
        sales_channel,
        sum(net_revenue) over (partition by sales_channel) - sum(last_year) over (partition by sales_channel) as amount,
        sum(last_year) over (partition by sales_channel) as channel_last_year,
        cast(
            sum(net_revenue) over (partition by step) - sum(last_year) over (partition by step) as decimal(18, 2)
        ) as difference,
        row_number() over (partition by step order by sales_channel) = 1 as counts_for_step,
        net_revenue,
        last_year
    from by_step
),
facts as (
    -- Decimal sums, so that the result does not depend on the order of the rows.
    select
        count(*) filter (where counts_for_step) as samples,
        cast(count(*) filter (where counts_for_step) as double) as n,
        cast(sum(difference) filter (where counts_for_step) as double) as summed,
        cast(sum(difference * difference) filter (where counts_for_step) as double) as squares,
        coalesce(sum(net_revenue), 0) as net_revenue,
        coalesce(sum(last_year), 0) as last_year,
        first_value(sales_channel order by amount desc, sales_channel) as best_channel,
        first_value(amount order by amount desc, sales_channel) as best_amount,
        first_value(channel_last_year order by amount desc, sales_channel) as best_last_year,
        first_value(sales_channel order by amount asc, sales_channel) as worst_channel,
        first_value(amount order by amount asc, sales_channel) as worst_amount,
        first_value(channel_last_year order by amount asc, sales_channel) as worst_last_year
    from marked
),
judged as (
    select
        facts.*,
        summed / n
        / nullif(sqrt(greatest(squares - summed * summed / n, 0) / nullif(n - 1, 0) / n), 0) as standard_errors,
        case when has_last_year and facts.last_year > 0
            then cast(facts.net_revenue as double) / cast(facts.last_year as double) - 1
        end as change,
        has_last_year
    from facts
    cross join history
),
cases as (
    select
        *,
        case
            when net_revenue = 0 and last_year = 0 then 'empty'
            when change is null then 'alone'
            when change >= 0.01 and samples >= 4 and standard_errors > 2 and best_last_year <= 0 then 'rise_new'
            when change >= 0.01 and samples >= 4 and standard_errors > 2 then 'rise'
            when change <= -0.01 and samples >= 4 and standard_errors < -2 then 'fall'
            else 'flat'
        end as "case"
    from judged
),
driven as (
    select
        *,
        change is not null
        and ("case" in ('rise', 'rise_new') or ("case" = 'flat' and cast(best_amount as double) >= -cast(worst_amount as double))) as best,
        change is not null
        and ("case" = 'fall' or ("case" = 'flat' and cast(best_amount as double) < -cast(worst_amount as double))) as worst
    from cases
)
select
    "case",
    cast(net_revenue as decimal(18, 2)) as net_revenue,
    cast(case when has_last_year then last_year end as decimal(18, 2)) as last_year,
    change,
    cast(case when has_last_year then net_revenue - last_year end as decimal(18, 2)) as change_amount,
    case when best then best_channel when worst then worst_channel end as driver_channel,
    cast(case when best then best_amount when worst then worst_amount end as decimal(18, 2)) as driver_amount,
    case
        when best and best_last_year > 0 then cast(best_amount as double) / cast(best_last_year as double)
        when worst and worst_last_year > 0 then cast(worst_amount as double) / cast(worst_last_year as double)
    end as driver_change,
    samples,
    standard_errors
from driven
