-- The finding of the migration: how many customers moved to a better segment, how many to a worse one.
-- Cases: none (nobody was there on both days), moves.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @column case: text -- none or moves
-- @column better: count -- customers in a better segment than 364 days before
-- @column worse: count -- customers in a worse one
-- @column stable: count -- customers in the same one
select
    case when sum(customers) > 0 then 'moves' else 'none' end as "case",
    coalesce(sum(customers) filter (where after_rank < before_rank), 0) as better,
    coalesce(sum(customers) filter (where after_rank > before_rank), 0) as worse,
    coalesce(sum(customers) filter (where after_rank = before_rank), 0) as stable
from segment_moves
where
    before is not null
    and ($sales_channel is null or preferred_channel = $sales_channel)
    and ($region is null or region = $region)
    and ($cohort_on is null or cohort_on = $cohort_on)
