-- The finding of the grid: the cell that carries most of the value.
-- Cases: none (no value), best.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @column case: text -- none or best
-- @column recency_score: number -- its recency score
-- @column frequency_score: number -- its frequency score
-- @column clv_share: ratio -- its share of the value
-- @column customers_share: ratio -- its share of the customers
with cells as (
    select
        recency_score,
        frequency_score,
        count(*) as customers,
        sum(clv) as clv
    from customer_value
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
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
