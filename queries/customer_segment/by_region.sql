-- The customers of a segment by region, beside all customers.
-- Shares are of all regions, whatever region is chosen.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @small customers by region in shares: customers, share, clv, clv_share
-- @across segment, sales_channel, cohort_on, recency_score, frequency_score: everyone_valued
-- @together
-- @small all_customers by region in shares: all_share
-- @across sales_channel, cohort_on: everyone_of_all
-- @together
-- @column region: text -- region of the customer; empty when unknown
-- @column customers: count -- customers of the segment
-- @column share: ratio -- their share of the segment
-- @column all_share: ratio -- share of the customers of all segments
-- @column share_difference: points -- difference of the two
-- @column clv: money -- value of the customers of the segment
-- @column clv_share: ratio -- its share of the value of the segment
with
-- @with customers/everyone_valued
everyone_of_all as (
    select
        preferred_channel,
        sales_channel,
        region,
        cohort_on,
        customers as all_customers
    from everyone_valued
),
-- @with customer_segment/shares_by(of = region, other = preferred_channel, chosen = sales_channel)
select
    region,
    customers,
    share,
    all_share,
    share - all_share as share_difference,
    cast(case when share is not null then coalesce(clv, 0) end as decimal(18, 2)) as clv,
    clv_share
from shares
where
    has_customers
    and ($region is null or region = $region)
order by region is null, customers desc nulls last, region
