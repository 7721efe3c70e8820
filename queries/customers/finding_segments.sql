-- The finding of the segments: how much of the value the best one carries.
-- Cases: none (no value), best.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @column case: text -- none or best
-- @column segment: text -- segment with the most value
-- @column clv_share: ratio -- its share of the value
-- @column customers_share: ratio -- its share of the customers
with now as (
    select
        segment,
        count(*) as customers,
        sum(clv) as clv
    from customer_value
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
    group by segment
),
shares as (
    select
        segment,
        clv,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share,
        cast(customers as double) / nullif(sum(customers) over (), 0) as customers_share
    from now
),
best as (
    select
        first_value(segment order by clv desc, segment) as segment,
        first_value(clv_share order by clv desc, segment) as clv_share,
        first_value(customers_share order by clv desc, segment) as customers_share,
        count(clv) as found
    from shares
)
select
    case when found > 0 then 'best' else 'none' end as "case",
    segment,
    clv_share,
    customers_share
from best
