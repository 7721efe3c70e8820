-- Cells of the market, resolution 8.
-- @column h3_cell: h3 cell -- cell, resolution 8
-- @column commune_code: text -- commune whose residents dominate the cell
-- @column region: text -- region
-- @column residents: persons -- residents
-- @column households: households -- households
-- @column spend_potential: money a year -- what they could spend on the retailer's goods; empty when nobody said
select
    h3_cell,
    commune_code,
    region,
    residents,
    households,
    spend_potential
from market_cells
order by h3_cell
