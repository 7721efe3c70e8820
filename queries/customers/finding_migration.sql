-- The finding of the migration: how many customers moved to a better segment, how many to a worse one.
-- Cases: none (nobody was there on both days), few (too few moved), moves.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @small customers by move in moved: customers
-- @across sales_channel, region, cohort_on: everyone_moving
-- @together
-- @column case: text -- none, few or moves
-- @column better: count -- customers in a better segment than 364 days before
-- @column worse: count -- customers in a worse one
-- @column stable: count -- customers in the same one
with
-- @with customers/everyone_moving
moved as (
    select
        kinds.move,
        coalesce(sum(found.customers), 0) as customers
    from (values ('better'), ('worse'), ('stable')) as kinds (move)
    left join (
        select move, customers
        from everyone_moving
        where
            before is not null
            and ($sales_channel is null or sales_channel = $sales_channel)
            and ($region is null or region = $region)
            and ($cohort_on is null or cohort_on = $cohort_on)
    ) as found on found.move = kinds.move
    group by kinds.move
),
found as (
    select
        max(customers) filter (where move = 'better') as better,
        max(customers) filter (where move = 'worse') as worse,
        max(customers) filter (where move = 'stable') as stable
    from moved
)
select
    case
        when better is null or worse is null then 'few'
        when better = 0 and worse = 0 and stable = 0 then 'none'
        else 'moves'
    end as "case",
    better,
    worse,
    stable
from found
