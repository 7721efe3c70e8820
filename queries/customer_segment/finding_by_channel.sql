-- The finding of a segment's channels: where it is furthest above its share of all customers.
-- Cases: none (no customer), one (a single channel is left by the filters), even (no share is off by a point), over.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @column case: text -- none, one, even or over
-- @column sales_channel: text -- the channel
-- @column share: ratio -- its share of the segment
-- @column all_share: ratio -- its share of the customers of all segments
with
-- @with customer_segment/shares_by(of = preferred_channel, other = region, chosen = region)
found as (
    select
        count(share) as channels,
        first_value(preferred_channel order by share - all_share desc, preferred_channel) as sales_channel,
        first_value(share order by share - all_share desc, preferred_channel) as share,
        first_value(all_share order by share - all_share desc, preferred_channel) as all_share
    from shares
    where
        preferred_channel is not null
        and share is not null
        and ($sales_channel is null or preferred_channel = $sales_channel)
)
select
    case
        when channels = 0 then 'none'
        when channels = 1 then 'one'
        when share - all_share < 0.01 then 'even'
        else 'over'
    end as "case",
    sales_channel,
    share,
    all_share
from found
