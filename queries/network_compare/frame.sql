-- What the maps of two scenarios show: the cells that they change most, with some room round them.
-- @column south: degrees -- southern edge
-- @column west: degrees -- western edge
-- @column north: degrees -- northern edge
-- @column east: degrees -- eastern edge
with changed as (
    select h3_cell, abs(first) + abs(second) as size from compared_cells where first <> 0 or second <> 0
),
weighed as (
    select
        h3_cell,
        sum(size) over (order by size desc, h3_cell) - size as before_this,
        sum(size) over () as whole
    from changed
)
select
    min(h3_cell_to_lat(h3_cell)) as south,
    min(h3_cell_to_lng(h3_cell)) as west,
    max(h3_cell_to_lat(h3_cell)) as north,
    max(h3_cell_to_lng(h3_cell)) as east
from weighed
where before_this <= 0.95 * whole
