-- The stores of the scenario's maps, as they stand after it.
-- @column store_id: text -- store, or new-1 etc.
-- @column name: text -- name
-- @column page_id: text -- store that has a page; empty for what is new and for competitors
-- @column latitude: degrees -- latitude
-- @column longitude: degrees -- longitude
-- @column net_revenue: money -- expected of a year with the scenario; without it where the store closes
-- @column status: text -- open, opening, closing or competitor
select
    store_id,
    name,
    case when role = 'own' and changed <> 'open' then store_id end as page_id,
    latitude,
    longitude,
    cast(case when changed = 'close' then before else after end as decimal(18, 2)) as net_revenue,
    case
        when role = 'competitor' then 'competitor'
        when changed in ('open', 'move') then 'opening'
        when changed = 'close' then 'closing'
        else 'open'
    end as status
from scenario_stores
order by net_revenue desc, store_id
