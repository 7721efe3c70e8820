-- Active customers: by how many their number changes on each day.
-- A customer is active on a day who ordered in the 12 months that end with the day. The number of active
-- customers of a day is the sum of all changes up to it, so that any day is exact without counting customers again: each
-- order makes its customer active until the next such order or until 12 months have passed, whichever is first.
-- Grain: one row per day with a change.
-- @sorted changed_on
-- @column changed_on: date -- first day on which the new number holds
-- @column change: count change -- customers who become active less customers who cease to be
with purchases as (
    select
        ordered_on,
        lead(ordered_on) over (partition by customer_number order by ordered_on) as next_on,
        ordered_on + interval '12 months' as year_later_on
    from sales
    where orders = 1 and customer_number is not null
),
changes as (
    select
        ordered_on as changed_on,
        1 as change
    from purchases
    union all
    select
        least(
            next_on,
            -- 29 February plus 12 months is 28 February, on which the order is still within 12 months.
            case
                when year_later_on - interval '12 months' < ordered_on then year_later_on + interval '1 day'
                else year_later_on
            end
        ) as changed_on,
        -1 as change
    from purchases
)
select
    changed_on,
    sum(change) as change
from changes
group by changed_on
having sum(change) <> 0
