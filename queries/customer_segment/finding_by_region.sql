-- The finding of a segment's regions: where it is furthest above its share of all customers.
-- Cases: none (no customer), few (too few to tell), one (a single region is left by the filters), even (no share is off by a point), over.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @small customers by region in shares: customers, share, clv, clv_share
-- @across segment, sales_channel, cohort_on, recency_score, frequency_score: everyone_valued
-- @together
-- @small all_customers by region in shares: all_share
-- @across sales_channel, cohort_on: everyone_of_all
-- @together
-- @column case: text -- none, few, one, even or over
-- @column region: text -- the region
-- @column share: ratio -- its share of the segment
-- @column all_share: ratio -- its share of the customers of all segments
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
found as (
    select
        count(*) as regions,
        count(*) filter (where share is null or all_share is null) as hidden,
        first_value(region order by share - all_share desc nulls last, region) as region,
        first_value(share order by share - all_share desc nulls last, region) as share,
        first_value(all_share order by share - all_share desc nulls last, region) as all_share
    from shares
    where
        region is not null
        and has_customers
        and ($region is null or region = $region)
)
select
    case
        when regions = 0 then 'none'
        when regions = hidden then 'few'
        when regions = 1 then 'one'
        when share - all_share < 0.01 and hidden > 0 then 'few'
        when share - all_share < 0.01 then 'even'
        else 'over'
    end as "case",
    region,
    share,
    all_share
from found
