-- What the last build could not compute of the network.
-- @column subject: text -- distances, market, stores, huff, flows or store_changes
-- @column status: text -- why there is no result
select subject, status
from network_status
where subject in ('distances', 'market', 'stores', 'huff', 'flows', 'store_changes') and status <> 'ok'
order by case subject when 'distances' then 0 when 'market' then 1 when 'stores' then 2 when 'huff' then 3 when 'flows' then 4 else 5 end
