-- Where what the scenario moves comes from.
-- @column case: text -- outside (most comes from or goes outside), stores (most moves between stores) or none
-- @column moved: money -- what moves in all
-- @column outside_share: ratio -- of it, from or to the outside
-- @column stores_share: ratio -- of it, between sites
with sums as (
    select
        sum(amount) as moved,
        sum(amount) filter (where from_id = 'outside' or to_id = 'outside') as outside
    from scenario_transfers
)
select
    case
        when coalesce(moved, 0) <= 0 then 'none'
        when coalesce(outside, 0) >= 0.5 * moved then 'outside'
        else 'stores'
    end as "case",
    cast(moved as decimal(18, 2)) as moved,
    coalesce(outside, 0) / nullif(moved, 0) as outside_share,
    1 - coalesce(outside, 0) / nullif(moved, 0) as stores_share
from sums
