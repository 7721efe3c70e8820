-- The line on which what was predicted is what was observed, as long as the dots need it.
-- @param region: text = null -- region in which the store stands; all when absent
-- @column observed: money -- place on the axis of what was observed
-- @column predicted: money -- place on the axis of what was predicted
-- @column series: text -- the same in both rows
with longest as (
    select max(greatest(huff_stores.observed, huff_stores.predicted)) as length
    from huff_stores
    left join stores on stores.store_id = huff_stores.store_id
    where
        not huff_stores.competitor
        and huff_stores.settled
        and huff_stores.observed > 0
        and huff_stores.predicted is not null
        and ($region is null or stores.region = $region)
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
