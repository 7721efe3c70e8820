-- What stores of the network win from each resident by one scenario and by another.
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column residents: persons -- residents
-- @column first: money -- by the first scenario, by resident and year
-- @column second: money -- by the second
-- @column difference: money -- second less first
select
    h3_cell,
    residents,
    cast(first / residents as decimal(18, 4)) as first,
    cast(second / residents as decimal(18, 4)) as second,
    cast((second - first) / residents as decimal(18, 4)) as difference
from compared_cells
where residents >= 1
order by abs(second - first) desc, h3_cell
limit coalesce($rows, 1000000)
