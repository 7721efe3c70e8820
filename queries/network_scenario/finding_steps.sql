-- What the steps of the scenario say.
-- @column case: text -- opening, closing, both or other
-- @column taken_share: ratio -- of what new sites sell, taken from the other stores
-- @column taken: money -- that amount
-- @column kept_share: ratio -- of what closed stores sold, kept by the others
-- @column closed: money -- what they sold
-- @column opened: money -- what new sites sell
with steps as (
    select
        coalesce(sum(amount) filter (where kind in ('open', 'move', 'resize')), 0) as opened,
        coalesce(sum(amount) filter (where kind = 'taken'), 0) as taken,
        -coalesce(sum(amount) filter (where kind = 'close'), 0) as closed,
        coalesce(sum(amount) filter (where kind = 'kept'), 0) as kept
    from scenario_steps
)
select
    case
        when opened > 0 and closed > 0 then 'both'
        when opened > 0 then 'opening'
        when closed > 0 then 'closing'
        else 'other'
    end as "case",
    case when opened > 0 then -taken / opened end as taken_share,
    cast(-taken as decimal(18, 2)) as taken,
    case when closed > 0 then kept / closed end as kept_share,
    cast(closed as decimal(18, 2)) as closed,
    cast(opened as decimal(18, 2)) as opened
from steps
