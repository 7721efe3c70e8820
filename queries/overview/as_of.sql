-- The day up to which every order source that still delivers has delivered, and what the lake holds.
-- A source that has been silent for more than 60 days before the newest order no longer delivers. Never the clock.
-- @column as_of_on: date -- last day that is complete in every source; empty without orders
-- @column first_on: date -- first day with an order or refund
-- @column last_on: date -- last day with an order or refund in any source
-- @column sources: count -- order sources
-- @column delivering: count -- order sources that still deliver
select
    as_of_on,
    first_on,
    last_on,
    sources,
    delivering
from as_of
