-- Why the last build has no calibrated Huff model; no row when it has one, or when nothing was built.
-- @column reason: text -- what was found and what is needed
select coalesce(reason, status) as reason
from network_status
where subject in ('distances', 'market', 'stores', 'huff') and status <> 'ok'
order by subject
