-- Further facts about stores that may attract customers.
-- @column store_id: text -- store or competitor
-- @column attribute: text -- what is told
-- @column value: number -- how much of it
select store_id, attribute, value
from store_attributes
order by attribute, store_id
