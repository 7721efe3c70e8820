-- The customers of a segment by region, beside all customers.
-- Shares are of all regions, whatever region is chosen.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
-- @column region: text -- region of the customer; empty when unknown
-- @column customers: count -- customers of the segment
-- @column share: ratio -- their share of the segment
-- @column all_share: ratio -- share of the customers of all segments
-- @column share_difference: points -- difference of the two
-- @column clv: money -- value of the customers of the segment
-- @column clv_share: ratio -- its share of the value of the segment
with sums as (
    select
        region,
        count(*) as all_customers,
        count(*) filter (where inside) as customers,
        sum(clv) filter (where inside) as clv
    from (
        select
            *,
            segment = $segment
                and ($recency_score is null or recency_score = $recency_score)
                and ($frequency_score is null or frequency_score = $frequency_score) as inside
        from customer_value
    ) as chosen
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
    group by region
),
shares as (
    select
        *,
        cast(customers as double) / nullif(sum(customers) over (), 0) as share,
        cast(all_customers as double) / sum(all_customers) over () as all_share,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share
    from sums
)
select
    region,
    customers,
    share,
    all_share,
    share - all_share as share_difference,
    cast(coalesce(clv, 0) as decimal(18, 2)) as clv,
    clv_share
from shares
where
    share is not null
    and ($region is null or region = $region)
order by region is null, customers desc, region
