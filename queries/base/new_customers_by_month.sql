-- Customers won by month of their first purchase, in months that are whole; as for the models, of those won within the data where
-- they are a tenth at least: the ground of what is expected for the months to come.
-- @column month: month -- first day of the month
-- @column new_customers: count -- customers whose first purchase fell into it
with latest as (
    select
        first_on,
        whole_history,
        as_of_on
    from rfm
    where as_of_on = (select max(as_of_on) from rfm)
),
counted as (
    select
        10 * count(*) filter (where whole_history) >= count(*) as whole_only,
        (select first_on from as_of) as data_from_on
    from latest
)
select
    cast(date_trunc('month', latest.first_on) as date) as month,
    count(*) as new_customers
from counted
cross join latest
where
    (latest.whole_history or not counted.whole_only)
    and coalesce(cast(date_trunc('month', latest.first_on) as date) >= counted.data_from_on, true)
    and cast(date_trunc('month', latest.first_on) as date) + interval '1 month' <= latest.as_of_on + interval '1 day'
group by cast(date_trunc('month', latest.first_on) as date)
