-- Changes in the number of active customers, of every sales channel or region where one is chosen; and of both together, which
-- have each customer once.
-- @param sales_channel: text = null -- web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer when ordering; all when absent
everyone_active as (
    select sales_channel, region, changed_on, change, 0 as change_once
    from active_customers_by_day
    where
        ($sales_channel is not null or $region is not null)
        and by_channel = ($sales_channel is not null)
        and by_region = ($region is not null)
    union all
    select sales_channel, region, changed_on, 0 as change, change as change_once
    from active_customers_by_day
    where
        ($sales_channel is not null or $region is not null)
        and case
            when $sales_channel is not null and $region is not null then by_channel <> by_region
            else not by_channel and not by_region
        end
)
