-- Changes in the number of active customers, for every way in which a page can be filtered.
-- Take the rows of one scope (`by_channel`, `by_region`), filter them, and sum `change` up to a day: that is the number of
-- customers who ordered, under that filter, in the 12 months that end with the day.
-- @column by_channel: boolean -- whether only orders of `sales_channel` count
-- @column by_region: boolean -- whether only orders from `region` count
-- @column sales_channel: text -- sales channel, when by_channel
-- @column region: text -- region, when by_region
-- @column changed_on: date -- first day on which the new number holds
-- @column change: count change -- customers who become active less customers who cease to be
select
    false as by_channel,
    false as by_region,
    cast(null as varchar) as sales_channel,
    cast(null as varchar) as region,
    changed_on,
    change
from active_customers
union all
select true, false, sales_channel, cast(null as varchar), changed_on, change
from active_customers_by_channel
union all
select false, true, cast(null as varchar), region, changed_on, change
from active_customers_by_region
union all
select true, true, sales_channel, region, changed_on, change
from active_customers_by_channel_and_region
