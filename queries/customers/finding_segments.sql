-- The finding of the segments: how much of the value the best one carries.
-- Cases: none (no value), best.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @column case: text -- none or best
-- @column segment: text -- segment with the most value
-- @column clv_share: ratio -- its share of the value
-- @column customers_share: ratio -- its share of the customers
with ranked as (
    select
        segment,
        sum(customers) as customers,
        sum(clv) as clv,
        sum(sum(customers)) over () as all_customers,
        sum(sum(clv)) over () as all_clv,
        row_number() over (order by sum(clv) desc nulls last, segment) as place
    from value_by_score
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or cohort_on = $cohort_on)
    group by segment
)
select
    case when count(clv) > 0 then 'best' else 'none' end as "case",
    max(segment) as segment,
    cast(max(clv) as double) / nullif(cast(max(all_clv) as double), 0) as clv_share,
    cast(max(customers) as double) / max(all_customers) as customers_share
from ranked
where place = 1
