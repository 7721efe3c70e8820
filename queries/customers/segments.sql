-- Segments: customers, what they have bought and what they are worth.
-- @small customers by segment: customers, customers_share, customers_change, clv, clv_share, mean_clv, p_order
-- @across sales_channel, region, cohort_on: everyone
-- @together
-- @small customers_last_year by segment: customers_last_year, customers_change
-- @across sales_channel, region, cohort_on: everyone_before
-- @together
-- @column segment: text -- champions, loyal, promising, dormant, at_risk or lost
-- @column segment_order: number -- from best to worst
-- @column customers: count -- customers
-- @column customers_share: ratio -- their share of all
-- @column customers_last_year: count -- customers in the segment 364 days before
-- @column customers_change: count change -- against them
-- @column clv: money -- value of the segment
-- @column clv_share: ratio -- its share of the value of all
-- @column mean_clv: money -- mean value of a customer
-- @column p_order: ratio -- mean probability of an order within 365 days
with
-- @with customers/everyone
-- @with customers/everyone_before
counted as (
    select
        segment,
        count(*) filter (where as_of_on = (select max(as_of_on) from rfm)) as customers,
        count(*) filter (where as_of_on < (select max(as_of_on) from rfm)) as customers_last_year
    from rfm
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
    group by segment
),
-- @with customers/value_by_segment
select
    ranks.segment,
    ranks.segment_rank as segment_order,
    coalesce(counted.customers, 0) as customers,
    cast(coalesce(counted.customers, 0) as double) / nullif(sum(counted.customers) over (), 0) as customers_share,
    coalesce(counted.customers_last_year, 0) as customers_last_year,
    coalesce(counted.customers, 0) - coalesce(counted.customers_last_year, 0) as customers_change,
    cast(coalesce(valued.clv, 0) as decimal(18, 2)) as clv,
    cast(coalesce(valued.clv, 0) as double) / nullif(cast(sum(valued.clv) over () as double), 0) as clv_share,
    cast(cast(valued.clv as double) / valued.customers as decimal(18, 2)) as mean_clv,
    valued.p_order
from segment_ranks as ranks
left join valued on valued.segment = ranks.segment
left join counted on counted.segment = ranks.segment
order by segment_order
