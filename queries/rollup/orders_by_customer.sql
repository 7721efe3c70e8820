-- Orders and refunds by customer, each with the day of the customer's order before it.
-- Customers have a whole number in place of their id, since numbers sort and compare much faster than texts.
-- Grain: one row per order or refund; anonymous receipts included.
-- In joins of roll-ups the first table is held in memory: the small one.
-- @sorted customer_number, orders, ordered_on
-- @column customer_number: number -- number of the customer in this lake version; empty for an anonymous receipt
-- @column settled: boolean -- whether all orders of the customer come from one place (cell, precision and region)
-- @column ordered_on: date -- day in the retailer's time zone
-- @column previous_on: date -- day of the same customer's order before this one; empty for the first and for refunds
-- @column previous_in_channel_on: date -- day of the same customer's order before this one through the same sales channel
-- @column sales_channel: text -- web, store, post or phone
-- @column region: text -- region of the customer when ordering; empty when unknown
-- @column store_id: text -- store, for store sales
-- @column h3_cell: h3 cell -- cell of the customer when ordering, resolution 9; empty when unknown
-- @column by_address: boolean -- whether the place is known by address, not only by commune
-- @column orders: count -- 1 for an order, 0 for a refund
-- @column net_revenue: money -- without VAT and shipping; negative for a refund
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
        lag(ordered_on) over earlier as previous_on,
        -- All in one order of rows, so that the rows are sorted once.
        case sales_channel
            when 'web' then max(case when sales_channel = 'web' then ordered_on end) over before
            when 'store' then max(case when sales_channel = 'store' then ordered_on end) over before
            when 'post' then max(case when sales_channel = 'post' then ordered_on end) over before
            when 'phone' then max(case when sales_channel = 'phone' then ordered_on end) over before
        end as previous_in_channel_on
    from numbered
    window
        earlier as (partition by customer_number, orders order by ordered_on),
        before as (
            partition by customer_number, orders
            order by ordered_on
            rows between unbounded preceding and 1 preceding
        )
)
select
    customer_number,
    settled,
    ordered_on,
    case when orders = 1 and customer_number is not null then previous_on end as previous_on,
    case when orders = 1 and customer_number is not null then previous_in_channel_on end as previous_in_channel_on,
    sales_channel,
    region,
    store_id,
    h3_cell,
    by_address,
    orders,
    net_revenue
from followed
