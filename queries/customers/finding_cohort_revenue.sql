-- The finding of the cumulated revenue: what a customer has brought within 12 months, beside one won a year before.
-- Of the last half-year of first purchase that has been followed for 12 months. Cases: none (there is none), alone (no half-year
-- a year before), more, less, same. A direction is named when each month's customers lie on the same side of those of the same
-- month a year before: with six months a sign test at 3 %; with fewer none is named.
-- @param sales_channel: text = null -- sales channel of the first purchase: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @small customers in facts: customers, revenue
-- @across sales_channel, region: everyone_compared
-- @small customers_before in facts: customers_before, revenue_before
-- @across sales_channel, region: everyone_compared
-- @column case: text -- none, alone, more, less or same
-- @column half: number -- 1 or 2
-- @column year: text -- year of the half-year
-- @column year_before: text -- the year before
-- @column months_since: number -- 12, the months since the first purchase that are compared
-- @column customers: count -- customers with their first purchase in the half-year
-- @column revenue: money -- net revenue of a customer within 12 months since
-- @column revenue_before: money -- that of the half-year a year before
-- @column change: change -- against it
with focus as (
    select
        max(half_on) filter (where half_followed >= 12) as half_on,
        min(cohort_on) as first_on
    from cohort_calendar
),
compared as (
    select
        focus.half_on,
        focus.first_on <= focus.half_on - interval '12 months' as has_before,
        calendar.half_on = focus.half_on as is_focus,
        extract(month from cohorts.cohort_on) as month,
        cohorts.first_channel as sales_channel,
        cohorts.region,
        case when cohorts.months_since = 0 then cohorts.customers else 0 end as customers,
        cohorts.net_revenue
    from focus
    inner join cohort_calendar as calendar
        on calendar.half_on = focus.half_on or calendar.half_on = focus.half_on - interval '12 months'
    inner join cohorts on cohorts.cohort_on = calendar.cohort_on
    where cohorts.months_since <= 12
),
everyone_compared as (
    select
        sales_channel,
        region,
        case when is_focus then customers else 0 end as customers,
        case when is_focus then 0 else customers end as customers_before
    from compared
),
chosen as (
    select *
    from compared
    where
        ($sales_channel is null or sales_channel = $sales_channel)
        and ($region is null or region = $region)
),
paired as (
    select
        max(half_on) as half_on,
        bool_and(has_before) as has_before,
        sum(customers) filter (where is_focus) as customers,
        sum(net_revenue) filter (where is_focus) as net_revenue,
        sum(customers) filter (where not is_focus) as customers_before,
        sum(net_revenue) filter (where not is_focus) as net_revenue_before
    from chosen
    group by month
),
facts as (
    select
        max(half_on) as half_on,
        bool_and(has_before) as has_before,
        coalesce(sum(customers), 0) as customers,
        cast(sum(net_revenue) as double) / nullif(sum(customers), 0) as revenue,
        coalesce(sum(customers_before), 0) as customers_before,
        cast(sum(net_revenue_before) as double) / nullif(sum(customers_before), 0) as revenue_before,
        count(*) filter (where net_revenue * customers_before > net_revenue_before * customers) as above,
        count(*) filter (where net_revenue * customers_before < net_revenue_before * customers) as below
    from paired
),
shown as (
    select
        half_on,
        customers,
        revenue,
        case when has_before then revenue_before end as revenue_before,
        above,
        below
    from facts
    where customers > 0
)
select
    case
        when count(*) = 0 then 'none'
        when max(revenue_before) is null then 'alone'
        when max(above) = 6 then 'more'
        when max(below) = 6 then 'less'
        else 'same'
    end as "case",
    case extract(month from max(half_on)) when 1 then 1 when 7 then 2 end as half,
    cast(extract(year from max(half_on)) as varchar) as year,
    cast(extract(year from max(half_on)) - 1 as varchar) as year_before,
    case when count(*) > 0 then 12 end as months_since,
    max(customers) as customers,
    cast(max(revenue) as decimal(18, 2)) as revenue,
    cast(max(revenue_before) as decimal(18, 2)) as revenue_before,
    case when max(revenue_before) > 0 then max(revenue) / max(revenue_before) - 1 end as change
from shown
