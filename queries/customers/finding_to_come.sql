-- The finding of the customers to come: those won in the last twelve whole months against those expected in the next twelve; in as
-- many months as there are when they are fewer.
-- Cases: none (nothing expected), few (too few won), as_many (those won lie within the bounds of the months expected, added up), more, fewer.
-- @small won: case = few, won
-- @column case: text -- none, few, as_many, more or fewer
-- @column won: count -- customers won in the last twelve whole months
-- @column expected: number -- customers expected in the next twelve
-- @column low: number -- lower bounds of the months, added up
-- @column high: number -- upper bounds of the months, added up
with observed as (
    select
        new_customers,
        row_number() over (order by month desc) as ago
    from new_customers_by_month
),
won as (
    select sum(new_customers) as won
    from observed
    where ago <= 12
),
coming as (
    select
        *,
        row_number() over (order by cohort_on) as place
    from customers_to_come
),
next_year as (
    -- Decimal, so that the sum does not depend on the order of the rows.
    select
        cast(sum(cast(new_customers as decimal(18, 6))) as double) as expected,
        cast(sum(cast(coalesce(new_customers_low, new_customers) as decimal(18, 6))) as double) as low,
        cast(sum(cast(coalesce(new_customers_high, new_customers) as decimal(18, 6))) as double) as high
    from coming
    -- As many months as were observed, when they are fewer.
    where place <= least(12, (select count(*) from observed))
)
select
    case
        when expected is null or won is null then 'none'
        when won between low and high then 'as_many'
        when expected > won then 'more'
        else 'fewer'
    end as "case",
    won,
    expected,
    low,
    high
from won
cross join next_year
