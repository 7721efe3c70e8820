-- The finding of the origins: how many were in the segment already, and where most of the others came from.
-- Cases: none (no customer, or no year before), few (too few to tell); else the larger two of stayed (there already), new (no customers yet) and moved
-- (from another segment), such as stayed_new.
-- @small customers by origin in shares: share
-- @across segment, sales_channel, region, cohort_on, recency_score, frequency_score: everyone_moving
-- @together
-- @column case: text -- none, or the larger two of the groups: stayed_new, stayed_moved, new_stayed, new_moved, moved_stayed, moved_new
-- @column stay_share: ratio -- share of those who were in the segment already
-- @column new_share: ratio -- share of those who were no customers yet
-- @column origin: text -- where most of the others came from, new ones aside
-- @column origin_share: ratio -- their share
with
-- @with customers/everyone_moving
-- @with customer_segment/came
shares as (
    select
        origin,
        place,
        customers,
        cast(customers as double) / sum(customers) over () as share
    from came
),
found as (
    select
        count(*) as origins,
        count(*) filter (where origin in ($segment, 'new') and share is null) as hidden,
        coalesce(max(share) filter (where origin = $segment), 0) as stay_share,
        coalesce(max(share) filter (where origin = 'new'), 0) as new_share,
        first_value(origin order by share desc nulls last, place) filter (where origin not in ($segment, 'new')) as origin,
        max(share) filter (where origin not in ($segment, 'new')) as origin_share
    from shares
)
select
    case
        when origins = 0 then 'none'
        when hidden > 0 or greatest(stay_share, new_share, coalesce(origin_share, 0)) = 0 then 'few'
        when stay_share >= greatest(new_share, coalesce(origin_share, 0)) then
            case when new_share >= coalesce(origin_share, 0) then 'stayed_new' else 'stayed_moved' end
        when new_share >= coalesce(origin_share, 0) then
            case when stay_share >= coalesce(origin_share, 0) then 'new_stayed' else 'new_moved' end
        when stay_share >= new_share then 'moved_stayed'
        else 'moved_new'
    end as "case",
    case when hidden = 0 then stay_share end as stay_share,
    case when hidden = 0 then new_share end as new_share,
    case when origin_share is not null then origin end as origin,
    origin_share
from found
