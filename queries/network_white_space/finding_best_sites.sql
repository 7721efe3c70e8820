-- The finding of the sites chosen together: what they add, and how good the choice is at least.
-- Cases: unasked (no number in the address), empty (no place passes the filters), one, some.
-- @param sites: integer = null -- how many were asked for; none when absent
-- @column case: text -- unasked, empty, one or some
-- @column sites: count -- sites chosen
-- @column total: money -- what the network would gain by all of them in a year
-- @column guarantee: ratio -- of the best that any choice among the candidates could reach, at least
-- @column candidates: count -- places among which was chosen
-- @column names: text -- the communes, the best first; at most three
select
    case
        when $sites is null then 'unasked'
        when count(*) = 0 then 'empty'
        when count(*) = 1 then 'one'
        else 'some'
    end as "case",
    count(*) as sites,
    cast(max(total) as decimal(18, 2)) as total,
    max(guarantee) as guarantee,
    max(candidates) as candidates,
    string_agg(coalesce(commune_name(commune_code), commune_code), ', ' order by step) filter (where step <= 3) as names
from best_sites
