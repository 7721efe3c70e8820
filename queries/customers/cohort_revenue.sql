-- What a customer has brought since the first purchase: cumulated net revenue of a customer, by half-year of first purchase.
-- Measured, refunds taken off; customers who never came back count. Every half-year is listed as far as the data hold all of it,
-- and no farther than the one of the finding, which is the last that has been followed for 12 months; four before it at most. Half-years of too few customers are left out.
-- @param sales_channel: text = null -- sales channel of the first purchase: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @small cohort_customers by cohort_on in cumulated: is_shown = false
-- @across sales_channel, region: everyone_won_by_half
-- @column cohort_on: month -- first day of the half-year of the first purchase
-- @column half: number -- 1 or 2
-- @column year: text -- its year
-- @column half_year: text -- both, such as 2025-1
-- @column months_since: number -- months since that of the first purchase, which is 0
-- @column customers: count -- customers of the cohort
-- @column counted: count -- the same in the cohort's first row alone, so that the column adds up to the customers
-- @column net_revenue: money -- of a customer in the month
-- @column cumulative_revenue: money -- of a customer up to the month
-- @column focus_revenue: money -- the same for the half-year of the finding; empty for others
-- @column year_before_revenue: money -- the same for the half-year a year before it; empty for others
with
-- @with customers/everyone_won
everyone_won_by_half as (
    select
        half_on as cohort_on,
        sales_channel,
        region,
        customers as cohort_customers
    from everyone_won
),
focus as (
    -- The half-year of the finding: the last that has been followed for 12 months, else the longest followed one.
    select coalesce(max(half_on) filter (where half_followed >= 12), min(half_on)) as half_on
    from cohort_calendar
),
horizon as (
    select
        focus.half_on,
        min(calendar.half_followed) as months
    from focus
    inner join cohort_calendar as calendar on calendar.half_on = focus.half_on
    group by focus.half_on
),
monthly as (
    select
        calendar.half_on as cohort_on,
        calendar.half_on = horizon.half_on as is_focus,
        calendar.half_on = horizon.half_on - interval '12 months' as is_year_before,
        cohorts.months_since,
        sum(cohorts.customers) as customers,
        sum(cohorts.net_revenue) as net_revenue
    from cohort_calendar as calendar
    cross join horizon
    inner join cohorts on cohorts.cohort_on = calendar.cohort_on
    where
        calendar.half_on >= horizon.half_on - interval '24 months'
        and calendar.half_followed > 0
        and cohorts.months_since <= least(calendar.half_followed, horizon.months)
        and ($sales_channel is null or cohorts.first_channel = $sales_channel)
        and ($region is null or cohorts.region = $region)
    group by calendar.half_on, horizon.half_on, cohorts.months_since
),
cumulated as (
    select
        *,
        true as is_shown,
        first_value(customers) over so_far as cohort_customers,
        cast(sum(net_revenue) over so_far as double) as cumulative_revenue
    from monthly
    window so_far as (partition by cohort_on order by months_since)
)
select
    cohort_on,
    case when extract(month from cohort_on) = 1 then 1 else 2 end as half,
    cast(extract(year from cohort_on) as varchar) as year,
    cast(extract(year from cohort_on) as varchar) || case when extract(month from cohort_on) = 1 then '-1' else '-2' end
        as half_year,
    months_since,
    cohort_customers as customers,
    case when months_since = 0 then cohort_customers else 0 end as counted,
    cast(cast(net_revenue as double) / cohort_customers as decimal(18, 2)) as net_revenue,
    cast(cumulative_revenue / cohort_customers as decimal(18, 2)) as cumulative_revenue,
    cast(case when is_focus then cumulative_revenue / cohort_customers end as decimal(18, 2)) as focus_revenue,
    cast(case when is_year_before then cumulative_revenue / cohort_customers end as decimal(18, 2)) as year_before_revenue
from cumulated
where is_shown and cohort_customers > 0
order by cohort_on, months_since
