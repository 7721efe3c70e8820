-- The finding of what was chosen together: what it adds, and how good the choice is at least.
-- Cases: unasked (no number in the address), half (a budget without the cost of an opening, or the reverse), empty (nothing that is
-- allowed adds anything, or no place passes the filters), one, some, margin (with closings, so by margin).
-- @param sites: integer = null -- how many openings were asked for; none when absent
-- @param closings: integer = null -- how many closings were allowed; none when absent
-- @param site_cost: number = null -- what one opening costs once, where a budget bounds them
-- @param budget: number = null -- what all openings may cost together
-- @column case: text -- unasked, half, empty, one, some or margin
-- @column sites: count -- sites that open
-- @column closings: count -- stores that close
-- @column total: money -- what the network would gain by all of it in a year
-- @column total_low: money -- 80 % interval of it
-- @column total_high: money -- 80 % interval of it
-- @column value: money -- margin after fixed cost that all of it adds in a year; empty when the data do not say rates and costs
-- @column guarantee: ratio -- of the best that any choice among the candidates could reach, at least
-- @column candidates: count -- places among which was chosen
-- @column mean_error: ratio -- mean error of the model about a store that it has not seen
-- @column names: text -- the communes, the best first; at most three
with chosen as (
    select
        count(*) filter (where kind = 'open') as sites,
        count(*) filter (where kind = 'close') as closings,
        last_value(total order by step) as total,
        last_value(total_low_80 order by step) as total_low,
        last_value(total_high_80 order by step) as total_high,
        last_value(total_value order by step) as value,
        max(guarantee) as guarantee,
        max(candidates) as candidates,
        string_agg(coalesce(commune_name(commune_code), commune_code), ', ' order by step) filter (where step <= 3) as names
    from best_sites
),
quality as (
    select max(mean_error) as mean_error from huff_models where chosen
)
select
    case
        when $sites is null then 'unasked'
        when ($budget is null) <> ($site_cost is null) then 'half'
        when sites + closings = 0 then 'empty'
        when value is not null and coalesce($closings, 0) > 0 then 'margin'
        when sites = 1 then 'one'
        else 'some'
    end as "case",
    sites,
    closings,
    cast(total as decimal(18, 2)) as total,
    cast(total_low as decimal(18, 2)) as total_low,
    cast(total_high as decimal(18, 2)) as total_high,
    cast(value as decimal(18, 2)) as value,
    guarantee,
    candidates,
    mean_error,
    names
from chosen
cross join quality
