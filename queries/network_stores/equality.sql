-- The line on which what was predicted is what was observed, as long as the dots need it.
-- @column observed: money -- place on the axis of what was observed
-- @column predicted: money -- place on the axis of what was predicted
-- @column series: text -- the same in both rows
with
-- @with network_stores/tried
longest as (
    select max(greatest(observed, predicted)) as length from tried
),
ends as (
    select 0 as length from longest where length is not null
    union all
    select length from longest where length is not null
)
select
    cast(length as decimal(18, 2)) as observed,
    cast(length as decimal(18, 2)) as predicted,
    'line' as series
from ends
order by length
