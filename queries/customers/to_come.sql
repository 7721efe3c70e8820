-- Customers won in each of the last 24 whole months, and those expected in the months to come. Whole company.
-- @small won by month, kind: observed, customers, low, high
-- @together per is_last_year
-- @column month: month -- first day of the month
-- @column kind: text -- measured or predicted
-- @column observed: count -- customers won, in months that were
-- @column expected: number -- customers expected, in months to come
-- @column customers: number -- one or the other
-- @column low: number -- lower end of the 95 % interval; on the last month that was, the customers won
-- @column high: number -- upper end of the 95 % interval; likewise
-- @column amount: money -- margin of the customers expected within 36 months, discounted at 8 % a year
-- @column acquisition_cost: money -- cost of winning them, discounted likewise; empty without costs
with observed as (
    select
        month,
        new_customers,
        row_number() over (order by month desc) as ago
    from new_customers_by_month
)
select
    month,
    'measured' as kind,
    new_customers as observed,
    cast(null as double) as expected,
    cast(new_customers as double) as customers,
    cast(case when ago = 1 then new_customers end as double) as low,
    cast(case when ago = 1 then new_customers end as double) as high,
    cast(null as decimal(18, 2)) as amount,
    cast(null as decimal(18, 2)) as acquisition_cost,
    ago <= 12 as is_last_year,
    new_customers as won
from observed
where ago <= 24
union all
select
    cohort_on as month,
    'predicted' as kind,
    cast(null as bigint) as observed,
    new_customers as expected,
    new_customers as customers,
    new_customers_low as low,
    new_customers_high as high,
    amount,
    acquisition_cost,
    false as is_last_year,
    0 as won
from customers_to_come
order by month
