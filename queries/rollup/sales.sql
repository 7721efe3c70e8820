-- Orders and refunds with a whole number in place of the customer's id, and only what the map needs.
-- Sorted by month and place, so that a period or a cell is found without reading the rest.
-- Grain: one row per order or refund, so that any period, filter and H3 resolution is exact to the cent and customers
-- can be counted distinctly without comparing texts.
-- Customers of a cell in a period are counted without grouping by customer: a settled customer counts with his first order
-- of the period, which is the one whose previous_on is before it; only the few who moved need to be told apart.
-- @sorted ordered_in, h3_cell, ordered_on
-- @column ordered_in: month -- first day of the month of the order
-- @column ordered_on: date -- day in the retailer's time zone
-- @column sales_channel: text -- web, store, post or phone
-- @column region: text -- region of the customer when ordering; empty when unknown
-- @column store_id: text -- store, for store sales
-- @column customer_number: number -- number of the customer in this lake version; empty for an anonymous receipt
-- @column settled: boolean -- whether all orders of the customer come from one place (cell, precision and region)
-- @column previous_on: date -- day of the same customer's order before this one; empty for the first and for refunds
-- @column previous_in_channel_on: date -- day of the same customer's order before this one through the same sales channel
-- @column h3_cell: h3 cell -- cell of the customer when ordering, resolution 9; empty when unknown
-- @column by_address: boolean -- whether the place is known by address, not only by commune
-- @column orders: count -- 1 for an order, 0 for a refund
-- @column net_revenue: money -- without VAT and shipping; negative for a refund
-- @column order_revenue: money -- net revenue of an order, 0 for a refund: what baskets are made of
select
    cast(date_trunc('month', ordered_on) as date) as ordered_in,
    ordered_on,
    sales_channel,
    region,
    store_id,
    customer_number,
    settled,
    previous_on,
    previous_in_channel_on,
    h3_cell,
    by_address,
    orders,
    net_revenue,
    cast(case when orders = 1 then net_revenue else 0 end as decimal(18, 2)) as order_revenue
from orders_by_customer
