-- Customers who come to a store after a visit to the web: of the days with a purchase in a store those that a visit preceded.
-- A visit counts when it was within the 14 days before, or on the day itself; days count from 14 days after the first event of
-- all. No row without web events of known customers.
-- @column customer_id: text -- pseudonymous id
-- @column web_to_store_share: ratio -- share of the customer's days with a purchase in a store
with visits as (
    select distinct
        customer_id,
        cast(occurred_at as date) as visited_on
    from web_events
    where customer_id is not null
),
store_days as (
    select distinct
        customer_id,
        ordered_on
    from orders
    where
        kind = 'order'
        and sales_channel = 'store'
        and customer_id is not null
        -- Of earlier days nothing is known, nor of anybody without events.
        and ordered_on >= (select min(visited_on) from visits) + interval '14 days'
        and ordered_on <= (select as_of_on from as_of)
),
preceded as (
    select
        store_days.customer_id,
        store_days.ordered_on,
        count(visits.visited_on) > 0 as after_visit
    from store_days
    left join visits
        on
            visits.customer_id = store_days.customer_id
            and visits.visited_on between store_days.ordered_on - interval '14 days' and store_days.ordered_on
    group by store_days.customer_id, store_days.ordered_on
)
select
    customer_id,
    cast(count(*) filter (where after_visit) as double) / cast(count(*) as double) as web_to_store_share
from preceded
group by customer_id
