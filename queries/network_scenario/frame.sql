-- What the maps of the scenario show: the changes and the cells that they change most, with some room round them.
-- @column south: degrees -- southern edge
-- @column west: degrees -- western edge
-- @column north: degrees -- northern edge
-- @column east: degrees -- eastern edge
with changed as (
    select h3_cell, abs(after - before) as size from scenario_cells where after <> before
),
weighed as (
    select
        h3_cell,
        sum(size) over (order by size desc, h3_cell) - size as before_this,
        sum(size) over () as whole
    from changed
),
points as (
    -- The cells that hold 95 % of the change.
    select h3_cell_to_lat(h3_cell) as latitude, h3_cell_to_lng(h3_cell) as longitude
    from weighed
    where before_this <= 0.95 * whole
    union all
    select latitude, longitude from scenario_changes
)
select
    min(latitude) as south,
    min(longitude) as west,
    max(latitude) as north,
    max(longitude) as east
from points
