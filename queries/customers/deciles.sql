-- Concentration: customers by value in ten groups of equal size, the most valuable first.
-- The interval adds up the bounds of the customers, as in `customers/indicators`. No rows when a tenth has too few customers.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @small tenth in size: is_shown = false
-- @small valued in size: is_shown = false
-- @across sales_channel, region, cohort_on: everyone_valued
-- @column decile: number -- 1 (most valuable) to 10
-- @column customers: count -- customers
-- @column customers_share: ratio -- share of the customers from the first group on: their share of the value, were all alike
-- @column clv: money -- their value
-- @column clv_low: money -- lower end of its 95 % interval
-- @column clv_high: money -- upper end of its 95 % interval
-- @column clv_share: ratio -- its share of the value of all
-- @column cumulative_share: ratio -- share of the value from the first group on
-- @column mean_clv: money -- mean value of a customer
with
-- @with customers/everyone_valued
ranked as (
    select
        clv,
        clv_low,
        clv_high,
        count(*) over () as all_customers,
        -- Numbers sort much faster than ids, and customers who are alike in all three are as good as each other.
        row_number() over (order by clv desc, clv_low desc, clv_high desc) as place
    from customer_value
    where
        clv is not null
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
),
size as (
    select
        true as is_shown,
        count(*) as valued,
        cast(count(*) as double) / 10 as tenth
    from ranked
),
sums as (
    select
        1 + 10 * (cast(place as bigint) - 1) / all_customers as decile,
        count(*) as customers,
        sum(clv) as clv,
        case when count(clv_high) = count(clv) then sum(clv_low) end as clv_low,
        case when count(clv_high) = count(clv) then sum(clv_high) end as clv_high
    from ranked
    where (select is_shown from size)
    group by 1 + 10 * (cast(place as bigint) - 1) / all_customers
)
select
    decile,
    customers,
    cast(sum(customers) over so_far as double) / sum(customers) over () as customers_share,
    cast(clv as decimal(18, 2)) as clv,
    cast(clv_low as decimal(18, 2)) as clv_low,
    cast(clv_high as decimal(18, 2)) as clv_high,
    cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share,
    cast(sum(clv) over so_far as double) / nullif(cast(sum(clv) over () as double), 0) as cumulative_share,
    cast(cast(clv as double) / customers as decimal(18, 2)) as mean_clv
from sums
window so_far as (order by decile)
order by decile
