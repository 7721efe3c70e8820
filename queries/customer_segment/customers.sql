-- The customers of a segment one by one, the most valuable first. Pseudonymous: the id alone says who they are.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
-- @param rows: integer = null -- how many of them; all when absent
-- @column customer_id: text -- pseudonymous id
-- @column first_on: date -- first purchase day
-- @column last_on: date -- last purchase day
-- @column purchases: count -- purchase days so far
-- @column net_revenue: money -- all purchases so far, refunds taken off
-- @column mean_purchase: money -- mean net revenue of a purchase day so far
-- @column p_alive: ratio -- probability to be still a customer
-- @column expected_orders: number -- purchase days expected within 365 days
-- @column p_order: ratio -- probability of an order within 365 days
-- @column clv: money -- discounted expected margin of 36 months to come
-- @column clv_low: money -- lower end of its 95 % interval
-- @column clv_high: money -- upper end of its 95 % interval
-- @column recency_score: number -- 1 (long ago) to 5 (lately)
-- @column frequency_score: number -- 1 (once) to 5 (often)
-- @column preferred_channel: text -- sales channel of most orders
-- @column region: text -- region; empty when unknown
with placed as (
    select
        customer_value.customer_id,
        rfm.first_on,
        rfm.last_on,
        rfm.purchase_days as purchases,
        rfm.net_revenue,
        p_alive,
        expected_orders,
        p_order,
        clv,
        clv_low,
        clv_high,
        customer_value.recency_score,
        customer_value.frequency_score,
        customer_value.preferred_channel,
        customer_value.region,
        row_number() over (order by clv desc nulls last, customer_value.customer_id) as place
    from customer_value
    inner join rfm on rfm.customer_id = customer_value.customer_id and rfm.as_of_on = customer_value.as_of_on
    where
        customer_value.segment = $segment
        and ($sales_channel is null or customer_value.preferred_channel = $sales_channel)
        and ($region is null or customer_value.region = $region)
        and (
            $cohort_on is null
            or (customer_value.first_on >= $cohort_on and customer_value.first_on < $cohort_on + interval '1 month')
        )
        and ($recency_score is null or customer_value.recency_score = $recency_score)
        and ($frequency_score is null or customer_value.frequency_score = $frequency_score)
)
select
    customer_id,
    first_on,
    last_on,
    purchases,
    net_revenue,
    cast(round(net_revenue / purchases, 2) as decimal(18, 2)) as mean_purchase,
    p_alive,
    expected_orders,
    p_order,
    clv,
    clv_low,
    clv_high,
    recency_score,
    frequency_score,
    preferred_channel,
    region
from placed
where $rows is null or place <= $rows
order by place
