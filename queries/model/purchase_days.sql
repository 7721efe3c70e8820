-- Purchase days of each customer after one day and up to another: what a forecast made on the first is held against.
-- Refunds up to the second day are taken off; orders that they cancel whole are left out, as in `model/rfm`.
-- @param after_on: date -- day of the forecast; purchases on it do not count
-- @param until_on: date -- last day that counts
-- @column customer_id: text -- pseudonymous id
-- @column purchase_days: count -- days with an order
with refunded as (
    select
        refunded_order_id as order_id,
        sum(net_revenue) as refunded_revenue
    from orders
    where kind = 'refund' and refunded_order_id is not null and ordered_on <= $until_on
    group by refunded_order_id
)
select
    orders.customer_id,
    count(distinct orders.ordered_on) as purchase_days
from refunded
right join orders on orders.order_id = refunded.order_id
where
    orders.kind = 'order'
    and orders.customer_id is not null
    and orders.ordered_on > $after_on
    and orders.ordered_on <= $until_on
    and (refunded.order_id is null or orders.net_revenue + refunded.refunded_revenue > 0)
group by orders.customer_id
