-- What the customers with a purchase are worth on the as-of day: value, interval, activity, concentration.
-- The value is residual: discounted expected margin of 36 months to come, at 8 % a year (revenue where no margin is known). The
-- interval adds up the bounds of the customers, which errs on the wide side: their errors have the same parameters in common.
-- Cases: none (no value was computed for these filters), hidden (too few customers), few (tenths are too small to show), value.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @small valued: case = hidden, clv, clv_low, clv_high, median_clv, mean_clv, top_decile_share, top_half_share
-- @across sales_channel, region, cohort_on: everyone_valued
-- @small tenth: case = few, top_decile_share, top_half_share
-- @small customers: customers, customers_change, p_alive, expected_orders, mean_expected_value
-- @across sales_channel, region, cohort_on: everyone
-- @small customers_last_year: customers_last_year, customers_change
-- @across sales_channel, region, cohort_on: everyone_before
-- @column case: text -- for findings: none, hidden, few or value; unbounded, where the value has no interval
-- @column clv: money -- value of present customers
-- @column clv_low: money -- lower end of its 95 % interval; empty where a customer has none
-- @column clv_high: money -- upper end of its 95 % interval
-- @column median_clv: money -- value of the customer in the middle
-- @column mean_clv: money -- mean value of a customer
-- @column p_alive: ratio -- mean probability to be still a customer
-- @column expected_orders: count -- purchase days expected within 365 days
-- @column mean_expected_value: money -- expected net revenue of a purchase to come
-- @column top_decile_share: ratio -- share of the value that the most valuable tenth of the customers carries; empty when few
-- @column top_half_share: ratio -- share that the more valuable half carries; empty when few
-- @column customers: count -- customers with a purchase
-- @column customers_last_year: count -- customers with a purchase 364 days before
-- @column customers_change: change -- against them
with
-- @with customers/everyone
-- @with customers/everyone_before
-- @with customers/everyone_valued
chosen as (
    select
        clv,
        clv_low,
        clv_high,
        -- Decimal, so that sums do not depend on the order of the rows.
        cast(p_alive as decimal(18, 9)) as p_alive,
        cast(expected_orders as decimal(18, 9)) as expected_orders,
        cast(expected_orders * cast(expected_value as double) as decimal(18, 6)) as expected_revenue,
        -- Customers of equal value are as good as each other here.
        row_number() over (order by clv desc) as place,
        count(*) over () as customers
    from customer_value
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
),
-- Counted apart from what they are worth, which may not be known.
counted as (
    select
        count(*) filter (where as_of_on = (select max(as_of_on) from rfm)) as customers,
        count(*) filter (where as_of_on < (select max(as_of_on) from rfm)) as customers_last_year
    from rfm
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
),
summed as (
    select
        sum(clv) as clv,
        -- Of all or of none: the bounds of some are not those of the sum.
        case when count(clv_high) = count(clv) then sum(clv_low) end as clv_low,
        case when count(clv_high) = count(clv) then sum(clv_high) end as clv_high,
        max(clv) filter (where place = (customers + 1) / 2) as median_clv,
        cast(sum(p_alive) as double) / nullif(count(*), 0) as p_alive,
        sum(expected_orders) as expected_orders,
        sum(expected_revenue) as expected_revenue,
        sum(clv) filter (where place <= (customers + 9) / 10) as top_decile,
        sum(clv) filter (where place <= (customers + 1) / 2) as top_half,
        count(*) as customers,
        count(clv) as valued
    from chosen
)
select
    case
        when summed.clv is null then 'none'
        when summed.clv_high is null then 'unbounded'
        else 'value'
    end as "case",
    cast(summed.clv as decimal(18, 2)) as clv,
    cast(summed.clv_low as decimal(18, 2)) as clv_low,
    cast(summed.clv_high as decimal(18, 2)) as clv_high,
    cast(summed.median_clv as decimal(18, 2)) as median_clv,
    cast(cast(summed.clv as double) / nullif(summed.customers, 0) as decimal(18, 2)) as mean_clv,
    summed.p_alive,
    cast(round(cast(summed.expected_orders as double)) as bigint) as expected_orders,
    cast(
        cast(summed.expected_revenue as double) / nullif(cast(summed.expected_orders as double), 0) as decimal(18, 2)
    ) as mean_expected_value,
    cast(summed.top_decile as double) / nullif(cast(summed.clv as double), 0) as top_decile_share,
    cast(summed.top_half as double) / nullif(cast(summed.clv as double), 0) as top_half_share,
    summed.valued,
    cast(summed.valued as double) / 10 as tenth,
    counted.customers,
    counted.customers_last_year,
    case when counted.customers_last_year > 0 then
        cast(counted.customers as double) / cast(counted.customers_last_year as double) - 1
    end as customers_change
from summed
cross join counted
