-- The finding of the segments: how much of the value the best one carries.
-- Cases: none (no value), few (no segment with enough customers), best.
-- @small customers by segment in shares: clv, clv_share, customers_share
-- @across sales_channel, region, cohort_on: everyone_valued
-- @together
-- @column case: text -- none, few or best
-- @column segment: text -- segment with the most value
-- @column clv_share: ratio -- its share of the value
-- @column customers_share: ratio -- its share of the customers
with
-- @with customers/everyone_valued
-- @with customers/value_by_segment
shares as (
    select
        segment,
        customers,
        clv,
        clv is not null as is_valued,
        cast(clv as double) / nullif(cast(sum(clv) over () as double), 0) as clv_share,
        cast(customers as double) / sum(customers) over () as customers_share
    from valued
),
ranked as (
    select
        *,
        row_number() over (order by clv desc nulls last, segment) as place
    from shares
)
select
    case
        when count(clv) filter (where place = 1) > 0 then 'best'
        when bool_or(is_valued) then 'few'
        else 'none'
    end as "case",
    max(segment) filter (where place = 1) as segment,
    max(clv_share) filter (where place = 1) as clv_share,
    max(customers_share) filter (where place = 1) as customers_share
from ranked
