-- What the web shop sold to the residents of each cell, resolution 7, each month.
-- @column ordered_in: month -- first day of the month
-- @column h3_cell: h3 cell -- cell of the customer when ordering, resolution 7
-- @column net_revenue: money -- sales, refunds taken off
select
    ordered_in,
    h3_cell_to_parent(h3_cell, 7) as h3_cell,
    sum(net_revenue) as net_revenue
from sales
where sales_channel = 'web' and h3_cell is not null
group by ordered_in, h3_cell_to_parent(h3_cell, 7)
order by 1, 2
