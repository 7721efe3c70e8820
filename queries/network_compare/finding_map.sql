-- Whether the two scenarios touch the same places.
-- @column case: text -- same (most of what either changes lies in cells that both change), apart or none
-- @column common_share: ratio -- of what either changes, in cells that both change
with sums as (
    select
        sum(abs(first) + abs(second)) as whole,
        sum(case when abs(first) >= 0.5 and abs(second) >= 0.5 then abs(first) + abs(second) end) as common
    from compared_cells
)
select
    case
        when coalesce(whole, 0) = 0 then 'none'
        when coalesce(common, 0) >= 0.5 * whole then 'same'
        else 'apart'
    end as "case",
    coalesce(common, 0) / nullif(whole, 0) as common_share
from sums
