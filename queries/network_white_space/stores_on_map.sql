-- The stores of the network and the competitors, as the model knows them at the end of its 12 months.
-- @column store_id: text -- store, or competitor
-- @column name: text -- name
-- @column page_id: text -- store that has a page; empty for competitors
-- @column latitude: degrees -- latitude
-- @column longitude: degrees -- longitude
-- @column net_revenue: money -- expected of a year; empty for competitors
-- @column status: text -- open or competitor
select
    huff_stores.store_id,
    coalesce(stores.name, huff_stores.store_id) as name,
    case when not huff_stores.competitor then huff_stores.store_id end as page_id,
    huff_stores.latitude,
    huff_stores.longitude,
    cast(case when not huff_stores.competitor then huff_stores.annual_revenue end as decimal(18, 2)) as net_revenue,
    case when huff_stores.competitor then 'competitor' else 'open' end as status
from huff_stores
left join stores on stores.store_id = huff_stores.store_id
where huff_stores.in_network or huff_stores.competitor
order by net_revenue desc, huff_stores.store_id
