-- What stores sold to the residents of each cell, resolution 7.
-- @param from_on: date -- first day
-- @param to_on: date -- last day
-- @column store_id: text -- store
-- @column h3_cell: h3 cell -- cell of the customer when ordering, resolution 7; empty when unknown
-- @column net_revenue: money -- sales, refunds taken off
-- @column orders: count -- orders
-- @column customers: count -- customers who ordered
select
    store_id,
    h3_cell_to_parent(h3_cell, 7) as h3_cell,
    sum(net_revenue) as net_revenue,
    sum(orders) as orders,
    count(distinct customer_number) filter (where orders > 0) as customers
from sales
where
    ordered_on between $from_on and $to_on
    and sales_channel = 'store'
    and store_id is not null
group by store_id, h3_cell_to_parent(h3_cell, 7)
order by store_id, h3_cell
