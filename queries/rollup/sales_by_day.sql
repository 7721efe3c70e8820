-- Sales per day, sales channel, region of the customer and store.
-- Grain: one row per combination that occurs; days are kept because last year is the same days minus 364.
-- @sorted ordered_on, sales_channel, region, store_id
-- @column ordered_on: date -- day in the retailer's time zone
-- @column sales_channel: text -- web, store, post or phone
-- @column region: text -- region of the customer when ordering; empty when unknown
-- @column store_id: text -- store, for store sales
-- @column orders: count -- orders, refunds not counted
-- @column refunds: count -- refunds
-- @column items: count -- pieces sold less pieces returned, where known
-- @column net_revenue: money -- without VAT and shipping, refunds of the day taken off
-- @column order_revenue: money -- net revenue of the orders alone: what baskets are made of
-- @column gross_margin: money -- gross margin of the rows that state one
-- @column revenue_with_margin: money -- net revenue of the rows that state a gross margin
select
    ordered_on,
    sales_channel,
    region,
    store_id,
    count(*) filter (where kind = 'order') as orders,
    count(*) filter (where kind = 'refund') as refunds,
    coalesce(sum(items), 0) as items,
    cast(sum(net_revenue) as decimal(18, 2)) as net_revenue,
    cast(coalesce(sum(net_revenue) filter (where kind = 'order'), 0) as decimal(18, 2)) as order_revenue,
    cast(coalesce(sum(gross_margin), 0) as decimal(18, 2)) as gross_margin,
    cast(
        coalesce(sum(net_revenue) filter (where gross_margin is not null), 0) as decimal(18, 2)
    ) as revenue_with_margin
from orders
group by ordered_on, sales_channel, region, store_id
