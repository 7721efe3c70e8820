-- Imported travel times from cells of the market (resolution 8) to stores and competitors.
-- @column h3_cell: h3 cell -- cell, resolution 8
-- @column store_id: text -- store or competitor
-- @column minutes: number -- minutes by car
-- @column commune_code: text -- commune whose cells it holds for; empty when measured from the cell alone
select h3_cell, store_id, minutes, commune_code
from travel_times
order by store_id, h3_cell
