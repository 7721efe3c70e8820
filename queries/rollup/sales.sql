-- Orders and refunds with a whole number in place of the customer's id, and only what the map needs.
-- Sorted by month and place, so that a period or a cell is found without reading the rest.
-- In joins of roll-ups the first table is held in memory: the small one.
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
with customer_numbers as (
    select
        customer_id,
        row_number() over (order by customer_id) as customer_number,
        settled
    from (
        select
            customer_id,
            min(coalesce(h3_cell, 0)) = max(coalesce(h3_cell, 0))
            and min(coalesce(location_precision, '')) = max(coalesce(location_precision, ''))
            and min(coalesce(region, '')) = max(coalesce(region, '')) as settled
        from orders
        where customer_id is not null
        group by customer_id
    )
),
numbered as (
    select
        orders.ordered_on,
        orders.sales_channel,
        orders.region,
        orders.store_id,
        cast(customer_numbers.customer_number as bigint) as customer_number,
        coalesce(customer_numbers.settled, false) as settled,
        orders.h3_cell,
        coalesce(orders.location_precision = 'address', false) as by_address,
        case when orders.kind = 'order' then 1 else 0 end as orders,
        orders.net_revenue
    from customer_numbers
    right join orders on orders.customer_id = customer_numbers.customer_id
),
followed as (
    select
        *,
        lag(ordered_on) over (partition by customer_number, orders order by ordered_on) as previous_on,
        lag(ordered_on) over (
            partition by customer_number, orders, sales_channel order by ordered_on
        ) as previous_in_channel_on
    from numbered
)
select
    cast(date_trunc('month', ordered_on) as date) as ordered_in,
    ordered_on,
    sales_channel,
    region,
    store_id,
    customer_number,
    settled,
    case when orders = 1 and customer_number is not null then previous_on end as previous_on,
    case when orders = 1 and customer_number is not null then previous_in_channel_on end as previous_in_channel_on,
    h3_cell,
    by_address,
    orders,
    net_revenue,
    cast(case when orders = 1 then net_revenue else 0 end as decimal(18, 2)) as order_revenue
from followed
