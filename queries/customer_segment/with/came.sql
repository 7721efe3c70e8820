-- The customers of a segment by where they were 364 days before.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
came as (
    select
        coalesce(before, 'new') as origin,
        coalesce(before_rank, 7) as place,
        sum(customers) as customers,
        nullif(before_rank - after_rank, 0) as step
    from segment_moves
    where
        after = $segment
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or cohort_on = $cohort_on)
        and ($recency_score is null or recency_score = $recency_score)
        and ($frequency_score is null or frequency_score = $frequency_score)
    group by before, before_rank, after_rank
)
