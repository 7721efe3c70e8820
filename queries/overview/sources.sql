-- Order sources with the days that they have delivered.
-- @column source: text -- source system or file
-- @column orders: count -- orders and refunds
-- @column net_revenue: money -- without VAT and shipping, refunds counted
-- @column first_on: date -- first day with an order or refund
-- @column last_on: date -- last day with an order or refund
-- @column delivers: boolean -- whether it delivered in the 60 days before the newest order
select
    order_sources.source,
    order_sources.orders,
    order_sources.net_revenue,
    order_sources.first_on,
    order_sources.last_on,
    order_sources.last_on >= as_of.last_on - interval '60 days' as delivers
from order_sources
cross join as_of
order by order_sources.source
