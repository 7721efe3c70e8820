-- The finding of a segment's regions: where it is furthest above its share of all customers.
-- Cases: none (no customer), one (a single region is left by the filters), even (no share is off by a point), over.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @column case: text -- none, one, even or over
-- @column region: text -- the region
-- @column share: ratio -- its share of the segment
-- @column all_share: ratio -- its share of the customers of all segments
with
-- @with customer_segment/shares_by(of = region, other = preferred_channel, chosen = sales_channel)
found as (
    select
        count(share) as regions,
        first_value(region order by share - all_share desc, region) as region,
        first_value(share order by share - all_share desc, region) as share,
        first_value(all_share order by share - all_share desc, region) as all_share
    from shares
    where
        region is not null
        and share is not null
        and ($region is null or region = $region)
)
select
    case
        when regions = 0 then 'none'
        when regions = 1 then 'one'
        when share - all_share < 0.01 then 'even'
        else 'over'
    end as "case",
    region,
    share,
    all_share
from found
