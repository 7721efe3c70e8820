-- The finding of the grid, of all customers or of a segment's: the cell that carries most of the value.
-- Cases: none (no value), few (no cell with enough customers), best.
-- @param segment: text = null -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost; all when absent
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @small customers by recency_score, frequency_score in shares: clv, clv_share, customers_share
-- @across segment, sales_channel, region, cohort_on: everyone_valued
-- @together
-- @column case: text -- none, few or best
-- @column recency_score: number -- its recency score
-- @column frequency_score: number -- its frequency score
-- @column clv_share: ratio -- its share of the value
-- @column customers_share: ratio -- its share of the customers
with
-- @with customers/everyone_valued
cells as (
    select
        recency_score,
        frequency_score,
        sum(customers) as customers,
        sum(clv) as clv
    from value_by_score
    where
        ($segment is null or segment = $segment)
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or cohort_on = $cohort_on)
    group by recency_score, frequency_score
),
shares as (
    select
        *,
        clv is not null as is_valued,
        cast(customers as double) / sum(customers) over () as customers_share,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share
    from cells
),
ranked as (
    select
        *,
        row_number() over (order by clv desc nulls last, recency_score, frequency_score) as place
    from shares
)
select
    case
        when count(clv) filter (where place = 1) > 0 then 'best'
        when bool_or(is_valued) then 'few'
        else 'none'
    end as "case",
    max(recency_score) filter (where place = 1 and clv is not null) as recency_score,
    max(frequency_score) filter (where place = 1 and clv is not null) as frequency_score,
    max(clv_share) filter (where place = 1) as clv_share,
    max(customers_share) filter (where place = 1) as customers_share
from ranked
