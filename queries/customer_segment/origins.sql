-- Where the customers of a segment were 364 days before: in which segment, or not yet customers.
-- A sales channel or region is the customer's on the as-of day.
-- @small customers by origin: customers, share
-- @across segment, sales_channel, region, cohort_on, recency_score, frequency_score: everyone_moving
-- @together
-- @column origin: text -- segment 364 days before, or new
-- @column place: number -- its place, from best to worst; new last
-- @column customers: count -- customers
-- @column share: ratio -- their share of the customers of the segment now
-- @column step: number -- places that they rose since, less than 0 where they fell; empty where they stayed or are new
with
-- @with customers/everyone_moving
-- @with customer_segment/came
select
    origin,
    place,
    customers,
    cast(customers as double) / sum(customers) over () as share,
    step
from came
order by place
