-- Active customers: by how many their number changes on each day.
-- A customer is active on a day who ordered in the 12 months that end with the day. The number of active
-- customers of a day is the sum of all changes up to it, so that any day is exact without counting customers again: each
-- order makes its customer active until the next such order or until 12 months have passed, whichever is first.
-- Grain: one row per day with a change.
-- @sorted changed_on
-- @column changed_on: date -- first day on which the new number holds
-- @column change: count change -- customers who become active less customers who cease to be
with bought as (
    select
        0 as cohort,
        customer_number,
        ordered_on
    from sales
    where orders = 1 and customer_number is not null
),
-- @with rollup/changes
select
    changed_on,
    change
from sums
where change <> 0
