-- What the customers of a segment are worth on the as-of day, how alive they are, what they have bought.
-- The value is residual: discounted expected margin of 36 months to come, at 8 % a year (revenue where no margin is known). The
-- interval adds up the bounds of the customers, which errs on the wide side. Shares are of all customers of the channel, region
-- and month of first purchase.
-- @param segment: text -- segment of the customer: champions, loyal, promising, dormant, at_risk or lost
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @param cohort_on: date = null -- first day of the month of first purchase; all when absent
-- @param recency_score: integer = null -- recency score, 1 (long ago) to 5 (lately); all when absent
-- @param frequency_score: integer = null -- frequency score, 1 (once) to 5 (often); all when absent
-- @small customers: case = hidden, clv, clv_low, clv_high, clv_share, mean_clv, customers, customers_share, customers_change, p_alive, expected_orders, mean_expected_orders, p_order, median_days_since, mean_purchase, mean_revenue
-- @across segment, sales_channel, region, cohort_on, recency_score, frequency_score: everyone_valued
-- @small customers_last_year: customers_last_year, customers_change
-- @across segment, sales_channel, region, cohort_on, recency_score, frequency_score: everyone_before
-- @column case: text -- for the finding: none (no such customer), heavy (more of the value than of the customers) or light; heavy_unbounded and light_unbounded, where the value has no interval
-- @column segment: text -- the segment
-- @column clv: money -- value of the segment
-- @column clv_low: money -- lower end of its 95 % interval
-- @column clv_high: money -- upper end of its 95 % interval
-- @column clv_share: ratio -- its share of the value of all segments
-- @column mean_clv: money -- mean value of a customer
-- @column customers: count -- customers
-- @column customers_share: ratio -- their share of the customers of all segments
-- @column customers_last_year: count -- customers in the segment 364 days before
-- @column customers_change: change -- against them
-- @column p_alive: ratio -- mean probability to be still a customer
-- @column expected_orders: count -- purchase days expected within 365 days
-- @column mean_expected_orders: number -- the same per customer
-- @column p_order: ratio -- mean probability of an order within 365 days
-- @column median_days_since: days -- from the last purchase to the as-of day, of the customer in the middle
-- @column mean_purchase: money -- mean net revenue of a purchase day so far
-- @column mean_revenue: money -- mean net revenue of a customer so far
with
-- @with customers/everyone_before
-- @with customers/everyone_valued
chosen as (
    select
        customer_value.customer_id,
        customer_value.segment = $segment
            and ($recency_score is null or customer_value.recency_score = $recency_score)
            and ($frequency_score is null or customer_value.frequency_score = $frequency_score) as inside,
        clv,
        clv_low,
        clv_high,
        -- Decimal, so that sums do not depend on the order of the rows.
        cast(p_alive as decimal(18, 9)) as p_alive,
        cast(expected_orders as decimal(18, 9)) as expected_orders,
        cast(p_order as decimal(18, 9)) as p_order,
        cast(rfm.as_of_on as integer) - cast(rfm.last_on as integer) as days_since,
        rfm.purchase_days,
        rfm.net_revenue
    from customer_value
    inner join rfm on rfm.customer_id = customer_value.customer_id and rfm.as_of_on = customer_value.as_of_on
    where
        ($sales_channel is null or customer_value.preferred_channel = $sales_channel)
        and ($region is null or customer_value.region = $region)
        and (
            $cohort_on is null
            or (customer_value.first_on >= $cohort_on and customer_value.first_on < $cohort_on + interval '1 month')
        )
),
placed as (
    select
        *,
        row_number() over (partition by inside order by days_since, customer_id) as place,
        count(*) over (partition by inside) as of_them
    from chosen
),
before as (
    select count(*) as customers
    from rfm
    where
        as_of_on < (select max(as_of_on) from rfm)
        and segment = $segment
        and ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
        and ($cohort_on is null or (first_on >= $cohort_on and first_on < $cohort_on + interval '1 month'))
        and ($recency_score is null or recency_score = $recency_score)
        and ($frequency_score is null or frequency_score = $frequency_score)
),
summed as (
    select
        sum(clv) filter (where inside) as clv,
        -- Of all or of none: the bounds of some are not those of the sum.
        case when count(clv_high) filter (where inside) = count(clv) filter (where inside)
            then sum(clv_low) filter (where inside)
        end as clv_low,
        case when count(clv_high) filter (where inside) = count(clv) filter (where inside)
            then sum(clv_high) filter (where inside)
        end as clv_high,
        cast(sum(clv) filter (where inside) as double) / nullif(cast(sum(clv) as double), 0) as clv_share,
        count(*) filter (where inside) as customers,
        cast(count(*) filter (where inside) as double) / nullif(count(*), 0) as customers_share,
        sum(p_alive) filter (where inside) as p_alive,
        sum(expected_orders) filter (where inside) as expected_orders,
        sum(p_order) filter (where inside) as p_order,
        max(days_since) filter (where inside and place = (of_them + 1) / 2) as median_days_since,
        sum(purchase_days) filter (where inside) as purchase_days,
        sum(net_revenue) filter (where inside) as net_revenue
    from placed
)
select
    case
        when summed.customers = 0 or summed.clv_share is null then 'none'
        when summed.clv_share >= summed.customers_share and summed.clv_high is null then 'heavy_unbounded'
        when summed.clv_share >= summed.customers_share then 'heavy'
        when summed.clv_high is null then 'light_unbounded'
        else 'light'
    end as "case",
    $segment as segment,
    cast(summed.clv as decimal(18, 2)) as clv,
    cast(summed.clv_low as decimal(18, 2)) as clv_low,
    cast(summed.clv_high as decimal(18, 2)) as clv_high,
    summed.clv_share,
    cast(cast(summed.clv as double) / nullif(summed.customers, 0) as decimal(18, 2)) as mean_clv,
    summed.customers,
    summed.customers_share,
    before.customers as customers_last_year,
    case when before.customers > 0 then
        cast(summed.customers as double) / cast(before.customers as double) - 1
    end as customers_change,
    cast(summed.p_alive as double) / nullif(summed.customers, 0) as p_alive,
    cast(round(cast(summed.expected_orders as double)) as bigint) as expected_orders,
    cast(summed.expected_orders as double) / nullif(summed.customers, 0) as mean_expected_orders,
    cast(summed.p_order as double) / nullif(summed.customers, 0) as p_order,
    cast(summed.median_days_since as bigint) as median_days_since,
    cast(cast(summed.net_revenue as double) / nullif(cast(summed.purchase_days as double), 0) as decimal(18, 2)) as mean_purchase,
    cast(cast(summed.net_revenue as double) / nullif(summed.customers, 0) as decimal(18, 2)) as mean_revenue
from summed
cross join before
