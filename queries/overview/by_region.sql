-- Net revenue per region, beside the same days a year before (minus 364 days).
-- Shares are of all regions of the sales channel, whatever region is chosen. Orders without a known place come last.
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
-- @column region: text -- region of the customer when ordering; empty when unknown
-- @column net_revenue: money -- without VAT and shipping, refunds taken off
-- @column share: ratio -- share of the net revenue of all regions
-- @column last_year: money -- the same days a year before; empty where the lake does not reach back that far
-- @column last_year_share: ratio -- share a year before
-- @column change: change -- relative change
-- @column change_amount: money change -- difference
-- @column share_change: points -- difference of the shares
-- @column orders: count -- orders, refunds not counted
with
-- @with overview/revenue_by(of = region, other = sales_channel)
-- @with overview/compared_by(of = region)
select *
from compared
where
    ($region is null or region = $region)
    and (net_revenue <> 0 or orders > 0 or coalesce(last_year, 0) <> 0)
order by region is null, net_revenue desc, region
