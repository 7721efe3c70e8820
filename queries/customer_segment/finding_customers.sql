-- The finding of the list: what the customers on the page carry of the value of all listed.
-- Cases: none (no customer), few (too few to add up), all (the page lists them all), top.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
-- @param rows: integer = null -- how many customers the page lists and one more; all when absent
-- @small customers: case = few, customers, listed, clv, listed_share
-- @across segment, sales_channel, region, cohort_on, recency_score, frequency_score: everyone_valued
-- @column case: text -- none, few, all or top
-- @column customers: count -- customers
-- @column listed: count -- customers on the page
-- @column clv: money -- value of all of them
-- @column listed_share: ratio -- share of it that those on the page carry
with
-- @with customers/everyone_valued
placed as (
    select
        clv,
        row_number() over (order by clv desc nulls last, customer_id) as place
    from customer_value
    where
        segment = $segment
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
        and ($recency_score is null or recency_score = $recency_score)
        and ($frequency_score is null or frequency_score = $frequency_score)
),
summed as (
    select
        count(*) as customers,
        sum(clv) as clv,
        count(*) filter (where $rows is null or place < $rows) as listed,
        sum(clv) filter (where $rows is null or place < $rows) as listed_clv
    from placed
)
select
    case
        when customers = 0 then 'none'
        when customers = listed then 'all'
        else 'top'
    end as "case",
    customers,
    listed,
    cast(clv as decimal(18, 2)) as clv,
    cast(listed_clv as double) / nullif(cast(clv as double), 0) as listed_share
from summed
