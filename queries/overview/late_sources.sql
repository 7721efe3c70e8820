-- Sources that begin within the days compared: what they sell counts as growth against last year.
-- A shop that opened then is growth; an export that begins then is not, and only the reader knows which.
-- Sources without an order in the period are left out, and so are all when there is no last year to compare with.
-- @param from_on: date -- first day of the period
-- @param to_on: date -- last day of the period
-- @column source: text -- source system or file
-- @column first_on: date -- its first day with an order or refund
with history as (
    select coalesce(min(first_on) <= $from_on - interval '364 days', false) as has_last_year
    from order_sources
)
select
    source,
    first_on
from order_sources
cross join history
where
    has_last_year
    and first_on > $from_on - interval '364 days'
    and first_on <= $to_on
    and last_on >= $from_on
order by first_on, source
