-- Customers with a purchase and what they are worth, by month of first purchase, preferred channel, region, segment and scores.
-- Grain: one row per combination that occurs. Sums are decimal, so that they do not depend on the order of the rows.
-- @column cohort_on: month -- first day of the month of the first purchase
-- @column preferred_channel: text -- preferred channel of the customers
-- @column region: text -- region of the customers' place; empty when unknown
-- @column segment: text -- champions, loyal, promising, dormant, at_risk or lost
-- @column recency_score: number -- 1 (long ago) to 5 (lately)
-- @column frequency_score: number -- 1 (once) to 5 (often)
-- @column customers: count -- customers
-- @column clv: money -- their value
-- @column expected_customers: count -- customers expected to order within 365 days: the sum of their probabilities
select
    cast(date_trunc('month', first_on) as date) as cohort_on,
    preferred_channel,
    region,
    segment,
    recency_score,
    frequency_score,
    count(*) as customers,
    sum(clv) as clv,
    sum(cast(p_order as decimal(18, 9))) as expected_customers
from customer_value
group by
    cast(date_trunc('month', first_on) as date),
    preferred_channel,
    region,
    segment,
    recency_score,
    frequency_score
