-- How long the customers of each month of first purchase have been followed, and those of its quarter and half-year.
-- Months followed are whole months since; of a quarter or half-year those of its last month, so that all its customers have
-- been followed as long; below 0 while it is not over.
-- Grain: one row per month of first purchase.
-- @column cohort_on: month -- first day of the month
-- @column months_followed: number -- whole months since
-- @column quarter_on: month -- first day of its quarter
-- @column quarter_followed: number -- whole months since the quarter's last month
-- @column half_on: month -- first day of its half-year
-- @column half_followed: number -- whole months since the half-year's last month
with months as (
    select
        cohort_on,
        cast(extract(year from cohort_on) as integer) as year,
        cast(extract(month from cohort_on) as integer) as month,
        coalesce(max(months_since) filter (where whole), -1) as months_followed
    from cohorts
    group by cohort_on
)
select
    cohort_on,
    months_followed,
    make_date(year, month - (month - 1) % 3, 1) as quarter_on,
    months_followed - 2 + (month - 1) % 3 as quarter_followed,
    make_date(year, month - (month - 1) % 6, 1) as half_on,
    months_followed - 5 + (month - 1) % 6 as half_followed
from months
