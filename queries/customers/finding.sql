-- The finding of the page: what the base is worth and how much of it the most valuable tenth carries.
-- Cases: none (no value was computed for these filters), value.
-- @param sales_channel: text = null -- preferred channel of the customer: web, store, post or phone; all when absent
-- @param region: text = null -- region of the customer; all when absent
-- @column case: text -- none or value
-- @column clv: money -- value of present customers
-- @column clv_low: money -- lower end of its 95 % interval
-- @column clv_high: money -- upper end of its 95 % interval
-- @column top_decile_share: ratio -- share of the most valuable tenth of the customers
-- @column customers: count -- customers
-- @column p_alive: ratio -- mean probability to be still a customer
with chosen as (
    select
        clv,
        clv_low,
        clv_high,
        -- Decimal, so that the sum does not depend on the order of the rows.
        cast(p_alive as decimal(18, 9)) as p_alive,
        row_number() over (order by clv desc, customer_id) as place,
        count(*) over () as customers
    from customer_value
    where
        ($sales_channel is null or preferred_channel = $sales_channel)
        and ($region is null or region = $region)
),
summed as (
    select
        sum(clv) as clv,
        sum(clv_low) as clv_low,
        sum(clv_high) as clv_high,
        sum(clv) filter (where place <= (customers + 9) / 10) as top_decile,
        cast(sum(p_alive) as double) / nullif(count(*), 0) as p_alive,
        count(*) as customers
    from chosen
)
select
    case when clv is null then 'none' else 'value' end as "case",
    cast(clv as decimal(18, 2)) as clv,
    cast(clv_low as decimal(18, 2)) as clv_low,
    cast(clv_high as decimal(18, 2)) as clv_high,
    cast(top_decile as double) / nullif(cast(clv as double), 0) as top_decile_share,
    customers,
    p_alive
from summed
