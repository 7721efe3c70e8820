-- Customers with a purchase and what they are worth, to be summed by month of first purchase, channel, region, segment and scores.
-- Grain: one row per customer; who sums groups once, which is faster than groups of groups.
-- @column cohort_on: month -- first day of the month of the first purchase
-- @column preferred_channel: text -- preferred channel of the customer
-- @column region: text -- region of the customer's place; empty when unknown
-- @column segment: text -- champions, loyal, promising, dormant, at_risk or lost
-- @column recency_score: number -- 1 (long ago) to 5 (lately)
-- @column frequency_score: number -- 1 (once) to 5 (often)
-- @column customers: count -- 1
-- @column clv: money -- value of the customer
-- @column expected_customers: count -- probability of an order within 365 days; decimal, so that sums do not depend on the order
select
    cast(date_trunc('month', first_on) as date) as cohort_on,
    preferred_channel,
    region,
    segment,
    recency_score,
    frequency_score,
    1 as customers,
    clv,
    cast(p_order as decimal(18, 9)) as expected_customers
from customer_value
