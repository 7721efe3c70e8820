-- The customers of a segment by preferred channel, beside all customers.
-- Shares are of all channels, whatever channel is chosen.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @column sales_channel: text -- preferred channel of the customer
-- @column customers: count -- customers of the segment
-- @column share: ratio -- their share of the segment
-- @column all_share: ratio -- share of the customers of all segments
-- @column share_difference: points -- difference of the two
-- @column clv: money -- value of the customers of the segment
-- @column clv_share: ratio -- its share of the value of the segment
with
-- @with customer_segment/shares_by(of = preferred_channel, other = region, chosen = region)
select
    preferred_channel as sales_channel,
    customers,
    share,
    all_share,
    share - all_share as share_difference,
    cast(coalesce(clv, 0) as decimal(18, 2)) as clv,
    clv_share
from shares
where
    share is not null
    and ($sales_channel is null or preferred_channel = $sales_channel)
order by customers desc, sales_channel
