-- The day up to which every order source that still delivers has delivered.
-- A source that has been silent for more than 60 days before the newest order no longer delivers and does not hold the
-- others back. Never the clock.
-- @column as_of_on: date -- last day that is complete in every source; empty without orders
-- @column first_on: date -- first day with an order or refund
-- @column last_on: date -- last day with an order or refund in any source
-- @column sources: count -- order sources
-- @column delivering: count -- order sources that still deliver
with newest as (
    select max(last_on) as last_on from order_sources
)
select
    min(order_sources.last_on) filter (
        where order_sources.last_on >= newest.last_on - interval '60 days'
    ) as as_of_on,
    min(order_sources.first_on) as first_on,
    max(order_sources.last_on) as last_on,
    count(*) as sources,
    count(*) filter (where order_sources.last_on >= newest.last_on - interval '60 days') as delivering
from order_sources
cross join newest
