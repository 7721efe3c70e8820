-- New customers and repeat purchase days by day, of the customers whose first purchase was up to a day.
-- Refunds up to the last day are taken off; orders that they cancel whole are left out, as in `model/rfm`.
-- @param known_until: date -- last day of a first purchase
-- @param until_on: date -- last day that counts
-- @column purchase_on: date -- day
-- @column new_customers: count -- customers whose first purchase it was
-- @column repeats: count -- purchase days of other customers
-- @column whole_new_customers: count -- the first, of customers won within the data of all their order sources, as far as is known
-- @column whole_repeats: count -- the second, likewise
with refunded as (
    select
        refunded_order_id as order_id,
        sum(net_revenue) as refunded_revenue
    from orders
    where kind = 'refund' and refunded_order_id is not null and ordered_on <= $until_on
    group by refunded_order_id
),
kept as (
    select
        orders.customer_id,
        orders.ordered_on,
        order_sources.first_on as source_first_on
    from refunded
    right join orders on orders.order_id = refunded.order_id
    inner join order_sources on order_sources.source = orders.source
    where
        orders.kind = 'order'
        and orders.customer_id is not null
        and orders.ordered_on <= $until_on
        and (refunded.order_id is null or orders.net_revenue + refunded.refunded_revenue > 0)
),
firsts as (
    select
        customer_id,
        min(ordered_on) as first_on,
        max(source_first_on) as source_first_on
    from kept
    group by customer_id
),
known as (
    select
        firsts.customer_id,
        firsts.first_on,
        coalesce(customers.acquired_on >= firsts.source_first_on, true) as whole
    from customers
    right join firsts on firsts.customer_id = customers.customer_id
    where firsts.first_on <= $known_until
),
purchases as (
    select
        customer_id,
        ordered_on
    from kept
    group by customer_id, ordered_on
)
select
    purchases.ordered_on as purchase_on,
    count(*) filter (where purchases.ordered_on = known.first_on) as new_customers,
    count(*) filter (where purchases.ordered_on > known.first_on) as repeats,
    count(*) filter (where known.whole and purchases.ordered_on = known.first_on) as whole_new_customers,
    count(*) filter (where known.whole and purchases.ordered_on > known.first_on) as whole_repeats
from known
inner join purchases on purchases.customer_id = known.customer_id
group by purchases.ordered_on
order by purchases.ordered_on
