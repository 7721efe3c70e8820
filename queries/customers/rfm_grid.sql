-- Value and customers by recency and frequency score: of all, or of a segment for its own page.
-- @param segment: text = null -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost; all when absent
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @small customers by recency_score, frequency_score: customers, customers_share, clv, clv_share, hidden = true
-- @across segment, sales_channel, region, cohort_on: everyone_valued
-- @together
-- @column recency_score: number -- 1 (long ago) to 5 (lately)
-- @column frequency_score: number -- 1 (once) to 5 (often)
-- @column recency_name: text -- the score, 5 first
-- @column customers: count -- customers
-- @column customers_share: ratio -- their share of all, or of the segment
-- @column clv: money -- their value; empty where customers are too few to show
-- @column clv_share: ratio -- its share of the value of all, or of the segment; empty likewise
-- @column hidden: boolean -- whether customers are too few to show
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
        cast(customers as double) / sum(customers) over () as customers_share,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share
    from cells
)
select
    recency_score,
    frequency_score,
    cast(recency_score as varchar) as recency_name,
    customers,
    customers_share,
    cast(clv as decimal(18, 2)) as clv,
    clv_share,
    false as hidden
from shares
order by recency_score desc, frequency_score
