-- Sales channels and regions that occur together: the choices of the filters.
-- Grain: one row per combination that occurs.
-- @column sales_channel: text -- web, store, post or phone
-- @column region: text -- region of the customer when ordering; empty when unknown
-- @column orders: count -- orders in the whole lake, refunds not counted
select
    sales_channel,
    region,
    sum(orders) as orders
from sales_by_day
group by sales_channel, region
