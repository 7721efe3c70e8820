-- Orders and refunds with a whole number in place of the customer's id, and only what the map needs.
-- Sorted by month and place, so that a period or a cell is found without reading the rest.
-- In joins of roll-ups the first table is held in memory: the small one.
-- Grain: one row per order or refund, so that any period, filter and H3 resolution is exact to the cent and customers
-- can be counted distinctly without comparing texts.
-- @sorted ordered_in, h3_cell, ordered_on
-- @column ordered_in: month -- first day of the month of the order
-- @column ordered_on: date -- day in the retailer's time zone
-- @column sales_channel: text -- web, store, post or phone
-- @column region: text -- region of the customer when ordering; empty when unknown
-- @column store_id: text -- store, for store sales
-- @column customer_number: number -- number of the customer in this lake version; empty for an anonymous receipt
-- @column h3_cell: h3 cell -- cell of the customer when ordering, resolution 9; empty when unknown
-- @column by_address: boolean -- whether the place is known by address, not only by commune
-- @column orders: count -- 1 for an order, 0 for a refund
-- @column net_revenue: money -- without VAT and shipping; negative for a refund
-- @column order_revenue: money -- net revenue of an order, 0 for a refund: what baskets are made of
with customer_numbers as (
    select
        customer_id,
        row_number() over (order by customer_id) as customer_number
    from (select distinct customer_id from orders where customer_id is not null)
)
select
    cast(date_trunc('month', orders.ordered_on) as date) as ordered_in,
    orders.ordered_on,
    orders.sales_channel,
    orders.region,
    orders.store_id,
    cast(customer_numbers.customer_number as bigint) as customer_number,
    orders.h3_cell,
    coalesce(orders.location_precision = 'address', false) as by_address,
    case when orders.kind = 'order' then 1 else 0 end as orders,
    orders.net_revenue,
    cast(case when orders.kind = 'order' then orders.net_revenue else 0 end as decimal(18, 2)) as order_revenue
from customer_numbers
right join orders on orders.customer_id = customer_numbers.customer_id
