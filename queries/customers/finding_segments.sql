-- The finding of the segments: how much of the value the best one carries.
-- Cases: none (no value), best.
-- @column case: text -- none or best
-- @column segment: text -- segment with the most value
-- @column clv_share: ratio -- its share of the value
-- @column customers_share: ratio -- its share of the customers
with
-- @with customers/value_by_segment
ranked as (
    select
        segment,
        customers,
        clv,
        sum(customers) over () as all_customers,
        sum(clv) over () as all_clv,
        row_number() over (order by clv desc nulls last, segment) as place
    from valued
)
select
    case when count(clv) > 0 then 'best' else 'none' end as "case",
    max(segment) as segment,
    cast(max(clv) as double) / nullif(cast(max(all_clv) as double), 0) as clv_share,
    cast(max(customers) as double) / max(all_customers) as customers_share
from ranked
where place = 1
