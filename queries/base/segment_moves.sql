-- Where the customers of the as-of day were 364 days before: from which segment they moved to which. Empty without that day.
-- Grain: one row per customer.
-- @column cohort_on: month -- first day of the month of the first purchase
-- @column preferred_channel: text -- preferred channel of the customer on the as-of day
-- @column region: text -- region of the customer on the as-of day; empty when unknown
-- @column recency_score: number -- recency score on the as-of day, 1 (long ago) to 5 (lately)
-- @column frequency_score: number -- frequency score on the as-of day, 1 (once) to 5 (often)
-- @column before: text -- segment 364 days before; empty without a purchase by then
-- @column before_rank: number -- its place, from best to worst; empty likewise
-- @column after: text -- segment on the as-of day
-- @column after_rank: number -- its place
-- @column customers: count -- 1
with days as (
    select
        max(as_of_on) as as_of_on,
        min(as_of_on) as earlier_on
    from rfm
),
moves as (
    select
        cast(date_trunc('month', now.first_on) as date) as cohort_on,
        now.preferred_channel,
        now.region,
        now.recency_score,
        now.frequency_score,
        earlier.segment as before,
        now.segment as after,
        1 as customers
    from rfm as now
    left join rfm as earlier on earlier.customer_id = now.customer_id and earlier.as_of_on = (select earlier_on from days)
    where
        now.as_of_on = (select as_of_on from days)
        -- Without a year before, nobody can be called new.
        and now.as_of_on > (select earlier_on from days)
)
select
    moves.cohort_on,
    moves.preferred_channel,
    moves.region,
    moves.recency_score,
    moves.frequency_score,
    moves.before,
    ranks_before.segment_rank as before_rank,
    moves.after,
    ranks_after.segment_rank as after_rank,
    moves.customers
from moves
left join segment_ranks as ranks_before on ranks_before.segment = moves.before
inner join segment_ranks as ranks_after on ranks_after.segment = moves.after
