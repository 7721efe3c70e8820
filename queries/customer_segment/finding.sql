-- The finding of a segment's page: its share of the value against its share of the customers.
-- Cases: none (no such customer for these filters), heavy (more of the value than of the customers), light.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
-- @column case: text -- none, heavy or light
-- @column segment: text -- the segment
-- @column clv_share: ratio -- its share of the value of all segments
-- @column customers_share: ratio -- its share of the customers of all segments
-- @column clv: money -- its value
-- @column clv_low: money -- lower end of the 95 % interval of its value
-- @column clv_high: money -- upper end of the 95 % interval of its value
-- @column customers: count -- customers
-- @column p_alive: ratio -- mean probability to be still a customer
with chosen as (
    select
        segment = $segment
            and ($recency_score is null or recency_score = $recency_score)
            and ($frequency_score is null or frequency_score = $frequency_score) as inside,
        clv,
        clv_low,
        clv_high,
        -- Decimal, so that the sum does not depend on the order of the rows.
        cast(p_alive as decimal(18, 9)) as p_alive
    from customer_value
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
),
summed as (
    select
        sum(clv) filter (where inside) as clv,
        sum(clv_low) filter (where inside) as clv_low,
        sum(clv_high) filter (where inside) as clv_high,
        cast(sum(clv) filter (where inside) as double) / nullif(cast(sum(clv) as double), 0) as clv_share,
        count(*) filter (where inside) as customers,
        cast(count(*) filter (where inside) as double) / nullif(cast(count(*) as double), 0) as customers_share,
        sum(p_alive) filter (where inside) as p_alive
    from chosen
)
select
    case
        when customers = 0 or clv_share is null then 'none'
        when clv_share >= customers_share then 'heavy'
        else 'light'
    end as "case",
    $segment as segment,
    clv_share,
    customers_share,
    cast(clv as decimal(18, 2)) as clv,
    cast(clv_low as decimal(18, 2)) as clv_low,
    cast(clv_high as decimal(18, 2)) as clv_high,
    customers,
    cast(p_alive as double) / nullif(customers, 0) as p_alive
from summed
