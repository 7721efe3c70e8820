-- The customers of a segment by region, beside all customers.
-- Shares are of all regions, whatever region is chosen.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @column region: text -- region of the customer; empty when unknown
-- @column customers: count -- customers of the segment
-- @column share: ratio -- their share of the segment
-- @column all_share: ratio -- share of the customers of all segments
-- @column share_difference: points -- difference of the two
-- @column clv: money -- value of the customers of the segment
-- @column clv_share: ratio -- its share of the value of the segment
with
-- @with customer_segment/shares_by(of = region, other = preferred_channel, chosen = sales_channel)
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
