-- The stores by name, for titles and lists.
-- @column store_id: text -- store
-- @column name: text -- its name; its id when it has none
select store_id, coalesce(name, store_id) as name
from stores
order by coalesce(name, store_id), store_id
