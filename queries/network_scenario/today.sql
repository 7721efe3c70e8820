-- What stores of the network sell to each resident as the network stands: the map on which a scenario begins.
-- @param resolution: integer = 5 -- H3 resolution of the cells drawn, at most 7
-- @column h3_cell: h3 cell -- cell drawn
-- @column residents: persons -- residents
-- @column today: money -- expected of a year, by resident
-- @column revenue: money -- of the whole cell
with drawn as (
    select
        h3_cell_to_parent(h3_cell, least($resolution, 7)) as h3_cell,
        sum(residents) as residents,
        sum(annual_revenue) as revenue
    from huff_cells
    group by h3_cell_to_parent(h3_cell, least($resolution, 7))
)
select
    h3_cell,
    residents,
    cast(revenue / residents as decimal(18, 2)) as today,
    cast(revenue as decimal(18, 2)) as revenue
from drawn
where residents >= 1
order by revenue desc, h3_cell
