-- Customers won by month of their first purchase, in months that are whole: the ground of what is expected for the months to come.
-- @column month: month -- first day of the month
-- @column new_customers: count -- customers whose first purchase fell into it
with latest as (
    select
        first_on,
        max(as_of_on) over () as as_of_on
    from rfm
    where as_of_on = (select max(as_of_on) from rfm)
)
select
    cast(date_trunc('month', first_on) as date) as month,
    count(*) as new_customers
from latest
where cast(date_trunc('month', first_on) as date) + interval '1 month' <= as_of_on + interval '1 day'
group by cast(date_trunc('month', first_on) as date)
