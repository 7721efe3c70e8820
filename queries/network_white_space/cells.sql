-- The map of places for a store: what the network would gain at the best place of each cell that is drawn.
-- @param resolution: integer = 7 -- H3 resolution of the cells drawn, at most 7
-- @param south: number = null -- southern edge of the box, degrees; open on the sides that are absent
-- @param north: number = null -- northern edge
-- @param west: number = null -- western edge
-- @param east: number = null -- eastern edge
-- @column h3_cell: h3 cell -- cell drawn
-- @column places: count -- cells of resolution 7 in it that pass the filters
-- @column net_gain: money -- what the network would gain in a year by a standard store at the best of them
-- @column sales: money -- what that store would sell
-- @column taken_share: ratio -- of that, taken from the network's own stores
-- @column margin: money -- its margin after the fixed cost
-- @column name: text -- commune of the best
-- @column change: text -- its opening as addresses of scenarios write it
with
-- @with network_white_space/wanted
drawn as (
    select
        *,
        h3_cell_to_parent(h3_cell, least($resolution, 7)) as parent,
        count(*) over (partition by h3_cell_to_parent(h3_cell, least($resolution, 7))) as places,
        row_number() over (partition by h3_cell_to_parent(h3_cell, least($resolution, 7)) order by rank) as place
    from wanted
    where
        ($south is null or latitude >= $south)
        and ($north is null or latitude <= $north)
        and ($west is null or longitude >= $west)
        and ($east is null or longitude <= $east)
)
select
    parent as h3_cell,
    places,
    cast(net_gain as decimal(18, 2)) as net_gain,
    cast(sales as decimal(18, 2)) as sales,
    taken_share,
    cast(margin as decimal(18, 2)) as margin,
    name,
    change
from drawn
where place = 1
order by rank
