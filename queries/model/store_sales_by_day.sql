-- What each store sold each day.
-- @column store_id: text -- store
-- @column ordered_on: date -- day
-- @column net_revenue: money -- sales, refunds taken off
select store_id, ordered_on, sum(net_revenue) as net_revenue
from sales_by_day
where sales_channel = 'store' and store_id is not null
group by store_id, ordered_on
order by store_id, ordered_on
