-- Segments: customers, what they have bought and what they are worth.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
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
with before as (
    select
        segment,
        count(*) as customers
    from rfm
    where
        as_of_on < (select max(as_of_on) from rfm)
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
    group by segment
),
now as (
    select
        segment,
        sum(customers) as customers,
        sum(clv) as clv,
        cast(sum(expected_customers) as double) / sum(customers) as p_order
    from value_by_score
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
    group by segment
)
select
    ranks.segment,
    ranks.segment_rank as segment_order,
    coalesce(now.customers, 0) as customers,
    cast(coalesce(now.customers, 0) as double) / nullif(sum(now.customers) over (), 0) as customers_share,
    coalesce(before.customers, 0) as customers_last_year,
    coalesce(now.customers, 0) - coalesce(before.customers, 0) as customers_change,
    cast(coalesce(now.clv, 0) as decimal(18, 2)) as clv,
    cast(coalesce(now.clv, 0) as double) / nullif(cast(sum(now.clv) over () as double), 0) as clv_share,
    cast(cast(now.clv as double) / now.customers as decimal(18, 2)) as mean_clv,
    now.p_order
from segment_ranks as ranks
left join now on now.segment = ranks.segment
left join before on before.segment = ranks.segment
order by ranks.segment_rank
