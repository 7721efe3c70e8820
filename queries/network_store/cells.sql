-- The catchment of a store: its sales by cell. Cells of too few customers carry no figure.
-- @param store_id: text -- store
-- @param years_ago: integer = 0 -- 12 months so many years before the last ones
-- @param rows: integer = null -- rows wanted, one more than are listed; all when absent
-- @small customers by h3_cell: suppressed = true, net_revenue, orders, customers
-- @together
-- @column h3_cell: h3 cell -- cell, resolution 7
-- @column suppressed: boolean -- whether it has too few customers to carry a figure
-- @column ring: number -- smallest of 50, 80 and 95 % whose ring holds the cell; 100 beyond
-- @column distance: number -- from the middle of the cell to the store
-- @column net_revenue: money -- the store's sales to customers of the cell
-- @column orders: count -- orders
-- @column customers: count -- customers
select
    h3_cell,
    false as suppressed,
    ring,
    distance,
    net_revenue,
    orders,
    nullif(customers, 0) as customers
from catchments
where store_id = $store_id and years_ago = $years_ago
-- Cells without a figure stand by distance: their order says nothing of their sales.
order by 2, 5 desc nulls last, distance, h3_cell
limit coalesce($rows, 1000000)
