-- Order sources: what each one has delivered.
-- Grain: one row per source.
-- @column source: text -- source system or file
-- @column orders: count -- orders and refunds
-- @column net_revenue: money -- without VAT and shipping, refunds counted
-- @column located: count -- orders and refunds with a known place
-- @column with_margin: count -- orders and refunds that state a gross margin
-- @column first_on: date -- first day with an order or refund
-- @column last_on: date -- last day with an order or refund
select
    source,
    count(*) as orders,
    cast(sum(net_revenue) as decimal(18, 2)) as net_revenue,
    count(h3_cell) as located,
    count(gross_margin) as with_margin,
    min(ordered_on) as first_on,
    max(ordered_on) as last_on
from orders
group by source
