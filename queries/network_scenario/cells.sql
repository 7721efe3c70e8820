-- What stores of the network sell to each resident, without the scenario and with it.
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column residents: persons -- residents
-- @column before: money -- expected of a year, by resident, without the scenario
-- @column after: money -- with it
-- @column change: money -- after less before
-- @column revenue_before: money -- of the whole cell
-- @column revenue_after: money -- of the whole cell
select
    h3_cell,
    residents,
    cast(before / residents as decimal(18, 2)) as before,
    cast(after / residents as decimal(18, 2)) as after,
    cast((after - before) / residents as decimal(18, 4)) as change,
    cast(before as decimal(18, 2)) as revenue_before,
    cast(after as decimal(18, 2)) as revenue_after
from scenario_cells
where residents >= 1
order by abs(after - before) desc, h3_cell
limit coalesce($rows, 1000000)
