-- What a customer won in the last twelve whole months is worth and what winning one cost, by sales channel of the first purchase.
-- Whole company; the value is discounted at 8 % a year, the first purchase included.
-- @small new_customers by first_channel: new_customers, cost_per_customer, first_margin, value_per_customer, value_low, value_high, ratio, payback_month, payback = unknown, payback_months
-- @together
-- @column first_channel: text -- web, store, post or phone
-- @column new_customers: count -- customers won
-- @column cost_per_customer: money -- cost of winning one; empty without costs
-- @column first_margin: money -- margin of the first purchase day, mean
-- @column value_per_customer: money -- expected margin within 36 months
-- @column value_low: money -- lower end of its 95 % interval
-- @column value_high: money -- upper end of its 95 % interval
-- @column ratio: number -- value over cost
-- @column payback_month: number -- month by whose end the margin has covered the cost; 0 at once, empty when not within 36
-- @column payback: text -- at_once, month, later or unknown (without costs)
-- @column payback_months: text -- the month, where payback is month
select
    first_channel,
    new_customers,
    cost_per_customer,
    first_margin,
    value_per_customer,
    value_low,
    value_high,
    cast(value_per_customer as double) / nullif(cast(cost_per_customer as double), 0) as ratio,
    payback_month,
    case
        when cost_per_customer is null then 'unknown'
        when payback_month is null then 'later'
        when payback_month = 0 then 'at_once'
        else 'month'
    end as payback,
    case when cost_per_customer is not null and payback_month > 0 then cast(payback_month as varchar) else '' end as payback_months
from acquisition_value
order by ratio desc nulls last, value_per_customer desc, first_channel
