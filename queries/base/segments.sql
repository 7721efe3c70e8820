-- The segments of `model/rfm` on both days of `rfm`: how many customers, what they have bought and what they are worth.
-- Grain: one row per day and segment; segments without customers have none.
-- @column as_of_on: date -- the as-of day, or 364 days before
-- @column segment: text -- champions, loyal, promising, dormant, at_risk or lost
-- @column segment_rank: number -- its place, 1 the best
-- @column customers: count -- customers
-- @column purchase_days: count -- their purchase days
-- @column net_revenue: money -- their purchases, refunds taken off
-- @column clv: money -- their value on the day, by the models of the last build; of those whose only orders were refunded since, none
-- @column expected_orders: number -- purchase days expected of them within 365 days; on the as-of day alone
with latest as (
    select max(as_of_on) as as_of_on from rfm
),
valued as (
    select
        rfm.as_of_on,
        rfm.segment,
        count(*) as customers,
        sum(rfm.purchase_days) as purchase_days,
        sum(rfm.net_revenue) as net_revenue,
        sum(
            case when rfm.as_of_on = (select as_of_on from latest) then customer_value.clv else customer_value.clv_last_year end
        ) as clv,
        -- Decimal, so that the sum does not depend on the order of the rows.
        sum(
            case when rfm.as_of_on = (select as_of_on from latest)
                then cast(customer_value.expected_orders as decimal(18, 9))
            end
        ) as expected_orders
    from customer_value
    right join rfm on rfm.customer_id = customer_value.customer_id
    group by rfm.as_of_on, rfm.segment
)
select
    valued.as_of_on,
    valued.segment,
    ranks.segment_rank,
    valued.customers,
    valued.purchase_days,
    cast(valued.net_revenue as decimal(18, 2)) as net_revenue,
    cast(valued.clv as decimal(18, 2)) as clv,
    cast(valued.expected_orders as double) as expected_orders
from segment_ranks as ranks
inner join valued on valued.segment = ranks.segment
