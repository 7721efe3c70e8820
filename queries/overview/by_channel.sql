-- Net revenue per sales channel, beside the same days a year before (minus 364 days).
-- Shares are of all sales channels of the region, whatever channel is chosen.
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @column sales_channel: text -- web, store, post or phone
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column share: ratio -- share of the net revenue of all sales channels
-- @column last_year: money -- the same days a year before; empty where the lake does not reach back that far
-- @column last_year_share: ratio -- share a year before
-- @column change: change -- relative change
-- @column change_amount: money change -- difference
-- @column share_change: points -- difference of the shares
-- @column orders: count -- orders, refunds not counted
with
-- @with overview/revenue_by(of = sales_channel, other = region)
-- @with overview/compared_by(of = sales_channel)
select *
from compared
where
    ($sales_channel is null or sales_channel = $sales_channel)
    and (net_revenue <> 0 or orders > 0 or coalesce(last_year, 0) <> 0)
order by net_revenue desc, sales_channel
