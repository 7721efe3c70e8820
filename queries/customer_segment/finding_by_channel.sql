-- The finding of a segment's channels: where it is furthest above its share of all customers.
-- Cases: none (no customer), few (too few to tell), one (a single channel is left by the filters), even (no share is off by a point), over.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @small customers by preferred_channel in shares: customers, share, clv, clv_share
-- @across segment, region, cohort_on, recency_score, frequency_score: everyone_valued
-- @together
-- @small all_customers by preferred_channel in shares: all_share
-- @across region, cohort_on: everyone_of_all
-- @together
-- @column case: text -- none, few, one, even or over
-- @column sales_channel: text -- the channel
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
-- @with customer_segment/shares_by(of = preferred_channel, other = region, chosen = region)
found as (
    select
        count(*) as channels,
        count(*) filter (where share is null or all_share is null) as hidden,
        first_value(preferred_channel order by share - all_share desc nulls last, preferred_channel) as sales_channel,
        first_value(share order by share - all_share desc nulls last, preferred_channel) as share,
        first_value(all_share order by share - all_share desc nulls last, preferred_channel) as all_share
    from shares
    where
        preferred_channel is not null
        and has_customers
        and ($sales_channel is null or preferred_channel = $sales_channel)
)
select
    case
        when channels = 0 then 'none'
        when channels = hidden then 'few'
        when channels = 1 then 'one'
        when share - all_share < 0.01 and hidden > 0 then 'few'
        when share - all_share < 0.01 then 'even'
        else 'over'
    end as "case",
    sales_channel,
    share,
    all_share
from found
