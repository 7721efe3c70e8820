-- Who moved from which segment to which, of the customers with a purchase on both days: the as-of day and 364 days before.
-- A sales channel or region is the customer's on the as-of day.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @small customers by before, after: customers
-- @across sales_channel, region, cohort_on: everyone_moving
-- @together
-- @column before: text -- segment 364 days before
-- @column before_rank: number -- its place, from best to worst
-- @column after: text -- segment on the as-of day
-- @column after_rank: number -- its place
-- @column customers: count -- customers
with
-- @with customers/everyone_moving
moved as (
    select
        before,
        before_rank,
        after,
        after_rank,
        sum(customers) as customers
    from segment_moves
    where
        before is not null
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or cohort_on = $cohort_on)
    group by before, before_rank, after, after_rank
)
select
    before,
    before_rank,
    after,
    after_rank,
    customers
from moved
order by before_rank, after_rank
