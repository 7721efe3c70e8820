-- The cells of the rings that hold 50, 80 and 95 % of a store's located revenue.
-- @param store_id: text -- store
-- @param years_ago: integer = 0 -- 12 months so many years before the last ones
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column ring: number -- smallest of the shares whose ring holds the cell
select h3_cell, ring
from catchments
where store_id = $store_id and years_ago = $years_ago and ring <= 95
order by ring, h3_cell
