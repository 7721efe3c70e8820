-- Retention: of the customers of each quarter of first purchase, those who bought in each quarter since.
-- Quarters since are counted from the month of the first purchase: the first holds the three months after it, so that all
-- customers of a cohort have had as long. Quarters that the data do not hold for all of the cohort are left out; the last 12
-- cohorts are listed.
-- @param sales_channel: text = null -- sales channel of the first purchase: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @small customers by quarter_on: customers, counted, hidden = true, active_customers, active_share, repeat_share
-- @across sales_channel, region: everyone_won
-- @small active_customers by quarter_on, quarters_since: active_customers, active_share
-- @across sales_channel, region: everyone_won
-- @small repeat_customers by quarter_on: repeat_share
-- @across sales_channel, region: everyone_won
-- @column cohort_on: month -- first day of the quarter of the first purchase
-- @column quarters_since: number -- quarters since, from 1
-- @column customers: count -- customers of the cohort
-- @column counted: count -- the same in the cohort's first row alone, so that the column adds up to the customers
-- @column hidden: boolean -- whether customers are too few to show
-- @column active_customers: count -- those with a purchase in the quarter; empty when hidden
-- @column active_share: ratio -- their share; empty likewise
-- @column repeat_share: ratio -- share with a second purchase day within 12 months since; empty likewise, and before these are over
with
-- @with customers/everyone_won
newest as (
    select max(quarter_on) as quarter_on from cohort_calendar where quarter_followed >= 3
),
chosen as (
    select
        calendar.quarter_on,
        calendar.quarter_followed,
        cohorts.months_since,
        (cohorts.months_since + 2) / 3 as quarters_since,
        cohorts.customers,
        cohorts.active_in_quarter,
        cohorts.second_purchases
    from cohort_calendar as calendar
    inner join cohorts on cohorts.cohort_on = calendar.cohort_on
    where
        calendar.quarter_on > (select quarter_on from newest) - interval '36 months'
        and ($sales_channel is null or cohorts.first_channel = $sales_channel)
        and ($region is null or cohorts.region = $region)
),
sizes as (
    select
        quarter_on,
        quarter_followed,
        sum(customers) filter (where months_since = 0) as customers,
        sum(second_purchases) filter (where months_since <= 12) as repeat_customers
    from chosen
    group by quarter_on, quarter_followed
),
active as (
    select
        quarter_on,
        quarters_since,
        sum(active_in_quarter) as customers
    from chosen
    where months_since > 0 and 3 * quarters_since <= quarter_followed
    group by quarter_on, quarters_since
)
select
    active.quarter_on as cohort_on,
    active.quarters_since,
    sizes.customers,
    case when active.quarters_since = 1 then sizes.customers else 0 end as counted,
    false as hidden,
    active.customers as active_customers,
    cast(active.customers as double) / sizes.customers as active_share,
    case when sizes.quarter_followed >= 12 then cast(sizes.repeat_customers as double) / sizes.customers end as repeat_share,
    active.quarter_on,
    sizes.repeat_customers
from sizes
inner join active on active.quarter_on = sizes.quarter_on
order by cohort_on, quarters_since
