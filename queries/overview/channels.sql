-- Sales channels that occur in the lake, the largest first: the choices of the filter.
-- @column sales_channel: text -- web, store, post or phone
-- @column orders: count -- orders in the whole lake
select
    sales_channel,
    sum(orders) as orders
from sales_channels_and_regions
group by sales_channel
order by orders desc, sales_channel
