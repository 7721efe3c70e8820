-- Stores and competitors of the Huff model in use.
-- @column store_id: text -- store or competitor
-- @column name: text -- its name
-- @column in_network: boolean -- whether it is open at the end of the data
-- @column store_effect: number -- logarithm of what it attracts beyond its columns
-- @column observed: money a year -- what it sold in the last 12 months
select
    huff_stores.store_id,
    coalesce(stores.name, competitors.banner, huff_stores.store_id) as name,
    huff_stores.in_network,
    coalesce(huff_stores.store_effect, 0.0) as store_effect,
    huff_stores.observed
from huff_stores
left join stores on stores.store_id = huff_stores.store_id
left join competitors on competitors.competitor_id = huff_stores.store_id and huff_stores.competitor
order by huff_stores.competitor, huff_stores.store_id
