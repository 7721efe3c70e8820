-- Regions that occur in the lake, by name: the choices of the filter.
-- @column region: text -- region of the customer when ordering
-- @column orders: count -- orders in the whole lake
select
    region,
    sum(orders) as orders
from sales_channels_and_regions
where region is not null
group by region
order by region
