-- What known customers bought between two days: a row for each category of an order, or one without category.
-- Refunds are not taken off: this is about what customers choose.
-- @param from_on: date -- first day
-- @param to_on: date -- last day
-- @column customer_id: text -- pseudonymous id
-- @column ordered_on: date -- day
-- @column sales_channel: text -- web, store, post or phone
-- @column category: text -- product category; empty when the order has no lines or they name none
-- @column net_revenue: money -- of the lines, or of the order without lines
select
    orders.customer_id,
    orders.ordered_on,
    orders.sales_channel,
    order_lines.category,
    coalesce(order_lines.net_revenue, orders.net_revenue) as net_revenue
from orders
left join order_lines on order_lines.order_id = orders.order_id
where
    orders.kind = 'order'
    and orders.customer_id is not null
    and orders.ordered_on between $from_on and $to_on
