-- Who moved from which segment to which, of the customers with a purchase on both days: the as-of day and 364 days before.
-- Grain: one row per combination that occurs.
-- @column cohort_on: month -- first day of the month of the first purchase
-- @column preferred_channel: text -- preferred channel of the customers on the as-of day
-- @column region: text -- region of the customers on the as-of day; empty when unknown
-- @column before: text -- segment 364 days before
-- @column before_rank: number -- its place, from best to worst
-- @column after: text -- segment on the as-of day
-- @column after_rank: number -- its place
-- @column customers: count -- customers
with days as (
    select max(as_of_on) as as_of_on from rfm
),
moves as (
    select
        cast(date_trunc('month', now.first_on) as date) as cohort_on,
        now.preferred_channel,
        now.region,
        earlier.segment as before,
        now.segment as after,
        count(*) as customers
    from rfm as now
    inner join rfm as earlier on earlier.customer_id = now.customer_id
    where
        now.as_of_on = (select as_of_on from days)
        and earlier.as_of_on < (select as_of_on from days)
    group by
        cast(date_trunc('month', now.first_on) as date),
        now.preferred_channel,
        now.region,
        earlier.segment,
        now.segment
)
select
    moves.cohort_on,
    moves.preferred_channel,
    moves.region,
    moves.before,
    ranks_before.segment_rank as before_rank,
    moves.after,
    ranks_after.segment_rank as after_rank,
    moves.customers
from moves
inner join segment_ranks as ranks_before on ranks_before.segment = moves.before
inner join segment_ranks as ranks_after on ranks_after.segment = moves.after
