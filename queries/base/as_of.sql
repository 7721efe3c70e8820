-- The day up to which every order source that still delivers has delivered.
-- A source that has been silent for more than 60 days before the newest order no longer delivers and does not hold the
-- others back. A source is complete through its newest order, or through the day that an import stated. Never the clock.
-- @column as_of_on: date -- last day that is complete in every source; empty without orders
-- @column first_on: date -- first day with an order or refund
-- @column last_on: date -- last day with an order or refund in any source
-- @column sources: count -- order sources
-- @column delivering: count -- order sources that still deliver
with newest as (
    select max(last_on) as last_on from order_sources
),
delivered as (
    select
        order_sources.first_on,
        order_sources.last_on,
        -- Never past the newest order of all: nothing is known of the days after it.
        least(
            greatest(order_sources.last_on, coalesce(completeness.complete_through, order_sources.last_on)),
            newest.last_on
        ) as complete_on,
        newest.last_on as newest_on
    from order_sources
    cross join newest
    left join completeness on completeness.source = order_sources.source
)
select
    min(complete_on) filter (where complete_on >= newest_on - interval '60 days') as as_of_on,
    min(first_on) as first_on,
    max(last_on) as last_on,
    count(*) as sources,
    count(*) filter (where complete_on >= newest_on - interval '60 days') as delivering
from delivered
