-- The finding of the origins: how many were in the segment already, and where most of the others came from.
-- Cases: none (no customer, or no year before); else the larger two of stayed (there already), new (no customers yet) and moved
-- (from another segment), such as stayed_new.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
-- @column case: text -- none, or the larger two of the groups: stayed_new, stayed_moved, new_stayed, new_moved, moved_stayed, moved_new
-- @column stay_share: ratio -- share of those who were in the segment already
-- @column new_share: ratio -- share of those who were no customers yet
-- @column origin: text -- where most of the others came from, new ones aside
-- @column origin_share: ratio -- their share
with shares as (
    select
        coalesce(before, 'new') as origin,
        coalesce(before_rank, 7) as place,
        cast(sum(customers) as double) / sum(sum(customers)) over () as share
    from segment_moves
    where
        after = $segment
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or cohort_on = $cohort_on)
        and ($recency_score is null or recency_score = $recency_score)
        and ($frequency_score is null or frequency_score = $frequency_score)
    group by before, before_rank
),
found as (
    select
        count(*) as origins,
        coalesce(max(share) filter (where origin = $segment), 0) as stay_share,
        coalesce(max(share) filter (where origin = 'new'), 0) as new_share,
        first_value(origin order by share desc, place) filter (where origin not in ($segment, 'new')) as origin,
        max(share) filter (where origin not in ($segment, 'new')) as origin_share
    from shares
)
select
    case
        when origins = 0 then 'none'
        when stay_share >= greatest(new_share, coalesce(origin_share, 0)) then
            case when new_share >= coalesce(origin_share, 0) then 'stayed_new' else 'stayed_moved' end
        when new_share >= coalesce(origin_share, 0) then
            case when stay_share >= coalesce(origin_share, 0) then 'new_stayed' else 'new_moved' end
        when stay_share >= new_share then 'moved_stayed'
        else 'moved_new'
    end as "case",
    stay_share,
    new_share,
    origin,
    origin_share
from found
