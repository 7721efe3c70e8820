-- The finding of a segment's grid: the cell that carries most of its value.
-- Cases: none (no cell with enough customers), best.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @column case: text -- none or best
-- @column recency_score: number -- its recency score
-- @column frequency_score: number -- its frequency score
-- @column clv_share: ratio -- its share of the value of the segment
-- @column customers_share: ratio -- its share of the customers of the segment
with cells as (
    select
        recency_score,
        frequency_score,
        count(*) as customers,
        sum(clv) as clv
    from customer_value
    where
        segment = $segment
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
    group by recency_score, frequency_score
),
shares as (
    select
        *,
        cast(customers as double) / sum(customers) over () as customers_share,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share
    from cells
),
best as (
    select
        count(clv) as found,
        first_value(recency_score order by clv desc, recency_score, frequency_score) as recency_score,
        first_value(frequency_score order by clv desc, recency_score, frequency_score) as frequency_score,
        first_value(clv_share order by clv desc, recency_score, frequency_score) as clv_share,
        first_value(customers_share order by clv desc, recency_score, frequency_score) as customers_share
    from shares
    where customers >= 11
)
select
    case when found > 0 then 'best' else 'none' end as "case",
    recency_score,
    frequency_score,
    clv_share,
    customers_share
from best
